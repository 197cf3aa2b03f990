//! The settings of caches that are told to forget.

use std::path::{Path, PathBuf};

use clap::Args;

use super::choices::SurrogateHeader;
use super::values::Secret;
use crate::domain::purge::{Kind, Target};

/// Caches in front, and the tokens that they ask for.
#[derive(Debug, Clone, Args)]
pub struct Purging {
    /// Caches that are told of changes, separated by commas: varnish+URL, fastly:SERVICE, cloudflare:ZONE, urls+URL, post+URL
    #[arg(long = "purge", env = "MASTHEAD_PURGE", value_delimiter = ',', value_parser = Target::parse)]
    #[arg(value_name = "CACHES", global = true)]
    pub targets: Vec<Target>,

    /// File of the token for Fastly's API
    #[arg(
        long,
        env = "MASTHEAD_FASTLY_TOKEN_FILE",
        value_name = "FILE",
        global = true
    )]
    pub fastly_token_file: Option<PathBuf>,

    /// File of the token for Cloudflare's API
    #[arg(
        long,
        env = "MASTHEAD_CLOUDFLARE_TOKEN_FILE",
        value_name = "FILE",
        global = true
    )]
    pub cloudflare_token_file: Option<PathBuf>,

    /// File of the token for other caches that are told of changes, sent as Authorization: Bearer
    #[arg(
        long,
        env = "MASTHEAD_PURGE_TOKEN_FILE",
        value_name = "FILE",
        global = true
    )]
    pub purge_token_file: Option<PathBuf>,
}

impl Purging {
    /// Each target with its token.
    ///
    /// # Errors
    /// A sentence, where a file cannot be read or a setting is missing.
    pub fn with_tokens(
        &self,
        header: SurrogateHeader,
    ) -> Result<Vec<(Target, Option<Secret>)>, String> {
        let with_token = |target: &Target| {
            require_header(target, header)?;
            let token = match target.kind {
                Kind::Fastly => Some(required(
                    self.fastly_token_file.as_deref(),
                    target,
                    "MASTHEAD_FASTLY_TOKEN_FILE",
                )?),
                Kind::Cloudflare => Some(required(
                    self.cloudflare_token_file.as_deref(),
                    target,
                    "MASTHEAD_CLOUDFLARE_TOKEN_FILE",
                )?),
                Kind::Varnish | Kind::Urls | Kind::Post => {
                    self.purge_token_file.as_deref().map(token).transpose()?
                }
            };
            Ok((target.clone(), token))
        };
        self.targets.iter().map(with_token).collect()
    }
}

/// Refuses a cache that would be told keys which no answer carries.
fn require_header(target: &Target, header: SurrogateHeader) -> Result<(), String> {
    use SurrogateHeader::{Both, CacheTag, None, SurrogateKey};
    let (names, wanted) = match target.kind {
        Kind::Varnish | Kind::Fastly => (matches!(header, SurrogateKey | Both), "surrogate-key"),
        Kind::Cloudflare => (matches!(header, CacheTag | Both), "cache-tag"),
        Kind::Post => (header != None, "surrogate-key"),
        Kind::Urls => (true, ""),
    };
    if names {
        return Ok(());
    }
    Err(format!(
        "{target} in MASTHEAD_PURGE forgets by keys that answers do not carry: set MASTHEAD_SURROGATE_HEADER to {wanted} or both"
    ))
}

fn required(file: Option<&Path>, target: &Target, setting: &str) -> Result<Secret, String> {
    let file = file.ok_or_else(|| format!("{target} in MASTHEAD_PURGE needs {setting}"))?;
    token(file)
}

/// The token of a file: one line of visible ASCII.
fn token(file: &Path) -> Result<Secret, String> {
    const LONGEST: usize = 4_096;
    let name = file.display();
    let text = std::fs::read_to_string(file).map_err(|e| format!("{name} cannot be read: {e}"))?;
    let token = text.trim();
    let is_token =
        (1..=LONGEST).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
    if !is_token {
        return Err(format!(
            "{name} holds no token: one line of letters, digits and signs"
        ));
    }
    token.parse().map_err(|_| format!("{name} holds no token"))
}
