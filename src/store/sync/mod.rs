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
mod reader;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::sync::{SyncBatch, SyncEvent, SyncFilter, SyncOp, SyncPlace};

use super::changes::public_end;
use super::conn::Conn;
use super::error::StoreError;
use super::rights::{Turn, last_turn};
use super::schema::changes;
use judge::judged;
use reader::{Looked, Reader, offset_of};

/// The start of a reader that holds nothing yet: the log from its start, which holds the last state of every article.
/// Articles that were deleted before are not mentioned to it.
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

/// The events of a reader after `place`, at most `limit`. Costs as many queries as the filters have names, those in `place`
/// too, and a fixed number besides, whatever it finds; and always moves on to `next`, without events too, as long as
/// `has_more` says so. Call it on one snapshot with the load of the articles that it names. Record the deliveries to a
/// partner (`record_deliveries`): after a change of its rights, it is told to drop the recorded ones. A reader that begins
/// at the end of the log starts with `SyncPlace::after(end_of(conn, scope)?)`.
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
    let judge = |conn: &mut Conn, entries| {
        let mut found = judged(conn, reader, entries)?;
        found.retain(|(entry, verdict)| {
            !(verdict.op == SyncOp::Delete && had_gone_before(place, entry.seq))
        });
        Ok(found)
    };
    let looked = reader.look_between(conn, (place.seq, before), limit, judge)?;
    let Looked {
        mut found,
        last,
        passed_all,
    } = looked;
    let full = found.len() > limit;
    found.truncate(limit);
    let told = found.into_iter().map(|(entry, verdict)| {
        let place = place.moved_to(entry.seq, end);
        verdict.event(&entry, place)
    });
    let events: Vec<SyncEvent> = told.collect();
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

/// True if the articles that went with this entry had gone before a first copy began. Articles that the copy was told of
/// are not among them.
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
    let between = (place.retold.unwrap_or(0), turn.seq);
    let judge = |conn: &mut Conn, entries| judged(conn, reader, entries);
    let Looked {
        mut found,
        last,
        passed_all,
    } = reader.look_between(conn, between, limit, judge)?;
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
        events.push(verdict.event(&entry, here.clone()));
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
