//! The index in a folder or in memory: one writer, readers that keep what they began with, and a new index built beside the
//! old one, which answers meanwhile.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher};

use super::document::{Fields, TOKENIZER, schema};
use super::entry::{Entry, Waiting};
use super::error::SearchError;
use super::fallback::Works;
use super::filter::key;
use super::folders::{Place, current_index, make_current, new_index, take_folder};
use super::terms::Splitter;
use crate::domain::id::Id;
use crate::domain::search::Document;

/// The form of the index. An index of another form is made anew: raise this with every change of chains or fields.
const FORMAT: u32 = 2;
/// Bytes that the writer gathers before it writes a part of the index.
const WRITER_BYTES: usize = 24_000_000;
/// Maximum bytes of text that wait in memory.
const WAITING_BYTES: usize = 4_000_000;
/// Time that the index may take to make room for more.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What an index holds: the changes of one history up to one entry of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The last entry of the log that it holds.
    pub seq: i64,
    /// The history that the entry is of.
    pub mark: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    format: u32,
    #[serde(flatten)]
    stamp: Stamp,
}

/// An index as it is at one moment.
pub struct Reading {
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
    pub(super) works: Works,
    stamp: Stamp,
    broken: Arc<AtomicBool>,
}

impl Reading {
    /// Its content.
    #[must_use]
    pub const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// Says that files of the index cannot be read.
    pub fn report_broken(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }

    /// True if files of the index could not be read.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::SeqCst)
    }

    /// Number of its articles.
    #[must_use]
    pub fn articles(&self) -> u64 {
        self.searcher.num_docs()
    }
}

/// An index that can be written.
struct Shelf {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    folder: Option<PathBuf>,
    broken: Arc<AtomicBool>,
}

impl Shelf {
    fn of(index: Index, fields: Fields, folder: Option<PathBuf>) -> Result<Self, SearchError> {
        index.tokenizers().register(TOKENIZER, Splitter::default());
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .doc_store_cache_num_blocks(0)
            .try_into()?;
        Ok(Self {
            index,
            reader,
            fields,
            folder,
            broken: Arc::default(),
        })
    }

    fn reading(&self, stamp: Stamp) -> Arc<Reading> {
        Arc::new(Reading {
            searcher: self.reader.searcher(),
            fields: self.fields,
            works: Works::default(),
            stamp,
            broken: Arc::clone(&self.broken),
        })
    }
}

#[cfg(unix)]
fn files(folder: &Path) -> tantivy::Result<super::files::Files> {
    super::files::Files::open(folder)
}

#[cfg(not(unix))]
fn files(folder: &Path) -> tantivy::Result<tantivy::directory::MmapDirectory> {
    Ok(tantivy::directory::MmapDirectory::open(folder)?)
}

/// The index of one process.
pub struct Library {
    place: Place,
    /// Held while the process lives, so that no other takes the folder.
    _lock: Option<File>,
    current: RwLock<Option<Arc<Reading>>>,
    shelf: RwLock<Option<Arc<Shelf>>>,
}

impl Library {
    /// Opens the index that is kept at a place, where there is a sound one. Each process has a folder of its own below it; where
    /// none can be had, the index is in memory.
    #[must_use]
    pub fn open(place: &Place) -> Self {
        let taken = match place {
            Place::Folder(folder) => take_folder(folder),
            Place::Memory => None,
        };
        let (place, lock) = match taken {
            Some((folder, lock)) => (Place::Folder(folder), Some(lock)),
            None => (Place::Memory, None),
        };
        let library = Self {
            place,
            _lock: lock,
            current: RwLock::default(),
            shelf: RwLock::default(),
        };
        if let Err(error) = library.open_current() {
            log::warn!("the search index is made anew: {error}");
        }
        library
    }

    /// The index as it is now; `None` while there is none.
    #[must_use]
    pub fn reading(&self) -> Option<Arc<Reading>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    /// Its place.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Forgets the index, where it is not of this database.
    pub fn discard(&self) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = None;
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Says that the index holds the log up to a stamp, where nothing between concerns it.
    pub fn advance(&self, stamp: Stamp) {
        let shelf = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(shelf) = shelf.as_ref() {
            let reading = shelf.reading(stamp);
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(reading);
        }
    }

    /// A writer of the index that is in use; `None` while there is none.
    ///
    /// # Errors
    /// If its folder cannot be written.
    pub fn writer(&self) -> Result<Option<Writer>, SearchError> {
        let shelf = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
        shelf.clone().map(Writer::of).transpose()
    }

    /// A writer of a new, empty index beside the one in use.
    ///
    /// # Errors
    /// If its folder cannot be written.
    pub fn begin(&self) -> Result<Writer, SearchError> {
        let (schema, fields) = schema();
        let shelf = match &self.place {
            Place::Memory => Shelf::of(Index::create_in_ram(schema), fields, None)?,
            Place::Folder(folder) => {
                let kept = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
                let own = new_index(
                    folder,
                    kept.as_ref().and_then(|shelf| shelf.folder.as_deref()),
                )?;
                drop(kept);
                let index = Index::create(files(&own)?, schema, IndexSettings::default())?;
                Shelf::of(index, fields, Some(own))?
            }
        };
        let writer = Writer::of(Arc::new(shelf))?;
        // One merge of all at the end: one that runs by itself could take parts away from under it.
        writer.inner.set_merge_policy(Box::new(NoMergePolicy));
        Ok(writer)
    }

    /// Commits what was written, as holding the log up to a stamp. Whoever asks from now on reads it.
    ///
    /// # Errors
    /// If it cannot be written; the index stays as it was.
    pub fn commit(&self, writer: &mut Writer, stamp: Stamp) -> Result<(), SearchError> {
        writer.write_out(stamp)?;
        writer.shelf.reader.reload()?;
        self.publish(&writer.shelf, stamp)
    }

    fn publish(&self, shelf: &Arc<Shelf>, stamp: Stamp) -> Result<(), SearchError> {
        let reading = shelf.reading(stamp);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(reading);
        let mut kept = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = kept.as_ref().is_none_or(|kept| !Arc::ptr_eq(kept, shelf));
        *kept = Some(Arc::clone(shelf));
        drop(kept);
        match (&self.place, &shelf.folder) {
            (Place::Folder(folder), Some(own)) if is_new => Ok(make_current(folder, own)?),
            _ => Ok(()),
        }
    }

    fn open_current(&self) -> Result<(), SearchError> {
        let Place::Folder(folder) = &self.place else {
            return Ok(());
        };
        let Some(own) = current_index(folder) else {
            return Ok(());
        };
        let (schema, fields) = schema();
        let index = Index::open(files(&own)?)?;
        let metas = index.load_metas()?;
        let payload: Option<Payload> = metas
            .payload
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok());
        let stamp = payload.filter(|payload| payload.format == FORMAT);
        let Some(stamp) = stamp.filter(|_| index.schema() == schema) else {
            return Ok(());
        };
        let damaged = index.validate_checksum()?;
        if !damaged.is_empty() {
            log::warn!(
                "the search index is made anew: {} of its files are damaged",
                damaged.len()
            );
            return Ok(());
        }
        let shelf = Arc::new(Shelf::of(index, fields, Some(own))?);
        self.publish(&shelf, stamp.stamp)
    }
}

/// Writes an index.
pub struct Writer {
    shelf: Arc<Shelf>,
    inner: IndexWriter<Entry>,
    waiting: Waiting,
}

impl Writer {
    fn of(shelf: Arc<Shelf>) -> Result<Self, SearchError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .build();
        let inner = shelf.index.writer_with_options(options)?;
        Ok(Self {
            shelf,
            inner,
            waiting: Waiting::default(),
        })
    }

    /// Puts an article into the index, in place of what was there of it. Where much waits in memory, this waits until the index
    /// has taken it. A stamp says what the index holds until the next commit.
    ///
    /// # Errors
    /// If the index cannot be written.
    pub fn put(&mut self, document: Document, stamp: Stamp) -> Result<(), SearchError> {
        self.remove(document.id);
        let entry = Entry::new(document, self.shelf.fields, &self.waiting);
        self.inner.add_document(entry)?;
        let began = Instant::now();
        while self.waiting.load(Ordering::SeqCst) > WAITING_BYTES {
            if began.elapsed() > LONGEST_WAIT {
                // The thread that takes it has stopped, and this says why.
                return self.write_out(stamp);
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn write_out(&mut self, stamp: Stamp) -> Result<(), SearchError> {
        let payload = Payload {
            format: FORMAT,
            stamp,
        };
        let mut prepared = self.inner.prepare_commit()?;
        prepared.set_payload(&serde_json::to_string(&payload).unwrap_or_default());
        prepared.commit()?;
        Ok(())
    }

    /// Makes one part of all that was written: the fewer there are, the faster they are searched.
    ///
    /// # Errors
    /// If the index cannot be written.
    pub fn unite(&mut self, stamp: Stamp) -> Result<(), SearchError> {
        self.write_out(stamp)?;
        let parts = self.shelf.index.searchable_segment_ids()?;
        if parts.len() > 1 {
            self.inner.merge(&parts).wait()?;
        }
        let by_itself = LogMergePolicy::default();
        self.inner.set_merge_policy(Box::new(by_itself));
        Ok(())
    }

    /// Takes an article out of the index.
    pub fn remove(&self, id: Id) {
        self.inner.delete_term(key(&self.shelf.fields, id));
    }

    /// True if the files of the index are still where they were made.
    #[must_use]
    pub fn is_there(&self) -> bool {
        let folder = self.shelf.folder.as_ref();
        folder.is_none_or(|folder| folder.join("meta.json").exists())
    }
}
