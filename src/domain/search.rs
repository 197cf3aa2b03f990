//! The documents that are searched, and which of them: an article as the index holds it, and the filters under which questions are asked.

use super::id::Id;
use super::language::LanguageTag;
use super::query::Range;

/// A public article as the index holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its identity.
    pub id: Id,
    /// Its edition.
    pub lang: LanguageTag,
    /// The key that its translations share.
    pub work: Id,
    /// Title.
    pub title: String,
    /// Subtitle and summary.
    pub lead: String,
    /// The body as plain text.
    pub body: String,
    /// Published at, in milliseconds.
    pub published_at: i64,
    /// Changed at, in milliseconds.
    pub updated_at: i64,
    /// The title as lists are sorted by it.
    pub title_key: String,
    /// The facets that it is in, by their codes.
    pub facets: Vec<i64>,
}

/// The public articles that a caller sees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Sight {
    /// An article must be in one facet of each group, by their codes.
    pub groups: Vec<Vec<i64>>,
    /// The latest date of publication that is seen, in milliseconds.
    pub cutoff: Option<i64>,
    /// Articles that the index still holds, and that are not to be found any more.
    pub hidden: Vec<Id>,
    /// True if bodies are closed to the caller.
    pub head_only: bool,
}

/// A choice of articles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Articles that the caller sees.
    pub sight: Sight,
    /// True if the filters can hold for no article.
    pub none: bool,
    /// An article must be in one facet of each group, by their codes.
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

impl Filter {
    /// All that a caller sees.
    #[must_use]
    pub fn of_sight(sight: Sight) -> Self {
        Self {
            sight,
            ..Self::default()
        }
    }
}
