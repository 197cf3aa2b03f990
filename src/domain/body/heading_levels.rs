//! The levels of headings: those of a body begin below the title of its article.

use super::blocks::Block;
use super::warnings::{Change, Warnings};

/// The lowest level of a heading.
pub(super) const LOWEST: u8 = 6;

/// Makes the first level the second one. The headings beside it go down with it, so that they stay below it.
pub(super) fn settle(blocks: &mut [Block], warnings: &mut Warnings) {
    let mut has_first = false;
    levels(blocks, &mut |level| has_first |= *level == 1);
    if !has_first {
        return;
    }
    levels(blocks, &mut |level| {
        let (what, into) = match *level {
            1 => ("<h1>", "<h2>"),
            LOWEST => ("<h6> beside <h1>", "<h6>, of the level above it"),
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
