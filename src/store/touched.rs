//! Subjects that the change log touches behind a place in it, for caches that forget by subjects.

use diesel::prelude::*;

use super::changes::{ChangeKind, latest_seq};
use super::conn::Conn;
use super::error::StoreError;
use super::schema::changes;
use super::slots::{Slot, from_column};
use super::subjects::slot_of_resource;

/// An entry of the log by what it touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchingEntry {
    /// Its place.
    pub seq: i64,
    /// True if the public's view can have changed.
    pub public: bool,
    /// True if an answer that a cache in front keeps can have changed.
    pub shown: bool,
    /// The slots that it touches; `None` where every answer may be another now.
    pub slots: Option<Vec<Slot>>,
}

/// The entries behind a place, and the end of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// The place that was read to; before `after` where the log has gone back.
    pub end: i64,
    /// The entries in order; `None` where they are more than were asked for.
    pub entries: Option<Vec<TouchingEntry>>,
}

type Row = (i64, String, String, bool, Option<i64>, Option<Vec<u8>>);

/// Reads what the entries behind `after` touch: at most `most` of them. Needs no snapshot.
pub fn touched_behind(conn: &mut Conn, after: i64, most: usize) -> Result<Touched, StoreError> {
    let rows: Vec<Row> = changes::table
        .filter(changes::seq.gt(after))
        .order(changes::seq)
        .limit(i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX))
        .select((
            changes::seq,
            changes::kind,
            changes::id,
            changes::public,
            changes::embargo_offset,
            changes::touched,
        ))
        .load(conn)?;
    let are_all = rows.len() <= most;
    let end = match rows.last() {
        Some((seq, ..)) if are_all => *seq,
        Some(_) => latest_seq(conn)?,
        // What is written from here on is behind `after` too.
        None => latest_seq(conn)?.min(after),
    };
    Ok(Touched {
        end,
        entries: are_all.then(|| rows.into_iter().map(entry).collect()),
    })
}

fn entry((seq, kind, id, public, offset, touched): Row) -> TouchingEntry {
    TouchingEntry {
        seq,
        public,
        // The captions of a medium stand in articles that show it, whose public view is then another.
        shown: public || kind == ChangeKind::Medium.as_str(),
        slots: slots(&kind, &id, offset.is_some(), touched.as_deref()),
    }
}

/// Editions, sections and old addresses decide addresses and breadcrumbs everywhere, so they touch everything. So does an
/// article whose places in lists changed otherwise than by a write of its own. An article that passed an embargo offset has
/// changed for partners alone.
fn slots(kind: &str, id: &str, by_offset: bool, touched: Option<&[u8]>) -> Option<Vec<Slot>> {
    const EVERYWHERE: [ChangeKind; 3] = [
        ChangeKind::Edition,
        ChangeKind::Section,
        ChangeKind::Redirect,
    ];
    if EVERYWHERE.iter().any(|one| one.as_str() == kind) {
        return None;
    }
    let known = match touched {
        Some(bytes) => from_column(bytes),
        None if kind == ChangeKind::Article.as_str() && !by_offset => return None,
        None => Vec::new(),
    };
    Some(
        known
            .into_iter()
            .chain([slot_of_resource(kind, id)])
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::slots::to_column;
    use crate::store::subjects::Subject;

    #[test]
    fn an_entry_touches_its_resource_and_what_it_names_or_everything() {
        let facet = Subject::Facet(3).slot();
        let column = to_column(&[facet]);
        let own = Subject::Resource(ChangeKind::Article, "a").slot();
        assert_eq!(
            slots("article", "a", false, Some(&column)),
            Some(vec![facet, own])
        );
        assert_eq!(slots("article", "a", false, None), None);
        assert_eq!(slots("article", "a", true, None), Some(vec![own]));
        assert_eq!(slots("section", "s", false, Some(&column)), None);
        let medium = Subject::Resource(ChangeKind::Medium, "m").slot();
        assert_eq!(slots("medium", "m", false, None), Some(vec![medium]));
    }
}
