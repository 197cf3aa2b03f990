//! Intake of pictures: what bytes on this machine are, and how they come into the storage. Uploads and imports share it.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};

use super::digest::{self, hex};
use super::inspect::{self, Limits, Refused};
use super::renditions::is_transparent;
use super::storage::{Storage, StorageError};
use super::work::wait_for;
use crate::domain::id::Id;
use crate::domain::medium::{ADDRESS_CHARS, FileState, Format, MediaFile, address_seed};
use crate::domain::picture_size::PictureSize;
use crate::domain::time::{Clock, Timestamp};
use crate::service::{self, Actor, ServiceError, commit};
use crate::store::media::file_by_digest;
use crate::store::{Store, StoreError};

/// Refusal of a picture.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The picture.
    #[error("{0}")]
    Picture(Refused),
    /// This machine's disk or the storage.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The database.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<Refused> for IntakeError {
    fn from(refused: Refused) -> Self {
        Self::Picture(refused)
    }
}

/// The properties of a picture that decoding tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    format: Format,
    width: u32,
    height: u32,
    transparent: bool,
}

/// The class of a picture by the size that it claims; nothing is decoded.
///
/// # Errors
/// Bytes that are no picture of a known kind.
pub fn size_of(path: &Path, limits: Limits) -> Result<PictureSize, IntakeError> {
    let (width, height) = inspect::size(open(path)?, limits)?;
    Ok(PictureSize::of(width, height))
}

/// Decodes a picture. The caller is in the lane of its size.
///
/// # Errors
/// Bytes that are no picture of a known kind, or not whole.
pub fn look(path: &Path, limits: Limits) -> Result<Look, IntakeError> {
    Look::at(open(path)?, limits)
}

fn open(path: &Path) -> Result<BufReader<File>, IntakeError> {
    let file = File::open(path).map_err(StorageError::from)?;
    Ok(BufReader::new(file))
}

impl Look {
    /// Decodes a picture.
    ///
    /// # Errors
    /// Bytes that are no picture of a known kind, or not whole.
    pub fn at(
        source: impl std::io::BufRead + std::io::Seek,
        limits: Limits,
    ) -> Result<Self, IntakeError> {
        let picture = inspect::decode(source, limits)?;
        Ok(Self {
            format: picture.format,
            width: picture.pixels.width(),
            height: picture.pixels.height(),
            transparent: is_transparent(&picture.pixels),
        })
    }

    /// The shorter side, in pixels.
    #[must_use]
    pub fn shorter_side(&self) -> u32 {
        self.width.min(self.height)
    }

    /// The file of the picture, with the digest and the size of its bytes.
    #[must_use]
    pub fn file(self, digest: String, bytes: u64, now: Timestamp) -> MediaFile {
        let mut address = digest::of(address_seed(&digest).as_bytes());
        address.truncate(ADDRESS_CHARS);
        MediaFile {
            id: Id::new(now),
            digest,
            address,
            format: self.format,
            width: self.width,
            height: self.height,
            bytes,
            transparent: self.transparent,
            state: FileState::Pending,
            renditions: Vec::new(),
            created_at: now,
        }
    }
}

/// A file whose bytes are in the storage.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The file; the one that is there already of the same bytes.
    pub file: MediaFile,
    /// True if these bytes are new, and wait for their row.
    pub brought: bool,
    /// True if its renditions are due again, because bytes of it had been lost or damaged, or it had been given up.
    pub revived: bool,
}

/// Puts the bytes at `path` into the storage, unless they are there and all of the file is right. That they may be left over
/// is written down first.
///
/// # Errors
/// A failure of the database or the storage.
pub async fn keep(
    storage: &Storage,
    (store, clock, actor): (&Store, &Clock, Actor),
    path: &Path,
    file: MediaFile,
) -> Result<Kept, IntakeError> {
    let (rows, time) = (store.clone(), clock.clone());
    let (file, is_new) = on_a_thread(move || announce(&rows, &time, actor, file)).await?;
    let mut kept = Kept {
        file,
        brought: is_new,
        revived: false,
    };
    if !is_new && is_right(storage, &kept.file).await? {
        return Ok(kept);
    }
    storage.put_upload(kept.file.id, path).await?;
    if !is_new {
        let (rows, time, id) = (store.clone(), clock.clone(), kept.file.id);
        on_a_thread(move || {
            commit(&rows, &time, actor, |tx| {
                service::media::revive_file(tx, id)
            })
        })
        .await?;
        kept.revived = true;
    }
    Ok(kept)
}

/// True if a file's upload is stored as it came, and its renditions, of which no digest is known, in their sizes. One that was
/// given up is not: what stood in the way may be gone.
async fn is_right(storage: &Storage, file: &MediaFile) -> Result<bool, StorageError> {
    if file.state == FileState::Failed || !storage.is_whole(file).await? {
        return Ok(false);
    }
    let mut chunks = match storage.stream_upload(file, 0..file.bytes).await {
        Err(StorageError::NotFound) => return Ok(false),
        chunks => chunks?,
    };
    let mut hash = Sha256::new();
    while let Some(chunk) = chunks.try_next().await? {
        hash.update(&chunk);
    }
    Ok(hex(&hash.finalize()) == file.digest)
}

/// True if all of a file is stored in its size, and none of it was given up. Bytes are not read: a folder of pictures that is
/// imported again would be read whole, and of a bucket that is paid for. Blocks.
///
/// # Errors
/// A failure of the storage.
pub fn seems_right(storage: &Storage, file: &MediaFile) -> Result<bool, StorageError> {
    Ok(file.state != FileState::Failed && wait_for(storage.is_whole(file))?)
}

/// The same as [`keep`] for threads that run no async tasks; blocks.
///
/// # Errors
/// A failure of the database or the storage.
pub fn keep_now(
    storage: &Storage,
    into: (&Store, &Clock, Actor),
    path: &Path,
    file: MediaFile,
) -> Result<Kept, IntakeError> {
    wait_for(keep(storage, into, path, file))
}

fn announce(
    store: &Store,
    clock: &Clock,
    actor: Actor,
    file: MediaFile,
) -> Result<(MediaFile, bool), ServiceError> {
    if let Some(known) = store.read(|conn| file_by_digest(conn, &file.digest))? {
        return Ok((known, false));
    }
    commit(store, clock, actor, |tx| {
        service::media::announce_file(tx, file.id)
    })?;
    Ok((file, true))
}

/// Runs what blocks off the thread of async tasks.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, IntakeError> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|error| StoreError::Other(error.to_string()));
    Ok(done.map_err(ServiceError::Store)??)
}
