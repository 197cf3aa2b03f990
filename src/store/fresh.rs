//! Reads that a replica may answer.

use std::time::Duration;

use super::replicas::Use;
use super::{Conn, Store, StoreError, act};

impl Store {
    /// Reads from a replica that has the entry `at_least` of the change log and is within the bound; from the primary where
    /// there is none, and where no entry is given.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn read_fresh<T>(
        &self,
        at_least: Option<i64>,
        read: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Some((replicas, at_least)) = self.inner.replicas.as_ref().zip(at_least) else {
            return self.read(read);
        };
        act::found(read, |read| {
            let outcome = replicas.read(at_least, read);
            outcome.unwrap_or_else(|| self.read_from_primary(read))
        })
    }

    /// The longest time that an answer lacks a change which its node knows of; zero where there are no replicas.
    #[must_use]
    pub fn staleness(&self) -> Duration {
        let replicas = self.inner.replicas.as_ref();
        replicas.map_or(Duration::ZERO, |replicas| replicas.bound())
    }

    /// Waits until no replica is read any more that lacks an entry.
    pub fn wait_for_replicas(&self, seq: i64) {
        let replicas = self.inner.replicas.as_ref();
        if let Some(left) = replicas.and_then(|replicas| replicas.settles_in(seq)) {
            std::thread::sleep(left);
        }
    }

    /// Number of errors that the database has answered with, by their kind.
    #[must_use]
    pub fn database_errors(&self) -> [(&'static str, u64); 3] {
        self.inner.condition.errors()
    }

    /// Number of looks at replicas, by the outcome.
    #[must_use]
    pub fn replica_reads(&self) -> [(Use, u64); 3] {
        Use::ALL.map(|outcome| {
            let replicas = self.inner.replicas.as_ref();
            (
                outcome,
                replicas.map_or(0, |replicas| replicas.count(outcome)),
            )
        })
    }
}
