//! The settings of what callers without a key, and costly reads of anybody, may take.

use clap::Args;
use ipnet::IpNet;

use super::values::parse_network;

/// The limits of rate and of costly reads.
#[derive(Debug, Clone, Args)]
pub struct Limits {
    /// Requests a second from one address without a key (of IPv6, from one /64); beyond it a 429. 0 sets no limit; 20 suits most sites
    #[arg(long, env = "MASTHEAD_PUBLIC_RATE", default_value_t = 0, global = true)]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub public_rate: u32,

    /// Requests that such an address may make at once; 0 means ten seconds' worth
    #[arg(
        long,
        env = "MASTHEAD_PUBLIC_BURST",
        default_value_t = 0,
        global = true
    )]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10_000_000))]
    pub public_burst: u32,

    /// Networks whose requests without a key have no rate and no share of costly reads: addresses or networks, separated by commas
    #[arg(long, env = "MASTHEAD_UNLIMITED_NETWORKS", value_delimiter = ',', value_parser = parse_network)]
    #[arg(value_name = "NETWORKS", global = true)]
    pub unlimited_networks: Vec<IpNet>,

    /// Costly reads that run at once, such as lists of several languages and searches with facets
    #[arg(
        long,
        env = "MASTHEAD_COSTLY_READS",
        default_value_t = 2,
        global = true
    )]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub costly_reads: u16,

    /// Costly reads of callers without a key that run at once
    #[arg(
        long,
        env = "MASTHEAD_PUBLIC_COSTLY_READS",
        default_value_t = 1,
        global = true
    )]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub public_costly_reads: u16,

    /// Costly reads of one caller that run or wait; beyond it a 429
    #[arg(
        long,
        env = "MASTHEAD_COSTLY_READS_EACH",
        default_value_t = 16,
        global = true
    )]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub costly_reads_each: u16,
}
