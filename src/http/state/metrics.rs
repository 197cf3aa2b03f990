//! The numbers that `/metrics` tells.

use std::time::Duration;

use prometheus::proto::MetricFamily;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

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
    in_flight: IntGaugeVec,
    change_seq: IntGauge,
    search_lag: IntGauge,
    search_failures: IntGauge,
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
        let in_flight = Opts::new("masthead_http_requests_in_flight", "Requests under way.");
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(requests, &["method", "route", "status", CALLER])?,
            seconds: HistogramVec::new(seconds.buckets(BUCKETS.to_vec()), &["route", CALLER])?,
            cache: IntCounterVec::new(cache, &["result"])?,
            in_flight: IntGaugeVec::new(in_flight, &[CALLER])?,
            change_seq: IntGauge::new("masthead_change_seq", "How far the change log has come.")?,
            search_lag: IntGauge::new(
                "masthead_search_lag_seconds",
                "Time since the search index had come to the end of the change log; 0 where it has.",
            )?,
            search_failures: IntGauge::new(
                "masthead_search_failures",
                "Times that the search index could not be kept up since the process began.",
            )?,
        };
        metrics
            .registry
            .register(Box::new(metrics.requests.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.seconds.clone()))?;
        metrics.registry.register(Box::new(metrics.cache.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.in_flight.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.change_seq.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.search_lag.clone()))?;
        metrics
            .registry
            .register(Box::new(metrics.search_failures.clone()))?;
        Ok(metrics)
    }

    /// A request has come.
    pub(crate) fn begin(&self, keyed: bool) {
        self.in_flight.with_label_values(&[caller(keyed)]).inc();
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
        self.in_flight.with_label_values(&[caller]).dec();
        self.requests
            .with_label_values(&[method, route, &status.to_string(), caller])
            .inc();
        self.seconds
            .with_label_values(&[route, caller])
            .observe(took.as_secs_f64());
    }

    /// The cache was asked.
    pub(crate) fn looked_up(&self, hit: bool) {
        self.cache
            .with_label_values(&[if hit { "hit" } else { "miss" }])
            .inc();
    }

    /// The search index was looked at.
    pub(crate) fn saw_search(&self, lag: Duration, failures: u64) {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.search_lag.set(number(lag.as_secs()));
        self.search_failures.set(number(failures));
    }

    /// The numbers in the text format of Prometheus, version 0.0.4; with those of keys only where `all` are asked for.
    pub(crate) fn encode(&self, change_seq: i64, all: bool) -> Result<Vec<u8>, prometheus::Error> {
        self.change_seq.set(change_seq.max(0));
        let mut families = self.registry.gather();
        if !all {
            families.iter_mut().for_each(leave_out_keys);
            families.retain(|family| !family.get_metric().is_empty());
        }
        let mut text = Vec::new();
        TextEncoder::new().encode(&families, &mut text)?;
        Ok(text)
    }
}

fn leave_out_keys(family: &mut MetricFamily) {
    family.mut_metric().retain(|metric| {
        let mut labels = metric.get_label().iter();
        !labels.any(|label| label.name() == CALLER && label.value() == KEY)
    });
}
