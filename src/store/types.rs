//! The forms that values have in columns, for either database.

use crate::domain::id::Id;

use super::error::StoreError;

/// Writes a JSON column.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Reads a JSON column.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|e| StoreError::Other(format!("a stored JSON column does not read: {e}")))
}

/// Reads an id column.
pub(super) fn stored_id(text: &str) -> Result<Id, StoreError> {
    Id::parse(text).map_err(|_| StoreError::Other(format!("a stored id does not read: {text}")))
}
