//! Tells caches in front what the change log has altered, each by a thread of its own on the node that leads. Every entry is
//! told twice: at once, and again when no node can give an answer from before it any more, since such an answer may have
//! reached the cache after the first time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::config::values::Secret;
use crate::domain::purge::{Kind, Order, Target};
use crate::domain::time::Clock;
use crate::outbound::{Outbound, purge as outbound};
use crate::store::purges::{self, Places};
use crate::store::{Store, StoreError};

/// The pause after a cache has failed; after each further time in a row it is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Time after which a cache that fails is told to forget everything, since the log forgets entries in time.
const FORGETS_AFTER: Duration = Duration::from_secs(1_800);
/// Pause between two looks of a thread that waits.
const TICK: Duration = Duration::from_millis(50);
/// Shortest pause between two orders to one cache, so that many writes make one.
const LEAST_PAUSE: Duration = Duration::from_millis(100);
/// Longest time that others wait for caches, counted for each time that they fail.
const HOLD: Duration = Duration::from_secs(5);
/// The place of a cache that was never told of anything.
const NEVER: i64 = -1;

/// The caches in front.
pub struct Purger {
    lines: Vec<Arc<Line>>,
    /// The last entry that all caches are known to have been told of.
    known: AtomicI64,
    /// The place of the slowest cache when it was waited for in vain.
    given_up: AtomicI64,
}

/// One cache.
struct Line {
    target: Target,
    token: Option<Secret>,
    outbound: Outbound,
    /// Time between the two times that an entry is told.
    again_after: Duration,
    /// The end of the log.
    latest: AtomicI64,
    /// The end up to which the cache was told twice.
    told: AtomicI64,
    /// True while a thread tells the cache.
    works: AtomicBool,
    state: Mutex<State>,
    done: AtomicU64,
    failed: AtomicU64,
}

#[derive(Default)]
struct State {
    /// The place that is to be told again, and from when on.
    again: Option<(i64, Instant)>,
    /// Time since which the cache has not been told all.
    behind_since: Option<Instant>,
    failures: u32,
    paused_until: Option<Instant>,
}

/// The numbers of caches of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Orders that were taken.
    pub done: u64,
    /// Orders that failed.
    pub failed: u64,
}

impl Purger {
    /// One for these caches; answers from before an entry are given for `stale` at most.
    #[must_use]
    pub fn new(
        targets: Vec<(Target, Option<Secret>)>,
        outbound: &Outbound,
        stale: Duration,
    ) -> Self {
        let line = |(target, token)| {
            Arc::new(Line {
                target,
                token,
                outbound: outbound.clone(),
                again_after: stale,
                latest: AtomicI64::new(NEVER),
                told: AtomicI64::new(NEVER),
                works: AtomicBool::new(false),
                state: Mutex::default(),
                done: AtomicU64::new(0),
                failed: AtomicU64::new(0),
            })
        };
        Self {
            lines: targets.into_iter().map(line).collect(),
            known: AtomicI64::new(NEVER),
            given_up: AtomicI64::new(i64::MIN),
        }
    }

    /// True if there are caches to tell.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Starts to tell each cache of the log up to `latest`, unless that is under way.
    pub fn look(&self, store: &Store, latest: i64) {
        for line in &self.lines {
            line.latest.store(latest, Ordering::SeqCst);
            let has_news = latest > NEVER && line.told.load(Ordering::SeqCst) != latest;
            if has_news && !line.works.swap(true, Ordering::SeqCst) {
                let (line, store) = (Arc::clone(line), store.clone());
                std::thread::spawn(move || line.keep_on(&store));
            }
        }
    }

    /// Waits until every cache was told of an entry, on whichever node. A cache that fails is waited for once, then not until
    /// it has moved on.
    pub fn wait_for(&self, store: &Store, seq: i64) {
        let began = Instant::now();
        while self.is_on() && self.known.load(Ordering::SeqCst) < seq {
            let least = self.least(store);
            if least >= seq || least <= self.given_up.load(Ordering::SeqCst) {
                return;
            }
            if began.elapsed() >= HOLD {
                log::warn!(
                    "a cache in front was not told of the change {seq} in time; webhooks go out before it"
                );
                self.given_up.store(least, Ordering::SeqCst);
                return;
            }
            std::thread::sleep(TICK);
        }
    }

    fn least(&self, store: &Store) -> i64 {
        let names: Vec<&str> = self.lines.iter().map(|line| line.target.name()).collect();
        let least = store.read(|c| purges::least_purged(c, &names));
        let least = least.ok().flatten().unwrap_or(NEVER);
        self.known.fetch_max(least, Ordering::SeqCst);
        least
    }

    /// The numbers of each kind.
    #[must_use]
    pub fn counts(&self) -> [(Kind, Counts); 5] {
        Kind::ALL.map(|kind| {
            let own = self.lines.iter().filter(|line| line.target.kind == kind);
            let counts = own.fold(Counts::default(), |sum, line| Counts {
                done: sum.done + line.done.load(Ordering::Relaxed),
                failed: sum.failed + line.failed.load(Ordering::Relaxed),
            });
            (kind, counts)
        })
    }

    /// Time since which a cache has not been told all; zero where all were, and on nodes that do not lead.
    #[must_use]
    pub fn lag(&self) -> Duration {
        let since = self
            .lines
            .iter()
            .filter_map(|line| line.state().behind_since);
        since.min().map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// The next step of a thread that tells a cache.
enum Step {
    /// At once.
    Now,
    /// Not before a time, or when the log has moved on.
    At(Instant),
    /// None: the cache was told of everything twice.
    Never,
}

impl Line {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works, and works on where the log has moved on just when the work ended.
    fn keep_on(&self, store: &Store) {
        loop {
            // A panic is in the log by its hook; the next look starts anew.
            let told = catch_unwind(AssertUnwindSafe(|| self.work(store)));
            self.works.store(false, Ordering::SeqCst);
            let Ok(Some(told)) = told else { return };
            let has_moved = self.latest.load(Ordering::SeqCst) != told;
            if !has_moved || self.works.swap(true, Ordering::SeqCst) {
                return;
            }
        }
    }

    /// Tells the cache until there is nothing more to tell: answers the end of the log then. `None` where the database is
    /// away, or this node does not lead any more.
    fn work(&self, store: &Store) -> Option<i64> {
        loop {
            let latest = self.latest.load(Ordering::SeqCst);
            match self.step(store, latest) {
                Ok(Step::Now) => std::thread::sleep(LEAST_PAUSE),
                Ok(Step::At(at)) => self.rest(at, latest),
                Ok(Step::Never) => {
                    self.told.store(latest, Ordering::SeqCst);
                    return Some(latest);
                }
                Err(error) => {
                    log::warn!(
                        "the cache {} cannot be told of changes now: {error}",
                        self.target
                    );
                    self.state().behind_since = None;
                    return None;
                }
            }
        }
    }

    /// Waits for a time or for news of the log; a cache that fails is left alone whatever the log says.
    fn rest(&self, until: Instant, latest: i64) {
        let fails = self.state().failures > 0;
        while Instant::now() < until {
            if !fails && self.latest.load(Ordering::SeqCst) != latest {
                return;
            }
            std::thread::sleep(TICK);
        }
    }

    fn step(&self, store: &Store, latest: i64) -> Result<Step, StoreError> {
        if let Some(until) = self
            .state()
            .paused_until
            .filter(|until| Instant::now() < *until)
        {
            return Ok(Step::At(until));
        }
        let name = self.target.name();
        let Some(places) = store.read(|c| purges::places_of(c, name))? else {
            return self.tell_all(store, latest);
        };
        if places.purged != latest {
            return self.tell(store, places, latest);
        }
        self.state().behind_since = None;
        if places.settled == places.purged {
            return Ok(Step::Never);
        }
        self.tell_again(store, places)
    }

    /// Of what changed before the cache was named, or while it failed for long, nothing is known any more.
    fn tell_all(&self, store: &Store, latest: i64) -> Result<Step, StoreError> {
        let places = Places {
            purged: latest,
            settled: latest,
        };
        self.carry_out(store, Some(&Order::everything()), places)
    }

    fn tell(&self, store: &Store, places: Places, latest: i64) -> Result<Step, StoreError> {
        let since = *self.state().behind_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= FORGETS_AFTER {
            return self.tell_all(store, latest);
        }
        let (order, end) = self.order(store, places.purged, None)?;
        // Where nothing is to be told, nothing is to be told again.
        let nothing_waits = order.is_none() && places.settled == places.purged;
        let places = Places {
            purged: end,
            settled: if nothing_waits { end } else { places.settled },
        };
        self.carry_out(store, order.as_ref(), places)
    }

    fn tell_again(&self, store: &Store, places: Places) -> Result<Step, StoreError> {
        let (upto, due) = {
            let mut state = self.state();
            let soon = (places.purged, Instant::now() + self.again_after);
            *state.again.get_or_insert(soon)
        };
        if Instant::now() < due {
            return Ok(Step::At(due));
        }
        let upto = upto.min(places.purged);
        let (order, _) = self.order(store, places.settled, Some(upto))?;
        let settled = Places {
            settled: upto,
            ..places
        };
        let step = self.carry_out(store, order.as_ref(), settled)?;
        if matches!(step, Step::Now) {
            self.state().again = None;
        }
        Ok(step)
    }

    fn order(
        &self,
        store: &Store,
        after: i64,
        upto: Option<i64>,
    ) -> Result<(Option<Order>, i64), StoreError> {
        let with_paths = self.target.kind.takes_urls();
        store.read(|c| purges::order_behind(c, after, upto, with_paths))
    }

    /// Sends an order, and notes the places that the cache is at then.
    fn carry_out(
        &self,
        store: &Store,
        order: Option<&Order>,
        places: Places,
    ) -> Result<Step, StoreError> {
        if let Some(order) = order {
            let token = self.token.as_ref().map(Secret::expose);
            if let Err(failure) = outbound::send(&self.outbound, &self.target, token, order) {
                return Ok(Step::At(self.pause(&failure)));
            }
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        store.write(|c| purges::save_places(c, self.target.name(), places))?;
        let mut state = self.state();
        state.failures = 0;
        state.paused_until = None;
        if places.purged == self.latest.load(Ordering::SeqCst) {
            state.behind_since = None;
        }
        Ok(Step::Now)
    }

    fn pause(&self, failure: &outbound::Failure) -> Instant {
        self.failed.fetch_add(1, Ordering::Relaxed);
        let mut state = self.state();
        let pause = FIRST_PAUSE * (1 << state.failures.min(6));
        let asked = failure
            .retry_after
            .map_or(0, |asked| asked.wait_from(Clock::System.now()));
        let asked = Duration::from_millis(u64::try_from(asked).unwrap_or(0));
        let pause = pause.min(LONGEST_PAUSE).max(asked);
        state.failures += 1;
        log::warn!(
            "the cache {} was not told of a change: {}",
            self.target,
            failure.cause
        );
        let until = Instant::now() + pause;
        state.paused_until = Some(until);
        until
    }
}
