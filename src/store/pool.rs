//! Pools of connections, and how long one is waited for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};

use super::conn::{Conn, Target};
use super::deadline::Deadline;
use super::error::StoreError;
use super::session::{Condition, Purpose, Session};

/// Opens connections to one target, and throws away those that are not fit for use.
pub(super) struct Manager {
    target: Target,
    purpose: Purpose,
    condition: Arc<Condition>,
}

impl ManageConnection for Manager {
    type Connection = Session;
    type Error = StoreError;

    fn connect(&self) -> Result<Session, StoreError> {
        Session::open(&self.target, self.purpose, &self.condition)
    }

    fn is_valid(&self, session: &mut Session) -> Result<(), StoreError> {
        if !session.is_fit(&self.condition) {
            return Err(StoreError::Unavailable("the session is stale".to_owned()));
        }
        match &mut **session {
            Conn::Pg(c) => sql_query("SELECT 1")
                .execute(c)
                .map(|_| ())
                .map_err(StoreError::from),
            Conn::Sqlite(_) => Ok(()),
        }
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        use diesel::connection::TransactionManager;
        let broken = match &mut **session {
            Conn::Pg(c) => {
                <PgConnection as Connection>::TransactionManager::is_broken_transaction_manager(c)
            }
            Conn::Sqlite(c) => {
                <SqliteConnection as Connection>::TransactionManager::is_broken_transaction_manager(
                    c,
                )
            }
        };
        broken || !session.is_fit(&self.condition)
    }
}

/// Time that a read waits for a connection before the database counts as away.
const READ_WAIT: Duration = Duration::from_secs(5);

/// Time that a write waits for a connection: its turn in the write lane comes on top.
const WRITE_WAIT: Duration = Duration::from_secs(2);

/// Opens the first connection at once, so that a wrong address is told at the start and with its cause.
pub(super) fn pool(
    target: &Target,
    purpose: Purpose,
    size: u32,
    condition: &Arc<Condition>,
) -> Result<Pool<Manager>, StoreError> {
    Session::open(target, purpose, condition)?;
    Ok(lazy_pool(target, purpose, size, condition))
}

/// The same for a database that may be away.
pub(super) fn lazy_pool(
    target: &Target,
    purpose: Purpose,
    size: u32,
    condition: &Arc<Condition>,
) -> Pool<Manager> {
    let manager = Manager {
        target: target.clone(),
        purpose,
        condition: Arc::clone(condition),
    };
    let wait = match purpose {
        Purpose::Read => READ_WAIT,
        Purpose::Write | Purpose::Upkeep | Purpose::Watch => WRITE_WAIT,
    };
    Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(wait)
        .test_on_check_out(matches!(target, Target::Postgres(_)))
        .error_handler(Box::new(PoolErrors))
        .build_unchecked(manager)
}

/// Failures to connect are told by the request that waited in vain, not once per attempt.
#[derive(Debug)]
struct PoolErrors;

impl diesel::r2d2::HandleError<StoreError> for PoolErrors {
    fn handle_error(&self, error: StoreError) {
        log::debug!("no connection: {error}");
    }
}

/// Time that a check of the database waits for a connection.
const PROBE_WAIT: Duration = Duration::from_millis(800);

/// A connection at once, or the word that there is none.
pub(super) fn probe(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, StoreError> {
    checkout_within(pool, PROBE_WAIT)
}

/// A connection within some time.
pub(super) fn checkout_within(
    pool: &Pool<Manager>,
    wait: Duration,
) -> Result<PooledConnection<Manager>, StoreError> {
    pool.get_timeout(wait)
        .map_err(|e| StoreError::Unavailable(e.to_string()))
}

pub(super) fn checkout(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>, StoreError> {
    pool.get()
        .map_err(|e| StoreError::Unavailable(e.to_string()))
}

/// Interval at which a read that waits for a connection checks that somebody still waits for it.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// A connection for a read, unless nobody waits for it any more.
pub(super) fn checkout_for(
    pool: &Pool<Manager>,
    deadline: &Deadline,
) -> Result<PooledConnection<Manager>, StoreError> {
    let last = Instant::now() + READ_WAIT;
    loop {
        if deadline.is_over() {
            return Err(StoreError::Unavailable("nobody waits any more".to_owned()));
        }
        match checkout_within(pool, ASK_EVERY) {
            Err(_) if Instant::now() < last => {}
            outcome => return outcome,
        }
    }
}
