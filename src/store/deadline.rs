//! The deadline of a read: it ends with its time, or when nobody waits for it any more. A [`Deadline`] is held by the thread that
//! reads; its [`Waiter`] stays with whoever waits, and ends it when dropped.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The time that a read has where nobody says otherwise.
const LONGEST: Duration = Duration::from_secs(30);

/// The time that some reads have.
#[derive(Debug, Clone)]
pub struct Deadline(Arc<Terms>);

#[derive(Debug)]
struct Terms {
    until: Instant,
    ended: AtomicBool,
}

/// Waits for reads under a deadline; dropped, it ends them.
#[derive(Debug)]
pub struct Waiter(Deadline);

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.0.ended.store(true, Ordering::SeqCst);
        OVER.ring();
    }
}

thread_local! {
    /// The deadline that this thread reads under.
    static HELD: RefCell<Option<Deadline>> = const { RefCell::new(None) };
    /// The deadline of the read that is under way on this thread.
    static READING: RefCell<Option<Deadline>> = const { RefCell::new(None) };
}

impl Deadline {
    /// A deadline for so long, and who waits for what is read under it.
    #[must_use]
    pub fn lasting(time: Duration) -> (Self, Waiter) {
        let deadline = Self(Arc::new(Terms {
            until: Instant::now() + time,
            ended: AtomicBool::new(false),
        }));
        (deadline.clone(), Waiter(deadline))
    }

    /// Runs `work` on this thread, with every read in it under this deadline.
    pub fn hold<T>(self, work: impl FnOnce() -> T) -> T {
        let _restore = Restore(&HELD, HELD.replace(Some(self)));
        work()
    }

    /// The deadline that this thread holds, or one of the usual time.
    pub(super) fn held() -> Self {
        HELD.with_borrow(Clone::clone).unwrap_or_else(|| {
            Self(Arc::new(Terms {
                until: Instant::now() + LONGEST,
                ended: AtomicBool::new(false),
            }))
        })
    }

    /// True if reads under it are to end.
    pub(super) fn is_over(&self) -> bool {
        self.0.ended.load(Ordering::Relaxed) || Instant::now() >= self.0.until
    }

    /// Runs one read: SQLite asks [`reading_is_over`] while it works.
    pub(super) fn read<T>(&self, read: impl FnOnce() -> T) -> T {
        let _restore = Restore(&READING, READING.replace(Some(self.clone())));
        read()
    }
}

/// Puts back what a thread held before.
struct Restore(
    &'static std::thread::LocalKey<RefCell<Option<Deadline>>>,
    Option<Deadline>,
);

impl Drop for Restore {
    fn drop(&mut self) {
        self.0.set(self.1.take());
    }
}

/// True if the running read of this thread is to end. A thread that does not read, or is ending, goes on.
pub(super) fn reading_is_over() -> bool {
    let over = READING.try_with(|reading| {
        let reading = reading.try_borrow();
        reading.is_ok_and(|deadline| deadline.as_ref().is_some_and(Deadline::is_over))
    });
    over.unwrap_or(false)
}

/// Wakes those who end reads on servers.
pub(super) static OVER: Bell = Bell {
    rung: Mutex::new(0),
    changed: Condvar::new(),
};

/// Rings when a deadline has ended before its time.
pub(super) struct Bell {
    rung: Mutex<u64>,
    changed: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.lock() += 1;
        self.changed.notify_all();
    }

    /// Waits until it has rung since `heard`, or for so long, and answers how often it has rung.
    pub(super) fn wait(&self, heard: u64, time: Duration) -> u64 {
        let waited = self
            .changed
            .wait_timeout_while(self.lock(), time, |rung| *rung == heard);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
