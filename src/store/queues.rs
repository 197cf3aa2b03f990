//! Queues in the database, as an operator watches them.

use diesel::prelude::*;

use super::changes::latest_seq;
use super::conn::Conn;
use super::error::StoreError;
use super::schema::{media_files, webhook_progress, webhooks};

/// The lengths of queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queues {
    /// Pictures whose renditions are to be made.
    pub media: i64,
    /// Entries of the change log that the slowest webhook has not been put in line for.
    pub webhook_lag: i64,
}

/// The queues now.
pub fn queues(conn: &mut Conn) -> Result<Queues, StoreError> {
    let media = media_files::table
        .filter(media_files::due_at.is_not_null())
        .count()
        .get_result(conn)?;
    let slowest: Option<i64> = webhook_progress::table
        .inner_join(webhooks::table.on(webhook_progress::webhook_id.eq(webhooks::id)))
        .filter(webhooks::enabled.eq(true))
        .select(diesel::dsl::min(webhook_progress::position))
        .get_result(conn)?;
    let end = latest_seq(conn)?;
    Ok(Queues {
        media,
        webhook_lag: slowest.map_or(0, |position| end.saturating_sub(position)),
    })
}
