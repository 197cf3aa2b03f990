//! The compaction of the change log: entries that later ones make meaningless, and their removal.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::time::Timestamp;

use super::super::batch::IN_LIST;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::rights::RIGHTS;
use super::super::schema::changes;

/// Number of entries that one step of the compaction reads.
const COMPACTED: i64 = 1_000;

/// The subject of an entry: two entries of the same subject mean no more than the later one.
type Thing = (String, String, String, bool, Option<i64>);

/// The entries behind one, written before a time, that a later one makes meaningless, and where to go on. An entry of the
/// public's view makes earlier ones of the same thing meaningless to everybody, any other only those of its own kind.
pub fn superseded_entries(
    conn: &mut Conn,
    after: i64,
    before: Timestamp,
) -> Result<(Vec<i64>, Option<i64>), StoreError> {
    let entries: Vec<(i64, Timestamp, Thing)> = changes::table
        .filter(changes::seq.gt(after))
        .order(changes::seq)
        .limit(COMPACTED)
        .select((changes::seq, changes::at, THING))
        .load(conn)?;
    let whole = i64::try_from(entries.len()) == Ok(COMPACTED);
    let last = entries.last().map(|(seq, ..)| *seq);
    let old: Vec<(i64, Thing)> = entries
        .into_iter()
        .filter(|(_, at, _)| *at < before)
        .map(|(seq, _, thing)| (seq, thing))
        .collect();
    let stopped = old.last().map(|(seq, _)| *seq) != last;
    let latest = latest_of(conn, &old)?;
    let later = |seq: i64, thing: &Thing| latest.get(thing).is_some_and(|last| *last > seq);
    let superseded = old.into_iter().filter(|(seq, thing)| {
        let public = (
            thing.0.clone(),
            thing.1.clone(),
            thing.2.clone(),
            true,
            None,
        );
        thing.0 != RIGHTS && (later(*seq, thing) || later(*seq, &public))
    });
    let superseded = superseded.map(|(seq, _)| seq).collect();
    Ok((superseded, last.filter(|_| whole && !stopped)))
}

const THING: (
    changes::kind,
    changes::id,
    changes::lang,
    changes::public,
    changes::embargo_offset,
) = (
    changes::kind,
    changes::id,
    changes::lang,
    changes::public,
    changes::embargo_offset,
);

fn latest_of(conn: &mut Conn, old: &[(i64, Thing)]) -> Result<HashMap<Thing, i64>, StoreError> {
    let mut ids: Vec<&str> = old.iter().map(|(_, thing)| thing.1.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut latest = HashMap::new();
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<(Thing, Option<i64>)> = changes::table
            .filter(changes::id.eq_any(chunk))
            .group_by(THING)
            .select((THING, diesel::dsl::max(changes::seq)))
            .load(conn)?;
        latest.extend(
            rows.into_iter()
                .filter_map(|(thing, seq)| Some((thing, seq?))),
        );
    }
    Ok(latest)
}

/// Takes entries out of the log. The last one is never among those that may be: numbers are not given twice.
pub fn remove_entries(conn: &mut Conn, seqs: &[i64]) -> Result<(), StoreError> {
    for chunk in seqs.chunks(IN_LIST) {
        diesel::delete(changes::table.filter(changes::seq.eq_any(chunk))).execute(conn)?;
    }
    Ok(())
}
