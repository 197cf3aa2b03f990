//! Queries for lists of articles.

use serde::{Deserialize, Serialize};

use super::article::Status;
use super::cursor::Cursor;
use super::id::Id;
use super::language::LanguageTag;
use super::text;
use super::time::Timestamp;

/// The most values of one parameter, its repetitions included.
pub const MOST_VALUES: usize = 100;
/// Most repetitions of one parameter.
pub const MOST_GROUPS: usize = 20;
/// The most characters of one value.
pub const LONGEST_VALUE: usize = 200;
/// The longest path of a section, in bytes: what an index of either database can hold.
pub const LONGEST_PATH: usize = 2_000;

/// Names a resource by its id, or by its slug (for a section: its path).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reference {
    /// By identity.
    Id(Id),
    /// By slug or path, in NFC as slugs are.
    Slug(String),
}

impl Reference {
    /// A UUID of version 7 is an id, all else a slug or path.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Id::parse(text).map_or_else(|_| Self::slug(text), Self::Id)
    }

    /// True if text is no longer than any slug or id, or than any path where `is_path`, in whatever Unicode normal form it
    /// was written.
    #[must_use]
    pub fn is_short(text: &str, is_path: bool) -> bool {
        let normal = text::nfc(text.to_owned());
        match is_path {
            true => normal.len() <= LONGEST_PATH,
            false => normal.chars().count() <= LONGEST_VALUE,
        }
    }

    /// A slug or path, in whatever Unicode normal form it was written.
    #[must_use]
    pub fn slug(text: &str) -> Self {
        Self::Slug(text::nfc(text.to_owned()))
    }
}

/// All of these groups, any of the members of each.
pub type AllOfAny<T> = Vec<Vec<T>>;

/// An inclusive range of instants, open where `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Range {
    /// The first instant.
    pub from: Option<Timestamp>,
    /// The last instant.
    pub to: Option<Timestamp>,
}

impl Range {
    /// True if it sets no bound.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

/// The sort key of a list; the id always breaks ties, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SortKey {
    /// Time of publication.
    PublishedAt,
    /// Time of the last change.
    UpdatedAt,
    /// The folded title, by code points.
    Title,
}

/// A sort key and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// The sort key.
    pub key: SortKey,
    /// Greatest first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self {
            key: SortKey::PublishedAt,
            descending: true,
        }
    }
}

/// Filters and order of a list of articles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticleQuery {
    /// Ordered fallback: each work once, in the first of these languages that it is published in. Empty: every language.
    pub langs: Vec<LanguageTag>,
    /// Empty: published.
    pub statuses: Vec<Status>,
    /// Sections, each with those below it.
    pub sections: AllOfAny<Reference>,
    /// By author.
    pub authors: AllOfAny<Reference>,
    /// By editor.
    pub editors: AllOfAny<Reference>,
    /// By translator.
    pub translators: AllOfAny<Reference>,
    /// By source.
    pub sources: AllOfAny<Reference>,
    /// By tag.
    pub tags: AllOfAny<Reference>,
    /// By identity.
    pub ids: AllOfAny<Id>,
    /// By the time of publication.
    pub published: Range,
    /// By the time of the last change.
    pub updated: Range,
    /// The order.
    pub sort: Sort,
}

/// The place in a list to start from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Start {
    /// At its head.
    #[default]
    Head,
    /// Behind the row that a cursor names.
    After(Cursor),
    /// After so many rows.
    Offset(u32),
}

impl Start {
    /// The place behind which rows come; `None` where they are counted from the head.
    #[must_use]
    pub const fn cursor(&self) -> Option<&Cursor> {
        match self {
            Self::After(cursor) => Some(cursor),
            Self::Head | Self::Offset(_) => None,
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// Number of rows, 1 to 100.
    pub limit: u32,
    /// From where.
    pub start: Start,
    /// True counts all rows of the list.
    pub count: bool,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self {
            limit: 20,
            start: Start::Head,
            count: false,
        }
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice<T> {
    /// Its rows, in order.
    pub rows: Vec<T>,
    /// The last row's place, where more rows follow it.
    pub next: Option<Cursor>,
    /// Number of rows of the whole list, where it was asked for.
    pub total: Option<u64>,
}

impl<T> Slice<T> {
    /// The same part with each row as something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Slice<U> {
        Slice {
            rows: self.rows.into_iter().map(change).collect(),
            next: self.next,
            total: self.total,
        }
    }

    /// The same part with other rows in the place of these, as many in the same order.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn try_with<U, E>(
        self,
        change: impl FnOnce(Vec<T>) -> Result<Vec<U>, E>,
    ) -> Result<Slice<U>, E> {
        Ok(Slice {
            rows: change(self.rows)?,
            next: self.next,
            total: self.total,
        })
    }
}
