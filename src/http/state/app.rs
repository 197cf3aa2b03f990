//! The state that outlives a request: all parts of a running service.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::config::Config;
use crate::domain::bases::Bases;
use crate::domain::time::{Clock, Timestamp};
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
use crate::outbound::Outbound;
use crate::service::deliveries::Unrecorded;
use crate::service::key_notes::KeyNotes;
use crate::service::quotas::Debts;
use crate::service::schedule::PutOff;
use crate::service::usage::Counter;
use crate::store::Store;
use crate::store::articles::documents::Documents;
use crate::store::changes::Ends;
use crate::store::forgetting::Forgetting;
use crate::worker::compaction::Compaction;
use crate::worker::leader::Leader;
use crate::worker::purges::Purger;
use crate::worker::search::Indexer;
use crate::worker::tail::Tail;
use crate::worker::webhooks::Dispatcher;
use crate::worker::websub::Pinger;

/// The parts of a running service.
pub struct App {
    /// The settings.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// Uploaded pictures.
    pub media: Media,
    /// The source of "now".
    pub clock: Clock,
    /// Time at which the application was built.
    pub began: Timestamp,
    /// The knowledge of what the change log has made wrong.
    pub forgetting: Arc<Forgetting>,
    /// Finished answers.
    pub cache: ReadCache,
    /// Articles as they were last shown.
    pub documents: Arc<Documents>,
    /// Answers that are being computed.
    pub(crate) flights: Flights,
    /// The end of the change log.
    pub tail: Arc<Tail>,
    /// The lease of the node that does what is done once in a cluster.
    pub leader: Leader,
    /// Requests to machines of others.
    pub outbound: Outbound,
    /// Sends what webhooks are told.
    pub webhooks: Arc<Dispatcher>,
    /// Tells caches in front of changes.
    pub purges: Arc<Purger>,
    /// Tells the hub of feeds, where one is set.
    pub hub: Option<Pinger>,
    /// The search index.
    pub search: Indexer,
    /// The usage of keys that is not written yet.
    pub usage: Counter,
    /// Places for bulks.
    pub bulks: Shares,
    /// Places for uploads.
    pub uploads: Shares,
    /// The rate of requests without a key.
    pub(crate) strangers: Strangers,
    /// Turns for lists that cost the database much.
    pub costly_turns: Turns,
    /// Reads of the database that are under way.
    pub reads: Reads,
    /// Turns of uploads to have their pictures looked at.
    pub picture_turns: PictureTurns,
    /// Memory for long answers that are being sent.
    pub sending: Shares,
    /// Requests that are being worked on and may come again.
    pub running: Running,
    /// Quotas that were used and are not written yet.
    pub debts: Debts,
    /// Deliveries to partners that are not recorded yet.
    pub unrecorded: Unrecorded,
    /// Articles whose release failed.
    pub put_off: PutOff,
    /// Notes about keys that are written later.
    pub key_notes: KeyNotes,
    /// Numbers for monitoring.
    pub metrics: Metrics,
    /// The OpenAPI document.
    pub document: Value,
    /// The methods of each path.
    pub methods: Methods,
    /// The service's own address in absolute links, without a slash at its end.
    pub public_url: String,
    /// The beginning of this service's absolute addresses.
    pub bases: Arc<Bases>,
    /// The key that the demo's documentation fills in.
    pub demo_key: Option<String>,
    /// The streams of changes that are open.
    pub streams: Streams,
    /// True if the service takes its last requests.
    pub(crate) draining: AtomicBool,
    /// True if the service is about to stop.
    pub(crate) stopping: AtomicBool,
    /// The usage of metered keys.
    pub meters: Meters,
    /// The place of the compaction in the change log.
    pub(crate) compaction: Mutex<Compaction>,
}

impl App {
    /// The beginning of absolute links: the service's own address with the path prefix, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.bases.own.clone()
    }

    /// Notes how far the change log has come: nothing kept that it touches is given any more.
    pub fn saw(&self, ends: Ends) {
        self.forgetting.follow(&self.store, Some(ends.all));
        self.tail.advance(ends);
    }

    /// Tells proxies to turn elsewhere: the service is not ready from now on, and closes connections behind each answer.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// True if the service takes its last requests.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Tells what never ends by itself to end, so that the server can.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.tail.nudge();
    }

    /// True if the server is about to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}
