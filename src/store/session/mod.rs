//! One connection of a pool: what it is for, the limits that it works under, and the faults after which it is thrown away.

mod condition;
mod postgres;
mod purpose;
mod sqlite;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::connection::{Connection, InstrumentationEvent, get_default_instrumentation};
use diesel::deserialize::QueryableByName;
use diesel::sql_types::Integer;
use diesel::{RunQueryDsl, sql_query};

use super::conn::{Conn, Target};
use super::error::StoreError;
pub(crate) use condition::Condition;
use condition::{ErrorKind, note_fault};
use postgres::set_up_postgres;
pub(super) use postgres::{connect, set_lane_wait};
pub(crate) use purpose::Purpose;
use sqlite::open_sqlite;
pub(super) use sqlite::{SQLITE_MAPPED, SQLITE_UNMAPPED};

/// Default time that a session waits for its turn to write.
pub(super) const LANE_WAIT: Duration = Duration::from_secs(6);

/// A connection and what is known of its fitness.
pub(crate) struct Session {
    conn: Conn,
    /// The server's process behind it, on PostgreSQL.
    pub(crate) backend: Option<i32>,
    unfit: Arc<AtomicBool>,
    generation: u64,
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

impl Session {
    /// Opens a connection to `target`.
    pub(crate) fn open(
        target: &Target,
        purpose: Purpose,
        condition: &Arc<Condition>,
    ) -> Result<Self, StoreError> {
        let unfit = Arc::new(AtomicBool::new(false));
        let generation = condition.generation();
        let noted = (Arc::clone(&unfit), Arc::clone(condition));
        let mut others = get_default_instrumentation();
        let watch = move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::FinishQuery {
                error: Some(error), ..
            } = &event
            {
                note_fault(error, &noted.0, &noted.1);
            }
            if let Some(others) = &mut others {
                others.on_connection_event(event);
            }
        };
        let (conn, backend) = match target {
            Target::Postgres(url) => {
                let connected = connect(url, purpose);
                let mut conn = connected.inspect_err(|_| condition.count(ErrorKind::Connection))?;
                set_up_postgres(&mut conn, purpose)?;
                let backend: Backend =
                    sql_query("SELECT pg_backend_pid() AS pid").get_result(&mut conn)?;
                conn.set_instrumentation(watch);
                (Conn::Pg(conn), Some(backend.pid))
            }
            Target::Sqlite(path) => {
                let mut conn = open_sqlite(path, purpose)?;
                conn.set_instrumentation(watch);
                (Conn::Sqlite(conn), None)
            }
        };
        if purpose == Purpose::Write {
            condition.note_new_writer();
        }
        Ok(Self {
            conn,
            backend,
            unfit,
            generation,
        })
    }

    /// True if the session may be used again.
    pub(crate) fn is_fit(&self, condition: &Condition) -> bool {
        !self.unfit.load(Ordering::Relaxed) && self.generation == condition.generation()
    }
}

impl Deref for Session {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
