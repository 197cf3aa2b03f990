//! The reach of an article: which partners took a copy, and what each of them is still owing.

use serde::Serialize;
use utoipa::ToSchema;

use super::article::Status;
use super::id::Id;
use super::language::LanguageTag;
use super::sync::SyncOp;
use super::time::Timestamp;

/// The acknowledgement that a partner still owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Owing {
    /// That its copy is gone.
    Tombstone,
    /// The version that carries the latest notice, or a later one.
    Correction,
    /// The present version.
    Update,
}

/// The version that a partner took last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Taken {
    /// Number of the version.
    pub version: i64,
    /// Time of the delivery.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// The last message to a partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LastTold {
    /// To take it, or to show it no longer.
    pub op: SyncOp,
    /// Reason of a delete.
    #[schema(example = "legal")]
    pub reason: Option<String>,
    /// The version that was meant.
    pub version: i64,
    /// Time of the delivery.
    #[schema(value_type = String, format = DateTime)]
    pub delivered_at: Timestamp,
    /// Time of the partner's acknowledgement; null until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
}

/// The latest correction at one partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CorrectionReach {
    /// The version that brought it.
    pub version: i64,
    /// True if that version, or a later one, was delivered.
    pub delivered: bool,
    /// True if it was acknowledged.
    pub acknowledged: bool,
}

/// The tombstone at one partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TombstoneReach {
    /// Time of the delivery; null until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub delivered_at: Option<Timestamp>,
    /// Time of the acknowledgement; null until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
}

/// An article at one partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartnerReach {
    /// The partner's key.
    #[schema(value_type = String, format = "uuid")]
    pub key: Id,
    /// Its name.
    #[schema(example = "The Daily")]
    pub name: String,
    /// End or revocation of the key; null for none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    /// The version that it took last; null where it was never given one.
    #[schema(value_type = Option<Taken>)]
    pub taken: Option<Taken>,
    /// The last message to it.
    pub last: LastTold,
    /// The latest correction; null where there is none, or the partner may not show the article any more.
    #[schema(value_type = Option<CorrectionReach>)]
    pub correction: Option<CorrectionReach>,
    /// The tombstone; null while the partner may show the article.
    #[schema(value_type = Option<TombstoneReach>)]
    pub tombstone: Option<TombstoneReach>,
    /// The acknowledgement that is still open; null if there is none.
    #[schema(value_type = Option<Owing>)]
    pub owes: Option<Owing>,
}

/// Copies of an article at partners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reach {
    /// The article.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Its edition.
    #[schema(value_type = String, example = "en")]
    pub lang: LanguageTag,
    /// Its version now.
    pub version: i64,
    /// Its state now.
    pub status: Status,
    /// The version that brought the latest notice; null without notices.
    pub corrected_in: Option<i64>,
    /// Each partner that was told of it, in the order of their keys.
    pub partners: Vec<PartnerReach>,
    /// Number of partners with an open acknowledgement.
    pub owing: usize,
}
