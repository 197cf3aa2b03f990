//! The keys by which two names are one, against the names.

use diesel::prelude::*;

use crate::domain::author::Author;
use crate::domain::source::Source;
use crate::domain::tag::Tag;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::schema::{authors, sources, tags};
use super::super::shared_rows::SharedKind;
use super::table::Chunk;
use super::tables::{AUTHORS, SOURCES, TAGS};

/// A row's id, its name and its key.
type Named = (String, String, String);

fn wrong(rows: Vec<Named>, key: impl Fn(&str) -> String) -> Vec<String> {
    let rows = rows.into_iter();
    rows.filter(|(_, name, stored)| key(name) != *stored)
        .map(|(id, ..)| id)
        .collect()
}

/// The authors of a chunk whose key is not that of their name.
pub fn misnamed_authors(conn: &mut Conn, chunk: &Chunk) -> Result<Vec<String>, StoreError> {
    let ids = AUTHORS.keys(conn, chunk)?;
    let rows: Vec<Named> = authors::table
        .filter(authors::id.eq_any(ids))
        .order(authors::id)
        .select((authors::id, authors::name, authors::name_key))
        .load(conn)?;
    Ok(wrong(rows, Author::name_key))
}

/// The same of sources.
pub fn misnamed_sources(conn: &mut Conn, chunk: &Chunk) -> Result<Vec<String>, StoreError> {
    let ids = SOURCES.keys(conn, chunk)?;
    let rows: Vec<Named> = sources::table
        .filter(sources::id.eq_any(ids))
        .order(sources::id)
        .select((sources::id, sources::name, sources::name_key))
        .load(conn)?;
    Ok(wrong(rows, Source::name_key))
}

/// The same of tags.
pub fn misnamed_tags(conn: &mut Conn, chunk: &Chunk) -> Result<Vec<String>, StoreError> {
    let ids = TAGS.keys(conn, chunk)?;
    let rows: Vec<Named> = tags::table
        .filter(tags::id.eq_any(ids))
        .order(tags::id)
        .select((tags::id, tags::name, tags::name_key))
        .load(conn)?;
    Ok(wrong(rows, Tag::name_key))
}
