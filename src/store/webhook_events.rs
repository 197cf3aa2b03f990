//! What the change log tells a subscription.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::Deserialize;

use crate::domain::access::Scope;
use crate::domain::article::Notice;
use crate::domain::query::Reference;
use crate::domain::sync::{SyncEvent, SyncFilter, SyncOp, SyncPlace, reason};
use crate::domain::time::Timestamp;
use crate::domain::webhook::{ArticleEvent, Event, EventKind, Filter, Webhook};

use super::conn::Conn;
use super::error::StoreError;
use super::revisions::find_revision;
use super::schema::changes;
use super::{from_json, keys, sync};

/// A part of what a subscription is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The events that it asks for, in order.
    pub events: Vec<Event>,
    /// Where to go on.
    pub next: SyncPlace,
    /// Whether there was more to look at.
    pub has_more: bool,
}

/// What a subscription may see: the public's view, or what its partner's key lets through; `None` once that key has ended.
pub fn scope_of(
    conn: &mut Conn,
    webhook: &Webhook,
    now: Timestamp,
) -> Result<Option<Scope>, StoreError> {
    match webhook.content.partner {
        None => Ok(Some(Scope::Public)),
        Some(key) => Ok(keys::live_grant(conn, key, now)?.map(Scope::Key)),
    }
}

/// What a subscription is to be told of what follows a place in the log.
pub fn read_events(
    conn: &mut Conn,
    scope: &Scope,
    webhook: &Webhook,
    place: SyncPlace,
    limit: usize,
) -> Result<Read, StoreError> {
    let filter = &webhook.content.filter;
    let known_upto = place.seq;
    let batch = sync::events_after(conn, scope, &sync_filter(filter), place, limit)?;
    let known = known_before(conn, &batch.events, known_upto)?;
    let mut events = Vec::with_capacity(batch.events.len());
    for event in batch.events {
        let kind = kind_of(conn, &event, known.get(&event.id.to_string()))?;
        if filter.takes(kind) {
            events.push(described(event, kind));
        }
    }
    Ok(Read {
        events,
        next: batch.next,
        has_more: batch.has_more,
    })
}

fn sync_filter(filter: &Filter) -> SyncFilter {
    let group = |ids: &[crate::domain::id::Id]| {
        let references: Vec<Reference> = ids.iter().copied().map(Reference::Id).collect();
        Some(references).filter(|group| !group.is_empty())
    };
    SyncFilter {
        langs: filter.langs.clone(),
        sections: group(&filter.sections).into_iter().collect(),
        sources: group(&filter.sources).into_iter().collect(),
    }
}

fn described(event: SyncEvent, kind: EventKind) -> Event {
    Event {
        seq: event.seq,
        kind,
        at: event.at,
        article: Some(ArticleEvent {
            id: event.id,
            lang: event.lang,
            version: event.version,
            reason: event.reason.map(str::to_owned),
        }),
    }
}

/// What the log said last of an article.
struct Known {
    gone: bool,
    version: i64,
}

/// What a subscription that has read the log up to `seq` knows of the articles that it is to be told of.
fn known_before(
    conn: &mut Conn,
    events: &[SyncEvent],
    seq: i64,
) -> Result<HashMap<String, Known>, StoreError> {
    let upserts = events.iter().filter(|event| event.op == SyncOp::Upsert);
    let ids: Vec<String> = upserts.map(|event| event.id.to_string()).collect();
    let last: Vec<(String, Option<i64>)> = changes::table
        .filter(changes::id.eq_any(ids))
        .filter(changes::public.eq(true))
        .filter(changes::seq.le(seq))
        .group_by(changes::id)
        .select((changes::id, diesel::dsl::max(changes::seq)))
        .load(conn)?;
    let places: Vec<i64> = last.into_iter().filter_map(|(_, seq)| seq).collect();
    let rows: Vec<(String, String, i64)> = changes::table
        .filter(changes::seq.eq_any(places))
        .select((changes::id, changes::op, changes::version))
        .load(conn)?;
    let known = rows.into_iter().map(|(id, op, version)| {
        let gone = op == SyncOp::Delete.as_str();
        (id, Known { gone, version })
    });
    Ok(known.collect())
}

/// What an event is called, for a subscription that knows this much of its article.
fn kind_of(
    conn: &mut Conn,
    event: &SyncEvent,
    known: Option<&Known>,
) -> Result<EventKind, StoreError> {
    Ok(match (event.op, event.reason) {
        (SyncOp::Delete, Some(reason::UNPUBLISHED | reason::EMBARGOED)) => EventKind::Unpublished,
        (SyncOp::Delete, Some(reason::OUT_OF_SCOPE | reason::MOVED)) => EventKind::Removed,
        (SyncOp::Delete, _) => EventKind::Withdrawn,
        (SyncOp::Upsert, _) => match known.filter(|known| !known.gone) {
            None => EventKind::Published,
            Some(known) if has_new_notice(conn, event, known.version)? => EventKind::Corrected,
            Some(_) => EventKind::Updated,
        },
    })
}

/// The part of a revision that is looked at.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Noted {
    details: NotedDetails,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NotedDetails {
    notices: Vec<Notice>,
}

fn has_new_notice(conn: &mut Conn, event: &SyncEvent, before: i64) -> Result<bool, StoreError> {
    if before == event.version {
        return Ok(false);
    }
    let article = event.id.to_string();
    let new = notices_of(conn, &article, event.version)?;
    if new.is_empty() {
        return Ok(false);
    }
    let old = notices_of(conn, &article, before)?;
    Ok(new.iter().any(|notice| !old.contains(notice)))
}

fn notices_of(conn: &mut Conn, article: &str, version: i64) -> Result<Vec<Notice>, StoreError> {
    let Some(revision) = find_revision(conn, article, version)? else {
        return Ok(Vec::new());
    };
    let noted: Noted = from_json(&revision.snapshot)?;
    Ok(noted.details.notices)
}
