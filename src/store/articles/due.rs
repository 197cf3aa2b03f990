//! Articles whose state follows the clock: those that are due, and those that were released too early.

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::domain::article::Status;
use crate::domain::id::Id;
use crate::domain::time::Timestamp;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facets::FacetKind;
use super::super::schema::{article_facets, articles, facets, revisions};

/// Public articles whose time is still to come at `now`, since a clock was ahead when they were released: those under an
/// embargo, and those that the schedule published.
pub fn released_before(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Id>, StoreError> {
    let shown = || {
        articles::table
            .filter(articles::public.eq(true))
            .filter(articles::status.eq(Status::Published.as_str()))
    };
    let by_schedule = revisions::table
        .filter(revisions::article_id.eq(articles::id))
        .filter(revisions::actor.eq("schedule"));
    let mut early: Vec<Id> = shown()
        .filter(articles::embargo_until.gt(now))
        .order(articles::embargo_until)
        .limit(limit)
        .select(articles::id)
        .load(conn)?;
    let every = facets::table
        .filter(facets::kind.eq(FacetKind::All.as_str()))
        .filter(facets::public.eq(true))
        .select(facets::id);
    let to_come: Vec<Id> = article_facets::table
        .filter(article_facets::facet_id.eq_any(every))
        .filter(article_facets::published_at.gt(now))
        .limit(limit)
        .select(article_facets::article_id)
        .load(conn)?;
    let published: Vec<Id> = shown()
        .filter(articles::id.eq_any(to_come))
        .filter(exists(by_schedule))
        .limit(limit)
        .select(articles::id)
        .load(conn)?;
    early.extend(published);
    Ok(early)
}

/// The next time after `now` at which an article is to go live, or an embargo ends.
pub fn next_release(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let hidden = || articles::table.filter(articles::public.eq(false));
    let live: Option<Timestamp> = hidden()
        .filter(articles::status.eq(Status::Scheduled.as_str()))
        .filter(articles::publish_at.gt(now))
        .select(diesel::dsl::min(articles::publish_at))
        .get_result(conn)?;
    let lifted: Option<Timestamp> = hidden()
        .filter(articles::status.eq(Status::Published.as_str()))
        .filter(articles::embargo_until.gt(now))
        .select(diesel::dsl::min(articles::embargo_until))
        .get_result(conn)?;
    Ok(live.into_iter().chain(lifted).min())
}

/// Articles whose time has come by `now`: scheduled ones to go live, published ones whose embargo has ended.
pub fn waiting_until(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<Id>, StoreError> {
    let hidden = || {
        let waits = articles::publish_at
            .is_not_null()
            .or(articles::embargo_until.is_not_null());
        articles::table
            .filter(articles::public.eq(false))
            .filter(waits)
    };
    let mut due: Vec<Id> = hidden()
        .filter(articles::status.eq(Status::Scheduled.as_str()))
        .filter(articles::publish_at.le(now))
        .limit(limit)
        .select(articles::id)
        .load(conn)?;
    let lifted: Vec<Id> = hidden()
        .filter(articles::status.eq(Status::Published.as_str()))
        .filter(articles::embargo_until.le(now))
        .limit(limit)
        .select(articles::id)
        .load(conn)?;
    due.extend(lifted);
    Ok(due)
}
