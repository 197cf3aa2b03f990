//! Quotas of requests a day, counted in the database some at a time.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::id::Id;
use crate::domain::time::Timestamp;
use crate::store::{Store, StoreError, partners};

/// The most requests that a node takes out of a quota at once.
const MOST_AT_ONCE: i64 = 100;
/// Time that a request waits for the database to note that it was counted.
const PATIENCE: Duration = Duration::from_millis(300);

/// The day that an instant is on, counted from 1970-01-01 in UTC.
#[must_use]
pub const fn day_of(now: Timestamp) -> i64 {
    partners::day_of(now)
}

/// Quotas that were used while the database took no writes, and are still to be noted there.
#[derive(Debug, Default)]
pub struct Debts(Mutex<BTreeMap<(Id, i64), i64>>);

impl Debts {
    fn all(&self) -> MutexGuard<'_, BTreeMap<(Id, i64), i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes some requests out of a key's quota of the day, a hundredth of it at the most, so that little is lost where a
    /// node ends and nothing is given twice. Answers how many it got, none where all are used, and how many are used then.
    /// A read does not fail because the database takes no writes: it is then noted later. What other nodes give meanwhile is
    /// not known, so that a quota may be exceeded by as much as they give.
    pub fn take_quota(
        &self,
        store: &Store,
        key: Id,
        day: i64,
        quota: u32,
    ) -> Result<(i64, i64), StoreError> {
        let quota = i64::from(quota);
        let wanted = (quota / 100).clamp(1, MOST_AT_ONCE);
        let taken = store.write_soon(PATIENCE, |conn| {
            partners::take_quota(conn, key, day, wanted, quota)
        });
        match taken {
            Err(error) if error.is_of_the_database() => self.lend(store, key, day, wanted, quota),
            taken => taken,
        }
    }

    fn lend(
        &self,
        store: &Store,
        key: Id,
        day: i64,
        wanted: i64,
        quota: i64,
    ) -> Result<(i64, i64), StoreError> {
        let noted = store.read(|conn| partners::used_quota(conn, key, day))?;
        let mut all = self.all();
        let owed = all.entry((key, day)).or_insert(0);
        let used = noted + *owed;
        let got = wanted.min(quota - used).max(0);
        *owed += got;
        Ok((got, used + got))
    }

    /// Notes what was given; what cannot be noted is kept for the next time.
    pub fn pay(&self, store: &Store) -> Result<(), StoreError> {
        let owed: Vec<((Id, i64), i64)> = {
            let mut all = self.all();
            all.retain(|_, count| *count > 0);
            all.iter().map(|(of, count)| (*of, *count)).collect()
        };
        if owed.is_empty() {
            return Ok(());
        }
        store.write(|conn| {
            let mut owed = owed.iter();
            owed.try_for_each(|((key, day), count)| {
                partners::add_to_quota(conn, *key, *day, *count)
            })
        })?;
        let mut all = self.all();
        for (of, paid) in owed {
            all.entry(of).and_modify(|count| *count -= paid);
        }
        Ok(())
    }
}
