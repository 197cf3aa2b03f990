//! Webhooks and their messages as administrators are shown them.

use serde::Serialize;
use utoipa::ToSchema;

use super::id::Id;
use super::language::LanguageTag;
use super::time::Timestamp;
use super::view::Links;
use super::webhook::{DisabledReason, EventKind, Progress, Webhook};
use super::webhook_delivery::{Attempt, Delivery, DeliveryStatus};

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub struct WebhookView {
    /// Identity: a UUID of version 7.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// A name for people.
    #[schema(example = "Morning Courier")]
    pub name: String,
    /// Address that messages are sent to.
    #[schema(example = "https://partner.example/hooks/masthead")]
    pub url: String,
    /// Kinds of events that it is told of; empty: all.
    pub events: Vec<EventKind>,
    /// Editions; empty: all.
    #[schema(value_type = Vec<String>)]
    pub langs: Vec<LanguageTag>,
    /// Ids of sections, each with those below it; empty: all.
    #[schema(value_type = Vec<String>)]
    pub sections: Vec<Id>,
    /// Ids of sources; empty: all.
    #[schema(value_type = Vec<String>)]
    pub sources: Vec<Id>,
    /// True puts the article, as it is when the message is sent, into the message.
    pub include_article: bool,
    /// The partner's key to whose contract everything is cut.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub partner: Option<Id>,
    /// True if messages are sent.
    pub enabled: bool,
    /// Reason for which messages are not sent.
    pub disabled_reason: Option<DisabledReason>,
    /// Since when they are not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub disabled_at: Option<Timestamp>,
    /// The place in the log of changes up to which everything was put in line.
    #[schema(example = 1_204)]
    pub position: i64,
    /// Time of the next attempt for a message that failed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<Timestamp>,
    /// The secret that messages are signed with; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: Option<String>,
    /// Until when the secret before this one signs too.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub old_secret_until: Option<Timestamp>,
    /// Rises with every change.
    pub version: i64,
    /// Time at which it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Links to the resource.
    pub links: Links,
}

impl WebhookView {
    /// A subscription at `now`, without its secret.
    #[must_use]
    pub fn of(webhook: &Webhook, progress: Progress, now: Timestamp) -> Self {
        let content = &webhook.content;
        let old = webhook.old_secret.as_ref().map(|(_, until)| *until);
        Self {
            id: webhook.id,
            name: content.name.clone(),
            url: content.url.clone(),
            events: content.filter.events.clone(),
            langs: content.filter.langs.clone(),
            sections: content.filter.sections.clone(),
            sources: content.filter.sources.clone(),
            include_article: content.include_article,
            partner: content.partner,
            enabled: content.enabled,
            disabled_reason: webhook.disabled.map(|(reason, _)| reason),
            disabled_at: webhook.disabled.map(|(_, at)| at),
            position: progress.place.seq,
            next_attempt_at: progress.next_at.filter(|_| content.enabled),
            secret: None,
            old_secret_until: old.filter(|until| *until > now),
            version: webhook.version,
            created_at: webhook.created_at,
            updated_at: webhook.updated_at,
            links: Links {
                own: format!("/api/webhooks/{}", webhook.id),
            },
        }
    }
}

/// A message to a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct DeliveryView {
    /// Identity of this sending; the same message sent once more on demand has another.
    #[schema(value_type = String, format = "uuid")]
    pub id: Id,
    /// The `webhook-id` of the message, the same whenever it is sent.
    #[schema(example = "evt_018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b_1204_1a21471c257")]
    pub message_id: String,
    /// Text of the notice.
    pub event: EventKind,
    /// True if it was sent again on request.
    pub replay: bool,
    /// Its place in the log of changes; null in a test.
    pub seq: Option<i64>,
    /// The article.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub article_id: Option<Id>,
    /// The article's version by this event.
    pub version: Option<i64>,
    /// State of the message.
    pub status: DeliveryStatus,
    /// Time at which it was added to the log.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time of the next attempt.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<Timestamp>,
    /// Time at which it was delivered, given up or skipped.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done_at: Option<Timestamp>,
    /// Each try, the first one first.
    pub attempts: Vec<AttemptView>,
    /// Links to the resource.
    pub links: Links,
}

/// One try to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
pub struct AttemptView {
    /// Time.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Duration in milliseconds.
    #[schema(example = 84)]
    pub duration_ms: i64,
    /// The status of the answer; null where none came.
    #[schema(example = 200)]
    pub status: Option<u16>,
    /// Reason for which no answer came.
    pub error: Option<String>,
    /// The start of the answer's content.
    pub response: Option<String>,
}

impl DeliveryView {
    /// A message with its tries.
    #[must_use]
    pub fn of(delivery: Delivery, attempts: Vec<Attempt>) -> Self {
        use super::webhook_delivery::Lane;
        let event = &delivery.event;
        let of = event.article.as_ref();
        let own = format!(
            "/api/webhooks/{}/deliveries/{}",
            delivery.webhook, delivery.id
        );
        Self {
            id: delivery.id,
            message_id: event.message_id(delivery.webhook),
            event: event.kind,
            replay: delivery.lane == Lane::Replay,
            seq: of.map(|_| event.seq),
            article_id: of.map(|of| of.id),
            version: of.map(|of| of.version),
            status: delivery.status,
            created_at: delivery.created_at,
            next_attempt_at: (delivery.status == DeliveryStatus::Pending && delivery.tries > 0)
                .then_some(delivery.next_at),
            done_at: delivery.done_at,
            attempts: attempts.into_iter().map(AttemptView::from).collect(),
            links: Links { own },
        }
    }
}

impl From<Attempt> for AttemptView {
    fn from(attempt: Attempt) -> Self {
        Self {
            at: attempt.at,
            duration_ms: attempt.duration_ms,
            status: attempt.status,
            error: attempt.error,
            response: attempt.response,
        }
    }
}
