//! Content in chunks (RFC 9112, section 7.1), watched before actix reads it.
//!
//! actix takes a chunk that it cannot read for the end of the connection, and answers nothing. So the bytes from such a chunk on
//! are kept from it: to actix the content then ends early, which is answered.

use crate::http::wire::head::{self, Content, Head};

/// The longest line of a chunk's size, and of a field behind the last chunk, in bytes.
const LONGEST_LINE: usize = 4_096;

/// The place of the next byte in a connection's requests of HTTP/1.1.
#[derive(Debug)]
pub(crate) enum Chunks {
    /// In a head of which this has come.
    Head(Vec<u8>),
    /// In content of a known length, so many bytes before its end.
    Content(u64),
    /// In the line of a chunk's size, of which this has come.
    Size(Vec<u8>),
    /// In a chunk, so many bytes before its end.
    Chunk(u64),
    /// In the line feed behind a chunk.
    LineFeed,
    /// In the fields behind the last chunk: in a line of which this has come.
    Trailer(Vec<u8>),
    /// Anywhere: nothing is watched any more.
    Anywhere,
    /// In a chunk that cannot be read.
    Broken,
}

impl Default for Chunks {
    fn default() -> Self {
        Self::Head(Vec::new())
    }
}

impl Chunks {
    /// Number of first bytes of `came` that can be read: all, unless a chunk is broken.
    pub(crate) fn readable(&mut self, came: &[u8]) -> usize {
        let mut read = 0;
        while read < came.len() && !self.is_broken() {
            let (next, taken) = std::mem::replace(self, Self::Anywhere).pass(&came[read..]);
            *self = next;
            read += taken;
        }
        read
    }

    /// True behind a chunk that cannot be read.
    pub(crate) const fn is_broken(&self) -> bool {
        matches!(self, Self::Broken)
    }

    /// True within content.
    pub(crate) const fn is_in_content(&self) -> bool {
        match self {
            Self::Content(_)
            | Self::Size(_)
            | Self::Chunk(_)
            | Self::LineFeed
            | Self::Trailer(_) => true,
            Self::Head(_) | Self::Anywhere | Self::Broken => false,
        }
    }

    /// The place behind some of the bytes, and their number.
    fn pass(self, rest: &[u8]) -> (Self, usize) {
        match (self, rest[0]) {
            (Self::Head(held), _) => in_head(held, rest),
            (Self::Content(left), _) => match skipped(left, rest) {
                (0, taken) => (Self::default(), taken),
                (left, taken) => (Self::Content(left), taken),
            },
            (Self::Chunk(0), b'\r') => (Self::LineFeed, 1),
            (Self::LineFeed, b'\n') => (Self::Size(Vec::new()), 1),
            (Self::Chunk(0) | Self::LineFeed | Self::Broken, _) => (Self::Broken, 0),
            (Self::Chunk(left), _) => {
                let (left, taken) = skipped(left, rest);
                (Self::Chunk(left), taken)
            }
            (Self::Size(held), _) => in_line(held, rest, behind_size),
            (Self::Trailer(held), _) => in_line(held, rest, behind_field),
            (Self::Anywhere, _) => (Self::Anywhere, rest.len()),
        }
    }
}

/// The bytes that are left of so many, and the number of those that have come.
fn skipped(left: u64, rest: &[u8]) -> (u64, usize) {
    let taken = usize::try_from(left).map_or(rest.len(), |left| left.min(rest.len()));
    (left - taken as u64, taken)
}

/// Reads on in a line, up to its end where that has come.
fn in_line(mut held: Vec<u8>, rest: &[u8], behind: fn(Vec<u8>) -> Chunks) -> (Chunks, usize) {
    let end = rest.iter().position(|byte| *byte == b'\n');
    let taken = end.map_or(rest.len(), |end| end + 1);
    if held.len() + taken > LONGEST_LINE {
        return (Chunks::Broken, 0);
    }
    held.extend_from_slice(&rest[..taken]);
    match behind(held) {
        Chunks::Broken => (Chunks::Broken, 0),
        next => (next, taken),
    }
}

/// A size begins with a digit, and no control character stands behind it: the parser does not ask for that.
fn behind_size(line: Vec<u8>) -> Chunks {
    let is_broken = text_of(&line).is_some_and(|text| text.iter().any(is_control));
    if !line[0].is_ascii_hexdigit() || is_broken {
        return Chunks::Broken;
    }
    match httparse::parse_chunk_size(&line) {
        Ok(httparse::Status::Complete((_, 0))) => Chunks::Trailer(Vec::new()),
        Ok(httparse::Status::Complete((_, size))) => Chunks::Chunk(size),
        Ok(httparse::Status::Partial) => Chunks::Size(line),
        Err(_) => Chunks::Broken,
    }
}

fn behind_field(line: Vec<u8>) -> Chunks {
    match text_of(&line) {
        Some(text) if text.iter().any(is_control) => Chunks::Broken,
        Some([]) => Chunks::default(),
        Some(_) => Chunks::Trailer(Vec::new()),
        None if line.ends_with(b"\n") => Chunks::Broken,
        None => Chunks::Trailer(line),
    }
}

/// The text of a line that has ended.
fn text_of(line: &[u8]) -> Option<&[u8]> {
    line.strip_suffix(b"\r\n")
}

fn is_control(byte: &u8) -> bool {
    byte.is_ascii_control() && *byte != b'\t'
}

fn in_head(mut held: Vec<u8>, rest: &[u8]) -> (Chunks, usize) {
    // Most requests have no content and come whole.
    if held.is_empty() && rest.ends_with(b"\r\n\r\n") && !names_content(rest) {
        return (Chunks::default(), rest.len());
    }
    let before = held.len();
    held.extend_from_slice(rest);
    match head::read(&held) {
        Head::Partly => (Chunks::Head(held), rest.len()),
        Head::Malformed => (Chunks::Anywhere, rest.len()),
        Head::Whole { end, content, .. } => {
            let next = match content {
                Content::Coded => Chunks::Size(Vec::new()),
                Content::Unnamed | Content::Length(0) => Chunks::default(),
                Content::Length(length) => Chunks::Content(length),
            };
            (next, end - before)
        }
    }
}

/// True if a field of these heads names content.
fn names_content(heads: &[u8]) -> bool {
    let starts = |line: &[u8], name: &str| {
        line.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
    };
    heads
        .split(|byte| *byte == b'\n')
        .any(|line| starts(line, "content-length") || starts(line, "transfer-encoding"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "POST /a HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    /// Number of bytes that can be read where they come in pieces of `size`.
    fn readable(text: &str, size: usize) -> usize {
        let mut chunks = Chunks::default();
        let mut read = 0;
        for piece in text.as_bytes().chunks(size) {
            let own = chunks.readable(piece);
            read += own;
            assert_eq!(chunks.is_broken(), own < piece.len(), "{text}");
            if chunks.is_broken() {
                break;
            }
        }
        read
    }

    #[test]
    fn whole_chunks_and_everything_else_can_be_read() {
        let get = "GET /?transfer-encoding: HTTP/1.1\r\nhost: a\r\n\r\n";
        let length = "POST / HTTP/1.1\r\nhost: a\r\nContent-Length: 5\r\n\r\nzz\r\nx";
        let chunks = [
            HEAD,
            "3\r\na\r\n\r\nA;name=\"value\"\r\n0123456789\r\n0\r\n\r\n",
        ]
        .concat();
        let trailer = [HEAD, "1 \r\na\r\n000\r\nx: y\r\nz: 1\r\n\r\n"].concat();
        for text in [
            &[get, length, &chunks, get, &trailer, length, get].concat(),
            "\u{16}\u{3}\u{1} no HTTP\r\n",
            "GET / HTTP/1.1\nhost: a\n\nGET / HTTP/1.1\nhost: a\n\n",
            &format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(40_000)),
        ] {
            for size in [1, 3, 7, 100_000] {
                assert_eq!(readable(text, size), text.len(), "{size}: {text}");
            }
        }
    }

    #[test]
    fn what_can_be_read_ends_before_a_broken_chunk() {
        let long = "0".repeat(5_000);
        for (right, wrong) in [
            ("", "zz\r\n"),
            ("", "FFFFFFFFFFFFFFFFF\r\n"),
            ("", "\r\n"),
            ("", "-1\r\n"),
            ("3\r\nabc", "d\r\n"),
            ("3\r\nabc\r", "\r\n"),
            ("3\r\nabc\r\n", "\r\n0\r\n\r\n"),
            ("3\r\nabc\r\n0\r\n", "x: y\n"),
            ("3\r\nabc\r\n0\r\n", "x: y\rz\r\n"),
            ("", "1;a=\u{1}\r\n"),
            ("", &*long),
        ] {
            let text = [HEAD, right, wrong].concat();
            let whole = readable(&text, 100_000);
            assert_eq!(whole, HEAD.len() + right.len(), "{right:?} {wrong:?}");
            for size in [1, 3] {
                let read = readable(&text, size);
                assert!(
                    whole <= read && read < text.len(),
                    "{size}: {right:?} {wrong:?}"
                );
            }
        }
    }
}
