//! Following what changes: the events that a copy is kept by, and the place of a reader among them.

use serde::Serialize;
use utoipa::ToSchema;

use super::id::Id;
use super::language::LanguageTag;
pub use super::sync_filter::SyncFilter;
pub use super::sync_place::{Held, SyncPlace};
use super::time::Timestamp;

/// The step that a copy must take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SyncOp {
    /// Take this version.
    Upsert,
    /// Show it no longer. It may come for an article that the copy does not hold.
    Delete,
}

impl SyncOp {
    /// The word that clients see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Delete => "delete",
        }
    }
}

/// The reasons of a delete beside those of a withdrawal.
pub mod reason {
    /// It is not published any more, and may come again.
    pub const UNPUBLISHED: &str = "unpublished";
    /// It is published, but its time has not come, or is put off.
    pub const EMBARGOED: &str = "embargoed";
    /// The key's limits do not hold it any more.
    pub const OUT_OF_SCOPE: &str = "out_of_scope";
    /// The filters do not hold it any more.
    pub const MOVED: &str = "moved";

    /// All of them.
    pub const ALL: [&str; 4] = [UNPUBLISHED, EMBARGOED, OUT_OF_SCOPE, MOVED];
}

/// One thing that a copy has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncEvent {
    /// Rises from event to event of one reader, with gaps.
    pub seq: i64,
    /// The step.
    pub op: SyncOp,
    /// Reason of a delete: the reason of the withdrawal (`legal` …) or a word of [`reason`].
    pub reason: Option<&'static str>,
    /// The article.
    pub id: Id,
    /// Its edition.
    pub lang: LanguageTag,
    /// Its version: the present one for an upsert, the one that went for a delete.
    pub version: i64,
    /// Time of the change.
    pub at: Timestamp,
    /// The reader's place behind this event.
    pub place: SyncPlace,
}

/// A part of what a reader is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncBatch {
    /// The events, in order.
    pub events: Vec<SyncEvent>,
    /// The place to continue from: behind everything that was read, so it moves on without events too.
    pub next: SyncPlace,
    /// True if there is more to read.
    pub has_more: bool,
}
