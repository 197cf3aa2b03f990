//! The meaning of an entry of the change log for a reader, by its present visibility and by what it may hold.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::domain::article::{Status, Withdrawal};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::sync::{SyncEvent, SyncOp, SyncPlace, reason};
use crate::domain::time::Timestamp;

use super::super::any_of::any_of;
use super::super::conn::Conn;
use super::super::deliveries;
use super::super::error::StoreError;
use super::super::schema::{articles, changes, facet_sets, past_facets};
use super::super::sight::{FacetGroup, is_in_all};
use super::super::types::{Json, stored_id};
use super::reader::{Entry, HeldFacets, Reader};

/// The verdict on an entry for a reader.
pub(super) struct Verdict {
    id: Id,
    pub(super) op: SyncOp,
    reason: Option<&'static str>,
    lang: LanguageTag,
    version: i64,
}

impl Verdict {
    pub(super) fn event(self, entry: &Entry, place: SyncPlace) -> SyncEvent {
        SyncEvent {
            seq: place.shown(),
            op: self.op,
            reason: self.reason,
            id: self.id,
            lang: self.lang,
            version: self.version,
            at: entry.at,
            place,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = articles)]
struct Candidate {
    id: Id,
    lang: LanguageTag,
    version: i64,
    status: String,
    public: bool,
    published_at: Option<i64>,
    withdrawn: Option<Json<Withdrawal>>,
}

/// The entries that mean something to a reader, each the last one of its article, with what they mean.
pub(super) fn judged(
    conn: &mut Conn,
    reader: &Reader<'_>,
    entries: Vec<Entry>,
) -> Result<Vec<(Entry, Verdict)>, StoreError> {
    let mut entries = of_articles(entries)?;
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<Id> = entries.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let last = last_entries(conn, reader, &ids)?;
    entries.retain(|(id, entry)| last.get(id) == Some(&entry.seq));
    let candidates: Vec<Candidate> = articles::table
        .filter(any_of(articles::id, &ids))
        .select(Candidate::as_select())
        .load(conn)?;
    let candidates: HashMap<Id, Candidate> = candidates.into_iter().map(|c| (c.id, c)).collect();
    let mut places = places_of(conn, reader, &ids, &candidates)?;
    let given = match reader.partner {
        Some(partner) => deliveries::given_to(conn, partner.key, &ids)?,
        None => HashSet::new(),
    };
    let mut found = Vec::new();
    for (id, entry) in entries {
        let Some(candidate) = candidates.get(&id) else {
            continue;
        };
        let mut places = places.remove(&id).unwrap_or_default();
        places.given = given.contains(&id);
        let verdict = judge(reader, &entry, candidate, &places);
        found.extend(verdict.map(|verdict| (entry, verdict)));
    }
    Ok(found)
}

/// The entries of articles, each with its article.
fn of_articles(entries: Vec<Entry>) -> Result<Vec<(Id, Entry)>, StoreError> {
    let of_articles = entries.into_iter().filter(|entry| entry.kind == "article");
    of_articles
        .map(|entry| Ok((stored_id(&entry.id)?, entry)))
        .collect()
}

fn last_entries(
    conn: &mut Conn,
    reader: &Reader<'_>,
    ids: &[Id],
) -> Result<HashMap<Id, i64>, StoreError> {
    let rows: Vec<(Id, Option<i64>)> = changes::table
        .filter(any_of(changes::id, ids))
        .filter(changes::kind.eq("article"))
        .filter(
            changes::public.eq(true).or(changes::embargo_offset
                .is_not_null()
                .and(changes::embargo_offset.assume_not_null().eq(reader.offset))),
        )
        .group_by(changes::id)
        .select((changes::id, diesel::dsl::max(changes::seq)))
        .load(conn)?;
    let rows = rows.into_iter();
    Ok(rows
        .filter_map(|(id, seq)| seq.map(|seq| (id, seq)))
        .collect())
}

/// The facets that matter to a reader in which an article is publicly now, and in which it was, each with its date.
#[derive(Default)]
struct Places {
    now: Vec<i64>,
    ever: Vec<(i64, i64)>,
    /// True if the reader was given the article, whatever its rights were then.
    given: bool,
}

/// Looks up each article once, however many facets matter to the reader.
fn places_of(
    conn: &mut Conn,
    reader: &Reader<'_>,
    ids: &[Id],
    candidates: &HashMap<Id, Candidate>,
) -> Result<HashMap<Id, Places>, StoreError> {
    let held = reader.held.iter().filter_map(|part| part.filter.as_ref());
    let groups = reader.sight.groups.iter().chain(&reader.filter);
    let groups = groups.chain(held.flatten());
    let relevant: HashSet<i64> = groups.flatten().chain(&reader.all).copied().collect();
    let now: Vec<(Id, String)> = facet_sets::table
        .filter(any_of(facet_sets::article_id, ids))
        .select((facet_sets::article_id, facet_sets::facets))
        .load(conn)?;
    let past: Vec<(Id, i64, i64)> = past_facets::table
        .filter(any_of(past_facets::article_id, ids))
        .select((
            past_facets::article_id,
            past_facets::facet_id,
            past_facets::published_at,
        ))
        .load(conn)?;
    let mut found: HashMap<Id, Places> = HashMap::new();
    for (id, facets) in now {
        let dated = candidates.get(&id).and_then(|own| own.published_at);
        let at = dated.unwrap_or(Timestamp::NEVER.millis());
        let numbers = facets.split(' ').filter_map(|number| number.parse().ok());
        let places = found.entry(id).or_default();
        for facet in numbers.filter(|facet| relevant.contains(facet)) {
            places.now.push(facet);
            places.ever.push((facet, at));
        }
    }
    for (id, facet, at) in past {
        if relevant.contains(&facet) {
            found.entry(id).or_default().ever.push((facet, at));
        }
    }
    Ok(found)
}

fn judge(
    reader: &Reader<'_>,
    entry: &Entry,
    candidate: &Candidate,
    places: &Places,
) -> Option<Verdict> {
    let is_now = |facet| places.now.contains(&facet);
    let within = is_in_all(&reader.sight.groups, is_now);
    let past_offset = reader.sight.is_past(candidate.published_at);
    let shown = candidate.public && within && past_offset;
    let wanted = shown && is_in_all(&reader.filter, is_now);
    let part = reader.part_of(entry.seq);
    if let Some(told) = part.and_then(|part| part.filter.as_ref()) {
        // Nothing has changed since it was told, so the copy holds just what those filters hold now.
        let held = shown && is_in_all(told, is_now);
        return match (held, wanted) {
            (false, true) => Some(upsert(candidate)),
            (true, false) => Some(delete(candidate.id, entry, reason::MOVED)),
            _ => None,
        };
    }
    if wanted {
        return Some(upsert(candidate));
    }
    if !was_open(reader, places) && !places.given {
        return None;
    }
    let reason = match candidate.public {
        false => reason_of_absence(candidate),
        true if !within => reason::OUT_OF_SCOPE,
        true if !past_offset => reason::EMBARGOED,
        true => reason::MOVED,
    };
    Some(delete(candidate.id, entry, reason))
}

/// True if an article was ever visible to the reader and in the filters that it has, or had when it was told of earlier
/// parts.
fn was_open(reader: &Reader<'_>, places: &Places) -> bool {
    let was_seen = |facet| {
        let mut ever = places.ever.iter();
        ever.any(|(own, at)| *own == facet && reader.sight.is_past(Some(*at)))
    };
    let was_in = |filter: &Vec<FacetGroup>| is_in_all(filter, was_seen);
    let held = |part: &HeldFacets| part.filter.as_ref().is_none_or(was_in);
    reader.all.iter().all(|facet| was_seen(*facet))
        && is_in_all(&reader.sight.groups, was_seen)
        && (was_in(&reader.filter) || reader.held.iter().any(held))
}

fn upsert(candidate: &Candidate) -> Verdict {
    Verdict {
        id: candidate.id,
        op: SyncOp::Upsert,
        reason: None,
        lang: candidate.lang.clone(),
        version: candidate.version,
    }
}

fn delete(id: Id, entry: &Entry, reason: &'static str) -> Verdict {
    Verdict {
        id,
        op: SyncOp::Delete,
        reason: Some(reason),
        lang: entry.lang.clone(),
        version: entry.version,
    }
}

fn reason_of_absence(candidate: &Candidate) -> &'static str {
    match &candidate.withdrawn {
        Some(Json(withdrawal)) if withdrawal.was_public => withdrawal.reason.as_str(),
        _ if candidate.status == Status::Published.as_str() => reason::EMBARGOED,
        _ => reason::UNPUBLISHED,
    }
}
