//! The reach of an article: which partners took a copy, and what each of them is still owing.

use serde::Serialize;
use utoipa::ToSchema;

use super::article::Status;
use super::id::Id;
use super::language::LanguageTag;
use super::sync::SyncOp;
use super::time::Timestamp;

/// What a partner has not acknowledged yet.
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
    /// Which one.
    pub version: i64,
    /// When it was given.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What a partner was told last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LastTold {
    /// To take it, or to show it no longer.
    pub op: SyncOp,
    /// Why, for a delete.
    #[schema(example = "legal")]
    pub reason: Option<String>,
    /// The version that was meant.
    pub version: i64,
    /// When it was delivered.
    #[schema(value_type = String, format = DateTime)]
    pub delivered_at: Timestamp,
    /// When the partner acknowledged it; null until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Timestamp>,
}

/// What became of the latest correction at one partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CorrectionReach {
    /// The version that brought it.
    pub version: i64,
    /// Whether that version, or a later one, was delivered.
    pub delivered: bool,
    /// Whether it was acknowledged.
    pub acknowledged: bool,
}

/// What became of the tombstone at one partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TombstoneReach {
    /// When it was delivered; null until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub delivered_at: Option<Timestamp>,
    /// When it was acknowledged; null until then.
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
    /// When the key ends or was revoked; null where it does not end.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    /// The version that it took last; null where it was never given one.
    #[schema(value_type = Option<Taken>)]
    pub taken: Option<Taken>,
    /// What it was told last.
    pub last: LastTold,
    /// The latest correction; null where there is none, or the partner may not show the article any more.
    #[schema(value_type = Option<CorrectionReach>)]
    pub correction: Option<CorrectionReach>,
    /// The tombstone; null while the partner may show the article.
    #[schema(value_type = Option<TombstoneReach>)]
    pub tombstone: Option<TombstoneReach>,
    /// What it has not acknowledged yet; null where nothing.
    #[schema(value_type = Option<Owing>)]
    pub owes: Option<Owing>,
}

/// Where copies of an article are.
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
    /// How many of them are still owing.
    pub owing: usize,
}
