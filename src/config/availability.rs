//! The settings of a node that is about to stop, or that has lost its database, and of what its answers tell of themselves.

use clap::Args;

use super::values::parse_switch;

/// The stop of a node, and the loss of its database.
#[derive(Debug, Clone, Args)]
pub struct Availability {
    /// Seconds after SIGTERM in which requests are still taken while /health/ready answers 503, so that proxies turn elsewhere
    #[arg(
        long,
        env = "MASTHEAD_DRAIN_SECONDS",
        default_value_t = 2,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=600))]
    pub drain_seconds: u64,

    /// Seconds that kept answers are given while the database is away
    #[arg(
        long,
        env = "MASTHEAD_STALE_IF_ERROR_SECONDS",
        default_value_t = 600,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(60..=86_400))]
    pub stale_if_error_seconds: u64,

    /// Tell in Server-Timing how long each request took, and its reads of the database
    #[arg(long, env = "MASTHEAD_SERVER_TIMING", value_parser = parse_switch, global = true)]
    pub server_timing: bool,
}
