//! The work in the background: renditions are made, and what nobody needs is removed. What is to be done stands in the
//! database, so that it goes on after any end of the process, and on several nodes each piece is done by one.

use std::io::Cursor;

use crate::domain::id::Id;
use crate::domain::medium::{FileState, Format, MediaFile, StoredRendition};
use crate::domain::picture_size::PictureSize;
use crate::domain::time::{Clock, Timestamp};
use crate::service::{Actor, ServiceError, commit, media as service};
use crate::store::media::{
    self as media_rows, Claim, due_files, due_garbage, forget_garbage, note_garbage,
};
use crate::store::{Store, StoreError};

use super::Media;
use super::digest;
use super::inspect;
use super::renditions::Master;
use super::storage::StorageError;

/// Causes for which a piece of work was not done. It is due again by itself.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The database.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The picture.
    #[error("{0}")]
    Picture(String),
}

impl From<StoreError> for WorkError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// Does all that is due and answers how many files that were. Must not be called on a thread that runs async tasks: it
/// blocks, and takes a processor while pictures are scaled.
///
/// # Errors
/// Where the database or the storage fails; what was done until then stays done.
pub fn do_due_work(media: &Media, store: &Store, clock: &Clock) -> Result<usize, WorkError> {
    let now = clock.now();
    let (files, garbage) = store.read(|conn| {
        let files = due_files(conn, now, None, 1)?;
        Ok((files, due_garbage(conn, now, 100)?))
    })?;
    let mut done = 0;
    let mut more = !files.is_empty();
    while more {
        let worked = work_on_next(media, store, clock)?;
        more = worked.is_some();
        done += usize::from(worked == Some(true));
    }
    for file in garbage {
        done += usize::from(go_on(file, remove(media, store, clock, file))?);
    }
    Ok(done)
}

/// The next time at which something is due.
///
/// # Errors
/// Where the database fails.
pub fn next_due(store: &Store) -> Result<Option<Timestamp>, WorkError> {
    Ok(store.read(media_rows::next_due)?)
}

/// Makes the renditions of the next file, small pictures before large ones, and says whether it was done; `None` where
/// nothing is due.
fn work_on_next(media: &Media, store: &Store, clock: &Clock) -> Result<Option<bool>, WorkError> {
    for size in PictureSize::ALL {
        // The lane is not waited for in vain.
        let due = store.read(|conn| due_files(conn, clock.now(), Some(size), 1))?;
        if due.is_empty() {
            continue;
        }
        // Taken anew for each file, so that uploads get their turn in between.
        let lane = media.lanes.of(size);
        let _lane = lane.blocking_lock();
        let claim = commit(store, clock, Actor::Schedule, |tx| {
            service::claim_due_file(tx, size)
        })?;
        if let Some(claim) = claim {
            let done = render(media, store, clock, &claim);
            return go_on(claim.file.id, done).map(Some);
        }
    }
    Ok(None)
}

/// True if a file was done. One that fails stops no other, unless the database fails.
fn go_on(file: Id, done: Result<(), WorkError>) -> Result<bool, WorkError> {
    match done {
        Err(WorkError::Service(ServiceError::Store(error))) if error.is_of_the_database() => {
            Err(error.into())
        }
        Err(error) => {
            log::error!("media file {file} cannot be worked on: {error}");
            Ok(false)
        }
        Ok(()) => Ok(true),
    }
}

/// Removes a folder, or puts it off where that fails.
fn remove(media: &Media, store: &Store, clock: &Clock, file: Id) -> Result<(), WorkError> {
    if let Err(error) = wait_for(media.storage.remove(file)) {
        log::warn!("media file {file} cannot be removed: {error}");
        let later = Timestamp::from_millis(clock.now().millis() + LATER);
        store.write(|conn| note_garbage(conn, file, later))?;
        return Ok(());
    }
    store.write(|conn| forget_garbage(conn, file))?;
    Ok(())
}

/// Time until a removal that failed is tried again, in milliseconds.
const LATER: i64 = 600_000;

/// Makes a file's renditions, or puts it off where that fails.
fn render(media: &Media, store: &Store, clock: &Clock, claim: &Claim) -> Result<(), WorkError> {
    let file = &claim.file;
    let outcome = make_renditions(media, file);
    let id = file.id;
    match outcome {
        Ok(renditions) => commit(store, clock, Actor::Schedule, |tx| {
            service::finish_file(tx, id, FileState::Ready, &renditions)
        })?,
        Err(error) => {
            log::warn!("the renditions of media file {id} cannot be made: {error}");
            commit(store, clock, Actor::Schedule, |tx| {
                service::put_off_file(tx, claim)
            })?;
        }
    }
    Ok(())
}

fn make_renditions(media: &Media, file: &MediaFile) -> Result<Vec<StoredRendition>, WorkError> {
    let bytes = wait_for(media.storage.get_upload(file.id))?;
    if digest::of(&bytes) != file.digest {
        return Err(WorkError::Picture("the upload is damaged".to_owned()));
    }
    let picture = inspect::decode(Cursor::new(bytes), media.limits)
        .map_err(|refused| WorkError::Picture(refused.to_string()))?;
    let widest = (file.widest(), file.height_at(file.widest()));
    let master = Master::new(picture, file.transparent, widest);
    let plan = file.plan().into_iter();
    plan.map(|(width, format)| make_one(media, file, &master, width, format))
        .collect()
}

fn make_one(
    media: &Media,
    file: &MediaFile,
    master: &Master,
    width: u32,
    format: Format,
) -> Result<StoredRendition, WorkError> {
    let height = file.height_at(width);
    let bytes = master
        .render(width, height, format)
        .map_err(WorkError::Picture)?;
    let rendition = StoredRendition {
        format,
        width,
        height,
        bytes: bytes.len() as u64,
    };
    let id: Id = file.id;
    wait_for(media.storage.put_rendition(id, &rendition, bytes))?;
    Ok(rendition)
}

/// Waits for the storage on this thread.
pub(crate) fn wait_for<T, E: From<StorageError>>(
    task: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(StorageError::from)?.block_on(task)
}
