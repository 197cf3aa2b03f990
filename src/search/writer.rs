//! The one writer of an index.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use tantivy::IndexWriter;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};

use super::entry::{Entry, Waiting};
use super::error::SearchError;
use super::filter::key;
use super::shelf::{FORMAT, Payload, Shelf, Stamp};
use crate::domain::id::Id;
use crate::domain::search::Document;

/// Bytes that the writer gathers before it writes a part of the index.
const WRITER_BYTES: usize = 24_000_000;
/// Maximum bytes of text that wait in memory.
const WAITING_BYTES: usize = 4_000_000;
/// Time that the index may take to make room for more.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Writes an index.
pub struct Writer {
    pub(super) shelf: Arc<Shelf>,
    inner: IndexWriter<Entry>,
    waiting: Waiting,
}

impl Writer {
    pub(super) fn of(shelf: Arc<Shelf>) -> Result<Self, SearchError> {
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

    /// A writer that merges nothing by itself until all was put in: a merge could take parts away from under [`unite`](Self::unite).
    pub(super) fn of_new(shelf: Arc<Shelf>) -> Result<Self, SearchError> {
        let writer = Self::of(shelf)?;
        writer.inner.set_merge_policy(Box::new(NoMergePolicy));
        Ok(writer)
    }

    /// Puts an article into the index that is not in it, or was removed. Where much waits in memory, this waits until the index
    /// has taken it. A stamp says what the index holds until the next commit.
    ///
    /// # Errors
    /// If the index cannot be written.
    pub fn put(&mut self, document: Document, stamp: Stamp) -> Result<(), SearchError> {
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

    pub(super) fn write_out(&mut self, stamp: Stamp) -> Result<(), SearchError> {
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

    /// Takes an article out of the index, where the last commit has it. Each part of the index is searched for each article that
    /// is taken out, so that a new one is not looked for.
    ///
    /// # Errors
    /// An index that cannot be read.
    pub fn remove(&self, id: Id) -> Result<(), SearchError> {
        let key = key(&self.shelf.fields, id);
        if self.shelf.reader.searcher().doc_freq(&key)? > 0 {
            self.inner.delete_term(key);
        }
        Ok(())
    }
}
