//! Identifiers: UUIDv7, given once and kept for ever, through export and import too.

use std::fmt;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use uuid::{ContextV7, Uuid};

use super::error::Invalid;
use super::time::Timestamp;

/// The identity of a resource: a UUID of version 7 (RFC 9562, section 5.7), written in lower case with hyphens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(Uuid);

/// Counts within a millisecond (RFC 9562, section 6.2, method 1).
static COUNTER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

impl Id {
    /// A new identifier whose time part is `now`, so that identifiers sort by creation, within a millisecond too.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        let seconds = millis / 1000;
        let nanos = u32::try_from(millis % 1000 * 1_000_000).unwrap_or(0);
        Self(Uuid::new_v7(uuid::Timestamp::from_unix(
            &COUNTER, seconds, nanos,
        )))
    }

    /// The identifier of a thing that was made at `at` without one: always the same for the same hash of the thing.
    #[must_use]
    pub fn derived(at: Timestamp, hash: u128) -> Self {
        let millis = u64::try_from(at.millis()).unwrap_or(0);
        let mut random = [0; 10];
        random.copy_from_slice(&hash.to_be_bytes()[..10]);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Reads the canonical form. Anything that is not a UUID of version 7 is refused.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let parsed = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
        match parsed {
            Some(uuid) if uuid.get_version_num() == 7 => Ok(Self(uuid)),
            _ => Err(Invalid::new(
                "invalid_id",
                "an id is a UUID of version 7, such as 018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b",
            )),
        }
    }

    /// Reads a UUID of any version: one that names nothing here is unknown, not malformed.
    pub fn parse_any(text: &str) -> Result<Self, Invalid> {
        let parsed = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
        parsed.map(Self).ok_or_else(|| {
            Invalid::new(
                "invalid_id",
                "an id is a UUID, such as 018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b",
            )
        })
    }

    /// Its sixteen bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        *self.0.as_bytes()
    }

    /// From the sixteen bytes of an identifier that was given before.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// True if `text` has the shape of a UUID of any version: such a path segment is an id and never a slug.
    #[must_use]
    pub fn looks_like(text: &str) -> bool {
        text.len() == 36 && Uuid::try_parse(text).is_ok()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_id_reads_back() {
        let id = Id::new(Timestamp::from_millis(1_700_000_000_123));
        assert_eq!(Id::parse(&id.to_string()), Ok(id));
    }

    #[test]
    fn other_uuids_and_other_spellings_are_refused() {
        for text in [
            "",
            "018a",
            "550e8400-e29b-41d4-a716-446655440000",
            "018a0b1c2d3e7f408a1b2c3d4e5f6a7b",
        ] {
            assert!(Id::parse(text).is_err(), "{text}");
        }
    }
}
