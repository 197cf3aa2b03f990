//! Writing webhooks.

use crate::domain::id::Id;
use crate::domain::sync::SyncPlace;
use crate::domain::time::Timestamp;
use crate::domain::webhook::{
    Delivery, DisabledReason, Event, EventKind, Lane, SECRET_OVERLAP, Secret, Webhook,
    WebhookContent,
};
use crate::store::{Conn, StoreError, changes, webhook_deliveries, webhook_events, webhooks};

use super::ServiceError;
use super::webhook_deliveries::new_delivery;

/// The most messages that are sent again at once.
pub const REPLAY_MAX: usize = 1_000;

fn new_secret() -> Result<Secret, StoreError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|e| StoreError::Other(format!("no random numbers: {e}")))?;
    Ok(Secret::of_bytes(&bytes))
}

/// Makes a subscription, which is told of what is committed from now on.
pub fn create_webhook(
    conn: &mut Conn,
    now: Timestamp,
    content: WebhookContent,
) -> Result<Webhook, StoreError> {
    let disabled = (!content.enabled).then_some((DisabledReason::Manual, now));
    let webhook = Webhook {
        id: Id::new(now),
        content,
        secret: new_secret()?,
        old_secret: None,
        disabled,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let position = changes::latest_seq(conn)?;
    webhooks::insert_webhook(conn, &webhook, position)?;
    Ok(webhook)
}

/// Writes what a subscription asks for. Switched on again, it goes on with the message at which it stopped.
pub fn update_webhook(
    conn: &mut Conn,
    now: Timestamp,
    mut webhook: Webhook,
    content: WebhookContent,
) -> Result<Webhook, StoreError> {
    if content == webhook.content {
        return Ok(webhook);
    }
    match (webhook.content.enabled, content.enabled) {
        (false, true) => {
            webhook.disabled = None;
            webhook_deliveries::restart_deliveries(conn, webhook.id)?;
            webhooks::wake_webhook(conn, webhook.id)?;
        }
        (true, false) => webhook.disabled = Some((DisabledReason::Manual, now)),
        _ => {}
    }
    webhook.content = content;
    save(conn, now, webhook)
}

/// Gives a subscription a new secret; the old one signs beside it for a day.
pub fn rotate_secret(
    conn: &mut Conn,
    now: Timestamp,
    mut webhook: Webhook,
) -> Result<Webhook, StoreError> {
    let until = Timestamp::from_millis(now.millis() + SECRET_OVERLAP);
    webhook.old_secret = Some((webhook.secret, until));
    webhook.secret = new_secret()?;
    save(conn, now, webhook)
}

fn save(conn: &mut Conn, now: Timestamp, mut webhook: Webhook) -> Result<Webhook, StoreError> {
    webhook.version += 1;
    webhook.updated_at = now;
    webhooks::update_webhook(conn, &webhook)?;
    Ok(webhook)
}

/// Which messages are to be sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// One that was sent, or was to be.
    One(Id),
    /// What the log tells from one place to another, both included.
    Range(i64, i64),
}

/// Puts messages in line once more; answers them, or `None` where there is no such message.
pub fn replay_deliveries(
    conn: &mut Conn,
    now: Timestamp,
    webhook: &Webhook,
    which: Replay,
) -> Result<Option<Vec<Delivery>>, ServiceError> {
    let events = match which {
        Replay::One(id) => {
            let found = webhook_deliveries::get_delivery(conn, webhook.id, id)?;
            let Some((delivery, _)) = found.filter(|(d, _)| d.event.kind != EventKind::Test) else {
                return Ok(None);
            };
            vec![delivery.event]
        }
        Replay::Range(from, to) => events_between(conn, now, webhook, from, to)?,
    };
    let again: Vec<Delivery> = events
        .into_iter()
        .map(|event| new_delivery(webhook.id, Lane::Replay, event, now))
        .collect();
    webhook_deliveries::enqueue_deliveries(conn, &again)?;
    webhooks::wake_webhook(conn, webhook.id)?;
    Ok(Some(again))
}

fn events_between(
    conn: &mut Conn,
    now: Timestamp,
    webhook: &Webhook,
    from: i64,
    to: i64,
) -> Result<Vec<Event>, ServiceError> {
    let Some(scope) = webhook_events::scope_of(conn, webhook, now)? else {
        return Ok(Vec::new());
    };
    let mut place = SyncPlace::after(from - 1);
    let mut events = Vec::new();
    loop {
        let read = webhook_events::read_events(conn, &scope, webhook, place, REPLAY_MAX)?;
        events.extend(read.events.into_iter().filter(|event| event.seq <= to));
        if events.len() > REPLAY_MAX {
            return Err(ServiceError::invalid(
                "to",
                "too_many",
                format!("the range holds more than {REPLAY_MAX} messages"),
            ));
        }
        if !read.has_more || read.next.seq >= to {
            return Ok(events);
        }
        place = read.next;
    }
}
