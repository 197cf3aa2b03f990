//! Headings: those of a body begin below the title of its article.

use super::super::blocks::Block;
use super::super::warnings::{Change, Warnings};
use super::Builder;

/// The lowest level of a heading.
const LOWEST: u8 = 6;

impl Builder {
    pub fn open_heading(&mut self, level: u8) {
        self.boundary();
        if self.pre.is_none() && !self.in_single_line() {
            self.heading = Some(level.clamp(1, LOWEST));
            self.line.single = true;
        }
    }

    pub fn close_heading(&mut self) {
        self.boundary();
        self.heading = None;
        self.line.single = self.in_single_line();
    }
}

/// Makes the first level the second one. The headings beside it go down with it, so that they stay below it.
pub(super) fn settle(blocks: &mut [Block], warnings: &mut Warnings) {
    let mut has_first = false;
    levels(blocks, &mut |level| has_first |= *level == 1);
    if !has_first {
        return;
    }
    levels(blocks, &mut |level| {
        let (what, into) = match *level {
            1 => ("", ""),
            LOWEST => ("<h6> beside <h1>", "<h6>, of the level above it"),
            _ => ("a heading beside <h1>", "one a level lower"),
        };
        if !what.is_empty() {
            warnings.add(Change::ElementConverted, what, into);
        }
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
