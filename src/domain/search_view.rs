//! What a search shows: hits, counts, suggestions.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::language::LanguageTag;
use super::page_url::PageUrl;
use super::view::Article;

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

/// How many hits have one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetCount {
    /// The filter takes it; a year stands for `published_from` and `published_to`.
    #[schema(example = "international/events")]
    pub value: String,
    /// How readers know it.
    pub label: String,
    /// How many hits its filter finds.
    pub count: u64,
}

/// Counts by facet.
pub type FacetCounts = BTreeMap<&'static str, Vec<FacetCount>>;

/// What a suggestion is of.
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

/// What somebody may be typing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Suggestion {
    /// What it is of.
    #[serde(rename = "type")]
    pub kind: SuggestionKind,
    /// An article's id; for the others, what their filter takes.
    pub value: String,
    /// The title or name.
    pub label: String,
    /// Its edition, where it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, example = "en")]
    pub lang: Option<LanguageTag>,
    /// Where readers find an article: an absolute address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "uri")]
    pub url: Option<PageUrl>,
}
