//! What the builder holds open: a list, a table, a figure … while their content is read.

use super::super::blocks::{Block, Cell, Inline, Marks, Style};

/// More cells than this cannot fit into a body; padding ragged rows must not make more first.
const MAX_CELLS: usize = 200_000;

/// An element that is open.
pub(super) enum Frame {
    Root(Vec<Block>),
    Quote(Vec<Block>),
    Item(Vec<Block>),
    List {
        ordered: bool,
        start: Option<u32>,
        items: Vec<Vec<Block>>,
    },
    Figure {
        blocks: Vec<Block>,
        caption: Vec<Inline>,
    },
    /// Its content is the builder's line.
    Caption,
    Table(Table),
    Row(Vec<Cell>),
    /// Marks opened in a cell end with it, so those from before are saved.
    Cell {
        header: bool,
        saved: ([u32; Style::ALL.len()], Marks),
        nested_tables: u32,
    },
}

impl Frame {
    /// The blocks of a frame that may hold any.
    pub(super) fn blocks(&mut self) -> Option<&mut Vec<Block>> {
        match self {
            Self::Root(blocks)
            | Self::Quote(blocks)
            | Self::Item(blocks)
            | Self::Figure { blocks, .. } => Some(blocks),
            _ => None,
        }
    }
}

/// The blocks of a figure: its last image takes the caption; without an image the caption is a paragraph.
pub(super) fn captioned(mut blocks: Vec<Block>, text: Vec<Inline>) -> Vec<Block> {
    if text.is_empty() {
        return blocks;
    }
    let last = blocks.iter_mut().rev().find_map(|block| match block {
        Block::Image { caption, .. } if caption.is_empty() => Some(caption),
        _ => None,
    });
    match last {
        Some(caption) => *caption = text,
        None => blocks.push(Block::Paragraph { content: text }),
    }
    blocks
}

/// A table while it is read.
#[derive(Default)]
pub(super) struct Table {
    head: Vec<Vec<Cell>>,
    body: Vec<Vec<Cell>>,
    pub(super) in_head: bool,
    /// What stood in the table but in no cell.
    pub(super) before: Vec<Block>,
    /// Images that stood in cells.
    pub(super) after: Vec<Block>,
}

impl Table {
    pub(super) fn add_row(&mut self, mut cells: Vec<Cell>) {
        if self.in_head {
            cells.iter_mut().for_each(|cell| cell.header = true);
            self.head.push(cells);
        } else {
            self.body.push(cells);
        }
    }

    /// The table with what stood around its cells; `None` when it has too many cells.
    pub(super) fn finish(mut self) -> Option<Vec<Block>> {
        self.find_head();
        let width = self.rows().map(|row| row.len()).max().unwrap_or(0);
        if width.saturating_mul(self.head.len() + self.body.len()) > MAX_CELLS {
            return None;
        }
        let is_blank = self.rows().flatten().all(|cell| cell.content.is_empty());
        let mut blocks = self.before;
        if !is_blank {
            let head = padded(self.head, width, true);
            let body = padded(self.body, width, false);
            blocks.push(Block::Table { head, body });
        }
        blocks.extend(self.after);
        Some(blocks)
    }

    fn rows(&self) -> impl Iterator<Item = &Vec<Cell>> {
        self.head.iter().chain(&self.body)
    }

    /// Without a header of its own, a table's first rows are it where they hold header cells only. Blank headers go.
    fn find_head(&mut self) {
        let has_text = |row: &Vec<Cell>| row.iter().any(|cell| !cell.content.is_empty());
        self.head.retain(has_text);
        if self.head.is_empty() {
            let first = self
                .body
                .iter()
                .position(|row| !row.iter().all(|cell| cell.header));
            let below = self.body.split_off(first.unwrap_or(self.body.len()));
            self.head = std::mem::replace(&mut self.body, below);
        }
        self.head.retain(has_text);
    }
}

fn padded(mut rows: Vec<Vec<Cell>>, width: usize, header: bool) -> Vec<Vec<Cell>> {
    for row in &mut rows {
        row.resize(
            width,
            Cell {
                header,
                content: Vec::new(),
            },
        );
    }
    rows
}
