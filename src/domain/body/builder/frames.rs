//! Open elements: a list, a table, a figure … while their content is read.

use super::super::blocks::{Block, Inline, Marks, Style};
use super::figures::{FigureKind, Post};
use super::tables::{SpannedCell, Table};

/// An element that is open.
pub(super) enum Frame {
    Root(Vec<Block>),
    Quote {
        /// Set where the quote stands for a post of another site.
        post: Option<Post>,
        blocks: Vec<Block>,
    },
    Item(Item),
    List(List),
    Figure {
        kind: FigureKind,
        blocks: Vec<Block>,
        caption: Vec<Inline>,
        /// Whether the caption stands before all else.
        is_caption_first: bool,
    },
    /// Its content is the builder's line.
    Caption,
    Table(Table),
    Row(Vec<SpannedCell>),
    Cell(Box<OpenCell>),
}

/// A list while it is read.
#[derive(Default)]
pub(super) struct List {
    pub(super) ordered: bool,
    pub(super) start: Option<i64>,
    pub(super) reversed: bool,
    pub(super) items: Vec<Item>,
}

/// An item of a list; one without blocks counts, but is not shown.
#[derive(Default)]
pub(super) struct Item {
    pub(super) number: Option<i64>,
    pub(super) blocks: Vec<Block>,
}

impl Item {
    pub(super) fn of(block: Block) -> Self {
        Self {
            number: None,
            blocks: vec![block],
        }
    }
}

/// A cell while it is read. Marks opened in it end with it, so those from before are saved.
pub(super) struct OpenCell {
    pub(super) header: bool,
    /// How many columns and rows it spans.
    pub(super) spans: [u32; 2],
    pub(super) saved: ([u32; Style::ALL.len()], Marks),
    pub(super) nested_tables: u32,
}

impl Frame {
    /// The blocks of a frame that may hold any.
    pub(super) fn blocks(&mut self) -> Option<&mut Vec<Block>> {
        match self {
            Self::Root(blocks)
            | Self::Quote { blocks, .. }
            | Self::Item(Item { blocks, .. })
            | Self::Figure { blocks, .. } => Some(blocks),
            _ => None,
        }
    }
}
