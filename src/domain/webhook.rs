//! Webhooks: who is told of which changes, how a message is signed (Standard Webhooks 1.0), and when it is sent again.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use utoipa::ToSchema;

use super::id::Id;
use super::language::LanguageTag;
use super::query::Reference;
use super::sync::{SyncOp, SyncPlace, reason};
use super::time::Timestamp;

/// The kind of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum EventKind {
    /// An article is public that was not.
    #[serde(rename = "article.published")]
    Published,
    /// A public article reads otherwise now.
    #[serde(rename = "article.updated")]
    Updated,
    /// A public article carries a notice that it did not carry before.
    #[serde(rename = "article.corrected")]
    Corrected,
    /// An article is no longer public, without having been taken down.
    #[serde(rename = "article.unpublished")]
    Unpublished,
    /// An article was taken down: copies must go.
    #[serde(rename = "article.withdrawn")]
    Withdrawn,
    /// An article left what the subscription may see or asks for: copies must go.
    #[serde(rename = "article.removed")]
    Removed,
    /// Nothing happened: somebody tries the address.
    #[serde(rename = "test")]
    Test,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Published,
        Self::Updated,
        Self::Corrected,
        Self::Unpublished,
        Self::Withdrawn,
        Self::Removed,
        Self::Test,
    ];

    /// The word that messages carry.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "article.published",
            Self::Updated => "article.updated",
            Self::Corrected => "article.corrected",
            Self::Unpublished => "article.unpublished",
            Self::Withdrawn => "article.withdrawn",
            Self::Removed => "article.removed",
            Self::Test => "test",
        }
    }

    /// Reads the word that messages carry.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// True if copies must be removed.
    #[must_use]
    pub const fn removes(self) -> bool {
        matches!(self, Self::Unpublished | Self::Withdrawn | Self::Removed)
    }

    /// The step that a copy must take.
    #[must_use]
    pub const fn op(self) -> SyncOp {
        if self.removes() {
            SyncOp::Delete
        } else {
            SyncOp::Upsert
        }
    }
}

/// The filters of a webhook: an empty list opens everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kinds of events.
    pub events: Vec<EventKind>,
    /// Editions.
    pub langs: Vec<LanguageTag>,
    /// Sections, each with those below it.
    pub sections: Vec<Id>,
    /// Sources.
    pub sources: Vec<Id>,
}

impl Filter {
    /// True if the filter takes events of a kind.
    #[must_use]
    pub fn takes(&self, kind: EventKind) -> bool {
        self.events.is_empty() || self.events.contains(&kind)
    }
}

/// The key that messages are signed with: `whsec_` and 32 random bytes in base64. It cannot be printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// The beginning of every secret.
const MARK: &str = "whsec_";

impl Secret {
    /// From random bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8; 32]) -> Self {
        Self(format!("{MARK}{}", STANDARD.encode(bytes)))
    }

    /// As it is stored.
    #[must_use]
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The secret itself: to be stored, and to be shown once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The signature of a message: `v1,` and the HMAC-SHA256 over its id, its time in seconds and its body.
    #[must_use]
    pub fn sign(&self, id: &str, seconds: i64, body: &str) -> String {
        let key = STANDARD
            .decode(self.0.trim_start_matches(MARK))
            .unwrap_or_default();
        // An HMAC takes keys of every length, so there is always one.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else {
            return String::new();
        };
        mac.update(format!("{id}.{seconds}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The content of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookContent {
    /// A name for people.
    pub name: String,
    /// Address that messages are sent to.
    pub url: String,
    /// The filters.
    pub filter: Filter,
    /// True puts the article, as it is when the message is sent, into the message.
    pub include_article: bool,
    /// The partner's key to whose contract everything is cut.
    pub partner: Option<Id>,
    /// True if messages are sent.
    pub enabled: bool,
}

/// The reason for which the service itself stopped sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// The receiver answered 410.
    Gone,
    /// A message could not be delivered in three days.
    Undeliverable,
    /// The partner's key was revoked or has expired.
    PartnerEnded,
    /// An administrator switched it off.
    Manual,
}

impl DisabledReason {
    const ALL: [Self; 4] = [
        Self::Gone,
        Self::Undeliverable,
        Self::PartnerEnded,
        Self::Manual,
    ];

    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Undeliverable => "undeliverable",
            Self::PartnerEnded => "partner_ended",
            Self::Manual => "manual",
        }
    }

    /// Reads the word that is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// The content of a webhook as it is written, with references that are still to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookInput {
    /// A name for people.
    pub name: String,
    /// Address that messages are sent to.
    pub url: String,
    /// Kinds of events.
    pub events: Vec<EventKind>,
    /// Editions.
    pub langs: Vec<LanguageTag>,
    /// Sections, each with those below it.
    pub sections: Vec<Reference>,
    /// Sources.
    pub sources: Vec<Reference>,
    /// True puts the article into messages.
    pub include_article: bool,
    /// The partner's key.
    pub partner: Option<Id>,
    /// True if messages are sent.
    pub enabled: bool,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Identity.
    pub id: Id,
    /// The content.
    pub content: WebhookContent,
    /// The secret that signs messages.
    pub secret: Secret,
    /// The old secret that signs them too, and its end.
    pub old_secret: Option<(Secret, Timestamp)>,
    /// The reason and the time of the stop.
    pub disabled: Option<(DisabledReason, Timestamp)>,
    /// Rises with every change of what was written.
    pub version: i64,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}

impl Webhook {
    /// The signatures of a message, with a space between: one for each secret that is good at `now`.
    #[must_use]
    pub fn signatures(&self, id: &str, now: Timestamp, body: &str) -> String {
        let seconds = now.millis().div_euclid(1_000);
        let own = self.secret.sign(id, seconds, body);
        match &self.old_secret {
            Some((old, until)) if *until > now => {
                format!("{own} {}", old.sign(id, seconds, body))
            }
            _ => own,
        }
    }
}

/// Time that the old secret signs beside the new one, in milliseconds.
pub const SECRET_OVERLAP: i64 = 24 * 3_600_000;

/// The place of a webhook in the change log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The place in the change log up to which everything is on its way or done.
    pub place: SyncPlace,
    /// The last entry of the log that was looked at; entries behind the place concern the subscription in nothing.
    pub position: i64,
    /// Time of the next attempt, if there is one.
    pub next_at: Option<Timestamp>,
}

/// One thing that a subscription is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the change log; of a test, its time.
    pub seq: i64,
    /// Text of the notice.
    pub kind: EventKind,
    /// The article; `None` in a test.
    pub article: Option<ArticleEvent>,
    /// Time of the event.
    pub at: Timestamp,
}

/// The article of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleEvent {
    /// Identity.
    pub id: Id,
    /// Edition.
    pub lang: LanguageTag,
    /// Its version by this event.
    pub version: i64,
    /// Reason of its removal.
    pub reason: Option<String>,
}

impl Event {
    /// The id of the message to a subscription: the same whenever it is sent, so that a receiver knows it again.
    #[must_use]
    pub fn message_id(&self, webhook: Id) -> String {
        let mark = if self.kind == EventKind::Test {
            "test"
        } else {
            "evt"
        };
        // The number may come again after an older backup is put back; the time then differs.
        format!("{mark}_{webhook}_{}_{:x}", self.seq, self.at.millis())
    }

    /// The message: what happened, when, and to what.
    #[must_use]
    pub fn message(&self, article: Option<Value>) -> String {
        let mut data = Map::new();
        if let Some(of) = &self.article {
            data.insert("seq".to_owned(), json!(self.seq));
            data.insert("op".to_owned(), json!(self.kind.op()));
            data.insert("reason".to_owned(), json!(of.reason));
            data.insert("id".to_owned(), json!(of.id));
            data.insert("lang".to_owned(), json!(of.lang));
            data.insert("version".to_owned(), json!(of.version));
        }
        if let Some(article) = article {
            data.insert("article".to_owned(), article);
        }
        let message = json!({"type": self.kind.as_str(), "timestamp": self.at, "data": data});
        message.to_string()
    }
}

/// The reason of a delete, as the words that there are for it.
#[must_use]
pub fn known_reason(text: &str) -> Option<&'static str> {
    const ALL: [&str; 9] = [
        "legal",
        "error",
        "privacy",
        "rights",
        "other",
        reason::UNPUBLISHED,
        reason::EMBARGOED,
        reason::OUT_OF_SCOPE,
        reason::MOVED,
    ];
    ALL.into_iter().find(|word| *word == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_the_specification_s_example_is() {
        let secret = Secret::from_stored("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let signature = secret.sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(!format!("{secret:?}").contains("MfKQ"));
    }

    #[test]
    fn every_kind_reads_back() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
