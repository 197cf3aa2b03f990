//! The forward index: all facets of an article in one row, the editions in which its work is public, and its dates. Lists with many
//! filters judge an article by it with one look-up.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;

use super::conn::{Conn, with};
use super::error::StoreError;
use super::schema::{articles, facet_sets};
use super::types::stored_id;

/// A row of the index; numbers and languages stand between blanks, so that each can be found and taken out as text.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = facet_sets)]
struct FacetSetRow<'a> {
    article_id: Id,
    work_id: Id,
    lang: &'a LanguageTag,
    facets: String,
    published: String,
    published_at: Timestamp,
    updated_at: Timestamp,
}

/// An article as the index knows it.
pub(super) struct Indexed<'a> {
    pub article: Id,
    pub work: Id,
    pub lang: &'a LanguageTag,
    /// The dates of its places in lists.
    pub published_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Writes the facets of an article whose row is written, and tells the other editions of its work.
pub(super) fn save(
    conn: &mut Conn,
    indexed: &Indexed<'_>,
    facets: &[i64],
) -> Result<(), StoreError> {
    let (article, work) = (indexed.article, indexed.work);
    let numbers: Vec<String> = facets.iter().map(ToString::to_string).collect();
    let editions = editions_of(conn, work)?;
    let row = FacetSetRow {
        article_id: article,
        work_id: work,
        lang: indexed.lang,
        facets: between_blanks(&numbers),
        published: public_langs(&editions),
        published_at: indexed.published_at,
        updated_at: indexed.updated_at,
    };
    let before: Option<String> = facet_sets::table
        .find(article)
        .select(facet_sets::work_id)
        .get_result(conn)
        .optional()?;
    with!(conn, c => diesel::insert_into(facet_sets::table)
        .values(&row)
        .on_conflict(facet_sets::article_id)
        .do_update()
        .set(&row)
        .execute(c))?;
    // A work that does not read is mended by this row, and has no other editions.
    let before = before.and_then(|before| stored_id(&before).ok());
    if let Some(before) = before.filter(|before| *before != work) {
        let editions = editions_of(conn, before)?;
        tell_work(conn, before, &editions)?;
    }
    match editions.len() {
        0 | 1 => Ok(()),
        _ => tell_work(conn, work, &editions),
    }
}

/// The articles of a work in the order of their languages: the language, and whether it is public.
fn editions_of(conn: &mut Conn, work: Id) -> Result<Vec<(String, bool)>, StoreError> {
    Ok(articles::table
        .filter(articles::work_id.eq(work))
        .order(articles::lang)
        .select((articles::lang, articles::public))
        .load(conn)?)
}

fn public_langs(editions: &[(String, bool)]) -> String {
    let public = editions.iter().filter(|(_, public)| *public);
    let langs: Vec<String> = public.map(|(lang, _)| lang.clone()).collect();
    between_blanks(&langs)
}

/// Writes in which editions a work is public beside each of its articles, where that has changed.
fn tell_work(conn: &mut Conn, work: Id, editions: &[(String, bool)]) -> Result<(), StoreError> {
    let published = public_langs(editions);
    diesel::update(
        facet_sets::table
            .filter(facet_sets::work_id.eq(work))
            .filter(facet_sets::published.ne(&published)),
    )
    .set(facet_sets::published.eq(&published))
    .execute(conn)?;
    Ok(())
}

/// Takes a facet out of the sets of some articles.
pub(super) fn take_out(conn: &mut Conn, facet: i64, ids: &[Id]) -> Result<(), StoreError> {
    set_facets(conn, ids, &format!("replace(facets, ' {facet} ', ' ')"))
}

/// Puts a facet into the sets of some articles that are not in it.
pub(super) fn put_in(conn: &mut Conn, facet: i64, ids: &[Id]) -> Result<(), StoreError> {
    set_facets(conn, ids, &format!("facets || '{facet} '"))
}

/// Sets the facets of some articles to an expression of SQL.
fn set_facets(conn: &mut Conn, ids: &[Id], expression: &str) -> Result<(), StoreError> {
    diesel::update(facet_sets::table.filter(facet_sets::article_id.eq_any(ids)))
        .set(facet_sets::facets.eq(sql::<Text>(expression)))
        .execute(conn)?;
    Ok(())
}

fn between_blanks(words: &[String]) -> String {
    let mut text = String::from(" ");
    for word in words {
        text.push_str(word);
        text.push(' ');
    }
    text
}
