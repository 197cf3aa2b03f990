//! Lines that are almost JSON: what a parser refuses within a string or a deep value costs that place alone.

use serde_json::Value;

use crate::import::record::Finding;

use super::fields::{escape, tell};

/// How deep the values of a record lie at most; the parser stops at 128.
const DEPTH: usize = 100;

/// Stands for bytes that are not UTF-8. Like the other marks a noncharacter, which no text holds.
pub(in crate::import) const STRAY: char = '\u{fdd3}';
/// Stands for one half of a surrogate pair.
pub(in crate::import) const SURROGATE: &str = "\u{fdd0}";
/// Stands for a control character that is not escaped.
pub(in crate::import) const CONTROL: &str = "\u{fdd1}";
/// Stands for a value that lies too deep.
const DEEP: &str = "\"\u{fdd2}\"";

/// The same text with marks in the place of lone surrogates (RFC 8259, section 8.2), bare control characters, and values
/// that lie too deep. Numbers that are too large become strings.
pub(super) fn marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(at) = rest.find(['"', '[', ']', '{', '}']) {
        let (plain, from) = rest.split_at(at);
        let is_kept = depth <= DEPTH;
        if is_kept {
            push_numbers(plain, &mut out);
        }
        if from.starts_with('"') {
            let (string, after) = from.split_at(end_of_string(from));
            if is_kept {
                mark_string(string, &mut out);
            }
            rest = after;
            continue;
        }
        let (bracket, after) = from.split_at(1);
        let opens = matches!(bracket, "[" | "{");
        depth += usize::from(opens);
        match depth {
            1..=DEPTH => out.push_str(bracket),
            n if opens && n == DEPTH + 1 => out.push_str(DEEP),
            _ => {}
        }
        depth = depth.saturating_sub(usize::from(!opens));
        rest = after;
    }
    push_numbers(rest, &mut out);
    out
}

/// Adds a text between strings and brackets; a number that no machine can hold becomes a string.
fn push_numbers(text: &str, out: &mut String) {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (plain, from) = rest.split_at(start);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (token, after) = from.split_at(end);
        let sign = if is_too_large(token.as_bytes()) {
            "\""
        } else {
            ""
        };
        out.extend([plain, sign, token, sign]);
        rest = after;
    }
    out.push_str(rest);
}

/// True if a number is beyond what a parser takes (RFC 8259, section 6).
pub(in crate::import) fn is_too_large(token: &[u8]) -> bool {
    let is_number = token
        .first()
        .is_some_and(|first| first.is_ascii_digit() || *first == b'-');
    let value = || std::str::from_utf8(token).ok()?.parse::<f64>().ok();
    is_number && value().is_some_and(f64::is_infinite)
}

/// Where the string that a text starts with ends, its closing quotation mark included.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn mark_string(string: &str, out: &mut String) {
    let mut rest = string;
    while let Some(at) = rest.find(|c: char| c == '\\' || c.is_ascii_control()) {
        let (plain, from) = rest.split_at(at);
        out.push_str(plain);
        let pair = from.get(6..).and_then(unit).filter(|low| is_low(*low));
        let length = match unit(from) {
            Some(high) if is_high(high) && pair.is_some() => 12,
            Some(half) if is_high(half) || is_low(half) => {
                out.push_str(SURROGATE);
                rest = &from[6..];
                continue;
            }
            Some(_) => 6,
            None if from.starts_with('\\') => {
                1 + from[1..].chars().next().map_or(0, char::len_utf8)
            }
            None => {
                out.push_str(CONTROL);
                rest = &from[1..];
                continue;
            }
        };
        out.push_str(&from[..length]);
        rest = &from[length..];
    }
    out.push_str(rest);
}

/// The code unit of the escape that a text starts with.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}

const fn is_high(unit: u16) -> bool {
    matches!(unit, 0xd800..=0xdbff)
}

const fn is_low(unit: u16) -> bool {
    matches!(unit, 0xdc00..=0xdfff)
}

/// Takes the marks out again, and notes the place of each.
pub(in crate::import) fn unmark(value: &mut Value, at: &str, notes: &mut Vec<Finding>) {
    match value {
        Value::String(text) if text == DEEP.trim_matches('"') => {
            notes.push(Finding::at(
                at,
                "too_deep",
                "this lies too deep and is left out",
            ));
            *value = Value::Null;
        }
        Value::String(text) => unmark_text(text, at, notes),
        Value::Array(items) => {
            for (n, item) in items.iter_mut().enumerate() {
                unmark(item, &format!("{at}/{n}"), notes);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields.iter_mut() {
                unmark(item, &format!("{at}/{}", escape(name)), notes);
            }
        }
        _ => {}
    }
}

fn unmark_text(text: &mut String, at: &str, notes: &mut Vec<Finding>) {
    let stray = STRAY.to_string();
    for (mark, instead, code, detail) in [
        (
            SURROGATE,
            "\u{fffd}",
            "lone_surrogate",
            "half a surrogate pair became U+FFFD",
        ),
        (
            CONTROL,
            " ",
            "control_character",
            "control characters became blanks",
        ),
        (
            stray.as_str(),
            "",
            "invalid_utf8",
            "bytes that are not UTF-8 were taken out",
        ),
    ] {
        if text.contains(mark) {
            *text = text.replace(mark, instead);
            tell(notes, Finding::at(at, code, detail));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn repaired(text: &str) -> (Value, Vec<(&'static str, String)>) {
        let mut value = serde_json::from_str(&marked(text)).unwrap();
        let mut notes = Vec::new();
        unmark(&mut value, "", &mut notes);
        let place = |note: Finding| (note.code, note.field.unwrap_or_default());
        (value, notes.into_iter().map(place).collect())
    }

    #[test]
    fn what_a_parser_refuses_in_a_string_costs_that_place_alone() {
        let (value, notes) = repaired(
            "{\"a\":\"x\\ud800y\",\"b\":[\"\\udc00\\ud83c\\udf89\\\\ud800\",\"1\u{1}2\"],\"c\":\"\\\"]\"}",
        );
        assert_eq!(
            value,
            json!({"a": "x\u{fffd}y", "b": ["\u{fffd}🎉\\ud800", "1 2"], "c": "\"]"})
        );
        let expected = [
            ("lone_surrogate", "/a"),
            ("lone_surrogate", "/b/0"),
            ("control_character", "/b/1"),
        ];
        assert_eq!(notes, expected.map(|(code, at)| (code, at.to_owned())));
    }

    #[test]
    fn a_number_that_is_too_large_is_a_string() {
        let (value, _) =
            repaired("{\"a\":1e400,\"b\":[-1E999 , 2.5e10,true,null],\"c\":\"1e400\"}");
        let expected = json!({"a": "1e400", "b": ["-1E999", 2.5e10, true, null], "c": "1e400"});
        assert_eq!(value, expected);
    }

    #[test]
    fn values_without_end_are_left_out_where_they_lie_too_deep() {
        let deep = format!(
            "{{\"title\":\"t\",\"x\":{}\"]\"{},\"y\":1}}",
            "[".repeat(5_000),
            "]".repeat(5_000)
        );
        let (value, notes) = repaired(&deep);
        assert_eq!((&value["title"], &value["y"]), (&json!("t"), &json!(1)));
        assert_eq!((notes.len(), notes[0].0), (1, "too_deep"));
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for text in ["{", "\"", "]", "{\"a\":\"\\u\"}", "{\"a\":\"\\", "", "\\"] {
            assert!(
                serde_json::from_str::<Value>(&marked(text)).is_err(),
                "{text}"
            );
        }
    }
}
