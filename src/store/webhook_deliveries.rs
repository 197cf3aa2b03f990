//! Messages of webhooks in the database: what waits, what became of it, and each try.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::{PageRequest, Slice};
use crate::domain::time::Timestamp;
use crate::domain::webhook::{ArticleEvent, Event, EventKind};
use crate::domain::webhook_delivery::{Attempt, Delivery, DeliveryStatus, Lane};

use super::batch::insert_rows;
use super::conn::{Conn, with};
use super::error::StoreError;
use super::paging;
use super::schema::{webhook_attempts, webhook_deliveries as deliveries};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = deliveries, treat_none_as_null = true)]
struct DeliveryRow {
    id: Id,
    webhook_id: Id,
    lane: String,
    seq: i64,
    event: String,
    article_id: Option<Id>,
    lang: Option<LanguageTag>,
    version: Option<i64>,
    op: Option<String>,
    reason: Option<String>,
    at: Timestamp,
    status: String,
    attempts: i32,
    tries: i32,
    created_at: Timestamp,
    first_at: Option<Timestamp>,
    next_at: Timestamp,
    done_at: Option<Timestamp>,
}

impl From<&Delivery> for DeliveryRow {
    fn from(delivery: &Delivery) -> Self {
        let event = &delivery.event;
        let article = event.article.as_ref();
        Self {
            id: delivery.id,
            webhook_id: delivery.webhook,
            lane: delivery.lane.as_str().to_owned(),
            seq: event.seq,
            event: event.kind.as_str().to_owned(),
            article_id: article.map(|of| of.id),
            lang: article.map(|of| of.lang.clone()),
            version: article.map(|of| of.version),
            op: article.map(|_| event.kind.op().as_str().to_owned()),
            reason: article.and_then(|of| of.reason.clone()),
            at: event.at,
            status: delivery.status.as_str().to_owned(),
            attempts: delivery.attempts,
            tries: delivery.tries,
            created_at: delivery.created_at,
            first_at: delivery.first_at,
            next_at: delivery.next_at,
            done_at: delivery.done_at,
        }
    }
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        let unreadable =
            |what: &str| StoreError::Other(format!("a stored delivery does not read: {what}"));
        let kind = EventKind::parse(&row.event).ok_or_else(|| unreadable(&row.event))?;
        let status = DeliveryStatus::parse(&row.status).ok_or_else(|| unreadable(&row.status))?;
        let article = match (row.article_id, row.lang, row.version) {
            (Some(id), Some(lang), Some(version)) => Some(ArticleEvent {
                id,
                lang,
                version,
                reason: row.reason,
            }),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            webhook: row.webhook_id,
            lane: match row.lane.as_str() {
                "log" => Lane::Log,
                "replay" => Lane::Replay,
                _ => Lane::Test,
            },
            event: Event {
                seq: row.seq,
                kind,
                article,
                at: row.at,
            },
            status,
            attempts: row.attempts,
            tries: row.tries,
            first_at: row.first_at,
            next_at: row.next_at,
            created_at: row.created_at,
            done_at: row.done_at,
        })
    }
}

/// Puts messages behind those that wait.
pub fn enqueue_deliveries(conn: &mut Conn, messages: &[Delivery]) -> Result<(), StoreError> {
    let rows: Vec<DeliveryRow> = messages.iter().map(DeliveryRow::from).collect();
    insert_rows!(conn, deliveries::table, rows);
    Ok(())
}

/// The first message of a lane that is not done.
pub fn head_of_lane(
    conn: &mut Conn,
    webhook: Id,
    lane: Lane,
) -> Result<Option<Delivery>, StoreError> {
    let row: Option<DeliveryRow> = deliveries::table
        .filter(deliveries::webhook_id.eq(webhook))
        .filter(deliveries::lane.eq(lane.as_str()))
        .filter(deliveries::done_at.is_null())
        .order((deliveries::seq, deliveries::id))
        .select(DeliveryRow::as_select())
        .first(conn)
        .optional()?;
    row.map(Delivery::try_from).transpose()
}

/// Writes what became of a message over what is stored of it.
pub fn update_delivery(conn: &mut Conn, delivery: &Delivery) -> Result<(), StoreError> {
    let row = DeliveryRow::from(delivery);
    with!(conn, c => diesel::update(deliveries::table.find(row.id)).set(&row).execute(c))?;
    Ok(())
}

/// Gives all messages that wait a new start: they are tried at once, and for three more days.
pub fn restart_deliveries(conn: &mut Conn, webhook: Id) -> Result<(), StoreError> {
    diesel::update(deliveries::table)
        .filter(deliveries::webhook_id.eq(webhook))
        .filter(deliveries::done_at.is_null())
        .set((
            deliveries::status.eq(DeliveryStatus::Pending.as_str()),
            deliveries::tries.eq(0),
            deliveries::first_at.eq(None::<Timestamp>),
            deliveries::next_at.eq(0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps one try of a message.
pub fn save_attempt(
    conn: &mut Conn,
    delivery: Id,
    number: i32,
    attempt: &Attempt,
) -> Result<(), StoreError> {
    let row = (
        webhook_attempts::delivery_id.eq(delivery),
        webhook_attempts::number.eq(number),
        webhook_attempts::at.eq(attempt.at),
        webhook_attempts::duration_ms.eq(attempt.duration_ms),
        webhook_attempts::status.eq(attempt.status.map(i32::from)),
        webhook_attempts::error.eq(attempt.error.as_deref()),
        webhook_attempts::response.eq(attempt.response.as_deref()),
    );
    with!(conn, c => diesel::insert_into(webhook_attempts::table).values(row).execute(c))?;
    Ok(())
}

/// One message of a subscription, with its tries.
pub fn get_delivery(
    conn: &mut Conn,
    webhook: Id,
    id: Id,
) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError> {
    let row: Option<DeliveryRow> = deliveries::table
        .find(id)
        .filter(deliveries::webhook_id.eq(webhook))
        .select(DeliveryRow::as_select())
        .first(conn)
        .optional()?;
    Ok(with_attempts(conn, row.into_iter().collect())?.pop())
}

/// A page of the messages of a subscription, the newest first, each with its tries; of one status where that is given.
pub fn list_deliveries(
    conn: &mut Conn,
    webhook: Id,
    status: Option<DeliveryStatus>,
    page: &PageRequest,
) -> Result<Slice<(Delivery, Vec<Attempt>)>, StoreError> {
    // A range of one, in the order of the index: an equation would let PostgreSQL walk the messages of all webhooks.
    let chosen = || {
        let query = deliveries::table
            .filter(deliveries::webhook_id.ge(webhook))
            .filter(deliveries::webhook_id.le(webhook))
            .into_boxed();
        match status {
            Some(status) => query.filter(deliveries::status.eq(status.as_str())),
            None => query,
        }
    };
    let mut query = chosen().select(DeliveryRow::as_select());
    if let Some(cursor) = page.start.cursor() {
        query = query.filter(deliveries::id.lt(cursor.id.clone()));
    }
    let rows: Vec<DeliveryRow> = query
        .order((deliveries::webhook_id.desc(), deliveries::id.desc()))
        .offset(paging::offset(page))
        .limit(paging::fetch(page))
        .load(conn)?;
    let total = if page.count {
        Some(chosen().count().get_result(conn)?)
    } else {
        None
    };
    let slice = paging::slice(rows, page, total, |row| paging::place(row.id));
    slice.try_with(|rows| with_attempts(conn, rows))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_attempts)]
struct AttemptRow {
    delivery_id: Id,
    at: Timestamp,
    duration_ms: i64,
    status: Option<i32>,
    error: Option<String>,
    response: Option<String>,
}

fn with_attempts(
    conn: &mut Conn,
    rows: Vec<DeliveryRow>,
) -> Result<Vec<(Delivery, Vec<Attempt>)>, StoreError> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let found: Vec<AttemptRow> = webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq_any(ids))
        .order((webhook_attempts::delivery_id, webhook_attempts::number))
        .select(AttemptRow::as_select())
        .load(conn)?;
    let mut attempts: HashMap<Id, Vec<Attempt>> = HashMap::new();
    for row in found {
        let of = attempts.entry(row.delivery_id).or_default();
        of.push(Attempt {
            at: row.at,
            duration_ms: row.duration_ms,
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            error: row.error,
            response: row.response,
        });
    }
    rows.into_iter()
        .map(|row| {
            let of = attempts.remove(&row.id).unwrap_or_default();
            Ok((Delivery::try_from(row)?, of))
        })
        .collect()
}

/// Forgets messages that were done before a time.
pub fn forget_deliveries(conn: &mut Conn, before: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(deliveries::table)
        .filter(deliveries::done_at.lt(before))
        .execute(conn)?)
}
