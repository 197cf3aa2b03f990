//! How far the change log is known to have come on this node.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::store::changes::Ends;

/// The ends of the log that were seen last. They only rise.
#[derive(Debug)]
pub struct Tail {
    all: AtomicI64,
    public: AtomicI64,
}

impl Default for Tail {
    fn default() -> Self {
        Self {
            all: AtomicI64::new(i64::MIN),
            public: AtomicI64::new(i64::MIN),
        }
    }
}

impl Tail {
    /// Notes how far the log has come.
    pub fn advance(&self, ends: Ends) {
        self.all.fetch_max(ends.all, Ordering::SeqCst);
        self.public.fetch_max(ends.public, Ordering::SeqCst);
    }

    /// The last entry of all.
    #[must_use]
    pub fn all(&self) -> i64 {
        self.all.load(Ordering::SeqCst)
    }

    /// The last entry by which the public's view can have changed.
    #[must_use]
    pub fn public(&self) -> i64 {
        self.public.load(Ordering::SeqCst)
    }
}
