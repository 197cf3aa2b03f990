//! An index as it is kept, and as it is read at one moment.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
#[cfg(not(unix))]
use tantivy::directory::MmapDirectory as Files;
use tantivy::{Index, IndexReader, ReloadPolicy, Searcher};

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
    pub(super) works: Works,
    pub(super) lengths: Lengths,
    stamp: Stamp,
    broken: Arc<AtomicBool>,
    files: Option<Files>,
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
        })
    }

    pub(super) fn reading(&self, stamp: Stamp) -> Arc<Reading> {
        Arc::new(Reading {
            searcher: self.reader.searcher(),
            fields: self.fields,
            works: Works::default(),
            lengths: Lengths::default(),
            stamp,
            broken: Arc::clone(&self.broken),
            files: self.folder.as_ref().map(|(_, files)| files.clone()),
        })
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
