//! Counting what keys ask for: in memory, and in batches into the database.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::domain::id::Id;
use crate::domain::time::Timestamp;
use crate::domain::usage::{Counted, Counts, DayOfKey};
use crate::store::{Store, StoreError, usage};

/// Counts since the last write.
#[derive(Debug, Default)]
pub struct Counter {
    state: Mutex<State>,
    /// Told when a write has ended.
    ended: Condvar,
}

#[derive(Debug, Default)]
struct State {
    counted: HashMap<DayOfKey, Counts>,
    /// True while counts are between memory and the database.
    is_writing: bool,
    /// Number of writes that were begun.
    begun: u64,
}

impl State {
    fn take_in(&mut self, counted: impl IntoIterator<Item = Counted>) {
        for (of, counts) in counted {
            self.counted.entry(of).or_default().add(counts);
        }
    }
}

/// Counts on their way into the database; dropped, they are back in memory.
struct Batch<'c> {
    counter: &'c Counter,
    counted: Vec<Counted>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut state = self.counter.state();
        state.take_in(self.counted.drain(..));
        state.is_writing = false;
        self.counter.ended.notify_all();
    }
}

impl Counter {
    /// Counts an answer to a key.
    pub fn count(&self, now: Timestamp, key: Id, counts: Counts) {
        self.state().take_in([(DayOfKey::at(now, key), counts)]);
    }

    /// Reads what is stored together with what is counted and not stored yet, as of one moment: a read that a write has
    /// overtaken is made again. It waits for no write that waits for its own turn.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn read<T>(
        &self,
        read: impl Fn(&[Counted]) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        loop {
            let state = self.rested();
            let begun = state.begun;
            let mut counted: Vec<_> = state.counted.iter().map(|(of, n)| (*of, *n)).collect();
            drop(state);
            counted.sort_unstable_by_key(|(of, _)| *of);
            let found = read(&counted)?;
            if self.state().begun == begun {
                return Ok(found);
            }
        }
    }

    /// Writes what was counted; while the database fails, it is kept for the next time. What the database does not take is
    /// left out, and stops nothing else.
    pub fn flush(&self, store: &Store) -> Result<(), StoreError> {
        if self.rested().counted.is_empty() {
            return Ok(());
        }
        let mut batch = None;
        // The counts leave memory only when it is their turn to be written, which may be long in coming.
        let written = store.write(|conn| {
            let batch = batch.insert(self.begin());
            usage::add_usage(conn, &batch.counted)
        });
        let Some(mut batch) = batch else {
            return written;
        };
        match written {
            Err(error) if !error.is_of_the_database() => add_each(store, &mut batch.counted),
            Err(error) => Err(error),
            Ok(()) => {
                batch.counted.clear();
                Ok(())
            }
        }
    }

    fn begin(&self) -> Batch<'_> {
        let mut state = self.rested();
        state.is_writing = true;
        state.begun += 1;
        let mut counted: Vec<_> = std::mem::take(&mut state.counted).into_iter().collect();
        counted.sort_unstable_by_key(|(of, _)| *of);
        Batch {
            counter: self,
            counted,
        }
    }

    /// The state while no counts are between memory and the database.
    fn rested(&self) -> MutexGuard<'_, State> {
        let waited = self
            .ended
            .wait_while(self.state(), |state| state.is_writing);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes counts one by one, and leaves those for which the database fails.
fn add_each(store: &Store, counted: &mut Vec<Counted>) -> Result<(), StoreError> {
    while let Some(one) = counted.last() {
        match store.write(|conn| usage::add_usage(conn, &[*one])) {
            Err(error) if error.is_of_the_database() => return Err(error),
            Err(error) => log::error!("a key's usage is lost: {error}"),
            Ok(()) => {}
        }
        counted.pop();
    }
    Ok(())
}
