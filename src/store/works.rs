//! Works: what the translations of one article share.

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::normal_url::NormalUrl;

use super::articles::Holders;
use super::batch::insert_rows;
use super::conn::Conn;
use super::error::StoreError;
use super::schema::{articles, works};
use super::url_keys::url_key;

/// The work that a translation key names.
pub fn find_work_by_key(conn: &mut Conn, key: &str) -> Result<Option<Id>, StoreError> {
    Ok(works::table
        .filter(works::translation_key.eq(key))
        .select(works::id)
        .get_result(conn)
        .optional()?)
}

/// Makes works without a key that are not there.
pub fn insert_works(conn: &mut Conn, ids: &[Id]) -> Result<(), StoreError> {
    let rows: Vec<_> = ids.iter().map(|id| works::id.eq(*id)).collect();
    insert_rows!(conn, works::table, rows);
    Ok(())
}

/// Makes a work where there is none with this identity.
pub fn ensure_work(conn: &mut Conn, id: Id, key: Option<&str>) -> Result<(), StoreError> {
    let known: Option<Id> = works::table
        .find(id)
        .select(works::id)
        .get_result(conn)
        .optional()?;
    if known.is_none() {
        diesel::insert_into(works::table)
            .values((works::id.eq(id), works::translation_key.eq(key)))
            .execute(conn)?;
    }
    Ok(())
}

/// Works with their keys; `None` for those without.
pub fn keys_of_works(conn: &mut Conn, ids: &[Id]) -> Result<Vec<(Id, Option<String>)>, StoreError> {
    Ok(works::table
        .filter(works::id.eq_any(ids))
        .select((works::id, works::translation_key))
        .load(conn)?)
}

/// The article by which a work is told in one edition, whatever its state.
pub fn edition_of_work(
    conn: &mut Conn,
    work: Id,
    lang: &LanguageTag,
) -> Result<Option<Id>, StoreError> {
    Ok(articles::table
        .filter(articles::work_id.eq(work))
        .filter(articles::lang.eq(lang))
        .order((articles::public_since.is_null(), articles::id))
        .select(articles::id)
        .first(conn)
        .optional()?)
}

/// An article other than `but` that holds a work's place in an edition.
pub fn holder_of_edition(
    conn: &mut Conn,
    work: Id,
    lang: &LanguageTag,
    but: Option<Id>,
    holders: Holders,
) -> Result<Option<Id>, StoreError> {
    let rows: Vec<(Id, Option<i64>, Option<Id>)> = articles::table
        .filter(articles::work_id.eq(work))
        .filter(articles::lang.eq(lang))
        .order(articles::id)
        .select((articles::id, articles::public_since, articles::created_by))
        .load(conn)?;
    let found = rows.into_iter().find(|(id, since, created_by)| {
        Some(*id) != but && holders.count(since.is_some(), *created_by)
    });
    Ok(found.map(|(id, ..)| id))
}

/// The editions of a work that the public sees.
pub fn public_editions_of_work(
    conn: &mut Conn,
    work: Id,
) -> Result<Vec<(Id, LanguageTag, i64)>, StoreError> {
    Ok(articles::table
        .filter(articles::work_id.eq(work))
        .filter(articles::public.eq(true))
        .select((articles::id, articles::lang, articles::version))
        .load(conn)?)
}

/// True if a work has one article only.
pub fn is_alone(conn: &mut Conn, work: Id) -> Result<bool, StoreError> {
    let found: Vec<Id> = articles::table
        .filter(articles::work_id.eq(work))
        .limit(2)
        .select(articles::id)
        .load(conn)?;
    Ok(found.len() < 2)
}

/// The work that an article is of.
pub fn work_of_article(conn: &mut Conn, id: Id) -> Result<Option<Id>, StoreError> {
    Ok(articles::table
        .find(id)
        .select(articles::work_id)
        .get_result(conn)
        .optional()?)
}

/// The work of the article that was imported from an address.
pub fn work_at_address(conn: &mut Conn, url: &NormalUrl) -> Result<Option<Id>, StoreError> {
    Ok(articles::table
        .filter(articles::url_key.eq(url_key(url)))
        .order(articles::id)
        .select(articles::work_id)
        .first(conn)
        .optional()?)
}
