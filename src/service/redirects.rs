//! Writing redirects.

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::store::articles::find_by_slug;
use crate::store::changes::ChangeKind;
use crate::store::redirects as stored;

use super::{Commit, ServiceError};

/// Lets a slug that an article had, or was asked to have, lead to it; says whether that is new. A slug that an article
/// has now is never led away from it.
pub fn save_redirect(
    tx: &mut Commit<'_>,
    lang: &LanguageTag,
    slug: &str,
    article: Id,
) -> Result<bool, ServiceError> {
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
