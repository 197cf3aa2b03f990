//! Names that begin alike, a few at a time, to tell the nearest to one that is not there.

use diesel::prelude::*;

use crate::domain::language::LanguageTag;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::sections;

/// The most names that one look-up reads.
pub(super) const MOST: i64 = 100;

/// The end of all texts that begin with `prefix`.
pub(super) fn end(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
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
