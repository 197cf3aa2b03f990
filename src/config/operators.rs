//! The settings of the addresses for operators and developers: metrics and documentation.

use clap::Args;

use super::choices::Exposure;

/// The listener and the readers of metrics and documentation.
#[derive(Debug, Clone, Args)]
pub struct Operators {
    /// Address and port of their own for /metrics, /docs and /openapi.json, which are then nowhere else
    #[arg(long, env = "MASTHEAD_ADMIN_BIND", global = true)]
    #[arg(value_name = "HOST:PORT")]
    pub admin_bind: Option<String>,

    /// Readers of /metrics: public, key (an admin key without limits to editions, sections or sources) or off
    #[arg(
        long,
        env = "MASTHEAD_METRICS",
        default_value = "public",
        value_enum,
        global = true
    )]
    #[arg(value_name = "WHO")]
    pub metrics: Exposure,

    /// Readers of /docs and /openapi.json: public, key (any key) or off
    #[arg(
        long,
        env = "MASTHEAD_DOCS",
        default_value = "public",
        value_enum,
        global = true
    )]
    #[arg(value_name = "WHO")]
    pub docs: Exposure,
}
