//! Treatment of an import's pictures.

use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use super::folder::Folder;
use super::site::PicturesError;
use crate::media::Media;
use crate::outbound::{Certificate, Outbound};

/// Connections that are kept for further requests to their host.
const KEPT: usize = 8;

/// The pictures that a run takes, and from where.
#[derive(Debug, Clone)]
pub struct Settings {
    /// True to download what the folder does not have.
    pub fetch: bool,
    /// The folder where the old system kept pictures.
    pub folder: Option<PathBuf>,
    /// The site of addresses without one.
    pub site: Option<Url>,
    /// The most pictures that are downloaded.
    pub most: u64,
    /// The bytes after which nothing more is downloaded.
    pub most_bytes: u64,
    /// The time for one picture.
    pub time_limit: Duration,
    /// Networks that are asked besides the public internet.
    pub allowed: Vec<IpNet>,
    /// Certificates to trust besides those of the system.
    pub trusted: Vec<Certificate>,
}

/// Treatment of an import's pictures.
#[derive(Debug)]
pub struct Pictures {
    /// Pictures to bring, and their sources.
    pub settings: Settings,
    /// Their storage, and the limits of each.
    pub media: Media,
    /// True if they are counted alone.
    pub is_trial: bool,
}

impl Pictures {
    /// Looks whether the folder is there.
    ///
    /// # Errors
    /// A place that cannot be read.
    pub fn check(&self) -> Result<(), PicturesError> {
        self.folder().map(|_| ())
    }

    pub(super) fn folder(&self) -> Result<Option<Folder>, PicturesError> {
        let path = self.settings.folder.as_deref();
        let opened = path.map(|path| {
            let failed = |error| PicturesError::Folder(path.display().to_string(), error);
            Folder::open(path).map_err(failed)
        });
        opened.transpose()
    }

    pub(super) fn outbound(&self) -> Outbound {
        let settings = &self.settings;
        let (allowed, trusted) = (settings.allowed.clone(), settings.trusted.clone());
        Outbound::keeping(KEPT, allowed, settings.time_limit, trusted)
    }
}
