//! The proof of what partners were given: recorded as it is given, acknowledged by them.

use crate::domain::id::Id;
use crate::domain::sync::SyncEvent;
use crate::domain::time::Clock;
use crate::store::deliveries::{self as stored, Stretch};
use crate::store::{Store, StoreError};

use super::Commit;

/// Records that a partner is given some events; called before they are sent, so that nothing is given without a record.
pub fn record_deliveries(
    store: &Store,
    clock: &Clock,
    part: Stretch,
    events: &[SyncEvent],
) -> Result<(), StoreError> {
    if events.is_empty() && !store.read(|conn| stored::was_given(conn, part))? {
        return Ok(());
    }
    let now = clock.now();
    store.write(|conn| {
        stored::record_deliveries(conn, part.key, part.stream, events, now)?;
        stored::forget_lost(conn, part, events)
    })
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
