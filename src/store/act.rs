//! Reads and writes without the types of their outcomes, so that what is done around each is compiled once, not once for each of
//! them.

use super::conn::Conn;
use super::error::StoreError;

/// A read or write that notes its outcome itself, and fails where its transaction is to be taken back. It is called once at
/// the most.
pub(super) type Act<'a> = dyn FnMut(&mut Conn) -> Result<(), StoreError> + 'a;

/// Findings of a read that `run` calls. Its errors may be told in another way by `run`.
pub(super) fn found<T>(
    read: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
    run: impl FnOnce(&mut Act<'_>) -> Result<(), StoreError>,
) -> Result<T, StoreError> {
    let (mut read, mut found) = (Some(read), None);
    run(&mut |conn| {
        found = read.take().map(|read| read(conn)).transpose()?;
        Ok(())
    })?;
    found.ok_or_else(nothing_done)
}

/// The outcome of a write that `run` calls: its own error, also where taking it back fails too, or that of the transaction
/// around it.
pub(super) fn written<T, E: From<StoreError>>(
    write: impl FnOnce(&mut Conn) -> Result<T, E>,
    run: impl FnOnce(&mut Act<'_>) -> Result<(), StoreError>,
) -> Result<T, E> {
    let (mut write, mut outcome) = (Some(write), None);
    let committed = run(&mut |conn| {
        outcome = write.take().map(|write| write(conn));
        match outcome {
            Some(Ok(_)) => Ok(()),
            _ => Err(nothing_done()),
        }
    });
    match (committed, outcome) {
        (_, Some(Err(own))) => Err(own),
        (Err(error), _) => Err(error.into()),
        (Ok(()), outcome) => outcome.unwrap_or_else(|| Err(nothing_done().into())),
    }
}

fn nothing_done() -> StoreError {
    StoreError::Other("nothing was done".to_owned())
}
