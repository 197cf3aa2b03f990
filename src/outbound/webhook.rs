//! A message of a webhook on its way: signed, sent, and what came of it.

use serde_json::Value;

use super::Outbound;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{Event, Webhook};
use crate::domain::webhook_delivery::{Attempt, Sent};

/// Sends an event to a subscription at `now`, with the article where it is given; blocks until there is an answer or the
/// time is over.
#[must_use]
pub fn send(
    outbound: &Outbound,
    webhook: &Webhook,
    event: &Event,
    article: Option<Value>,
    now: Timestamp,
) -> Sent {
    let id = event.message_id(webhook.id);
    let articles = i64::from(article.is_some());
    let body = event.message(article);
    let seconds = now.millis().div_euclid(1_000).to_string();
    let signatures = webhook.signatures(&id, now, &body);
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", id.as_str()),
        ("webhook-timestamp", seconds.as_str()),
        ("webhook-signature", signatures.as_str()),
    ];
    let exchange = outbound.post(&webhook.content.url, &headers, body.as_bytes());
    Sent {
        attempt: Attempt {
            at: now,
            duration_ms: i64::try_from(exchange.duration.as_millis()).unwrap_or(i64::MAX),
            status: exchange.status,
            error: exchange.error,
            response: exchange.response,
        },
        retry_after: exchange.retry_after,
        articles,
        bytes: i64::try_from(body.len()).unwrap_or(i64::MAX),
    }
}
