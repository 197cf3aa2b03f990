//! What the change log tells a subscription.

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
    let batch = sync::events_after(conn, scope, &sync_filter(filter), place, limit)?;
    let mut events = Vec::with_capacity(batch.events.len());
    for event in batch.events {
        let kind = kind_of(conn, &event, place.seq)?;
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

/// What an event is called, for a subscription that knows the log up to `known`.
fn kind_of(conn: &mut Conn, event: &SyncEvent, known: i64) -> Result<EventKind, StoreError> {
    match (event.op, event.reason) {
        (SyncOp::Delete, Some(reason::UNPUBLISHED | reason::EMBARGOED)) => {
            Ok(EventKind::Unpublished)
        }
        (SyncOp::Delete, Some(reason::OUT_OF_SCOPE | reason::MOVED)) => Ok(EventKind::Removed),
        (SyncOp::Delete, _) => Ok(EventKind::Withdrawn),
        (SyncOp::Upsert, _) => {
            let id = event.id.to_string();
            let before: Option<(String, i64)> = changes::table
                .filter(changes::id.eq(&id))
                .filter(changes::public.eq(true))
                .filter(changes::seq.le(known))
                .order(changes::seq.desc())
                .select((changes::op, changes::version))
                .first(conn)
                .optional()?;
            match before {
                Some((op, version)) if op == SyncOp::Upsert.as_str() => {
                    let corrected = has_new_notice(conn, &id, version, event.version)?;
                    Ok(if corrected {
                        EventKind::Corrected
                    } else {
                        EventKind::Updated
                    })
                }
                _ => Ok(EventKind::Published),
            }
        }
    }
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

fn has_new_notice(
    conn: &mut Conn,
    article: &str,
    before: i64,
    after: i64,
) -> Result<bool, StoreError> {
    if before == after {
        return Ok(false);
    }
    let new = notices_of(conn, article, after)?;
    if new.is_empty() {
        return Ok(false);
    }
    let old = notices_of(conn, article, before)?;
    Ok(new.iter().any(|notice| !old.contains(notice)))
}

fn notices_of(conn: &mut Conn, article: &str, version: i64) -> Result<Vec<Notice>, StoreError> {
    let Some(revision) = find_revision(conn, article, version)? else {
        return Ok(Vec::new());
    };
    let noted: Noted = from_json(&revision.snapshot)?;
    Ok(noted.details.notices)
}
