//! Redirects: slugs that articles had, or were asked to have, and are still found by.

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;

use super::conn::{Conn, with};
use super::error::StoreError;
use super::moved::Known;
use super::schema::redirects;

/// One redirect: its edition, the old slug, the article, and whether the public has known the slug.
pub type Redirect = (LanguageTag, String, Id, bool);

/// Lets an old slug lead to an article; a later redirect of the same slug wins. It leads the public on where the public has
/// known the slug.
pub fn save_redirect(
    conn: &mut Conn,
    lang: &LanguageTag,
    slug: &str,
    article: Id,
    public: bool,
) -> Result<(), StoreError> {
    let leads = (
        redirects::article_id.eq(article),
        redirects::public.eq(public),
    );
    let row = (redirects::lang.eq(lang), redirects::slug.eq(slug), leads);
    with!(conn, c => diesel::insert_into(redirects::table)
        .values(row)
        .on_conflict((redirects::slug, redirects::lang))
        .do_update()
        .set(leads)
        .execute(c))?;
    Ok(())
}

/// The article that an old slug leads to.
pub fn find_redirect(
    conn: &mut Conn,
    lang: &LanguageTag,
    slug: &str,
) -> Result<Option<Id>, StoreError> {
    Ok(redirects::table
        .find((slug, lang))
        .select(redirects::article_id)
        .get_result(conn)
        .optional()?)
}

/// True if an old slug in an edition leads to an article: it has left that edition, or has another slug there.
pub(super) fn left_edition(
    conn: &mut Conn,
    article: Id,
    lang: &LanguageTag,
    known: Known,
) -> Result<bool, StoreError> {
    let left = redirects::table
        .filter(redirects::article_id.eq(article))
        .filter(redirects::lang.eq(lang))
        .filter(redirects::public.eq_any(known.sides()));
    Ok(diesel::select(diesel::dsl::exists(left)).get_result(conn)?)
}

/// Takes a redirect away, because its article has that slug again.
pub fn remove_redirect(conn: &mut Conn, lang: &LanguageTag, slug: &str) -> Result<(), StoreError> {
    diesel::delete(redirects::table.find((slug, lang))).execute(conn)?;
    Ok(())
}

/// The next redirects in the order of slug and edition.
pub fn redirects_after(
    conn: &mut Conn,
    slug: &str,
    lang: &str,
    limit: i64,
) -> Result<Vec<Redirect>, StoreError> {
    Ok(redirects::table
        .filter(
            redirects::slug
                .gt(slug)
                .or(redirects::slug.eq(slug).and(redirects::lang.gt(lang))),
        )
        .order((redirects::slug, redirects::lang))
        .limit(limit)
        .select((
            redirects::lang,
            redirects::slug,
            redirects::article_id,
            redirects::public,
        ))
        .load(conn)?)
}
