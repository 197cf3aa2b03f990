//! Content in chunks (RFC 9112, section 7.1) that breaks off its own form.
//!
//! actix takes a chunk that it cannot read for a lost connection, and answers nothing. What comes after such a fault is kept
//! from it, so that it sees content which ends too early, and the handler refuses that.

/// The longest head that is looked at, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// The place of the next byte in a connection's requests.
#[derive(Debug)]
pub(crate) enum Watch {
    /// In a head of which so much has come.
    Head(Vec<u8>),
    /// In content, so many bytes before its end.
    Content(u64),
    /// In content of chunks.
    Chunks(Chunk),
    /// Anywhere: nothing is looked at any more.
    Off,
    /// Behind a chunk that cannot be read.
    Broken,
}

/// The place in content of chunks; with the size of the chunk, or what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chunk {
    SizeFirst,
    Size(u64),
    Blank(u64),
    Extension(u64),
    SizeEnd(u64),
    Body(u64),
    BodyCr,
    BodyLf,
    LineStart,
    Trailer,
    TrailerLf,
    EndLf,
    End,
}

impl Default for Watch {
    fn default() -> Self {
        Self::Head(Vec::new())
    }
}

impl Watch {
    /// True once a chunk could not be read.
    pub(crate) const fn is_broken(&self) -> bool {
        matches!(self, Self::Broken)
    }

    /// The number of bytes, of those that came, before a chunk that cannot be read.
    pub(crate) fn see(&mut self, came: &[u8]) -> usize {
        let mut at = 0;
        while let Some(rest) = came.get(at..).filter(|rest| !rest.is_empty()) {
            at += match self {
                Self::Off => return came.len(),
                Self::Broken => return at,
                Self::Content(left) => {
                    let own =
                        usize::try_from(*left).map_or(rest.len(), |left| left.min(rest.len()));
                    *left -= own as u64;
                    if *left == 0 {
                        *self = Self::default();
                    }
                    own
                }
                Self::Chunks(chunk) => match chunk.step(rest) {
                    Some((Chunk::End, own)) => {
                        *self = Self::default();
                        own
                    }
                    Some((next, own)) => {
                        *chunk = next;
                        own
                    }
                    None => {
                        *self = Self::Broken;
                        0
                    }
                },
                Self::Head(held) => {
                    let held = std::mem::take(held);
                    self.see_head(held, rest)
                }
            };
        }
        came.len()
    }

    /// Takes what belongs to a head of which `held` has come; answers the number of its bytes.
    fn see_head(&mut self, mut held: Vec<u8>, came: &[u8]) -> usize {
        if held.is_empty() {
            let empty = came.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
            let empty = empty.count();
            if empty > 0 {
                return empty;
            }
        }
        let known = held.len();
        held.extend_from_slice(came);
        match end_of_head(&held, known.saturating_sub(3)) {
            Some(end) => {
                *self = content_of(&held[..end]);
                end - known
            }
            None => {
                *self = match held.len() > LONGEST_HEAD {
                    true => Self::Off,
                    false => Self::Head(held),
                };
                came.len()
            }
        }
    }
}

/// The end of a head, looked for from `start` on.
fn end_of_head(head: &[u8], start: usize) -> Option<usize> {
    let mut rest = start;
    while let Some(line) = head[rest..].iter().position(|byte| *byte == b'\n') {
        rest += line + 1;
        match &head[rest..] {
            [b'\n', ..] => return Some(rest + 1),
            [b'\r', b'\n', ..] => return Some(rest + 2),
            _ => {}
        }
    }
    None
}

/// The content behind a head. Nothing is looked at behind one that actix may read otherwise.
fn content_of(head: &[u8]) -> Watch {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.next().unwrap_or_default();
    let (mut length, mut coding) = (None, None);
    for line in lines {
        let at = line
            .iter()
            .position(|byte| *byte == b':')
            .unwrap_or(line.len());
        let (name, value) = line.split_at(at);
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        let before = match name {
            name if name.eq_ignore_ascii_case(b"content-length") => length.replace(value),
            name if name.eq_ignore_ascii_case(b"transfer-encoding") => coding.replace(value),
            name if name.eq_ignore_ascii_case(b"upgrade") => return Watch::Off,
            _ => None,
        };
        if before.is_some() {
            return Watch::Off;
        }
    }
    if !first.ends_with(b"HTTP/1.1") || first.starts_with(b"CONNECT") {
        return Watch::Off;
    }
    let number = |value: &[u8]| std::str::from_utf8(value).ok()?.parse::<u64>().ok();
    match (length, coding) {
        (None, None) => Watch::default(),
        (None, Some(coding)) if coding.eq_ignore_ascii_case(b"chunked") => {
            Watch::Chunks(Chunk::SizeFirst)
        }
        (Some(length), None) => match number(length) {
            Some(0) => Watch::default(),
            Some(length) => Watch::Content(length),
            None => Watch::Off,
        },
        _ => Watch::Off,
    }
}

impl Chunk {
    /// The place behind the next byte, or behind all that is of one chunk, with the number of bytes; `None` for one that has no
    /// place here.
    fn step(self, came: &[u8]) -> Option<(Self, usize)> {
        let byte = *came.first()?;
        let next = match (self, byte) {
            (Self::Body(left), _) => {
                let own = usize::try_from(left).map_or(came.len(), |left| left.min(came.len()));
                let left = left - own as u64;
                let next = if left == 0 {
                    Self::BodyCr
                } else {
                    Self::Body(left)
                };
                return Some((next, own));
            }
            (Self::SizeFirst, _) => Self::Size(u64::from(char::from(byte).to_digit(16)?)),
            (Self::Size(size) | Self::Blank(size), b'\t' | b' ') => Self::Blank(size),
            (Self::Size(size) | Self::Blank(size), b';') => Self::Extension(size),
            (Self::Size(size) | Self::Blank(size) | Self::Extension(size), b'\r') => {
                Self::SizeEnd(size)
            }
            (Self::Size(size), _) => {
                let digit = char::from(byte).to_digit(16)?;
                Self::Size(size.checked_mul(16)? + u64::from(digit))
            }
            (Self::Extension(size), b'\t' | b' '..=b'~' | 0x80..) => Self::Extension(size),
            (Self::SizeEnd(0), b'\n') | (Self::TrailerLf, b'\n') => Self::LineStart,
            (Self::SizeEnd(size), b'\n') => Self::Body(size),
            (Self::BodyCr, b'\r') => Self::BodyLf,
            (Self::BodyLf, b'\n') => Self::SizeFirst,
            (Self::LineStart, b'\r') => Self::EndLf,
            (Self::Trailer, b'\r') => Self::TrailerLf,
            (Self::LineStart | Self::Trailer, _) => Self::Trailer,
            (Self::EndLf, b'\n') => Self::End,
            _ => return None,
        };
        Some((next, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "POST /a HTTP/1.1\r\nhost: a\r\nTransfer-Encoding: Chunked\r\n\r\n";

    /// The bytes that pass, where a text comes in pieces of `size` bytes.
    fn passed(text: &str, size: usize) -> usize {
        let mut watch = Watch::default();
        text.as_bytes()
            .chunks(size)
            .map(|piece| watch.see(piece))
            .sum()
    }

    #[test]
    fn nothing_passes_behind_a_chunk_that_cannot_be_read() {
        let before = [HEAD, "3;x=y\r\nabc\r\n0\r\nx: y\r\n\r\nPOST / HTTP/1.1\r\ncontent-length: 4\r\n\r\nzz\r\n\r\n", HEAD].concat();
        for (good, bad) in [
            ("", "x\r\n"),
            ("FFFFFFFFFFFFFFFF", "F\r\n"),
            ("3\r\n{\"a", "xx\r\n"),
            ("3\r\nabc\r", "x"),
            ("3", "\n"),
            ("0\r\n\r", "x"),
        ] {
            let text = [before.as_str(), good, bad, "0\r\n\r\n"].concat();
            for size in [1, 2, 7, 1_000] {
                assert_eq!(
                    passed(&text, size),
                    before.len() + good.len(),
                    "{good}|{bad}"
                );
            }
        }
    }

    #[test]
    fn everything_else_passes() {
        let whole = [HEAD, "a \r\n0123456789\r\n0\r\n\r\n"].concat();
        let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(20_000));
        for text in [
            [whole.as_str(), "\r\n", &whole, "GET / HTTP/1.1\n\n", &whole].concat(),
            "POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\nx".to_owned(),
            "POST / HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\nx".to_owned(),
            "POST / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\nx"
                .to_owned(),
            "GET / HTTP/1.1\r\nupgrade: x\r\n\r\n\u{0}x".to_owned(),
            [&long, &whole].map(String::as_str).concat(),
            "\u{16}\u{3}\u{1} no HTTP".to_owned(),
        ] {
            for size in [1, 3, 8_192] {
                assert_eq!(passed(&text, size), text.len(), "{text}");
            }
        }
    }
}
