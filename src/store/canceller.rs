//! Ends reads on PostgreSQL that nobody waits for any more, from a connection of its own (`pg_cancel_backend`).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use diesel::sql_types::Integer;
use diesel::{PgConnection, RunQueryDsl, sql_query};

use super::deadline::{Deadline, OVER};
use super::session::{Purpose, connect};

/// Interval at which reads are checked whose time may be up, and at which a cancel that came between two statements is
/// repeated.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The same while there are no reads.
const LOOK_IDLE: Duration = Duration::from_millis(250);

/// The reads that are under way on one server.
#[derive(Debug, Default)]
pub(super) struct Canceller {
    reads: Mutex<Vec<Arc<Running>>>,
}

/// A read, and the process of the server that works on it; none once it has ended.
#[derive(Debug)]
struct Running {
    deadline: Deadline,
    backend: Mutex<Option<i32>>,
}

/// Takes a read off the list when it ends.
pub(super) struct Watched<'a> {
    canceller: &'a Canceller,
    running: Arc<Running>,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        // Locked while a cancel is on its way, so that none reaches the connection's next user.
        *lock(&self.running.backend) = None;
        lock(&self.canceller.reads).retain(|read| !Arc::ptr_eq(read, &self.running));
    }
}

impl Canceller {
    /// Starts the thread that cancels reads on the server at `url`; it ends with the canceller.
    pub(super) fn start(url: &str) -> Arc<Self> {
        let canceller = Arc::new(Self::default());
        let (weak, url) = (Arc::downgrade(&canceller), url.to_owned());
        std::thread::spawn(move || run(&weak, &url));
        canceller
    }

    /// Watches a read until what is answered is dropped.
    pub(super) fn watch(&self, deadline: &Deadline, backend: i32) -> Watched<'_> {
        let running = Arc::new(Running {
            deadline: deadline.clone(),
            backend: Mutex::new(Some(backend)),
        });
        lock(&self.reads).push(Arc::clone(&running));
        Watched {
            canceller: self,
            running,
        }
    }

    fn pause(&self) -> Duration {
        match lock(&self.reads).is_empty() {
            true => LOOK_IDLE,
            false => LOOK_EVERY,
        }
    }

    fn over(&self) -> Vec<Arc<Running>> {
        let reads = lock(&self.reads);
        let over = reads.iter().filter(|read| read.deadline.is_over());
        over.cloned().collect()
    }
}

fn run(canceller: &Weak<Canceller>, url: &str) {
    let (mut conn, mut heard, mut pause) = (None, 0, LOOK_IDLE);
    loop {
        heard = OVER.wait(heard, pause);
        let Some(canceller) = canceller.upgrade() else {
            return;
        };
        for read in canceller.over() {
            if let Err(error) = cancel(&mut conn, url, &read) {
                log::warn!("a read on PostgreSQL cannot be cancelled: {error}");
                conn = None;
            }
        }
        pause = canceller.pause();
    }
}

fn cancel(
    conn: &mut Option<PgConnection>,
    url: &str,
    read: &Running,
) -> Result<(), Box<dyn std::error::Error>> {
    let conn = match conn {
        Some(conn) => conn,
        None => conn.insert(connect(url, Purpose::Read)?),
    };
    let backend = lock(&read.backend);
    if let Some(backend) = *backend {
        sql_query("SELECT pg_cancel_backend($1)")
            .bind::<Integer, _>(backend)
            .execute(conn)?;
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
