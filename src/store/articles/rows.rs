//! The rows of an article, and what they mean.

use diesel::prelude::*;

use crate::domain::article::{ArticleContent, Details, Status, Withdrawal};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;
use crate::domain::time::Timestamp;

use super::super::error::StoreError;
use super::super::schema::{article_bodies, article_people, article_tags, articles};
use super::super::types::{Json, from_json};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = articles, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(in crate::store) struct ArticleRow {
    pub id: Id,
    pub work_id: Id,
    pub lang: LanguageTag,
    pub slug: Slug,
    pub version: i64,
    pub status: String,
    pub public: bool,
    pub title: String,
    pub subtitle: Option<String>,
    pub summary: Option<String>,
    pub published_at: Option<Timestamp>,
    pub publish_at: Option<Timestamp>,
    pub embargo_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub section_id: Option<Id>,
    pub source_id: Option<Id>,
    pub details: Json<Details>,
    /// Read only where it is shown.
    pub extra: String,
    pub url_key: Option<String>,
    pub url_path: Option<String>,
    pub external_id: Option<String>,
    pub withdrawn: Option<Json<Withdrawal>>,
    pub word_count: i32,
    pub reading_minutes: i32,
    pub import_digest: Option<i64>,
    pub created_by: Option<Id>,
    pub public_since: Option<i64>,
    pub noticed_at: Option<i64>,
    pub slug_shown: bool,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = article_bodies)]
pub(super) struct BodyRow {
    pub article_id: Id,
    pub html: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = article_people)]
pub(super) struct PersonRow {
    pub article_id: Id,
    pub role: i32,
    pub position: i32,
    pub author_id: Id,
}

/// The numbers of `article_people.role`.
pub(super) const AUTHOR: i32 = 0;
pub(super) const EDITOR: i32 = 1;
pub(super) const TRANSLATOR: i32 = 2;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = article_tags)]
pub(super) struct TagRow {
    pub article_id: Id,
    pub position: i32,
    pub tag_id: Id,
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
        Ok(Self {
            id: row.id,
            version: row.version,
            public: row.public,
            created_at: row.created_at,
            updated_at: row.updated_at,
            created_by: row.created_by,
            import_digest: row.import_digest,
            seen: Seen {
                public_since: row.public_since,
                noticed_at: row.noticed_at,
                slug_shown: row.slug_shown,
            },
            content: ArticleContent {
                work: row.work_id,
                lang: row.lang,
                slug: row.slug,
                title: row.title,
                subtitle: row.subtitle,
                summary: row.summary,
                status: stored_status(&row.status)?,
                published_at: row.published_at,
                publish_at: row.publish_at,
                embargo_until: row.embargo_until,
                authors: people.authors,
                editors: people.editors,
                translators: people.translators,
                source: row.source_id,
                section: row.section_id,
                tags,
                details: row.details.0,
                extra: from_json(&row.extra)?,
                external_id: row.external_id,
                withdrawn: row.withdrawn.map(|Json(withdrawal)| withdrawal),
                body,
            },
        })
    }
}

pub(super) fn stored_status(word: &str) -> Result<Status, StoreError> {
    Status::parse(word)
        .ok_or_else(|| StoreError::Other(format!("a stored status does not read: {word}")))
}
