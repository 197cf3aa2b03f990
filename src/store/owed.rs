//! Debts of the service at a moment: messages to webhooks, withdrawals to partners, articles to the schedule. For monitoring.

use diesel::sql_types::{BigInt, Nullable};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::conn::{Conn, with};
use super::error::StoreError;
use crate::domain::time::Timestamp;

/// Withdrawals that are looked at: those of so many milliseconds (90 days).
const RECENT: i64 = 90 * 86_400_000;

/// The debts of the service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owed {
    /// Webhooks whose next message failed and is tried again.
    pub webhooks_failing: i64,
    /// Webhooks that the service has turned off.
    pub webhooks_disabled: i64,
    /// Time of the oldest message that a webhook waits for.
    pub oldest_message: Option<Timestamp>,
    /// Copies of withdrawn articles at partners that were not told of the withdrawal.
    pub takedowns: i64,
    /// Time of the oldest withdrawal that a partner was not told of.
    pub oldest_takedown: Option<Timestamp>,
    /// Time at which the first article was to go live that has not.
    pub oldest_release: Option<Timestamp>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    webhooks_failing: i64,
    #[diesel(sql_type = BigInt)]
    webhooks_disabled: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    oldest_message: Option<Timestamp>,
    #[diesel(sql_type = BigInt)]
    takedowns: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    oldest_takedown: Option<Timestamp>,
    #[diesel(sql_type = Nullable<BigInt>)]
    oldest_live: Option<Timestamp>,
    #[diesel(sql_type = Nullable<BigInt>)]
    oldest_lifted: Option<Timestamp>,
}

/// Debts at `now`. Each question goes by an index of what is still to be done.
pub fn owed(conn: &mut Conn, now: Timestamp) -> Result<Owed, StoreError> {
    let (now, recent) = (now.millis(), now.millis() - RECENT);
    let waiting = "FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id WHERE d.done_at IS NULL AND w.enabled = TRUE";
    let untold = format!(
        "FROM articles a JOIN deliveries d ON d.article_id = a.id JOIN api_keys k ON k.id = d.key_id \
         WHERE a.withdrawn IS NOT NULL AND a.status = 'withdrawn' AND a.updated_at > {recent} AND d.op = 'upsert' \
         AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > {now})"
    );
    let statement = format!(
        "SELECT (SELECT count(DISTINCT d.webhook_id) {waiting} AND d.attempts > 0) AS webhooks_failing, \
         (SELECT count(*) FROM webhooks WHERE disabled_reason IN ('gone', 'undeliverable')) AS webhooks_disabled, \
         (SELECT min(d.created_at) {waiting}) AS oldest_message, \
         (SELECT count(*) {untold}) AS takedowns, \
         (SELECT min(a.updated_at) {untold}) AS oldest_takedown, \
         (SELECT min(publish_at) FROM articles WHERE public = FALSE AND status = 'scheduled' AND publish_at <= {now}) \
         AS oldest_live, \
         (SELECT min(embargo_until) FROM articles WHERE public = FALSE AND status = 'published' AND embargo_until <= {now}) \
         AS oldest_lifted"
    );
    let row: Row = with!(conn, c => sql_query(statement).get_result(c))?;
    let releases = row.oldest_live.into_iter().chain(row.oldest_lifted);
    Ok(Owed {
        webhooks_failing: row.webhooks_failing,
        webhooks_disabled: row.webhooks_disabled,
        oldest_message: row.oldest_message,
        takedowns: row.takedowns,
        oldest_takedown: row.oldest_takedown,
        oldest_release: releases.min(),
    })
}
