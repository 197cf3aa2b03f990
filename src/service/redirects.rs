//! Writing redirects.

use crate::domain::author::Author;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::text::nfc;
use crate::store::articles::find_by_slug;
use crate::store::changes::ChangeKind;
use crate::store::moved::{self, Moved, MovedKind};
use crate::store::{Conn, StoreError, redirects as stored, sections};

use super::shared::Shared;
use super::{Commit, ServiceError};

/// Lets a slug that an article had, or was asked to have, lead to it; says whether that is new. A slug that an article
/// has now is never led away from it.
pub fn save_redirect(
    tx: &mut Commit<'_>,
    lang: &LanguageTag,
    slug: &str,
    article: Id,
) -> Result<bool, ServiceError> {
    let slug = &nfc(slug.to_owned());
    if find_by_slug(tx.conn, lang, slug)?.is_some() {
        return Ok(false);
    }
    if stored::find_redirect(tx.conn, lang, slug)? == Some(article.to_string()) {
        return Ok(false);
    }
    stored::save_redirect(tx.conn, lang, slug, article)?;
    tx.changed(ChangeKind::Redirect, slug, lang.as_str(), 0);
    Ok(true)
}

/// Lets an address that a section, author, source or tag had lead to it; says whether that is new. An address that
/// something has now is never led away from it.
pub fn save_moved(
    tx: &mut Commit<'_>,
    kind: &str,
    lang: &str,
    slug: &str,
    target: Id,
) -> Result<bool, ServiceError> {
    let slug = &nfc(slug.to_owned());
    let unknown = |field, what: &str| {
        ServiceError::invalid(field, "unknown_target", format!("there is no such {what}"))
    };
    let kind = MovedKind::parse(kind).ok_or_else(|| unknown("kind", "kind of redirect"))?;
    let reference = Reference::parse(slug);
    let (is_there, is_taken) = match kind {
        MovedKind::Section => {
            let lang = LanguageTag::parse(lang).map_err(|_| unknown("lang", "edition"))?;
            let there = sections::sections_by_ids(tx.conn, &[target.to_string()])?;
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
    if is_taken || moved::find_moved(tx.conn, kind, lang, slug)? == Some(target) {
        return Ok(false);
    }
    let row = Moved {
        kind: kind.as_str().to_owned(),
        lang: lang.to_owned(),
        slug: slug.to_owned(),
        target_id: target.to_string(),
    };
    moved::save_moved(tx.conn, &row)?;
    tx.changed(ChangeKind::Redirect, slug, lang, 0);
    Ok(true)
}

/// Whether the target is there, and whether something has the address now.
fn ends_of<T: Shared>(
    conn: &mut Conn,
    slug: &Reference,
    target: Id,
) -> Result<(bool, bool), StoreError> {
    let there = !T::with_ids(conn, &[target.to_string()])?.is_empty();
    let taken = match slug {
        Reference::Id(id) => !T::with_ids(conn, &[id.to_string()])?.is_empty(),
        Reference::Slug(slug) => T::with_slug(conn, slug)?.is_some(),
    };
    Ok((there, taken))
}
