//! Writing media: uploads, what is said of them, and how far the work on them is.

use std::time::Duration;

use crate::domain::article::ArticleContent;
use crate::domain::error::{Fault, Invalid};
use crate::domain::id::Id;
use crate::domain::medium::{
    FileState, MediaFile, Medium, MediumContent, MediumSource, StoredRendition, Validators,
};
use crate::domain::picture_size::PictureSize;
use crate::domain::time::Timestamp;
use crate::store::changes::{Change, ChangeKind, ChangeOp};
use crate::store::fanouts::{Extent, Shown};
use crate::store::media::{self as stored, Claim};
use crate::store::needs::COUNTED;

use super::{Commit, ServiceError};

/// Longest time of an upload from its first byte in the storage to its row: longer than any request.
const UPLOAD_TAKES: Duration = Duration::from_secs(2 * 3_600);
/// Time that a worker has for the renditions of one file, before another may take it up.
const RENDERING_TAKES: Duration = Duration::from_secs(600);
/// Most attempts at the renditions of one file.
const MOST_ATTEMPTS: i32 = 5;

fn after(now: Timestamp, time: Duration) -> Timestamp {
    let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.millis().saturating_add(millis))
}

/// Says, before any byte of an upload is stored, where its bytes will be: where the upload never gets its row, whatever
/// the reason, they are removed.
pub fn announce_file(tx: &mut Commit<'_>, file: Id) -> Result<(), ServiceError> {
    let due = after(tx.now, UPLOAD_TAKES);
    Ok(stored::note_garbage(tx.conn, file, due)?)
}

/// Has the renditions of a file made anew whose bytes were lost or damaged and are there again, with all attempts.
pub fn revive_file(tx: &mut Commit<'_>, file: Id) -> Result<(), ServiceError> {
    stored::finish_file(tx.conn, file, FileState::Pending, &[])?;
    Ok(stored::set_due(tx.conn, file, tx.now)?)
}

/// Writes the file of an upload. Where the same bytes are there already, that file is answered, and those of this upload,
/// where it `brought` any, are removed.
///
/// # Errors
/// `Conflict`, where the bytes that were counted on have been removed meanwhile.
pub fn keep_file(
    tx: &mut Commit<'_>,
    file: MediaFile,
    brought: bool,
) -> Result<MediaFile, ServiceError> {
    if let Some(known) = stored::file_by_digest(tx.conn, &file.digest)? {
        if brought && known.id != file.id {
            stored::note_garbage(tx.conn, file.id, tx.now)?;
        }
        return Ok(known);
    }
    if !brought || !stored::forget_garbage(tx.conn, file.id)? {
        let detail = "the same picture was deleted meanwhile; send it again";
        return Err(ServiceError::Conflict(Invalid::new("deleted", detail)));
    }
    stored::insert_file(tx.conn, &file)?;
    Ok(file)
}

/// Writes a new medium, of a file that is there.
pub fn create_medium(
    tx: &mut Commit<'_>,
    file: MediaFile,
    name: Option<String>,
    content: MediumContent,
    created_by: Option<Id>,
) -> Result<Medium, ServiceError> {
    let medium = Medium {
        id: Id::new(tx.now),
        name,
        content,
        file,
        version: 1,
        created_at: tx.stamp,
        updated_at: tx.stamp,
        created_by,
    };
    write_medium(tx, &medium)?;
    Ok(medium)
}

/// Writes the medium of a picture that an import brings, unless one of the same bytes is there.
pub fn keep_picture(
    tx: &mut Commit<'_>,
    (file, brought): (MediaFile, bool),
    name: Option<String>,
    content: MediumContent,
) -> Result<Medium, ServiceError> {
    let file = keep_file(tx, file, brought)?;
    let known = stored::media_of_file(tx.conn, file.id)?;
    let known = stored::media_by_ids(tx.conn, known.get(..1).unwrap_or_default())?;
    match known.into_iter().next() {
        Some(medium) => Ok(medium),
        None => create_medium(tx, file, name, content, None),
    }
}

/// The same for a picture that was fetched, whose address is noted.
pub fn keep_fetched(
    tx: &mut Commit<'_>,
    file: (MediaFile, bool),
    name: Option<String>,
    content: MediumContent,
    (url, validators): (String, Validators),
) -> Result<Medium, ServiceError> {
    let medium = keep_picture(tx, file, name, content)?;
    let source = MediumSource {
        url,
        medium: medium.id,
        validators,
        fetched_at: tx.now,
    };
    stored::save_source(tx.conn, &source)?;
    Ok(medium)
}

/// Writes what is said of a medium, where it is other than before; the articles that show it have changed with it.
pub fn update_medium(
    tx: &mut Commit<'_>,
    before: Medium,
    content: MediumContent,
) -> Result<Medium, ServiceError> {
    if before.content == content {
        return Ok(before);
    }
    let medium = Medium {
        content,
        version: before.version + 1,
        updated_at: tx.stamp,
        ..before
    };
    write_medium(tx, &medium)?;
    tx.fan_out(Shown::Medium(medium.id), Extent::default());
    Ok(medium)
}

/// Writes a medium with the version and times that it has, as an export brings it.
pub fn write_medium(tx: &mut Commit<'_>, medium: &Medium) -> Result<(), ServiceError> {
    stored::save_medium(tx.conn, medium)?;
    tell_medium(tx, medium.id, medium.version);
    Ok(())
}

/// Media are no one's but the desk's until an article shows them, so the public's view has not changed with one.
fn tell_medium(tx: &mut Commit<'_>, id: Id, version: i64) {
    tx.changes.push(Change {
        kind: ChangeKind::Medium,
        id: id.to_string(),
        op: ChangeOp::Upsert,
        reason: None,
        lang: String::new(),
        version,
        public: false,
        alters_articles: false,
        touched: Some(Vec::new()),
    });
}

/// Removes a medium that no article shows but withdrawn ones; its bytes go with the last medium that has them.
///
/// # Errors
/// `Conflict`, which names the articles that show it.
pub fn delete_medium(tx: &mut Commit<'_>, medium: &Medium) -> Result<(), ServiceError> {
    let uses = stored::uses_of_medium(tx.conn, medium.id, COUNTED + 1)?;
    if !uses.is_empty() {
        return Err(ServiceError::Conflict(in_use(&uses)));
    }
    stored::delete_medium(tx.conn, medium.id)?;
    tx.changes.push(Change {
        kind: ChangeKind::Medium,
        id: medium.id.to_string(),
        op: ChangeOp::Delete,
        reason: None,
        lang: String::new(),
        version: medium.version + 1,
        public: false,
        alters_articles: false,
        touched: Some(Vec::new()),
    });
    if !stored::file_is_used(tx.conn, medium.file.id)? {
        stored::delete_file(tx.conn, medium.file.id)?;
        stored::note_garbage(tx.conn, medium.file.id, tx.now)?;
    }
    Ok(())
}

/// Most articles that a conflict names.
const NAMED: usize = 10;

fn in_use(uses: &[String]) -> Invalid {
    let named: Vec<&str> = uses.iter().take(NAMED).map(String::as_str).collect();
    let rest = match uses.len().saturating_sub(NAMED) {
        0 => String::new(),
        _ if uses.len() > COUNTED => format!(" and more than {} more", COUNTED - NAMED),
        more => format!(" and {more} more"),
    };
    let detail = format!(
        "articles show this medium: {}{rest}; take it out of them first",
        named.join(", ")
    );
    Invalid::new("in_use", detail)
}

/// Refuses an article that shows media which are not there, each at its place. Those that it showed `before` were deleted
/// while it was withdrawn, and are left out.
pub(super) fn require_media(
    tx: &mut Commit<'_>,
    content: &mut ArticleContent,
    before: &[Id],
) -> Result<(), ServiceError> {
    let ids = content.media_ids();
    if ids.is_empty() {
        return Ok(());
    }
    let unknown = stored::unknown_media(tx.conn, &ids)?;
    let is_gone = |id: Id| unknown.contains(&id) && before.contains(&id);
    let media = &mut content.details.media;
    media.retain(|entry| !entry.id.is_some_and(is_gone));
    let entries = content.details.media.iter().enumerate();
    let faults: Vec<Fault> = entries
        .filter_map(|(at, entry)| Some((at, entry.id.filter(|id| unknown.contains(id))?)))
        .map(|(at, id)| Fault::new(format!("/media/{at}/id"), super::unknown::medium(id)))
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(ServiceError::Faults(faults))
}

/// Claims the file of a size whose renditions have been due the longest, where there is one. A file that has been tried too often is
/// given up instead.
pub fn claim_due_file(
    tx: &mut Commit<'_>,
    size: PictureSize,
) -> Result<Option<Claim>, ServiceError> {
    for id in stored::due_files(tx.conn, tx.now, Some(size), 10)? {
        let until = after(tx.now, RENDERING_TAKES);
        let claim = match tx.attempt(|tx| stored::claim_file(tx.conn, id, until)) {
            Ok(claim) => claim,
            Err(error) if error.is_of_the_database() => return Err(error.into()),
            Err(error) => {
                log::error!("media file {id} cannot be claimed: {error}");
                stored::set_due(tx.conn, id, until)?;
                continue;
            }
        };
        if claim.attempts <= MOST_ATTEMPTS {
            return Ok(Some(claim));
        }
        finish_file(tx, id, FileState::Failed, &[])?;
    }
    Ok(None)
}

/// Writes the renditions of a file; the articles that show it have changed with them.
pub fn finish_file(
    tx: &mut Commit<'_>,
    id: Id,
    state: FileState,
    renditions: &[StoredRendition],
) -> Result<(), ServiceError> {
    if !stored::finish_file(tx.conn, id, state, renditions)? {
        // It was removed meanwhile, and what was made of it since lies in its folder again.
        return Ok(stored::note_garbage(tx.conn, id, tx.now)?);
    }
    let media = stored::media_of_file(tx.conn, id)?;
    for medium in stored::media_by_ids(tx.conn, &media)? {
        tell_medium(tx, medium.id, medium.version);
        tx.fan_out(Shown::Medium(medium.id), Extent::default());
    }
    Ok(())
}

/// Lets a file that a worker failed on be taken up again, later each time.
pub fn put_off_file(tx: &mut Commit<'_>, claim: &Claim) -> Result<(), ServiceError> {
    let wait = Duration::from_secs(10 << claim.attempts.clamp(0, 10));
    Ok(stored::set_due(
        tx.conn,
        claim.file.id,
        after(tx.now, wait),
    )?)
}
