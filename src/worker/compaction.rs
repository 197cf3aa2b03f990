//! The compaction of the change log: a step through it at a time, and an hour's rest at its end.

use std::time::{Duration, Instant};

use crate::domain::time::Clock;
use crate::service::schedule;
use crate::store::Store;

/// Time for which the change log rests between two compactions.
const COMPACT_EVERY: Duration = Duration::from_secs(3_600);

/// Progress of the compaction of the change log.
#[derive(Debug, Default)]
pub struct Compaction {
    after: i64,
    rests_until: Option<Instant>,
}

impl Compaction {
    fn resting() -> Self {
        Self {
            after: 0,
            rests_until: Some(Instant::now() + COMPACT_EVERY),
        }
    }

    /// Time for which it rests from now on.
    #[must_use]
    pub fn rest(&self) -> Duration {
        let until = self.rests_until.unwrap_or_else(Instant::now);
        until.saturating_duration_since(Instant::now())
    }

    /// Compacts the next entries, unless it rests.
    pub fn step(&mut self, store: &Store, clock: &Clock) {
        if self.rests_until.is_some_and(|until| Instant::now() < until) {
            return;
        }
        match schedule::compact_log(store, clock, self.after) {
            Ok(Some(next)) => self.after = next,
            Ok(None) => *self = Self::resting(),
            Err(error) => {
                log::warn!("the change log cannot be compacted: {error}");
                *self = Self::resting();
            }
        }
    }
}
