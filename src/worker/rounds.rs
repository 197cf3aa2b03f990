//! Runs tasks in the background again and again. Each answers when it wants its next turn: at news of the change log, at a
//! time, or after a pause. One thread waits for all of them; a task that works has a thread of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::task::{LocalSet, spawn_blocking, spawn_local};
use tokio::time::{Instant, sleep, timeout};

use super::tail::Position;
use crate::domain::time::{Clock, Timestamp};

/// The shortest pause between two turns of a task that something may wake.
const LEAST_PAUSE: Duration = Duration::from_millis(100);
/// Pause between two looks at a clock whose time is waited for: clocks are set, and tests move theirs.
const CLOCK_MOVES: Duration = Duration::from_secs(1);
const CLOCK_IS_MOVED: Duration = Duration::from_millis(100);

/// The next turn of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    within: Duration,
    at: Option<Timestamp>,
    on_news: bool,
}

impl Next {
    /// After a pause.
    #[must_use]
    pub const fn after(pause: Duration) -> Self {
        Self {
            within: pause,
            at: None,
            on_news: false,
        }
    }

    /// At news of the log or a nudge, and after a pause in any case.
    #[must_use]
    pub const fn on_news(net: Duration) -> Self {
        Self {
            within: net,
            at: None,
            on_news: true,
        }
    }

    /// At a time too, where there is one.
    #[must_use]
    pub fn or_at(self, at: Option<Timestamp>) -> Self {
        Self { at, ..self }
    }
}

/// Work that is done again and again.
pub type Task<A> = fn(&A) -> Next;

/// Runs tasks until the application is dropped.
pub fn run<A: Send + Sync + 'static>(
    app: &Arc<A>,
    tasks: &'static [Task<A>],
    clock: &Clock,
    log: &watch::Receiver<Position>,
) {
    let (app, clock, log) = (Arc::downgrade(app), clock.clone(), log.clone());
    std::thread::spawn(move || {
        let runtime = match Builder::new_current_thread().enable_time().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                log::error!("nothing can be done in the background: {error}");
                return;
            }
        };
        LocalSet::new().block_on(&runtime, async move {
            let turns = tasks
                .iter()
                .map(|task| spawn_local(repeat(app.clone(), *task, clock.clone(), log.clone())));
            for turn in turns.collect::<Vec<_>>() {
                // A task that has panicked is in the log by its hook.
                let _ = turn.await;
            }
        });
    });
}

async fn repeat<A: Send + Sync + 'static>(
    app: Weak<A>,
    task: Task<A>,
    clock: Clock,
    mut log: watch::Receiver<Position>,
) {
    loop {
        log.mark_unchanged();
        let Some(app) = app.upgrade() else { return };
        let turn = spawn_blocking(move || {
            let turn = catch_unwind(AssertUnwindSafe(|| task(&app)));
            turn.unwrap_or(Next::after(CLOCK_MOVES))
        });
        let Ok(next) = turn.await else { return };
        if next.on_news || next.at.is_some() {
            sleep(LEAST_PAUSE).await;
        }
        if wait(next, &clock, &mut log).await.is_err() {
            return;
        }
    }
}

/// Waits for a task's next turn; fails where the application has ended.
async fn wait(
    next: Next,
    clock: &Clock,
    log: &mut watch::Receiver<Position>,
) -> Result<(), watch::error::RecvError> {
    let deadline = Instant::now() + next.within;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let pause = left.min(until(next.at, clock));
        if pause.is_zero() {
            return log.has_changed().map(|_| ());
        }
        match timeout(pause, log.changed()).await {
            Ok(Err(ended)) => return Err(ended),
            Ok(Ok(())) if next.on_news => return Ok(()),
            _ => {}
        }
    }
}

/// Longest pause before the clock is looked at again; zero where its time has come.
fn until(at: Option<Timestamp>, clock: &Clock) -> Duration {
    let Some(at) = at else { return Duration::MAX };
    let left = at.millis().saturating_sub(clock.now().millis());
    let left = Duration::from_millis(u64::try_from(left).unwrap_or(0));
    match clock {
        Clock::Manual(_) => left.min(CLOCK_IS_MOVED),
        Clock::System | Clock::Server(_) => left.min(CLOCK_MOVES),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::super::tail::Tail;
    use super::*;
    use crate::store::changes::Ends;

    fn waited(next: Next, clock: &Clock, tail: &Tail, meanwhile: impl FnOnce()) -> Duration {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let mut log = tail.subscribe();
        let began = Instant::now();
        runtime.block_on(async {
            let waits = wait(next, clock, &mut log);
            let other = async {
                sleep(Duration::from_millis(50)).await;
                meanwhile();
            };
            let (woken, ()) = futures_util::future::join(waits, other).await;
            woken.unwrap();
        });
        began.elapsed()
    }

    #[test]
    fn a_task_is_woken_by_the_log_by_a_nudge_at_its_time_and_by_its_net() {
        let (tail, time) = (Tail::default(), Arc::new(AtomicI64::new(0)));
        let clock = Clock::Manual(Arc::clone(&time));
        let long = Duration::from_secs(60);
        let quick = |waited: Duration| assert!(waited < Duration::from_secs(5), "{waited:?}");
        quick(waited(Next::on_news(long), &clock, &tail, || {
            tail.advance(Ends { all: 1, public: 1 });
        }));
        quick(waited(Next::on_news(long), &clock, &tail, || tail.nudge()));
        let at = Some(Timestamp::from_millis(500));
        quick(waited(Next::after(long).or_at(at), &clock, &tail, || {
            time.store(500, Ordering::SeqCst);
        }));
        let net = Duration::from_millis(300);
        let slept = waited(Next::after(net), &clock, &tail, || tail.nudge());
        assert!(slept >= net, "a nudge is for those who asked for it");
    }
}
