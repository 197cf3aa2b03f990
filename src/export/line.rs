//! A line of an export.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::time::Timestamp;

/// A line's fields; empty ones are left out.
pub(super) struct Line(pub(super) Map<String, Value>);

impl Line {
    pub(super) fn of(kind: &str) -> Self {
        Self(Map::new()).with("type", kind)
    }

    pub(super) fn with(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or_default();
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.values().all(Value::is_null),
            _ => false,
        };
        if !empty {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    pub(super) fn stamped(
        self,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    ) -> Self {
        self.with("version", version)
            .with("created_at", created_at)
            .with("updated_at", updated_at)
    }
}
