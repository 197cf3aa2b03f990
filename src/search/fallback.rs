//! Ordered fallback of languages: each work once, in the first of them in which the caller sees it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::OnceLock;

use tantivy::columnar::Column;
use tantivy::{DocAddress, DocId, Searcher, SegmentReader};

use super::bits::Bits;
use super::columns::Columns;
use super::document::{FACETS, ID_HIGH, ID_LOW, LANG, PUBLISHED, WORK, id_of, lang_number};
use super::error::SearchError;
use super::sets::Sets;
use crate::domain::search::{Filter, Sight};

/// The works that are in the index in several editions: found when they are first asked for.
#[derive(Default)]
pub(super) struct Works(OnceLock<HashMap<u64, Vec<DocAddress>>>);

impl Works {
    fn with_editions(
        &self,
        searcher: &Searcher,
        columns: &Columns,
    ) -> Result<&HashMap<u64, Vec<DocAddress>>, SearchError> {
        if let Some(works) = self.0.get() {
            return Ok(works);
        }
        let works = works_with_editions(searcher, columns)?;
        Ok(self.0.get_or_init(|| works))
    }
}

fn works_with_editions(
    searcher: &Searcher,
    columns: &Columns,
) -> Result<HashMap<u64, Vec<DocAddress>>, SearchError> {
    let mut firsts: HashMap<u64, DocAddress> = HashMap::new();
    let mut several: HashMap<u64, Vec<DocAddress>> = HashMap::new();
    for (ord, segment) in (0..).zip(searcher.segment_readers()) {
        let work = columns.u64(segment, WORK)?;
        for doc in segment.doc_ids_alive() {
            let address = DocAddress::new(ord, doc);
            match firsts.entry(work.first(doc).unwrap_or(0)) {
                Entry::Vacant(entry) => {
                    entry.insert(address);
                }
                Entry::Occupied(entry) => several
                    .entry(*entry.key())
                    .or_insert_with(|| vec![*entry.get()])
                    .push(address),
            }
        }
    }
    Ok(several)
}

/// Judges hits by the order of the languages.
pub(super) struct Fallback<'a> {
    works: &'a HashMap<u64, Vec<DocAddress>>,
    langs: Vec<u64>,
    segments: Vec<Facts>,
    sight: &'a Sight,
}

/// Columns of a segment.
struct Facts {
    work: Column<u64>,
    lang: Column<u64>,
    facets: Column<i64>,
    published: Column<i64>,
    id: (Column<u64>, Column<u64>),
}

impl Facts {
    fn of(columns: &Columns, segment: &SegmentReader) -> Result<Self, SearchError> {
        Ok(Self {
            work: columns.u64(segment, WORK)?,
            lang: columns.u64(segment, LANG)?,
            facets: columns.i64(segment, FACETS)?,
            published: columns.i64(segment, PUBLISHED)?,
            id: (
                columns.u64(segment, ID_HIGH)?,
                columns.u64(segment, ID_LOW)?,
            ),
        })
    }

    fn is_seen(&self, doc: DocId, sight: &Sight) -> bool {
        let published = self.published.first(doc).unwrap_or(i64::MAX);
        let in_any = |group: &Vec<i64>| {
            self.facets
                .values_for_doc(doc)
                .any(|own| group.contains(&own))
        };
        let half = |column: &Column<u64>| column.first(doc).unwrap_or(0);
        sight.cutoff.is_none_or(|cutoff| published <= cutoff)
            && sight.groups.iter().all(in_any)
            && !sight
                .hidden
                .contains(&id_of(half(&self.id.0), half(&self.id.1)))
    }
}

impl<'a> Fallback<'a> {
    pub(super) fn new(
        searcher: &Searcher,
        columns: &Columns,
        works: &'a Works,
        filter: &'a Filter,
    ) -> Result<Self, SearchError> {
        let segments = searcher.segment_readers().iter();
        let segments = segments.map(|segment| Facts::of(columns, segment));
        Ok(Self {
            works: works.with_editions(searcher, columns)?,
            langs: filter.langs.iter().map(lang_number).collect(),
            segments: segments.collect::<Result<_, _>>()?,
            sight: &filter.sight,
        })
    }

    /// Of some articles, those that are the first in which the caller sees their works.
    pub(super) fn firsts(&self, articles: &Sets) -> Sets {
        let segments = (0..).zip(&articles.0);
        let firsts = segments.map(|(segment, bits): (u32, &Bits)| {
            let mut firsts = bits.clone();
            firsts.retain(|doc| self.is_first(segment, doc));
            firsts
        });
        Sets(firsts.collect())
    }

    /// True if a document's edition is the first in which the caller sees its work.
    fn is_first(&self, segment: u32, doc: DocId) -> bool {
        let facts = &self.segments[segment as usize];
        let Some(rank) = self.rank(facts, doc) else {
            return false;
        };
        let work = facts.work.first(doc).unwrap_or(0);
        let editions = self.works.get(&work).map_or(&[][..], Vec::as_slice);
        !editions.iter().any(|other| {
            let facts = &self.segments[other.segment_ord as usize];
            self.rank(facts, other.doc_id).is_some_and(|own| own < rank)
                && facts.is_seen(other.doc_id, self.sight)
        })
    }

    fn rank(&self, facts: &Facts, doc: DocId) -> Option<usize> {
        let lang = facts.lang.first(doc)?;
        self.langs.iter().position(|one| *one == lang)
    }
}
