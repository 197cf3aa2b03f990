//! Ctrl-Z: the process stops between two writes. Stopped within one, it would hold the write lane, and on SQLite nobody could
//! take that from it.

use std::sync::mpsc::channel;

use actix_web::rt::System;
use actix_web::rt::signal::unix::{SignalKind, signal};
use rustix::process::{Signal, getpid, kill_process};

use crate::store::Store;

/// From its return on, SIGTSTP stops the process once no write is under way.
pub(super) fn between_writes(store: &Store) {
    let store = store.clone();
    let (listens, begun) = channel::<()>();
    std::thread::spawn(move || {
        System::new().block_on(async move {
            let Ok(mut told) = signal(SignalKind::from_raw(Signal::TSTP.as_raw())) else {
                return;
            };
            drop(listens);
            while told.recv().await.is_some() {
                store.between_writes(stop);
            }
        });
    });
    // Ends when the other side is dropped: the thread listens, or has ended.
    let _ = begun.recv();
}

/// Stops this process until it is told to go on.
fn stop() {
    if let Err(error) = kill_process(getpid(), Signal::STOP) {
        log::warn!("the process cannot be stopped: {error}");
    }
}
