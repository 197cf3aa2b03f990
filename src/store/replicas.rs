//! Reads from streaming replicas of a PostgreSQL. A replica answers where its snapshot has all that the caller has seen or
//! written, and misses nothing that this node has known of for longer than the bound; else the primary answers.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::Connection;
use diesel::r2d2::Pool;

use super::act;
use super::canceller::Canceller;
use super::changes::latest_seq;
use super::conn::{Conn, Target};
use super::deadline::Deadline;
use super::error::StoreError;
use super::pool::{Manager, checkout_within, lazy_pool};
use super::session::{Condition, Purpose};

/// Reads that run at once on one server, where the settings say nothing else; more wait.
const READERS: u32 = 8;

/// The connections that a store makes.
#[derive(Debug, Clone)]
pub struct Pools {
    /// Reads that run at once on one server.
    pub readers: u32,
    /// Addresses of the replicas.
    pub replicas: Vec<String>,
    /// The longest time that an answer lacks a change which this node knows of.
    pub bound: Duration,
}

impl Default for Pools {
    fn default() -> Self {
        Self {
            readers: READERS,
            replicas: Vec::new(),
            bound: Duration::from_secs(1),
        }
    }
}

/// Time after a commit in which this node hears of it, at the latest.
const HEARD_AFTER: Duration = Duration::from_millis(150);
/// Longest time without a word from the primary in which replicas are read.
const LONGEST_UNHEARD: Duration = Duration::from_secs(5);
/// Time that a read waits for a connection to a replica.
const WAIT: Duration = Duration::from_millis(50);
/// Time that a replica is left alone which does not answer, and one that is behind.
const REST_AWAY: Duration = Duration::from_secs(1);
const REST_BEHIND: Duration = Duration::from_millis(50);
/// Time without an answer after which a replica counts as frozen: its connections stay open, and no read on one ends.
const SILENT_AFTER: Duration = Duration::from_millis(250);

/// The replicas of one primary.
pub(super) struct Replicas {
    all: Vec<Replica>,
    bound: Duration,
    heard: Mutex<Heard>,
    /// The last entry of the log that this node wrote.
    wrote: AtomicI64,
    next: AtomicUsize,
    counts: [AtomicU64; 3],
}

struct Replica {
    pool: Pool<Manager>,
    canceller: Arc<Canceller>,
    rests_until: Mutex<Option<Instant>>,
    /// The first question since its last answer.
    asked_at: Mutex<Option<Instant>>,
}

/// The outcome of a look at a replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It answered.
    Read,
    /// It was behind.
    Behind,
    /// It did not answer.
    Away,
}

impl Use {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Read, Self::Behind, Self::Away];

    /// The word in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Behind => "behind",
            Self::Away => "away",
        }
    }
}

/// The ends of the log, and when this node heard of each.
#[derive(Debug, Default)]
struct Heard {
    at: Option<Instant>,
    ends: VecDeque<(i64, Instant)>,
    /// An end that is known for longer than the bound.
    old: i64,
}

impl Heard {
    fn note(&mut self, end: i64, at: Instant, bound: Duration) {
        self.at = Some(at);
        let last = self.ends.back().map_or(self.old, |(seq, _)| *seq);
        if end < last {
            // The log has gone back: another database.
            *self = Self {
                at: Some(at),
                ..Self::default()
            };
        }
        if end != last {
            self.ends.push_back((end, at));
        }
        while let Some((seq, _)) = self
            .ends
            .pop_front_if(|(_, since)| at.duration_since(*since) > bound)
        {
            self.old = seq;
        }
    }

    /// True if a snapshot that ends at `end` lacks nothing that was known for longer than `bound` at `now`.
    fn is_fresh(&self, end: i64, now: Instant, bound: Duration) -> bool {
        let hears = self
            .at
            .is_some_and(|at| now.duration_since(at) <= LONGEST_UNHEARD);
        let lacks = self.ends.iter().find(|(seq, _)| *seq > end);
        hears
            && end >= self.old
            && lacks.is_none_or(|(_, since)| now.duration_since(*since) <= bound)
    }

    /// Time at which an entry is known for as long as `bound`.
    fn settles(&self, seq: i64, bound: Duration) -> Option<Instant> {
        let known = self.ends.iter().find(|(end, _)| *end >= seq);
        known.map(|(_, since)| *since + bound)
    }
}

impl Replicas {
    /// Those of a primary, where there are some.
    pub(super) fn beside(
        primary: &Target,
        pools: &Pools,
        condition: &Arc<Condition>,
    ) -> Result<Option<Arc<Self>>, StoreError> {
        if pools.replicas.is_empty() {
            return Ok(None);
        }
        let replica = |url: &String| {
            let target = Target::parse(url)?;
            let (Target::Postgres(address), Target::Postgres(_)) = (&target, primary) else {
                let words = "DATABASE_REPLICA_URLS names replicas of a PostgreSQL at DATABASE_URL";
                return Err(StoreError::Refused(words.to_owned()));
            };
            Ok(Replica {
                canceller: Canceller::start(address),
                pool: lazy_pool(&target, Purpose::Read, pools.readers, condition),
                rests_until: Mutex::default(),
                asked_at: Mutex::default(),
            })
        };
        let all: Vec<Replica> = pools
            .replicas
            .iter()
            .map(replica)
            .collect::<Result<_, _>>()?;
        let replicas = Self {
            all,
            bound: pools.bound,
            heard: Mutex::default(),
            wrote: AtomicI64::new(0),
            next: AtomicUsize::new(0),
            counts: Default::default(),
        };
        Ok(Some(Arc::new(replicas)))
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        lock(&self.heard)
    }

    /// Notes where the primary's log ended at a moment.
    pub(super) fn hear(&self, end: i64, at: Instant) {
        self.heard().note(end, at, self.bound);
    }

    /// Notes an entry of this node's own.
    pub(super) fn wrote(&self, seq: i64) {
        self.wrote.fetch_max(seq, Ordering::SeqCst);
    }

    fn is_fresh(&self, end: i64) -> bool {
        let bound = self.bound.saturating_sub(HEARD_AFTER);
        end >= self.wrote.load(Ordering::SeqCst)
            && self.heard().is_fresh(end, Instant::now(), bound)
    }

    /// Reads from a replica that has the entry `at_least`; `None` where there is none, and nothing was read.
    pub(super) fn read(
        &self,
        at_least: i64,
        read: &mut act::Act<'_>,
    ) -> Option<Result<(), StoreError>> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        for n in 0..self.all.len() {
            let replica = &self.all[(first.wrapping_add(n)) % self.all.len()];
            if replica.rests() {
                continue;
            }
            let is_fresh = |end: i64| end >= at_least && self.is_fresh(end);
            let (outcome, found) = match replica.read(&is_fresh, read) {
                Ok(found) => (Use::Read, Some(found)),
                Err(why) => (why, None),
            };
            self.counts[outcome as usize].fetch_add(1, Ordering::Relaxed);
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

impl Replica {
    fn rests(&self) -> bool {
        let now = Instant::now();
        let rests = lock(&self.rests_until).is_some_and(|until| now < until);
        rests || lock(&self.asked_at).is_some_and(|asked| now - asked > SILENT_AFTER)
    }

    fn rest(&self, why: Use) -> Use {
        let time = if why == Use::Away {
            REST_AWAY
        } else {
            REST_BEHIND
        };
        *lock(&self.rests_until) = Some(Instant::now() + time);
        why
    }

    fn ask(&self) {
        lock(&self.asked_at).get_or_insert_with(Instant::now);
    }

    fn hear(&self) {
        *lock(&self.asked_at) = None;
    }

    /// The outcome where no connection was lent. Whoever holds one hears for this question too.
    fn refused(&self) -> Use {
        let state = self.pool.state();
        if state.connections > state.idle_connections {
            return Use::Away;
        }
        self.hear();
        match state.connections {
            0 => self.rest(Use::Away),
            _ => Use::Away,
        }
    }

    /// The outcome of a read, or the reason for which nothing was read.
    fn read(
        &self,
        is_fresh: &dyn Fn(i64) -> bool,
        read: &mut act::Act<'_>,
    ) -> Result<Result<(), StoreError>, Use> {
        let deadline = Deadline::held();
        // The checkout asks too: a pooled connection is tried before it is lent.
        self.ask();
        let Ok(lent) = checkout_within(&self.pool, WAIT) else {
            return Err(self.refused());
        };
        // Dropped behind the connection, so that whoever finds it lent is heard for too.
        let _answered = Answered(self);
        let mut pooled = lent;
        let watched = pooled
            .backend
            .map(|backend| self.canceller.watch(&deadline, backend));
        let conn: &mut Conn = &mut pooled;
        let mut is_read = false;
        let outcome = conn.transaction(|conn| {
            let end = latest_seq(conn)?;
            self.hear();
            is_read = is_fresh(end);
            if is_read {
                deadline.read(|| read(conn))
            } else {
                Ok(())
            }
        });
        drop(watched);
        match (outcome, is_read) {
            (outcome, true) => Ok(outcome.map_err(|error| passing(error, &deadline))),
            (Ok(()), false) => Err(self.rest(Use::Behind)),
            (Err(_), false) => Err(self.rest(Use::Away)),
        }
    }
}

/// Notes that a replica has answered, when it is dropped.
struct Answered<'a>(&'a Replica);

impl Drop for Answered<'_> {
    fn drop(&mut self) {
        self.0.hear();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A replica ends reads that hold up what it is to replay; that passes, as the end of a deadline does.
fn passing(error: StoreError, deadline: &Deadline) -> StoreError {
    match error {
        StoreError::Other(cause)
            if deadline.is_over() || cause.contains("conflict with recovery") =>
        {
            StoreError::Unavailable(cause)
        }
        other => other,
    }
}

impl Replicas {
    /// The longest time that an answer lacks a change which this node knows of.
    pub(super) const fn bound(&self) -> Duration {
        self.bound
    }

    /// Time until an entry is known for as long as the bound.
    pub(super) fn settles_in(&self, seq: i64) -> Option<Duration> {
        let settles = self.heard().settles(seq, self.bound)?;
        settles.checked_duration_since(Instant::now())
    }

    /// Number of looks with an outcome.
    pub(super) fn count(&self, outcome: Use) -> u64 {
        self.counts[outcome as usize].load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: Duration = Duration::from_secs(1);

    #[test]
    fn a_snapshot_is_fresh_while_what_it_lacks_is_new() {
        let (mut heard, began) = (Heard::default(), Instant::now());
        let after = |millis| began + Duration::from_millis(millis);
        assert!(!heard.is_fresh(9, began, BOUND), "nothing was heard");
        heard.note(5, began, BOUND);
        assert!(heard.is_fresh(5, began, BOUND));
        heard.note(6, after(500), BOUND);
        heard.note(7, after(900), BOUND);
        assert!(heard.is_fresh(5, after(1_500), BOUND) && !heard.is_fresh(5, after(1_501), BOUND));
        assert!(heard.is_fresh(6, after(1_900), BOUND) && heard.is_fresh(7, after(5_000), BOUND));
        assert!(
            !heard.is_fresh(7, after(5_901), BOUND),
            "the primary is silent"
        );
        heard.note(7, after(6_000), BOUND);
        assert!(heard.ends.is_empty() && heard.is_fresh(7, after(6_000), BOUND));
        assert!(
            !heard.is_fresh(6, after(6_000), BOUND),
            "it lacks what is known for long"
        );
        heard.note(2, after(6_100), BOUND);
        assert!(heard.is_fresh(2, after(6_200), BOUND), "the log went back");
    }
}
