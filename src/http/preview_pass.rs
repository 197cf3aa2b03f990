//! Passes of preview links: what a token opens.

use super::authorized::Writer;
use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::permission::Operation;
use crate::domain::preview::Pass;
use crate::domain::time::Timestamp;
use crate::store::articles::is_visible;
use crate::store::media::shows_file;
use crate::store::{Conn, StoreError, keys, revisions, signing};

/// Whether a token opens an article that shows a file.
pub(crate) fn opens_file(
    c: &mut Conn,
    token: Option<&str>,
    file: Id,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some((pass, _)) = pass_of(c, token, now)? else {
        return Ok(false);
    };
    let withdrawn = revisions::was_withdrawn_since(c, pass.article, pass.made_at)?;
    Ok(!withdrawn && shows_file(c, pass.article, file)?)
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
    let Some(maker) = keys::find_grant(c, pass.key, now)? else {
        return Ok(None);
    };
    // Limits may have been narrowed since.
    let sees = is_visible(c, &Scope::Key(maker.clone()), &pass.article.to_string())?;
    let maker = Writer::of(maker, Operation::CreatePreview).ok();
    Ok(maker.filter(|_| sees).map(|maker| (pass, maker)))
}
