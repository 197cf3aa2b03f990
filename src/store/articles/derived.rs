//! Data that follow from an article's content and are kept beside it: writes make them, checks compare them, and reindexing
//! makes them anew.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use crate::domain::article::{ArticleContent, Status};
use crate::domain::body::Length;
use crate::domain::id::Id;
use crate::domain::text::title_key;
use crate::domain::time::Timestamp;

use super::super::batch::IN_LIST;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facet_sets::{self, Indexed};
use super::super::facets::{self, ArticleFacetRow, FacetKey, places_of};
use super::super::schema::{article_media, articles};
use super::super::{media, url_keys};
use super::rows::StoredArticle;

/// The values that a list is ordered by, as an article's places in lists carry them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    published_at: Timestamp,
    updated_at: Timestamp,
    title_key: String,
}

impl PlaceOrder {
    pub(super) fn of(content: &ArticleContent, updated_at: Timestamp) -> Self {
        let published = content.published_at.or(content.publish_at);
        Self {
            published_at: published.unwrap_or(Timestamp::NEVER),
            updated_at,
            title_key: title_key(&content.title),
        }
    }

    pub(super) fn row(&self, article: Id, facet_id: i64) -> ArticleFacetRow {
        ArticleFacetRow {
            article_id: article,
            facet_id,
            published_at: self.published_at,
            updated_at: self.updated_at,
            title_key: self.title_key.clone(),
        }
    }

    pub(super) fn indexed<'a>(
        &self,
        article: Id,
        content: &'a ArticleContent,
        facets: &'a [i64],
    ) -> Indexed<'a> {
        Indexed {
            article,
            facets,
            work: content.work,
            lang: &content.lang,
            published_at: self.published_at,
            updated_at: self.updated_at,
        }
    }
}

/// The data that follow from an article's content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Derived {
    /// Words of the body, and minutes that reading takes.
    pub length: (i32, i32),
    /// The keys of the address that the article was imported from.
    pub addresses: (Option<String>, Option<String>),
    /// The media that the article shows, in the order of their ids; `None` where nobody asks, since it is withdrawn.
    pub media: Option<Vec<Id>>,
    /// The facets that the article is in, and its order in each.
    pub places: BTreeMap<FacetKey, PlaceOrder>,
    /// Number of its places in facets that do not exist.
    pub strays: usize,
}

/// The numbers of a length, as columns hold them.
#[must_use]
pub fn length_columns(length: Length) -> (i32, i32) {
    let number = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    (number(length.words), number(length.reading_minutes))
}

/// Derives everything from an article's content; `length` is that of its body, `facets` are those that it belongs in.
pub fn derive(
    conn: &mut Conn,
    article: &StoredArticle,
    length: Length,
    facets: Vec<FacetKey>,
) -> Result<Derived, StoreError> {
    let content = &article.content;
    let order = PlaceOrder::of(content, article.updated_at);
    let media = match content.status {
        Status::Withdrawn => None,
        _ => Some(media_of(conn, content)?),
    };
    Ok(Derived {
        length: length_columns(length),
        addresses: url_keys::keys_of(&content.details),
        media,
        places: facets.into_iter().map(|key| (key, order.clone())).collect(),
        strays: 0,
    })
}

fn media_of(conn: &mut Conn, content: &ArticleContent) -> Result<Vec<Id>, StoreError> {
    let mut ids = media::media_shown_by(conn, content)?;
    let unknown = media::unknown_media(conn, &ids)?;
    ids.retain(|id| !unknown.contains(id));
    ids.sort_unstable();
    Ok(ids)
}

/// The columns of articles that are derived.
type Columns = (Id, String, i32, i32, Option<String>, Option<String>);

/// The derived data of some articles as they are stored.
pub fn derived_of(conn: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, Derived>, StoreError> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<Columns> = articles::table
            .filter(articles::id.eq_any(chunk))
            .select((
                articles::id,
                articles::status,
                articles::word_count,
                articles::reading_minutes,
                articles::url_key,
                articles::url_path,
            ))
            .load(conn)?;
        for (id, status, words, minutes, url_key, url_path) in rows {
            let derived = Derived {
                length: (words, minutes),
                addresses: (url_key, url_path),
                media: (status != Status::Withdrawn.as_str()).then(Vec::new),
                ..Derived::default()
            };
            found.insert(id, derived);
        }
    }
    add_media(conn, ids, &mut found)?;
    add_places(conn, ids, &mut found)?;
    Ok(found)
}

fn add_media(
    conn: &mut Conn,
    ids: &[Id],
    found: &mut HashMap<Id, Derived>,
) -> Result<(), StoreError> {
    for chunk in ids.chunks(IN_LIST) {
        let uses: Vec<(Id, Id)> = article_media::table
            .filter(article_media::article_id.eq_any(chunk))
            .order(article_media::medium_id)
            .select((article_media::article_id, article_media::medium_id))
            .load(conn)?;
        for (article, medium) in uses {
            let of_article = found.get_mut(&article);
            if let Some(media) = of_article.and_then(|derived| derived.media.as_mut()) {
                media.push(medium);
            }
        }
    }
    Ok(())
}

fn add_places(
    conn: &mut Conn,
    ids: &[Id],
    found: &mut HashMap<Id, Derived>,
) -> Result<(), StoreError> {
    for (facet, row) in places_of(conn, ids)? {
        let Some(derived) = found.get_mut(&row.article_id) else {
            continue;
        };
        match facet {
            Some(key) => {
                let order = PlaceOrder {
                    published_at: row.published_at,
                    updated_at: row.updated_at,
                    title_key: row.title_key,
                };
                derived.places.insert(key, order);
            }
            None => derived.strays += 1,
        }
    }
    Ok(())
}

/// Writes the columns of an article that are derived.
pub fn write_columns(conn: &mut Conn, id: Id, derived: &Derived) -> Result<(), StoreError> {
    diesel::update(articles::table.find(id))
        .set((
            articles::word_count.eq(derived.length.0),
            articles::reading_minutes.eq(derived.length.1),
            articles::url_key.eq(&derived.addresses.0),
            articles::url_path.eq(&derived.addresses.1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes the media that an article shows.
pub fn write_media(conn: &mut Conn, id: Id, derived: &Derived) -> Result<(), StoreError> {
    match &derived.media {
        Some(shown) => media::replace_uses(conn, id, shown),
        None => Ok(()),
    }
}

/// Writes the places of an article in lists, in facets with these numbers.
pub fn write_places(
    conn: &mut Conn,
    article: &StoredArticle,
    facets: &[i64],
) -> Result<(), StoreError> {
    let order = PlaceOrder::of(&article.content, article.updated_at);
    let rows: Vec<ArticleFacetRow> = facets
        .iter()
        .map(|facet| order.row(article.id, *facet))
        .collect();
    facets::remove_rows(conn, article.id)?;
    facets::insert_places(conn, &rows)?;
    facet_sets::save(conn, &[order.indexed(article.id, &article.content, facets)])
}
