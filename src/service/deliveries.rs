//! The proof of what partners were given: recorded as it is given, acknowledged by them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::id::Id;
use crate::domain::sync::SyncEvent;
use crate::domain::time::{Clock, Timestamp};
use crate::store::deliveries::{self as stored, Stretch};
use crate::store::{Conn, Store, StoreError};

use super::Commit;

/// Time that a partner's read waits for its record.
const PATIENCE: Duration = Duration::from_millis(300);
/// The most events whose record waits for a database that takes no writes; beyond them, partners wait too.
const MOST_WAITING: usize = 50_000;
/// Number of parts that one transaction records.
const AT_ONCE: usize = 20;

/// A delivery to a partner, until it is recorded.
#[derive(Debug)]
struct Given {
    part: Stretch,
    events: Vec<SyncEvent>,
    at: Timestamp,
}

impl Given {
    fn record(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let part = self.part;
        stored::record_deliveries(conn, part.key, part.stream, &self.events, self.at)?;
        stored::forget_lost(conn, part, &self.events)
    }

    fn weight(&self) -> usize {
        self.events.len() + 1
    }
}

/// Records of what partners were given while the database took no writes, in the order in which it was given.
#[derive(Debug, Default)]
pub struct Unrecorded {
    waiting: Mutex<VecDeque<Arc<Given>>>,
    /// Held by whoever records what waits.
    turn: Mutex<()>,
}

impl Unrecorded {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Arc<Given>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a partner is given some events; called before they are sent, so that nothing is given without a record.
    /// While the database takes no writes, the record waits in memory, and the partner does not.
    pub fn record_deliveries(
        &self,
        store: &Store,
        clock: &Clock,
        part: Stretch,
        events: &[SyncEvent],
    ) -> Result<(), StoreError> {
        let none_wait = self.waiting().is_empty();
        if none_wait && events.is_empty() && !store.read(|conn| stored::was_given(conn, part))? {
            return Ok(());
        }
        let given = Given {
            part,
            events: events.to_vec(),
            at: clock.now(),
        };
        if !none_wait {
            return self.put_off(given, None);
        }
        match store.write_soon(PATIENCE, |conn| given.record(conn)) {
            Err(error) if error.is_of_the_database() => self.put_off(given, Some(error)),
            recorded => recorded,
        }
    }

    fn put_off(&self, given: Given, error: Option<StoreError>) -> Result<(), StoreError> {
        let mut waiting = self.waiting();
        let weight: usize = waiting.iter().map(|given| given.weight()).sum();
        if weight + given.weight() > MOST_WAITING {
            let words =
                || StoreError::Unavailable("too many records of deliveries wait".to_owned());
            return Err(error.unwrap_or_else(words));
        }
        waiting.push_back(Arc::new(given));
        Ok(())
    }

    /// Records what waits; what cannot be recorded is kept for the next time.
    pub fn record_waiting(&self, store: &Store) -> Result<(), StoreError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let first: Vec<Arc<Given>> = self.waiting().iter().take(AT_ONCE).cloned().collect();
            if first.is_empty() {
                return Ok(());
            }
            match store.write(|conn| first.iter().try_for_each(|given| given.record(conn))) {
                Err(error) if error.is_of_the_database() => return Err(error),
                Err(error) => log::error!("a record of a delivery is lost: {error}"),
                Ok(()) => {}
            }
            // Others are only added at the end meanwhile.
            self.waiting().drain(..first.len());
        }
    }
}

/// Records that a partner has done what it was told up to a place, and answers how many articles that newly concerns.
pub fn acknowledge(
    tx: &mut Commit<'_>,
    key: Id,
    stream: i64,
    seq: i64,
) -> Result<usize, StoreError> {
    let now = tx.now();
    stored::acknowledge(tx.conn(), key, stream, seq, now)
}
