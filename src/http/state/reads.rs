//! The number of reads of the database under way, which shows that none outlives its request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts reads.
#[derive(Debug, Default)]
pub struct Reads(Arc<AtomicUsize>);

/// A read under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct Read(Arc<AtomicUsize>);

impl Reads {
    /// Counts a read that begins.
    pub(crate) fn begin(&self) -> Read {
        self.0.fetch_add(1, Ordering::SeqCst);
        Read(Arc::clone(&self.0))
    }

    /// Number under way.
    #[must_use]
    pub fn running(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
