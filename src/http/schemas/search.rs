//! The envelopes of searches and suggestions.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::search_view::{FacetCount, FacetCounts, SearchHit, Suggestion};
use crate::http::request::paging::{PageLinks, TotalKind};

/// A page of the hits of a search.
#[derive(Debug, ToSchema)]
pub struct SearchPage {
    /// The hits, in order.
    pub data: Vec<SearchHit>,
    /// Facts about the search besides its hits.
    pub meta: SearchMeta,
    /// Addresses of this page and of the next one.
    pub links: PageLinks,
}

/// Facts about a search besides its hits.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchMeta {
    /// Number of rows that were asked for.
    #[schema(example = 20)]
    pub limit: u32,
    /// True if more rows follow.
    pub has_more: bool,
    /// Leads to the rows that follow; null at the end.
    pub next_cursor: Option<String>,
    /// Number of hits that paging reaches.
    pub total: u64,
    /// The way in which the total was found.
    pub total_kind: TotalKind,
    /// Counts of the facets that were asked for: `section`, `author`, `source`, `tag`, `lang`, `year`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = HashMap<String, Vec<FacetCount>>)]
    pub facets: Option<FacetCounts>,
    /// The words with another spelling, where that finds more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub did_you_mean: Option<String>,
    /// `true` if the query was too long and was cut.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub query_cut: bool,
}

/// Suggestions while somebody types.
#[derive(Debug, ToSchema)]
pub struct SuggestionList {
    /// The suggestions.
    pub data: Vec<Suggestion>,
}
