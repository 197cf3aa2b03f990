//! One picture from where it lies into the storage.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use url::Url;

use super::address::to_ask;
use super::folder::Folder;
use super::settings::Settings;
use super::site::Site;
use super::turns::Heard;
use crate::domain::medium::{MediaFile, MediumSource, Validators};
use crate::media::Media;
use crate::media::digest;
use crate::media::inspect::Refused;
use crate::media::intake::{self, IntakeError};
use crate::media::storage::StorageError;
use crate::outbound::Outbound;
use crate::outbound::download::{Downloaded, Missed, Reason, Wanted};

/// A picture to fetch.
#[derive(Debug, Clone)]
pub(super) struct Job {
    /// Its address.
    pub(super) source: String,
    /// The fetch that brought it before.
    pub(super) known: Option<MediumSource>,
}

/// The outcome of a fetch.
#[derive(Debug)]
pub(super) enum Fetched {
    /// Its bytes are in the storage.
    Kept(Box<MediaFile>, bool, Validators),
    /// It is as it was when it was fetched before.
    AsBefore,
    /// It did not come.
    Missing(Missing),
}

/// The reason for which a picture did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Missing {
    /// Stable, snake_case.
    pub(super) code: &'static str,
    /// A sentence for a person.
    pub(super) detail: String,
    /// True if a smaller copy may come all the same.
    pub(super) is_of_picture: bool,
}

impl Missing {
    pub(super) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            is_of_picture: false,
        }
    }

    const fn of_picture(mut self) -> Self {
        self.is_of_picture = true;
        self
    }
}

/// Takes pictures from a folder and from the web.
pub(super) struct Fetcher<'a> {
    pub(super) site: &'a Site<'a>,
    pub(super) media: &'a Media,
    pub(super) outbound: Outbound,
    pub(super) folder: Option<Folder>,
    pub(super) settings: &'a Settings,
    pub(super) base: Option<Url>,
    pub(super) spent: Spent,
}

/// Pictures and bytes that a run has taken so far.
#[derive(Debug, Default)]
pub(super) struct Spent {
    pictures: AtomicU64,
    bytes: AtomicU64,
}

type Outcome = Result<Fetched, IntakeError>;

impl Fetcher<'_> {
    /// Fetches a picture, unless its host is `closed`.
    pub(super) fn attempt(&self, job: &Job, closed: Option<&str>) -> (Outcome, Heard) {
        if let Some(path) = self
            .folder
            .as_ref()
            .and_then(|folder| folder.find(&job.source))
        {
            return (self.take_from_folder(job, &path), Heard::Answer);
        }
        let asked = |known: &MediumSource| self.settings.fetch && !known.validators.is_empty();
        if job.known.as_ref().is_some_and(|known| !asked(known)) {
            return (Ok(Fetched::AsBefore), Heard::Answer);
        }
        match self.address(job, closed) {
            Ok(url) => self.fetch_from_web(job, &url),
            Err(missing) => (Ok(Fetched::Missing(missing)), Heard::Answer),
        }
    }

    /// The address to ask, or the reason why nobody is asked.
    fn address(&self, job: &Job, closed: Option<&str>) -> Result<Url, Missing> {
        if !self.settings.fetch {
            return Err(
                Missing::new("media_not_in_folder", "the folder has no such file").of_picture(),
            );
        }
        let url = to_ask(&job.source, self.base.as_ref()).ok_or_else(|| {
            let detail = "the archive does not tell the site of this address; --media-site does";
            Missing::new("media_no_site", detail)
        })?;
        if let Some(why) = closed {
            return Err(Missing::new("media_host_left_alone", why));
        }
        if job.known.is_none() {
            self.require_room()?;
        }
        Ok(url)
    }

    fn require_room(&self) -> Result<(), Missing> {
        let Settings {
            most, most_bytes, ..
        } = *self.settings;
        if self.spent.bytes.load(Ordering::Relaxed) >= most_bytes {
            let detail = format!("this run has taken its {most_bytes} bytes; the next one goes on");
            return Err(Missing::new("media_limit", detail));
        }
        let before = self.spent.pictures.fetch_add(1, Ordering::Relaxed);
        if before >= most {
            let detail =
                format!("this run has asked for its {most} pictures; the next one goes on");
            return Err(Missing::new("media_limit", detail));
        }
        Ok(())
    }

    fn take_from_folder(&self, job: &Job, path: &Path) -> Outcome {
        let limit = self.media.limits.bytes as u64;
        let file = File::open(path).map_err(StorageError::from)?;
        let size = file.metadata().map_err(StorageError::from)?.len();
        if size > limit {
            return Ok(Fetched::Missing(too_large(limit)));
        }
        let mut hashed = Hashed::new(io::sink());
        io::copy(&mut file.take(limit), &mut hashed).map_err(StorageError::from)?;
        let (digest, bytes) = hashed.finish();
        if job.known.is_some() && self.is_known(job, &digest)? {
            return Ok(Fetched::AsBefore);
        }
        self.keep(path, digest, bytes, Validators::default())
    }

    /// True if the medium that the address brought before has these bytes, and the storage still holds them.
    fn is_known(&self, job: &Job, digest: &str) -> Result<bool, IntakeError> {
        let Some(known) = &job.known else {
            return Ok(false);
        };
        let medium = self
            .site
            .store
            .read(|conn| crate::store::media::get_medium(conn, known.medium));
        let medium = medium.map_err(crate::service::ServiceError::Store)?;
        match medium.filter(|medium| medium.file.digest == digest) {
            Some(medium) => Ok(intake::seems_right(&self.media.storage, &medium.file)?),
            None => Ok(false),
        }
    }

    fn fetch_from_web(&self, job: &Job, url: &Url) -> (Outcome, Heard) {
        let validators = job.known.as_ref().map(|known| known.validators.clone());
        let validators = validators.unwrap_or_default();
        let wanted = Wanted {
            url: url.as_str(),
            known: &validators,
            limit: self.media.limits.bytes as u64,
        };
        let file = match NamedTempFile::new_in(self.site.scratch) {
            Ok(file) => file,
            Err(error) => return (Err(StorageError::from(error).into()), Heard::Answer),
        };
        let mut hashed = Hashed::new(file.as_file());
        match self.outbound.download(wanted, &mut hashed) {
            Ok(Downloaded::NotModified) => (Ok(Fetched::AsBefore), Heard::Answer),
            Ok(Downloaded::Content(bytes, validators)) => {
                let (digest, _) = hashed.finish();
                self.spent.bytes.fetch_add(bytes, Ordering::Relaxed);
                (
                    self.keep(file.path(), digest, bytes, validators),
                    Heard::Answer,
                )
            }
            Err(missed) => self.missed(missed),
        }
    }

    fn missed(&self, missed: Missed) -> (Outcome, Heard) {
        if missed.reason == Reason::Disk {
            return (
                Err(StorageError::Failed(missed.detail).into()),
                Heard::Answer,
            );
        }
        let heard = match missed.reason {
            Reason::Timeout => Heard::Silence,
            Reason::Unreachable => Heard::Broken,
            Reason::Status(429 | 503) => {
                let now = self.site.clock.now();
                let wait = missed
                    .retry_after
                    .map_or(PAUSE, |asked| asked.wait_from(now));
                Heard::Pause(Duration::from_millis(u64::try_from(wait).unwrap_or(0)))
            }
            _ => Heard::Answer,
        };
        (Ok(Fetched::Missing(missing(missed))), heard)
    }

    /// Looks at a picture and puts it into the storage.
    fn keep(&self, path: &Path, digest: String, bytes: u64, validators: Validators) -> Outcome {
        match self.look(path, digest, bytes) {
            Ok(file) => {
                let kept = intake::keep_now(&self.media.storage, self.site.into(), path, file)?;
                Ok(Fetched::Kept(Box::new(kept.file), kept.brought, validators))
            }
            Err(IntakeError::Picture(refused)) => Ok(Fetched::Missing(no_picture(refused))),
            Err(error) => Err(error),
        }
    }

    fn look(&self, path: &Path, digest: String, bytes: u64) -> Result<MediaFile, IntakeError> {
        let limits = self.media.limits;
        let size = intake::size_of(path, limits)?;
        let lane = self.media.lanes.of(size);
        let _lane = lane.blocking_lock();
        let look = intake::look(path, limits)?;
        Ok(look.file(digest, bytes, self.site.clock.now()))
    }
}

/// The pause for a host that wants one and does not say how long, in milliseconds.
const PAUSE: i64 = 5_000;

fn too_large(limit: u64) -> Missing {
    Missing::new("media_too_large", format!("more than {limit} bytes")).of_picture()
}

fn no_picture(refused: Refused) -> Missing {
    match refused {
        Refused::Type(detail) => Missing::new("media_not_a_picture", detail),
        Refused::Content("too_large", detail) => Missing::new("media_too_large", detail),
        Refused::Content(_, detail) => Missing::new("media_broken", detail),
    }
    .of_picture()
}

fn missing(missed: Missed) -> Missing {
    let of = |code| Missing::new(code, missed.detail.clone());
    match missed.reason {
        Reason::Address => of("media_refused_address"),
        Reason::Timeout => of("media_timeout"),
        Reason::Unreachable | Reason::Disk => of("media_unreachable"),
        Reason::Redirects => of("media_redirects"),
        Reason::TooLarge => of("media_too_large").of_picture(),
        Reason::Status(404 | 410) => of("media_not_found").of_picture(),
        Reason::Status(429 | 503) => of("media_busy"),
        Reason::Status(_) => of("media_refused").of_picture(),
    }
}

/// Writes on and hashes what it writes.
struct Hashed<W> {
    to: W,
    hash: Sha256,
    bytes: u64,
}

impl<W> Hashed<W> {
    fn new(to: W) -> Self {
        Self {
            to,
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    fn finish(self) -> (String, u64) {
        (digest::hex(&self.hash.finalize()), self.bytes)
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
