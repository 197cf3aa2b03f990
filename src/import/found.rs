//! Findings of the readers of foreign formats: records in the words of an NDJSON line, and items that stay out.

use std::io::{self, BufRead};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Map, Value};

use super::record::Finding;

/// Nobody takes the records any more.
pub(super) struct Stopped;

/// The place of an item in its input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct At {
    /// Its first line, from 1.
    pub(super) line: Option<u64>,
    /// Its number among the items, from 1, where the input has no lines to tell.
    pub(super) item: Option<u64>,
}

impl At {
    /// An item that begins on a line.
    pub(super) const fn line(line: u64) -> Self {
        Self {
            line: Some(line),
            item: None,
        }
    }

    /// The item of a number.
    pub(super) const fn item(item: u64) -> Self {
        Self {
            line: None,
            item: Some(item),
        }
    }
}

/// One item of an input.
pub(super) enum Found {
    /// An article in the words of an NDJSON line.
    Article {
        /// Its place.
        at: At,
        /// The fields of the line.
        fields: Map<String, Value>,
        /// Changes made to take it in.
        notes: Vec<Finding>,
    },
    /// An item that cannot be read.
    Refused {
        /// Its place.
        at: At,
        /// Its own name for itself.
        id: Option<String>,
        /// The reason.
        finding: Finding,
    },
    /// An item that is no article; counted by its kind.
    LeftOut {
        /// Its place.
        at: At,
        /// Its own name for itself.
        id: Option<String>,
        /// The kind, in the words of its system.
        kind: String,
        /// The reason, the same for all of a kind.
        reason: &'static str,
        /// True if each of the kind is told, and not their count alone.
        each: bool,
    },
}

/// Opens an input anew.
pub(super) type Open<'o> = dyn Fn() -> io::Result<Box<dyn BufRead + Send>> + 'o;

/// Takes what is found, with its weight in bytes of the input.
pub(super) type Sink<'a> = dyn FnMut(Found, usize) -> Result<(), Stopped> + 'a;

/// Gives an item that cannot be read.
pub(super) fn refuse(sink: &mut Sink<'_>, at: At, finding: Finding) -> Result<(), Stopped> {
    let id = None;
    sink(Found::Refused { at, id, finding }, 0)
}

/// Runs a reader of one record. A record that brings its reader down is refused like any other broken one.
pub(super) fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, Finding> {
    catch_unwind(AssertUnwindSafe(read))
        .map_err(|_| Finding::new("unreadable_record", "the record could not be read"))
}

/// Sets a field of a line unless there is nothing to set.
pub(super) fn set(fields: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    let value = value.into();
    let is_empty = match &value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if !is_empty {
        fields.insert(name.to_owned(), value);
    }
}
