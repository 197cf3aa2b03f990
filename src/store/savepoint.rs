//! A part of a transaction that can be taken back alone.

use diesel::Connection;
use diesel::connection::TransactionManager;

use super::conn::Conn;
use super::error::StoreError;

type Manager = <Conn as Connection>::TransactionManager;

/// From here on, what is written can be taken back alone. Only within a transaction.
pub fn begin(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(Manager::begin_transaction(conn)?)
}

/// Makes what was written since [`begin`] a part of the transaction.
pub fn keep(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(Manager::commit_transaction(conn)?)
}

/// Takes back what was written since [`begin`].
pub fn take_back(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(Manager::rollback_transaction(conn)?)
}
