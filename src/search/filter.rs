//! Which articles a question is asked of: what its caller may see, and what the caller wants of that.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, Query, RangeQuery, TermSetQuery,
};

use super::document::Fields;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::Range;

/// What a caller sees of public articles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Sight {
    /// An article must be in one facet of each group.
    pub groups: Vec<Vec<i64>>,
    /// The latest date of publication that is seen, in milliseconds.
    pub cutoff: Option<i64>,
    /// Articles that the index still holds, and that are not to be found any more.
    pub hidden: Vec<Id>,
    /// Whether bodies are closed to the caller.
    pub head_only: bool,
}

/// Which articles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// What the caller sees.
    pub sight: Sight,
    /// Whether the filters can hold for no article.
    pub none: bool,
    /// An article must be in one facet of each group.
    pub groups: Vec<Vec<i64>>,
    /// The only articles that are wanted; empty: any.
    pub ids: Vec<Id>,
    /// Published within.
    pub published: Range,
    /// Changed within.
    pub updated: Range,
    /// Ordered fallback, where it has several languages: each work in the first of them in which the caller sees it.
    pub langs: Vec<LanguageTag>,
}

type Clauses = Vec<(Occur, Box<dyn Query>)>;

impl Filter {
    /// All that a caller sees.
    #[must_use]
    pub fn of_sight(sight: Sight) -> Self {
        Self {
            sight,
            ..Self::default()
        }
    }

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
