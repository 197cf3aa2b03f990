//! The parts of articles' public addresses.

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
use super::super::types::{from_json, stored_id};

pub(super) type PlaceRow = (String, String, String, Option<String>, Option<i64>);

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
pub fn places_of_translations(conn: &mut Conn, articles: &[Article]) -> Result<Places, StoreError> {
    let translations = articles.iter().flat_map(|article| &article.translations);
    let mut ids: Vec<Id> = translations.map(|translation| translation.id).collect();
    ids.sort();
    ids.dedup();
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut places = Places::new();
    for chunk in ids.chunks(IN_LIST) {
        for row in place_rows(conn, chunk)? {
            let place = place(row)?;
            places.insert(place.id, place);
        }
    }
    Ok(places)
}

/// Where the next public articles stand in the order of their ids, and the addresses that each was imported from. Articles
/// without any are passed over.
pub fn addresses_after(
    conn: &mut Conn,
    after: &str,
    limit: i64,
) -> Result<Vec<(Place, Vec<String>)>, StoreError> {
    let rows: Vec<(PlaceRow, String)> = articles::table
        .left_join(sections::table.on(articles::section_id.eq(sections::id.nullable())))
        .filter(articles::id.gt(after))
        .filter(articles::public)
        .filter(articles::url_key.is_not_null())
        .order(articles::id)
        .limit(limit)
        .select((place_columns(), articles::details))
        .load(conn)?;
    let read = |(row, details): (PlaceRow, String)| {
        let details: Details = from_json(&details)?;
        let addresses = details.url.into_iter().chain(details.old_urls);
        Ok((place(row)?, addresses.collect()))
    };
    rows.into_iter().map(read).collect()
}

/// The parts of an article's address.
pub fn place_of(conn: &mut Conn, id: Id) -> Result<Option<Place>, StoreError> {
    let row = place_rows(conn, &[id.to_string()])?.pop();
    row.map(place).transpose()
}

fn place_rows(conn: &mut Conn, ids: &[String]) -> Result<Vec<PlaceRow>, StoreError> {
    Ok(articles::table
        .left_join(sections::table.on(articles::section_id.eq(sections::id.nullable())))
        .filter(any_of(articles::id, ids))
        .select(place_columns())
        .load(conn)?)
}

pub(super) fn place(
    (id, lang, slug, section_path, published_at): PlaceRow,
) -> Result<Place, StoreError> {
    Ok(Place {
        id: stored_id(&id)?,
        lang: LanguageTag::from_stored(lang),
        slug,
        section_path,
        published_at: published_at.map(Timestamp::from_millis),
    })
}
