//! JSON as systems write it: what a parser refuses within a string is marked there, so that it costs that place alone.

use std::io::{self, BufRead, Read};

use crate::domain::json::marks::{CONTROL, SURROGATE, is_vast};

/// The bytes read at once.
const CHUNK: usize = 16 * 1024;
/// The longest thing that is looked at whole: two escapes of a pair of surrogates.
const PAIR: usize = 12;
/// The longest number that is looked at.
const NUMBER_MAX: usize = 2_000;

/// A reader of UTF-8 that is JSON, in whose strings control characters and halves of surrogate pairs are marked. Numbers that are
/// too large become strings.
pub(super) struct JsonText<R> {
    inner: R,
    pending: Vec<u8>,
    out: Vec<u8>,
    taken: usize,
    in_string: bool,
    is_over: bool,
}

impl<R: BufRead> JsonText<R> {
    /// The JSON that `inner` holds.
    pub(super) const fn new(inner: R) -> Self {
        Self {
            inner,
            pending: Vec::new(),
            out: Vec::new(),
            taken: 0,
            in_string: false,
            is_over: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.taken = 0;
        while self.out.is_empty() && !self.is_over {
            let chunk = self.inner.fill_buf()?;
            let length = chunk.len().min(CHUNK);
            self.pending.extend_from_slice(&chunk[..length]);
            self.inner.consume(length);
            self.is_over = length == 0;
            let whole = self
                .pending
                .len()
                .saturating_sub(if self.is_over { 0 } else { PAIR });
            let read = self.mark(whole);
            self.pending.drain(..read);
        }
        Ok(())
    }

    /// Marks what begins before `end`, and gives the place where it goes on.
    fn mark(&mut self, end: usize) -> usize {
        let mut at = 0;
        while at < end {
            let byte = self.pending[at];
            let mut length = 1;
            match byte {
                b'"' => self.in_string = !self.in_string,
                b'\\' if self.in_string => {
                    let (taken, is_half) = escape(&self.pending[at..]);
                    length = taken;
                    if is_half {
                        self.out.extend_from_slice(SURROGATE.as_bytes());
                        at += length;
                        continue;
                    }
                }
                0..=0x1f if self.in_string => {
                    let mark = if matches!(byte, b'\n' | b'\t' | b'\r') {
                        " "
                    } else {
                        CONTROL
                    };
                    self.out.extend_from_slice(mark.as_bytes());
                    at += 1;
                    continue;
                }
                b'-' | b'0'..=b'9' if !self.in_string => {
                    length = number(&self.pending[at..]);
                    // Its end may not have been read yet.
                    if at + length == self.pending.len() && !self.is_over && length < NUMBER_MAX {
                        return at;
                    }
                    let token = &self.pending[at..at + length];
                    if std::str::from_utf8(token).is_ok_and(is_vast) {
                        self.out.push(b'"');
                        self.out.extend_from_slice(token);
                        self.out.push(b'"');
                        at += length;
                        continue;
                    }
                }
                _ => {}
            }
            let stop = (at + length).min(self.pending.len());
            self.out.extend_from_slice(&self.pending[at..stop]);
            at = stop;
        }
        at
    }
}

/// The length of the number that a text begins with.
fn number(text: &[u8]) -> usize {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    text.iter().take(NUMBER_MAX).take_while(is_part).count()
}

/// The length of an escape, of a whole pair of surrogates where it is one, and whether it is half a pair.
fn escape(text: &[u8]) -> (usize, bool) {
    match unit(text) {
        Some(0xd800..=0xdbff) if matches!(text.get(6..).and_then(unit), Some(0xdc00..=0xdfff)) => {
            (12, false)
        }
        Some(0xd800..=0xdfff) => (6, true),
        Some(_) => (6, false),
        None => (2, false),
    }
}

/// The code unit of an escape.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    let digits = std::str::from_utf8(digits).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

impl<R: BufRead> Read for JsonText<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let length = ready.len().min(buffer.len());
        buffer[..length].copy_from_slice(&ready[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for JsonText<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken == self.out.len() {
            self.fill()?;
        }
        Ok(&self.out[self.taken..])
    }

    fn consume(&mut self, amount: usize) {
        self.taken += amount;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn strings_that_a_parser_refuses_are_marked_and_the_rest_is_as_it_is() {
        let text = "{\"a\":\"x\\ud800y\\\"\",\n\"b\":[\"\\ud83c\\udf89\",\"1\u{1}2\n3\"]}";
        let mut read = String::new();
        JsonText::new(text.as_bytes())
            .read_to_string(&mut read)
            .unwrap();
        let value: Value = serde_json::from_str(&read).unwrap();
        assert_eq!(
            value,
            json!({"a": format!("x{SURROGATE}y\""), "b": ["🎉", format!("1{CONTROL}2 3")]})
        );
        let mut read = String::new();
        let large = format!("[{}1e400, -2.5, 3e999]", "0.125,".repeat(5_000));
        JsonText::new(large.as_bytes())
            .read_to_string(&mut read)
            .unwrap();
        let value: Value = serde_json::from_str(&read).unwrap();
        let tail = &value.as_array().unwrap()[5_000..];
        assert_eq!(tail, [json!("1e400"), json!(-2.5), json!("3e999")]);
        let long = json!(["\\\"é\u{1f389}".repeat(20_000)]).to_string();
        let mut read = String::new();
        JsonText::new(long.as_bytes())
            .read_to_string(&mut read)
            .unwrap();
        assert!(read == long);
    }
}
