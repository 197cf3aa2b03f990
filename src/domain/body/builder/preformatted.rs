//! Preformatted text: its white space stands, and markup inside it is only text.

use super::super::blocks::{Block, Style};
use super::Builder;

/// A block of preformatted text while it is gathered.
pub(super) struct Pre {
    pub(super) language: Option<String>,
    pub(super) text: String,
}

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

/// Preformatted text: line endings made one, control characters counted and removed.
pub(super) fn printable(text: &str, removed: &mut usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    for c in text.chars() {
        match c {
            '\n' if previous == '\r' => {}
            '\r' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => *removed += 1,
            c => out.push(c),
        }
        previous = c;
    }
    out
}
