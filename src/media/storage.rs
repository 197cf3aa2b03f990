//! Storage of the bytes of media: a folder, or a bucket of S3 or of what speaks like it. Each file has a folder of its
//! own, named by an id that is never used again, so that removing one can never meet a new upload.

pub mod objects;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use tokio::io::AsyncReadExt;

use crate::domain::id::Id;
use crate::domain::medium::{MediaFile, StoredRendition};

use super::place::{Bucket, Place};

/// Causes for which the storage did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The object is not there.
    #[error("the object is not in the storage")]
    NotFound,
    /// There is no room.
    #[error("the storage is full")]
    Full,
    /// Anything else; for the log.
    #[error("{0}")]
    Failed(String),
}

impl From<object_store::Error> for StorageError {
    fn from(error: object_store::Error) -> Self {
        match &error {
            object_store::Error::NotFound { .. } => Self::NotFound,
            other if is_full(other) => Self::Full,
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<std::io::Error> for StorageError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            std::io::ErrorKind::NotFound => Self::NotFound,
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// True if a full disk is at the bottom of an error.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let own = error.downcast_ref::<std::io::Error>();
    own.is_some_and(|io| io.kind() == std::io::ErrorKind::StorageFull)
        || error.source().is_some_and(is_full)
}

/// The storage of media.
#[derive(Clone)]
pub struct Storage {
    place: Place,
    bucket: Option<Arc<dyn ObjectStore>>,
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Storage({})", self.place)
    }
}

/// Uploads longer than this are sent in parts, so that memory holds a part and not the whole.
const PART: usize = 8 * 1024 * 1024;

impl Storage {
    /// The storage at a place.
    ///
    /// # Errors
    /// A sentence, where a bucket's settings do not fit together or this build has no S3.
    pub fn open(place: Place) -> Result<Self, String> {
        let bucket = match &place {
            Place::Folder(_) => None,
            Place::Bucket(bucket) => Some(open_bucket(bucket)?),
        };
        Ok(Self { place, bucket })
    }

    fn store(&self, write: bool) -> Result<Arc<dyn ObjectStore>, StorageError> {
        match (&self.place, &self.bucket) {
            (Place::Folder(folder), _) => {
                if write {
                    std::fs::create_dir_all(folder)?;
                } else if !folder.is_dir() {
                    return Err(StorageError::NotFound);
                }
                let store = LocalFileSystem::new_with_prefix(folder)?;
                Ok(Arc::new(
                    store.with_fsync(true).with_automatic_cleanup(true),
                ))
            }
            (Place::Bucket(_), Some(bucket)) => Ok(Arc::clone(bucket)),
            (Place::Bucket(_), None) => {
                Err(StorageError::Failed("the bucket is not open".to_owned()))
            }
        }
    }

    fn path(&self, file: Id, name: &str) -> Path {
        let folder = self.folder(file);
        Path::from(format!("{folder}/{name}"))
    }

    fn folder(&self, file: Id) -> Path {
        self.named(&file.to_string())
    }

    /// The object of a name below the place.
    fn named(&self, name: &str) -> Path {
        match &self.place {
            Place::Bucket(bucket) if !bucket.prefix.is_empty() => {
                Path::from(format!("{}/{name}", bucket.prefix))
            }
            _ => Path::from(name),
        }
    }

    /// Keeps an upload, from a file on this machine.
    pub async fn put_upload(&self, file: Id, from: &std::path::Path) -> Result<(), StorageError> {
        self.put(&self.path(file, UPLOAD), from).await
    }

    /// Keeps a file of this machine, in parts where it is long.
    async fn put(&self, path: &Path, from: &std::path::Path) -> Result<(), StorageError> {
        let store = self.store(true)?;
        let mut source = tokio::fs::File::open(from).await?;
        let mut part = Vec::new();
        read_part(&mut source, &mut part).await?;
        if part.len() < PART {
            store.put(path, PutPayload::from(part)).await?;
            return Ok(());
        }
        let mut parts = WriteMultipart::new_with_chunk_size(store.put_multipart(path).await?, PART);
        while !part.is_empty() {
            parts.wait_for_capacity(1).await?;
            parts.write(&part);
            part.clear();
            read_part(&mut source, &mut part).await?;
        }
        parts.finish().await?;
        Ok(())
    }

    /// Keeps a rendition.
    pub async fn put_rendition(
        &self,
        file: Id,
        rendition: &StoredRendition,
        bytes: Vec<u8>,
    ) -> Result<(), StorageError> {
        let path = self.path(file, &rendition_name(rendition));
        let payload = PutPayload::from(bytes);
        self.store(true)?.put(&path, payload).await?;
        Ok(())
    }

    /// True if all that there should be of a file is kept, in its full size: the upload and the renditions.
    pub async fn is_whole(&self, file: &MediaFile) -> Result<bool, StorageError> {
        let store = match self.store(false) {
            Err(StorageError::NotFound) => return Ok(false),
            store => store?,
        };
        for (name, bytes) in parts_of(file) {
            let kept = store.head(&self.path(file.id, &name)).await;
            match kept.map_err(StorageError::from) {
                Ok(kept) if kept.size == bytes => {}
                Ok(_) | Err(StorageError::NotFound) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// An upload's bytes, whole.
    pub async fn get_upload(&self, file: Id) -> Result<Bytes, StorageError> {
        let path = self.path(file, UPLOAD);
        let found = self
            .store(false)?
            .get_opts(&path, GetOptions::default())
            .await?;
        Ok(found.bytes().await?)
    }

    /// A part of an upload's bytes, as they come; `NotFound` where the upload is not kept in its full size.
    pub async fn stream_upload(
        &self,
        file: &MediaFile,
        part: Range<u64>,
    ) -> Result<Chunks, StorageError> {
        self.stream(self.path(file.id, UPLOAD), file.bytes, part)
            .await
    }

    /// A part of a rendition's bytes, as they come; `NotFound` where the rendition is not kept in its full size.
    pub async fn stream_rendition(
        &self,
        file: Id,
        rendition: &StoredRendition,
        part: Range<u64>,
    ) -> Result<Chunks, StorageError> {
        let path = self.path(file, &rendition_name(rendition));
        self.stream(path, rendition.bytes, part).await
    }

    async fn stream(
        &self,
        path: Path,
        size: u64,
        part: Range<u64>,
    ) -> Result<Chunks, StorageError> {
        let store = self.store(false)?;
        let options = GetOptions::default().with_range(Some(part));
        match store.get_opts(&path, options).await {
            Ok(found) if found.meta.size == size => {
                Ok(found.into_stream().map_err(StorageError::from).boxed())
            }
            Ok(_) => Err(StorageError::NotFound),
            // Of an object that ends before the part, each storage tells in words of its own.
            Err(error) => match store.head(&path).await {
                Ok(kept) if kept.size != size => Err(StorageError::NotFound),
                _ => Err(error.into()),
            },
        }
    }

    /// Removes all that is kept of a file; what is gone already is no error.
    pub async fn remove(&self, file: Id) -> Result<(), StorageError> {
        let store = match self.store(false) {
            Err(StorageError::NotFound) => return Ok(()),
            store => store?,
        };
        let folder = self.folder(file);
        let found: Vec<Path> = store
            .list(Some(&folder))
            .map_ok(|object| object.location)
            .try_collect()
            .await?;
        for path in found {
            match store.delete(&path).await.map_err(StorageError::from) {
                Ok(()) | Err(StorageError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Bytes as they come out of the storage.
pub type Chunks = BoxStream<'static, Result<Bytes, StorageError>>;

/// The name of what was uploaded, in its file's folder.
const UPLOAD: &str = "upload";

/// The names and sizes of all that is kept of a file: the upload and the renditions.
fn parts_of(file: &MediaFile) -> impl Iterator<Item = (String, u64)> {
    let renditions = file.renditions.iter();
    let renditions = renditions.map(|rendition| (rendition_name(rendition), rendition.bytes));
    std::iter::once((UPLOAD.to_owned(), file.bytes)).chain(renditions)
}

fn rendition_name(rendition: &StoredRendition) -> String {
    format!("w{}.{}", rendition.width, rendition.format.ending())
}

async fn read_part(source: &mut tokio::fs::File, part: &mut Vec<u8>) -> std::io::Result<()> {
    source.take(PART as u64).read_to_end(part).await?;
    Ok(())
}

#[cfg(feature = "s3")]
fn open_bucket(bucket: &Bucket) -> Result<Arc<dyn ObjectStore>, String> {
    use object_store::aws::AmazonS3Builder;
    use object_store::client::SpawnedReqwestConnector;
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(bucket.region.as_deref().unwrap_or("us-east-1"));
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder
            .with_allow_http(endpoint.starts_with("http://"))
            .with_endpoint(endpoint);
    }
    if let (Some(id), Some(secret)) = (&bucket.access_key_id, &bucket.secret_access_key) {
        builder = builder
            .with_access_key_id(id)
            .with_secret_access_key(secret);
    }
    let connector = SpawnedReqwestConnector::new(network_runtime()?);
    let store = builder.with_http_connector(connector).build();
    Ok(Arc::new(store.map_err(|error| error.to_string())?))
}

/// A thread for the bucket's connections, for as long as the process lives: connections are shared by threads that come and
/// go, and one whose own thread is gone would hang.
#[cfg(feature = "s3")]
fn network_runtime() -> Result<tokio::runtime::Handle, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let handle = runtime.handle().clone();
    std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    Ok(handle)
}

#[cfg(not(feature = "s3"))]
fn open_bucket(_: &Bucket) -> Result<Arc<dyn ObjectStore>, String> {
    Err("this build has no S3: build it with `--features s3`, or keep media in a folder".to_owned())
}
