//! Work that blocks, off the thread that serves connections.

use std::time::Duration;

use actix_web::web;

use crate::http::error::Problem;
use crate::http::state::app::App;
use crate::store::Lease;

/// Runs what reads the database. Its reads end when the request's time is up, and when nobody waits for the answer any
/// more: the client has hung up, or was told that it took too long.
pub(crate) async fn read<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let time = Duration::from_secs(app.config.request_timeout_seconds);
    let (lease, _waiter) = Lease::lasting(time);
    let read = app.reads.begin();
    let run = move || {
        let _read = read;
        lease.hold(work)
    };
    web::block(run).await.map_err(Problem::internal)
}
