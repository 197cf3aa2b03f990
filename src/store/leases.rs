//! Leases: the node that does the work which is done once in a cluster. A lease ends by the database's own clock.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::conn::{Conn, with};
use super::dialect::{is_locked, now_sql};
use super::error::StoreError;
use super::schema::leases;

/// Time that a lease lasts after it was taken or renewed.
pub const LASTS: Duration = Duration::from_secs(9);

/// A lease and the node whose writes are made under it.
#[derive(Debug, Clone)]
pub(super) struct Fence {
    pub(super) name: &'static str,
    pub(super) owner: String,
}

/// Answer to a node that asks for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The node has the lease for [`LASTS`] from now on.
    Held,
    /// Another node has it.
    Refused,
    /// Another write was under way: ask again.
    Busy,
}

/// Takes a lease that is free or has ended, or renews the owner's own. A lease that ends later than a new one would was taken
/// by a clock that has been set back since, and counts as ended.
pub(super) fn take(conn: &mut Conn, name: &str, owner: &str) -> Result<Asked, StoreError> {
    let now = now_sql(conn);
    let lasts = LASTS.as_millis();
    let (first, second) = placeholders(conn);
    let statement = format!(
        "INSERT INTO leases (name, owner, until) VALUES ({first}, {second}, {now} + {lasts}) \
         ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until \
         WHERE leases.owner = excluded.owner OR leases.until NOT BETWEEN {now} AND {now} + {lasts}"
    );
    let query = sql_query(statement)
        .bind::<Text, _>(name)
        .bind::<Text, _>(owner);
    match with!(conn, c => query.execute(c)) {
        Ok(0) => Ok(Asked::Refused),
        Ok(_) => Ok(Asked::Held),
        Err(error) if is_locked(&error) => Ok(Asked::Busy),
        Err(error) => Err(error.into()),
    }
}

const fn placeholders(conn: &Conn) -> (&'static str, &'static str) {
    match conn {
        Conn::Pg(_) => ("$1", "$2"),
        Conn::Sqlite(_) => ("?", "?"),
    }
}

#[derive(diesel::QueryableByName)]
struct Held {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Refuses a transaction of a node that no longer has the lease. It runs in the write lane: the next owner's writes wait until
/// this transaction has ended, so they see what it has done.
pub(super) fn require(conn: &mut Conn, fence: &Fence) -> Result<(), StoreError> {
    let now = now_sql(conn);
    let (first, second) = placeholders(conn);
    let statement = format!(
        "SELECT COUNT(*) AS n FROM leases WHERE name = {first} AND owner = {second} AND until > {now}"
    );
    let query = sql_query(statement)
        .bind::<Text, _>(fence.name)
        .bind::<Text, _>(&fence.owner);
    let held: Held = with!(conn, c => query.get_result(c))?;
    if held.n == 0 {
        let cause = format!("another node has the lease of {}", fence.name);
        return Err(StoreError::Unavailable(cause));
    }
    Ok(())
}

/// Gives a lease back, so that another node does not wait for its end.
pub(super) fn release(conn: &mut Conn, fence: &Fence) -> Result<(), StoreError> {
    let own = leases::table
        .find(fence.name)
        .filter(leases::owner.eq(&fence.owner));
    diesel::delete(own).execute(conn)?;
    Ok(())
}
