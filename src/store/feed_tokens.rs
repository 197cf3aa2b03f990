//! Feed tokens: shown once, stored as a digest, good for as long as their key is.

use diesel::prelude::*;

use crate::domain::access::Grant;
use crate::domain::feed_token::FeedTokenView;
use crate::domain::id::Id;
use crate::domain::query::{PageRequest, Slice};
use crate::domain::time::Timestamp;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::feed_tokens;
use super::{keys, paging, tokens};

#[derive(Queryable, Selectable)]
#[diesel(table_name = feed_tokens)]
struct FeedTokenRow {
    id: Id,
    name: Option<String>,
    prefix: String,
    created_at: Timestamp,
    revoked_at: Option<Timestamp>,
}

impl From<FeedTokenRow> for FeedTokenView {
    fn from(row: FeedTokenRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            prefix: tokens::FEED.shown(&row.prefix),
            created_at: row.created_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// A new random feed token.
pub fn new_feed_token() -> Result<String, StoreError> {
    tokens::FEED.new_token()
}

/// The readable start of a feed token, as logs and lists show it.
#[must_use]
pub fn readable_start(token: &str) -> Option<String> {
    let prefix = tokens::FEED.prefix_of(token)?;
    Some(tokens::FEED.shown(prefix))
}

/// Stores a new token of a key.
pub fn create_feed_token(
    conn: &mut Conn,
    (key, id): (Id, Id),
    name: Option<&str>,
    token: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::insert_into(feed_tokens::table)
        .values((
            feed_tokens::id.eq(id),
            feed_tokens::key_id.eq(key),
            feed_tokens::name.eq(name),
            feed_tokens::prefix.eq(tokens::FEED.prefix_of(token).unwrap_or_default()),
            feed_tokens::secret_hash.eq(tokens::digest(token)),
            feed_tokens::created_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The present rights of a token's key; `None` for a token that is unknown or revoked, or whose key is revoked or expired.
pub fn authenticate_feed(
    conn: &mut Conn,
    token: &str,
    now: Timestamp,
) -> Result<Option<Grant>, StoreError> {
    let Some(prefix) = tokens::FEED.prefix_of(token) else {
        return Ok(None);
    };
    let found: Option<(Id, String)> = feed_tokens::table
        .filter(feed_tokens::prefix.eq(prefix))
        .filter(feed_tokens::revoked_at.is_null())
        .select((feed_tokens::key_id, feed_tokens::secret_hash))
        .first(conn)
        .optional()?;
    match found {
        Some((key, hash)) if tokens::is_of(token, &hash) => keys::live_grant(conn, key, now),
        _ => Ok(None),
    }
}

/// One token of a key.
pub fn find_feed_token(
    conn: &mut Conn,
    key: Id,
    id: Id,
) -> Result<Option<FeedTokenView>, StoreError> {
    let row: Option<FeedTokenRow> = feed_tokens::table
        .find(id)
        .filter(feed_tokens::key_id.eq(key))
        .select(FeedTokenRow::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(FeedTokenView::from))
}

/// Number of tokens of a key that are not revoked.
pub fn count_feed_tokens(conn: &mut Conn, key: Id) -> Result<i64, StoreError> {
    let count = feed_tokens::table
        .filter(feed_tokens::key_id.eq(key))
        .filter(feed_tokens::revoked_at.is_null())
        .count()
        .get_result(conn)?;
    Ok(count)
}

/// A part of the list of a key's tokens, the oldest first.
pub fn list_feed_tokens(
    conn: &mut Conn,
    key: Id,
    page: &PageRequest,
) -> Result<Slice<FeedTokenView>, StoreError> {
    let own = feed_tokens::key_id.eq(key);
    let mut query = feed_tokens::table.filter(own).into_boxed();
    if let Some((_, id)) = paging::after(page) {
        query = query.filter(feed_tokens::id.gt(id.to_owned()));
    }
    let rows: Vec<FeedTokenRow> = query
        .order(feed_tokens::id)
        .offset(paging::offset(page))
        .limit(paging::fetch(page))
        .select(FeedTokenRow::as_select())
        .load(conn)?;
    let total = if page.count {
        Some(feed_tokens::table.filter(own).count().get_result(conn)?)
    } else {
        None
    };
    let slice = paging::slice(rows, page, total, |row| paging::place(row.id));
    Ok(slice.map(FeedTokenView::from))
}

/// Revokes a token from now on.
pub fn revoke_feed_token(conn: &mut Conn, id: Id, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(feed_tokens::table.find(id))
        .set(feed_tokens::revoked_at.eq(now))
        .execute(conn)?;
    Ok(())
}
