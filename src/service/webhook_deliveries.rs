//! What becomes of the messages of webhooks: put in line, sent, tried again, given up.

use crate::domain::id::Id;
use crate::domain::sync::SyncPlace;
use crate::domain::time::{Clock, Timestamp};
use crate::domain::webhook::{
    Attempt, Delivery, DeliveryStatus, DisabledReason, Event, Lane, Webhook, next_attempt,
};
use crate::store::{Conn, Store, StoreError, webhook_deliveries as stored, webhooks};

use super::ServiceError;

/// For how long it is remembered what became of a message, in milliseconds: thirty days.
const REMEMBERED: i64 = 30 * 86_400_000;

/// Whether a node still is the one that sends to a subscription.
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
        let log = stored::head_of_lane(conn, webhook, Lane::Log)?;
        let replay = stored::head_of_lane(conn, webhook, Lane::Replay)?;
        let blocked = log.is_some();
        let next = log.into_iter().chain(replay).map(|head| head.next_at).min();
        webhooks::release_lease(conn, webhook, owner, next, blocked)
    })?;
    Ok(())
}

/// Puts events in line and moves the subscription's place behind them.
pub fn put_in_line(
    store: &Store,
    clock: &Clock,
    owner: &str,
    webhook: Id,
    events: Vec<Event>,
    place: SyncPlace,
) -> Result<Held, ServiceError> {
    let now = clock.now();
    let waiting: Vec<Delivery> = events
        .into_iter()
        .map(|event| new_delivery(webhook, Lane::Log, event, now))
        .collect();
    as_holder(store, webhook, owner, |conn| {
        stored::enqueue_deliveries(conn, &waiting)?;
        webhooks::advance_webhook(conn, webhook, place)
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
    attempt: &Attempt,
    retry_after: Option<i64>,
) -> Result<Held, ServiceError> {
    delivery.attempts += 1;
    delivery.tries += 1;
    let first = *delivery.first_at.get_or_insert(attempt.at);
    let next = next_attempt(
        &delivery.event.message_id(webhook.id),
        delivery.tries,
        first,
        attempt.at,
        retry_after,
    );
    let ended = if attempt.succeeded() {
        delivery.status = DeliveryStatus::Delivered;
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
        ended.map_or(Ok(()), |reason| {
            disable(conn, webhook.id, reason, attempt.at)
        })
    })
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
    webhooks::update_webhook(conn, &webhook)
}

/// Keeps a test with its one try.
pub fn save_test(
    store: &Store,
    mut delivery: Delivery,
    attempt: &Attempt,
) -> Result<Delivery, ServiceError> {
    delivery.status = if attempt.succeeded() {
        DeliveryStatus::Delivered
    } else {
        DeliveryStatus::Failed
    };
    delivery.attempts = 1;
    delivery.tries = 1;
    delivery.first_at = Some(attempt.at);
    delivery.done_at = Some(attempt.at);
    store.write(|conn| {
        stored::enqueue_deliveries(conn, std::slice::from_ref(&delivery))?;
        stored::save_attempt(conn, delivery.id, 1, attempt)
    })?;
    Ok(delivery)
}

/// Forgets what became of messages long ago; answers how many were forgotten.
pub fn forget_old(store: &Store, clock: &Clock) -> Result<usize, ServiceError> {
    let before = Timestamp::from_millis(clock.now().millis() - REMEMBERED);
    Ok(store.write(|conn| stored::forget_deliveries(conn, before))?)
}
