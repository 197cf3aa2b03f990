//! The numbers of a node's inside, for operators: its memory, its connections, and how far behind the change log it is.

use prometheus::proto::MetricFamily;
use prometheus::{IntGauge, IntGaugeVec, Opts, Registry};

/// The state of a node at the moment of a look.
pub(crate) struct State {
    /// Bytes of kept answers.
    pub(crate) cache_bytes: u64,
    /// Number of kept answers.
    pub(crate) cache_answers: usize,
    /// Log lines that were left out since the log is written too slowly.
    pub(crate) lines_lost: u64,
    /// Reads of the database under way.
    pub(crate) reads: usize,
    /// Pools of connections: their names, the connections of each, and those of them that nobody uses.
    pub(crate) pools: [(&'static str, u32, u32); 2],
    /// Seconds since the search index had come to the end of the change log; 0 where it has.
    pub(crate) search_lag: u64,
    /// Times that the search index could not be kept up.
    pub(crate) search_failures: u64,
    /// Followers of the change log: their names, and the numbers of entries that they are behind.
    pub(crate) lags: [(&'static str, i64); 2],
    /// The numbers of its process, of what is under way and in line, of replicas and of caches in front.
    pub(crate) node: Vec<MetricFamily>,
}

/// Gauges that are set when they are looked at.
pub(super) struct Inside {
    registry: Registry,
    cache_bytes: IntGauge,
    cache_answers: IntGauge,
    lines_lost: IntGauge,
    reads: IntGauge,
    search_lag: IntGauge,
    search_failures: IntGauge,
    pools: IntGaugeVec,
    lags: IntGaugeVec,
}

impl Inside {
    pub(super) fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let gauge = |name: &str, help: &str| {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let gauges = |name: &str, help: &str, labels: &[&str]| {
            let gauges = IntGaugeVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(gauges.clone()))?;
            Ok::<_, prometheus::Error>(gauges)
        };
        let build = gauges(
            "masthead_build_info",
            "The version that runs.",
            &["version"],
        )?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Ok(Self {
            cache_bytes: gauge("masthead_cache_bytes", "Bytes of kept answers.")?,
            cache_answers: gauge("masthead_cache_answers", "Kept answers.")?,
            lines_lost: gauge(
                "masthead_log_lines_lost",
                "Log lines left out since the log is written too slowly.",
            )?,
            reads: gauge(
                "masthead_database_reads",
                "Reads of the database under way.",
            )?,
            search_lag: gauge(
                "masthead_search_lag_seconds",
                "Time since the search index had come to the end of the change log; 0 where it has.",
            )?,
            search_failures: gauge(
                "masthead_search_failures",
                "Times that the search index could not be kept up since the process began.",
            )?,
            pools: gauges(
                "masthead_database_connections",
                "Connections to the database, by pool and use.",
                &["pool", "use"],
            )?,
            lags: gauges(
                "masthead_change_log_lag",
                "Entries of the change log that a follower has not taken in.",
                &["follower"],
            )?,
            registry,
        })
    }

    /// The numbers of a state.
    pub(super) fn gather(&self, state: &State) -> Vec<MetricFamily> {
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.cache_bytes.set(state.cache_bytes.cast_signed());
        self.cache_answers.set(whole(state.cache_answers));
        self.lines_lost.set(state.lines_lost.cast_signed());
        self.reads.set(whole(state.reads));
        self.search_lag.set(state.search_lag.cast_signed());
        self.search_failures
            .set(state.search_failures.cast_signed());
        for (pool, all, idle) in state.pools {
            let set = |used: &str, count: u32| {
                self.pools
                    .with_label_values(&[pool, used])
                    .set(i64::from(count));
            };
            set("idle", idle);
            set("busy", all.saturating_sub(idle));
        }
        for (follower, behind) in state.lags {
            self.lags.with_label_values(&[follower]).set(behind.max(0));
        }
        let mut families = self.registry.gather();
        families.extend(state.node.iter().cloned());
        families
    }
}
