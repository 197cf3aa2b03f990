//! The levels of headings: those of a body begin below the title of its article.

use super::blocks::Block;
use super::warnings::{Change, Warnings};

/// The lowest level of a heading.
pub(super) const LOWEST: u8 = 6;

/// Makes the first level the second one. The headings beside it go down with it, so that they stay below it.
pub(super) fn settle(blocks: &mut [Block], warnings: &mut Warnings) {
    let mut has = [false; LOWEST as usize + 1];
    levels(blocks, &mut |level| has[usize::from(*level)] = true);
    if !has[1] {
        return;
    }
    let is_last_taken = has[usize::from(LOWEST - 1)];
    levels(blocks, &mut |level| {
        let (what, into) = match *level {
            1 => ("<h1>", "<h2>"),
            LOWEST if is_last_taken => ("<h6> beside <h1> and <h5>", "one of the level of <h5>"),
            LOWEST => return,
            _ => ("a heading beside <h1>", "one a level lower"),
        };
        warnings.add(Change::ElementConverted, what, into);
        *level = LOWEST.min(*level + 1);
    });
}

/// Calls `each` for the level of every heading.
fn levels(blocks: &mut [Block], each: &mut dyn FnMut(&mut u8)) {
    for block in blocks {
        match block {
            Block::Heading { level, .. } => each(level),
            Block::Quote { blocks } => levels(blocks, each),
            Block::List { items, .. } => items.iter_mut().for_each(|item| levels(item, each)),
            _ => {}
        }
    }
}
