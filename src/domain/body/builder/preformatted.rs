//! Preformatted text: its white space stands, and markup inside it is only text.

use super::super::blocks::{Block, Style};
use super::Builder;
use super::frames::Pre;

impl Builder {
    pub fn open_pre(&mut self, language: Option<String>) {
        self.boundary();
        if self.in_single_line() {
            self.open_style(Style::Code);
        } else if self.pre.is_none() {
            let text = String::new();
            self.pre = Some(Pre { language, text });
        }
    }

    /// Names the language of the open preformatted block, unless it has one.
    pub fn name_language(&mut self, language: Option<String>) -> bool {
        let Some(pre) = &mut self.pre else {
            return false;
        };
        pre.language = pre.language.take().or(language);
        true
    }

    pub fn close_pre(&mut self) {
        if self.in_single_line() {
            self.close_style(Style::Code);
        }
        self.end_pre();
        self.boundary();
    }

    pub(super) fn end_pre(&mut self) {
        let Some(Pre { language, text }) = self.pre.take() else {
            return;
        };
        let text = text.trim_matches('\n');
        if !text.trim().is_empty() {
            let text = text.to_owned();
            self.emit(Block::Code { language, text });
        }
    }
}
