//! The entries of the change log that tell of a change of a key's rights.

use diesel::prelude::*;

use crate::domain::access::Grant;
use crate::domain::sync::SyncPlace;

use super::conn::Conn;
use super::error::StoreError;
use super::schema::changes;

/// The kind of the entry that tells of a change of a key's rights.
pub(super) const RIGHTS: &str = "rights";

/// The entry that tells of the last change of a key's rights, and the numbers left free before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) seq: i64,
    free: i64,
}

impl Turn {
    /// True if a place is among the numbers that were left free.
    pub(super) const fn holds(self, seq: i64) -> bool {
        seq >= self.start() && seq < self.seq
    }

    /// The place before the numbers that were left free.
    const fn start(self) -> i64 {
        self.seq - self.free - 1
    }

    /// The place from which telling again goes on. It begins anew where filters have changed on the way: behind the numbers
    /// that were seen, with all the free ones before it.
    pub(super) fn resumed(self, mut place: SyncPlace) -> SyncPlace {
        if place.retold == Some(0) {
            place.offset = place.shown() - self.start();
            place.seq = self.start();
        }
        place
    }

    /// The place from which telling again starts, for a reader that has come to it, when the log ends with `end`.
    pub(super) fn begun(self, offset: i64, end: i64) -> SyncPlace {
        let place = SyncPlace {
            offset,
            retold: Some(0),
            ..SyncPlace::after(self.start())
        };
        place.judged_by(end)
    }
}

pub(super) fn last_turn(conn: &mut Conn, partner: &Grant) -> Result<Option<Turn>, StoreError> {
    let found: Option<(i64, i64)> = changes::table
        .filter(changes::id.eq(partner.key))
        .filter(changes::public.eq(false))
        .filter(changes::kind.eq(RIGHTS))
        .order(changes::seq.desc())
        .select((changes::seq, changes::version))
        .first(conn)
        .optional()?;
    Ok(found.map(|(seq, free)| Turn { seq, free }))
}
