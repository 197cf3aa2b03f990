//! The forward index: all facets of an article in one row, the editions in which its work is public, and its dates. Lists with many
//! filters judge an article by it with one look-up.

use std::collections::{BTreeSet, HashMap};
use std::fmt::{self, Write};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;

use super::any_of::any_of;
use super::batch::{IN_LIST, insert_rows};
use super::conn::Conn;
use super::error::StoreError;
use super::schema::{articles, facet_sets};
use super::types::stored_id;

/// A row of the index; numbers and languages stand between blanks, so that each can be found and taken out as text.
#[derive(Insertable)]
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
    /// The numbers of its facets.
    pub facets: &'a [i64],
    /// The dates of its places in lists.
    pub published_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Writes the facets of articles whose rows are written, and tells the other editions of their works.
pub(super) fn save(conn: &mut Conn, indexed: &[Indexed<'_>]) -> Result<(), StoreError> {
    let left = take_rows(conn, indexed)?;
    let own: BTreeSet<Id> = indexed.iter().map(|one| one.work).collect();
    let editions = editions_of(conn, own.union(&left).copied())?;
    let rows: Vec<FacetSetRow<'_>> = indexed
        .iter()
        .map(|one| FacetSetRow {
            article_id: one.article,
            work_id: one.work,
            lang: one.lang,
            facets: between_blanks(one.facets),
            published: public_langs(editions.get(&one.work)),
            published_at: one.published_at,
            updated_at: one.updated_at,
        })
        .collect();
    insert_rows!(conn, facet_sets::table, rows);
    let here = |work: Id| indexed.iter().filter(|one| one.work == work).count();
    let has_others = |work: &&Id| {
        let all = editions.get(work).map_or(0, Vec::len);
        all > 1 && all > here(**work)
    };
    let told: BTreeSet<Id> = own.iter().filter(has_others).copied().collect();
    for work in told.union(&left) {
        tell_work(conn, *work, editions.get(work))?;
    }
    Ok(())
}

/// Takes away the rows of some articles; answers the works that the articles have left.
fn take_rows(conn: &mut Conn, indexed: &[Indexed<'_>]) -> Result<BTreeSet<Id>, StoreError> {
    let mut left = BTreeSet::new();
    let works: HashMap<Id, Id> = indexed.iter().map(|one| (one.article, one.work)).collect();
    let ids: Vec<Id> = works.keys().copied().collect();
    for chunk in ids.chunks(IN_LIST) {
        let rows: Vec<(Id, String)> = facet_sets::table
            .filter(any_of(facet_sets::article_id, chunk))
            .select((facet_sets::article_id, facet_sets::work_id))
            .load(conn)?;
        let known: Vec<Id> = rows.iter().map(|(article, _)| *article).collect();
        if !known.is_empty() {
            diesel::delete(facet_sets::table.filter(facet_sets::article_id.eq_any(known)))
                .execute(conn)?;
        }
        // A work that does not read is mended by the new row, and has no other editions.
        let before = rows.iter().filter_map(|(article, work)| {
            let before = stored_id(work).ok()?;
            (works.get(article) != Some(&before)).then_some(before)
        });
        left.extend(before);
    }
    Ok(left)
}

/// The articles of works in the order of their languages: the language, and whether it is public.
type Editions = HashMap<Id, Vec<(String, bool)>>;

fn editions_of(conn: &mut Conn, works: impl Iterator<Item = Id>) -> Result<Editions, StoreError> {
    let works: Vec<Id> = works.collect();
    let mut found = Editions::new();
    for chunk in works.chunks(IN_LIST) {
        let rows: Vec<(Id, String, bool)> = articles::table
            .filter(any_of(articles::work_id, chunk))
            .order((articles::work_id, articles::lang))
            .select((articles::work_id, articles::lang, articles::public))
            .load(conn)?;
        for (work, lang, public) in rows {
            found.entry(work).or_default().push((lang, public));
        }
    }
    Ok(found)
}

fn public_langs(editions: Option<&Vec<(String, bool)>>) -> String {
    let public = editions.into_iter().flatten().filter(|(_, public)| *public);
    between_blanks(public.map(|(lang, _)| lang))
}

/// Writes in which editions a work is public beside each of its articles, where that has changed.
fn tell_work(
    conn: &mut Conn,
    work: Id,
    editions: Option<&Vec<(String, bool)>>,
) -> Result<(), StoreError> {
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

fn between_blanks(words: impl IntoIterator<Item = impl fmt::Display>) -> String {
    let mut text = String::from(" ");
    for word in words {
        let _ = write!(text, "{word} ");
    }
    text
}
