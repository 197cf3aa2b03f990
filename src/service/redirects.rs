//! Writing redirects.

use crate::domain::author::Author;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::domain::slug::Slug;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::text::nfc;
use crate::store::articles::{find_by_slug, was_shown};
use crate::store::changes::{Change, ChangeKind, ChangeOp};
use crate::store::moved::{self, Known, Moved, MovedKind};
use crate::store::{Conn, StoreError, redirects as stored, sections};

use super::shared::Shared;
use super::{Commit, ServiceError};

/// Lets a slug that an article had, or was asked to have, lead to it; says whether that is new. A slug that an article
/// has now is never led away from it. It leads the public on where the public has `known` it and has seen the article.
pub fn save_redirect(
    tx: &mut Commit<'_>,
    lang: &LanguageTag,
    slug: &str,
    article: Id,
    known: bool,
) -> Result<bool, ServiceError> {
    let slug = &nfc(slug.to_owned());
    if find_by_slug(tx.conn, lang, slug)?.is_some() {
        return Ok(false);
    }
    if stored::find_redirect(tx.conn, lang, slug)? == Some(article) {
        return Ok(false);
    }
    if let Ok(slug) = Slug::parse(slug) {
        tx.give_slug(lang, &slug);
    }
    let public = known && was_shown(tx.conn, article)?;
    stored::save_redirect(tx.conn, lang, slug, article, public)?;
    tell(tx, lang.as_str(), slug, public);
    Ok(true)
}

fn tell(tx: &mut Commit<'_>, lang: &str, slug: &str, public: bool) {
    tx.changes.push(Change {
        kind: ChangeKind::Redirect,
        id: slug.to_owned(),
        op: ChangeOp::Upsert,
        reason: None,
        lang: lang.to_owned(),
        version: 0,
        public,
        alters_articles: false,
        touched: None,
    });
}

/// Lets an address that a section, author, source or tag had lead to it; says whether that is new. An address that
/// something has now is never led away from it.
pub fn save_moved(tx: &mut Commit<'_>, mut row: Moved, target: Id) -> Result<bool, ServiceError> {
    row.slug = nfc(row.slug);
    let (lang, slug) = (row.lang.as_str(), row.slug.as_str());
    let unknown = |field, what: &str| {
        ServiceError::invalid(field, "unknown_target", format!("there is no such {what}"))
    };
    let kind = MovedKind::parse(&row.kind).ok_or_else(|| unknown("kind", "kind of redirect"))?;
    let reference = Reference::parse(slug);
    let (is_there, is_taken) = match kind {
        MovedKind::Section => {
            let lang = LanguageTag::parse(lang).map_err(|_| unknown("lang", "edition"))?;
            let there = sections::sections_by_ids(tx.conn, &[target])?;
            let taken = sections::sections_at_path(tx.conn, slug, Some(&lang))?;
            (!there.is_empty(), !taken.is_empty())
        }
        MovedKind::Author | MovedKind::AuthorName => {
            ends_of::<Author>(tx.conn, &reference, target)?
        }
        MovedKind::Source => ends_of::<Source>(tx.conn, &reference, target)?,
        MovedKind::Tag => ends_of::<Tag>(tx.conn, &reference, target)?,
    };
    if !is_there {
        return Err(unknown("target", kind.as_str()));
    }
    if is_taken || moved::find_moved(tx.conn, kind, lang, slug, Known::All)? == Some(target) {
        return Ok(false);
    }
    moved::save_moved(tx.conn, &row)?;
    tell(tx, &row.lang, &row.slug, row.public);
    Ok(true)
}

/// True for each: the target exists; something has the address now.
fn ends_of<T: Shared>(
    conn: &mut Conn,
    slug: &Reference,
    target: Id,
) -> Result<(bool, bool), StoreError> {
    let there = !T::with_ids(conn, &[target])?.is_empty();
    let taken = match slug {
        Reference::Id(id) => !T::with_ids(conn, &[*id])?.is_empty(),
        Reference::Slug(slug) => T::with_slug(conn, slug)?.is_some(),
    };
    Ok((there, taken))
}
