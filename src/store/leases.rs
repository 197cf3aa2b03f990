//! Leases: which node does the work that is done once in a cluster. They end by the database's own clock.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::conn::{Conn, with};
use super::dialect::now_sql;
use super::error::StoreError;
use super::schema::leases;

/// How long a lease lasts that is not renewed.
pub const LASTS: Duration = Duration::from_secs(9);

/// A lease and the node that takes its writes to be under it.
#[derive(Debug, Clone)]
pub(super) struct Fence {
    pub(super) name: &'static str,
    pub(super) owner: String,
}

/// Takes a lease that is free or has ended, or renews the owner's own, in one statement. Says whether `owner` has it.
pub(super) fn take(conn: &mut Conn, name: &str, owner: &str) -> Result<bool, StoreError> {
    let now = now_sql(conn);
    let lasts = LASTS.as_millis();
    let (first, second) = placeholders(conn);
    let statement = format!(
        "INSERT INTO leases (name, owner, until) VALUES ({first}, {second}, {now} + {lasts}) \
         ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until \
         WHERE leases.owner = excluded.owner OR leases.until < {now}"
    );
    let query = sql_query(statement).bind::<Text, _>(name);
    let rows = with!(conn, c => query.bind::<Text, _>(owner).execute(c))?;
    Ok(rows == 1)
}

const fn placeholders(conn: &Conn) -> (&'static str, &'static str) {
    match conn {
        Conn::Pg(_) => ("$1", "$2"),
        Conn::Sqlite(_) => ("?", "?"),
    }
}

#[derive(diesel::QueryableByName)]
struct Until {
    #[diesel(sql_type = BigInt)]
    #[expect(dead_code, reason = "the row is what matters")]
    until: i64,
}

/// Refuses a transaction of a node that no longer has the lease. Whoever takes the lease waits until the transaction has
/// ended, so nothing is done by two nodes.
pub(super) fn require(conn: &mut Conn, fence: &Fence) -> Result<(), StoreError> {
    let now = now_sql(conn);
    let (first, second) = placeholders(conn);
    let lock = match conn {
        Conn::Pg(_) => "FOR SHARE",
        // The transaction is in the write lane, which is the lock of the whole database.
        Conn::Sqlite(_) => "",
    };
    let statement = format!(
        "SELECT until FROM leases WHERE name = {first} AND owner = {second} AND until > {now} {lock}"
    );
    let query = sql_query(statement).bind::<Text, _>(fence.name);
    let held: Vec<Until> = with!(conn, c => query.bind::<Text, _>(&fence.owner).load(c))?;
    if held.is_empty() {
        let words = format!("another node has taken over {}", fence.name);
        return Err(StoreError::Unavailable(words));
    }
    Ok(())
}

/// Gives a lease back, so that another node need not wait for its end.
pub(super) fn release(conn: &mut Conn, fence: &Fence) -> Result<(), StoreError> {
    let own = leases::table
        .find(fence.name)
        .filter(leases::owner.eq(&fence.owner));
    diesel::delete(own).execute(conn)?;
    Ok(())
}
