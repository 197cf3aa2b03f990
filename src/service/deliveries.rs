//! The proof of what partners were given: recorded as it is given, acknowledged by them.

use crate::domain::id::Id;
use crate::domain::sync::SyncEvent;
use crate::domain::time::Clock;
use crate::store::{Store, StoreError, deliveries as stored};

use super::Commit;

/// Records that a partner is given some events; called before they are sent, so that nothing is given without a record.
/// `stream` names the filters that it reads with.
pub fn record_deliveries(
    store: &Store,
    clock: &Clock,
    key: Id,
    stream: i64,
    events: &[SyncEvent],
) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let now = clock.now();
    store.write(|conn| stored::record_deliveries(conn, key, stream, events, now))
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
