//! The flags of `masthead import` about pictures.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use url::Url;

use crate::app;
use crate::config::Config;
use crate::import::pictures::{Pictures, Settings};

use super::failure::Failure;

const MEGA: u64 = 1_000_000;

/// Treatment of an import's pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MediaMode {
    /// Articles keep the addresses that the archive has.
    Keep,
    /// Pictures are downloaded, and articles show them from here.
    Fetch,
}

/// Pictures of the archive.
#[derive(Debug, Clone, Args)]
pub(super) struct PictureArgs {
    /// Pictures that articles refer to: keep leaves their addresses, fetch downloads them and stores them as media. An article
    /// whose picture does not come keeps its address; the next run tries again, and asks for pictures that are here already
    /// by ETag alone.
    #[arg(long, value_enum, default_value = "keep")]
    pub(super) media: MediaMode,
    /// A folder to take pictures from, before any download: wp-content/uploads of WordPress, content/images of Ghost, or a copy of
    /// the whole site.
    #[arg(long, value_name = "FOLDER")]
    pub(super) media_dir: Option<PathBuf>,
    /// The old site, for pictures whose addresses do not tell it, such as those of Ghost: https://old.example.org.
    #[arg(long, value_name = "URL", value_parser = parse_site)]
    pub(super) media_site: Option<Url>,
    /// The most pictures that one run downloads; the next one goes on.
    #[arg(long, value_name = "COUNT", default_value_t = 100_000)]
    pub(super) media_max_count: u64,
    /// The megabytes after which a run downloads nothing more; the next one goes on. MASTHEAD_MEDIA_MAX_MEGABYTES bounds each
    /// picture.
    #[arg(long, value_name = "MB", default_value_t = 50_000)]
    pub(super) media_max_total: u64,
    /// Seconds that one picture may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(super) media_timeout: u64,
}

fn parse_site(text: &str) -> Result<Url, String> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| "an address such as https://old.example.org".to_owned())
}

impl PictureArgs {
    /// The pictures of an import; `None` where all stay where they are.
    ///
    /// # Errors
    /// A storage of media, folder or certificates that cannot be used.
    pub(super) fn open(self, config: &Config, is_trial: bool) -> Result<Option<Pictures>, Failure> {
        let fetch = self.media == MediaMode::Fetch;
        if !fetch && self.media_dir.is_none() {
            return Ok(None);
        }
        let settings = Settings {
            fetch,
            folder: self.media_dir,
            site: self.media_site,
            most: self.media_max_count,
            most_bytes: self.media_max_total.saturating_mul(MEGA),
            time_limit: Duration::from_secs(self.media_timeout),
            allowed: config.media_allowed_networks.clone(),
            trusted: app::trusted(config).map_err(Failure::new)?,
        };
        let pictures = Pictures {
            settings,
            media: app::media(config).map_err(Failure::new)?,
            is_trial,
        };
        pictures.check()?;
        Ok(Some(pictures))
    }
}
