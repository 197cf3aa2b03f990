//! Fan-outs: the articles that show a section, author, source, tag, edition or medium are told when it changes. A write tells
//! a bounded number of them itself; the rest is queued in its transaction, and told in turns that other writes come between.
//!
//! Until an article's turn has come, lists by section find it where it was, and followers of the change log are not told of
//! it. Its own representation shows the new name, breadcrumbs and address at once, since these are read where they are.

use std::time::{Duration, Instant};

use crate::domain::time::Clock;
use crate::store::changes::{Change, last_change};
use crate::store::fanouts::{self as stored, Extent, Shown};
use crate::store::{Store, StoreError};

use super::Commit;

/// Number of articles that one step handles.
const BATCH: usize = 250;
/// Longest time of one transaction; other writes wait for it.
const LONGEST_TURN: Duration = Duration::from_millis(300);
/// The pause between two turns of a command, in which others write.
const PAUSE: Duration = Duration::from_millis(100);

impl Commit<'_> {
    /// The entries of this transaction for the change log so far.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Notes that the articles which show a thing read otherwise now.
    pub(super) fn fan_out(&mut self, of: Shown, extent: Extent) {
        let own = self.fanouts.entry(of).or_default();
        *own = own.and(extent);
    }

    /// Queues what was noted, for all articles without an entry behind `before`, and tells as many as this write may. A thing
    /// that waits already keeps waiting: however often it changes, its articles are told once more.
    pub(super) fn begin_fanouts(&mut self, before: i64) -> Result<(), StoreError> {
        for (of, extent) in std::mem::take(&mut self.fanouts) {
            let mut left = stored::queue(self.conn, of, extent, before)?;
            while let Some(waiting) = left.take().filter(|_| self.room > 0) {
                let limit = self.room.min(BATCH);
                let (count, rest) = stored::step(self.conn, waiting, limit, self.stamp)?;
                self.room = self.room.saturating_sub(count);
                left = rest;
            }
        }
        Ok(())
    }
}

/// Tells the next articles of what is queued, for one turn, and answers whether more is left.
pub fn carry_on(store: &Store, clock: &Clock) -> Result<bool, StoreError> {
    if store.read(stored::next_waiting)?.is_none() {
        return Ok(false);
    }
    store.write(|conn| {
        let began = Instant::now();
        let stamp = clock.now().max(last_change(conn)?);
        while let Some(waiting) = stored::next_waiting(conn)? {
            if began.elapsed() > LONGEST_TURN {
                return Ok(true);
            }
            stored::step(conn, waiting, BATCH, stamp)?;
        }
        Ok(false)
    })
}

/// Tells all articles of what is queued, in turns.
pub fn finish(store: &Store, clock: &Clock) -> Result<(), StoreError> {
    while carry_on(store, clock)? {
        std::thread::sleep(PAUSE);
    }
    Ok(())
}
