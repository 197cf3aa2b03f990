//! The settings: one struct, each field a flag, an environment variable and a line of `.env.example`.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::builder::Resettable;
use clap::{Args, Command, ValueEnum};
use ipnet::IpNet;

use crate::domain::language::LanguageTag;
use crate::media::storage::{Bucket, Place};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// How much of each article feeds carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FeedContent {
    /// The whole text.
    Full,
    /// The summary.
    Summary,
}

/// Every setting. A flag overrides its environment variable, which overrides `.env`, which overrides the default.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct Config {
    /// Where the content is kept: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite://masthead.db",
        global = true
    )]
    #[arg(hide_env_values = true, value_name = "URL")]
    pub database_url: DatabaseUrl,

    /// Address and port to listen on
    #[arg(
        long,
        env = "MASTHEAD_BIND",
        default_value = "127.0.0.1:8080",
        global = true
    )]
    #[arg(value_name = "HOST:PORT")]
    pub bind: String,

    /// The service's own address in absolute links; by default http:// and the bind address
    #[arg(long, env = "MASTHEAD_PUBLIC_URL", value_parser = parse_public_url, global = true)]
    #[arg(value_name = "URL")]
    pub public_url: Option<String>,

    /// Language of the edition that wins where a request names none
    #[arg(long, env = "MASTHEAD_DEFAULT_LANG", default_value = "en", value_parser = parse_lang)]
    #[arg(value_name = "LANG", global = true)]
    pub default_lang: LanguageTag,

    /// What to log: error, warn, info, debug or trace, also by module (masthead=debug)
    #[arg(long = "log", env = "RUST_LOG", default_value = "info", global = true)]
    #[arg(value_name = "FILTER")]
    pub log_filter: String,

    /// How log lines are written: text for people, json for collectors
    #[arg(
        long,
        env = "MASTHEAD_LOG_FORMAT",
        default_value = "text",
        value_enum,
        global = true
    )]
    pub log_format: LogFormat,

    /// Proxies whose X-Forwarded-For and X-Forwarded-Prefix are believed: addresses or networks, with commas between
    #[arg(long, env = "MASTHEAD_TRUSTED_PROXIES", value_delimiter = ',', value_parser = parse_network)]
    #[arg(value_name = "NETWORKS", global = true)]
    pub trusted_proxies: Vec<IpNet>,

    /// Path that a proxy serves this service under, such as /content; it goes before every link
    #[arg(long, env = "MASTHEAD_PATH_PREFIX", value_parser = parse_prefix, global = true)]
    #[arg(value_name = "PATH")]
    pub path_prefix: Option<String>,

    /// Origins that browsers may read from: * for any, or origins with commas between
    #[arg(
        long,
        env = "MASTHEAD_CORS_ORIGINS",
        default_value = "*",
        value_delimiter = ','
    )]
    #[arg(value_name = "ORIGINS", global = true)]
    pub cors_origins: Vec<String>,

    /// Threads that serve requests; 0: one for each core
    #[arg(long, env = "MASTHEAD_WORKERS", default_value_t = 0, global = true)]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u16).range(0..=256))]
    pub workers: u16,

    /// Most connections open at once on each worker
    #[arg(
        long,
        env = "MASTHEAD_MAX_CONNECTIONS",
        default_value_t = 10_000,
        global = true
    )]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: u32,

    /// Most streams of changes open at once; 0 lets none be
    #[arg(
        long,
        env = "MASTHEAD_MAX_STREAMS",
        default_value_t = 1_000,
        global = true
    )]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub max_streams: u32,

    /// Seconds that an idle connection stays open
    #[arg(
        long,
        env = "MASTHEAD_KEEP_ALIVE_SECONDS",
        default_value_t = 75,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub keep_alive_seconds: u64,

    /// Seconds within which a client must have sent its request's head
    #[arg(
        long,
        env = "MASTHEAD_HEADER_TIMEOUT_SECONDS",
        default_value_t = 10,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub header_timeout_seconds: u64,

    /// Seconds within which a request is answered, or given up with a 503
    #[arg(
        long,
        env = "MASTHEAD_REQUEST_TIMEOUT_SECONDS",
        default_value_t = 30,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub request_timeout_seconds: u64,

    /// Seconds that requests under way get when the service is told to stop
    #[arg(
        long,
        env = "MASTHEAD_SHUTDOWN_SECONDS",
        default_value_t = 20,
        global = true
    )]
    #[arg(value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=3_600))]
    pub shutdown_seconds: u64,

    /// Megabytes of memory for finished answers; 0 turns the cache off
    #[arg(
        long,
        env = "MASTHEAD_CACHE_MEGABYTES",
        default_value_t = 64,
        global = true
    )]
    #[arg(value_name = "MB", value_parser = clap::value_parser!(u32).range(0..=1_048_576))]
    pub cache_megabytes: u32,

    /// Networks that webhooks may reach beside the public internet: addresses or networks, with commas between
    #[arg(long, env = "MASTHEAD_WEBHOOK_ALLOWED_NETWORKS", value_delimiter = ',')]
    #[arg(value_parser = parse_network, value_name = "NETWORKS", global = true)]
    pub webhook_allowed_networks: Vec<IpNet>,

    /// Seconds within which a webhook's receiver must have answered
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
        default_value = "max-age=60, stale-while-revalidate=60",
        value_name = "VALUE"
    )]
    #[arg(global = true)]
    pub cache_control_article: String,

    /// Cache-Control of lists of articles
    #[arg(long, env = "MASTHEAD_CACHE_CONTROL_LIST", value_parser = parse_header_value)]
    #[arg(
        default_value = "max-age=30, stale-while-revalidate=60",
        value_name = "VALUE"
    )]
    #[arg(global = true)]
    pub cache_control_list: String,

    /// Cache-Control of editions, sections, authors, sources and tags
    #[arg(long, env = "MASTHEAD_CACHE_CONTROL_TAXONOMY", value_parser = parse_header_value)]
    #[arg(
        default_value = "max-age=120, stale-while-revalidate=120",
        value_name = "VALUE"
    )]
    #[arg(global = true)]
    pub cache_control_taxonomy: String,

    /// Cache-Control of the documentation and of the OpenAPI document
    #[arg(long, env = "MASTHEAD_CACHE_CONTROL_DOCS", value_parser = parse_header_value)]
    #[arg(default_value = "max-age=300", value_name = "VALUE", global = true)]
    pub cache_control_docs: String,

    /// Where uploaded media are kept: a folder, or s3://BUCKET/PREFIX in a build with S3; by default masthead-media beside an SQLite database, else in the working folder
    #[arg(long, env = "MASTHEAD_MEDIA_STORE", value_parser = parse_media_store, global = true)]
    #[arg(value_name = "PLACE")]
    pub media_store: Option<Place>,

    /// Megabytes that a request which uploads a picture may have
    #[arg(
        long,
        env = "MASTHEAD_MEDIA_MAX_MEGABYTES",
        default_value_t = 10,
        global = true
    )]
    #[arg(value_name = "MB", value_parser = clap::value_parser!(u32).range(1..=1_024))]
    pub media_max_megabytes: u32,

    /// Millions of pixels that a picture may have; decoding takes up to 16 bytes of memory for each, one picture at a time
    #[arg(
        long,
        env = "MASTHEAD_MEDIA_MAX_MEGAPIXELS",
        default_value_t = 50,
        global = true
    )]
    #[arg(value_name = "MP", value_parser = clap::value_parser!(u32).range(1..=268))]
    pub media_max_megapixels: u32,

    /// Address of a service that speaks like S3, where the media's bucket is not Amazon's
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL", global = true)]
    pub s3_endpoint: Option<String>,

    /// Region of the media's bucket; by default us-east-1
    #[arg(long, env = "AWS_REGION", value_name = "NAME", global = true)]
    pub s3_region: Option<String>,

    /// Id of the access key for the media's bucket
    #[arg(long, env = "AWS_ACCESS_KEY_ID", hide_env_values = true, global = true)]
    #[arg(value_name = "ID")]
    pub s3_access_key_id: Option<String>,

    /// Secret of the access key for the media's bucket
    #[arg(
        long,
        env = "AWS_SECRET_ACCESS_KEY",
        hide_env_values = true,
        global = true
    )]
    #[arg(value_name = "SECRET")]
    pub s3_secret_access_key: Option<Secret>,
    /// How much of each article feeds carry: full or summary
    #[arg(
        long,
        env = "MASTHEAD_FEED_CONTENT",
        default_value = "full",
        value_enum,
        global = true
    )]
    pub feed_content: FeedContent,

    /// Address of the WebSub hub that all public feeds name, and that is told when they change
    #[arg(long, env = "MASTHEAD_WEBSUB_HUB", value_parser = parse_hub, global = true)]
    #[arg(value_name = "URL")]
    pub websub_hub: Option<String>,
}

impl Config {
    /// The path prefix, empty where there is none.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.path_prefix.as_deref().unwrap_or("")
    }

    /// Where media are kept, with what a bucket needs to be opened.
    #[must_use]
    pub fn media_place(&self) -> Place {
        match self.media_store.clone() {
            Some(Place::Bucket(bucket)) => Place::Bucket(Bucket {
                endpoint: self.s3_endpoint.clone(),
                region: self.s3_region.clone(),
                access_key_id: self.s3_access_key_id.clone(),
                secret_access_key: self.s3_secret_access_key.clone().map(|secret| secret.0),
                ..bucket
            }),
            Some(folder) => folder,
            None => Place::Folder(self.beside_database("masthead-media")),
        }
    }

    /// A path beside an SQLite database; with another, one in the working folder.
    fn beside_database(&self, name: &str) -> PathBuf {
        let path = self.database_url.expose().strip_prefix("sqlite://");
        let folder = path.and_then(|path| Path::new(path).parent());
        folder.map_or_else(|| PathBuf::from(name), |folder| folder.join(name))
    }

    /// The settings with every default, as a program without flags and environment sees them.
    #[must_use]
    pub fn with_database(url: &str) -> Self {
        let arguments = ["masthead", "--database-url", url];
        let command = without_environment(Self::augment_args(Command::new("masthead")));
        let matches = command.get_matches_from(arguments);
        <Self as clap::FromArgMatches>::from_arg_matches(&matches).unwrap_or_else(|e| e.exit())
    }
}

/// The address of the database. Its password is left out where it is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The whole address, for opening it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
        if scheme == "sqlite" {
            return f.write_str(&self.0);
        }
        let shown = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        let shown = shown.split('?').next().unwrap_or_default();
        write!(f, "{scheme}://{shown}")
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A setting that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// `command` with every variable that the environment leaves unset or empty taken from the `.env` file at `dotenv`, where it
/// has one. A variable that is set to nothing counts as unset.
///
/// # Errors
/// A sentence, where the file is there but cannot be read.
pub fn with_dotenv(command: Command, dotenv: &Path) -> Result<Command, String> {
    let values = read_dotenv(dotenv)?;
    Ok(map_environment(command, |name| {
        values.get(name).filter(|value| !value.is_empty()).cloned()
    }))
}

fn without_environment(command: Command) -> Command {
    command.mut_args(|arg| arg.env(Resettable::Reset))
}

fn map_environment(command: Command, fallback: impl Fn(&str) -> Option<String>) -> Command {
    command.mut_args(|arg| {
        let Some(name) = arg.get_env().map(OsString::from) else {
            return arg;
        };
        let set = std::env::var_os(&name);
        if set.as_ref().is_some_and(|value| !value.is_empty()) {
            return arg;
        }
        // A variable that is not set can stay, for the help to name.
        let arg = if set.is_some() {
            arg.env(Resettable::Reset)
        } else {
            arg
        };
        match name.to_str().and_then(&fallback) {
            Some(value) => arg.default_value(clap::builder::OsStr::from(value)),
            None => arg,
        }
    })
}

fn read_dotenv(path: &Path) -> Result<HashMap<String, String>, String> {
    if !path.exists() {
        return Ok(HashMap::new());
    }
    let unreadable = |error: dotenvy::Error| format!("{} cannot be read: {error}", path.display());
    dotenvy::from_path_iter(path)
        .map_err(unreadable)?
        .collect::<Result<_, _>>()
        .map_err(unreadable)
}

/// The text of `.env.example`: every setting with its words and its default.
#[must_use]
pub fn env_example() -> String {
    let mut text = String::from(
        "# Every setting with its default. Copy this file to .env and take the # off the lines that you change;\n\
         # the environment overrides .env, and flags (masthead help serve) override both.\n",
    );
    let command = Config::augment_args(Command::new("masthead"));
    for arg in command.get_arguments() {
        let (Some(name), Some(words)) = (arg.get_env(), arg.get_help()) else {
            continue;
        };
        let default = arg.get_default_values().first();
        let default = default
            .map(|value| value.to_string_lossy())
            .unwrap_or_default();
        text += &format!("\n# {words}\n# {}={default}\n", name.to_string_lossy());
    }
    text
}

fn parse_lang(text: &str) -> Result<LanguageTag, String> {
    LanguageTag::parse(text).map_err(|e| e.detail)
}

/// A network, or one address as the network of itself.
fn parse_network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from))
        .map_err(|_| "an address such as 10.0.0.1 or a network such as 10.0.0.0/8".to_owned())
}

/// A path without a slash at its end, of characters that need no escape in a URL, a header or HTML.
pub(crate) fn parse_prefix(text: &str) -> Result<String, String> {
    let trimmed = text.trim_end_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
    let rooted = trimmed.is_empty() || trimmed.starts_with('/');
    if rooted && trimmed.len() <= 200 && !trimmed.contains("//") && trimmed.chars().all(plain) {
        return Ok(trimmed.to_owned());
    }
    Err("a path such as /content, of letters, digits, hyphens, dots and slashes".to_owned())
}

fn parse_public_url(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|e| e.to_string())?;
    let whole = matches!(url.scheme(), "http" | "https") && url.query().is_none();
    if whole && url.host_str().is_some() {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    Err("an address such as https://content.example.org".to_owned())
}

fn parse_media_store(text: &str) -> Result<Place, String> {
    Place::parse(text)
}

fn parse_hub(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|e| e.to_string())?;
    if matches!(url.scheme(), "http" | "https") && url.host_str().is_some() {
        return Ok(url.into());
    }
    Err("an address such as https://hub.example.org/".to_owned())
}

fn parse_header_value(text: &str) -> Result<String, String> {
    if text.chars().all(|c| c.is_ascii() && !c.is_ascii_control()) {
        return Ok(text.to_owned());
    }
    Err("a header value of plain ASCII".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_printed() {
        let url: DatabaseUrl = "postgres://anna:s3cret@db.example/news?password=s3cret"
            .parse()
            .unwrap();
        assert_eq!(
            format!("{url} {url:?}"),
            "postgres://db.example/news postgres://db.example/news"
        );
        let config = Config::with_database("postgres://anna:s3cret@db.example/news");
        assert!(!format!("{config:?}").contains("s3cret"));
        let config = Config {
            s3_secret_access_key: Some(Secret("s3cret".to_owned())),
            media_store: Place::parse("s3://bucket").ok(),
            ..config
        };
        assert!(!format!("{config:?} {:?}", config.media_place()).contains("s3cret"));
    }

    #[test]
    fn a_prefix_is_a_plain_path_without_a_slash_at_its_end() {
        assert_eq!(
            parse_prefix("/pub/masthead/").as_deref(),
            Ok("/pub/masthead")
        );
        assert_eq!(parse_prefix("/").as_deref(), Ok(""));
        for text in ["pub", "/a//b", "/a?b", "/\"", "/a b", "//evil.example"] {
            assert!(parse_prefix(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_proxy_is_named_by_address_or_network() {
        assert_eq!(
            parse_network("10.0.0.1").unwrap().to_string(),
            "10.0.0.1/32"
        );
        assert_eq!(parse_network(" ::1 ").unwrap().to_string(), "::1/128");
        assert!(parse_network("proxy.example").is_err());
    }

    #[test]
    fn settings_come_from_dotenv_where_the_environment_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(".env");
        std::fs::write(
            &file,
            "MASTHEAD_DEFAULT_LANG=fr\nMASTHEAD_BIND=\nMASTHEAD_TRUSTED_PROXIES=::1,10.0.0.1\n",
        )
        .unwrap();
        let command = Config::augment_args(Command::new("masthead"));
        let matches = with_dotenv(command, &file)
            .unwrap()
            .get_matches_from(["masthead"]);
        let config = <Config as clap::FromArgMatches>::from_arg_matches(&matches).unwrap();
        assert_eq!(config.default_lang.as_str(), "fr");
        assert_eq!(config.bind, "127.0.0.1:8080");
        assert_eq!(config.trusted_proxies.len(), 2);
    }
}
