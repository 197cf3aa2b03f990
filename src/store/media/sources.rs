//! The addresses that media were fetched from, so that an archive that comes again finds its pictures here.

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::medium::{MediumSource, Validators};
use crate::domain::time::Timestamp;

use super::super::any_of::any_of;
use super::super::batch::IN_LIST;
use super::super::conn::{Conn, with};
use super::super::error::StoreError;
use super::super::schema::media_sources;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = media_sources, treat_none_as_null = true, treat_none_as_default_value = false)]
struct SourceRow {
    url: String,
    medium_id: Id,
    etag: Option<String>,
    last_modified: Option<String>,
    fetched_at: Timestamp,
}

impl From<SourceRow> for MediumSource {
    fn from(row: SourceRow) -> Self {
        Self {
            medium: row.medium_id,
            url: row.url,
            validators: Validators {
                etag: row.etag,
                last_modified: row.last_modified,
            },
            fetched_at: row.fetched_at,
        }
    }
}

/// True if any medium was fetched from anywhere.
pub fn any_sources(conn: &mut Conn) -> Result<bool, StoreError> {
    let one: Option<String> = media_sources::table
        .select(media_sources::url)
        .first(conn)
        .optional()?;
    Ok(one.is_some())
}

/// Those of these addresses that media were fetched from.
pub fn sources_by_urls(conn: &mut Conn, urls: &[String]) -> Result<Vec<MediumSource>, StoreError> {
    let mut found = Vec::new();
    for chunk in urls.chunks(IN_LIST) {
        let rows: Vec<SourceRow> = media_sources::table
            .filter(any_of(media_sources::url, chunk))
            .select(SourceRow::as_select())
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found.into_iter().map(MediumSource::from).collect())
}

/// The addresses that these media were fetched from, in the order of the addresses.
pub fn sources_of_media(conn: &mut Conn, media: &[Id]) -> Result<Vec<MediumSource>, StoreError> {
    let mut found = Vec::new();
    for chunk in media.chunks(IN_LIST) {
        let rows: Vec<SourceRow> = media_sources::table
            .filter(any_of(media_sources::medium_id, chunk))
            .select(SourceRow::as_select())
            .load(conn)?;
        found.extend(rows);
    }
    found.sort_by(|a, b| a.url.cmp(&b.url));
    Ok(found.into_iter().map(MediumSource::from).collect())
}

/// Writes where a medium was fetched from, in place of what was known of the address.
pub fn save_source(conn: &mut Conn, source: &MediumSource) -> Result<(), StoreError> {
    let row = SourceRow {
        url: source.url.clone(),
        medium_id: source.medium,
        etag: source.validators.etag.clone(),
        last_modified: source.validators.last_modified.clone(),
        fetched_at: source.fetched_at,
    };
    with!(conn, c => diesel::insert_into(media_sources::table)
        .values(&row)
        .on_conflict(media_sources::url)
        .do_update()
        .set(&row)
        .execute(c))?;
    Ok(())
}

/// Forgets where a medium was fetched from.
pub(super) fn forget_sources(conn: &mut Conn, medium: Id) -> Result<(), StoreError> {
    let of_medium = media_sources::table.filter(media_sources::medium_id.eq(medium));
    diesel::delete(of_medium).execute(conn)?;
    Ok(())
}
