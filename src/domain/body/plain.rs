//! Plain text into canonical HTML without a parser: a text has no markup to read, so it only needs escaping.

use std::borrow::Cow;

use super::error::{Altered, BodyError, MAX_BYTES};
use super::html_write::escape;

/// Writes paragraphs as they are asked for; a newline in one is a line break, a blank line parts it.
pub(super) struct PlainWriter {
    html: String,
    altered: Altered,
    read: usize,
}

impl PlainWriter {
    pub(super) fn new() -> Self {
        Self {
            html: String::new(),
            altered: Altered::default(),
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

    pub(super) fn finish(self) -> Result<(String, Altered), BodyError> {
        if self.html.len() > MAX_BYTES {
            return Err(BodyError::TooLarge);
        }
        Ok((self.html, self.altered))
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
        self.altered.control_chars += line
            .chars()
            .filter(|c| c.is_control() && *c != '\t')
            .count();
    }
}

/// Whether a line is its own canonical form: single spaces between words, none at the edges, no control characters.
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
