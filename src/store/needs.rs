//! References to a resource: the articles that name it, and the rows of the index that follow from its place.

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;

use super::conn::Conn;
use super::error::StoreError;
use super::facets::FacetKind;
use super::schema::{
    article_facets, article_people, article_tags, articles, facets as facet_table, sections,
};

/// The resources that articles can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// An author, as author, editor or translator.
    Author,
    /// A source.
    Source,
    /// A tag.
    Tag,
    /// A section.
    Section,
}

/// The most articles that are counted where some stand in the way: a write waits for the count.
pub const COUNTED: usize = 1_000;

/// The articles that name a thing, whatever their state: how many, more than [`COUNTED`] where there are more, and the
/// slugs of some.
pub fn articles_naming(
    conn: &mut Conn,
    what: Named,
    id: Id,
    limit: usize,
) -> Result<(i64, Vec<String>), StoreError> {
    let most = i64::try_from(COUNTED + 1).unwrap_or(i64::MAX);
    let ids: Vec<String> = match what {
        Named::Author => article_people::table
            .filter(article_people::author_id.eq(id))
            .select(article_people::article_id)
            .distinct()
            .limit(most)
            .load(conn)?,
        Named::Tag => article_tags::table
            .filter(article_tags::tag_id.eq(id))
            .select(article_tags::article_id)
            .limit(most)
            .load(conn)?,
        Named::Source => articles::table
            .filter(articles::source_id.eq(id))
            .select(articles::id)
            .limit(most)
            .load(conn)?,
        Named::Section => articles::table
            .filter(articles::section_id.eq(id))
            .select(articles::id)
            .limit(most)
            .load(conn)?,
    };
    counted(conn, ids, limit)
}

/// The same of an edition.
pub fn articles_of_edition(
    conn: &mut Conn,
    lang: &LanguageTag,
    limit: usize,
) -> Result<(i64, Vec<String>), StoreError> {
    let facets = facets_with(conn, FacetKind::Lang, lang.as_str())?;
    let ids: Vec<String> = article_facets::table
        .filter(article_facets::facet_id.eq_any(facets))
        .select(article_facets::article_id)
        .limit(i64::try_from(COUNTED + 1).unwrap_or(i64::MAX))
        .load(conn)?;
    counted(conn, ids, limit)
}

fn counted(
    conn: &mut Conn,
    mut ids: Vec<String>,
    limit: usize,
) -> Result<(i64, Vec<String>), StoreError> {
    let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    ids.sort_unstable();
    ids.truncate(limit);
    let first = articles::table.filter(articles::id.eq_any(ids));
    let first = first.order(articles::id).select(articles::slug);
    Ok((count, first.load(conn)?))
}

/// The sections right below one, or of an edition: how many, and the paths of the first few.
pub fn sections_below(
    conn: &mut Conn,
    lang: &LanguageTag,
    parent: Option<Id>,
    limit: usize,
) -> Result<(i64, Vec<String>), StoreError> {
    let below = || {
        let query = sections::table.filter(sections::lang.eq(lang)).into_boxed();
        match parent {
            Some(parent) => query.filter(sections::parent_id.eq(parent)),
            None => query,
        }
    };
    let count = below().count().get_result(conn)?;
    let first = below()
        .order(sections::path)
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(sections::path);
    Ok((count, first.load(conn)?))
}

/// Some of the articles whose bylines name an author, in the order of their ids.
pub fn articles_by_author(conn: &mut Conn, author: Id, limit: i64) -> Result<Vec<Id>, StoreError> {
    Ok(article_people::table
        .filter(article_people::author_id.eq(author))
        .order(article_people::article_id)
        .limit(limit)
        .select(article_people::article_id)
        .distinct()
        .load(conn)?)
}

/// The numbers of the facets of one kind that hold articles with this value, on both sides of publication.
pub fn facets_with(conn: &mut Conn, kind: FacetKind, value: &str) -> Result<Vec<i64>, StoreError> {
    Ok(facet_table::table
        .filter(facet_table::value.eq(value))
        .filter(facet_table::kind.eq(kind.as_str()))
        .select(facet_table::id)
        .load(conn)?)
}

/// The section of a group in one edition.
pub fn section_of_group(
    conn: &mut Conn,
    group: Id,
    lang: &LanguageTag,
) -> Result<Option<Id>, StoreError> {
    Ok(sections::table
        .filter(sections::group_id.eq(group))
        .filter(sections::lang.eq(lang))
        .select(sections::id)
        .first(conn)
        .optional()?)
}

/// True if a section has no translation.
pub fn is_alone_in_group(conn: &mut Conn, group: Id) -> Result<bool, StoreError> {
    let found: i64 = sections::table
        .filter(sections::group_id.eq(group))
        .count()
        .get_result(conn)?;
    Ok(found < 2)
}
