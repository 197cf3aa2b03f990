//! Notices of articles, added and removed one by one.

use crate::domain::id::Id;
use crate::domain::input::NoticeInput;
use crate::store::articles::StoredArticle;

use super::articles::{update_article, write_version};
use super::editing::{Editor, drafted};
use super::notice_rules::{new_notice, to_come};
use super::{Commit, ServiceError};

/// Adds a notice to an article, and answers its identity.
///
/// # Errors
/// `Faults` where its time is still to come; `Forbidden` where the key may not write the article.
pub fn add_notice(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    before: &StoredArticle,
    input: NoticeInput,
) -> Result<Id, ServiceError> {
    editor.check(tx, &before.content, before.created_by)?;
    let mut content = before.content.clone();
    if let Some(fault) = to_come(tx.now(), &input, "/at".to_owned()) {
        return Err(ServiceError::Faults(vec![fault]));
    }
    let notice = new_notice(tx.now(), input);
    let id = notice.id;
    content.details.notices.push(notice);
    update_article(tx, before, drafted(content, before))?;
    Ok(id)
}

/// Takes a notice away, also one that the public has seen; says whether there was one.
///
/// # Errors
/// `Forbidden` where the key may not write the article.
pub fn remove_notice(
    tx: &mut Commit<'_>,
    editor: Editor<'_>,
    before: &StoredArticle,
    id: Id,
) -> Result<bool, ServiceError> {
    editor.check(tx, &before.content, before.created_by)?;
    let mut content = before.content.clone();
    content.details.notices.retain(|notice| notice.id != id);
    if content.details.notices.len() == before.content.details.notices.len() {
        return Ok(false);
    }
    write_version(tx, before, drafted(content, before))?;
    Ok(true)
}
