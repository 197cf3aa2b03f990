//! What a search answers: articles with their scores, where they matched, and what is told beside them.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::links::Linked;
use super::page::{Meta, Target, TotalKind};
use super::search_facets::{FacetCount, FacetCounts};
use crate::domain::id::Id;
use crate::domain::view::Article;
use crate::search::highlight::Marker;
use crate::search::parse::Parsed;
use crate::store::{Conn, StoreError, search};

/// Where a hit matched: fragments of its text, `<mark>` around what matched, all else escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Highlights {
    /// The title, where it matched.
    pub title: Option<String>,
    /// The summary, where it matched.
    pub summary: Option<String>,
    /// Parts of the body that matched.
    pub body: Vec<String>,
}

/// An article that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchHit {
    /// The article.
    #[serde(flatten)]
    pub article: Article,
    /// How well it matches; comparable within one answer.
    #[schema(example = 12.5)]
    pub score: f32,
    /// Where it matched; only with `highlight=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Highlights)]
    pub highlights: Option<Highlights>,
}

impl Linked for SearchHit {
    fn complete(&mut self, target: &Target) {
        self.article.complete(target);
    }
}

/// What is said of a search beside its hits.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchMeta {
    /// How many rows were asked for.
    #[schema(example = 20)]
    pub limit: u32,
    /// Whether more rows follow.
    pub has_more: bool,
    /// Leads to the rows that follow; null at the end.
    pub next_cursor: Option<String>,
    /// How many articles paging reaches.
    pub total: u64,
    /// How the total was found.
    pub total_kind: TotalKind,
    /// Counts of the facets that were asked for: `section`, `author`, `source`, `tag`, `lang`, `year`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = HashMap<String, Vec<FacetCount>>)]
    pub facets: Option<FacetCounts>,
    /// The words with another spelling, where that finds more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub did_you_mean: Option<String>,
    /// `true` where more was typed than is read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub query_cut: bool,
}

impl SearchMeta {
    /// The same as of any list, with what only searches tell.
    pub(crate) fn of(
        meta: Meta,
        total: u64,
        facets: Option<FacetCounts>,
        did_you_mean: Option<String>,
        query_cut: bool,
    ) -> Self {
        Self {
            limit: meta.limit,
            has_more: meta.has_more,
            next_cursor: meta.next_cursor,
            total,
            total_kind: TotalKind::Exact,
            facets,
            did_you_mean,
            query_cut,
        }
    }
}

/// Where some articles match a query. The bodies of a contract for summaries stay closed.
pub(crate) fn highlights(
    c: &mut Conn,
    parsed: &Parsed,
    articles: &[Article],
    head_only: bool,
) -> Result<Vec<Highlights>, StoreError> {
    let ids: Vec<String> = articles
        .iter()
        .map(|article| article.id.to_string())
        .collect();
    let bodies: HashMap<Id, String> = if head_only {
        HashMap::new()
    } else {
        let documents = search::documents(c, &ids)?.into_iter();
        documents
            .map(|document| (document.id, document.body))
            .collect()
    };
    let one = |article: &Article| {
        let marker = Marker::new(parsed, &article.lang);
        Highlights {
            title: marker.whole(&article.title),
            summary: article
                .summary
                .as_deref()
                .and_then(|text| marker.whole(text)),
            body: bodies
                .get(&article.id)
                .map_or_else(Vec::new, |text| marker.fragments(text)),
        }
    };
    Ok(articles.iter().map(one).collect())
}
