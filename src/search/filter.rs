//! The articles that a query is asked of: those that its caller may see, and wants.

use std::ops::Bound;
use std::sync::Arc;

use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, EnableScoring, Occur, Query, RangeQuery,
    TermSetQuery,
};

use tantivy::{DocSet, TERMINATED, Term};

use super::bits::Bits;
use super::document::Fields;
use super::error::SearchError;
use super::fallback::Fallback;
use super::sets::Sets;
use super::shelf::Reading;
use crate::domain::id::Id;
use crate::domain::search::Filter;

type Clauses = Vec<(Occur, Box<dyn Query>)>;

impl Filter {
    /// The query for it; `None` where it lets everything through. The fallback is not in it.
    pub(super) fn query(&self, fields: &Fields) -> Option<Box<dyn Query>> {
        if self.none {
            return Some(Box::new(EmptyQuery));
        }
        let mut clauses: Clauses = Vec::new();
        for group in self.sight.groups.iter().chain(&self.groups) {
            let terms = group
                .iter()
                .map(|facet| Term::from_field_i64(fields.facets, *facet));
            clauses.push((Occur::Must, set(terms)));
        }
        if !self.ids.is_empty() {
            clauses.push((Occur::Must, set(self.ids.iter().map(|id| key(fields, *id)))));
        }
        let cutoff = self.sight.cutoff.unwrap_or(i64::MAX);
        let to = self
            .published
            .to
            .map_or(cutoff, |to| to.millis().min(cutoff));
        let from = self.published.from.map_or(i64::MIN, |from| from.millis());
        clauses.extend(within(fields.published, from, to));
        let from = self.updated.from.map_or(i64::MIN, |from| from.millis());
        let to = self.updated.to.map_or(i64::MAX, |to| to.millis());
        clauses.extend(within(fields.updated, from, to));
        if !self.sight.hidden.is_empty() {
            let hidden = self.sight.hidden.iter().map(|id| key(fields, *id));
            clauses.push((Occur::Must, Box::new(AllQuery)));
            clauses.push((Occur::MustNot, set(hidden)));
        }
        if clauses.is_empty() {
            return None;
        }
        let all = Box::new(BooleanQuery::new(clauses));
        Some(Box::new(ConstScoreQuery::new(all, 0.0)))
    }
}

fn set(terms: impl Iterator<Item = Term>) -> Box<dyn Query> {
    Box::new(TermSetQuery::new(terms))
}

fn within(field: tantivy::schema::Field, from: i64, to: i64) -> Option<(Occur, Box<dyn Query>)> {
    if from == i64::MIN && to == i64::MAX {
        return None;
    }
    let bound = |value| Bound::Included(Term::from_field_i64(field, value));
    Some((
        Occur::Must,
        Box::new(RangeQuery::new(bound(from), bound(to))),
    ))
}

/// The term that names an article.
pub(super) fn key(fields: &Fields, id: Id) -> Term {
    Term::from_field_bytes(fields.key, &id.to_bytes())
}

impl Reading {
    /// The order of a filter's languages, where it has one.
    pub(super) fn fallback<'a>(
        &'a self,
        filter: &'a Filter,
    ) -> Result<Option<Fallback<'a>>, SearchError> {
        (filter.langs.len() > 1)
            .then(|| Fallback::new(&self.searcher, &self.columns, &self.derived.works, filter))
            .transpose()
    }

    /// All articles that a filter lets through, but for the order of its languages.
    pub(super) fn admitted(&self, filter: &Filter) -> Result<Arc<Sets>, SearchError> {
        let unordered = Filter {
            langs: Vec::new(),
            ..filter.clone()
        };
        let kept = &self.derived.admitted.0;
        if let Some(admitted) = kept.get(&unordered) {
            return Ok(admitted);
        }
        let admitted = Arc::new(self.let_through(&unordered)?);
        // A partner's cutoff moves with the time.
        if unordered.sight.cutoff.is_none() {
            kept.insert(unordered, Arc::clone(&admitted));
        }
        Ok(admitted)
    }

    fn let_through(&self, filter: &Filter) -> Result<Sets, SearchError> {
        let query = filter.query(&self.fields);
        let unscored = EnableScoring::disabled_from_searcher(&self.searcher);
        let weight = query.map(|query| query.weight(unscored)).transpose()?;
        let segments = self.searcher.segment_readers().iter().map(|reader| {
            let mut bits = Bits::none(reader.max_doc());
            let Some(weight) = &weight else {
                reader.doc_ids_alive().for_each(|doc| bits.insert(doc));
                return Ok::<_, SearchError>(bits);
            };
            let mut scorer = weight.scorer(reader, 1.0)?;
            while scorer.doc() != TERMINATED {
                if !reader.is_deleted(scorer.doc()) {
                    bits.insert(scorer.doc());
                }
                scorer.advance();
            }
            Ok(bits)
        });
        segments.collect::<Result<_, SearchError>>().map(Sets)
    }
}
