//! The audit as admins are shown it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::id::Id;
use super::query::Range;
use super::time::Timestamp;

/// The kinds of things that deeds are done to; `request` is one that was refused.
pub const KINDS: [&str; 11] = [
    "article",
    "author",
    "edition",
    "feed_token",
    "key",
    "medium",
    "request",
    "section",
    "source",
    "tag",
    "webhook",
];

/// Filters of the audit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this key.
    pub key: Option<Id>,
    /// Of this kind of actor.
    pub actor: Option<String>,
    /// This operation.
    pub operation: Option<String>,
    /// Done to this kind of thing.
    pub kind: Option<String>,
    /// Done to this one.
    pub resource: Option<String>,
    /// Done then.
    pub at: Range,
}

/// The actor of an entry or a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Actor)]
pub struct ActorView {
    /// `key`, or `operator` (the command line), `import`, `schedule`, `demo`.
    #[schema(example = "key")]
    pub kind: String,
    /// The key's id.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub id: Option<Id>,
    /// The key's name now.
    pub name: Option<String>,
}

/// A deed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditView {
    /// Identity; rises with time.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Time.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The actor.
    pub actor: ActorView,
    /// The operation, by its id in this document.
    #[schema(example = "create_key")]
    pub operation: String,
    /// Kind of the resource; `request` for a refused operation.
    #[schema(example = "key")]
    pub kind: String,
    /// Id of the resource; the path of a refused request.
    pub resource: String,
    /// The version that it made.
    pub version: Option<i64>,
    /// Finds the request in the service's log.
    pub request_id: Option<String>,
    /// Other facts; never a secret.
    #[schema(value_type = Option<Object>)]
    pub detail: Option<Value>,
}
