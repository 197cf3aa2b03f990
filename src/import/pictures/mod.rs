//! The pictures of imported articles: fetched from the web or a folder, stored as media, and shown by the articles in place of
//! their old addresses.
//!
//! Articles come first, with the addresses that the archive has. Then some articles at a time, in the order of the import:
//! their pictures are fetched on threads of their own (`turns`, `fetch`), each is committed with its address, and each
//! article gets one new version. A run that was ended goes on at the first picture that is not here. What did not come keeps
//! its address, and is tried by the next run.

mod account;
mod address;
mod fetch;
mod folder;
pub(super) mod inline;
mod known;
pub(super) mod references;
mod run;
mod settle;
mod store_inline;
mod turns;

use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use crate::domain::id::Id;
use crate::domain::time::Clock;
use crate::media::Media;
use crate::media::intake::IntakeError;
use crate::outbound::{Certificate, Outbound};
use crate::service::{Actor, ServiceError};
use crate::store::{Store, StoreError};

use super::batch::Place;
use super::run::Target;
use folder::Folder;

pub use account::Counts;
pub(in crate::import) use address::Source;
pub(super) use known::known;
pub(super) use run::bring;
pub(super) use store_inline::{Held, keep_inline};

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

/// What an import does about pictures.
#[derive(Debug)]
pub struct Pictures {
    /// Which, and from where.
    pub settings: Settings,
    /// Where they go, and what they may be.
    pub media: Media,
    /// True if they are counted alone.
    pub is_trial: bool,
}

impl Pictures {
    /// Looks whether the folder is there.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn check(&self) -> Result<(), PicturesError> {
        self.folder().map(|_| ())
    }

    fn folder(&self) -> Result<Option<Folder>, PicturesError> {
        let path = self.settings.folder.as_deref();
        let opened = path.map(|path| {
            let failed = |error| PicturesError::Folder(path.display().to_string(), error);
            Folder::open(path).map_err(failed)
        });
        opened.transpose()
    }

    fn outbound(&self) -> Outbound {
        let settings = &self.settings;
        let (allowed, trusted) = (settings.allowed.clone(), settings.trusted.clone());
        Outbound::keeping(KEPT, allowed, settings.time_limit, trusted)
    }
}

/// Why pictures could not be taken at all.
#[derive(Debug, thiserror::Error)]
pub enum PicturesError {
    /// The database.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The storage of media.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The folder of pictures.
    #[error("the folder of pictures {0} cannot be read: {1}")]
    Folder(String, std::io::Error),
    /// This machine's disk.
    #[error(transparent)]
    Disk(#[from] std::io::Error),
}

impl From<StoreError> for PicturesError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// An article that came in.
#[derive(Debug, Clone)]
pub(super) struct Imported {
    pub(super) article: Id,
    pub(super) place: Place,
    /// The record's own name for itself.
    pub(super) name: Option<String>,
}

/// Where pictures go, who says so, and a folder for parts of them.
struct Site<'a> {
    store: &'a Store,
    clock: &'a Clock,
    actor: Actor,
    scratch: &'a Path,
}

impl<'a> Site<'a> {
    const fn new(target: &Target<'a>, scratch: &'a Path) -> Self {
        Self {
            store: target.store,
            clock: target.clock,
            actor: target.actor,
            scratch,
        }
    }
}

impl<'a> From<&Site<'a>> for (&'a Store, &'a Clock, Actor) {
    fn from(site: &Site<'a>) -> Self {
        (site.store, site.clock, site.actor)
    }
}
