//! Following the change log: what a reader that keeps copies has to do after a place in it.
//!
//! The log names articles; what a reader is told of each is judged by what it may see *now*, so that a copy which follows
//! to the log's end is right whatever happened in between, and an entry that a later one of the same article follows is
//! passed over. An article that was public in the reader's sight once, and is not any more, is a delete; one that never
//! was is not mentioned. A change of a partner's rights is an entry of its own: where its key comes to it, the log up to
//! there is told again under the new rights. The entry has left as many numbers free before itself as the log had
//! entries, so that `seq` rises all the way. Where a reader comes with other filters, its place says what it holds of
//! which part of the log ([`SyncPlace`]), and that part is told as the difference between the old filters and the new.

mod judge;

use diesel::prelude::*;

use crate::domain::access::{Grant, Scope};
use crate::domain::sync::{Held, SyncBatch, SyncEvent, SyncFilter, SyncOp, SyncPlace};

use super::changes::public_end;
use super::conn::Conn;
use super::error::StoreError;
use super::facets::FacetKind;
use super::listing::groups;
use super::schema::changes;
use super::sight::{FacetGroup, Sight, public_groups};
use judge::judged;

/// How many entries of the log one call looks at.
const SCANNED: i64 = 500;

/// The kind of the entry that tells of a change of a key's rights.
pub(super) const RIGHTS: &str = "rights";

/// Where a reader begins that holds nothing yet: the log from its start, which holds the last state of every article.
/// What had gone before now is not mentioned to it.
pub fn first_copy(conn: &mut Conn, scope: &Scope) -> Result<SyncPlace, StoreError> {
    Ok(SyncPlace::first_copy(end_of(conn, scope)?))
}

/// The last entry of the log that can concern a reader. Entries of what it may not see are none of its numbers.
pub fn end_of(conn: &mut Conn, scope: &Scope) -> Result<i64, StoreError> {
    let public = public_end(conn)?;
    let Some(partner) = scope.partner() else {
        return Ok(public);
    };
    let turn = last_turn(conn, partner)?.map_or(0, |turn| turn.seq);
    let passed = changes::table
        .filter(changes::embargo_offset.eq(offset_of(scope)))
        .select(diesel::dsl::max(changes::seq));
    let passed: Option<i64> = passed.get_result(conn)?;
    Ok(public.max(turn).max(passed.unwrap_or(0)))
}

/// The embargo offset of a reader as entries name it; -1, which no entry names, for a reader without one.
fn offset_of(scope: &Scope) -> i64 {
    let offset = scope
        .partner()
        .map_or(0, |grant| grant.contract.embargo_offset);
    if offset == 0 { -1 } else { i64::from(offset) }
}

/// What a reader has to do after `place`, at most `limit` events. Costs as many queries as the filters have names, those in
/// `place` too, and a fixed number beside, whatever it finds; and always moves on to `next`, without events too, as long as `has_more` says so. Call it on one snapshot with whatever
/// loads the articles that it names. What a partner is given is to be recorded (`record_deliveries`): after a change of
/// its rights, it is told to drop what was recorded. A reader that begins at the end of the log starts with
/// `SyncPlace::after(end_of(conn, scope)?)`.
pub fn events_after(
    conn: &mut Conn,
    scope: &Scope,
    filter: &SyncFilter,
    place: SyncPlace,
    limit: usize,
) -> Result<SyncBatch, StoreError> {
    let reader = Reader::of(conn, scope, filter, &place.held)?;
    let turn = match scope.partner() {
        Some(partner) => last_turn(conn, partner)?,
        None => None,
    };
    match turn {
        Some(turn) if place.retold.is_some() && turn.holds(place.seq) => {
            retell(conn, &reader, turn.resumed(place), turn, limit)
        }
        turn => follow(conn, &reader, &place, turn, limit),
    }
}

/// Whose events are asked for: its sight, and the filters as facets.
struct Reader<'s> {
    scope: &'s Scope,
    partner: Option<&'s Grant>,
    sight: Sight,
    filter: Vec<FacetGroup>,
    /// What was told with other filters, the earliest part of the log first.
    held: Vec<HeldFacets>,
    all: FacetGroup,
    offset: i64,
}

/// What a copy holds of a part of the log, as facets; nothing where that is not known.
struct HeldFacets {
    upto: i64,
    filter: Option<Vec<FacetGroup>>,
}

impl<'s> Reader<'s> {
    fn of(
        conn: &mut Conn,
        scope: &'s Scope,
        filter: &SyncFilter,
        held: &[Held],
    ) -> Result<Self, StoreError> {
        let partner = scope.partner();
        let every = [(FacetKind::All, vec![String::new()])];
        Ok(Self {
            scope,
            partner,
            sight: Sight::of(conn, scope)?,
            filter: filter_groups(conn, filter)?,
            held: held
                .iter()
                .map(|held| held_facets(conn, held))
                .collect::<Result<_, _>>()?,
            all: public_groups(conn, &every)?.concat(),
            offset: offset_of(scope),
        })
    }

    /// The next entries between two that can have changed what this reader sees, in order.
    fn entries_between(
        &self,
        conn: &mut Conn,
        after: i64,
        before: i64,
    ) -> Result<Vec<Entry>, StoreError> {
        let between = || {
            changes::table
                .filter(changes::seq.gt(after).and(changes::seq.lt(before)))
                .order(changes::seq)
                .limit(SCANNED)
                .select(Entry::as_select())
        };
        let mut entries: Vec<Entry> = between().filter(changes::public.eq(true)).load(conn)?;
        if self.offset > 0 {
            let passed = between().filter(changes::embargo_offset.eq(self.offset));
            entries.extend(passed.load::<Entry>(conn)?);
            entries.sort_by_key(|entry| entry.seq);
            entries.truncate(usize::try_from(SCANNED).unwrap_or(usize::MAX));
        }
        Ok(entries)
    }

    /// The part of what was told with other filters that an entry lies in.
    fn part_of(&self, seq: i64) -> Option<&HeldFacets> {
        self.held.iter().find(|part| seq <= part.upto)
    }
}

fn held_facets(conn: &mut Conn, held: &Held) -> Result<HeldFacets, StoreError> {
    let filter = held.filter.as_ref();
    Ok(HeldFacets {
        upto: held.upto,
        filter: filter
            .map(|filter| filter_groups(conn, filter))
            .transpose()?,
    })
}

fn filter_groups(conn: &mut Conn, filter: &SyncFilter) -> Result<Vec<FacetGroup>, StoreError> {
    let mut wanted = Vec::new();
    if !filter.langs.is_empty() {
        let langs = filter.langs.iter().map(ToString::to_string).collect();
        wanted.push((FacetKind::Lang, langs));
    }
    for group in &filter.sections {
        let ids = groups::section_ids(conn, group, &filter.langs)?;
        wanted.push((FacetKind::Section, ids));
    }
    for group in &filter.sources {
        wanted.push((FacetKind::Source, groups::source_ids(conn, group)?));
    }
    public_groups(conn, &wanted)
}

/// The entry that tells of the last change of a key's rights, and the numbers left free before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) seq: i64,
    free: i64,
}

impl Turn {
    /// Whether a place lies among the numbers that were left free.
    const fn holds(self, seq: i64) -> bool {
        seq >= self.start() && seq < self.seq
    }

    /// The place before the numbers that were left free.
    const fn start(self) -> i64 {
        self.seq - self.free - 1
    }

    /// Where telling again goes on. It begins anew where filters have changed on the way: behind the numbers that were
    /// seen, with all the free ones before it.
    fn resumed(self, mut place: SyncPlace) -> SyncPlace {
        if place.retold == Some(0) {
            place.offset = place.shown() - self.start();
            place.seq = self.start();
        }
        place
    }

    /// Where telling again starts, for a reader that has come to it, when the log ends with `end`.
    fn begun(self, offset: i64, end: i64) -> SyncPlace {
        let place = SyncPlace {
            offset,
            retold: Some(0),
            ..SyncPlace::after(self.start())
        };
        place.judged_by(end)
    }
}

pub(super) fn last_turn(conn: &mut Conn, partner: &Grant) -> Result<Option<Turn>, StoreError> {
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
}

/// The events of the log itself.
fn follow(
    conn: &mut Conn,
    reader: &Reader<'_>,
    place: &SyncPlace,
    turn: Option<Turn>,
    limit: usize,
) -> Result<SyncBatch, StoreError> {
    let passed = place.seq.max(place.fresh.unwrap_or(0));
    let turn = turn.filter(|turn| turn.seq > passed.max(place.held_upto()));
    let end = end_of(conn, reader.scope)?;
    let before = turn.map_or(i64::MAX, |turn| turn.seq);
    let entries = reader.entries_between(conn, place.seq, before)?;
    let passed_all = entries.len() < usize::try_from(SCANNED).unwrap_or(usize::MAX);
    let last = entries.last().map_or(place.seq, |entry| entry.seq);
    let mut found = judged(conn, reader, entries)?;
    found.retain(|(entry, verdict)| {
        !(verdict.op == SyncOp::Delete && had_gone_before(place, entry.seq))
    });
    let full = found.len() > limit;
    found.truncate(limit);
    let told = found.into_iter().map(|(entry, verdict)| {
        let place = place.moved_to(entry.seq, end);
        verdict.event(&entry, place)
    });
    let events: Vec<SyncEvent> = told.collect::<Result<_, _>>()?;
    if full {
        let next = events
            .last()
            .map_or_else(|| place.clone(), |e| e.place.clone());
        return Ok(batch(events, next, true));
    }
    if !passed_all {
        return Ok(batch(events, place.moved_to(last, end), true));
    }
    Ok(match turn {
        Some(turn) => batch(events, turn.begun(place.offset, end), true),
        None => batch(events, place.moved_to(end.max(place.seq), end), false),
    })
}

/// Whether what went with this entry had gone before a first copy began. What the copy was told of is none of that.
fn had_gone_before(place: &SyncPlace, seq: i64) -> bool {
    place.fresh.is_some_and(|fresh| seq <= fresh) && seq > place.held_upto()
}

const fn batch(events: Vec<SyncEvent>, next: SyncPlace, has_more: bool) -> SyncBatch {
    SyncBatch {
        events,
        next,
        has_more,
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
    let entries = reader.entries_between(conn, place.retold.unwrap_or(0), turn.seq)?;
    let passed_all = entries.len() < usize::try_from(SCANNED).unwrap_or(usize::MAX);
    let last = entries.last().map_or(turn.seq, |entry| entry.seq);
    let mut found = judged(conn, reader, entries)?;
    let full = found.len() > limit;
    found.truncate(limit);
    let mut events = Vec::with_capacity(found.len());
    let end = end_of(conn, reader.scope)?;
    let mut here = SyncPlace {
        fresh: None,
        ..place
    };
    here = here.judged_by(end);
    for (entry, verdict) in found {
        here.seq += 1;
        here.retold = Some(entry.seq);
        events.push(verdict.event(&entry, here.clone())?);
    }
    if full {
        return Ok(batch(events, here, true));
    }
    here.retold = Some(last);
    Ok(match passed_all {
        true => {
            let behind = SyncPlace {
                offset: here.offset,
                ..SyncPlace::after(turn.seq)
            };
            batch(events, behind.judged_by(end), end > turn.seq)
        }
        false => batch(events, here, true),
    })
}
