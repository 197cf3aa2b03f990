//! Titles that somebody may be typing: by the start of their words.

use std::cmp::Reverse;
use std::collections::HashSet;

use tantivy::columnar::StrColumn;

use super::bits::Bits;
use super::document::{ID_HIGH, ID_LOW, PUBLISHED, TITLE_KEY, id_of};
use super::error::SearchError;
use super::fold::is_unspaced;
use super::index::Reading;
use super::matching::{Segment, Terms};
use super::names::units;
use super::placed::Placed;
use super::sets::Match;
use super::terms::{pairs, start_term};
use super::words::words;
use crate::domain::id::Id;
use crate::domain::search::Filter;

impl Reading {
    /// The articles in whose titles words begin as those that were typed: first those that begin so themselves, then the
    /// newest; of those with one title, the newest.
    ///
    /// # Errors
    /// An index that cannot be read.
    pub fn titles(
        &self,
        typed: &str,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Id>, SearchError> {
        let units = units(typed);
        let Some((last, others)) = units.split_last() else {
            return Ok(Vec::new());
        };
        let placed = Placed::default();
        let terms = Terms::of(self, filter.sight.head_only, &placed);
        let start = start_term(&words(typed));
        let found = terms.in_each(&self.admitted(filter)?, |segment, among| {
            titles_with(segment, others, last, among)
        })?;
        let begins = terms.in_each(&found, |segment, among| {
            let mut begins = segment.with_prefix(terms.fields.title_start, &start)?;
            begins.intersect(among);
            Ok(begins)
        })?;
        let first: HashSet<_> = begins.matches().map(|hit| hit.address()).collect();
        let found: Vec<Match> = found.matches().collect();
        let times = self.times(&found)?;
        let mut rows: Vec<(bool, i64, Match)> = found
            .into_iter()
            .zip(times)
            .map(|(hit, at)| (first.contains(&hit.address()), at, hit))
            .collect();
        rows.sort_unstable_by_key(|(begins, at, hit)| (Reverse((*begins, *at)), hit.address()));
        let hits = rows.into_iter().map(|(.., hit)| hit);
        let hits = self.with_other_titles(hits, limit)?;
        hits.iter().map(|hit| self.id(hit)).collect()
    }

    /// The first so many hits whose titles differ.
    fn with_other_titles(
        &self,
        hits: impl Iterator<Item = Match>,
        limit: usize,
    ) -> Result<Vec<Match>, SearchError> {
        let segments = self.searcher.segment_readers().iter();
        let titles = segments.map(|segment| segment.fast_fields().str(TITLE_KEY));
        let titles: Vec<Option<StrColumn>> = titles.collect::<Result<_, _>>()?;
        let (mut places, mut known) = (HashSet::new(), HashSet::new());
        let mut found = Vec::new();
        for hit in hits {
            let mut title = String::new();
            if let Some(titles) = &titles[hit.segment as usize]
                && let Some(ord) = titles.term_ords(hit.doc).next()
            {
                if !places.insert((hit.segment, ord)) {
                    continue;
                }
                titles.ord_to_str(ord, &mut title)?;
            }
            if known.insert(title) {
                found.push(hit);
            }
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }

    fn times(&self, hits: &[Match]) -> Result<Vec<i64>, SearchError> {
        let mut columns = Vec::new();
        for segment in self.searcher.segment_readers() {
            columns.push(segment.fast_fields().i64(PUBLISHED)?);
        }
        let time = |hit: &Match| {
            columns[hit.segment as usize]
                .first(hit.doc)
                .unwrap_or(i64::MIN)
        };
        Ok(hits.iter().map(time).collect())
    }

    fn id(&self, hit: &Match) -> Result<Id, SearchError> {
        let fast = self.searcher.segment_reader(hit.segment).fast_fields();
        let half = |name| Ok::<_, SearchError>(fast.u64(name)?.first(hit.doc).unwrap_or(0));
        Ok(id_of(half(ID_HIGH)?, half(ID_LOW)?))
    }
}

/// Articles with all words in their titles, the last of them as a start.
fn titles_with(
    segment: &Segment<'_>,
    others: &[String],
    last: &str,
    among: &Bits,
) -> Result<Bits, SearchError> {
    let mut found = among.clone();
    for unit in others {
        with_whole(segment, unit, &mut found)?;
    }
    if last.chars().any(is_unspaced) {
        with_whole(segment, last, &mut found)?;
    } else {
        found.intersect(&segment.with_prefix(segment.terms.fields.title_words, last)?);
    }
    Ok(found)
}

fn with_whole(segment: &Segment<'_>, unit: &str, found: &mut Bits) -> tantivy::Result<()> {
    let fields = segment.terms.fields;
    let pairs: Vec<String> = pairs(&words(unit)).collect();
    let (field, terms) = match (unit.chars().any(is_unspaced), pairs.is_empty()) {
        (true, true) => (fields.title_stems, vec![unit.to_owned()]),
        (true, false) => (fields.title_words, pairs),
        (false, _) => (fields.title_words, vec![unit.to_owned()]),
    };
    for term in terms {
        found.intersect(&segment.any(field, &[term])?);
    }
    Ok(())
}
