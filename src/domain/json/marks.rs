//! Text that is almost JSON: what a parser refuses within a string, a number or a deep value is marked there, so that it
//! costs that place alone, and can be told by its pointer.

use serde::de::IgnoredAny;
use serde_json::Value;

/// Maximum depth of values; the parser stops at 128.
const DEPTH: usize = 100;

/// Stands for bytes that are not UTF-8. Like the other marks a noncharacter, which no text holds.
pub const STRAY: char = '\u{fdd3}';
/// Stands for one half of a surrogate pair.
pub const SURROGATE: &str = "\u{fdd0}";
/// Stands for a control character that is not escaped.
pub const CONTROL: &str = "\u{fdd1}";
/// Stands for a value that lies too deep.
const DEEP: &str = "\u{fdd2}";
/// Stands for a number that is out of range.
const VAST: &str = "\u{fdd4}";

/// The same text with marks in the place of lone surrogates (RFC 8259, section 8.2), bare control characters, numbers out of
/// range (section 6), and values that lie too deep (section 9).
#[must_use]
pub fn marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(at) = rest.find(['"', '[', ']', '{', '}']) {
        let (plain, from) = rest.split_at(at);
        let is_kept = depth <= DEPTH;
        if is_kept {
            mark_numbers(plain, &mut out);
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
            n if opens && n == DEPTH + 1 => push_mark(DEEP, &mut out),
            _ => {}
        }
        depth = depth.saturating_sub(usize::from(!opens));
        rest = after;
    }
    mark_numbers(rest, &mut out);
    out
}

fn push_mark(mark: &str, out: &mut String) {
    out.push('"');
    out.push_str(mark);
    out.push('"');
}

/// Copies what stands between strings and brackets, with a mark for each number out of range.
fn mark_numbers(plain: &str, out: &mut String) {
    let parts = |c: char| c == ',' || c == ':' || c.is_ascii_whitespace();
    for piece in plain.split_inclusive(parts) {
        let token = piece.trim_end_matches(parts);
        if is_vast(token) {
            push_mark(VAST, out);
        } else {
            out.push_str(token);
        }
        out.push_str(&piece[token.len()..]);
    }
}

/// True for a number, as JSON writes them, beyond the greatest that 64 bits hold.
#[must_use]
pub fn is_vast(token: &str) -> bool {
    let is_infinite = token.parse::<f64>().is_ok_and(f64::is_infinite);
    is_infinite && serde_json::from_str::<IgnoredAny>(token).is_ok()
}

/// End of the string that a text starts with, behind its closing quotation mark.
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

/// A place that a parser would have refused, and what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// A value that lies too deep, here `null`.
    Deep,
    /// A number out of range, here `null`.
    Vast,
    /// Half of a surrogate pair, here U+FFFD.
    Surrogate,
    /// Control characters that are not escaped, here blanks.
    Control,
    /// Bytes that are not UTF-8, taken out here.
    Stray,
}

/// Takes the marks out again, and tells the place of each by its JSON pointer (RFC 6901).
pub fn unmark(value: &mut Value, at: &str, tell: &mut impl FnMut(&str, Oddity)) {
    match value {
        Value::String(text) if text == DEEP => {
            tell(at, Oddity::Deep);
            *value = Value::Null;
        }
        Value::String(text) if text == VAST => {
            tell(at, Oddity::Vast);
            *value = Value::Null;
        }
        Value::String(text) => unmark_text(text, at, tell),
        Value::Array(items) => {
            for (n, item) in items.iter_mut().enumerate() {
                unmark(item, &format!("{at}/{n}"), tell);
            }
        }
        Value::Object(fields) => {
            for (name, item) in fields.iter_mut() {
                let step = name.replace('~', "~0").replace('/', "~1");
                unmark(item, &format!("{at}/{step}"), tell);
            }
        }
        _ => {}
    }
}

fn unmark_text(text: &mut String, at: &str, tell: &mut impl FnMut(&str, Oddity)) {
    let stray = STRAY.to_string();
    for (mark, instead, oddity) in [
        (SURROGATE, "\u{fffd}", Oddity::Surrogate),
        (CONTROL, " ", Oddity::Control),
        (stray.as_str(), "", Oddity::Stray),
    ] {
        if text.contains(mark) {
            *text = text.replace(mark, instead);
            tell(at, oddity);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn repaired(text: &str) -> (Value, Vec<(Oddity, String)>) {
        let mut value = serde_json::from_str(&marked(text)).unwrap();
        let mut told = Vec::new();
        unmark(&mut value, "", &mut |at, oddity| {
            told.push((oddity, at.to_owned()));
        });
        (value, told)
    }

    #[test]
    fn what_a_parser_refuses_in_a_string_costs_that_place_alone() {
        let (value, told) = repaired(
            "{\"a\":\"x\\ud800y\",\"b\":[\"\\udc00\\ud83c\\udf89\\\\ud800\",\"1\u{1}2\"],\"c\":\"\\\"]\"}",
        );
        assert_eq!(
            value,
            json!({"a": "x\u{fffd}y", "b": ["\u{fffd}🎉\\ud800", "1 2"], "c": "\"]"})
        );
        let expected = [
            (Oddity::Surrogate, "/a"),
            (Oddity::Surrogate, "/b/0"),
            (Oddity::Control, "/b/1"),
        ];
        assert_eq!(told, expected.map(|(oddity, at)| (oddity, at.to_owned())));
    }

    #[test]
    fn numbers_out_of_range_cost_their_place_alone() {
        let text =
            r#"{"a/b": -1e400,"c":[1, 1E+999 ,2.5e3],"d":"1e400","e" : 1e99999999999999999999}"#;
        let (value, told) = repaired(text);
        let expected = json!({"a/b": null, "c": [1, null, 2500.0], "d": "1e400", "e": null});
        assert_eq!(value, expected);
        let places: Vec<&str> = told.iter().map(|(_, at)| at.as_str()).collect();
        assert_eq!(places, ["/a~1b", "/c/1", "/e"]);
        assert!(told.iter().all(|(oddity, _)| *oddity == Oddity::Vast));
        assert_eq!(repaired("1e400").1, [(Oddity::Vast, String::new())]);
        for text in [
            "{\"a\": 01e400}",
            "[1.e400]",
            "[+1e400]",
            "[infinity]",
            "[1e400 2]",
        ] {
            assert!(
                serde_json::from_str::<Value>(&marked(text)).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn values_without_end_are_left_out_where_they_lie_too_deep() {
        let deep = format!(
            "{{\"title\":\"t\",\"x\":{}\"]\"{},\"y\":1}}",
            "[".repeat(5_000),
            "]".repeat(5_000)
        );
        let (value, told) = repaired(&deep);
        assert_eq!((&value["title"], &value["y"]), (&json!("t"), &json!(1)));
        assert_eq!((told.len(), told[0].0), (1, Oddity::Deep));
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
