//! The life of webhook messages: queued, sent, tried again, given up.

use xxhash_rust::xxh3::xxh3_64;

use crate::domain::id::Id;
use crate::domain::sync::{SyncEvent, SyncPlace};
use crate::domain::time::{Clock, Timestamp};
use crate::domain::usage::{Counts, DayOfKey};
use crate::domain::webhook::{DisabledReason, Event, Webhook, known_reason};
use crate::domain::webhook_delivery::{Delivery, DeliveryStatus, Lane, Sent, next_attempt};
use crate::store::audit::{Deed, append_deeds};
use crate::store::deliveries::{acknowledge, record_deliveries};
use crate::store::usage::add_usage;
use crate::store::webhook_events::Read;
use crate::store::{Conn, Store, StoreError, webhook_deliveries as stored, webhooks};

use super::{Actor, ServiceError};

/// The operation that the audit names where a subscription is switched off by itself.
pub const DISABLE_WEBHOOK: &str = "disable_webhook";

/// For how long it is remembered what became of a message, in milliseconds: thirty days.
const REMEMBERED: i64 = 30 * 86_400_000;

/// The lease of a node that sends to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It is.
    Yes,
    /// Another one may be; nothing was written.
    Lost,
}

/// A message that is to be sent.
#[must_use]
pub fn new_delivery(webhook: Id, lane: Lane, event: Event, now: Timestamp) -> Delivery {
    Delivery {
        id: Id::new(now),
        webhook,
        lane,
        event,
        status: DeliveryStatus::Pending,
        attempts: 0,
        tries: 0,
        first_at: None,
        next_at: now,
        created_at: now,
        done_at: None,
    }
}

/// Takes the turn to send to a subscription; says whether no other node has it.
pub fn take_turn(store: &Store, webhook: Id, owner: &str) -> Result<bool, ServiceError> {
    Ok(store.write(|conn| webhooks::acquire_lease(conn, webhook, owner))?)
}

/// Gives the turn back, and notes when there is something to do again.
pub fn end_turn(store: &Store, webhook: Id, owner: &str) -> Result<(), ServiceError> {
    store.write(|conn| {
        let found = webhooks::get_webhook(conn, webhook)?;
        let enabled = found.is_some_and(|(webhook, _)| webhook.content.enabled);
        let lanes = Lane::ALL.into_iter();
        let mut heads = Vec::new();
        for lane in lanes.filter(|lane| enabled || *lane == Lane::Test) {
            heads.extend(stored::head_of_lane(conn, webhook, lane)?);
        }
        let blocked = heads.iter().any(|head| head.lane == Lane::Log);
        let next = heads.iter().map(|head| head.next_at).min();
        webhooks::release_lease(conn, webhook, owner, next, blocked)
    })?;
    Ok(())
}

/// Puts what was read in line and moves the subscription's place behind it.
pub fn put_in_line(
    store: &Store,
    clock: &Clock,
    owner: &str,
    webhook: Id,
    read: Read,
) -> Result<Held, ServiceError> {
    let now = clock.now();
    let waiting: Vec<Delivery> = read
        .events
        .into_iter()
        .map(|event| new_delivery(webhook, Lane::Log, event, now))
        .collect();
    as_holder(store, webhook, owner, |conn| {
        stored::enqueue_deliveries(conn, &waiting)?;
        webhooks::advance_webhook(conn, webhook, &read.next, read.position)
    })
}

/// Runs `write` where `owner` still has the turn.
fn as_holder(
    store: &Store,
    webhook: Id,
    owner: &str,
    write: impl FnOnce(&mut Conn) -> Result<(), StoreError>,
) -> Result<Held, ServiceError> {
    Ok(store.write(|conn| {
        if !webhooks::keep_lease(conn, webhook, owner)? {
            return Ok::<_, StoreError>(Held::Lost);
        }
        write(conn)?;
        Ok(Held::Yes)
    })?)
}

/// Notes that a message is not sent, since its article may no longer be shown.
pub fn skip_delivery(
    store: &Store,
    clock: &Clock,
    owner: &str,
    mut delivery: Delivery,
) -> Result<Held, ServiceError> {
    delivery.status = DeliveryStatus::Skipped;
    delivery.done_at = Some(clock.now());
    as_holder(store, delivery.webhook, owner, |conn| {
        stored::update_delivery(conn, &delivery)
    })
}

/// Keeps one try of a message, and what follows from it: it is done, or is tried again, or is given up and the subscription
/// with it.
pub fn record_attempt(
    store: &Store,
    owner: &str,
    webhook: &Webhook,
    mut delivery: Delivery,
    sent: &Sent,
) -> Result<Held, ServiceError> {
    let attempt = &sent.attempt;
    let given = given_event(&delivery);
    delivery.attempts += 1;
    delivery.tries += 1;
    let first = *delivery.first_at.get_or_insert(attempt.at);
    // A receiver that names a time counts from its answer, not from the request.
    let answered = Timestamp::from_millis(attempt.at.millis() + attempt.duration_ms);
    let from = sent.retry_after.map_or(attempt.at, |_| answered);
    let next = next_attempt(
        &delivery.event.message_id(webhook.id),
        delivery.tries,
        first,
        from,
        sent.retry_after,
    );
    let ended = if attempt.succeeded() {
        delivery.status = DeliveryStatus::Delivered;
        delivery.done_at = Some(attempt.at);
        None
    } else if delivery.lane == Lane::Test {
        delivery.status = DeliveryStatus::Failed;
        delivery.done_at = Some(attempt.at);
        None
    } else if attempt.status == Some(410) {
        Some(DisabledReason::Gone)
    } else if let Some(next) = next {
        delivery.next_at = next;
        None
    } else {
        Some(DisabledReason::Undeliverable)
    };
    if ended.is_some() {
        delivery.status = DeliveryStatus::Failed;
    }
    as_holder(store, webhook.id, owner, |conn| {
        stored::update_delivery(conn, &delivery)?;
        stored::save_attempt(conn, delivery.id, delivery.attempts, attempt)?;
        if let (Some(partner), Some(event)) = (webhook.content.partner, &given) {
            tell_reach(conn, partner, webhook.id, event, sent)?;
        }
        ended.map_or(Ok(()), |reason| {
            disable(conn, webhook.id, reason, attempt.at)
        })
    })
}

/// A message as the account of what partners hold knows it.
fn given_event(delivery: &Delivery) -> Option<SyncEvent> {
    let event = &delivery.event;
    let of = event.article.as_ref()?;
    Some(SyncEvent {
        seq: event.seq,
        op: event.kind.op(),
        reason: of.reason.as_deref().and_then(known_reason),
        id: of.id,
        lang: of.lang.clone(),
        version: of.version,
        at: event.at,
        place: SyncPlace::after(event.seq),
    })
}

/// Notes that a partner was sent a message, and, where it answered well, that it has acknowledged it, and what it took. A
/// message whose answer got lost may have been taken all the same, so it counts as given.
fn tell_reach(
    conn: &mut Conn,
    partner: Id,
    webhook: Id,
    event: &SyncEvent,
    sent: &Sent,
) -> Result<(), StoreError> {
    let attempt = &sent.attempt;
    // The account tells readers with different filters apart by a number; each webhook is a reader of its own.
    let stream = xxh3_64(format!("webhook {webhook}").as_bytes()).cast_signed();
    let events = std::slice::from_ref(event);
    record_deliveries(conn, partner, stream, events, attempt.at)?;
    if attempt.succeeded() {
        acknowledge(conn, partner, stream, event.seq, attempt.at)?;
        let counts = Counts {
            requests: 0,
            articles: sent.articles,
            bytes: sent.bytes,
        };
        add_usage(conn, &[(DayOfKey::at(attempt.at, partner), counts)])?;
    }
    Ok(())
}

/// Stops sending to a subscription.
pub fn disable_webhook(
    store: &Store,
    clock: &Clock,
    webhook: Id,
    reason: DisabledReason,
) -> Result<(), ServiceError> {
    let now = clock.now();
    Ok(store.write(|conn| disable(conn, webhook, reason, now))?)
}

fn disable(
    conn: &mut Conn,
    id: Id,
    reason: DisabledReason,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some((mut webhook, _)) = webhooks::get_webhook(conn, id)? else {
        return Ok(());
    };
    log::warn!(
        "the webhook {:?} ({id}) is switched off: {}",
        webhook.content.name,
        reason.as_str()
    );
    webhook.content.enabled = false;
    webhook.disabled = Some((reason, now));
    webhook.version += 1;
    webhook.updated_at = now;
    webhooks::update_webhook(conn, &webhook)?;
    let deed = Deed {
        operation: DISABLE_WEBHOOK,
        kind: "webhook",
        resource: id.to_string(),
        version: Some(webhook.version),
        detail: Some(serde_json::json!({"reason": reason.as_str()}).to_string()),
    };
    append_deeds(conn, &[deed], &Actor::Schedule.to_string(), None, now)
}

/// Forgets what became of messages long ago; answers how many were forgotten.
pub fn forget_old(store: &Store, clock: &Clock) -> Result<usize, ServiceError> {
    let before = Timestamp::from_millis(clock.now().millis() - REMEMBERED);
    Ok(store.write(|conn| stored::forget_deliveries(conn, before))?)
}
