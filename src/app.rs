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
use crate::domain::time::Clock;
use crate::http::cache::ReadCache;
use crate::http::methods::Methods;
use crate::http::metrics::Metrics;
use crate::http::{self, openapi};
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
    /// Where "now" comes from.
    pub clock: Clock,
    /// Finished answers.
    pub cache: ReadCache,
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
    /// A sentence, where the numbers for monitoring cannot be set up.
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
            metrics: Metrics::new().map_err(|e| e.to_string())?,
            methods: Methods::of(&document),
            document,
            public_url: public_url.unwrap_or_else(|| format!("http://{address}")),
            demo_key,
            config,
            store,
            clock,
        });
        keep_up(&app);
        Ok(app)
    }

    /// What absolute links begin with: the service's own address with the path prefix, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> String {
        let prefix = self.config.prefix();
        if self.public_url.ends_with(prefix) {
            return self.public_url.clone();
        }
        format!("{}{prefix}", self.public_url)
    }
}

/// Two threads for as long as the application lives. One follows the change log, so that what another process wrote shows
/// within a second; the other publishes what is due, and may have to wait for its turn to write.
fn keep_up(app: &Arc<App>) {
    for task in [look_at_changes, publish_what_is_due] {
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
