//! What goes on beside the requests: a thread for each task, for as long as the application lives.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::media::work;
use crate::service::{fanouts, schedule, webhook_deliveries};
use crate::store::changes;

use super::App;

/// How often the clock and the change log are looked at.
const KEEP_UP_EVERY: Duration = Duration::from_millis(200);
/// How often the clock is set by the database server's.
const SET_CLOCK_EVERY: Duration = Duration::from_secs(5);
/// How often what keys asked for is written down.
const COUNT_EVERY: Duration = Duration::from_secs(2);
/// The pause between two searches for what a clock ahead released.
const HIDE_EVERY: Duration = Duration::from_secs(60);
/// How often what is old enough is forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);

/// What is done again and again, and the pause between.
type Task = (fn(&App), Duration);

const TASKS: [Task; 14] = [
    (write_what_waits, COUNT_EVERY),
    (set_clock, SET_CLOCK_EVERY),
    (look_at_changes, KEEP_UP_EVERY),
    (keep_search, KEEP_UP_EVERY),
    (publish_what_is_due, KEEP_UP_EVERY),
    (carry_fanouts_on, KEEP_UP_EVERY),
    (write_key_notes, KEEP_UP_EVERY),
    (compact_the_log, KEEP_UP_EVERY),
    (work_on_media, KEEP_UP_EVERY),
    (send_webhooks, KEEP_UP_EVERY),
    (ping_the_hub, KEEP_UP_EVERY),
    (hide_what_is_early, HIDE_EVERY),
    (write_usage, COUNT_EVERY),
    (forget_what_is_old, FORGET_EVERY),
];

/// Does everything that goes on beside the requests once, on this thread.
pub fn work_a_round(app: &App) {
    for (task, _) in TASKS {
        task(app);
    }
}

/// Threads for as long as the application lives. One follows the change log, so that what another process wrote shows
/// within a second; others publish what is due, write what was noted of keys and compact the log, and may have to wait for
/// their turn to write; the last make renditions of uploaded pictures, and see to webhooks, the hub and usage.
pub(super) fn keep_up(app: &Arc<App>) {
    for (task, pause) in TASKS {
        let app: Weak<App> = Arc::downgrade(app);
        std::thread::spawn(move || {
            while let Some(app) = app.upgrade() {
                // A panic is in the log by its hook; the next round must come all the same.
                let _ = catch_unwind(AssertUnwindSafe(|| task(&app)));
                drop(app);
                std::thread::sleep(pause);
            }
        });
    }
}

fn set_clock(app: &App) {
    if let Err(error) = app.store.set_clock() {
        log::warn!("the database does not tell the time: {error}");
    }
}

fn keep_search(app: &App) {
    if let Err(error) = app.search.look(&app.store, app.tail.all()) {
        log::warn!("the search index cannot be kept up: {error}");
    }
}

fn send_webhooks(app: &App) {
    if let Err(error) = app.webhooks.look(app.tail.all()) {
        log::warn!("webhooks cannot be sent: {error}");
    }
}

fn ping_the_hub(app: &App) {
    let Some(hub) = &app.hub else { return };
    if let Err(error) = hub.look(&app.store, app.clock.now(), app.tail.public()) {
        log::warn!("the hub cannot be told of feeds: {error}");
    }
}

pub(super) fn write_what_waits(app: &App) {
    let written = app.debts.pay(&app.store);
    if let Err(error) = written.and_then(|()| app.unrecorded.record_waiting(&app.store)) {
        log::warn!("what was given while nothing could be written is not noted yet: {error}");
    }
}

pub(super) fn write_usage(app: &App) {
    if let Err(error) = app.usage.flush(&app.store) {
        log::warn!("what keys asked for cannot be written down: {error}");
    }
}

fn forget_what_is_old(app: &App) {
    match webhook_deliveries::forget_old(&app.store, &app.clock) {
        Ok(0) => {}
        Ok(count) => log::info!("{count} old messages of webhooks are forgotten"),
        Err(error) => log::warn!("old messages of webhooks cannot be forgotten: {error}"),
    }
}

fn hide_what_is_early(app: &App) {
    match schedule::hide_early(&app.store, &app.clock) {
        Ok(0) => {}
        Ok(count) => log::warn!(
            "{count} articles were released before their time, by a clock that was ahead; they are hidden until it comes"
        ),
        Err(error) => {
            log::warn!("articles released before their time cannot be looked for: {error}")
        }
    }
}

fn publish_what_is_due(app: &App) {
    match schedule::release_due(&app.store, &app.clock, &app.put_off) {
        Ok(0) => {}
        Ok(count) => log::info!("{count} articles went live"),
        Err(error) => log::warn!("what is due cannot be published: {error}"),
    }
    match schedule::pass_offsets(&app.store, &app.clock) {
        Ok(0) => {}
        Ok(count) => log::info!("{count} articles passed a partner's embargo offset"),
        Err(error) => log::warn!("embargo offsets cannot be passed: {error}"),
    }
}

/// A turn at a time; other writes come in the pause.
fn carry_fanouts_on(app: &App) {
    if let Err(error) = fanouts::carry_on(&app.store, &app.clock) {
        log::warn!("articles cannot be told of what they show: {error}");
    }
}

fn compact_the_log(app: &App) {
    if let Ok(mut compaction) = app.compaction.lock() {
        compaction.step(&app.store, &app.clock);
    }
}

fn write_key_notes(app: &App) {
    if let Err(error) = app.key_notes.write_due(&app.store) {
        log::warn!("what was noted of keys cannot be written: {error}");
    }
}

fn work_on_media(app: &App) {
    if let Err(error) = work::do_due_work(&app.media, &app.store, &app.clock) {
        log::warn!("media cannot be worked on: {error}");
    }
}

fn look_at_changes(app: &App) {
    match app.store.read(changes::ends) {
        Ok(ends) => app.saw(ends),
        Err(error) => log::warn!("the change log cannot be read: {error}"),
    }
}
