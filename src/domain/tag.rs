//! Tags: keywords, one by slug.

use super::author::Names;
use super::id::Id;
use super::slug::Slug;
use super::time::Timestamp;

/// What a tag says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagContent {
    /// Its identity towards clients.
    pub slug: Slug,
    /// The first name that it was given.
    pub name: String,
    /// The name in other languages.
    pub names: Names,
}

/// A tag as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its identity inside the service and in the change log.
    pub id: Id,
    /// What it says.
    pub content: TagContent,
    /// Rises with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}
