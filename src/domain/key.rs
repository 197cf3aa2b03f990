//! Keys as clients write them and as admins are shown them. This is the one place that says what a key's JSON has.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

use super::access::Role;
use super::id::Id;
use super::input::Given;
use super::language::LanguageTag;
use super::partner::Contract;
use super::query::Reference;
use super::time::Timestamp;
use super::view::Links;

/// How long a secret that was replaced goes on working where nothing else is said, in seconds: a day.
pub const OVERLAP_DEFAULT: i64 = 86_400;
/// The longest that it may go on working, in seconds: 30 days.
pub const OVERLAP_MAX: i64 = 30 * 86_400;

/// A key's secret. It is shown once, to whoever made it, and prints as its readable start everywhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token from its text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The whole token, for the one answer that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Where a key's rights are to end, as it is written: `None` is not named, an empty list sets no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitsInput {
    /// Editions.
    pub langs: Option<Vec<LanguageTag>>,
    /// Sections, by id or path.
    pub sections: Option<Vec<Reference>>,
    /// Sources, by id or slug.
    pub sources: Option<Vec<Reference>>,
}

/// A new key, with limits that are still to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInput {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Where.
    pub limits: LimitsInput,
    /// What a partner is promised.
    pub contract: Contract,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// What is to change of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyPatch {
    /// Its name.
    pub name: Option<String>,
    /// Where its rights end.
    pub limits: LimitsInput,
    /// What a partner is promised, the whole of it.
    pub contract: Option<Contract>,
    /// When it ends.
    pub expires_at: Given<Timestamp>,
}

/// Whether a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// It works.
    Valid,
    /// Its end has passed.
    Expired,
    /// It was revoked.
    Revoked,
}

/// A secret that was replaced and still works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Retiring {
    /// The readable start of the old token.
    #[schema(example = "mh_q1W2e3R4")]
    pub prefix: String,
    /// Until when it works.
    #[schema(value_type = String, format = DateTime)]
    pub works_until: Timestamp,
}

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Key)]
pub struct KeyView {
    /// Identity.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// Rises with every change, rotation and revocation.
    pub version: i64,
    /// What it is for.
    #[schema(example = "News desk")]
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it works.
    pub state: KeyState,
    /// The readable start of its token, as the log shows it.
    #[schema(example = "mh_a9B8c7D6")]
    pub prefix: String,
    /// The editions that it is limited to; empty for none.
    #[schema(value_type = Vec<String>)]
    pub langs: Vec<LanguageTag>,
    /// Ids of the sections that it is limited to, with those below them; empty for none.
    #[schema(value_type = Vec<String>)]
    pub sections: Vec<Id>,
    /// Ids of the sources that it is limited to; empty for none.
    #[schema(value_type = Vec<String>)]
    pub sources: Vec<Id>,
    /// What a partner was promised beyond that; null for other roles.
    #[schema(value_type = Option<Contract>)]
    pub contract: Option<Contract>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed, rotated or revoked.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When it ends; null for never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// Secrets that were replaced and still work.
    pub retiring: Vec<Retiring>,
    /// Where it is found.
    pub links: Links,
}

/// A key with its secret, which is shown this once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IssuedKey {
    /// The key.
    #[serde(flatten)]
    pub view: KeyView,
    /// The token to send as `Authorization: Bearer …`. It is stored nowhere: keep it now.
    #[serde(serialize_with = "shown")]
    #[schema(value_type = String, example = "mh_a9B8c7D6_Zm9yIHRoZSBkb2N1bWVudGF0aW9uIG9ubHkhISE")]
    pub key: Token,
}

/// Writes a token into the one answer that shows it.
pub(crate) fn shown<S: serde::Serializer>(token: &Token, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(token.expose())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_print() {
        let token = Token::new("mh_abcdefgh_secret".to_owned());
        assert_eq!(format!("{token:?}"), "Token(…)");
    }
}
