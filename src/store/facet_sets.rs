//! The forward index: all facets of an article in one row, and the editions in which its work is public. Lists with many
//! filters judge an article by it with one look-up.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::conn::{Conn, with};
use super::error::StoreError;
use super::schema::{articles, facet_sets};

/// A row of the index; numbers and languages stand between blanks, so that each can be found and taken out as text.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = facet_sets)]
struct FacetSetRow<'a> {
    article_id: &'a str,
    work_id: &'a str,
    lang: &'a str,
    facets: String,
    published: String,
}

/// Writes the facets of an article whose row is written, and tells the other editions of its work.
pub(super) fn save(
    conn: &mut Conn,
    article: &str,
    (work, lang): (&str, &str),
    facets: &[i64],
) -> Result<(), StoreError> {
    let numbers: Vec<String> = facets.iter().map(ToString::to_string).collect();
    let row = FacetSetRow {
        article_id: article,
        work_id: work,
        lang,
        facets: between_blanks(&numbers),
        published: String::new(),
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
    if let Some(before) = before.filter(|before| before != work) {
        tell_work(conn, &before)?;
    }
    tell_work(conn, work)
}

/// Writes in which editions a work is public beside each of its articles, where that has changed.
fn tell_work(conn: &mut Conn, work: &str) -> Result<(), StoreError> {
    let langs: Vec<String> = articles::table
        .filter(articles::work_id.eq(work))
        .filter(articles::public.eq(true))
        .order(articles::lang)
        .select(articles::lang)
        .load(conn)?;
    let published = between_blanks(&langs);
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
pub(super) fn take_out(conn: &mut Conn, facet: i64, ids: &[String]) -> Result<(), StoreError> {
    set_facets(conn, ids, &format!("replace(facets, ' {facet} ', ' ')"))
}

/// Puts a facet into the sets of some articles that are not in it.
pub(super) fn put_in(conn: &mut Conn, facet: i64, ids: &[String]) -> Result<(), StoreError> {
    set_facets(conn, ids, &format!("facets || '{facet} '"))
}

/// Sets the facets of some articles to an expression of SQL.
fn set_facets(conn: &mut Conn, ids: &[String], expression: &str) -> Result<(), StoreError> {
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
