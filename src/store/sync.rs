//! Following the change log: what a reader that keeps copies has to do after a place in it.
//!
//! The log names articles; what a reader is told of each is judged by what it may see *now*, so that a copy which follows
//! to the log's end is right whatever happened in between, and an entry that a later one of the same article follows is
//! passed over. An article that was public in the reader's sight once, and is not any more, is a delete; one that never
//! was is not mentioned. A change of a partner's rights is an entry of its own: where its key comes to it, the log up to
//! there is told again under the new rights. The entry has left as many numbers free before itself as the log had
//! entries, so that `seq` rises all the way.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::access::{Grant, Scope};
use crate::domain::article::{Status, Withdrawal, WithdrawalReason};
use crate::domain::language::LanguageTag;
use crate::domain::sync::{SyncBatch, SyncEvent, SyncFilter, SyncOp, SyncPlace, reason};
use crate::domain::time::Timestamp;

use super::changes::latest_seq;
use super::conn::Conn;
use super::deliveries;
use super::error::StoreError;
use super::facets::FacetKind;
use super::listing::plan;
use super::schema::{article_facets, articles, changes, past_facets};
use super::sight::{FacetGroup, Sight, is_in_all, public_groups};
use super::{from_json, stored_id};

/// How many entries of the log one call looks at.
const SCANNED: i64 = 500;

/// The kind of the entry that tells of a change of a key's rights.
pub(super) const RIGHTS: &str = "rights";

/// Where a reader begins that holds nothing yet: the log from its start, which holds the last state of every article.
/// What had gone before now is not mentioned to it.
pub fn first_copy(conn: &mut Conn) -> Result<SyncPlace, StoreError> {
    Ok(SyncPlace::first_copy(latest_seq(conn)?))
}

/// What a reader has to do after `place`, at most `limit` events. Costs a fixed number of queries whatever it finds, and
/// always moves on to `next`, without events too, as long as `has_more` says so. Call it on one snapshot with whatever
/// loads the articles that it names. A reader that begins at the end of the log starts with
/// `SyncPlace::after(latest_seq(conn)?)`.
pub fn events_after(
    conn: &mut Conn,
    scope: &Scope,
    filter: &SyncFilter,
    place: SyncPlace,
    limit: usize,
) -> Result<SyncBatch, StoreError> {
    let reader = Reader::of(conn, scope, filter)?;
    let turn = match scope.partner() {
        Some(partner) => last_turn(conn, partner)?,
        None => None,
    };
    match turn {
        Some(turn) if place.retold.is_some() && turn.holds(place.seq) => {
            retell(conn, &reader, place, turn, limit)
        }
        turn => follow(conn, &reader, place, turn, limit),
    }
}

/// Whose events are asked for: its sight, and the filters as facets.
struct Reader<'s> {
    partner: Option<&'s Grant>,
    sight: Sight,
    filter: Vec<FacetGroup>,
    all: FacetGroup,
    offset: i64,
}

impl<'s> Reader<'s> {
    fn of(conn: &mut Conn, scope: &'s Scope, filter: &SyncFilter) -> Result<Self, StoreError> {
        let partner = scope.partner();
        let every = [(FacetKind::All, vec![String::new()])];
        let offset = partner.map_or(0, |grant| grant.contract.embargo_offset);
        Ok(Self {
            partner,
            sight: Sight::of(conn, scope)?,
            filter: filter_groups(conn, filter)?,
            all: public_groups(conn, &every)?.concat(),
            offset: if offset == 0 { -1 } else { i64::from(offset) },
        })
    }

    /// Whether an entry can have changed what this reader sees.
    fn concerns(&self, entry: &Entry) -> bool {
        entry.kind == "article" && (entry.public || entry.embargo_offset == Some(self.offset))
    }
}

fn filter_groups(conn: &mut Conn, filter: &SyncFilter) -> Result<Vec<FacetGroup>, StoreError> {
    let mut wanted = Vec::new();
    if !filter.langs.is_empty() {
        let langs = filter.langs.iter().map(ToString::to_string).collect();
        wanted.push((FacetKind::Lang, langs));
    }
    for group in &filter.sections {
        let ids = plan::section_ids(conn, group, &filter.langs)?;
        wanted.push((FacetKind::Section, ids));
    }
    for group in &filter.sources {
        wanted.push((FacetKind::Source, plan::source_ids(conn, group)?));
    }
    public_groups(conn, &wanted)
}

/// The entry that tells of the last change of a key's rights, and the numbers left free before it.
#[derive(Debug, Clone, Copy)]
struct Turn {
    seq: i64,
    free: i64,
}

impl Turn {
    /// Whether a place lies among the numbers that were left free.
    const fn holds(self, seq: i64) -> bool {
        seq >= self.seq - self.free - 1 && seq < self.seq
    }
}

fn last_turn(conn: &mut Conn, partner: &Grant) -> Result<Option<Turn>, StoreError> {
    let found: Option<(i64, i64)> = changes::table
        .filter(changes::id.eq(partner.key.to_string()))
        .filter(changes::public.eq(false))
        .filter(changes::kind.eq(RIGHTS))
        .order(changes::seq.desc())
        .select((changes::seq, changes::version))
        .first(conn)
        .optional()?;
    Ok(found.map(|(seq, free)| Turn { seq, free }))
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = changes)]
struct Entry {
    seq: i64,
    kind: String,
    id: String,
    lang: String,
    version: i64,
    at: i64,
    public: bool,
    embargo_offset: Option<i64>,
}

fn entries_between(conn: &mut Conn, after: i64, before: i64) -> Result<Vec<Entry>, StoreError> {
    Ok(changes::table
        .filter(changes::seq.gt(after))
        .filter(changes::seq.lt(before))
        .order(changes::seq)
        .limit(SCANNED)
        .select(Entry::as_select())
        .load(conn)?)
}

/// The events of the log itself.
fn follow(
    conn: &mut Conn,
    reader: &Reader<'_>,
    mut place: SyncPlace,
    turn: Option<Turn>,
    limit: usize,
) -> Result<SyncBatch, StoreError> {
    place.retold = None;
    let fresh = place.fresh.unwrap_or(0);
    let turn = turn.filter(|turn| turn.seq > place.seq && turn.seq > fresh);
    let end = latest_seq(conn)?;
    let before = turn.map_or(i64::MAX, |turn| turn.seq);
    let entries = entries_between(conn, place.seq, before)?;
    let passed_all = entries.len() < usize::try_from(SCANNED).unwrap_or(usize::MAX);
    let last = entries.last().map_or(place.seq, |entry| entry.seq);
    let found = judged(conn, reader, entries)?;
    let told = found.into_iter().filter_map(|(entry, verdict)| {
        let gone_before = verdict.op == SyncOp::Delete && entry.seq <= fresh;
        (!gone_before).then(|| {
            let place = at_entry(place, entry.seq);
            verdict.event(&entry, place)
        })
    });
    let mut events: Vec<SyncEvent> = told.collect::<Result<_, _>>()?;
    if events.len() > limit {
        events.truncate(limit);
        let next = events.last().map_or(place, |event| event.place);
        return Ok(batch(events, next, true));
    }
    if !passed_all {
        return Ok(batch(events, at_entry(place, last), true));
    }
    Ok(match turn {
        Some(turn) => batch(events, turn_start(turn), true),
        None => batch(events, at_entry(place, end.max(place.seq)), false),
    })
}

const fn batch(events: Vec<SyncEvent>, next: SyncPlace, has_more: bool) -> SyncBatch {
    SyncBatch {
        events,
        next,
        has_more,
    }
}

/// The place behind an entry; a first copy is complete where its end is reached.
fn at_entry(place: SyncPlace, seq: i64) -> SyncPlace {
    SyncPlace {
        seq,
        fresh: place.fresh.filter(|end| seq < *end),
        retold: None,
    }
}

const fn turn_start(turn: Turn) -> SyncPlace {
    SyncPlace {
        seq: turn.seq - turn.free - 1,
        fresh: None,
        retold: Some(0),
    }
}

/// The log up to a change of rights once more, under the new ones: what may be seen comes again, and what the key was
/// given and may not show any more goes.
fn retell(
    conn: &mut Conn,
    reader: &Reader<'_>,
    place: SyncPlace,
    turn: Turn,
    limit: usize,
) -> Result<SyncBatch, StoreError> {
    let entries = entries_between(conn, place.retold.unwrap_or(0), turn.seq)?;
    let passed_all = entries.len() < usize::try_from(SCANNED).unwrap_or(usize::MAX);
    let last = entries.last().map_or(turn.seq, |entry| entry.seq);
    let mut found = judged(conn, reader, entries)?;
    if let Some(partner) = reader.partner {
        let ids: Vec<String> = found.iter().map(|(entry, _)| entry.id.clone()).collect();
        let given = deliveries::given_to(conn, partner.key, &ids)?;
        found.retain(|(entry, verdict)| verdict.op == SyncOp::Upsert || given.contains(&entry.id));
    }
    let full = found.len() > limit;
    found.truncate(limit);
    let mut events = Vec::with_capacity(found.len());
    let mut here = place;
    for (entry, verdict) in found {
        here = SyncPlace {
            seq: here.seq + 1,
            fresh: None,
            retold: Some(entry.seq),
        };
        events.push(verdict.event(&entry, here)?);
    }
    if full {
        return Ok(batch(events, here, true));
    }
    here.retold = Some(last);
    Ok(match passed_all {
        true => {
            let has_more = latest_seq(conn)? > turn.seq;
            batch(events, SyncPlace::after(turn.seq), has_more)
        }
        false => batch(events, here, true),
    })
}

/// What an entry comes to for a reader.
struct Verdict {
    op: SyncOp,
    reason: Option<&'static str>,
    lang: String,
    version: i64,
}

impl Verdict {
    fn event(self, entry: &Entry, place: SyncPlace) -> Result<SyncEvent, StoreError> {
        Ok(SyncEvent {
            seq: place.seq,
            op: self.op,
            reason: self.reason,
            id: stored_id(&entry.id)?,
            lang: LanguageTag::from_stored(self.lang),
            version: self.version,
            at: Timestamp::from_millis(entry.at),
            place,
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = articles)]
struct Candidate {
    id: String,
    lang: String,
    version: i64,
    status: String,
    public: bool,
    published_at: Option<i64>,
    withdrawn: Option<String>,
}

/// The entries that mean something to a reader, each the last one of its article, with what they mean.
fn judged(
    conn: &mut Conn,
    reader: &Reader<'_>,
    mut entries: Vec<Entry>,
) -> Result<Vec<(Entry, Verdict)>, StoreError> {
    entries.retain(|entry| reader.concerns(entry));
    let mut ids: Vec<String> = entries.iter().map(|entry| entry.id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let last = last_entries(conn, reader, &ids)?;
    entries.retain(|entry| last.get(&entry.id) == Some(&entry.seq));
    let candidates: Vec<Candidate> = articles::table
        .filter(articles::id.eq_any(&ids))
        .select(Candidate::as_select())
        .load(conn)?;
    let candidates: HashMap<String, Candidate> =
        candidates.into_iter().map(|c| (c.id.clone(), c)).collect();
    let places = places_of(conn, reader, &ids)?;
    let mut found = Vec::new();
    for entry in entries {
        let candidate = candidates.get(&entry.id);
        let places = places.get(&entry.id);
        let verdict = match (candidate, places) {
            (Some(candidate), Some(places)) => judge(reader, &entry, candidate, places)?,
            _ => None,
        };
        found.extend(verdict.map(|verdict| (entry, verdict)));
    }
    Ok(found)
}

fn last_entries(
    conn: &mut Conn,
    reader: &Reader<'_>,
    ids: &[String],
) -> Result<HashMap<String, i64>, StoreError> {
    let rows: Vec<(String, Option<i64>)> = changes::table
        .filter(changes::id.eq_any(ids))
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
}

fn places_of(
    conn: &mut Conn,
    reader: &Reader<'_>,
    ids: &[String],
) -> Result<HashMap<String, Places>, StoreError> {
    let groups = reader.sight.groups.iter().chain(&reader.filter);
    let relevant: Vec<i64> = groups.flatten().chain(&reader.all).copied().collect();
    let now: Vec<(String, i64, i64)> = article_facets::table
        .filter(article_facets::article_id.eq_any(ids))
        .filter(article_facets::facet_id.eq_any(&relevant))
        .select((
            article_facets::article_id,
            article_facets::facet_id,
            article_facets::published_at,
        ))
        .load(conn)?;
    let past: Vec<(String, i64, i64)> = past_facets::table
        .filter(past_facets::article_id.eq_any(ids))
        .filter(past_facets::facet_id.eq_any(&relevant))
        .select((
            past_facets::article_id,
            past_facets::facet_id,
            past_facets::published_at,
        ))
        .load(conn)?;
    let mut found: HashMap<String, Places> = HashMap::new();
    for (id, facet, at) in now {
        let places = found.entry(id).or_default();
        places.now.push(facet);
        places.ever.push((facet, at));
    }
    for (id, facet, at) in past {
        found.entry(id).or_default().ever.push((facet, at));
    }
    Ok(found)
}

fn judge(
    reader: &Reader<'_>,
    entry: &Entry,
    candidate: &Candidate,
    places: &Places,
) -> Result<Option<Verdict>, StoreError> {
    let is_now = |facet| places.now.contains(&facet);
    let within = is_in_all(&reader.sight.groups, is_now);
    let past_offset = reader.sight.is_past(candidate.published_at);
    let wanted = is_in_all(&reader.filter, is_now);
    if candidate.public && within && past_offset && wanted {
        return Ok(Some(Verdict {
            op: SyncOp::Upsert,
            reason: None,
            lang: candidate.lang.clone(),
            version: candidate.version,
        }));
    }
    let was_seen = |facet| {
        let mut ever = places.ever.iter();
        ever.any(|(own, at)| *own == facet && reader.sight.is_past(Some(*at)))
    };
    let may_be_held = reader.all.iter().all(|facet| was_seen(*facet))
        && is_in_all(&reader.sight.groups, was_seen)
        && is_in_all(&reader.filter, was_seen);
    if !may_be_held {
        return Ok(None);
    }
    let reason = match candidate.public {
        false => reason_of_absence(candidate)?,
        true if !within => reason::OUT_OF_SCOPE,
        true if !past_offset => reason::EMBARGOED,
        true => reason::MOVED,
    };
    Ok(Some(Verdict {
        op: SyncOp::Delete,
        reason: Some(reason),
        lang: entry.lang.clone(),
        version: entry.version,
    }))
}

fn reason_of_absence(candidate: &Candidate) -> Result<&'static str, StoreError> {
    let withdrawal: Option<Withdrawal> =
        candidate.withdrawn.as_deref().map(from_json).transpose()?;
    Ok(
        match withdrawal.filter(|withdrawal| withdrawal.was_public) {
            Some(withdrawal) => withdrawal_word(withdrawal.reason),
            None if candidate.status == Status::Published.as_str() => reason::EMBARGOED,
            None => reason::UNPUBLISHED,
        },
    )
}

const fn withdrawal_word(reason: WithdrawalReason) -> &'static str {
    match reason {
        WithdrawalReason::Legal => "legal",
        WithdrawalReason::Error => "error",
        WithdrawalReason::Privacy => "privacy",
        WithdrawalReason::Rights => "rights",
        WithdrawalReason::Other => "other",
    }
}
