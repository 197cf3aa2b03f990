//! Cursors: a place in one list, opaque to clients and bound to the query that it came from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::error::Invalid;

/// The sort value of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SortValue {
    /// A time, in milliseconds.
    Number(i64),
    /// A folded title, a slug, a path.
    Text(String),
}

/// The place just behind one row: its sort value and its identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The row's sort value.
    pub value: SortValue,
    /// The row's identity, which breaks ties.
    pub id: String,
}

/// The longest cursor taken, in bytes: a folded title of 200 characters, an id and a checksum fit well.
const MAX: usize = 4_096;

impl Cursor {
    /// The cursor as text, for the list whose sort and filters are `binding`. It carries a checksum over both, so that an
    /// altered cursor, or one of another list, is told apart; it grants nothing, so the checksum needs no secret.
    #[must_use]
    pub fn encode(&self, binding: &str) -> String {
        seal(self, binding)
    }

    /// Reads a cursor of the list whose sort and filters are `binding`.
    pub fn decode(text: &str, binding: &str) -> Result<Self, Invalid> {
        Self::read(text, binding).ok_or_else(|| {
            invalid(
                "take the cursor from next_cursor of the same list, with the same sort and filters",
            )
        })
    }

    fn read(text: &str, binding: &str) -> Option<Self> {
        let cursor: Self = open(text, binding)?;
        let text = match &cursor.value {
            SortValue::Text(text) => text,
            SortValue::Number(_) => "",
        };
        // The checksum is no secret: whoever forges a cursor must not get text to the database that it cannot hold.
        (!text.contains('\0') && !cursor.id.contains('\0')).then_some(cursor)
    }
}

/// Any place as an opaque text with a checksum over it and `binding`, for URLs and headers.
#[must_use]
pub fn seal<T: Serialize>(place: &T, binding: &str) -> String {
    let payload = serde_json::to_vec(place).unwrap_or_default();
    let mut bytes = checksum(&payload, binding).to_be_bytes().to_vec();
    bytes.extend_from_slice(&payload);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads what [`seal`] made with the same binding.
#[must_use]
pub fn open<T: DeserializeOwned>(text: &str, binding: &str) -> Option<T> {
    if text.len() > MAX {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (sum, payload) = bytes.split_first_chunk::<8>()?;
    if u64::from_be_bytes(*sum) != checksum(payload, binding) {
        return None;
    }
    serde_json::from_slice(payload).ok()
}

/// The error for a cursor that cannot be read.
#[must_use]
pub fn invalid(detail: &str) -> Invalid {
    Invalid::new("invalid_cursor", detail)
}

fn checksum(payload: &[u8], binding: &str) -> u64 {
    let mut bytes = payload.to_vec();
    bytes.push(0);
    bytes.extend_from_slice(binding.as_bytes());
    xxh3_64(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        Cursor {
            value: SortValue::Text("été".to_owned()),
            id: "018a".to_owned(),
        }
    }

    #[test]
    fn a_cursor_reads_back_in_its_own_list_only() {
        let text = cursor().encode("sort=title");
        assert_eq!(Cursor::decode(&text, "sort=title"), Ok(cursor()));
        assert!(Cursor::decode(&text, "sort=-title").is_err());
    }

    #[test]
    fn an_altered_cursor_is_refused_wherever_it_was_altered() {
        let text = cursor().encode("q");
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            assert!(Cursor::decode(&String::from_utf8(altered).unwrap(), "q").is_err());
        }
        assert!(Cursor::decode("", "q").is_err());
        assert!(Cursor::decode(&"A".repeat(10_000), "q").is_err());
    }
}
