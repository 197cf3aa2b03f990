//! Slugs and paths that begin alike, a few at a time: for whoever names one that is not there.

use diesel::prelude::*;

use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::{authors, sections, sources};

/// The most that one look-up reads.
const MOST: i64 = 100;

/// The end of all texts that begin with `prefix`.
fn end(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}

/// Slugs of authors, by the index of slugs.
pub fn author_slugs(conn: &mut Conn, prefix: &str) -> Result<Vec<String>, StoreError> {
    let slugs: Vec<Slug> = authors::table
        .filter(authors::slug.ge(prefix.to_owned()))
        .filter(authors::slug.lt(end(prefix)))
        .order(authors::slug)
        .limit(MOST)
        .select(authors::slug)
        .load(conn)?;
    Ok(slugs.into_iter().map(Slug::into_string).collect())
}

/// Slugs of sources, by the index of slugs.
pub fn source_slugs(conn: &mut Conn, prefix: &str) -> Result<Vec<String>, StoreError> {
    let slugs: Vec<Slug> = sources::table
        .filter(sources::slug.ge(prefix.to_owned()))
        .filter(sources::slug.lt(end(prefix)))
        .order(sources::slug)
        .limit(MOST)
        .select(sources::slug)
        .load(conn)?;
    Ok(slugs.into_iter().map(Slug::into_string).collect())
}

/// Paths of sections, of one edition or of any, by the indexes of paths.
pub fn section_paths(
    conn: &mut Conn,
    prefix: &str,
    lang: Option<&LanguageTag>,
) -> Result<Vec<String>, StoreError> {
    let mut query = sections::table
        .filter(sections::path.ge(prefix.to_owned()))
        .filter(sections::path.lt(end(prefix)))
        .order(sections::path)
        .limit(MOST)
        .select(sections::path)
        .into_boxed();
    if let Some(lang) = lang {
        query = query.filter(sections::lang.eq(lang.clone()));
    }
    Ok(query.load(conn)?)
}
