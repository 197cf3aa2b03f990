//! The length of requests in HTTP/1.0.
//!
//! A request without Content-Length and Transfer-Encoding has no content (RFC 9112, section 6.3), but actix refuses a POST of
//! HTTP/1.0 that names no length, which is what proxies send by default for a POST without content. The field is added
//! before actix reads the request. HTTP/1.1 passes as it is, up to a chunk that cannot be read.

use actix_web::web::BytesMut;

use crate::http::wire::chunks::Chunks;
use crate::http::wire::head::{self, Content, Head};

/// The place of the next byte in a connection's requests.
#[derive(Debug)]
pub(crate) enum Framing {
    /// In a head of which so much is held back.
    Head(Vec<u8>),
    /// In content, so many bytes before its end.
    Content(u64),
    /// In HTTP/1.1, which passes as it is.
    Modern(Chunks),
    /// Anywhere: nothing is looked at any more.
    Through,
}

impl Default for Framing {
    fn default() -> Self {
        Self::Head(Vec::new())
    }
}

impl Framing {
    /// Number of first bytes of `came` that are passed on as they are; `None` where [`Framing::pass`] takes them. Decided by
    /// the start of a connection.
    pub(crate) fn through(&mut self, came: &[u8]) -> Option<usize> {
        match self {
            Self::Head(held) if held.is_empty() && version_of(came) == Some(Version::Other) => {
                *self = Self::Modern(Chunks::default());
            }
            Self::Head(_) | Self::Content(_) => return None,
            Self::Modern(_) | Self::Through => {}
        }
        Some(match self {
            Self::Modern(chunks) => chunks.readable(came),
            _ => came.len(),
        })
    }

    /// True where the rest of the connection is kept from actix.
    pub(crate) const fn is_broken(&self) -> bool {
        matches!(self, Self::Modern(chunks) if chunks.is_broken())
    }

    /// True where a request's content has not come whole.
    pub(crate) const fn is_in_content(&self) -> bool {
        match self {
            Self::Content(_) => true,
            Self::Modern(chunks) => chunks.is_in_content(),
            Self::Head(_) | Self::Through => false,
        }
    }

    /// Takes what came, and puts into `out` what may be read.
    pub(crate) fn pass(&mut self, came: &[u8], out: &mut BytesMut) {
        let mut rest = came.to_vec();
        while !rest.is_empty() {
            rest = match std::mem::replace(self, Self::Through) {
                Self::Through => {
                    out.extend_from_slice(&rest);
                    return;
                }
                Self::Modern(mut chunks) => {
                    let read = chunks.readable(&rest);
                    out.extend_from_slice(&rest[..read]);
                    *self = Self::Modern(chunks);
                    return;
                }
                Self::Content(left) => self.pass_content(left, rest, out),
                Self::Head(mut held) => {
                    held.append(&mut rest);
                    self.pass_head(held, out)
                }
            };
        }
    }

    /// The bytes that are held back, at the end of the connection.
    pub(crate) fn finish(&mut self, out: &mut BytesMut) {
        if let Self::Head(held) = self {
            out.extend_from_slice(&std::mem::take(held));
        }
    }

    fn pass_content(&mut self, left: u64, mut came: Vec<u8>, out: &mut BytesMut) -> Vec<u8> {
        let own = usize::try_from(left).map_or(came.len(), |left| left.min(came.len()));
        let rest = came.split_off(own);
        out.extend_from_slice(&came);
        *self = match left - own as u64 {
            0 => Self::default(),
            left => Self::Content(left),
        };
        rest
    }

    /// Passes a whole head on; answers what stands behind it.
    fn pass_head(&mut self, mut held: Vec<u8>, out: &mut BytesMut) -> Vec<u8> {
        match version_of(&held) {
            None if held.len() < head::LONGEST => {
                *self = Self::Head(held);
                return Vec::new();
            }
            Some(Version::Http10) => {}
            Some(Version::Other) => {
                *self = Self::Modern(Chunks::default());
                return held;
            }
            None => return held,
        }
        let (end, length, lacks) = match head::read(&held) {
            Head::Partly => {
                *self = Self::Head(held);
                return Vec::new();
            }
            Head::Whole {
                end,
                content: Content::Length(length),
                ..
            } => (end, length, false),
            Head::Whole {
                end,
                content: Content::Unnamed,
                is_post,
            } => (end, 0, is_post),
            // actix says what is wrong with it: HTTP/1.0 has no codings.
            Head::Whole { .. } | Head::Malformed => return held,
        };
        let rest = held.split_off(end);
        let line = held.iter().position(|byte| *byte == b'\n').unwrap_or(0) + 1;
        out.extend_from_slice(&held[..line]);
        if lacks {
            out.extend_from_slice(b"content-length: 0\r\n");
        }
        out.extend_from_slice(&held[line..]);
        *self = match length {
            0 => Self::default(),
            length => Self::Content(length),
        };
        rest
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Version {
    Http10,
    Other,
}

/// The version that a request line ends with; `None` where the line has not come whole.
fn version_of(head: &[u8]) -> Option<Version> {
    let start = head
        .iter()
        .position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    let line = &head[start..];
    let end = line.iter().position(|byte| *byte == b'\n')?;
    if line[..end].trim_ascii_end().ends_with(b"HTTP/1.0") {
        return Some(Version::Http10);
    }
    Some(Version::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result for requests that come in pieces of `size` bytes.
    fn passed(text: &str, size: usize) -> String {
        let (mut framing, mut out) = (Framing::default(), BytesMut::new());
        for piece in text.as_bytes().chunks(size) {
            match framing.through(piece) {
                Some(read) => out.extend_from_slice(&piece[..read]),
                None => framing.pass(piece, &mut out),
            }
        }
        framing.finish(&mut out);
        String::from_utf8(out.to_vec()).unwrap()
    }

    #[test]
    fn a_post_of_http_1_0_without_a_length_has_the_length_0() {
        let old = "POST /a HTTP/1.0\r\nx: y\r\n\r\n";
        let with = "POST /a HTTP/1.0\r\ncontent-length: 0\r\nx: y\r\n\r\n";
        let full = "POST /a HTTP/1.0\r\ncontent-length: 3\r\n\r\nabc";
        let get = "\r\nGET / HTTP/1.0\r\n\r\n";
        for size in [1, 2, 7, 1_000] {
            assert_eq!(passed(old, size), with);
            assert_eq!(
                passed(&[old, full, get, old].concat(), size),
                [with, full, get, with].concat()
            );
        }
    }

    #[test]
    fn everything_else_passes_as_it_is() {
        for text in [
            "POST /a HTTP/1.1\r\nhost: a\r\n\r\nPOST / HTTP/1.0\r\n\r\n",
            "POST /a HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST /a HTTP/1.0\r\ncontent-length: +1\r\n\r\na",
            "POST /a HTTP/1.0\r\na b: c\r\n\r\n",
            "POST /a HTTP/1.0\r\nx: half a head",
            "\u{16}\u{3}\u{1} no HTTP",
            &format!("POST / HTTP/1.0\r\nx: {}\r\n\r\n", "a".repeat(20_000)),
        ] {
            for size in [1, 3, 8_192] {
                assert_eq!(passed(text, size), text);
            }
        }
    }
}
