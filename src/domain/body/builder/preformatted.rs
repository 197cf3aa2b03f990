//! Preformatted text: its white space stands, and markup inside it is only text. In a cell or caption, which have no place for a
//! block, it is lines of code.

use super::super::warnings::Change;
use super::Builder;
use super::code::{Pre, block};
use super::frames::Frame;

impl Builder {
    pub fn open_pre(&mut self, language: Option<String>) {
        self.boundary();
        if self.in_single_line() {
            self.line.open_preformatted();
            if let Some(cell) = self.open_cell_frame() {
                cell.preformatted += 1;
                cell.language = language;
            } else {
                self.tell_lines();
            }
        } else if self.pre.is_none() {
            let text = String::new();
            self.pre = Some(Pre { language, text });
        }
    }

    /// Names the language of the open preformatted text, unless it has one.
    pub fn name_language(&mut self, language: Option<String>) {
        let own = match (&mut self.pre, self.frames.last_mut()) {
            (Some(pre), _) => &mut pre.language,
            (None, Some(Frame::Cell(cell))) if self.line.is_preformatted() => &mut cell.language,
            _ => return,
        };
        *own = own.take().or(language);
    }

    pub fn close_pre(&mut self) {
        self.line.close_preformatted();
        self.end_pre();
        self.boundary();
    }

    pub(super) fn end_pre(&mut self) {
        if let Some(code) = self.pre.take().and_then(block) {
            self.emit(code);
        }
    }

    /// Tells of a block in preformatted text.
    pub(super) fn tell_in_preformatted(&mut self, what: &'static str) {
        if self.pre.is_some() {
            self.warnings.add(Change::ElementConverted, what, "lines");
        }
    }

    pub(super) fn tell_lines(&mut self) {
        let what = "preformatted text in a cell or caption";
        self.warnings
            .add(Change::ElementConverted, what, "lines of code");
    }
}
