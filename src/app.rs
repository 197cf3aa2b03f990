//! The application: everything that a running service consists of, put together in one place.

use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use actix_web::dev::Server;
use actix_web::http::KeepAlive;
use actix_web::{HttpServer, web};
use futures_util::future::select;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::config::Config;
use crate::domain::time::{Clock, Timestamp};
use crate::http::bulk;
use crate::http::cache::ReadCache;
use crate::http::methods::Methods;
use crate::http::metrics::Metrics;
use crate::http::rate::Meters;
use crate::http::repetition::Running;
use crate::http::stream::Streams;
use crate::http::{self, openapi};
use crate::media::inspect::Limits;
use crate::media::storage::Storage;
use crate::media::{Media, work};
use crate::outbound::{self, Outbound};
use crate::service::key_notes::KeyNotes;
use crate::service::usage::Counter;
use crate::service::{schedule, webhook_deliveries};
use crate::store::{Store, changes};
use crate::worker::webhooks::Dispatcher;
use crate::worker::websub::Pinger;

/// How often the clock and the change log are looked at.
const KEEP_UP_EVERY: Duration = Duration::from_millis(200);
/// How often what keys asked for is written down.
const COUNT_EVERY: Duration = Duration::from_secs(2);
/// How often what is old enough is forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);

/// How long the change log rests between two compactions.
const COMPACT_EVERY: Duration = Duration::from_secs(3_600);

/// What a running service consists of.
pub struct App {
    /// The settings.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// Uploaded pictures.
    pub media: Media,
    /// Where "now" comes from.
    pub clock: Clock,
    /// When the application was put together.
    pub began: Timestamp,
    /// Finished answers.
    pub cache: Arc<ReadCache>,
    /// Requests to machines of others.
    pub outbound: Outbound,
    /// Sends what webhooks are told.
    pub webhooks: Arc<Dispatcher>,
    /// Tells the hub of feeds, where one is set.
    pub hub: Option<Pinger>,
    /// What keys asked for, until it is written down.
    pub usage: Counter,
    /// Places for bulks.
    pub bulk_seats: Arc<Semaphore>,
    /// The turn of lists that bring what is related to each of their articles: the database has more to do than to rank.
    pub related_turn: Semaphore,
    /// Requests that are being worked on and may come again.
    pub running: Running,
    /// What is noted of keys and written later.
    pub key_notes: KeyNotes,
    /// Numbers for monitoring.
    pub metrics: Metrics,
    /// The OpenAPI document.
    pub document: Value,
    /// Which methods each path takes.
    pub methods: Methods,
    /// The service's own address in absolute links, without a slash at its end.
    pub public_url: String,
    /// The key that the demo's documentation fills in.
    pub demo_key: Option<String>,
    /// The streams of changes that are open.
    pub streams: Streams,
    stopping: AtomicBool,
    /// What metered keys have used.
    pub meters: Meters,
    compaction: Mutex<Compaction>,
}

impl App {
    /// Puts an application together, to be served at `address`.
    ///
    /// # Errors
    /// A sentence, where the numbers for monitoring cannot be set up, or the media's place or the certificates cannot be used.
    pub fn build(
        config: Config,
        store: Store,
        clock: Clock,
        address: &str,
        demo_key: Option<String>,
    ) -> Result<Arc<Self>, String> {
        let document = openapi::document();
        let public_url = config.public_url.clone();
        let public_url = public_url.unwrap_or_else(|| format!("http://{address}"));
        let cache = Arc::new(ReadCache::new(config.cache_megabytes));
        let outbound = Outbound::new(
            config.webhook_allowed_networks.clone(),
            Duration::from_secs(config.webhook_timeout_seconds),
            trusted(&config)?,
        );
        let purged = Arc::clone(&cache);
        let app = Arc::new(Self {
            webhooks: Dispatcher::new(
                store.clone(),
                clock.clone(),
                outbound.clone(),
                base_url(&public_url, config.prefix()),
                Box::new(move |seq| purged.advance(seq)),
            ),
            cache,
            usage: Counter::default(),
            bulk_seats: Arc::new(Semaphore::new(bulk::MOST_AT_ONCE)),
            related_turn: Semaphore::new(1),
            running: Running::default(),
            key_notes: KeyNotes::default(),
            metrics: Metrics::new().map_err(|e| e.to_string())?,
            methods: Methods::of(&document),
            document,
            hub: config.websub_hub.clone().map(|hub| {
                let base = base_url(&public_url, config.prefix());
                Pinger::new(hub, base, outbound.clone())
            }),
            public_url,
            outbound,
            demo_key,
            media: media(&config)?,
            streams: Streams::default(),
            stopping: AtomicBool::new(false),
            meters: Meters::new(clock.clone()),
            compaction: Mutex::default(),
            config,
            store,
            began: clock.now(),
            clock,
        });
        keep_up(&app);
        Ok(app)
    }

    /// Brings to an end what goes on beside the requests; for when no more of them come.
    pub fn finish(&self) {
        self.webhooks.stop();
        write_usage(self);
    }

    /// What absolute links begin with: the service's own address with the path prefix, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> String {
        base_url(&self.public_url, self.config.prefix())
    }

    /// Tells what never ends by itself to end, so that the server can.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Whether the server is about to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

fn base_url(public_url: &str, prefix: &str) -> String {
    if public_url.ends_with(prefix) {
        return public_url.to_owned();
    }
    format!("{public_url}{prefix}")
}

fn media(config: &Config) -> Result<Media, String> {
    const MEGA: u64 = 1_000_000;
    let limits = Limits {
        bytes: usize::try_from(config.media_max_megabytes).unwrap_or(0) * 1024 * 1024,
        pixels: u64::from(config.media_max_megapixels) * MEGA,
    };
    Ok(Media::new(Storage::open(config.media_place())?, limits))
}

/// The certificates that are trusted beside the system's.
fn trusted(config: &Config) -> Result<Vec<outbound::Certificate>, String> {
    let file = config.webhook_ca_file.as_deref();
    file.map_or_else(|| Ok(Vec::new()), outbound::certificates)
}

/// What is done again and again, and the pause between.
type Task = (fn(&App), Duration);

/// Threads for as long as the application lives. One follows the change log, so that what another process wrote shows
/// within a second; others publish what is due, write what was noted of keys and compact the log, and may have to wait for
/// their turn to write; the last make renditions of uploaded pictures, and see to webhooks, the hub and usage.
fn keep_up(app: &Arc<App>) {
    let tasks: [Task; 9] = [
        (look_at_changes, KEEP_UP_EVERY),
        (publish_what_is_due, KEEP_UP_EVERY),
        (write_key_notes, KEEP_UP_EVERY),
        (compact_the_log, KEEP_UP_EVERY),
        (work_on_media, KEEP_UP_EVERY),
        (send_webhooks, KEEP_UP_EVERY),
        (ping_the_hub, KEEP_UP_EVERY),
        (write_usage, COUNT_EVERY),
        (forget_what_is_old, FORGET_EVERY),
    ];
    for (task, pause) in tasks {
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

fn send_webhooks(app: &App) {
    if let Err(error) = app.webhooks.look(app.cache.seen()) {
        log::warn!("webhooks cannot be sent: {error}");
    }
}

fn ping_the_hub(app: &App) {
    let Some(hub) = &app.hub else { return };
    if let Err(error) = hub.look(&app.store, app.clock.now(), app.cache.seen()) {
        log::warn!("the hub cannot be told of feeds: {error}");
    }
}

fn write_usage(app: &App) {
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

fn publish_what_is_due(app: &App) {
    match schedule::release_due(&app.store, &app.clock) {
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

/// A step through the log at a time, and an hour's rest at its end.
fn compact_the_log(app: &App) {
    let Ok(mut compaction) = app.compaction.lock() else {
        return;
    };
    if compaction
        .rests_until
        .is_some_and(|until| Instant::now() < until)
    {
        return;
    }
    match schedule::compact_log(&app.store, &app.clock, compaction.after) {
        Ok(Some(next)) => compaction.after = next,
        Ok(None) => *compaction = Compaction::resting(),
        Err(error) => {
            log::warn!("the change log cannot be compacted: {error}");
            *compaction = Compaction::resting();
        }
    }
}

/// How far the compaction of the change log has come.
#[derive(Debug, Default)]
struct Compaction {
    after: i64,
    rests_until: Option<Instant>,
}

impl Compaction {
    fn resting() -> Self {
        Self {
            after: 0,
            rests_until: Some(Instant::now() + COMPACT_EVERY),
        }
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
    match app.store.read(changes::latest_seq) {
        Ok(seq) => app.cache.advance(seq),
        Err(error) => log::warn!("the change log cannot be read: {error}"),
    }
}

/// A server of the application on a listener that is bound. It runs when it is awaited, and stops by its handle or, where
/// `signals` says so, by SIGTERM and SIGINT.
///
/// # Errors
/// Where the listener cannot be used.
pub fn server(app: &Arc<App>, listener: TcpListener, signals: bool) -> std::io::Result<Server> {
    let config = &app.config;
    let data = web::Data::from(Arc::clone(app));
    let mut server = HttpServer::new(move || http::service(data.clone()))
        .max_connections(usize::try_from(config.max_connections).unwrap_or(usize::MAX))
        .client_request_timeout(Duration::from_secs(config.header_timeout_seconds))
        .client_disconnect_timeout(Duration::from_secs(1))
        .keep_alive(keep_alive(config.keep_alive_seconds))
        .shutdown_timeout(config.shutdown_seconds);
    if config.workers > 0 {
        server = server.workers(usize::from(config.workers));
    }
    server = if signals {
        let app = Arc::clone(app);
        server.shutdown_signal(async move {
            told_to_stop().await;
            app.stop();
        })
    } else {
        server.disable_signals()
    };
    Ok(server.listen(listener)?.run())
}

/// Waits for SIGTERM or SIGINT, the two by which a service is told to stop.
#[cfg(unix)]
async fn told_to_stop() {
    use actix_web::rt::signal::unix::{SignalKind, signal};
    let signals = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    let [Ok(mut terminate), Ok(mut interrupt)] = signals else {
        log::warn!("signals cannot be listened to");
        return std::future::pending().await;
    };
    let (terminate, interrupt) = (pin!(terminate.recv()), pin!(interrupt.recv()));
    select(terminate, interrupt).await;
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn told_to_stop() {
    if actix_web::rt::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn keep_alive(seconds: u64) -> KeepAlive {
    match seconds {
        0 => KeepAlive::Disabled,
        seconds => KeepAlive::Timeout(Duration::from_secs(seconds)),
    }
}
