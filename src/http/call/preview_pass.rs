//! Passes of preview links: what a token opens.

use crate::domain::access::Scope;
use crate::domain::article::ArticleContent;
use crate::domain::id::Id;
use crate::domain::permission::Operation;
use crate::domain::preview::Pass;
use crate::domain::time::Timestamp;
use crate::http::call::authorized::Writer;
use crate::service::editing::find_stored;
use crate::store::articles::is_visible;
use crate::store::media::shows_file;
use crate::store::{Conn, StoreError, keys, revisions, signing};

/// True if a token opens an article that shows a file.
pub(crate) fn opens_file(
    c: &mut Conn,
    token: Option<&str>,
    file: Id,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some((pass, maker)) = pass_of(c, token, now)? else {
        return Ok(false);
    };
    if revisions::was_withdrawn_since(c, pass.article, pass.made_at)? {
        return Ok(false);
    }
    let Some(content) = content_of(c, &pass)? else {
        return Ok(false);
    };
    Ok(maker.editor().may_read_version(c, &content)? && shows_file(c, &content, file)?)
}

/// The content of the version that a pass opens.
fn content_of(c: &mut Conn, pass: &Pass) -> Result<Option<ArticleContent>, StoreError> {
    let Some(version) = pass.version else {
        return Ok(find_stored(c, pass.article)?.map(|article| article.content));
    };
    let revision = revisions::find_revision(c, pass.article, version)?;
    revision.map(|revision| revision.content(c)).transpose()
}

/// A pass that is not over, with the key that made it, which lives and sees the article still.
pub(crate) fn pass_of(
    c: &mut Conn,
    token: Option<&str>,
    now: Timestamp,
) -> Result<Option<(Pass, Writer)>, StoreError> {
    let (Some(token), Some(secret)) = (token, signing::preview_secret(c)?) else {
        return Ok(None);
    };
    let Some(pass) = Pass::open(token, &secret, now) else {
        return Ok(None);
    };
    let Some(maker) = keys::live_grant(c, pass.key, now)? else {
        return Ok(None);
    };
    // Limits may have been narrowed since.
    let sees = is_visible(c, &Scope::Key(maker.clone()), pass.article)?;
    let maker = Writer::of(maker, Operation::CreatePreview).ok();
    Ok(maker.filter(|_| sees).map(|maker| (pass, maker)))
}
