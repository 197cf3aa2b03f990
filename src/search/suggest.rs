//! Titles that somebody may be typing: by the start of their words.

use std::cmp::Reverse;
use std::collections::HashSet;

use tantivy::columnar::{Column, StrColumn};

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
        let placed = Placed::among(self.searcher.num_docs());
        let terms = Terms::of(self, filter.sight.head_only, &placed);
        let start = start_term(&words(typed));
        let admitted = self.admitted(filter)?;
        let found = terms.in_each(&admitted, |segment, among| {
            titles_with(segment, others, last, among)
        })?;
        let begins = terms.in_each(&found, |segment, among| {
            let mut begins = segment.with_prefix(terms.fields.title_start, &start)?;
            begins.intersect(among);
            Ok(begins)
        })?;
        let first: HashSet<_> = begins.matches().map(|hit| hit.address()).collect();
        let found: Vec<Match> = found.matches().collect();
        let ages = self.ages(&found)?;
        let mut rows: Vec<(bool, Age, Match)> = found
            .into_iter()
            .zip(ages)
            .map(|(hit, age)| (first.contains(&hit.address()), age, hit))
            .collect();
        rows.sort_unstable_by_key(|(begins, age, _)| Reverse((*begins, *age)));
        self.with_other_titles(rows.into_iter().map(|(_, (_, id), hit)| (id, hit)), limit)
    }

    /// The first so many articles whose titles differ.
    fn with_other_titles(
        &self,
        hits: impl Iterator<Item = (Id, Match)>,
        limit: usize,
    ) -> Result<Vec<Id>, SearchError> {
        let segments = self.searcher.segment_readers().iter();
        let titles = segments.map(|segment| segment.fast_fields().str(TITLE_KEY));
        let titles: Vec<Option<StrColumn>> = titles.collect::<Result<_, _>>()?;
        let (mut places, mut known) = (HashSet::new(), HashSet::new());
        let mut found = Vec::new();
        for (id, hit) in hits {
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
                found.push(id);
            }
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }

    fn ages(&self, hits: &[Match]) -> Result<Vec<Age>, SearchError> {
        let mut columns = Vec::new();
        for segment in self.searcher.segment_readers() {
            let published = self.columns.i64(segment, PUBLISHED)?;
            let high = self.columns.u64(segment, ID_HIGH)?;
            columns.push((published, high, self.columns.u64(segment, ID_LOW)?));
        }
        let age = |hit: &Match| {
            let (times, highs, lows) = &columns[hit.segment as usize];
            let half = |column: &Column<u64>| column.first(hit.doc).unwrap_or(0);
            let time = times.first(hit.doc).unwrap_or(i64::MIN);
            (time, id_of(half(highs), half(lows)))
        };
        Ok(hits.iter().map(age).collect())
    }
}

/// The time of publication, in milliseconds, and the article: of one time, in the order of their ids, wherever the index keeps them.
type Age = (i64, Id);

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
