//! Counts of hits by facet and by year.

use std::collections::HashMap;

use super::document::{FACETS, PUBLISHED};
use super::error::SearchError;
use super::hits::Read;
use super::index::Reading;
use crate::domain::search::Filter;

/// Hits by facet and by year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By the facet's number.
    pub facets: HashMap<i64, u64>,
    /// By the year of publication.
    pub years: HashMap<i32, u64>,
}

impl Reading {
    /// Counts the hits of a query under a filter. `year_of` tells the year of a time in milliseconds, where it has one.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn count(
        &self,
        read: &Read,
        filter: &Filter,
        year_of: impl Fn(i64) -> Option<i32>,
    ) -> Result<Counts, SearchError> {
        let mut found = self.find(read, filter, false)?;
        found.sort_unstable_by_key(super::matching::Match::address);
        let mut counts = Counts::default();
        for hits in found.chunk_by(|a, b| a.segment == b.segment) {
            let fast = self.searcher.segment_reader(hits[0].segment).fast_fields();
            let (facets, published) = (fast.i64(FACETS)?, fast.i64(PUBLISHED)?);
            for hit in hits {
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
