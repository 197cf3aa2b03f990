//! Records for partners' contracts: embargo offsets as the clock passes them, and the use of quotas.

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::time::Timestamp;

use super::batch::IN_LIST;
use super::changes::append_releases;
use super::conn::Conn;
use super::error::StoreError;
use super::facets::FacetKind;
use super::schema::{article_facets, articles, embargo_offsets, facets, quota_use};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Keeps an embargo offset from now on, unless it is kept already.
pub fn keep_offset(conn: &mut Conn, seconds: u32, now: Timestamp) -> Result<(), StoreError> {
    let seconds = i64::from(seconds);
    let known: Option<i64> = embargo_offsets::table
        .find(seconds)
        .select(embargo_offsets::seconds)
        .first(conn)
        .optional()?;
    if seconds == 0 || known.is_some() {
        return Ok(());
    }
    diesel::insert_into(embargo_offsets::table)
        .values((
            embargo_offsets::seconds.eq(seconds),
            embargo_offsets::watermark.eq(now.millis() - seconds * 1_000),
            embargo_offsets::moved_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The offsets that articles may pass at `now`: each with the first article's date that it would let through.
pub fn offsets_due(conn: &mut Conn, now: Timestamp) -> Result<Vec<i64>, StoreError> {
    let offsets: Vec<(i64, i64)> = embargo_offsets::table
        .select((embargo_offsets::seconds, embargo_offsets::watermark))
        .load(conn)?;
    let mut due = Vec::new();
    for (seconds, watermark) in offsets {
        let upto = now.millis() - seconds * 1_000;
        if !published_between(conn, watermark, upto, 1)?.is_empty() {
            due.push(seconds);
        }
    }
    Ok(due)
}

/// The next time at which an article passes an offset.
pub fn next_pass(conn: &mut Conn) -> Result<Option<Timestamp>, StoreError> {
    let offsets: Vec<(i64, i64)> = embargo_offsets::table
        .select((embargo_offsets::seconds, embargo_offsets::watermark))
        .load(conn)?;
    let mut next: Option<i64> = None;
    for (seconds, watermark) in offsets {
        let first = published_between(conn, watermark, i64::MAX, 1)?.pop();
        let passes = first.map(|(_, published)| published + seconds * 1_000);
        next = next.into_iter().chain(passes).min();
    }
    Ok(next.map(Timestamp::from_millis))
}

/// Lets partners with this offset see what passes it by `now`, at most `limit` articles and those of the same moment as
/// the last of them, and tells the change log, which `stamp` dates. Answers how many that were.
pub fn release_offset(
    conn: &mut Conn,
    seconds: i64,
    (now, stamp): (Timestamp, Timestamp),
    limit: i64,
) -> Result<usize, StoreError> {
    let watermark: i64 = embargo_offsets::table
        .find(seconds)
        .select(embargo_offsets::watermark)
        .first(conn)?;
    let mut upto = now.millis() - seconds * 1_000;
    let mut passed = published_between(conn, watermark, upto, limit)?;
    if i64::try_from(passed.len()) == Ok(limit)
        && let Some((_, last)) = passed.last()
    {
        upto = *last;
        passed = published_between(conn, watermark, upto, i64::MAX)?;
    }
    let mut rows = Vec::with_capacity(passed.len());
    for chunk in passed.chunks(IN_LIST) {
        let ids: Vec<Id> = chunk.iter().map(|(id, _)| *id).collect();
        let loaded: Vec<(String, String, i64)> = articles::table
            .filter(articles::id.eq_any(ids))
            .order((articles::published_at, articles::id))
            .select((articles::id, articles::lang, articles::version))
            .load(conn)?;
        rows.extend(loaded);
    }
    append_releases(conn, seconds, &rows, stamp)?;
    diesel::update(embargo_offsets::table.find(seconds))
        .set((
            embargo_offsets::watermark.eq(upto.max(watermark)),
            embargo_offsets::moved_at.eq(stamp),
        ))
        .execute(conn)?;
    Ok(rows.len())
}

/// Public articles whose date of publication lies after one and not after the other, the earliest first.
fn published_between(
    conn: &mut Conn,
    after: i64,
    upto: i64,
    limit: i64,
) -> Result<Vec<(Id, i64)>, StoreError> {
    let all: Option<i64> = facets::table
        .filter(facets::value.eq(""))
        .filter(facets::kind.eq(FacetKind::All.as_str()))
        .filter(facets::public.eq(true))
        .select(facets::id)
        .first(conn)
        .optional()?;
    let Some(all) = all else {
        return Ok(Vec::new());
    };
    Ok(article_facets::table
        .filter(article_facets::facet_id.eq(all))
        .filter(article_facets::published_at.gt(after))
        .filter(article_facets::published_at.le(upto))
        .order((article_facets::published_at, article_facets::article_id))
        .limit(limit)
        .select((article_facets::article_id, article_facets::published_at))
        .load(conn)?)
}

/// The day that an instant is on, counted from 1970-01-01 in UTC.
#[must_use]
pub const fn day_of(now: Timestamp) -> i64 {
    now.millis().div_euclid(DAY)
}

/// Takes up to `wanted` requests out of a key's quota of the day, and answers how many it got and how many are used then,
/// those included.
pub fn take_quota(
    conn: &mut Conn,
    key: Id,
    day: i64,
    wanted: i64,
    quota: i64,
) -> Result<(i64, i64), StoreError> {
    let before = used_quota(conn, key, day)?;
    let got = wanted.min(quota - before).max(0);
    add_to_quota(conn, key, day, got)?;
    Ok((got, before + got))
}

/// Number of used requests of a key's quota of a day.
pub fn used_quota(conn: &mut Conn, key: Id, day: i64) -> Result<i64, StoreError> {
    let used: Option<i64> = quota_use::table
        .find((key, day))
        .select(quota_use::used)
        .first(conn)
        .optional()?;
    Ok(used.unwrap_or(0))
}

/// Adds to what is used of a key's quota of a day, and forgets days that are long past.
pub fn add_to_quota(conn: &mut Conn, key: Id, day: i64, count: i64) -> Result<(), StoreError> {
    let known = diesel::update(quota_use::table.find((key, day)))
        .set(quota_use::used.eq(quota_use::used + count))
        .execute(conn)?;
    if known > 0 {
        return Ok(());
    }
    let older = quota_use::table.filter(quota_use::key_id.eq(key));
    diesel::delete(older.filter(quota_use::day.lt(day - 7))).execute(conn)?;
    diesel::insert_into(quota_use::table)
        .values((
            quota_use::key_id.eq(key),
            quota_use::day.eq(day),
            quota_use::used.eq(count),
        ))
        .execute(conn)?;
    Ok(())
}
