//! The numbers of a node's inside, for operators: its memory, its connections, and how far behind the change log it is.

use prometheus::proto::MetricFamily;
use prometheus::{IntGauge, IntGaugeVec, Opts, Registry};

use crate::domain::time::Timestamp;
use crate::store::owed::Owed;

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
    /// Debts to webhooks, partners and the schedule, with the time of the look; nothing while the database is away.
    pub(crate) owed: Option<(Owed, Timestamp)>,
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
    debts: Debts,
}

/// Gauges of what is owed, which are left out while the database does not tell.
struct Debts {
    registry: Registry,
    webhooks_failing: IntGauge,
    webhooks_disabled: IntGauge,
    oldest_message: IntGauge,
    takedowns: IntGauge,
    oldest_takedown: IntGauge,
    schedule: IntGauge,
}

impl Debts {
    fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let gauge = |name: &str, help: &str| {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        Ok(Self {
            webhooks_failing: gauge(
                "masthead_webhooks_failing",
                "Webhooks whose next message failed and is tried again.",
            )?,
            webhooks_disabled: gauge(
                "masthead_webhooks_disabled",
                "Webhooks that the service turned off, since their receivers fail or are gone.",
            )?,
            oldest_message: gauge(
                "masthead_webhook_oldest_seconds",
                "Age of the oldest message that waits to be sent to a webhook; 0 where none does.",
            )?,
            takedowns: gauge(
                "masthead_takedowns_owed",
                "Copies of withdrawn articles at partners that have not fetched the withdrawal.",
            )?,
            oldest_takedown: gauge(
                "masthead_takedown_oldest_seconds",
                "Age of the oldest withdrawal that a partner has not fetched; 0 where there is none.",
            )?,
            schedule: gauge(
                "masthead_schedule_late_seconds",
                "Time since the first article should have gone live that has not; 0 where there is none.",
            )?,
            registry,
        })
    }

    fn gather(&self, owed: &Owed, now: Timestamp) -> Vec<MetricFamily> {
        let age = |since: Option<Timestamp>| {
            since.map_or(0, |since| (now.millis() - since.millis()).max(0) / 1_000)
        };
        self.webhooks_failing.set(owed.webhooks_failing);
        self.webhooks_disabled.set(owed.webhooks_disabled);
        self.oldest_message.set(age(owed.oldest_message));
        self.takedowns.set(owed.takedowns);
        self.oldest_takedown.set(age(owed.oldest_takedown));
        self.schedule.set(age(owed.oldest_release));
        self.registry.gather()
    }
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
            debts: Debts::new()?,
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
        if let Some((owed, now)) = &state.owed {
            families.extend(self.debts.gather(owed, *now));
        }
        families.extend(state.node.iter().cloned());
        families
    }
}
