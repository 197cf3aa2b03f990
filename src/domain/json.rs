//! JSON from outside, with the names that an object has twice: what such an object means differs from reader to reader
//! (RFC 8259, section 4).

pub mod marks;
pub mod words;

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::error::{Fault, Invalid};
use marks::Oddity;

/// Maximum number of repeated names that are told.
const MOST_TOLD: usize = 100;

/// A JSON text's value, in which the last of equal names counts, and the JSON pointers (RFC 6901) of names that come again.
///
/// # Errors
/// Error of a text that is no JSON.
pub fn read(text: &[u8]) -> Result<(Value, Vec<String>), serde_json::Error> {
    let repeated = RefCell::default();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let root = Place {
        step: Step::Root,
        repeated: &repeated,
    };
    let value = root.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, repeated.into_inner()))
}

/// The faults that repeated names are.
#[must_use]
pub fn faults(pointers: Vec<String>) -> Vec<Fault> {
    let fault = |pointer| {
        let detail = "the object has this name twice: send it once";
        Fault::new(pointer, Invalid::new("repeated", detail))
    };
    pointers.into_iter().map(fault).collect()
}

/// The faults in a text that is JSON by its grammar and that no value of ours can hold, each at its place: numbers out of
/// range and values that lie too deep. `None` for a text that has something else wrong.
#[must_use]
pub fn unholdable(text: &[u8]) -> Option<Vec<Fault>> {
    let text = std::str::from_utf8(text).ok()?;
    let (mut value, repeated) = read(marks::marked(text).as_bytes()).ok()?;
    let mut found = faults(repeated);
    let mut is_json = true;
    marks::unmark(&mut value, "", &mut |at, oddity| {
        let (code, detail) = match oddity {
            Oddity::Deep => ("too_deep", "this lies deeper than a value may"),
            Oddity::Vast => ("out_of_range", "this number is beyond what 64 bits hold"),
            Oddity::Surrogate | Oddity::Control | Oddity::Stray => {
                is_json = false;
                return;
            }
        };
        if found.len() < MOST_TOLD {
            found.push(Fault::new(at, Invalid::new(code, detail)));
        }
    });
    (is_json && !found.is_empty()).then_some(found)
}

/// A step of a path into the text.
#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Name(&'a Step<'a>, &'a str),
    Item(&'a Step<'a>, usize),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Name(above, name) => {
                write!(f, "{above}/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Item(above, at) => write!(f, "{above}/{at}"),
        }
    }
}

/// A value under way of being read, and where it stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    step: Step<'a>,
    repeated: &'a RefCell<Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut found = Vec::new();
        while let Some(item) = items.next_element_seed(Place {
            step: Step::Item(&self.step, found.len()),
            ..self
        })? {
            found.push(item);
        }
        Ok(Value::Array(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut found = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let step = Step::Name(&self.step, &name);
            let value = entries.next_value_seed(Place { step, ..self })?;
            if found.contains_key(&name) && self.repeated.borrow().len() < MOST_TOLD {
                self.repeated.borrow_mut().push(step.to_string());
            }
            found.insert(name, value);
        }
        Ok(Value::Object(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_come_twice_are_told_where_they_stand() {
        for (text, pointers) in [
            (
                r#"{"a": 1, "b": {"a": 2}, "c": [{"a": 3}, {"a": 4}]}"#,
                vec![],
            ),
            (r#"{"a": 1, "a": 1}"#, vec!["/a"]),
            (r#"{"a": 1, "\u0061": 2, "a": 3}"#, vec!["/a", "/a"]),
            (r#"{"b": [0, {"x/y~": 1, "x/y~": 2}]}"#, vec!["/b/1/x~1y~0"]),
            (r#"[[{"": null, "": null}]]"#, vec!["/0/0/"]),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap().1, pointers, "{text}");
        }
    }

    #[test]
    fn what_no_value_can_hold_is_told_where_it_stands() {
        let deep = format!("{{\"x\": {}1{}}}", "[".repeat(150), "]".repeat(150));
        for (text, code, pointer) in [
            (r#"{"a": {"b": 1e400}}"#, "out_of_range", "/a/b"),
            (deep.as_str(), "too_deep", &format!("/x{}", "/0".repeat(99))),
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
            let found = unholdable(text.as_bytes()).unwrap();
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(
                (found[0].invalid.code, found[0].pointer.as_str()),
                (code, pointer)
            );
        }
        for text in [
            "{",
            "{\"a\": \"\u{1}\", \"b\": 1e400}",
            "{\"a\": 1e400,}",
            r#"{"a": "\ud800"}"#,
        ] {
            assert!(unholdable(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn values_are_those_that_serde_json_reads() {
        for text in [
            r#"{"a": [1, -1, 1.5, 1e300, 18446744073709551615, true, null, "\u00e9\n"], "b": {}}"#,
            r#"{"a": 1, "b": 2, "a": 3}"#,
            " 7 ",
        ] {
            let plain: Value = serde_json::from_str(text).unwrap();
            assert_eq!(read(text.as_bytes()).unwrap().0, plain, "{text}");
        }
        for text in ["", "{", "{} {}", "[1,]", "\"\u{0}\"", &"[".repeat(100_000)] {
            assert!(read(text.as_bytes()).is_err(), "{text:.20}");
        }
    }
}
