//! The application: everything that a running service consists of, put together in one place.

mod background;

use std::net::TcpListener;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::KeepAlive;
use actix_web::{HttpServer, web};
use futures_util::future::select;
use serde_json::Value;

use crate::config::Config;
use crate::domain::time::{Clock, Timestamp};
use crate::http::cache::ReadCache;
use crate::http::methods::Methods;
use crate::http::metrics::Metrics;
use crate::http::rate::Meters;
use crate::http::repetition::Running;
use crate::http::shares::Shares;
use crate::http::stream::Streams;
use crate::http::turns::Turns;
use crate::http::{self, bulk, openapi, sending, uploads};
use crate::media::Media;
use crate::media::inspect::Limits;
use crate::media::storage::Storage;
use crate::outbound::{self, Outbound};
use crate::service::deliveries::Unrecorded;
use crate::service::key_notes::KeyNotes;
use crate::service::quotas::Debts;
use crate::service::schedule::PutOff;
use crate::service::usage::Counter;
use crate::store::Store;
use crate::worker::webhooks::Dispatcher;
use crate::worker::websub::Pinger;

pub use background::work_a_round;
use background::{Compaction, keep_up, write_usage, write_what_waits};

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
    pub bulks: Shares,
    /// Places for uploads.
    pub uploads: Shares,
    /// Turns for lists that cost the database much.
    pub costly_turns: Turns,
    /// Memory for long answers that are being sent.
    pub sending: Shares,
    /// Requests that are being worked on and may come again.
    pub running: Running,
    /// What was given out of quotas and is still to be noted.
    pub debts: Debts,
    /// What partners were given and is still to be recorded.
    pub unrecorded: Unrecorded,
    /// Articles whose release failed.
    pub put_off: PutOff,
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
            bulks: bulk::places(),
            uploads: uploads::places(),
            costly_turns: Turns::default(),
            sending: sending::room(),
            running: Running::default(),
            debts: Debts::default(),
            unrecorded: Unrecorded::default(),
            put_off: PutOff::default(),
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
            streams: Streams::new(config.max_streams),
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
        write_what_waits(self);
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

/// A server of the application on a listener that is bound. It runs when it is awaited, and stops by its handle or, where
/// `signals` says so, by SIGTERM and SIGINT.
///
/// # Errors
/// Where the listener cannot be used.
pub fn server(app: &Arc<App>, listener: TcpListener, signals: bool) -> std::io::Result<Server> {
    let config = &app.config;
    let data = web::Data::from(Arc::clone(app));
    let patience = Duration::from_secs(config.send_timeout_seconds);
    let mut server = HttpServer::new(move || http::service(data.clone()))
        .max_connections(usize::try_from(config.max_connections).unwrap_or(usize::MAX))
        .client_request_timeout(Duration::from_secs(config.header_timeout_seconds))
        .client_disconnect_timeout(Duration::from_secs(1))
        // A client that closes its side has gone: nobody works on for it.
        .h1_allow_half_closed(false)
        .on_connect(move |io, _| sending::limit(io, patience))
        .keep_alive(match config.keep_alive_seconds {
            0 => KeepAlive::Disabled,
            seconds => KeepAlive::Timeout(Duration::from_secs(seconds)),
        })
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
