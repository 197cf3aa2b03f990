//! The rows and cells of a table while it is read, each in its column (HTML, section 4.9.12).
//!
//! A row keeps only the cells that it has, with their columns, until the table ends: spans alone cost nothing.

use super::super::blocks::{Block, Cell};
use super::code::{self, Pre};

/// More cells than this cannot fit into a body; filling rows must not make more first.
const MAX_CELLS: usize = 200_000;

/// A part of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TablePart {
    Head,
    #[default]
    Body,
    Foot,
}

/// A cell, and how many columns and rows it spans.
pub(super) struct SpannedCell {
    pub(super) cell: Cell,
    pub(super) spans: [u32; 2],
    /// The text of a cell that holds one preformatted text and nothing else.
    pub(super) code: Option<Pre>,
}

/// The cells that a row has, each with its column.
type Row = Vec<(u32, Cell)>;

/// Columns that a cell of a row above goes on in.
pub(super) struct Hanging {
    column: u32,
    end: u32,
    rows: u32,
}

/// A table while it is read.
#[derive(Default)]
pub(super) struct Table {
    head: Vec<Row>,
    body: Vec<Row>,
    foot: Vec<Row>,
    pub(super) part: TablePart,
    pub(super) hanging: Vec<Hanging>,
    /// Cells so far, with those that hang into a row.
    cells: usize,
    /// Text that stood in the table but in no cell.
    pub(super) before: Vec<Block>,
    /// Images and embeds that stood in cells.
    pub(super) after: Vec<Block>,
    /// Number of preformatted texts in its cells.
    pub(super) preformatted: usize,
    /// The texts of the cells of its only row, as far as each is one of code.
    codes: Vec<Option<Pre>>,
    rows: usize,
}

impl Table {
    /// Adds a row below the others of its part; `false` where the table has too many cells.
    pub(super) fn add_row(&mut self, cells: Vec<SpannedCell>) -> bool {
        self.cells += cells.len() + self.hanging.len();
        if self.cells > MAX_CELLS {
            return false;
        }
        let row = self.placed(cells);
        self.rows += usize::from(!row.is_empty());
        if self.rows > 1 {
            self.codes.clear();
        }
        match self.part {
            _ if row.is_empty() => {}
            TablePart::Head => self.head.push(row.into_iter().map(headed).collect()),
            TablePart::Body => self.body.push(row),
            TablePart::Foot => self.foot.push(row),
        }
        true
    }

    /// The cells in the columns that are free.
    fn placed(&mut self, cells: Vec<SpannedCell>) -> Row {
        let above = std::mem::take(&mut self.hanging);
        let mut row = Vec::with_capacity(cells.len());
        let (mut column, mut at) = (0_u32, 0);
        for SpannedCell { cell, spans, code } in cells {
            while let Some(hanging) = above.get(at).filter(|hanging| hanging.column <= column) {
                column = column.max(hanging.end);
                at += 1;
            }
            let end = column.saturating_add(spans[0]);
            let rows = spans[1] - 1;
            self.hanging
                .extend((rows > 0).then_some(Hanging { column, end, rows }));
            row.push((column, cell));
            self.codes.extend((self.rows == 0).then_some(code));
            column = end;
        }
        let goes_on = above.into_iter().filter(|hanging| hanging.rows > 1);
        self.hanging.extend(goes_on.map(|hanging| Hanging {
            rows: hanging.rows - 1,
            ..hanging
        }));
        self.hanging.sort_by_key(|hanging| hanging.column);
        row
    }

    /// The table with what stood around its cells; `None` when it has too many cells, together with the `others` before it.
    pub(super) fn finish(mut self, others: &mut usize) -> Option<Vec<Block>> {
        self.body.append(&mut self.foot);
        self.find_head();
        let columns = self.columns();
        *others += columns
            .len()
            .saturating_mul(self.head.len() + self.body.len());
        if *others > MAX_CELLS {
            return None;
        }
        let is_blank = self
            .rows()
            .flatten()
            .all(|(_, cell)| cell.content.is_empty());
        let mut blocks = std::mem::take(&mut self.before);
        if let Some(code) = code::listing(std::mem::take(&mut self.codes)) {
            blocks.push(code);
        } else if !is_blank {
            blocks.push(Block::Table {
                id: None,
                head: filled(self.head, &columns, true),
                body: filled(self.body, &columns, false),
            });
        }
        blocks.extend(self.after);
        Some(blocks)
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.head.iter().chain(&self.body)
    }

    /// The columns in which any cell begins.
    fn columns(&self) -> Vec<u32> {
        let mut columns: Vec<u32> = self.rows().flatten().map(|(column, _)| *column).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Without a header of its own, a table's first rows are it where they hold header cells only. Blank headers go.
    fn find_head(&mut self) {
        let has_text = |row: &Row| row.iter().any(|(_, cell)| !cell.content.is_empty());
        self.head.retain(has_text);
        if self.head.is_empty() {
            let first = self
                .body
                .iter()
                .position(|row| !row.iter().all(|(_, cell)| cell.header));
            let below = self.body.split_off(first.unwrap_or(self.body.len()));
            self.head = std::mem::replace(&mut self.body, below);
        }
        self.head.retain(has_text);
    }
}

fn headed((column, cell): (u32, Cell)) -> (u32, Cell) {
    let content = cell.content;
    (
        column,
        Cell {
            header: true,
            content,
        },
    )
}

/// Rows with a cell in every column.
fn filled(rows: Vec<Row>, columns: &[u32], header: bool) -> Vec<Vec<Cell>> {
    let blank = Cell {
        header,
        content: Vec::new(),
    };
    let fill = |row: Row| {
        let mut cells = vec![blank.clone(); columns.len()];
        for (column, cell) in row {
            if let Ok(at) = columns.binary_search(&column) {
                cells[at] = cell;
            }
        }
        cells
    };
    rows.into_iter().map(fill).collect()
}
