//! Files by names of their own in a storage, such as backups, and media that go from one storage to another.

use futures_util::StreamExt;
use object_store::{GetOptions, ObjectStoreExt, WriteMultipart};
use tokio::io::AsyncWriteExt;

use super::{PART, Storage, StorageError, parts_of};
use crate::domain::medium::MediaFile;

/// The outcome for a file that goes from one storage to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// It, or a part of it, was copied.
    Now,
    /// The other storage has all of it.
    Before,
    /// This storage lacks it, or a part of it.
    Missing,
}

impl Storage {
    /// Keeps a file of this machine under a name.
    pub async fn put_named(&self, name: &str, from: &std::path::Path) -> Result<(), StorageError> {
        self.put(&self.named(name), from).await
    }

    /// Writes the file of a name to this machine.
    pub async fn get_named(&self, name: &str, to: &std::path::Path) -> Result<(), StorageError> {
        let path = self.named(name);
        let found = self
            .store(false)?
            .get_opts(&path, GetOptions::default())
            .await?;
        let mut chunks = found.into_stream();
        let mut file = tokio::fs::File::create(to).await?;
        while let Some(chunk) = chunks.next().await {
            file.write_all(&chunk?).await?;
        }
        file.sync_all().await?;
        Ok(())
    }

    /// The names of the files right below the place, in any order; none where there is no such place.
    pub async fn names(&self) -> Result<Vec<String>, StorageError> {
        let store = match self.store(false) {
            Err(StorageError::NotFound) => return Ok(Vec::new()),
            store => store?,
        };
        let place = self.named("");
        let found = store.list_with_delimiter(Some(&place)).await?.objects;
        let below = |object: object_store::ObjectMeta| {
            let mut rest = object.location.prefix_match(&place)?;
            let name = rest.next()?.as_ref().to_owned();
            rest.next().is_none().then_some(name)
        };
        Ok(found.into_iter().filter_map(below).collect())
    }

    /// Removes the file of a name; one that is gone already is no error.
    pub async fn remove_named(&self, name: &str) -> Result<(), StorageError> {
        let removed = self.store(true)?.delete(&self.named(name)).await;
        match removed.map_err(StorageError::from) {
            Err(StorageError::NotFound) => Ok(()),
            removed => removed,
        }
    }

    /// Copies what another storage lacks of a file: the upload and its renditions, which never change.
    pub async fn copy_to(&self, other: &Self, file: &MediaFile) -> Result<Copied, StorageError> {
        let mut outcome = Copied::Before;
        for (name, bytes) in parts_of(file) {
            match other.size_of(file, &name).await? {
                Some(size) if size == bytes => continue,
                _ if self.size_of(file, &name).await? != Some(bytes) => return Ok(Copied::Missing),
                _ => self.copy_part(other, file, &name).await?,
            }
            outcome = Copied::Now;
        }
        Ok(outcome)
    }

    /// The size of a part of a file, where it is kept.
    async fn size_of(&self, file: &MediaFile, name: &str) -> Result<Option<u64>, StorageError> {
        let store = match self.store(false) {
            Err(StorageError::NotFound) => return Ok(None),
            store => store?,
        };
        let found = store.head(&self.path(file.id, name)).await;
        match found.map_err(StorageError::from) {
            Ok(found) => Ok(Some(found.size)),
            Err(StorageError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn copy_part(
        &self,
        other: &Self,
        file: &MediaFile,
        name: &str,
    ) -> Result<(), StorageError> {
        let from = self.path(file.id, name);
        let found = self
            .store(false)?
            .get_opts(&from, GetOptions::default())
            .await?;
        let into = other.store(true)?;
        let path = other.path(file.id, name);
        if found.meta.size < PART as u64 {
            into.put(&path, found.bytes().await?.into()).await?;
            return Ok(());
        }
        let upload = into.put_multipart(&path).await?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, PART);
        let mut chunks = found.into_stream();
        while let Some(chunk) = chunks.next().await {
            parts.wait_for_capacity(1).await?;
            parts.write(&chunk?);
        }
        parts.finish().await?;
        Ok(())
    }
}
