//! Tables as they are met: rows and cells find their place, and nested tables become lines of the cell they stand in.
//!
//! A cell that spans columns or rows leaves blank ones, so that every value stays in its column.

use super::super::blocks::{Block, Cell};
use super::super::error::BodyError;
use super::super::warnings::Change;
use super::Builder;
use super::code;
use super::frames::{Frame, OpenCell};
use super::grid::{SpannedCell, Table, TablePart};

/// The most columns and rows that a cell may span (HTML, section 4.9.11).
const MAX_SPANS: [u32; 2] = [1_000, 65_534];

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
        if columns > MAX_SPANS[0] {
            let what = "a span over more than 1000 columns";
            self.warnings.add(
                Change::TableSpanConverted,
                what,
                "one to the edge of its table",
            );
        }
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
            preformatted: 0,
            language: None,
        })));
        self.line.single = true;
    }

    pub fn close_cell(&mut self) {
        self.boundary();
        if let Some(at) = self.open_table_frame() {
            self.close_to(at + 2);
        }
    }

    pub(super) fn open_cell_frame(&mut self) -> Option<&mut OpenCell> {
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
            preformatted,
            language,
            ..
        } = cell;
        if self.marks.link() != saved.1.link() {
            self.close_link();
        }
        (self.open_styles, self.marks) = saved;
        let mut content = self.line.take().concat();
        let own_code = (preformatted == 1).then(|| code::whole(&content, language));
        if preformatted > 0 {
            code::hold(&mut content);
        }
        let apart = std::mem::take(&mut self.apart);
        let at = self.frames.len() - 1;
        if let Frame::Row(cells) = &mut self.frames[at] {
            cells.push(SpannedCell {
                cell: Cell { header, content },
                spans,
                code: own_code.flatten(),
            });
        }
        if let Some(Frame::Table(table)) = self.frames.get_mut(at - 1) {
            table.preformatted += preformatted;
            table
                .after
                .extend(apart.into_iter().map(|apart| apart.block));
        }
    }

    pub(super) fn pop_table(&mut self, table: Table) {
        let (after, preformatted) = (table.after.len(), table.preformatted);
        let Some(blocks) = table.finish(&mut self.cells) else {
            return self.fail(BodyError::TooLarge);
        };
        let first = blocks.len() - after;
        let own = first.checked_sub(1).map(|last| &blocks[last]);
        let is_shown = matches!(own, Some(Block::Table { .. } | Block::Code { .. }));
        match own {
            Some(Block::Table { .. }) => (0..preformatted).for_each(|_| self.tell_lines()),
            Some(Block::Code { .. }) => {
                let what = "a table that sets out code";
                self.warnings
                    .add(Change::ElementConverted, what, "the code");
            }
            _ if after > 0 => {
                let (what, into) = ("a table of pictures or embeds alone", "these");
                self.warnings.add(Change::ElementConverted, what, into);
            }
            _ => {}
        }
        for (at, block) in blocks.into_iter().enumerate() {
            if is_shown && at >= first {
                let what = ["an image in a cell", "an embed in a cell"];
                self.tell_moved(&block, what, "one behind the table");
            }
            self.emit(block);
        }
    }
}
