//! The tasks in the background, and the follower of the change log that wakes them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::media::work;
use crate::service::{fanouts, schedule, webhook_deliveries};
use crate::store::WRITE_WAIT;
use crate::store::changes;
use crate::worker::follower::{Follower, LOOK_EVERY};
use crate::worker::rounds::{self, Next, Task};

use super::App;

/// The pause between two turns of work that is not finished; others write in it.
const BETWEEN_TURNS: Duration = Duration::from_millis(200);
/// The pause after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Pause between two looks at the notes in memory. Where none is due, nothing is asked of the database.
const NOTES_EVERY: Duration = Duration::from_secs(1);
/// Pause between two writes of counters.
const COUNT_EVERY: Duration = Duration::from_secs(2);
/// Pause between two looks for a request to make the search index anew.
const SEARCH_EVERY: Duration = Duration::from_secs(1);
/// Pause between two looks for work that nothing has told of.
const NET: Duration = Duration::from_secs(60);
/// Pause between two looks for caches to tell of changes.
const PURGE_EVERY: Duration = Duration::from_secs(2);
const NET_OF_WEBHOOKS: Duration = Duration::from_secs(20);
/// Pause between two looks at work that another node has in its hands.
const ANOTHER_NODE: Duration = Duration::from_secs(1);
/// The pause between two searches for what a clock ahead released.
const HIDE_EVERY: Duration = Duration::from_secs(60);
/// Pause between two removals of old messages.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);

static TASKS: [Task<App>; 13] = [
    write_what_waits,
    keep_search,
    publish_what_is_due,
    carry_fanouts_on,
    write_key_notes,
    compact_the_log,
    work_on_media,
    purge_caches,
    send_webhooks,
    ping_the_hub,
    hide_what_is_early,
    write_usage,
    forget_what_is_old,
];

/// Does everything that goes on beside the requests once, on this thread, as the node that leads.
pub fn work_a_round(app: &App) {
    if let Err(error) = app.leader.claim() {
        log::warn!("this node cannot lead: {error}");
    }
    match app.store.read(changes::ends) {
        Ok(ends) => app.saw(ends),
        Err(error) => log::warn!("the change log cannot be read: {error}"),
    }
    for task in TASKS {
        task(app);
    }
}

/// Starts the follower of the change log and the tasks; they end with the application.
pub(super) fn keep_up(app: &Arc<App>) {
    rounds::run(app, &TASKS, &app.clock, &app.tail.subscribe());
    let app: Weak<App> = Arc::downgrade(app);
    std::thread::spawn(move || {
        let mut follower = Follower::default();
        while let Some(app) = app.upgrade() {
            // A panic is in the log by its hook; the next look must come all the same.
            let _ = catch_unwind(AssertUnwindSafe(|| follow(&app, &mut follower)));
            drop(app);
            std::thread::sleep(LOOK_EVERY);
        }
    });
}

fn follow(app: &App, follower: &mut Follower) {
    let Some(news) = follower.look(&app.store, &app.leader) else {
        return;
    };
    if let Some(ends) = news.ends {
        app.saw(ends);
    }
    if news.has_work {
        app.tail.nudge();
    }
}

fn keep_search(app: &App) -> Next {
    if let Err(error) = app.search.look(&app.store, app.tail.all()) {
        log::warn!("the search index cannot be kept up: {error}");
    }
    Next::on_news(SEARCH_EVERY)
}

/// Runs before webhooks and the hub, whose receivers ask at once for what has changed.
fn purge_caches(app: &App) -> Next {
    if let Some(store) = app.leader.store().filter(|_| app.purges.is_on()) {
        app.purges.look(store, app.tail.all());
        return Next::on_news(PURGE_EVERY);
    }
    Next::on_news(NET)
}

fn send_webhooks(app: &App) -> Next {
    match app.webhooks.look(app.tail.all()) {
        Ok((next, elsewhere)) => {
            let net = if elsewhere {
                ANOTHER_NODE
            } else {
                NET_OF_WEBHOOKS
            };
            Next::on_news(net).or_at(next)
        }
        Err(error) => {
            log::warn!("webhooks cannot be sent: {error}");
            Next::after(AFTER_FAILURE)
        }
    }
}

fn ping_the_hub(app: &App) -> Next {
    let (Some(hub), Some(store)) = (&app.hub, app.leader.store()) else {
        return Next::on_news(NET);
    };
    app.purges.wait_for(store, app.tail.public());
    match hub.look(store, app.clock.now(), app.tail.public()) {
        Ok(next) => Next::on_news(NET).or_at(next),
        Err(error) => {
            log::warn!("the hub cannot be told of feeds: {error}");
            Next::after(AFTER_FAILURE)
        }
    }
}

pub(super) fn write_what_waits(app: &App) -> Next {
    let written = app.debts.pay(&app.store);
    if let Err(error) = written.and_then(|()| app.unrecorded.record_waiting(&app.store)) {
        log::warn!("what was given while nothing could be written is not noted yet: {error}");
    }
    Next::after(COUNT_EVERY)
}

pub(super) fn write_usage(app: &App) -> Next {
    if let Err(error) = app.usage.flush(&app.store, WRITE_WAIT) {
        log::warn!("what keys asked for cannot be written down: {error}");
    }
    Next::after(COUNT_EVERY)
}

fn forget_what_is_old(app: &App) -> Next {
    let Some(store) = app.leader.store() else {
        return Next::on_news(FORGET_EVERY);
    };
    match webhook_deliveries::forget_old(store, &app.clock) {
        Ok(0) => {}
        Ok(count) => log::info!("{count} old messages of webhooks are forgotten"),
        Err(error) => log::warn!("old messages of webhooks cannot be forgotten: {error}"),
    }
    Next::after(FORGET_EVERY)
}

fn hide_what_is_early(app: &App) -> Next {
    let Some(store) = app.leader.store() else {
        return Next::on_news(HIDE_EVERY);
    };
    match schedule::hide_early(store, &app.clock) {
        Ok(0) => {}
        Ok(count) => log::warn!(
            "{count} articles were released before their time, by a clock that was ahead; they are hidden until it comes"
        ),
        Err(error) => {
            log::warn!("articles released before their time cannot be looked for: {error}")
        }
    }
    Next::after(HIDE_EVERY)
}

fn publish_what_is_due(app: &App) -> Next {
    let Some(store) = app.leader.store() else {
        return Next::on_news(NET);
    };
    let released = schedule::release_due(store, &app.clock, &app.put_off);
    match &released {
        Ok(0) => {}
        Ok(count) => log::info!("{count} articles went live"),
        Err(error) => log::warn!("what is due cannot be published: {error}"),
    }
    let passed = schedule::pass_offsets(store, &app.clock);
    match &passed {
        Ok(0) => {}
        Ok(count) => log::info!("{count} articles passed a partner's embargo offset"),
        Err(error) => log::warn!("embargo offsets cannot be passed: {error}"),
    }
    match schedule::next_due(store, &app.clock, &app.put_off) {
        Ok(next) if released.is_ok() && passed.is_ok() => Next::on_news(NET).or_at(next),
        _ => Next::after(AFTER_FAILURE),
    }
}

/// A turn at a time; other writes come in the pause.
fn carry_fanouts_on(app: &App) -> Next {
    match fanouts::carry_on(&app.store, &app.clock) {
        Ok(true) => Next::after(BETWEEN_TURNS),
        Ok(false) => Next::on_news(NET),
        Err(error) => {
            log::warn!("articles cannot be told of what they show: {error}");
            Next::after(AFTER_FAILURE)
        }
    }
}

fn compact_the_log(app: &App) -> Next {
    let (Some(store), Ok(mut compaction)) = (app.leader.store(), app.compaction.lock()) else {
        return Next::on_news(NET);
    };
    compaction.step(store, &app.clock);
    Next::after(compaction.rest().max(BETWEEN_TURNS))
}

fn write_key_notes(app: &App) -> Next {
    if let Err(error) = app.key_notes.write_due(&app.store) {
        log::warn!("what was noted of keys cannot be written: {error}");
    }
    Next::after(NOTES_EVERY)
}

fn work_on_media(app: &App) -> Next {
    let done = work::do_due_work(&app.media, &app.store, &app.clock);
    match done.and_then(|_| work::next_due(&app.store)) {
        Ok(next) => Next::on_news(NET).or_at(next),
        Err(error) => {
            log::warn!("media cannot be worked on: {error}");
            Next::after(AFTER_FAILURE)
        }
    }
}
