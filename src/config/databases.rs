//! The settings of replicas and of connections to databases.

use std::time::Duration;

use clap::Args;

use super::values::DatabaseUrl;
use crate::store::replicas::Pools;

/// Replicas and connections.
#[derive(Debug, Clone, Args)]
pub struct Databases {
    /// Streaming replicas of the PostgreSQL at DATABASE_URL that answer reads: postgres://USER:PASSWORD@HOST/NAME, separated by commas
    #[arg(
        long = "database-replica-urls",
        env = "DATABASE_REPLICA_URLS",
        value_delimiter = ','
    )]
    #[arg(hide_env_values = true, value_name = "URLS", global = true)]
    pub replica_urls: Vec<DatabaseUrl>,

    /// Milliseconds that an answer read from a replica may be behind the changes that the node knows of
    #[arg(
        long,
        env = "MASTHEAD_REPLICA_LAG_MILLISECONDS",
        default_value_t = 1_000,
        global = true
    )]
    #[arg(value_name = "MS", value_parser = clap::value_parser!(u64).range(200..=60_000))]
    pub replica_lag_milliseconds: u64,

    /// Connections for reads to the database, and to each replica
    #[arg(
        long,
        env = "MASTHEAD_DATABASE_READERS",
        default_value_t = 8,
        global = true
    )]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(1..=200))]
    pub database_readers: u32,
}

impl Databases {
    /// The connections that the store makes.
    #[must_use]
    pub fn pools(&self) -> Pools {
        Pools {
            readers: self.database_readers,
            replicas: self
                .replica_urls
                .iter()
                .map(|url| url.expose().to_owned())
                .collect(),
            bound: Duration::from_millis(self.replica_lag_milliseconds),
        }
    }
}
