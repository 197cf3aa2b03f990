//! A connection that notices commits. PostgreSQL tells it (LISTEN), by the triggers named `…_notify`; on SQLite it reads the
//! version of the file, which each commit of another connection raises.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Bool};
use diesel::{RunQueryDsl, sql_query};

use super::Store;
use super::changes::Ends;
use super::conn::{Conn, with};
use super::dialect::now_sql;
use super::error::StoreError;
use super::leases::{self, Asked};
use super::replicas::Replicas;
use super::session::{Condition, Purpose, Session};
use crate::domain::time::{ServerClock, Timestamp};

/// Pause between two looks at the log while nothing is noticed: the net, and the clock's setting.
const NET: Duration = Duration::from_secs(3);
/// The same beside replicas, whose lag is judged by how long ago the primary was heard.
const NET_OF_REPLICAS: Duration = Duration::from_secs(1);
/// The same for a connection that is told nothing, since its server takes no writes.
const NET_UNTOLD: Duration = Duration::from_millis(500);
/// Age at which a connection that is told nothing is replaced: the address may lead to a server that tells.
const LONGEST_UNTOLD: Duration = Duration::from_secs(10);

/// A connection that notices commits.
pub struct LogWatch {
    session: Session,
    condition: Arc<Condition>,
    clock: Option<Arc<ServerClock>>,
    replicas: Option<Arc<Replicas>>,
    opened: Instant,
    is_told: bool,
    version: i64,
    writable: bool,
    looked: Option<Instant>,
}

/// News of one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogNews {
    /// The ends of the log, where it was looked at.
    pub ends: Option<Ends>,
    /// True if somebody may have committed something.
    pub noticed: bool,
}

#[derive(diesel::QueryableByName)]
struct Seen {
    #[diesel(sql_type = BigInt)]
    all_end: i64,
    #[diesel(sql_type = BigInt)]
    public_end: i64,
    #[diesel(sql_type = BigInt)]
    now: i64,
    #[diesel(sql_type = Bool)]
    writable: bool,
}

#[derive(diesel::QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

impl Store {
    /// Opens a connection that notices commits.
    ///
    /// # Errors
    /// `Unavailable` where the database is away.
    pub fn watch_log(&self) -> Result<LogWatch, StoreError> {
        let inner = &self.inner;
        let mut session = Session::open(&inner.target, Purpose::Watch, &inner.condition)?;
        let is_told = match &mut *session {
            // A standby refuses.
            Conn::Pg(c) => c.batch_execute("LISTEN masthead_news").is_ok(),
            Conn::Sqlite(_) => true,
        };
        Ok(LogWatch {
            session,
            condition: Arc::clone(&inner.condition),
            clock: inner.clock.clone(),
            replicas: inner.replicas.clone(),
            opened: Instant::now(),
            is_told,
            version: 0,
            writable: false,
            looked: None,
        })
    }
}

impl LogWatch {
    /// True if another connection is to be opened instead.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        let is_old = self.opened.elapsed() >= LONGEST_UNTOLD;
        !self.session.is_fit(&self.condition) || (!self.is_told && is_old)
    }

    /// Asks for commits since the last question, and reads the ends of the log where there may be some.
    ///
    /// # Errors
    /// Those of the database.
    pub fn news(&mut self) -> Result<LogNews, StoreError> {
        let pause = match (self.is_told, &self.replicas) {
            (true, None) => NET,
            (true, Some(_)) => NET_OF_REPLICAS,
            (false, _) => NET_UNTOLD,
        };
        let noticed = self.has_noticed()? || self.looked.is_none();
        let is_due = self.looked.is_none_or(|looked| looked.elapsed() >= pause);
        let ends = (noticed || is_due).then(|| self.look()).transpose()?;
        Ok(LogNews { ends, noticed })
    }

    /// Costs a system call or two, and no statement on a server.
    fn has_noticed(&mut self) -> Result<bool, StoreError> {
        match &mut *self.session {
            Conn::Pg(c) => {
                let mut noticed = false;
                for notice in c.notifications_iter() {
                    notice.map_err(|error| StoreError::Unavailable(error.to_string()))?;
                    noticed = true;
                }
                Ok(noticed)
            }
            Conn::Sqlite(c) => {
                let now: Version = sql_query("PRAGMA data_version").get_result(c)?;
                let before = std::mem::replace(&mut self.version, now.data_version);
                Ok(before != now.data_version)
            }
        }
    }

    /// Reads the ends, and sets the store's clock by the server's.
    fn look(&mut self) -> Result<Ends, StoreError> {
        let asked = Instant::now();
        let conn: &mut Conn = &mut self.session;
        let writable = match conn {
            Conn::Pg(_) => "current_setting('transaction_read_only') = 'off'",
            Conn::Sqlite(_) => "TRUE",
        };
        let statement = format!(
            "SELECT COALESCE((SELECT max(seq) FROM changes), 0) AS all_end, \
             COALESCE((SELECT max(seq) FROM changes WHERE public = TRUE), 0) AS public_end, \
             {} AS now, {writable} AS writable",
            now_sql(conn)
        );
        let seen: Seen = with!(conn, c => sql_query(statement).get_result(c))?;
        if let Some(clock) = &self.clock {
            let way = i64::try_from(asked.elapsed().as_millis() / 2).unwrap_or(0);
            clock.set(Timestamp::from_millis(seen.now + way));
        }
        // A standby in the primary's place cannot tell how far another one is behind.
        if let Some(replicas) = self.replicas.as_ref().filter(|_| seen.writable) {
            replicas.hear(seen.all_end, asked);
        }
        self.writable = seen.writable;
        self.looked = Some(asked);
        Ok(Ends {
            all: seen.all_end,
            public: seen.public_end,
        })
    }

    /// Takes or renews a lease. A server that takes no writes has none to give.
    ///
    /// # Errors
    /// Those of the database.
    pub fn take_lease(&mut self, name: &str, owner: &str) -> Result<Asked, StoreError> {
        if !self.writable {
            return Ok(Asked::Refused);
        }
        leases::take(&mut self.session, name, owner)
    }
}
