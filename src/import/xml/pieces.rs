//! The items of an XML document, one held at a time, whatever is broken between them.

use std::io::{self, BufRead};

use crate::import::lines::{LIMIT, broken_off};
use crate::import::record::Finding;

/// The most that is kept of what stands around the items.
const HEAD_MAX: usize = 8 * 1024 * 1024;

/// A piece of a document.
pub(in crate::import) enum Piece {
    /// An item, and the line that it begins on.
    Item {
        /// Its text, from start tag to end tag.
        text: String,
        /// Its first line, from 1.
        line: u64,
        /// The fault by which it ended, where no end tag did.
        fault: Option<Finding>,
    },
    /// An item that is too large, or the place where the input breaks off.
    Broken {
        /// Its line.
        line: u64,
        /// The reason.
        finding: Finding,
    },
    /// All that stands before, between and behind the items.
    Around(String),
}

/// Constructs whose text is no markup.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Raw {
    Cdata,
    Comment,
}

/// Cuts a document into pieces.
pub(in crate::import) struct Pieces<R> {
    reader: R,
    /// Local names of the elements that are items.
    names: &'static [&'static str],
    around: String,
    item: Option<Open>,
    raw: Option<Raw>,
    line: u64,
    buffer: Vec<u8>,
    /// A piece that is given before the input is read on.
    waiting: Option<Piece>,
    is_over: bool,
}

/// An item that is being read.
struct Open {
    text: String,
    line: u64,
    is_too_long: bool,
    /// The length at an end tag within a CDATA section that may have been left open.
    ended: Option<usize>,
}

impl<R: BufRead> Pieces<R> {
    /// The pieces of `reader`, whose items are the elements of these local names.
    pub(in crate::import) fn new(reader: R, names: &'static [&'static str]) -> Self {
        Self {
            reader,
            names,
            around: String::new(),
            item: None,
            raw: None,
            line: 1,
            buffer: Vec::new(),
            waiting: None,
            is_over: false,
        }
    }

    /// Text around the items, as far as it was read.
    pub(in crate::import) fn around(&self) -> &str {
        &self.around
    }

    /// The next piece; the last one is what stands around the items.
    pub(in crate::import) fn next(&mut self) -> Option<Piece> {
        loop {
            if let Some(piece) = self.waiting.take() {
                return Some(piece);
            }
            if self.is_over {
                return None;
            }
            match self.segment() {
                Ok(Some(segment)) => {
                    if let Some(piece) = self.take(&segment) {
                        return Some(piece);
                    }
                }
                Ok(None) => return Some(self.end(None)),
                Err(problem) => return Some(self.end(Some(broken_off(&problem)))),
            }
        }
    }

    /// The text up to and with the next `>`: where every tag, comment and CDATA section ends. A very long one comes in parts.
    fn segment(&mut self) -> io::Result<Option<String>> {
        self.buffer.clear();
        loop {
            let ready = self.reader.fill_buf()?;
            if ready.is_empty() {
                break;
            }
            let end = ready.iter().position(|byte| *byte == b'>');
            let length = end.map_or(ready.len(), |end| end + 1);
            self.buffer.extend_from_slice(&ready[..length]);
            self.reader.consume(length);
            let is_long = self.buffer.len() > LIMIT;
            if end.is_some() || is_long && str::from_utf8(&self.buffer).is_ok() {
                break;
            }
        }
        let text = String::from_utf8_lossy(&self.buffer).into_owned();
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn take(&mut self, segment: &str) -> Option<Piece> {
        let start = self.line;
        self.line += segment.bytes().filter(|byte| *byte == b'\n').count() as u64;
        if let Some(raw) = self.raw {
            return self.within_raw(raw, segment, start);
        }
        let Some(at) = segment.find('<') else {
            self.push(segment);
            return None;
        };
        let tag = &segment[at..];
        if let Some(rest) = tag.strip_prefix("<![CDATA[") {
            self.raw = (!rest.ends_with("]]>")).then_some(Raw::Cdata);
            self.push(segment);
            self.note_end(rest);
            return None;
        } else if let Some(rest) = tag.strip_prefix("<!--") {
            self.raw = (!rest.ends_with("-->")).then_some(Raw::Comment);
        } else if self.is_tag(tag, "<") {
            let line = start + segment[..at].bytes().filter(|byte| *byte == b'\n').count() as u64;
            return self.begin(&segment[..at], tag, line);
        } else if self.is_tag(tag, "</") {
            self.push(segment);
            return self.finish(None);
        }
        self.push(segment);
        None
    }

    /// An item's start. One that is still open was never closed, and ends here.
    fn begin(&mut self, before: &str, tag: &str, line: u64) -> Option<Piece> {
        self.push(before);
        let unclosed = || {
            Finding::new(
                "unclosed_item",
                "the item has no end tag; it ends where the next one begins",
            )
        };
        let last = self
            .item
            .is_some()
            .then(|| self.finish(Some(unclosed())))
            .flatten();
        self.item = Some(Open {
            text: tag.to_owned(),
            line,
            is_too_long: false,
            ended: None,
        });
        if !tag.ends_with("/>") {
            return last;
        }
        match last {
            None => self.finish(None),
            last => {
                self.waiting = self.finish(None);
                last
            }
        }
    }

    /// Text of a CDATA section or a comment. Where an item's end tag in it is followed by another item or the end of the
    /// document, the section was never closed.
    fn within_raw(&mut self, raw: Raw, segment: &str, line: u64) -> Option<Piece> {
        let tag = segment.trim_start();
        let follows = self.is_tag(tag, "<") || ["</channel>", "</rss>", "</feed>"].contains(&tag);
        let ended = self.item.as_mut().and_then(|item| item.ended.take());
        if let (true, Some(length), Some(item)) = (follows, ended, &mut self.item) {
            item.text.truncate(length);
            self.raw = None;
            let open = "a CDATA section or a comment of the item is not closed; the item ends at its end tag";
            let piece = self.finish(Some(Finding::new("unclosed_section", open)));
            self.line = line;
            let next = self.take(segment);
            self.waiting = next;
            return piece;
        }
        self.push(segment);
        let end = match raw {
            Raw::Cdata => "]]>",
            Raw::Comment => "-->",
        };
        let is_end = self.item.as_ref().map_or(segment.ends_with(end), |item| {
            item.is_too_long && segment.ends_with(end) || item.text.ends_with(end)
        });
        if is_end {
            self.raw = None;
            return None;
        }
        self.note_end(segment);
        None
    }

    /// Remembers an end tag within a section, which may be the item's own.
    fn note_end(&mut self, segment: &str) {
        let at = segment.rfind("</").unwrap_or(0);
        let is_end = self.raw.is_some() && self.is_tag(&segment[at..], "</");
        if let Some(item) = self.item.as_mut().filter(|_| is_end) {
            item.ended = Some(item.text.len());
        }
    }

    fn push(&mut self, text: &str) {
        match &mut self.item {
            Some(item) if item.text.len() + text.len() > LIMIT => item.is_too_long = true,
            Some(item) => item.text.push_str(text),
            None if self.around.len() + text.len() <= HEAD_MAX => self.around.push_str(text),
            None => {}
        }
    }

    fn finish(&mut self, fault: Option<Finding>) -> Option<Piece> {
        let item = self.item.take()?;
        Some(match item.is_too_long {
            true => Piece::Broken {
                line: item.line,
                finding: Finding::new("item_too_long", format!("more than {LIMIT} bytes")),
            },
            false => Piece::Item {
                text: item.text,
                line: item.line,
                fault,
            },
        })
    }

    fn end(&mut self, broken: Option<Finding>) -> Piece {
        self.is_over = true;
        let around = Piece::Around(std::mem::take(&mut self.around));
        let open = self.item.take().map(|item| item.line);
        let cut = || {
            Finding::new(
                "truncated",
                "the input ends within this item, which is not taken",
            )
        };
        let finding = broken.or_else(|| open.map(|_| cut()));
        match finding {
            None => around,
            Some(finding) => {
                self.waiting = Some(around);
                let line = open.unwrap_or(self.line);
                Piece::Broken { line, finding }
            }
        }
    }

    /// True if a text begins with a tag of an item.
    fn is_tag(&self, text: &str, open: &str) -> bool {
        let Some(rest) = text.strip_prefix(open) else {
            return false;
        };
        let end = rest
            .find([' ', '\t', '\n', '\r', '>', '/'])
            .unwrap_or(rest.len());
        let name = &rest[..end];
        let local = name.rsplit(':').next().unwrap_or(name);
        self.names.contains(&local)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<(u64, String)> {
        let mut pieces = Pieces::new(text.as_bytes(), &["item"]);
        let mut all = Vec::new();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Item { text, line, fault } => {
                    let code = fault.map_or("", |fault| fault.code);
                    all.push((line, format!("{code}{text}")));
                }
                Piece::Broken { line, finding } => all.push((line, finding.code.to_owned())),
                Piece::Around(text) => all.push((0, text)),
            }
        }
        all
    }

    fn expected(all: &[(u64, &str)]) -> Vec<(u64, String)> {
        all.iter()
            .map(|(line, text)| (*line, (*text).to_owned()))
            .collect()
    }

    #[test]
    fn items_come_with_their_lines_and_the_rest_at_the_end() {
        assert_eq!(
            pieces("<c>\n<item>a</item>\n\n<item x='1'><![CDATA[ </item> ]]></item><item/></c>"),
            expected(&[
                (2, "<item>a</item>"),
                (4, "<item x='1'><![CDATA[ </item> ]]></item>"),
                (4, "<item/>"),
                (0, "<c>\n\n\n</c>"),
            ])
        );
    }

    #[test]
    fn a_section_that_is_left_open_harms_its_own_item_only() {
        assert_eq!(
            pieces("<item><![CDATA[a </item>\n<item>b</item>"),
            expected(&[
                (1, "unclosed_section<item><![CDATA[a </item>"),
                (2, "<item>b</item>"),
                (0, "\n")
            ])
        );
        assert_eq!(
            pieces("<item>a\n<item>b</item>"),
            expected(&[
                (1, "unclosed_item<item>a\n"),
                (2, "<item>b</item>"),
                (0, "")
            ])
        );
    }

    #[test]
    fn of_a_truncated_document_the_whole_items_are_read() {
        assert_eq!(
            pieces("<item>a</item>\n<item>b"),
            expected(&[(1, "<item>a</item>"), (2, "truncated"), (0, "\n")])
        );
    }

    #[test]
    fn an_item_over_the_limit_is_told_and_the_next_is_read() {
        let text = format!("<item>{}</item><item>b</item>", "a<b>".repeat(LIMIT / 3));
        assert_eq!(
            pieces(&text),
            expected(&[(1, "item_too_long"), (1, "<item>b</item>"), (0, "")])
        );
    }
}
