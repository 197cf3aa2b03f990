//! The database: the only place that knows Diesel. Reads take a [`Scope`](crate::domain::access::Scope); rows stay private.

mod act;
pub mod actors;
pub mod altered;
mod any_of;
pub mod articles;
pub mod audit;
pub mod authors;
mod batch;
mod canceller;
pub mod changes;
pub mod check;
mod conn;
pub mod copies;
mod deadline;
pub mod deliveries;
mod dialect;
pub mod editions;
pub mod error;
mod facet_sets;
pub mod facets;
mod facts;
pub mod fanouts;
pub mod feed_tokens;
pub mod forgetting;
mod fresh;
mod gate;
pub mod history;
pub mod idempotency;
mod joined;
pub mod key_views;
pub mod keys;
pub mod leases;
pub mod listing;
pub mod log_watch;
pub mod media;
pub mod migrations;
pub mod moved;
pub mod needs;
pub mod other_names;
pub mod owed;
mod paging;
pub mod partners;
mod pool;
pub mod purges;
pub mod queues;
pub mod reach;
pub mod redirects;
pub mod replicas;
pub mod resolve;
mod retelling;
pub mod revisions;
mod rights;
pub mod savepoint;
mod schema;
pub mod search;
pub mod secrets;
mod section_facets;
mod section_places;
mod section_tree;
pub mod sections;
mod session;
pub mod shared_rows;
mod sight;
pub mod signing;
pub mod slots;
pub mod slugs;
pub mod sources;
mod sqlite_progress;
mod statement;
pub mod states;
pub mod subjects;
pub mod sync;
pub mod tags;
mod tokens;
pub mod touched;
mod types;
mod url_keys;
pub mod usage;
pub mod webhook_deliveries;
pub mod webhook_events;
pub mod webhooks;
mod worded;
pub mod works;

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::Connection;
use diesel::r2d2::Pool;

pub use conn::Conn;
pub use deadline::{Deadline, Waiter};
pub use error::StoreError;
pub use types::stored_ids;

use crate::domain::time::{Clock, ServerClock, Timestamp};

use canceller::Canceller;
use conn::Target;
use gate::Gate;
use leases::Fence;
use pool::{Manager, checkout_for, checkout_within, pool, probe};
use replicas::{Pools, Replicas};
use session::{Condition, LANE_WAIT, Purpose, Session};

/// Writes go one after another. A node has one session for them: of one that freezes, no second one gets into the write lane
/// when the server has ended the first.
const WRITERS: u32 = 1;
/// Longest time that a write waits for its turn, within the node and then among nodes.
pub const WRITE_WAIT: Duration = Duration::from_secs(8);

/// Shortest time that a write waits for those of all nodes, when its turn has come on its own.
const LEAST_WAIT: Duration = Duration::from_millis(200);
/// Time that the check of writes waits for their lane.
const PROBE_WRITE: Duration = Duration::from_millis(800);

/// A database that is open and up to date. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    /// The lease that writes are made under.
    fence: Option<Arc<Fence>>,
}

struct Inner {
    target: Target,
    condition: Arc<Condition>,
    readers: Pool<Manager>,
    replicas: Option<Arc<Replicas>>,
    writers: Pool<Manager>,
    /// Ends reads on a server; SQLite asks for itself.
    canceller: Option<Arc<Canceller>>,
    /// The server's clock, where the database is a server's: one for all nodes.
    clock: Option<Arc<ServerClock>>,
    gate: Gate,
}

impl Store {
    /// Opens the database at `url` and runs the migrations that it lacks.
    ///
    /// # Errors
    /// `Refused` for an address of another kind, `Unavailable` where nobody answers, `Newer` where the schema is ahead of this release.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, &Pools::default())
    }

    /// The same with these connections.
    ///
    /// # Errors
    /// Those of [`open`](Self::open); `Refused` for a replica of another kind, too.
    pub fn open_with(url: &str, pools: &Pools) -> Result<Self, StoreError> {
        let target = Target::parse(url)?;
        let condition = Arc::default();
        let mut upkeep = Session::open(&target, Purpose::Upkeep, &condition)?;
        migrations::run_pending(&mut upkeep)?;
        let clock = match target {
            Target::Postgres(_) => Some(Arc::new(ServerClock::new(server_now(&mut upkeep)?))),
            Target::Sqlite(_) => None,
        };
        drop(upkeep);
        let writers = pool(&target, Purpose::Write, WRITERS, &condition)?;
        let readers = pool(&target, Purpose::Read, pools.readers, &condition)?;
        let replicas = Replicas::beside(&target, pools, &condition)?;
        let canceller = match &target {
            Target::Postgres(url) => Some(Canceller::start(url)),
            Target::Sqlite(_) => None,
        };
        Ok(Self {
            inner: Arc::new(Inner {
                canceller,
                target,
                condition,
                readers,
                replicas,
                writers,
                clock,
                gate: Gate::default(),
            }),
            fence: None,
        })
    }

    /// The clock that rules go by: the server's, which all nodes share, or the system's where the database is a file.
    #[must_use]
    pub fn clock(&self) -> Clock {
        let server = self.inner.clock.clone();
        server.map_or(Clock::System, Clock::Server)
    }

    /// The same database for work that is done once in a cluster: a write fails once another node has taken the lease `name`
    /// from `owner`.
    #[must_use]
    pub fn fenced(&self, name: &'static str, owner: &str) -> Self {
        let owner = owner.to_owned();
        Self {
            inner: Arc::clone(&self.inner),
            fence: Some(Arc::new(Fence { name, owner })),
        }
    }

    /// Gives back the lease that writes are made under, where there is one.
    ///
    /// # Errors
    /// `Unavailable` where another node has it by now.
    pub fn release_lease(&self) -> Result<(), StoreError> {
        let Some(fence) = &self.fence else {
            return Ok(());
        };
        self.write_soon(LEAST_WAIT, |conn| leases::release(conn, fence))
    }

    /// Runs `read` on one snapshot of the database: all that it loads is of the same moment. It ends with the [`Deadline`]
    /// that this thread holds.
    ///
    /// # Errors
    /// Those of `read`; `Unavailable` where the database is away, or the deadline is over.
    pub fn read<T>(
        &self,
        read: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        act::found(read, |read| self.read_from_primary(read))
    }

    fn read_from_primary(&self, read: &mut act::Act<'_>) -> Result<(), StoreError> {
        let deadline = Deadline::held();
        let mut pooled = checkout_for(&self.inner.readers, &deadline)?;
        let watched = self.inner.canceller.as_ref().zip(pooled.backend);
        let _watched = watched.map(|(canceller, backend)| canceller.watch(&deadline, backend));
        let conn: &mut Conn = &mut pooled;
        let read = conn.transaction(|conn| deadline.read(|| read(conn)));
        match read {
            Err(StoreError::Other(cause)) if deadline.is_over() => {
                Err(StoreError::Unavailable(cause))
            }
            other => other,
        }
    }

    /// Runs `write` in one transaction, alone: no other write is between its first read and its commit, on any node. Waits
    /// for its turn for some seconds.
    pub fn write<T, E: From<StoreError>>(
        &self,
        write: impl FnOnce(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_soon(WRITE_WAIT, write)
    }

    /// The same for what somebody waits for who wants no write of his own: `Unavailable` where its turn does not come within
    /// `wait`.
    pub fn write_soon<T, E: From<StoreError>>(
        &self,
        wait: Duration,
        write: impl FnOnce(&mut Conn) -> Result<T, E>,
    ) -> Result<T, E> {
        act::written(write, |write| {
            self.transact_within(wait, write)?;
            self.inner.condition.has_stored();
            Ok(())
        })
    }

    fn transact_within(&self, wait: Duration, write: &mut act::Act<'_>) -> Result<(), StoreError> {
        let asked = Instant::now();
        let mut session = checkout_within(&self.inner.writers, wait)?;
        let _passed = self.inner.gate.pass();
        let conn: &mut Conn = &mut session;
        let left = wait.saturating_sub(asked.elapsed()).max(LEAST_WAIT);
        changes::begin_writing();
        self.transact(conn, left.min(LANE_WAIT), write)?;
        if let Some(replicas) = &self.inner.replicas {
            changes::written()
                .into_iter()
                .for_each(|seq| replicas.wrote(seq));
        }
        Ok(())
    }

    /// Runs `write` in the write lane, which it waits for. The first write over a new session begins a stretch of the history.
    fn transact(
        &self,
        conn: &mut Conn,
        wait: Duration,
        write: &mut act::Act<'_>,
    ) -> Result<(), StoreError> {
        let condition = &self.inner.condition;
        let mut begins = false;
        let outcome = conn.transaction(|conn| {
            if wait < LANE_WAIT {
                session::set_lane_wait(conn, wait)?;
            }
            dialect::enter_write_lane(conn, wait)?;
            begins = condition.take_new_writer();
            if begins {
                history::begin(conn)?;
            }
            if let Some(fence) = &self.fence {
                leases::require(conn, fence)?;
            }
            write(conn)
        });
        if begins && outcome.is_err() {
            condition.note_new_writer();
        }
        outcome
    }

    /// Does something while no write of this process is under way.
    pub fn between_writes(&self, act: impl FnOnce()) {
        self.inner.gate.close_for(act);
    }

    /// True if a write would be taken now: its turn comes at once, the server takes writes, and the last one found room.
    pub fn takes_writes(&self) -> bool {
        if self.inner.condition.is_full() {
            return false;
        }
        let writable = act::written(dialect::is_writable, |write| {
            self.transact_within(PROBE_WRITE, write)
        });
        writable.unwrap_or_else(|error: StoreError| {
            log::debug!("no writes now: {error}");
            false
        })
    }

    /// The pools of connections: their names, the connections of each, and those of them that nobody uses.
    #[must_use]
    pub fn connections(&self) -> [(&'static str, u32, u32); 2] {
        let pools = [
            ("readers", &self.inner.readers),
            ("writers", &self.inner.writers),
        ];
        pools.map(|(name, pool)| {
            let state = pool.state();
            (name, state.connections, state.idle_connections)
        })
    }

    /// Asks the database something, where it answers at once.
    pub fn ping<T>(
        &self,
        ask: impl FnOnce(&mut Conn) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut session = probe(&self.inner.readers)?;
        ask(&mut session)
    }

    /// Tells the query planner what the tables hold now; for after a great many writes.
    pub fn refresh_statistics(&self) -> Result<(), StoreError> {
        let (target, condition) = (&self.inner.target, &self.inner.condition);
        let _passed = self.inner.gate.pass();
        let mut upkeep = Session::open(target, Purpose::Upkeep, condition)?;
        dialect::analyse(&mut upkeep)
    }
}

/// The server's clock: half of the way there and back has passed since it answered.
fn server_now(conn: &mut Conn) -> Result<Timestamp, StoreError> {
    let asked = Instant::now();
    let said = dialect::database_now(conn)?;
    let way = i64::try_from(asked.elapsed().as_millis() / 2).unwrap_or(0);
    Ok(Timestamp::from_millis(said + way))
}
