//! The reader of the log: what it may see and has asked for, and the entries that can concern it.

use diesel::prelude::*;

use crate::domain::access::{Grant, Scope};
use crate::domain::language::LanguageTag;
use crate::domain::sync::{Held, SyncFilter};
use crate::domain::time::Timestamp;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facets::FacetKind;
use super::super::listing::groups;
use super::super::schema::changes;
use super::super::sight::{FacetGroup, Sight, public_groups};

/// Most entries of the log that one call reads.
const SCANNED: i64 = 500;
/// Entries that are read first beyond as many as are wanted: some of them mean nothing to the reader.
const SPARE: i64 = 12;

/// The embargo offset of a reader as entries name it; -1, which no entry names, for a reader without one.
pub(super) fn offset_of(scope: &Scope) -> i64 {
    let offset = scope
        .partner()
        .map_or(0, |grant| grant.contract.embargo_offset);
    if offset == 0 { -1 } else { i64::from(offset) }
}

/// The reader of events: its sight, and the filters as facets.
pub(super) struct Reader<'s> {
    pub(super) scope: &'s Scope,
    pub(super) partner: Option<&'s Grant>,
    pub(super) sight: Sight,
    pub(super) filter: Vec<FacetGroup>,
    /// Parts that were told with other filters, the earliest part of the log first.
    pub(super) held: Vec<HeldFacets>,
    pub(super) all: FacetGroup,
    pub(super) offset: i64,
}

/// The entries of a part of the log that mean something.
pub(super) struct Looked<V> {
    pub(super) found: Vec<V>,
    /// The last entry that was read, or the place before the first.
    pub(super) last: i64,
    /// True if no entries are left between the two.
    pub(super) passed_all: bool,
}

/// The filter of a part of the log, as facets; `None` where it is not known.
pub(super) struct HeldFacets {
    pub(super) upto: i64,
    pub(super) filter: Option<Vec<FacetGroup>>,
}

impl<'s> Reader<'s> {
    pub(super) fn of(
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

    /// The next entries between two that can have changed what this reader sees, in order: at most `most`.
    fn entries_between(
        &self,
        conn: &mut Conn,
        (after, before): (i64, i64),
        most: i64,
    ) -> Result<Vec<Entry>, StoreError> {
        let between = || {
            changes::table
                .filter(changes::seq.gt(after).and(changes::seq.lt(before)))
                .order(changes::seq)
                .limit(most)
                .select(Entry::as_select())
        };
        let mut entries: Vec<Entry> = between().filter(changes::public.eq(true)).load(conn)?;
        if self.offset > 0 {
            let passed = between().filter(changes::embargo_offset.eq(self.offset));
            entries.extend(passed.load::<Entry>(conn)?);
            entries.sort_by_key(|entry| entry.seq);
            entries.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        }
        Ok(entries)
    }

    /// Reads entries between two with `judge` until more than `limit` mean something, or as many are read as one call may.
    pub(super) fn look_between<V>(
        &self,
        conn: &mut Conn,
        (mut after, before): (i64, i64),
        limit: usize,
        mut judge: impl FnMut(&mut Conn, Vec<Entry>) -> Result<Vec<V>, StoreError>,
    ) -> Result<Looked<V>, StoreError> {
        let mut found = Vec::new();
        let wanted = i64::try_from(limit).unwrap_or(SCANNED);
        let (mut left, mut most) = (SCANNED, wanted.saturating_add(SPARE).min(SCANNED));
        loop {
            let entries = self.entries_between(conn, (after, before), most)?;
            let read = i64::try_from(entries.len()).unwrap_or(most);
            let last = entries.last().map(|entry| entry.seq);
            found.extend(judge(conn, entries)?);
            after = last.unwrap_or(after);
            left -= read;
            let passed_all = read < most;
            if passed_all || found.len() > limit || left == 0 {
                return Ok(Looked {
                    found,
                    last: after,
                    passed_all,
                });
            }
            most = (most * 2).min(left);
        }
    }

    /// The part of what was told with other filters that an entry lies in.
    pub(super) fn part_of(&self, seq: i64) -> Option<&HeldFacets> {
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

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = changes)]
pub(super) struct Entry {
    pub(super) seq: i64,
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) lang: LanguageTag,
    pub(super) version: i64,
    pub(super) at: Timestamp,
}
