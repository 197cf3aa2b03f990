//! Counting what keys ask for: in memory, and in batches into the database.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::id::Id;
use crate::domain::time::Timestamp;
use crate::domain::usage::{Counts, DayOfKey};
use crate::store::{Store, StoreError, usage};

/// Counts since the last write.
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

    /// Writes what was counted, where the turn to write comes within `wait`; while it does not come or the database fails, it
    /// is kept for the next time. What the database does not take is left out, and stops nothing else.
    pub fn flush(&self, store: &Store, wait: Duration) -> Result<(), StoreError> {
        let mut all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counted: Vec<_> = std::mem::take(&mut *all).into_iter().collect();
        drop(all);
        if counted.is_empty() {
            return Ok(());
        }
        counted.sort_unstable_by_key(|(of, _)| *of);
        match store.write_soon(wait, |conn| usage::add_usage(conn, &counted)) {
            Err(error) if error.is_of_the_database() => {
                self.take_in(counted);
                Err(error)
            }
            Err(_) => self.add_each(store, wait, &counted),
            written => written,
        }
    }

    fn add_each(
        &self,
        store: &Store,
        wait: Duration,
        counted: &[(DayOfKey, Counts)],
    ) -> Result<(), StoreError> {
        for (n, one) in counted.iter().enumerate() {
            match store.write_soon(wait, |conn| usage::add_usage(conn, &[*one])) {
                Err(error) if error.is_of_the_database() => {
                    self.take_in(counted[n..].iter().copied());
                    return Err(error);
                }
                Err(error) => log::error!("a key's usage is lost: {error}"),
                Ok(()) => {}
            }
        }
        Ok(())
    }
}
