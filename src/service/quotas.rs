//! Quotas of requests a day, counted in the database some at a time.

use crate::domain::id::Id;
use crate::domain::time::Timestamp;
use crate::store::{Store, StoreError, partners};

/// The most requests that a node takes out of a quota at once.
const MOST_AT_ONCE: i64 = 100;

/// The day that an instant is on, counted from 1970-01-01 in UTC.
#[must_use]
pub const fn day_of(now: Timestamp) -> i64 {
    partners::day_of(now)
}

/// Takes some requests out of a key's quota of the day, a hundredth of it at the most, so that little is lost where a node
/// ends and nothing is given twice. Answers how many it got, none where all are used, and how many are used then.
pub fn take_quota(store: &Store, key: Id, day: i64, quota: u32) -> Result<(i64, i64), StoreError> {
    let quota = i64::from(quota);
    let wanted = (quota / 100).clamp(1, MOST_AT_ONCE);
    store.write(|conn| partners::take_quota(conn, key, day, wanted, quota))
}
