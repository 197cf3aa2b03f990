//! Notices: public notes on an article that was changed or no longer stands.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use xxhash_rust::xxh3::xxh3_128;

use super::id::Id;
use super::time::Timestamp;

/// The kind of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// An error was mended.
    Correction,
    /// Something was made clear.
    Clarification,
    /// The article no longer stands.
    Retraction,
    /// Doubts are being looked into.
    ExpressionOfConcern,
}

/// A public note on an article that was changed or no longer stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(from = "StoredNotice")]
pub struct Notice {
    /// Identity: a UUID of version 7.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Kind of the notice.
    pub kind: NoticeKind,
    /// Text of the notice.
    pub text: String,
    /// Time of the notice.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

impl Notice {
    /// The identity of a notice that was stored without one: always the same for the same notice.
    #[must_use]
    pub fn derived_id(kind: NoticeKind, text: &str, at: Timestamp) -> Id {
        let hash = xxh3_128(format!("{kind:?} {} {text}", at.millis()).as_bytes());
        Id::derived(at, hash)
    }
}

/// A notice as it may be stored: older ones have no identity.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredNotice {
    id: Option<Id>,
    kind: NoticeKind,
    text: String,
    at: Timestamp,
}

impl From<StoredNotice> for Notice {
    fn from(stored: StoredNotice) -> Self {
        let StoredNotice { id, kind, text, at } = stored;
        let id = id.unwrap_or_else(|| Self::derived_id(kind, &text, at));
        Self { id, kind, text, at }
    }
}
