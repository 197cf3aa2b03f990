//! Results of a search: hits, counts, suggestions.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::language::LanguageTag;
use super::page_url::PageUrl;
use super::view::Article;

/// The places of a hit that matched: fragments of its text, with `<mark>` around the match and everything else escaped.
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
    /// Quality of the match; comparable within one answer.
    #[schema(example = 12.5)]
    pub score: f32,
    /// The places that matched; only with `highlight=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Highlights)]
    pub highlights: Option<Highlights>,
}

/// The number of hits with one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetCount {
    /// Value for the filter; a year is for `published_from` and `published_to`.
    #[schema(example = "international/events")]
    pub value: String,
    /// Name for readers.
    pub label: String,
    /// Number of hits that its filter finds.
    pub count: u64,
}

/// Counts by facet.
pub type FacetCounts = BTreeMap<&'static str, Vec<FacetCount>>;

/// The kind of a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SuggestionKind {
    /// An article, by its title.
    Article,
    /// An author.
    Author,
    /// A tag.
    Tag,
    /// A section.
    Section,
}

/// A suggestion while somebody types.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Suggestion {
    /// Kind of the suggestion.
    #[serde(rename = "type")]
    pub kind: SuggestionKind,
    /// Id of an article; for the others, the value for their filter.
    pub value: String,
    /// The title or name.
    pub label: String,
    /// Its edition, where it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, example = "en")]
    pub lang: Option<LanguageTag>,
    /// Public address, absolute.
    #[schema(value_type = String, format = "uri")]
    pub url: PageUrl,
}
