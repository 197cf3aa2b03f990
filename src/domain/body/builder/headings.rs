//! Headings, as they are opened and closed.

use super::super::heading_levels::LOWEST;
use super::Builder;

impl Builder {
    pub fn open_heading(&mut self, level: u8) {
        self.boundary();
        self.tell_flattened("a heading in a cell or caption", "plain text");
        if self.pre.is_some() {
            self.tell_in_preformatted("a heading in preformatted text");
        } else if !self.in_single_line() {
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
