//! The application: everything that a running service consists of, put together in one place.

use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::KeepAlive;
use actix_web::{HttpServer, web};
use serde_json::Value;

use crate::config::Config;
use crate::domain::time::{Clock, Timestamp};
use crate::http::cache::ReadCache;
use crate::http::methods::Methods;
use crate::http::metrics::Metrics;
use crate::http::write::Running;
use crate::http::{self, openapi};
use crate::media::inspect::Limits;
use crate::media::storage::Storage;
use crate::media::{Media, work};
use crate::service::schedule;
use crate::store::{Store, changes};

/// How often the clock and the change log are looked at.
const KEEP_UP_EVERY: Duration = Duration::from_millis(200);

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
    pub cache: ReadCache,
    /// Requests that are being worked on and may come again.
    pub running: Running,
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
}

impl App {
    /// Puts an application together, to be served at `address`.
    ///
    /// # Errors
    /// A sentence, where the numbers for monitoring cannot be set up, or the media's place cannot be used.
    pub fn build(
        config: Config,
        store: Store,
        clock: Clock,
        address: &str,
        demo_key: Option<String>,
    ) -> Result<Arc<Self>, String> {
        let document = openapi::document();
        let public_url = config.public_url.clone();
        let app = Arc::new(Self {
            cache: ReadCache::new(config.cache_megabytes),
            running: Running::default(),
            metrics: Metrics::new().map_err(|e| e.to_string())?,
            methods: Methods::of(&document),
            document,
            public_url: public_url.unwrap_or_else(|| format!("http://{address}")),
            demo_key,
            media: media(&config)?,
            config,
            store,
            began: clock.now(),
            clock,
        });
        keep_up(&app);
        Ok(app)
    }
}

fn media(config: &Config) -> Result<Media, String> {
    const MEGA: u64 = 1_000_000;
    let limits = Limits {
        bytes: usize::try_from(config.media_max_megabytes).unwrap_or(0) * 1024 * 1024,
        pixels: u64::from(config.media_max_megapixels) * MEGA,
    };
    Ok(Media::new(Storage::open(config.media_place())?, limits))
}

/// Three threads for as long as the application lives. One follows the change log, so that what another process wrote shows
/// within a second; one publishes what is due, and may have to wait for its turn to write; one makes renditions of
/// uploaded pictures.
fn keep_up(app: &Arc<App>) {
    for task in [look_at_changes, publish_what_is_due, work_on_media] {
        let app: Weak<App> = Arc::downgrade(app);
        std::thread::spawn(move || {
            while let Some(app) = app.upgrade() {
                // A panic is in the log by its hook; the next round must come all the same.
                let _ = catch_unwind(AssertUnwindSafe(|| task(&app)));
                drop(app);
                std::thread::sleep(KEEP_UP_EVERY);
            }
        });
    }
}

fn publish_what_is_due(app: &App) {
    match schedule::release_due(&app.store, &app.clock) {
        Ok(0) => {}
        Ok(count) => log::info!("{count} articles went live"),
        Err(error) => log::warn!("what is due cannot be published: {error}"),
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
    if !signals {
        server = server.disable_signals();
    }
    Ok(server.listen(listener)?.run())
}

fn keep_alive(seconds: u64) -> KeepAlive {
    match seconds {
        0 => KeepAlive::Disabled,
        seconds => KeepAlive::Timeout(Duration::from_secs(seconds)),
    }
}
