//! The parts of articles' public addresses.

use std::borrow::Borrow;

use diesel::prelude::*;

use crate::domain::article::Details;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::Place;
use crate::domain::site::Places;
use crate::domain::time::Timestamp;
use crate::domain::view::Article;

use super::super::any_of::any_of;
use super::super::batch::IN_LIST;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::schema::{articles, sections};
use super::super::types::Json;

pub(super) type PlaceRow = (Id, LanguageTag, String, Option<String>, Option<Timestamp>);

/// The columns of a place, of articles joined with their sections.
#[diesel::dsl::auto_type]
pub(super) fn place_columns() -> _ {
    let section_path: diesel::dsl::Nullable<sections::path> = sections::path.nullable();
    (
        articles::id,
        articles::lang,
        articles::slug,
        section_path,
        articles::published_at,
    )
}

/// The addresses of these articles' translations. Articles that a scope may not see are not among the translations.
pub fn places_of_translations(
    conn: &mut Conn,
    articles: &[impl Borrow<Article>],
) -> Result<Places, StoreError> {
    let translations = articles
        .iter()
        .flat_map(|article| &article.borrow().translations);
    let mut ids: Vec<Id> = translations.map(|translation| translation.id).collect();
    ids.sort();
    ids.dedup();
    let mut places = Places::new();
    for chunk in ids.chunks(IN_LIST) {
        let found = place_rows(conn, chunk)?.into_iter().map(place);
        places.extend(found.map(|place| (place.id, place)));
    }
    Ok(places)
}

/// Places of the next public articles in the order of their ids, and the addresses that each was imported from. Articles
/// without any are passed over.
pub fn addresses_after(
    conn: &mut Conn,
    after: &str,
    limit: i64,
) -> Result<Vec<(Place, Vec<String>)>, StoreError> {
    let rows: Vec<(PlaceRow, Json<Details>)> = articles::table
        .left_join(sections::table.on(articles::section_id.eq(sections::id.nullable())))
        .filter(articles::id.gt(after))
        .filter(articles::public)
        .filter(articles::url_key.is_not_null())
        .order(articles::id)
        .limit(limit)
        .select((place_columns(), articles::details))
        .load(conn)?;
    let read = |(row, Json(details)): (PlaceRow, Json<Details>)| {
        let addresses = details.url.into_iter().chain(details.old_urls);
        (place(row), addresses.collect())
    };
    Ok(rows.into_iter().map(read).collect())
}

/// The parts of an article's address.
pub fn place_of(conn: &mut Conn, id: Id) -> Result<Option<Place>, StoreError> {
    Ok(place_rows(conn, &[id])?.pop().map(place))
}

fn place_rows(conn: &mut Conn, ids: &[Id]) -> Result<Vec<PlaceRow>, StoreError> {
    Ok(articles::table
        .left_join(sections::table.on(articles::section_id.eq(sections::id.nullable())))
        .filter(any_of(articles::id, ids))
        .select(place_columns())
        .load(conn)?)
}

pub(super) fn place((id, lang, slug, section_path, published_at): PlaceRow) -> Place {
    Place {
        id,
        lang,
        slug,
        section_path,
        published_at,
    }
}
