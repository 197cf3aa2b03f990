//! Writing articles: the row, its people, tags, body, revision and places in the index.

use diesel::prelude::*;

use crate::domain::article::ArticleContent;
use crate::domain::id::Id;
use crate::domain::time::Timestamp;

use super::super::batch::insert_rows;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facet_sets::{self, Indexed};
use super::super::facets::{self, ArticleFacetRow};
use super::super::media;
use super::super::revisions::Revision;
use super::super::schema::{article_bodies, article_people, article_tags, articles, revisions};
use super::super::types::{Json, to_json};
use super::super::url_keys;
use super::derived::PlaceOrder;
use super::rows::{AUTHOR, ArticleRow, BodyRow, EDITOR, PersonRow, Seen, TRANSLATOR, TagRow};

/// One version of an article, with all that is derived from it at write time.
#[derive(Debug, Clone)]
pub struct ArticleRecord {
    /// Its identity.
    pub id: Id,
    /// This version.
    pub version: i64,
    /// True if the public sees it.
    pub public: bool,
    /// Time at which the article was made.
    pub created_at: Timestamp,
    /// Time of this version.
    pub updated_at: Timestamp,
    /// The key that the article was made with.
    pub created_by: Option<Id>,
    /// The actor of this version, in words.
    pub actor: String,
    /// The content.
    pub content: ArticleContent,
    /// The content as the revision keeps it.
    pub snapshot: String,
    /// The digest of the record that it came from.
    pub import_digest: Option<i64>,
    /// Words and characters of the body.
    pub word_count: i32,
    /// Minutes that reading takes.
    pub reading_minutes: i32,
    /// The numbers of the facets that it is in.
    pub facets: Vec<i64>,
    /// The state that the public has seen, with this version.
    pub seen: Seen,
}

/// Writes new articles.
pub fn insert_articles(conn: &mut Conn, records: &[ArticleRecord]) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    let rows: Vec<ArticleRow> = records.iter().map(ArticleRow::from).collect();
    insert_rows!(conn, articles::table, rows);
    insert_parts(conn, records)
}

/// Writes a new version over the one that is there.
pub fn replace_article(conn: &mut Conn, record: &ArticleRecord) -> Result<(), StoreError> {
    let id = record.id;
    let row = ArticleRow::from(record);
    diesel::update(articles::table.find(id))
        .set(&row)
        .execute(conn)?;
    diesel::delete(article_people::table.filter(article_people::article_id.eq(id)))
        .execute(conn)?;
    diesel::delete(article_tags::table.filter(article_tags::article_id.eq(id))).execute(conn)?;
    diesel::delete(article_bodies::table.find(id)).execute(conn)?;
    url_keys::remove_addresses(conn, id)?;
    facets::remove_rows(conn, id)?;
    media::remove_uses(conn, id)?;
    insert_parts(conn, std::slice::from_ref(record))
}

/// Remembers the record that an article was last imported from.
pub fn set_import_digest(conn: &mut Conn, id: Id, digest: Option<i64>) -> Result<(), StoreError> {
    diesel::update(articles::table.find(id))
        .set(articles::import_digest.eq(digest))
        .execute(conn)?;
    Ok(())
}

/// Writes what belongs to articles whose rows are there without it: the rows of one table for all of them, then those of the
/// next.
fn insert_parts(conn: &mut Conn, records: &[ArticleRecord]) -> Result<(), StoreError> {
    let bodies: Vec<BodyRow> = records.iter().map(body_row).collect();
    insert_rows!(conn, article_bodies::table, bodies);
    let people: Vec<PersonRow> = records.iter().flat_map(person_rows).collect();
    insert_rows!(conn, article_people::table, people);
    let tags: Vec<TagRow> = records.iter().flat_map(tag_rows).collect();
    insert_rows!(conn, article_tags::table, tags);
    let revisions: Vec<Revision> = records.iter().map(revision).collect();
    insert_rows!(conn, revisions::table, revisions);
    let addresses = records.iter().map(|record| {
        let old_urls = record.content.details.old_urls.as_slice();
        (record.id, old_urls)
    });
    url_keys::insert_addresses(conn, addresses)?;
    let mut uses = Vec::new();
    for record in records {
        uses.push((record.id, media::media_shown_by(conn, &record.content)?));
    }
    media::insert_uses(conn, &uses)?;
    insert_index(conn, records)
}

fn insert_index(conn: &mut Conn, records: &[ArticleRecord]) -> Result<(), StoreError> {
    let order = |record: &ArticleRecord| PlaceOrder::of(&record.content, record.updated_at);
    let orders: Vec<PlaceOrder> = records.iter().map(order).collect();
    let ordered = || records.iter().zip(&orders);
    let in_facets = |(record, order): (&ArticleRecord, &PlaceOrder)| -> Vec<ArticleFacetRow> {
        let in_facet = |facet: &i64| order.row(record.id, *facet);
        record.facets.iter().map(in_facet).collect()
    };
    let places: Vec<ArticleFacetRow> = ordered().flat_map(in_facets).collect();
    facets::insert_places(conn, &places)?;
    let indexed: Vec<Indexed<'_>> = ordered()
        .map(|(record, order)| order.indexed(record.id, &record.content, &record.facets))
        .collect();
    facet_sets::save(conn, &indexed)
}

impl From<&ArticleRecord> for ArticleRow {
    fn from(record: &ArticleRecord) -> Self {
        let content = &record.content;
        let (url_key, url_path) = url_keys::keys_of(&content.details);
        Self {
            id: record.id,
            work_id: content.work,
            lang: content.lang.clone(),
            slug: content.slug.clone(),
            version: record.version,
            status: content.status.as_str().to_owned(),
            public: record.public,
            title: content.title.clone(),
            subtitle: content.subtitle.clone(),
            summary: content.summary.clone(),
            published_at: content.published_at,
            publish_at: content.publish_at,
            embargo_until: content.embargo_until,
            created_at: record.created_at,
            updated_at: record.updated_at,
            section_id: content.section,
            source_id: content.source,
            details: Json(content.details.clone()),
            extra: to_json(&content.extra),
            url_key,
            url_path,
            external_id: content.external_id.clone(),
            withdrawn: content.withdrawn.clone().map(Json),
            word_count: record.word_count,
            reading_minutes: record.reading_minutes,
            import_digest: record.import_digest,
            created_by: record.created_by,
            public_since: record.seen.public_since,
            noticed_at: record.seen.noticed_at,
            slug_shown: record.seen.slug_shown,
        }
    }
}

fn body_row(record: &ArticleRecord) -> BodyRow {
    BodyRow {
        article_id: record.id,
        html: record.content.body.clone(),
    }
}

pub(super) fn person_rows(record: &ArticleRecord) -> impl Iterator<Item = PersonRow> {
    let content = &record.content;
    let roles = [
        (AUTHOR, &content.authors),
        (EDITOR, &content.editors),
        (TRANSLATOR, &content.translators),
    ];
    roles.into_iter().flat_map(move |(role, people)| {
        (0..).zip(people).map(move |(position, author)| PersonRow {
            article_id: record.id,
            role,
            position,
            author_id: *author,
        })
    })
}

fn tag_rows(record: &ArticleRecord) -> impl Iterator<Item = TagRow> {
    (0..)
        .zip(&record.content.tags)
        .map(|(position, tag)| TagRow {
            article_id: record.id,
            position,
            tag_id: *tag,
        })
}

fn revision(record: &ArticleRecord) -> Revision {
    Revision {
        article_id: record.id,
        version: record.version,
        at: record.updated_at,
        actor: record.actor.clone(),
        snapshot: record.snapshot.clone(),
    }
}
