//! Counts of hits by facet and by year.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::document::{FACETS, PUBLISHED};
use super::error::SearchError;
use super::hits::Read;
use super::index::Reading;
use super::sets::Sets;
use crate::domain::language::LanguageTag;
use crate::domain::search::Filter;

/// Hits by facet and by year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By the facet's number.
    pub facets: FxHashMap<i64, u64>,
    /// By the year of publication.
    pub years: FxHashMap<i32, u64>,
}

/// All hits of a query, before any filter.
#[derive(Debug)]
pub struct Hits {
    articles: Sets,
    /// Those that are the first of their works, by the order of languages that was asked for.
    firsts: RefCell<HashMap<Vec<LanguageTag>, Rc<Sets>>>,
}

impl Reading {
    /// All that a query finds for a caller, to be counted under several filters.
    #[must_use]
    pub fn hits(&self, read: &Read) -> Hits {
        let mut tiers = read.tiers.iter().map(|tier| &tier.articles);
        let mut articles = tiers.next().cloned().unwrap_or_default();
        tiers.for_each(|tier| articles.unite(tier));
        Hits {
            articles,
            firsts: RefCell::default(),
        }
    }

    /// Counts hits under a filter, by the facets that are wanted. `year_of` tells the year of a time in milliseconds, where it
    /// has one and is wanted.
    ///
    /// # Errors
    /// An index that cannot be read.
    pub fn count(
        &self,
        hits: &Hits,
        filter: &Filter,
        is_wanted: impl Fn(i64) -> bool,
        year_of: impl Fn(i64) -> Option<i32>,
    ) -> Result<Counts, SearchError> {
        let mut articles = hits.articles.clone();
        articles.intersect(&*self.admitted(filter)?);
        if let Some(firsts) = self.firsts(hits, filter)? {
            articles.intersect(&firsts);
        }
        let mut counts = Counts::default();
        for (reader, articles) in self.searcher.segment_readers().iter().zip(&articles.0) {
            let facets = self.columns.i64(reader, FACETS)?;
            let published = self.columns.i64(reader, PUBLISHED)?;
            for doc in articles.iter() {
                for facet in facets.values_for_doc(doc).filter(|facet| is_wanted(*facet)) {
                    *counts.facets.entry(facet).or_default() += 1;
                }
                if let Some(year) = published.first(doc).and_then(&year_of) {
                    *counts.years.entry(year).or_default() += 1;
                }
            }
        }
        Ok(counts)
    }

    fn firsts(&self, hits: &Hits, filter: &Filter) -> Result<Option<Rc<Sets>>, SearchError> {
        if let Some(firsts) = hits.firsts.borrow().get(&filter.langs) {
            return Ok(Some(Rc::clone(firsts)));
        }
        let Some(fallback) = self.fallback(filter)? else {
            return Ok(None);
        };
        let firsts = Rc::new(fallback.firsts(&hits.articles));
        let mut known = hits.firsts.borrow_mut();
        known.insert(filter.langs.clone(), Rc::clone(&firsts));
        Ok(Some(firsts))
    }
}
