//! Requests with an Idempotency-Key that this node is working on.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::domain::id::Id;

/// Requests with an Idempotency-Key that are being worked on.
#[derive(Debug, Default)]
pub struct Running(Mutex<HashSet<(Id, String)>>);

impl Running {
    /// Enters a key's request; false where it is being worked on already.
    pub(crate) fn enter(&self, entry: &(Id, String)) -> bool {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(entry.clone())
    }

    /// Takes a request out that was worked on.
    pub(crate) fn leave(&self, entry: &(Id, String)) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(entry);
    }
}
