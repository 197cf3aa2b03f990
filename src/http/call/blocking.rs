//! Work that blocks, off the thread that serves connections.

use std::thread;
use std::time::Duration;

use actix_web::web;
use tokio::sync::oneshot;

use crate::http::error::Problem;
use crate::http::state::app::App;
use crate::store::Deadline;

/// The place of a read among all that the machine works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Among equals.
    Usual,
    /// Behind everything else: costly reads, of which few run at once.
    Costly,
}

/// Runs what reads the database. Its reads end when the request's time is up, and when nobody waits for the answer any
/// more: the client has hung up, or was told that it took too long.
pub(crate) async fn read<T: Send + 'static>(
    app: &App,
    lane: Lane,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let time = Duration::from_secs(app.config.request_timeout_seconds);
    let (deadline, _waiter) = Deadline::lasting(time);
    let read = app.reads.begin();
    let run = move || {
        let _read = read;
        deadline.hold(work)
    };
    match lane {
        Lane::Usual => web::block(run).await.map_err(Problem::internal),
        Lane::Costly => behind_others(run).await,
    }
}

/// Runs work on a thread of its own, which gets what processor time all others leave: a thread that has stepped back cannot
/// step forward again.
async fn behind_others<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let (sender, made) = oneshot::channel();
    let run = move || {
        step_back();
        // Nobody waits where the client has gone.
        let _ = sender.send(work());
    };
    let thread = thread::Builder::new().name("costly read".to_owned());
    thread.spawn(run).map_err(Problem::internal)?;
    made.await.map_err(Problem::internal)
}

/// Steps of priority that a costly read goes back: beside others it gets a ninth of a processor, and all of one that is idle.
#[cfg(target_os = "linux")]
const STEPS: i32 = 10;

/// Lets the system run this thread behind all others of usual priority.
#[cfg(target_os = "linux")]
fn step_back() {
    if let Err(error) = rustix::process::nice(STEPS) {
        log::debug!("a costly read runs among the others: {error}");
    }
}

/// Elsewhere, the priority is that of the whole process.
#[cfg(not(target_os = "linux"))]
fn step_back() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn costly_work_steps_back_and_nobody_else_does() {
        let priority = || rustix::process::nice(0).unwrap();
        let own = priority();
        let behind = behind_others(priority).await.unwrap();
        assert_eq!((behind, priority()), ((own + STEPS).min(19), own));
    }
}
