//! Counts of hits by facet and by year.

use rustc_hash::FxHashMap;
use tantivy::query::{EnableScoring, Scorer, Weight};
use tantivy::{DocId, SegmentReader};

use super::document::{FACETS, PUBLISHED};
use super::error::SearchError;
use super::fallback::Fallback;
use super::hits::{Look, Read};
use super::index::Reading;
use super::matching::Match;
use crate::domain::search::{Filter, Sight};

/// Hits by facet and by year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By the facet's number.
    pub facets: FxHashMap<i64, u64>,
    /// By the year of publication.
    pub years: FxHashMap<i32, u64>,
}

/// All hits of a query, before any filter, in the order of the index.
#[derive(Debug)]
pub struct Hits(Vec<Match>);

impl Reading {
    /// All that a query finds for a caller, to be counted under several filters.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn hits(&self, read: &Read, sight: &Sight) -> Result<Hits, SearchError> {
        let mut found = self.find(read, &Filter::of_sight(sight.clone()), Look::Counted)?;
        found.sort_unstable_by_key(Match::address);
        Ok(Hits(found))
    }

    /// Counts hits under a filter. `year_of` tells the year of a time in milliseconds, where it has one.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn count(
        &self,
        hits: &Hits,
        filter: &Filter,
        year_of: impl Fn(i64) -> Option<i32>,
    ) -> Result<Counts, SearchError> {
        let fallback = self.fallback(filter)?;
        let unscored = EnableScoring::disabled_from_searcher(&self.searcher);
        let filtered = filter.query(&self.fields);
        let filtered = filtered.map(|query| query.weight(unscored)).transpose()?;
        let mut counts = Counts::default();
        for hits in hits.0.chunk_by(|a, b| a.segment == b.segment) {
            let reader = self.searcher.segment_reader(hits[0].segment);
            let mut admitted = Admitted::of(filtered.as_deref(), reader)?;
            let fast = reader.fast_fields();
            let (facets, published) = (fast.i64(FACETS)?, fast.i64(PUBLISHED)?);
            for hit in hits.iter().filter(|hit| admitted.holds(hit.doc)) {
                let is_first = |langs: &Fallback<'_>| langs.is_first(hit.segment, hit.doc);
                if !fallback.as_ref().is_none_or(is_first) {
                    continue;
                }
                for facet in facets.values_for_doc(hit.doc) {
                    *counts.facets.entry(facet).or_default() += 1;
                }
                if let Some(year) = published.first(hit.doc).and_then(&year_of) {
                    *counts.years.entry(year).or_default() += 1;
                }
            }
        }
        Ok(counts)
    }
}

/// The articles of a segment that a filter lets through, asked for in rising order.
struct Admitted(Option<Box<dyn Scorer>>);

impl Admitted {
    fn of(filter: Option<&dyn Weight>, reader: &SegmentReader) -> Result<Self, SearchError> {
        let scorer = filter.map(|filter| filter.scorer(reader, 1.0));
        Ok(Self(scorer.transpose()?))
    }

    fn holds(&mut self, doc: DocId) -> bool {
        let Some(scorer) = &mut self.0 else {
            return true;
        };
        if scorer.doc() < doc {
            scorer.seek(doc);
        }
        scorer.doc() == doc
    }
}
