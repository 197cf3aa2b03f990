//! One version of an article, present or past, with what it refers to as that is called today.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::article::ArticleContent;
use crate::domain::body::Body;
use crate::domain::id::Id;
use crate::domain::time::Timestamp;
use crate::domain::view::Article;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::schema::articles;
use super::load::{Parts, related_of};
use super::references::{Linked, resolve_references};
use super::rows::{ArticleRow, Seen, StoredArticle};
use super::view::BodyForm;
use super::write::{ArticleRecord, person_rows};

/// A version to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The article.
    pub id: Id,
    /// The version's number.
    pub version: i64,
    /// Time at which it was made.
    pub at: Timestamp,
    /// The content.
    pub content: ArticleContent,
}

impl From<StoredArticle> for Version {
    fn from(article: StoredArticle) -> Self {
        Self {
            id: article.id,
            version: article.version,
            at: article.updated_at,
            content: article.content,
        }
    }
}

/// The version as a scope is shown articles. Whoever calls has made sure that the version itself may be seen; translations
/// and related articles are those that the public sees. What it refers to and is gone is left out.
pub fn show_version(
    conn: &mut Conn,
    scope: &Scope,
    version: Version,
    parts: Parts,
) -> Result<Article, StoreError> {
    let record = record(version);
    let row = ArticleRow::from(&record);
    let linked = linked(&record, parts);
    let references = resolve_references(conn, scope, std::slice::from_ref(&row), linked)?;
    let mut article = super::view::article(row, &references, scope, parts.body)?;
    if parts.related {
        article.related = related_of(conn, scope, &[article.id])?.pop();
    }
    Ok(article)
}

fn record(version: Version) -> ArticleRecord {
    let length = Body::from_stored(version.content.body.clone()).length();
    ArticleRecord {
        id: version.id,
        version: version.version,
        public: false,
        created_at: version.at,
        updated_at: version.at,
        created_by: None,
        actor: String::new(),
        content: version.content,
        snapshot: String::new(),
        import_digest: None,
        word_count: i32::try_from(length.words).unwrap_or(i32::MAX),
        reading_minutes: i32::try_from(length.reading_minutes).unwrap_or(i32::MAX),
        facets: Vec::new(),
        seen: Seen::default(),
    }
}

fn linked(record: &ArticleRecord, parts: Parts) -> Linked {
    let id = record.id;
    let bodies = match parts.body {
        BodyForm::None => HashMap::new(),
        _ => HashMap::from([(id, record.content.body.clone())]),
    };
    Linked {
        people: HashMap::from([(id, person_rows(record).collect())]),
        tagged: HashMap::from([(id, record.content.tags.clone())]),
        bodies,
        media: record.content.media_ids(),
    }
}

/// The version that an article is at.
pub fn version_of(conn: &mut Conn, id: Id) -> Result<Option<i64>, StoreError> {
    Ok(articles::table
        .find(id)
        .select(articles::version)
        .first(conn)
        .optional()?)
}
