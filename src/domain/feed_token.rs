//! Feed tokens: what opens the feeds of a partner's contract by their address alone, for readers that send no key.

use serde::Serialize;
use utoipa::ToSchema;

use super::id::Id;
use super::key::{Token, shown};
use super::time::Timestamp;

/// The most tokens of one key that work at once.
pub const MOST_TOKENS: usize = 50;

/// A feed token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FeedToken)]
pub struct FeedTokenView {
    /// Identity.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Purpose, for people.
    #[schema(example = "The Daily's reader")]
    pub name: Option<String>,
    /// Its readable start, as the log shows it.
    #[schema(example = "mhf_a9B8c7D6")]
    pub prefix: String,
    /// Time at which it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time at which it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
}

/// A feed token with its secret, which is shown this once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IssuedFeedToken {
    /// The token, as it is shown later too.
    #[serde(flatten)]
    pub view: FeedTokenView,
    /// Value of the parameter `token` in addresses of feeds. It is stored nowhere: keep it now.
    #[serde(serialize_with = "shown")]
    #[schema(value_type = String, example = "mhf_a9B8c7D6_Zm9yIHRoZSBkb2N1bWVudGF0aW9uIG9ubHkhISE")]
    pub token: Token,
    /// A feed that it opens.
    #[serde(serialize_with = "shown")]
    #[schema(value_type = String, format = "uri", example = "https://api.example.org/feeds/en/atom.xml?token=mhf_a9B8c7D6_Zm9yIHRoZSBkb2N1bWVudGF0aW9uIG9ubHkhISE")]
    pub url_example: Token,
}
