//! The rows of an article, and what they mean.

use diesel::prelude::*;

use crate::domain::article::{ArticleContent, Status};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;
use crate::domain::time::Timestamp;

use super::super::error::StoreError;
use super::super::schema::{article_bodies, article_people, article_tags, articles};
use super::super::types::{from_json, stored_id};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = articles, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(in crate::store) struct ArticleRow {
    pub id: String,
    pub work_id: String,
    pub lang: String,
    pub slug: String,
    pub version: i64,
    pub status: String,
    pub public: bool,
    pub title: String,
    pub subtitle: Option<String>,
    pub summary: Option<String>,
    pub published_at: Option<i64>,
    pub publish_at: Option<i64>,
    pub embargo_until: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub section_id: Option<String>,
    pub source_id: Option<String>,
    pub details: String,
    pub extra: String,
    pub url_key: Option<String>,
    pub url_path: Option<String>,
    pub external_id: Option<String>,
    pub withdrawn: Option<String>,
    pub word_count: i32,
    pub reading_minutes: i32,
    pub import_digest: Option<i64>,
    pub created_by: Option<String>,
    pub public_since: Option<i64>,
    pub noticed_at: Option<i64>,
    pub slug_shown: bool,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = article_bodies)]
pub(super) struct BodyRow {
    pub article_id: String,
    pub html: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = article_people)]
pub(super) struct PersonRow {
    pub article_id: String,
    pub role: i32,
    pub position: i32,
    pub author_id: String,
}

/// The numbers of `article_people.role`.
pub(super) const AUTHOR: i32 = 0;
pub(super) const EDITOR: i32 = 1;
pub(super) const TRANSLATOR: i32 = 2;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = article_tags)]
pub(super) struct TagRow {
    pub article_id: String,
    pub position: i32,
    pub tag_id: String,
}

/// An article as it is stored: everything that a write starts from.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredArticle {
    /// Its identity.
    pub id: Id,
    /// Rises with every change.
    pub version: i64,
    /// True if the public sees it.
    pub public: bool,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// The key that it was made with.
    pub created_by: Option<Id>,
    /// The digest of the record that it was last imported from.
    pub import_digest: Option<i64>,
    /// The state that the public has seen.
    pub seen: Seen,
    /// The content.
    pub content: ArticleContent,
}

/// The state of an article as the public has seen it. Kept with the article, since the change log forgets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// The entry of the change log by which it became public last; `None` where it never was.
    pub public_since: Option<i64>,
    /// The entry that last brought a notice which it had not had before.
    pub noticed_at: Option<i64>,
    /// True if its present slug was ever public.
    pub slug_shown: bool,
}

/// The people of one article by role, in order.
#[derive(Default)]
pub(super) struct People {
    pub authors: Vec<Id>,
    pub editors: Vec<Id>,
    pub translators: Vec<Id>,
}

impl StoredArticle {
    pub(super) fn from_rows(
        row: ArticleRow,
        people: People,
        tags: Vec<Id>,
        body: String,
    ) -> Result<Self, StoreError> {
        let at = |millis: Option<i64>| millis.map(Timestamp::from_millis);
        Ok(Self {
            id: stored_id(&row.id)?,
            version: row.version,
            public: row.public,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            created_by: row.created_by.as_deref().map(stored_id).transpose()?,
            import_digest: row.import_digest,
            seen: Seen {
                public_since: row.public_since,
                noticed_at: row.noticed_at,
                slug_shown: row.slug_shown,
            },
            content: ArticleContent {
                work: stored_id(&row.work_id)?,
                lang: LanguageTag::from_stored(row.lang),
                slug: Slug::from_stored(row.slug),
                title: row.title,
                subtitle: row.subtitle,
                summary: row.summary,
                status: stored_status(&row.status)?,
                published_at: at(row.published_at),
                publish_at: at(row.publish_at),
                embargo_until: at(row.embargo_until),
                authors: people.authors,
                editors: people.editors,
                translators: people.translators,
                source: row.source_id.as_deref().map(stored_id).transpose()?,
                section: row.section_id.as_deref().map(stored_id).transpose()?,
                tags,
                details: from_json(&row.details)?,
                extra: from_json(&row.extra)?,
                external_id: row.external_id,
                withdrawn: row.withdrawn.as_deref().map(from_json).transpose()?,
                body,
            },
        })
    }
}

pub(super) fn stored_status(word: &str) -> Result<Status, StoreError> {
    Status::parse(word)
        .ok_or_else(|| StoreError::Other(format!("a stored status does not read: {word}")))
}
