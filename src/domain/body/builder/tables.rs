//! Tables as they are met: rows and cells find their place, and nested tables become lines of the cell they stand in.

use super::super::blocks::{Cell, Marks, Style};
use super::super::error::BodyError;
use super::Builder;
use super::frames::{Frame, Table};

impl Builder {
    pub fn open_table(&mut self) {
        self.boundary();
        if let Some(nested) = self.nested_tables() {
            *nested = nested.saturating_add(1);
        } else if self.pre.is_none() && self.enter_flow() {
            self.push(Frame::Table(Table::default()));
        }
    }

    pub fn close_table(&mut self) {
        self.boundary();
        match self.nested_tables() {
            Some(nested) if *nested > 0 => *nested -= 1,
            _ => self.close(|frame| matches!(frame, Frame::Table(_))),
        }
    }

    /// The header, body or footer of a table begins; outside its header, rows are body rows.
    pub fn table_part(&mut self, is_head: bool) {
        self.boundary();
        let Some(at) = self.open_table_frame() else {
            return;
        };
        self.close_to(at + 1);
        if let Frame::Table(table) = self.top_mut() {
            table.in_head = is_head;
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

    pub fn open_cell(&mut self, header: bool) {
        self.boundary();
        let Some(at) = self.open_table_frame() else {
            return;
        };
        if self.frames.len() == at + 1 {
            self.push(Frame::Row(Vec::new()));
        }
        self.close_to(at + 2);
        let saved = (self.open_styles, self.marks.clone());
        self.push(Frame::Cell {
            header,
            saved,
            nested_tables: 0,
        });
        self.line.single = true;
    }

    pub fn close_cell(&mut self) {
        self.boundary();
        if let Some(at) = self.open_table_frame() {
            self.close_to(at + 2);
        }
    }

    fn nested_tables(&mut self) -> Option<&mut u32> {
        match self.top_mut() {
            Frame::Cell { nested_tables, .. } => Some(nested_tables),
            _ => None,
        }
    }

    /// The table whose rows and cells are being read; none inside a table that is nested in a cell.
    fn open_table_frame(&self) -> Option<usize> {
        let nested = matches!(
            self.top(),
            Frame::Cell {
                nested_tables: 1..,
                ..
            }
        );
        let at = self
            .frames
            .iter()
            .rposition(|frame| matches!(frame, Frame::Table(_)))?;
        (!nested && self.pre.is_none()).then_some(at)
    }

    pub(super) fn pop_cell(&mut self, header: bool, saved: ([u32; Style::ALL.len()], Marks)) {
        (self.open_styles, self.marks) = saved;
        let content = self.line.take().concat();
        let images = std::mem::take(&mut self.images);
        let at = self.frames.len() - 1;
        if let Frame::Row(cells) = &mut self.frames[at] {
            cells.push(Cell { header, content });
        }
        if let Some(Frame::Table(table)) = self.frames.get_mut(at - 1) {
            table.after.extend(images);
        }
    }

    pub(super) fn pop_table(&mut self, table: Table) {
        match table.finish() {
            Some(blocks) => blocks.into_iter().for_each(|block| self.emit(block)),
            None => self.fail(BodyError::TooLarge),
        }
    }
}
