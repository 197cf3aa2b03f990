//! The numbers that `/metrics` tells.

use std::time::Duration;

use prometheus::core::Collector;
use prometheus::proto::MetricFamily;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

use crate::http::state::inside::{Inside, State};

/// The label that says who asked: `public`, without a key, or `key`. What keys do tells of drafts, so that only
/// administrators are shown those numbers.
const CALLER: &str = "caller";
const PUBLIC: &str = "public";
const KEY: &str = "key";

const fn caller(keyed: bool) -> &'static str {
    if keyed { KEY } else { PUBLIC }
}

/// Counters of one running service.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    cache: IntCounterVec,
    misses: IntCounterVec,
    in_flight: IntGaugeVec,
    /// Misses and hits of the cache.
    lookups: [IntCounter; 2],
    /// Requests under way without a key, and with one.
    under_way: [IntGauge; 2],
    change_seq: IntGauge,
    inside: Inside,
}

impl Metrics {
    /// All at zero.
    ///
    /// # Errors
    /// Where two of them had one name, which a test would tell.
    pub fn new() -> Result<Self, prometheus::Error> {
        const BUCKETS: [f64; 12] = [
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
        ];
        let requests = Opts::new("masthead_http_requests_total", "Requests answered.");
        let seconds = HistogramOpts::new(
            "masthead_http_request_duration_seconds",
            "How long requests took.",
        );
        let cache = Opts::new(
            "masthead_cache_lookups_total",
            "Look-ups in the cache of finished answers.",
        );
        let misses = Opts::new(
            "masthead_cache_misses_total",
            "Answers to the public and to partners that were not kept: computed, or shared with another request that computed them.",
        );
        let in_flight = Opts::new("masthead_http_requests_in_flight", "Requests under way.");
        let seconds = seconds.buckets(BUCKETS.to_vec());
        let cache = IntCounterVec::new(cache, &["result"])?;
        let in_flight = IntGaugeVec::new(in_flight, &[CALLER])?;
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(requests, &["method", "route", "status", CALLER])?,
            seconds: HistogramVec::new(seconds, &["route", "status", CALLER])?,
            lookups: ["miss", "hit"].map(|result| cache.with_label_values(&[result])),
            cache,
            misses: IntCounterVec::new(misses, &["result"])?,
            under_way: [false, true].map(|keyed| in_flight.with_label_values(&[caller(keyed)])),
            in_flight,
            change_seq: IntGauge::new("masthead_change_seq", "How far the change log has come.")?,
            inside: Inside::new()?,
        };
        for shared in [true, false] {
            metrics.misses_of(shared).reset();
        }
        metrics.register()?;
        Ok(metrics)
    }

    fn register(&self) -> Result<(), prometheus::Error> {
        let all: [Box<dyn Collector>; 6] = [
            Box::new(self.requests.clone()),
            Box::new(self.seconds.clone()),
            Box::new(self.cache.clone()),
            Box::new(self.misses.clone()),
            Box::new(self.in_flight.clone()),
            Box::new(self.change_seq.clone()),
        ];
        all.into_iter()
            .try_for_each(|one| self.registry.register(one))
    }

    fn misses_of(&self, shared: bool) -> IntCounter {
        self.misses
            .with_label_values(&[if shared { "shared" } else { "computed" }])
    }

    /// A request has come.
    pub(crate) fn begin(&self, keyed: bool) {
        self.under_way[usize::from(keyed)].inc();
    }

    /// A request was answered. Strangers choose methods and paths, so only known ones become labels.
    pub(crate) fn end(
        &self,
        keyed: bool,
        method: &str,
        route: Option<&str>,
        status: u16,
        took: Duration,
    ) {
        const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
        let method = METHODS
            .into_iter()
            .find(|known| *known == method)
            .unwrap_or("other");
        let route = route.unwrap_or("none");
        let caller = caller(keyed);
        self.under_way[usize::from(keyed)].dec();
        self.requests
            .with_label_values(&[method, route, &status.to_string(), caller])
            .inc();
        self.seconds
            .with_label_values(&[route, class(status), caller])
            .observe(took.as_secs_f64());
    }

    /// The cache was asked.
    pub(crate) fn looked_up(&self, hit: bool) {
        self.lookups[usize::from(hit)].inc();
    }

    /// An answer that was not kept was computed, or another request's was shared.
    pub(crate) fn missed(&self, shared: bool) {
        self.misses_of(shared).inc();
    }

    /// The numbers in the text format of Prometheus, version 0.0.4; with those of keys, and those of the node's inside, only
    /// where `inside` is given.
    pub(crate) fn encode(
        &self,
        change_seq: i64,
        inside: Option<&State>,
    ) -> Result<Vec<u8>, prometheus::Error> {
        self.change_seq.set(change_seq.max(0));
        let mut families = self.registry.gather();
        match inside {
            Some(state) => families.extend(self.inside.gather(state)),
            None => {
                families.iter_mut().for_each(leave_out_keys);
                families.retain(|family| !family.get_metric().is_empty());
            }
        }
        let mut text = Vec::new();
        TextEncoder::new().encode(&families, &mut text)?;
        Ok(text)
    }
}

/// The class of a status, such as `2xx`.
const fn class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

fn leave_out_keys(family: &mut MetricFamily) {
    family.mut_metric().retain(|metric| {
        let mut labels = metric.get_label().iter();
        !labels.any(|label| label.name() == CALLER && label.value() == KEY)
    });
}
