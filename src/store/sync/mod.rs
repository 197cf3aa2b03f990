//! Following the change log: what a reader that keeps copies has to do after a place in it.
//!
//! The log names articles; what a reader is told of each is judged by what it may see *now*, so that a copy which follows
//! to the log's end is right whatever happened in between, and an entry that a later one of the same article follows is
//! passed over. An article that was public in the reader's sight once, and is not any more, is a delete; one that never
//! was is not mentioned. A change of a partner's rights is an entry of its own: where its key comes to it, the log up to
//! there is told again under the new rights. The entry has left as many numbers free before itself as the log had
//! entries, so that `seq` rises all the way.

mod judge;

use diesel::prelude::*;

use crate::domain::access::{Grant, Scope};
use crate::domain::sync::{SyncBatch, SyncEvent, SyncFilter, SyncOp, SyncPlace};

use super::changes::latest_seq;
use super::conn::Conn;
use super::error::StoreError;
use super::facets::FacetKind;
use super::listing::plan;
use super::schema::changes;
use super::sight::{FacetGroup, Sight, public_groups};
use judge::judged;

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
/// loads the articles that it names. What a partner is given is to be recorded (`record_deliveries`): after a change of
/// its rights, it is told to drop what was recorded. A reader that begins at the end of the log starts with
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
