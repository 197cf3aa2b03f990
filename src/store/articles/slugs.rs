//! Slugs of articles that are held: by an article that has one now, or that had it and is still found by it.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;

use super::super::any_of::any_of;
use super::super::batch::IN_LIST;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::schema::{articles, redirects};
use super::find::Holders;

/// An article that holds a slug: whether the public has known it by that, and its maker.
struct Holder {
    article: Id,
    shown: bool,
    created_by: Option<Id>,
}

/// Those of some slugs that another article holds. `own` is the article that asks, with the slug that it has.
pub fn slugs_taken(
    conn: &mut Conn,
    lang: &LanguageTag,
    slugs: &[Slug],
    own: Option<(Id, &Slug)>,
    holders: Holders,
) -> Result<HashSet<String>, StoreError> {
    let mut held = holders_of(conn, lang, slugs)?;
    held.retain(|slug, found| {
        // A draft may share its slug with one that its writer did not know of; it stays until that one is shown.
        let holders = match own {
            Some((_, current)) if current.as_str() == slug => Holders::Public,
            _ => holders,
        };
        found.iter().any(|holder| {
            own.is_none_or(|(id, _)| id != holder.article)
                && holders.count(holder.shown, holder.created_by)
        })
    });
    Ok(held.into_keys().collect())
}

fn holders_of(
    conn: &mut Conn,
    lang: &LanguageTag,
    slugs: &[Slug],
) -> Result<HashMap<String, Vec<Holder>>, StoreError> {
    let mut held: HashMap<String, Vec<Holder>> = HashMap::new();
    for chunk in slugs.chunks(IN_LIST) {
        type Row = (String, Id, bool, Option<Id>);
        let current: Vec<Row> = articles::table
            .filter(any_of(articles::slug, chunk))
            .filter(articles::lang.eq(lang))
            .select((
                articles::slug,
                articles::id,
                articles::slug_shown,
                articles::created_by,
            ))
            .load(conn)?;
        let led: Vec<Row> = redirects::table
            .inner_join(articles::table.on(articles::id.eq(redirects::article_id)))
            .filter(any_of(redirects::slug, chunk))
            .filter(redirects::lang.eq(lang))
            .select((
                redirects::slug,
                articles::id,
                redirects::public,
                articles::created_by,
            ))
            .load(conn)?;
        for (slug, article, shown, created_by) in current.into_iter().chain(led) {
            let holder = Holder {
                article,
                shown,
                created_by,
            };
            held.entry(slug).or_default().push(holder);
        }
    }
    Ok(held)
}
