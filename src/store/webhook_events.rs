//! The events of the change log for a webhook.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::query::Reference;
use crate::domain::sync::{SyncEvent, SyncFilter, SyncOp, SyncPlace, reason};
use crate::domain::time::Timestamp;
use crate::domain::webhook::{ArticleEvent, Event, EventKind, Filter, Webhook};

use super::articles::Seen;
use super::changes::latest_seq;
use super::conn::Conn;
use super::error::StoreError;
use super::schema::articles;
use super::{keys, sync};

/// A part of what a subscription is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The events that it asks for, in order.
    pub events: Vec<Event>,
    /// The place to continue from.
    pub next: SyncPlace,
    /// The last entry of the log that was looked at.
    pub position: i64,
    /// True if there was more to read.
    pub has_more: bool,
}

/// The visibility of a webhook: the public's view, or that of its partner's key; `None` once that key has ended.
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

/// The events of a webhook after a place in the log.
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
    let seen = seen_of(conn, &batch.events)?;
    let mut events = Vec::with_capacity(batch.events.len());
    for event in batch.events {
        let seen = seen.get(&event.id).copied();
        let kind = kind_of(&event, seen.unwrap_or_default(), known_upto);
        if filter.takes(kind) {
            events.push(described(event, kind));
        }
    }
    let position = match batch.has_more {
        true => batch.next.seq,
        false => latest_seq(conn)?,
    };
    Ok(Read {
        events,
        position,
        next: batch.next,
        has_more: batch.has_more,
    })
}

fn sync_filter(filter: &Filter) -> SyncFilter {
    let group = |ids: &[Id]| {
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

/// The states that the public has seen of the articles of events.
fn seen_of(conn: &mut Conn, events: &[SyncEvent]) -> Result<HashMap<Id, Seen>, StoreError> {
    let upserts = events.iter().filter(|event| event.op == SyncOp::Upsert);
    let ids: Vec<Id> = upserts.map(|event| event.id).collect();
    let rows: Vec<(Id, Option<i64>, Option<i64>)> = articles::table
        .filter(articles::id.eq_any(ids))
        .select((articles::id, articles::public_since, articles::noticed_at))
        .load(conn)?;
    let seen = rows.into_iter().map(|(id, public_since, noticed_at)| {
        let seen = Seen {
            public_since,
            noticed_at,
            ..Seen::default()
        };
        (id, seen)
    });
    Ok(seen.collect())
}

/// The kind of an event, for a webhook that has read the log up to `known_upto`. The article itself says what came behind
/// that, since the log forgets.
fn kind_of(event: &SyncEvent, seen: Seen, known_upto: i64) -> EventKind {
    let is_new = |seq: Option<i64>| seq.is_some_and(|seq| seq > known_upto);
    match (event.op, event.reason) {
        (SyncOp::Delete, Some(reason::UNPUBLISHED | reason::EMBARGOED)) => EventKind::Unpublished,
        (SyncOp::Delete, Some(reason::OUT_OF_SCOPE | reason::MOVED)) => EventKind::Removed,
        (SyncOp::Delete, _) => EventKind::Withdrawn,
        (SyncOp::Upsert, _) if is_new(seen.public_since) => EventKind::Published,
        (SyncOp::Upsert, _) if is_new(seen.noticed_at) => EventKind::Corrected,
        (SyncOp::Upsert, _) => EventKind::Updated,
    }
}
