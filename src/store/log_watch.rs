//! Notices that the change log has moved on, by a connection of its own. PostgreSQL tells it (LISTEN); on SQLite, the version
//! of the file does, which each commit of another connection changes.

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
use super::leases;
use super::session::{Condition, Purpose, Session};
use crate::domain::time::{ServerClock, Timestamp};

/// How often the log is looked at although nothing was noticed: by a connection that is told, and by one that is not.
const LOOKED_AT: Duration = Duration::from_secs(2);
const LOOKED_AT_UNTOLD: Duration = Duration::from_millis(500);

/// What keeps a statement of this connection from waiting for long.
const LIMITS: &str = "SET lock_timeout = '5s'; SET statement_timeout = '10s';";

/// A connection that notices commits.
pub struct LogWatch {
    session: Session,
    condition: Arc<Condition>,
    clock: Option<Arc<ServerClock>>,
    is_told: bool,
    version: i64,
    writable: bool,
    looked: Option<Instant>,
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
    pub fn watch_log(&self) -> Result<LogWatch, StoreError> {
        let inner = &self.inner;
        let mut session = Session::open(&inner.target, Purpose::Upkeep, &inner.condition)?;
        let is_told = match &mut *session {
            // A standby refuses, and is looked at instead.
            Conn::Pg(c) => {
                c.batch_execute(LIMITS)?;
                c.batch_execute("LISTEN masthead_changes").is_ok()
            }
            Conn::Sqlite(_) => true,
        };
        Ok(LogWatch {
            session,
            condition: Arc::clone(&inner.condition),
            clock: inner.clock.clone(),
            is_told,
            version: 0,
            writable: false,
            looked: None,
        })
    }
}

impl LogWatch {
    /// The ends of the log, where it may have moved on since they were last answered.
    pub fn news(&mut self) -> Result<Option<Ends>, StoreError> {
        if !self.session.is_fit(&self.condition) {
            return Err(StoreError::Unavailable("the session is stale".to_owned()));
        }
        let pause = if self.is_told {
            LOOKED_AT
        } else {
            LOOKED_AT_UNTOLD
        };
        let is_due = self.looked.is_none_or(|looked| looked.elapsed() >= pause);
        if self.has_noticed()? || is_due {
            return self.look().map(Some);
        }
        Ok(None)
    }

    /// Whether somebody has committed something. Costs a system call or two, and no statement on a server.
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

    /// Reads the ends, and sets the clock of the store by the server's.
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
        self.writable = seen.writable;
        self.looked = Some(asked);
        Ok(Ends {
            all: seen.all_end,
            public: seen.public_end,
        })
    }

    /// Takes or renews a lease; says whether `owner` has it. A server that takes no writes has none to give.
    pub fn take_lease(&mut self, name: &str, owner: &str) -> Result<bool, StoreError> {
        Ok(self.writable && leases::take(&mut self.session, name, owner)?)
    }
}
