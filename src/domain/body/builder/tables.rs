//! Tables as they are met: rows and cells find their place, and nested tables become lines of the cell they stand in.
//!
//! A cell that spans columns or rows leaves blank ones, so that every value stays in its column (HTML, section 4.9.12). A row
//! keeps only the cells that it has, with their columns, until the table ends: spans alone cost nothing.

use super::super::blocks::{Block, Cell};
use super::super::error::BodyError;
use super::super::warnings::Change;
use super::Builder;
use super::frames::{Frame, OpenCell};

/// More cells than this cannot fit into a body; filling rows must not make more first.
const MAX_CELLS: usize = 200_000;

/// The most columns and rows that a cell may span (HTML, section 4.9.11).
const MAX_SPANS: [u32; 2] = [1_000, 65_534];

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
    cell: Cell,
    spans: [u32; 2],
}

/// The cells that a row has, each with its column.
type Row = Vec<(u32, Cell)>;

/// Columns that a cell of a row above goes on in.
struct Hanging {
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
    part: TablePart,
    hanging: Vec<Hanging>,
    /// Cells so far, with those that hang into a row.
    cells: usize,
    /// Text that stood in the table but in no cell.
    pub(super) before: Vec<Block>,
    /// Images and embeds that stood in cells.
    after: Vec<Block>,
}

impl Table {
    /// Adds a row below the others of its part; `false` where the table has too many cells.
    pub(super) fn add_row(&mut self, cells: Vec<SpannedCell>) -> bool {
        self.cells += cells.len() + self.hanging.len();
        if self.cells > MAX_CELLS {
            return false;
        }
        let row = self.placed(cells);
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
        for SpannedCell { cell, spans } in cells {
            while let Some(hanging) = above.get(at).filter(|hanging| hanging.column <= column) {
                column = column.max(hanging.end);
                at += 1;
            }
            let end = column.saturating_add(spans[0]);
            let rows = spans[1] - 1;
            self.hanging
                .extend((rows > 0).then_some(Hanging { column, end, rows }));
            row.push((column, cell));
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
    fn finish(mut self, others: &mut usize) -> Option<Vec<Block>> {
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
        let mut blocks = self.before;
        if !is_blank {
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

impl Builder {
    pub fn open_table(&mut self) {
        self.boundary();
        if let Some(cell) = self.open_cell_frame() {
            cell.nested_tables = cell.nested_tables.saturating_add(1);
            let what = "<table> in a cell";
            self.warnings.add(Change::ElementConverted, what, "lines");
        } else if self.pre.is_none() && self.enter_flow() {
            self.push(Frame::Table(Table::default()));
        }
    }

    pub fn close_table(&mut self) {
        self.boundary();
        match self.open_cell_frame() {
            Some(cell) if cell.nested_tables > 0 => cell.nested_tables -= 1,
            _ => self.close(|frame| matches!(frame, Frame::Table(_))),
        }
    }

    /// A part of a table begins; spans end with the part before.
    pub fn table_part(&mut self, part: TablePart) {
        self.boundary();
        let Some(at) = self.open_table_frame() else {
            return;
        };
        self.close_to(at + 1);
        if let Frame::Table(table) = self.top_mut() {
            table.part = part;
            table.hanging.clear();
        }
    }

    pub fn open_row(&mut self) {
        self.boundary();
        if let Some(at) = self.open_table_frame() {
            self.close_to(at + 1);
            self.push(Frame::Row(Vec::new()));
        }
    }

    pub fn close_row(&mut self) {
        self.boundary();
        if let Some(at) = self.open_table_frame() {
            self.close_to(at + 1);
        }
    }

    /// A cell that spans some columns and rows; no rows are all that follow in its part.
    pub fn open_cell(&mut self, header: bool, [columns, rows]: [u32; 2]) {
        self.boundary();
        let Some(at) = self.open_table_frame() else {
            return;
        };
        if self.frames.len() == at + 1 {
            self.push(Frame::Row(Vec::new()));
        }
        self.close_to(at + 2);
        let rows = if rows == 0 { MAX_SPANS[1] } else { rows };
        let spans = [columns.clamp(1, MAX_SPANS[0]), rows.min(MAX_SPANS[1])];
        if spans != [1, 1] {
            let what = "a cell that spans rows or columns";
            self.warnings.add(
                Change::TableSpanConverted,
                what,
                "one with blank cells beside it",
            );
        }
        self.push(Frame::Cell(Box::new(OpenCell {
            header,
            spans,
            saved: (self.open_styles, self.marks.clone()),
            nested_tables: 0,
        })));
        self.line.single = true;
    }

    pub fn close_cell(&mut self) {
        self.boundary();
        if let Some(at) = self.open_table_frame() {
            self.close_to(at + 2);
        }
    }

    fn open_cell_frame(&mut self) -> Option<&mut OpenCell> {
        match self.top_mut() {
            Frame::Cell(cell) => Some(cell),
            _ => None,
        }
    }

    /// The table whose rows and cells are being read; none inside a table that is nested in a cell.
    fn open_table_frame(&self) -> Option<usize> {
        let nested = matches!(self.top(), Frame::Cell(cell) if cell.nested_tables > 0);
        let at = self
            .frames
            .iter()
            .rposition(|frame| matches!(frame, Frame::Table(_)))?;
        (!nested && self.pre.is_none()).then_some(at)
    }

    pub(super) fn pop_cell(&mut self, cell: OpenCell) {
        let OpenCell {
            header,
            spans,
            saved,
            ..
        } = cell;
        (self.open_styles, self.marks) = saved;
        let content = self.line.take().concat();
        let apart = std::mem::take(&mut self.apart);
        let at = self.frames.len() - 1;
        if let Frame::Row(cells) = &mut self.frames[at] {
            let cell = Cell { header, content };
            cells.push(SpannedCell { cell, spans });
        }
        if let Some(Frame::Table(table)) = self.frames.get_mut(at - 1) {
            table.after.extend(apart);
        }
    }

    pub(super) fn pop_table(&mut self, table: Table) {
        match table.finish(&mut self.cells) {
            Some(blocks) => blocks.into_iter().for_each(|block| self.emit(block)),
            None => self.fail(BodyError::TooLarge),
        }
    }
}
