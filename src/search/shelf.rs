//! An index as it is kept, and as it is read at one moment.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
#[cfg(not(unix))]
use tantivy::directory::MmapDirectory as Files;
use tantivy::{Index, IndexReader, ReloadPolicy, Searcher};

use super::admitted::Admitted;
use super::columns::Columns;
use super::document::{Fields, TOKENIZER};
use super::error::SearchError;
use super::fallback::Works;
#[cfg(unix)]
use super::files::Files;
use super::lengths::Lengths;
use super::terms::Splitter;

/// The form of the index. An index of another form is made anew: raise this with every change of chains or fields.
pub(super) const FORMAT: u32 = 5;

/// The extent of an index: the changes of one history up to one entry of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The last entry of the log that it holds.
    pub seq: i64,
    /// The history that the entry is of.
    pub mark: Option<i64>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    pub format: u32,
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// An index as it is at one moment.
pub struct Reading {
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
    pub(super) columns: Arc<Columns>,
    pub(super) derived: Arc<Derived>,
    stamp: Stamp,
    broken: Arc<AtomicBool>,
    files: Option<Files>,
}

/// Facts of all articles of an index, made when they are first asked for, and true until the articles change.
#[derive(Default)]
pub(super) struct Derived {
    pub works: Works,
    pub lengths: Lengths,
    pub admitted: Admitted,
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

    /// True if files of the index could not be read, or were overwritten.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken.load(Ordering::SeqCst) || !self.are_files_as_written()
    }

    fn are_files_as_written(&self) -> bool {
        self.files.as_ref().is_none_or(are_as_opened)
    }

    /// Asks the index. Where its files were overwritten, an answer cannot be trusted, and reading them may panic.
    ///
    /// # Errors
    /// An index that cannot be read.
    pub fn asked<T>(&self, ask: impl FnOnce() -> Result<T, SearchError>) -> Result<T, SearchError> {
        match catch_unwind(AssertUnwindSafe(ask)) {
            Ok(Ok(answer)) => Ok(answer),
            _ if !self.are_files_as_written() => Err(SearchError::Overwritten),
            Ok(Err(error)) => Err(error),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Number of its articles.
    #[must_use]
    pub fn articles(&self) -> u64 {
        self.searcher.num_docs()
    }
}

/// An index that can be written.
pub(super) struct Shelf {
    pub index: Index,
    pub reader: IndexReader,
    pub fields: Fields,
    folder: Option<(PathBuf, Files)>,
    broken: Arc<AtomicBool>,
    columns: Arc<Columns>,
    /// With the generation of the searchers that it is of.
    derived: Mutex<(u64, Arc<Derived>)>,
}

impl Shelf {
    pub(super) fn of(
        index: Index,
        fields: Fields,
        folder: Option<(PathBuf, Files)>,
    ) -> Result<Self, SearchError> {
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
            columns: Arc::default(),
            derived: Mutex::default(),
        })
    }

    pub(super) fn reading(&self, stamp: Stamp) -> Arc<Reading> {
        let searcher = self.reader.searcher();
        let derived = self.derived(&searcher);
        Arc::new(Reading {
            searcher,
            fields: self.fields,
            columns: Arc::clone(&self.columns),
            derived,
            stamp,
            broken: Arc::clone(&self.broken),
            files: self.folder.as_ref().map(|(_, files)| files.clone()),
        })
    }

    /// The facts of the articles that a searcher reads. Entries of the log that change none of them leave these as they are.
    fn derived(&self, searcher: &Searcher) -> Arc<Derived> {
        let generation = searcher.generation().generation_id();
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if derived.0 != generation {
            self.columns.keep_those_of(searcher);
            *derived = (generation, Arc::default());
        }
        Arc::clone(&derived.1)
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.folder.as_ref().map(|(path, _)| path.as_path())
    }
}

/// The files of an index below a folder.
#[cfg(unix)]
pub(super) fn files(folder: &Path) -> tantivy::Result<Files> {
    Files::open(folder)
}

#[cfg(unix)]
fn are_as_opened(files: &Files) -> bool {
    files.are_as_opened()
}

#[cfg(not(unix))]
pub(super) fn files(folder: &Path) -> tantivy::Result<Files> {
    Ok(Files::open(folder)?)
}

#[cfg(not(unix))]
fn are_as_opened(_: &Files) -> bool {
    true
}
