//! The settings that are one of a few words.

use clap::ValueEnum;

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Audience of a group of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Exposure {
    /// Everybody.
    Public,
    /// Holders of a key that may read it.
    Key,
    /// Nobody.
    Off,
}

/// The text of each article in feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FeedContent {
    /// The whole text.
    Full,
    /// The summary.
    Summary,
}

/// The header fields that carry surrogate keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SurrogateHeader {
    /// `Surrogate-Key`, with blanks between the keys: Fastly, Varnish.
    SurrogateKey,
    /// `Cache-Tag`, with commas between: Cloudflare, Akamai.
    CacheTag,
    /// Both.
    Both,
    /// Neither.
    None,
}
