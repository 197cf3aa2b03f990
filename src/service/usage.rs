//! Counting what keys ask for: in memory, and in batches into the database.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::id::Id;
use crate::domain::time::Timestamp;
use crate::domain::usage::{Counts, DayOfKey};
use crate::store::{Store, StoreError, usage};

/// What was counted since it was last written.
#[derive(Debug, Default)]
pub struct Counter {
    counted: Mutex<HashMap<DayOfKey, Counts>>,
}

impl Counter {
    /// Counts an answer to a key.
    pub fn count(&self, now: Timestamp, key: Id, counts: Counts) {
        self.take_in([(DayOfKey::at(now, key), counts)]);
    }

    fn take_in(&self, counted: impl IntoIterator<Item = (DayOfKey, Counts)>) {
        let mut all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        for (of, counts) in counted {
            all.entry(of).or_default().add(counts);
        }
    }

    /// Writes what was counted; where that fails, it is kept for the next time.
    pub fn flush(&self, store: &Store) -> Result<(), StoreError> {
        let mut all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counted: Vec<_> = std::mem::take(&mut *all).into_iter().collect();
        drop(all);
        if counted.is_empty() {
            return Ok(());
        }
        counted.sort_unstable_by_key(|(of, _)| *of);
        let written = store.write(|conn| usage::add_usage(conn, &counted));
        if written.is_err() {
            self.take_in(counted);
        }
        written
    }
}
