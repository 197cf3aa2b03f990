//! The questions of consistency about stored files: whether the storage holds what the database says.

use crate::domain::medium::{FileState, MediaFile};
use crate::service::check::Answers;
use crate::store::media::{file_by_id, files_after};
use crate::store::{Store, StoreError};

use super::storage::{Storage, StorageError};
use super::work::wait_for;

const WHOLE: &str = "file-stored";

/// Files that one read looks at.
const AT_ONCE: i64 = 100;

/// Causes that keep the storage from being asked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Asks whether the storage holds each upload and each rendition in its size. Bytes are not read: that takes hours where there
/// are many, and of a bucket it is paid for. `progress` is told how many files were looked at.
pub fn run(
    storage: &Storage,
    store: &Store,
    answers: &mut Answers,
    progress: &mut dyn FnMut(u64),
) -> Result<(), CheckError> {
    answers.put(
        WHOLE,
        "the storage lacks an upload or a rendition, or holds it in another size",
    );
    let mut after = String::new();
    loop {
        let files = match store.read(|conn| files_after(conn, &after, AT_ONCE)) {
            Err(StoreError::Other(why)) => {
                answers.note(WHOLE, [why]);
                return Ok(());
            }
            files => files?,
        };
        let Some(last) = files.last() else {
            return Ok(());
        };
        after = last.id.to_string();
        for file in &files {
            if !is_kept(storage, store, file)? {
                answers.note(WHOLE, [file.id.to_string()]);
            }
        }
        progress(files.len() as u64);
    }
}

/// True if a file is whole, or was changed or removed while it was looked at.
fn is_kept(storage: &Storage, store: &Store, file: &MediaFile) -> Result<bool, CheckError> {
    if file.state == FileState::Failed || wait_for(storage.is_whole(file))? {
        return Ok(true);
    }
    let now = store.read(|conn| file_by_id(conn, file.id))?;
    Ok(now.as_ref() != Some(file))
}
