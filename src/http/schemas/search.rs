//! What is said of a search beside its hits.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::search_view::{FacetCount, FacetCounts, SearchHit, Suggestion};
use crate::http::request::paging::{PageLinks, TotalKind};

/// A part of the hits of a search.
#[derive(Debug, ToSchema)]
pub struct SearchPage {
    /// The hits, in order.
    pub data: Vec<SearchHit>,
    /// What is said of the search beside its hits.
    pub meta: SearchMeta,
    /// Addresses of this part of the hits and of the next one.
    pub links: PageLinks,
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

/// What somebody may be typing.
#[derive(Debug, ToSchema)]
pub struct SuggestionList {
    /// The suggestions.
    pub data: Vec<Suggestion>,
}
