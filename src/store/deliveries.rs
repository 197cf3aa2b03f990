//! The last delivery of each article to each partner, and its acknowledgement.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::sync::{SyncEvent, SyncOp};
use crate::domain::time::Timestamp;

use super::batch::insert_rows;
use super::conn::Conn;
use super::error::StoreError;
use super::schema::{api_keys, deliveries};
use super::types::stored_id;

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = deliveries, treat_none_as_null = true, treat_none_as_default_value = false)]
struct DeliveryRow {
    key_id: String,
    article_id: String,
    stream: i64,
    seq: i64,
    op: String,
    reason: Option<String>,
    version: i64,
    delivered_at: i64,
    taken_version: Option<i64>,
    taken_at: Option<i64>,
    acknowledged_at: Option<i64>,
    acknowledged_version: Option<i64>,
}

/// The last delivery of one article to one partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The partner's key.
    pub key: Id,
    /// The name of the key.
    pub name: String,
    /// Until when the key is valid, or when it was revoked.
    pub ends_at: Option<Timestamp>,
    /// True if that was a delete.
    pub gone: bool,
    /// Reason of a delete.
    pub reason: Option<String>,
    /// The version that it was given.
    pub version: i64,
    /// Time.
    pub delivered_at: Timestamp,
    /// The version that it took last.
    pub taken_version: Option<i64>,
    /// Time.
    pub taken_at: Option<Timestamp>,
    /// Time at which the partner acknowledged it.
    pub acknowledged_at: Option<Timestamp>,
    /// The last version that it acknowledged.
    pub acknowledged_version: Option<i64>,
}

/// Those of some articles that a key was ever given.
pub(super) fn given_to(
    conn: &mut Conn,
    key: Id,
    ids: &[String],
) -> Result<HashSet<String>, StoreError> {
    let found: Vec<String> = deliveries::table
        .filter(deliveries::key_id.eq(key.to_string()))
        .filter(deliveries::article_id.eq_any(ids))
        .select(deliveries::article_id)
        .load(conn)?;
    Ok(found.into_iter().collect())
}

/// Records that a key was given some events in the copy that `stream` names. What is told again the way
/// it was told before stays acknowledged.
pub fn record_deliveries(
    conn: &mut Conn,
    key: Id,
    stream: i64,
    events: &[SyncEvent],
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = key.to_string();
    let ids: Vec<String> = events.iter().map(|event| event.id.to_string()).collect();
    let before: Vec<DeliveryRow> = deliveries::table
        .filter(deliveries::key_id.eq(&key))
        .filter(deliveries::article_id.eq_any(&ids))
        .select(DeliveryRow::as_select())
        .load(conn)?;
    let mut before: HashMap<String, DeliveryRow> = before
        .into_iter()
        .map(|row| (row.article_id.clone(), row))
        .collect();
    let rows: Vec<DeliveryRow> = events
        .iter()
        .map(|event| {
            row(
                &key,
                stream,
                event,
                before.remove(&event.id.to_string()),
                now,
            )
        })
        .collect();
    diesel::delete(
        deliveries::table
            .filter(deliveries::key_id.eq(&key))
            .filter(deliveries::article_id.eq_any(&ids)),
    )
    .execute(conn)?;
    insert_rows!(conn, deliveries::table, rows);
    Ok(())
}

fn row(
    key: &str,
    stream: i64,
    event: &SyncEvent,
    before: Option<DeliveryRow>,
    now: Timestamp,
) -> DeliveryRow {
    let (op, version) = (event.op.as_str(), event.version);
    let same = before
        .as_ref()
        .filter(|before| before.op == op && before.version == version && before.seq == event.seq);
    let taken = match event.op {
        SyncOp::Upsert => (Some(version), Some(now.millis())),
        SyncOp::Delete => before.as_ref().map_or((None, None), |before| {
            (before.taken_version, before.taken_at)
        }),
    };
    DeliveryRow {
        key_id: key.to_owned(),
        article_id: event.id.to_string(),
        stream,
        seq: event.seq,
        op: op.to_owned(),
        reason: event.reason.map(str::to_owned),
        version,
        delivered_at: same.map_or(now.millis(), |before| before.delivered_at),
        taken_version: taken.0,
        taken_at: same.map_or(taken.1, |before| before.taken_at),
        acknowledged_at: same.and_then(|before| before.acknowledged_at),
        acknowledged_version: before.and_then(|before| before.acknowledged_version),
    }
}

/// A part of what a copy is told: the copy, and the places before and behind it.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// The partner's key.
    pub key: Id,
    /// Names the copy; each change of its filters gives it another name.
    pub stream: i64,
    /// The last number that the copy has seen before.
    pub after: i64,
    /// The last number that it has seen with this part.
    pub upto: i64,
    /// Up to this number, no tombstone is told again: it had gone before a first copy began.
    pub gone_upto: i64,
}

impl Stretch {
    fn is_owed(self) -> Owed {
        let numbers = deliveries::seq
            .gt(self.after)
            .and(deliveries::seq.le(self.upto));
        let copy = deliveries::key_id
            .eq(self.key.to_string())
            .and(deliveries::stream.eq(self.stream));
        let again = deliveries::op
            .eq(SyncOp::Upsert.as_str())
            .or(deliveries::seq.gt(self.gone_upto));
        let numbers = numbers.and(again);
        Box::new(copy.and(numbers).and(deliveries::acknowledged_at.is_null()))
    }
}

type Owed = Box<
    dyn BoxableExpression<
            deliveries::table,
            super::conn::MultiBackend,
            SqlType = diesel::sql_types::Bool,
        >,
>;

/// True if a part was given before and is not acknowledged.
pub fn was_given(conn: &mut Conn, part: Stretch) -> Result<bool, StoreError> {
    let one: Option<String> = deliveries::table
        .filter(part.is_owed())
        .select(deliveries::article_id)
        .first(conn)
        .optional()?;
    Ok(one.is_some())
}

/// A part that is given again was lost the time before. What it told then and does not tell now, since the log says
/// something later of it, is acknowledged by no place until it is told again.
pub fn forget_lost(conn: &mut Conn, part: Stretch, events: &[SyncEvent]) -> Result<(), StoreError> {
    const NO_PLACE: i64 = i64::MAX;
    let ids: Vec<String> = events.iter().map(|event| event.id.to_string()).collect();
    diesel::update(deliveries::table)
        .filter(part.is_owed())
        .filter(deliveries::article_id.ne_all(ids))
        .set(deliveries::seq.eq(NO_PLACE))
        .execute(conn)?;
    Ok(())
}

/// Records that a key acknowledges what it was given with these filters up to a place, and answers how many articles that
/// newly concerns.
pub fn acknowledge(
    conn: &mut Conn,
    key: Id,
    stream: i64,
    seq: i64,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let owing = deliveries::table
        .filter(deliveries::key_id.eq(key.to_string()))
        .filter(deliveries::seq.le(seq))
        .filter(deliveries::acknowledged_at.is_null())
        .filter(deliveries::stream.eq(stream));
    let count = diesel::update(owing)
        .set((
            deliveries::acknowledged_at.eq(now.millis()),
            deliveries::acknowledged_version.eq(deliveries::version.nullable()),
        ))
        .execute(conn)?;
    Ok(count)
}

type ReachRow = (DeliveryRow, (String, Option<i64>, Option<i64>));

/// The last delivery of an article to each partner, in the order of their keys.
pub fn deliveries_of(conn: &mut Conn, article: Id) -> Result<Vec<Delivery>, StoreError> {
    let rows: Vec<ReachRow> = deliveries::table
        .inner_join(api_keys::table.on(api_keys::id.eq(deliveries::key_id)))
        .filter(deliveries::article_id.eq(article.to_string()))
        .order(deliveries::key_id)
        .select((
            DeliveryRow::as_select(),
            (api_keys::name, api_keys::expires_at, api_keys::revoked_at),
        ))
        .load(conn)?;
    let at = |millis: Option<i64>| millis.map(Timestamp::from_millis);
    rows.into_iter()
        .map(|(row, (name, expires_at, revoked_at))| {
            Ok(Delivery {
                key: stored_id(&row.key_id)?,
                name,
                ends_at: at(revoked_at.or(expires_at)),
                gone: row.op == SyncOp::Delete.as_str(),
                reason: row.reason,
                version: row.version,
                delivered_at: Timestamp::from_millis(row.delivered_at),
                taken_version: row.taken_version,
                taken_at: at(row.taken_at),
                acknowledged_at: at(row.acknowledged_at),
                acknowledged_version: row.acknowledged_version,
            })
        })
        .collect()
}
