//! The settings: one struct, each field a flag, an environment variable and a line of `.env.example`.

mod availability;
mod choices;
mod databases;
pub mod environment;
mod limits;
mod operators;
pub mod origin;
pub mod papers;
mod places;
mod purging;
pub mod values;

use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;

pub use availability::Availability;
pub use choices::{Exposure, FeedContent, LogFormat, SurrogateHeader};
pub use databases::Databases;
pub use limits::Limits;
pub use operators::Operators;
pub use purging::Purging;

use crate::domain::language::LanguageTag;
use crate::media::place::Place;
use values::{
    DatabaseUrl, Secret, parse_header_value, parse_hub, parse_lang, parse_network, parse_origin,
    parse_prefix, parse_public_url, parse_share,
};

/// Every setting. A flag overrides its environment variable, which overrides `.env`, which overrides the default.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct Config {
    /// Database of the content: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite://masthead.db",
        global = true
    )]
    #[arg(hide_env_values = true, value_name = "URL")]
    pub database_url: DatabaseUrl,

    /// Replicas and connections.
    #[command(flatten)]
    pub databases: Databases,

    /// Address and port to listen on
    #[arg(
        long,
        env = "MASTHEAD_BIND",
        default_value = "127.0.0.1:8080",
        global = true
    )]
    #[arg(value_name = "HOST:PORT")]
    pub bind: String,

    /// Addresses for operators and developers.
    #[command(flatten)]
    pub operators: Operators,

    /// The service's own address in absolute links; by default http:// and the bind address
    #[arg(long, env = "MASTHEAD_PUBLIC_URL", value_parser = parse_public_url, global = true)]
    #[arg(value_name = "URL")]
    pub public_url: Option<String>,

    /// Base address of uploaded pictures, such as a CDN's; by default the public URL with its path prefix
    #[arg(long, env = "MASTHEAD_MEDIA_URL", value_parser = parse_public_url, global = true)]
    #[arg(value_name = "URL")]
    pub media_url: Option<String>,

    /// Language that is used where a request names none
    #[arg(long, env = "MASTHEAD_DEFAULT_LANG", default_value = "en", value_parser = parse_lang)]
    #[arg(value_name = "LANG", global = true)]
    pub default_lang: LanguageTag,

    /// Level of the log: error, warn, info, debug or trace, also by module (masthead=debug)
    #[arg(long = "log", env = "RUST_LOG", default_value = "info", global = true)]
    #[arg(value_name = "FILTER")]
    pub log_filter: String,

    /// Form of log lines: text for people, json for collectors
    #[arg(
        long,
        env = "MASTHEAD_LOG_FORMAT",
        default_value = "text",
        value_enum,
        value_name = "FORM",
        global = true
    )]
    pub log_format: LogFormat,

    /// Share of requests that the log has, from 0 to 1; those that failed through a fault of the service are always in it
    #[arg(long, env = "MASTHEAD_ACCESS_LOG", default_value = "1", value_parser = parse_share)]
    #[arg(value_name = "SHARE", global = true)]
    pub access_log: f64,

    /// Proxies whose X-Forwarded-For and X-Forwarded-Prefix are believed: addresses or networks, separated by commas
    #[arg(long, env = "MASTHEAD_TRUSTED_PROXIES", value_delimiter = ',', value_parser = parse_network)]
    #[arg(value_name = "NETWORKS", global = true)]
    pub trusted_proxies: Vec<IpNet>,

    /// Path under which a proxy serves this service, such as /content; put before every link
    #[arg(long, env = "MASTHEAD_PATH_PREFIX", value_parser = parse_prefix, global = true)]
    #[arg(value_name = "PATH")]
    pub path_prefix: Option<String>,

    /// Origins that browsers may read from: * for any, or origins separated by commas
    #[arg(
        long,
        env = "MASTHEAD_CORS_ORIGINS",
        default_value = "*",
        value_delimiter = ',',
        value_parser = parse_origin
    )]
    #[arg(value_name = "ORIGINS", global = true)]
    pub cors_origins: Vec<String>,

    /// Threads that serve requests; 0 means one for each core
    #[arg(long, env = "MASTHEAD_WORKERS", default_value_t = 0, global = true)]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u16).range(0..=256))]
    pub workers: u16,

    /// Maximum number of open connections for each worker
    #[arg(
        long,
        env = "MASTHEAD_MAX_CONNECTIONS",
        default_value_t = 10_000,
        global = true
    )]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: u32,

    /// Maximum number of open streams of changes; 0 allows none
    #[arg(
        long,
        env = "MASTHEAD_MAX_STREAMS",
        default_value_t = 1_000,
        global = true
    )]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub max_streams: u32,

    /// Limits for callers without a key.
    #[command(flatten)]
    pub limits: Limits,

    /// Seconds that an idle connection stays open
    #[arg(
        long,
        env = "MASTHEAD_KEEP_ALIVE_SECONDS",
        default_value_t = 75,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub keep_alive_seconds: u64,

    /// Seconds that a client has to send the head of its request
    #[arg(
        long,
        env = "MASTHEAD_HEADER_TIMEOUT_SECONDS",
        default_value_t = 10,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub header_timeout_seconds: u64,

    /// Seconds after which a connection is closed whose client takes nothing of its answer
    #[arg(
        long,
        env = "MASTHEAD_SEND_TIMEOUT_SECONDS",
        default_value_t = 30,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub send_timeout_seconds: u64,

    /// Seconds after which a request is given up with a 503
    #[arg(
        long,
        env = "MASTHEAD_REQUEST_TIMEOUT_SECONDS",
        default_value_t = 30,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub request_timeout_seconds: u64,

    /// Seconds that running requests get when the service stops
    #[arg(
        long,
        env = "MASTHEAD_SHUTDOWN_SECONDS",
        default_value_t = 20,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=3_600))]
    pub shutdown_seconds: u64,

    /// The stop of a node, and the loss of its database.
    #[command(flatten)]
    pub availability: Availability,

    /// Megabytes of memory for the cache of answers; 0 turns it off
    #[arg(
        long,
        env = "MASTHEAD_CACHE_MEGABYTES",
        default_value_t = 64,
        global = true
    )]
    #[arg(value_name = "MB", value_parser = clap::value_parser!(u32).range(0..=1_048_576))]
    pub cache_megabytes: u32,

    /// Megabytes of memory for articles as they were last shown, from which answers that no cache holds are made; 0 turns it off
    #[arg(
        long,
        env = "MASTHEAD_DOCUMENTS_MEGABYTES",
        default_value_t = 32,
        global = true
    )]
    #[arg(value_name = "MB", value_parser = clap::value_parser!(u32).range(0..=1_048_576))]
    pub documents_megabytes: u32,

    /// Networks that webhooks may reach besides the public internet: addresses or networks, separated by commas
    #[arg(long, env = "MASTHEAD_WEBHOOK_ALLOWED_NETWORKS", value_delimiter = ',')]
    #[arg(value_parser = parse_network, value_name = "NETWORKS", global = true)]
    pub webhook_allowed_networks: Vec<IpNet>,

    /// File of certificates (PEM) to trust for receivers of webhooks, hubs and hosts of pictures, besides those of the system
    #[arg(long, env = "MASTHEAD_WEBHOOK_CA_FILE", value_name = "FILE")]
    #[arg(global = true)]
    pub webhook_ca_file: Option<PathBuf>,

    /// Seconds that a webhook's receiver has to answer
    #[arg(
        long,
        env = "MASTHEAD_WEBHOOK_TIMEOUT_SECONDS",
        default_value_t = 10,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=20))]
    pub webhook_timeout_seconds: u64,

    /// Cache-Control of single articles
    #[arg(long, env = "MASTHEAD_CACHE_CONTROL_ARTICLE", value_parser = parse_header_value)]
    #[arg(
        default_value = "max-age=60, stale-while-revalidate=60, stale-if-error=600",
        value_name = "VALUE"
    )]
    #[arg(global = true)]
    pub cache_control_article: String,

    /// Cache-Control of lists of articles
    #[arg(long, env = "MASTHEAD_CACHE_CONTROL_LIST", value_parser = parse_header_value)]
    #[arg(
        default_value = "max-age=30, stale-while-revalidate=60, stale-if-error=600",
        value_name = "VALUE"
    )]
    #[arg(global = true)]
    pub cache_control_list: String,

    /// Cache-Control of editions, sections, authors, sources and tags
    #[arg(long, env = "MASTHEAD_CACHE_CONTROL_TAXONOMY", value_parser = parse_header_value)]
    #[arg(
        default_value = "max-age=120, stale-while-revalidate=120, stale-if-error=600",
        value_name = "VALUE"
    )]
    #[arg(global = true)]
    pub cache_control_taxonomy: String,

    /// Cache-Control of the documentation and of the OpenAPI document
    #[arg(long, env = "MASTHEAD_CACHE_CONTROL_DOCS", value_parser = parse_header_value)]
    #[arg(default_value = "max-age=300", value_name = "VALUE", global = true)]
    pub cache_control_docs: String,

    /// Header field that tells shared caches the keys of an answer: surrogate-key, cache-tag, both or none
    #[arg(
        long,
        env = "MASTHEAD_SURROGATE_HEADER",
        default_value = "surrogate-key",
        value_enum,
        global = true
    )]
    #[arg(value_name = "NAME")]
    pub surrogate_header: SurrogateHeader,

    /// The caches in front.
    #[command(flatten)]
    pub purging: Purging,

    /// Place of uploaded pictures: a folder, shared by all nodes of a database, or s3://BUCKET/PREFIX in a build with S3; by default masthead-media beside an SQLite database, else in the working folder
    #[arg(long, env = "MASTHEAD_MEDIA_STORE", value_parser = Place::parse, global = true)]
    #[arg(value_name = "PLACE")]
    pub media_store: Option<Place>,

    /// Folder of the search index; each process has a folder of its own in it. By default masthead-search beside an SQLite database, else in the system's folder for temporary files
    #[arg(long, env = "MASTHEAD_SEARCH_DIR", global = true)]
    #[arg(value_name = "FOLDER")]
    pub search_dir: Option<PathBuf>,

    /// Maximum megabytes of an upload
    #[arg(
        long,
        env = "MASTHEAD_MEDIA_MAX_MEGABYTES",
        default_value_t = 10,
        global = true
    )]
    #[arg(value_name = "MB", value_parser = clap::value_parser!(u32).range(1..=1_024))]
    pub media_max_megabytes: u32,

    /// Maximum megapixels of a picture; decoding uses up to 16 bytes of memory for each pixel, one picture at a time
    #[arg(
        long,
        env = "MASTHEAD_MEDIA_MAX_MEGAPIXELS",
        default_value_t = 50,
        global = true
    )]
    #[arg(value_name = "MP", value_parser = clap::value_parser!(u32).range(1..=268))]
    pub media_max_megapixels: u32,

    /// Networks that an import may fetch pictures from besides the public internet: addresses or networks, separated by commas
    #[arg(long, env = "MASTHEAD_MEDIA_ALLOWED_NETWORKS", value_delimiter = ',')]
    #[arg(value_parser = parse_network, value_name = "NETWORKS", global = true)]
    pub media_allowed_networks: Vec<IpNet>,

    /// Address of an S3-compatible service, where it is not Amazon's
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL", global = true)]
    pub s3_endpoint: Option<String>,

    /// Region of the bucket; by default us-east-1
    #[arg(long, env = "AWS_REGION", value_name = "NAME", global = true)]
    pub s3_region: Option<String>,

    /// Id of the access key for the bucket
    #[arg(long, env = "AWS_ACCESS_KEY_ID", hide_env_values = true, global = true)]
    #[arg(value_name = "ID")]
    pub s3_access_key_id: Option<String>,

    /// Secret of the access key for the bucket
    #[arg(
        long,
        env = "AWS_SECRET_ACCESS_KEY",
        hide_env_values = true,
        global = true
    )]
    #[arg(value_name = "SECRET")]
    pub s3_secret_access_key: Option<Secret>,

    /// Text of each article in feeds: full or summary
    #[arg(
        long,
        env = "MASTHEAD_FEED_CONTENT",
        default_value = "full",
        value_enum,
        value_name = "TEXT",
        global = true
    )]
    pub feed_content: FeedContent,

    /// Address of the WebSub hub that public feeds name, and that is told of their changes
    #[arg(long, env = "MASTHEAD_WEBSUB_HUB", value_parser = parse_hub, global = true)]
    #[arg(value_name = "URL")]
    pub websub_hub: Option<String>,
}
