//! Plain text into canonical HTML without a parser: a text has no markup to read, so it only needs escaping.

use std::borrow::Cow;

use super::embed;
use super::error::{BodyError, MAX_BYTES};
use super::html_write::{self, escape};
use super::warnings::Warnings;

/// Writes paragraphs as they are asked for; a newline in one is a line break, a blank line parts it. A line that is the
/// address of something on a known site is an embed.
pub(super) struct PlainWriter {
    html: String,
    warnings: Warnings,
    read: usize,
}

impl PlainWriter {
    pub(super) fn new() -> Self {
        Self {
            html: String::new(),
            warnings: Warnings::default(),
            read: 0,
        }
    }

    /// Adds one paragraph of text.
    pub(super) fn paragraph(&mut self, text: &str) -> Result<(), BodyError> {
        self.read += text.len();
        if self.read > MAX_BYTES {
            return Err(BodyError::TooLarge);
        }
        let text = if text.contains('\r') {
            Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            Cow::Borrowed(text)
        };
        let mut is_open = false;
        for line in text.split('\n') {
            // Control characters do not stay, so none keeps an address from standing alone.
            if let Some(url) = embed::address_alone(&without_controls(line)) {
                self.count_removed(line);
                self.embed(url, is_open);
                is_open = false;
                continue;
            }
            let start = self.html.len();
            self.html.push_str(if is_open { "<br>" } else { "<p>" });
            let content = self.html.len();
            self.line(line);
            let is_blank = self.html.len() == content;
            if is_blank {
                self.html.truncate(start);
            }
            if is_open && is_blank {
                self.html.push_str("</p>");
            }
            is_open = !is_blank;
        }
        if is_open {
            self.html.push_str("</p>");
        }
        Ok(())
    }

    /// The address of something on a known site, alone on its line. Twice the same in a row is once.
    fn embed(&mut self, url: String, is_open: bool) {
        if is_open {
            self.html.push_str("</p>");
        }
        let mut figure = String::new();
        html_write::block(&mut figure, &embed::block(url, Vec::new()));
        if !self.html.ends_with(&figure) {
            self.html.push_str(&figure);
        }
    }

    pub(super) fn finish(self) -> Result<(String, Warnings), BodyError> {
        if self.html.len() > MAX_BYTES {
            return Err(BodyError::TooLarge);
        }
        Ok((self.html, self.warnings))
    }

    fn line(&mut self, line: &str) {
        if is_clean(line) {
            return escape(&mut self.html, line);
        }
        let start = self.html.len();
        for word in line.split([' ', '\t', '\u{b}', '\u{c}']) {
            let before = self.html.len();
            if before > start {
                self.html.push(' ');
            }
            let from = self.html.len();
            for piece in word.split(char::is_control) {
                escape(&mut self.html, piece);
            }
            if self.html.len() == from {
                self.html.truncate(before);
            }
        }
        self.count_removed(line);
    }

    fn count_removed(&mut self, line: &str) {
        let is_removed = |c: &char| c.is_control() && *c != '\t';
        let removed = line.chars().filter(is_removed).count();
        self.warnings.add_control_characters(removed);
    }
}

/// A line without its control characters; those that part words become spaces.
fn without_controls(line: &str) -> Cow<'_, str> {
    if !line.contains(char::is_control) {
        return Cow::Borrowed(line);
    }
    let spaced = line.replace(['\t', '\u{b}', '\u{c}'], " ");
    Cow::Owned(spaced.replace(char::is_control, ""))
}

/// True if a line is its own canonical form: single spaces between words, none at the edges, no control characters.
fn is_clean(line: &str) -> bool {
    let bytes = line.as_bytes();
    let mut previous = b' ';
    for &byte in bytes {
        let is_control = byte < b' ' || byte == 0x7f || (previous == 0xc2 && byte < 0xa0);
        if is_control || (byte == b' ' && previous == b' ') {
            return false;
        }
        previous = byte;
    }
    bytes.is_empty() || previous != b' '
}
