//! Sources: who published an article first.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::author::Names;
use super::id::Id;
use super::slug::Slug;
use super::time::Timestamp;

/// Owner of the text, and the terms under which it may be used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rights {
    /// The copyright line.
    pub copyright: Option<String>,
    /// A licence, by name, SPDX identifier or address.
    #[schema(example = "CC-BY-4.0")]
    pub licence: Option<String>,
    /// The line that a copy must show.
    pub attribution: Option<String>,
}

impl Rights {
    /// These rights, each gap filled from `default`.
    #[must_use]
    pub fn or(self, default: &Self) -> Self {
        Self {
            copyright: self.copyright.or_else(|| default.copyright.clone()),
            licence: self.licence.or_else(|| default.licence.clone()),
            attribution: self.attribution.or_else(|| default.attribution.clone()),
        }
    }
}

/// The content of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceContent {
    /// Unique; what addresses and filters name it by.
    pub slug: Slug,
    /// Unique after NFC with white space folded.
    pub name: String,
    /// The name in other languages.
    pub names: Names,
    /// Newspaper, journal, agency, press …
    pub kind: Option<String>,
    /// Its site.
    pub url: Option<String>,
    /// The rights of its articles that say nothing of their own.
    pub rights: Rights,
}

/// A source as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its identity.
    pub id: Id,
    /// The content.
    pub content: SourceContent,
    /// Rises with every change.
    pub version: i64,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}
