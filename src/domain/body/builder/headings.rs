//! Headings, as they are opened and closed.

use super::super::heading_levels::LOWEST;
use super::Builder;

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
