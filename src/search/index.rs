//! The index in a folder or in memory: one writer, readers that keep what they began with, and a new index built beside the
//! old one, which answers meanwhile.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use tantivy::{Index, IndexSettings};

use super::document::schema;
use super::error::SearchError;
use super::folders::{Place, Taken, current_index, make_current, new_index, take_folder};
use super::shelf::{FORMAT, Payload, Shelf, files};
pub use super::shelf::{Reading, Stamp};
pub use super::writer::Writer;

fn taken_at(place: &Place) -> Option<Taken> {
    match place {
        Place::Folder(folder) => take_folder(folder),
        Place::Memory => None,
    }
}

/// The index of one process.
pub struct Library {
    place: Place,
    /// Held while the process lives, so that no other takes the folder.
    taken: RwLock<Option<Taken>>,
    current: RwLock<Option<Arc<Reading>>>,
    shelf: RwLock<Option<Arc<Shelf>>>,
}

impl Library {
    /// Opens the index that is kept at a place, where there is a sound one. Each process has a folder of its own below it; where
    /// none can be had, the index is in memory.
    #[must_use]
    pub fn open(place: &Place) -> Self {
        let library = Self {
            place: place.clone(),
            taken: RwLock::new(taken_at(place)),
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

    /// The folder of this process; `None` where the index is in memory.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        let taken = self.taken.read().unwrap_or_else(PoisonError::into_inner);
        taken.as_ref().map(|taken| taken.folder.clone())
    }

    /// True if the folder is still this process's, and the index in use is still in it.
    #[must_use]
    pub fn is_there(&self) -> bool {
        let taken = self.taken.read().unwrap_or_else(PoisonError::into_inner);
        let shelf = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
        let path = shelf.as_ref().and_then(|shelf| shelf.path());
        taken.as_ref().is_none_or(Taken::is_held)
            && path.is_none_or(|path| path.join("meta.json").exists())
    }

    /// Takes a folder again where the own one was deleted: another process may have it now.
    pub fn take_again(&self) {
        let mut taken = self.taken.write().unwrap_or_else(PoisonError::into_inner);
        if taken.as_ref().is_some_and(|taken| !taken.is_held()) {
            *taken = taken_at(&self.place);
        }
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
        let shelf = match self.folder() {
            None => Shelf::of(Index::create_in_ram(schema), fields, None)?,
            Some(folder) => {
                let kept = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
                let own = new_index(&folder, kept.as_ref().and_then(|shelf| shelf.path()))?;
                drop(kept);
                let files = files(&own)?;
                let index = Index::create(files.clone(), schema, IndexSettings::default())?;
                Shelf::of(index, fields, Some((own, files)))?
            }
        };
        Writer::of_new(Arc::new(shelf))
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
        let kept = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
        let is_new = kept.as_ref().is_none_or(|kept| !Arc::ptr_eq(kept, shelf));
        drop(kept);
        if is_new && let (Some(folder), Some(own)) = (self.folder(), shelf.path()) {
            make_current(&folder, own)?;
        }
        let reading = shelf.reading(stamp);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(reading);
        *self.shelf.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(shelf));
        Ok(())
    }

    fn open_current(&self) -> Result<(), SearchError> {
        let Some(own) = self.folder().as_deref().and_then(current_index) else {
            return Ok(());
        };
        let (schema, fields) = schema();
        let files = files(&own)?;
        let index = Index::open(files.clone())?;
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
        let shelf = Arc::new(Shelf::of(index, fields, Some((own, files)))?);
        self.publish(&shelf, stamp.stamp)
    }
}
