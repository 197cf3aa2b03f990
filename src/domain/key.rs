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

/// Default time that an old secret still works, in seconds: a day.
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

/// The limits of a key as they are written: `None` is not named, an empty list sets no limit.
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
    /// Purpose, for people.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The limits of the rights.
    pub limits: LimitsInput,
    /// The partner's contract.
    pub contract: Contract,
    /// End of the key.
    pub expires_at: Option<Timestamp>,
}

/// The changes of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyPatch {
    /// Its name.
    pub name: Option<String>,
    /// The limits of its rights.
    pub limits: LimitsInput,
    /// The partner's contract, as a whole.
    pub contract: Option<Contract>,
    /// End of the key.
    pub expires_at: Given<Timestamp>,
}

/// The state of a key.
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
    /// Purpose, for people.
    #[schema(example = "News desk")]
    pub name: String,
    /// The role.
    pub role: Role,
    /// State of the key.
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
    /// Contract of a partner beyond the limits; null for other roles.
    #[schema(value_type = Option<Contract>)]
    pub contract: Option<Contract>,
    /// Time at which it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time of the last change, rotation or revocation.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// End of the key; null for none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// Time at which it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
    /// Time of the last use, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// Secrets that were replaced and still work.
    pub retiring: Vec<Retiring>,
    /// Links to the resource.
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
