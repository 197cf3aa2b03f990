//! Webhooks: who is told of which changes, how a message is signed (Standard Webhooks 1.0), and when it is sent again.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use utoipa::ToSchema;
use xxhash_rust::xxh3::xxh3_64;

use super::id::Id;
use super::language::LanguageTag;
use super::query::Reference;
use super::sync::{SyncOp, SyncPlace, reason};
use super::time::Timestamp;

/// What a message tells of.
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

    /// Whether it says that copies must go.
    #[must_use]
    pub const fn removes(self) -> bool {
        matches!(self, Self::Unpublished | Self::Withdrawn | Self::Removed)
    }

    /// What a copy is to do.
    #[must_use]
    pub const fn op(self) -> SyncOp {
        if self.removes() {
            SyncOp::Delete
        } else {
            SyncOp::Upsert
        }
    }
}

/// What a subscription asks for: each list opens everything where it is empty.
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
    /// Whether events of a kind are asked for.
    #[must_use]
    pub fn takes(&self, kind: EventKind) -> bool {
        self.events.is_empty() || self.events.contains(&kind)
    }
}

/// The key that messages are signed with: `whsec_` and 32 random bytes in base64. It cannot be printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What every secret starts with.
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

/// What an administrator writes of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookContent {
    /// A name for people.
    pub name: String,
    /// Where messages go.
    pub url: String,
    /// Which ones.
    pub filter: Filter,
    /// Whether messages carry the article as it stands when they are sent.
    pub include_article: bool,
    /// The partner's key to whose contract everything is cut.
    pub partner: Option<Id>,
    /// Whether messages are sent.
    pub enabled: bool,
}

/// Why the service itself stopped sending.
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

/// What an administrator writes of a subscription, with references that are still to be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookInput {
    /// A name for people.
    pub name: String,
    /// Where messages go.
    pub url: String,
    /// Kinds of events.
    pub events: Vec<EventKind>,
    /// Editions.
    pub langs: Vec<LanguageTag>,
    /// Sections, each with those below it.
    pub sections: Vec<Reference>,
    /// Sources.
    pub sources: Vec<Reference>,
    /// Whether messages carry the article.
    pub include_article: bool,
    /// The partner's key.
    pub partner: Option<Id>,
    /// Whether messages are sent.
    pub enabled: bool,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Identity.
    pub id: Id,
    /// What was written.
    pub content: WebhookContent,
    /// What messages are signed with.
    pub secret: Secret,
    /// What they are signed with too, until then.
    pub old_secret: Option<(Secret, Timestamp)>,
    /// Why and since when nothing is sent.
    pub disabled: Option<(DisabledReason, Timestamp)>,
    /// Rises with every change of what was written.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
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

/// How long the old secret signs beside the new one, in milliseconds.
pub const SECRET_OVERLAP: i64 = 24 * 3_600_000;

/// How far a subscription has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The place in the change log up to which everything is on its way or done.
    pub place: SyncPlace,
    /// When something is to be tried again, where it is.
    pub next_at: Option<Timestamp>,
}

/// The order in which messages of a subscription wait: within a lane each waits for the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// What follows from the change log.
    Log,
    /// What is sent once more because somebody asked for it.
    Replay,
    /// A test, which is tried once and waits for nothing.
    Test,
}

impl Lane {
    /// Every lane, in the order in which they are looked at.
    pub const ALL: [Self; 3] = [Self::Test, Self::Replay, Self::Log];

    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Replay => "replay",
            Self::Test => "test",
        }
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It waits for its turn, or to be tried again.
    Pending,
    /// The receiver answered 2xx.
    Delivered,
    /// It was given up. Where the subscription is switched on again, it is tried again.
    Failed,
    /// It was not sent, since the article may no longer be shown; another message says that it must go.
    Skipped,
}

impl DeliveryStatus {
    const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Failed, Self::Skipped];

    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Reads the word that is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// One message to one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Identity of this sending; a replay of the same message has its own.
    pub id: Id,
    /// The subscription.
    pub webhook: Id,
    /// Why it is sent.
    pub lane: Lane,
    /// What it tells.
    pub event: Event,
    /// What became of it.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: i32,
    /// How often it was tried since the subscription was last switched on.
    pub tries: i32,
    /// When it was first tried since then.
    pub first_at: Option<Timestamp>,
    /// When it is tried again, while it waits.
    pub next_at: Timestamp,
    /// When it came into the log.
    pub created_at: Timestamp,
    /// When it was delivered, given up or skipped.
    pub done_at: Option<Timestamp>,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The status of the answer; `None` where none came.
    pub status: Option<u16>,
    /// Why no answer came.
    pub error: Option<String>,
    /// The start of the answer's content.
    pub response: Option<String>,
}

impl Attempt {
    /// Whether the receiver has taken the message.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

/// One thing that a subscription is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the change log; of a test, its time.
    pub seq: i64,
    /// What happened.
    pub kind: EventKind,
    /// The article; `None` in a test.
    pub article: Option<ArticleEvent>,
    /// When it happened.
    pub at: Timestamp,
}

/// What an event says of its article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleEvent {
    /// Identity.
    pub id: Id,
    /// Edition.
    pub lang: LanguageTag,
    /// Its version by this event.
    pub version: i64,
    /// Why it must go.
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
        format!("{mark}_{webhook}_{}", self.seq)
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

/// For how long a message is tried, in milliseconds: three days.
pub const GIVE_UP_AFTER: i64 = 3 * 86_400_000;
/// The wait after the first failure.
const FIRST_WAIT: i64 = 5_000;
/// The longest wait.
const LONGEST_WAIT: i64 = 6 * 3_600_000;

/// When a message that was first tried at `first` and failed at `now`, for the `attempts`th time, is tried again; `None`
/// where that was the last time. The wait grows fourfold from five seconds to six hours, give or take a fifth, so that
/// receivers which fail together are not all tried together again; the last try is three days after the first.
#[must_use]
pub fn next_attempt(
    message: &str,
    attempts: i32,
    first: Timestamp,
    now: Timestamp,
    retry_after: Option<i64>,
) -> Option<Timestamp> {
    let last = first.millis() + GIVE_UP_AFTER;
    if now.millis() >= last {
        return None;
    }
    let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 10)).unwrap_or(0);
    let wait = (FIRST_WAIT * 4_i64.pow(doublings)).min(LONGEST_WAIT);
    let chance = xxh3_64(format!("{message} {attempts}").as_bytes()) % 401;
    let per_mille = 800 + i64::try_from(chance).unwrap_or(0);
    let asked = retry_after
        .unwrap_or(0)
        .clamp(0, LONGEST_WAIT / 1_000)
        .saturating_mul(1_000);
    let wait = (wait * per_mille / 1_000).max(asked);
    Some(Timestamp::from_millis((now.millis() + wait).min(last)))
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
    fn waits_grow_with_jitter_and_end_after_three_days() {
        let first = Timestamp::from_millis(0);
        let (mut now, mut attempts, mut waits) = (first, 1, Vec::new());
        while let Some(next) = next_attempt("evt_1", attempts, first, now, None) {
            waits.push(next.millis() - now.millis());
            (now, attempts) = (next, attempts + 1);
        }
        assert_eq!(now.millis(), GIVE_UP_AFTER);
        assert!((15..30).contains(&attempts), "{attempts}");
        assert!((4_000..=6_000).contains(&waits[0]), "{waits:?}");
        assert!(waits.iter().all(|wait| *wait <= LONGEST_WAIT * 6 / 5));
        let other = next_attempt("evt_2", 1, first, first, None)
            .unwrap()
            .millis();
        assert_ne!(other, waits[0]);
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_but_not_for_ever() {
        let at = Timestamp::from_millis(0);
        let asked = |seconds| {
            next_attempt("evt", 1, at, at, Some(seconds))
                .unwrap()
                .millis()
        };
        assert_eq!(asked(60), 60_000);
        assert_eq!(asked(i64::MAX), LONGEST_WAIT);
        assert!(asked(-5) >= 4_000);
    }

    #[test]
    fn every_kind_reads_back() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
