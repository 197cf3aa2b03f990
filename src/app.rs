//! The application: everything that a running service consists of, put together in one place.

mod background;
mod server;

pub use background::work_a_round;
pub use server::server;

pub use crate::http::state::app::App;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::config::Config;
use crate::domain::bases::{self, Bases};
use crate::domain::time::Clock;
use crate::http::openapi;
use crate::http::state::cache::ReadCache;
use crate::http::state::flights::Flights;
use crate::http::state::in_flight::Running;
use crate::http::state::methods::Methods;
use crate::http::state::metrics::Metrics;
use crate::http::state::rate_limits::Meters;
use crate::http::state::reads::Reads;
use crate::http::state::shares::Shares;
use crate::http::state::strangers::Strangers;
use crate::http::state::streams::Streams;
use crate::http::state::turns::{PictureTurns, Turns};
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
use crate::store::articles::documents::Documents;
use crate::store::forgetting::Forgetting;
use crate::worker::leader::Leader;
use crate::worker::purges::Purger;
use crate::worker::search::Indexer;
use crate::worker::tail::Tail;
use crate::worker::webhooks::Dispatcher;
use crate::worker::websub::Pinger;

use background::{keep_up, write_usage, write_what_waits};

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
        let (forgetting, cache, documents) = memory(&config);
        let outbound = outbound(&config)?;
        let bases = Arc::new(bases_of(&public_url, &config));
        let purges = Arc::new(purger(&config, &store)?);
        let tail = Arc::new(Tail::default());
        let (forgets, told, followed) =
            (Arc::clone(&forgetting), Arc::clone(&purges), store.clone());
        let wait_until_visible = move |seq| {
            forgets.follow_to(&followed, seq);
            told.wait_for(&followed, seq);
            followed.wait_for_replicas(seq);
        };
        let senders = (store.clone(), clock.clone(), outbound.clone());
        let app = Arc::new(Self {
            webhooks: dispatcher(senders, &bases, wait_until_visible, &tail),
            cache,
            documents,
            forgetting,
            flights: Flights::default(),
            tail: Arc::clone(&tail),
            leader: Leader::new(&store, &clock),
            search: Indexer::open(&config.search_place()),
            usage: Counter::default(),
            bulks: Shares::of_bulks(),
            uploads: Shares::of_uploads(),
            costly_turns: Turns::of_costly_reads(&config),
            strangers: Strangers::new(&config, clock.clone()),
            reads: Reads::default(),
            picture_turns: PictureTurns::default(),
            sending: Shares::of_long_answers(),
            running: Running::default(),
            debts: Debts::default(),
            unrecorded: Unrecorded::default(),
            put_off: PutOff::default(),
            key_notes: KeyNotes::default(),
            metrics: Metrics::new().map_err(|e| e.to_string())?,
            methods: Methods::of(&document),
            document,
            purges,
            hub: pinger(&config, &bases, &outbound),
            public_url,
            bases,
            outbound,
            demo_key,
            media: media(&config)?,
            streams: Streams::new(config.max_streams),
            draining: AtomicBool::new(false),
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
        self.leader.resign();
    }
}

/// The addresses of the service that the settings give it.
#[must_use]
pub fn own_bases(config: &Config) -> Bases {
    let public_url = config.public_url.clone();
    let public_url = public_url.unwrap_or_else(|| format!("http://{}", config.bind));
    bases_of(&public_url, config)
}

/// The public URL with the path prefix, unless its own path ends with that; media are below it or at an address of their own.
fn bases_of(public_url: &str, config: &Config) -> Bases {
    let prefix = config.prefix();
    let has_prefix = bases::path_of(public_url).ends_with(prefix);
    let prefix = if has_prefix { "" } else { prefix };
    let own = format!("{public_url}{prefix}");
    Bases {
        preview: None,
        media: config.media_url.clone().unwrap_or_else(|| own.clone()),
        own,
    }
}

/// Memory for answers and articles, and the knowledge of what the change log has made wrong in it.
fn memory(config: &Config) -> (Arc<Forgetting>, ReadCache, Arc<Documents>) {
    let stale_if_error = Duration::from_secs(config.availability.stale_if_error_seconds);
    let forgetting = Arc::new(Forgetting::new(stale_if_error));
    let own = || Arc::clone(&forgetting);
    let cache = ReadCache::new(config.cache_megabytes, own(), stale_if_error);
    let documents = Arc::new(Documents::new(config.documents_megabytes, own()));
    (forgetting, cache, documents)
}

fn pinger(config: &Config, bases: &Bases, outbound: &Outbound) -> Option<Pinger> {
    let hub = config.websub_hub.clone()?;
    Some(Pinger::new(hub, bases.own.clone(), outbound.clone()))
}

/// Requests to receivers of webhooks and to hubs.
fn outbound(config: &Config) -> Result<Outbound, String> {
    let time_limit = Duration::from_secs(config.webhook_timeout_seconds);
    let networks = config.webhook_allowed_networks.clone();
    Ok(Outbound::new(networks, time_limit, trusted(config)?))
}

/// The webhooks' dispatcher, which waits until a change is visible everywhere before it tells of it.
fn dispatcher(
    (store, clock, outbound): (Store, Clock, Outbound),
    bases: &Arc<Bases>,
    wait_until_visible: impl Fn(i64) + Send + Sync + 'static,
    tail: &Arc<Tail>,
) -> Arc<Dispatcher> {
    let (bases, woken) = (Arc::clone(bases), Arc::clone(tail));
    let nudge = Box::new(move || woken.nudge());
    Dispatcher::new(
        store,
        clock,
        outbound,
        bases,
        Box::new(wait_until_visible),
        nudge,
    )
}

/// The caches in front. They are the operator's own, in whatever network.
fn purger(config: &Config, store: &Store) -> Result<Purger, String> {
    /// Time that a cache has to answer.
    const TIME_LIMIT: Duration = Duration::from_secs(5);
    /// Time after which no node answers from before a change: it follows the log, and ends what it had begun.
    const STALE: Duration = Duration::from_secs(5);
    let targets = config.purging.with_tokens(config.surrogate_header)?;
    let everywhere = [
        IpNet::from(Ipv4Net::default()),
        IpNet::from(Ipv6Net::default()),
    ];
    let outbound = Outbound::new(everywhere.into(), TIME_LIMIT, trusted(config)?);
    Ok(Purger::new(targets, &outbound, STALE + store.staleness()))
}

/// The media of the settings.
///
/// # Errors
/// A sentence, where their storage cannot be used.
pub fn media(config: &Config) -> Result<Media, String> {
    const MEGA: u64 = 1_000_000;
    let limits = Limits {
        bytes: usize::try_from(config.media_max_megabytes).unwrap_or(0) * 1024 * 1024,
        pixels: u64::from(config.media_max_megapixels) * MEGA,
    };
    Ok(Media::new(Storage::open(config.media_place())?, limits))
}

/// The certificates that are trusted beside the system's.
///
/// # Errors
/// A sentence, where their file cannot be read.
pub fn trusted(config: &Config) -> Result<Vec<outbound::Certificate>, String> {
    let file = config.webhook_ca_file.as_deref();
    file.map_or_else(|| Ok(Vec::new()), outbound::certificates)
}
