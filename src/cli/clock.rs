//! Tells an operator of clocks that disagree: the machine's with the database's, or the change log's end with both.

use super::failure::Failure;
use crate::domain::time::{Clock, Timestamp};
use crate::store::{Store, changes};

/// Difference between the machine's clock and the database's from which it is logged, in milliseconds.
const MACHINE_OFF: i64 = 5_000;

/// The days without a change from which on the clock is doubted.
const LONG_IDLE_DAYS: i64 = 7;

/// Warns of clocks that are wrong, or were.
pub(super) fn warn(store: &Store) -> Result<(), Failure> {
    let now = store.clock().now();
    let off = Clock::System.now().millis() - now.millis();
    if off.abs() > MACHINE_OFF {
        log::warn!(
            "the clock of this machine is {} s {} that of the database, which is used instead",
            off.abs() / 1_000,
            if off > 0 { "ahead of" } else { "behind" }
        );
    }
    if let Some(end) = store.read(|conn| changes::end_after(conn, now))? {
        log::warn!(
            "it is {now}, but the change log ends at {end}: a write was made by a wrong clock, or this clock is wrong; \
             until then every change is stamped {end}, while embargoes, schedules and expiries follow the clock"
        );
    }
    let last = store.read(changes::last_change)?;
    let days = (now.millis() - last.millis()) / 86_400_000;
    if last != Timestamp::NEVER && days >= LONG_IDLE_DAYS {
        log::warn!(
            "it is {now}, and the last change was made {days} days ago, at {last}: unless nothing was written for so long, \
             this clock is ahead, and opens embargoes and schedules early"
        );
    }
    Ok(())
}
