//! The ends of the change log: its last entry of all, the last one of the public's view, and their times.

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::time::Timestamp;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::schema::changes;
use super::latest::{Of, last_seq, written_at};

/// The place of the last entry; 0 while there is none.
pub fn latest_seq(conn: &mut Conn) -> Result<i64, StoreError> {
    let seq: Option<i64> = changes::table
        .select(diesel::dsl::max(changes::seq))
        .get_result(conn)?;
    Ok(seq.unwrap_or(0))
}

/// The ends of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// The last entry of all.
    pub all: i64,
    /// The last entry by which the public's view can have changed.
    pub public: i64,
}

/// The end of the log; 0 where there is no entry.
pub fn ends(conn: &mut Conn) -> Result<Ends, StoreError> {
    Ok(Ends {
        all: latest_seq(conn)?,
        public: public_end(conn)?,
    })
}

/// The last entry by which the public's view can have changed; 0 while there is none.
pub fn public_end(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(last_seq(conn, &Scope::Public, &Of::All)?.unwrap_or(0))
}

/// Time of the last entry; before every time while there is none.
pub fn last_change(conn: &mut Conn) -> Result<Timestamp, StoreError> {
    let last = Some(latest_seq(conn)?).filter(|seq| *seq > 0);
    Ok(written_at(conn, last)?.unwrap_or(Timestamp::NEVER))
}

/// Time that the log's end may be ahead, in milliseconds: clocks of nodes differ a little.
const CLOCKS_DIFFER: i64 = 300_000;

/// The time of the log's end, where it is so long after `now` that a clock must have been wrong.
pub fn end_after(conn: &mut Conn, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let end = last_change(conn)?;
    Ok(Some(end).filter(|end| end.millis() > now.millis() + CLOCKS_DIFFER))
}
