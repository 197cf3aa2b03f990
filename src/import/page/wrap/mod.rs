//! Undoes the wrapping of a page: lines that a program cut at some width become whole again.
//!
//! The width is told from the lengths of the page's own lines. A page that was not wrapped stays as it is.

mod joint;
mod margins;
mod profile;
mod row;
mod unit;
mod words;

use super::read_line::bullet_marker;
use row::CUT;

/// A line as its page meant it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unwrapped {
    /// Its text; empty for a blank line.
    pub(super) text: String,
    /// The number of its first printed line, from 1.
    pub(super) number: usize,
}

/// The lines of a page, those that were wrapped made whole; and the width where the ends of lines are told by guess.
pub(super) fn unwrap(text: &str) -> (Vec<Unwrapped>, Option<usize>) {
    let marker = bullet_marker(text);
    let rows = margins::without(row::cut(text, marker), marker);
    let wrap = profile::find(&rows);
    let guessed = match &wrap {
        Some(wrap) => wrap.guessed_width(),
        None => profile::doubtful_width(&rows),
    };
    let mut lines: Vec<Unwrapped> = Vec::with_capacity(rows.len());
    let mut joint: Option<&str> = None;
    for (at, row) in rows.iter().enumerate() {
        match (joint, lines.last_mut()) {
            (Some(between), Some(line)) => {
                line.text.push_str(between);
                line.text.push_str(row.text);
            }
            _ => lines.push(Unwrapped {
                text: row.text.to_owned(),
                number: at + 1,
            }),
        }
        joint = match rows.get(at + 1) {
            Some(_) if row.cut > 0 => Some(""),
            Some(next) => wrap
                .as_ref()
                .filter(|wrap| wrap.joins(row, next, joint.is_some()))
                .map(|wrap| wrap.between(row, next)),
            None => None,
        };
    }
    (lines, guessed)
}

/// Reads the bytes of a page as UTF-8. Tools that wrap at a number of bytes cut characters in two: such a line end is moved
/// behind its character and marked. The error is the first byte that is wrong otherwise.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<String, usize> {
    let refused = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(refused) => refused,
    };
    let valid = refused.utf8_error().valid_up_to();
    let bytes = refused.into_bytes();
    let mut mended = bytes[..valid].to_vec();
    let mut rest = &bytes[valid..];
    while let Some(first) = rest.first() {
        let length = sequence_length(*first);
        let (character, cut, used) = character(rest, length);
        if str::from_utf8(&character).is_err() {
            return Err(bytes.len() - rest.len());
        }
        mended.extend(character);
        mended.extend(std::iter::repeat_n(CUT as u8, cut));
        rest = &rest[used..];
    }
    String::from_utf8(mended).map_err(|_| valid)
}

/// The bytes of the first character, how many of them stand before a line end inside it, and how many bytes all of it takes.
fn character(rest: &[u8], length: usize) -> (Vec<u8>, usize, usize) {
    let mut character = Vec::with_capacity(length);
    let (mut cut, mut used) = (0, 0);
    while character.len() < length && used < rest.len() {
        let line_end = match rest[used..] {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => 0,
        };
        if line_end > 0 && !character.is_empty() && cut == 0 {
            cut = character.len();
            used += line_end;
        } else {
            character.push(rest[used]);
            used += 1;
        }
    }
    (character, cut, used)
}

/// Bytes of the character that begins with this one (RFC 3629, section 3).
const fn sequence_length(first: u8) -> usize {
    match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 1,
    }
}

#[cfg(test)]
mod tests;
