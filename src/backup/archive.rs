//! A place of many copies, each named by its time, with the media that they show beside them; and how long copies are kept.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use chrono::{NaiveDateTime, SubsecRound, TimeDelta};
use tempfile::TempDir;

use crate::domain::time::Timestamp;
use crate::media::place::Place;
use crate::media::storage::{Storage, StorageError};
use crate::media::work::wait_for;

/// Begins the names of folders that a copy is made in. One that is older than a day was left by a process that was killed.
const WORK: &str = ".masthead-backup-";
const ABANDONED: Duration = Duration::from_secs(86_400);
/// The name of the folder for media beside copies.
const MEDIA: &str = "media";
/// The times in the names of copies, in UTC.
const TIME: &str = "%Y%m%dT%H%M%SZ";

/// The form of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// An SQLite database.
    Sqlite,
    /// An archive of `pg_dump`.
    Postgres,
}

impl Form {
    /// The ending of file names.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Sqlite => "db",
            Self::Postgres => "dump",
        }
    }

    /// The form of a file by its first bytes; `None` where it is no copy.
    ///
    /// # Errors
    /// A place that cannot be read.
    pub fn of(path: &Path) -> std::io::Result<Option<Self>> {
        use std::io::Read;
        let mut head = Vec::new();
        fs::File::open(path)?.take(16).read_to_end(&mut head)?;
        Ok(match head.as_slice() {
            b"SQLite format 3\0" => Some(Self::Sqlite),
            head if head.starts_with(b"PGDMP") => Some(Self::Postgres),
            _ => None,
        })
    }
}

/// The name of a copy: `masthead-20261129T020000Z.db`. Later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CopyName {
    time: NaiveDateTime,
    form: Form,
}

impl CopyName {
    /// The name of a copy that is made now.
    #[must_use]
    pub fn new(now: Timestamp, form: Form) -> Self {
        let time = now.to_utc().naive_utc().trunc_subsecs(0);
        Self { time, form }
    }

    /// Reads a name; other files of a place are no copies.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (stem, ending) = name.strip_prefix("masthead-")?.split_once('.')?;
        let forms = [Form::Sqlite, Form::Postgres];
        let form = forms.into_iter().find(|form| form.ending() == ending)?;
        let time = NaiveDateTime::parse_from_str(stem, TIME).ok()?;
        Some(Self { time, form }).filter(|read| read.to_string() == name)
    }
}

impl fmt::Display for CopyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.time.format(TIME);
        write!(f, "masthead-{time}.{}", self.form.ending())
    }
}

/// The copies that stay. One stays if either rule keeps it; the newest always does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Keep {
    /// Number of the newest copies.
    pub count: Option<u32>,
    /// Days for which a copy is kept.
    pub days: Option<u32>,
}

impl Keep {
    /// The copies that no rule keeps, out of some that are given newest first; none where there is no rule.
    fn too_old(self, copies: &[CopyName], now: Timestamp) -> Vec<CopyName> {
        if self == Self::default() {
            return Vec::new();
        }
        let count = usize::try_from(self.count.unwrap_or(0)).unwrap_or(usize::MAX);
        let now = now.to_utc().naive_utc();
        let is_young = |copy: &CopyName| {
            let days = self.days.map(|days| TimeDelta::days(days.into()));
            days.is_some_and(|days| now - copy.time <= days)
        };
        let old = copies.iter().skip(count.max(1));
        old.filter(|copy| !is_young(copy)).copied().collect()
    }
}

/// The place of many copies.
#[derive(Debug)]
pub struct Archive {
    place: Place,
    storage: Storage,
}

impl Archive {
    /// The copies at a place.
    ///
    /// # Errors
    /// A sentence, where it is a bucket that cannot be used.
    pub fn open(place: Place) -> Result<Self, String> {
        let storage = Storage::open(place.clone())?;
        Ok(Self { place, storage })
    }

    /// The place of media beside the copies.
    #[must_use]
    pub fn media(&self) -> Place {
        self.place.below(MEDIA)
    }

    /// The copies, newest first.
    ///
    /// # Errors
    /// Those of the storage.
    pub fn copies(&self) -> Result<Vec<CopyName>, StorageError> {
        let names = wait_for(self.storage.names())?;
        let mut copies: Vec<CopyName> = names.iter().filter_map(|n| CopyName::parse(n)).collect();
        copies.sort_unstable_by(|one, other| other.cmp(one));
        Ok(copies)
    }

    /// A folder to make the next copy in, which goes when it is dropped: beside the copies, where they are in a folder.
    ///
    /// # Errors
    /// A place that cannot be made.
    pub fn workplace(&self) -> std::io::Result<TempDir> {
        let mut builder = tempfile::Builder::new();
        let Place::Folder(folder) = &self.place else {
            return builder.prefix(WORK).tempdir();
        };
        fs::create_dir_all(folder)?;
        remove_abandoned(folder)?;
        builder.prefix(WORK).tempdir_in(folder)
    }

    /// Takes in a whole copy that was made in a [`workplace`](Self::workplace): only now it has its name.
    ///
    /// # Errors
    /// Those of the storage, and a copy of the same name.
    pub fn take(&self, name: CopyName, file: &Path) -> Result<(), StorageError> {
        if self.copies()?.contains(&name) {
            return Err(StorageError::Failed(format!(
                "{} has {name} already",
                self.place
            )));
        }
        match &self.place {
            Place::Folder(folder) => {
                fs::File::open(file)?.sync_all()?;
                fs::rename(file, folder.join(name.to_string()))?;
                fs::File::open(folder)?.sync_all()?;
                Ok(())
            }
            Place::Bucket(_) => wait_for(self.storage.put_named(&name.to_string(), file)),
        }
    }

    /// Writes a copy to a file.
    ///
    /// # Errors
    /// Those of the storage.
    pub fn fetch(&self, name: CopyName, to: &Path) -> Result<(), StorageError> {
        wait_for(self.storage.get_named(&name.to_string(), to))
    }

    /// Removes the copies that no rule keeps, and answers them.
    ///
    /// # Errors
    /// Those of the storage; what was removed until then is gone.
    pub fn prune(&self, keep: Keep, now: Timestamp) -> Result<Vec<CopyName>, StorageError> {
        let old = keep.too_old(&self.copies()?, now);
        for copy in &old {
            wait_for(self.storage.remove_named(&copy.to_string()))?;
        }
        Ok(old)
    }
}

/// The place of media beside a copy that is a file of its own.
#[must_use]
pub fn media_beside(file: &Path) -> Place {
    Place::Folder(file.with_file_name(MEDIA))
}

fn remove_abandoned(folder: &Path) -> std::io::Result<()> {
    let is_old = |path: &PathBuf| {
        let changed = fs::metadata(path).and_then(|found| found.modified());
        let age = changed.map(|changed| SystemTime::now().duration_since(changed));
        matches!(age, Ok(Ok(age)) if age > ABANDONED)
    };
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let of_ours = entry.file_name().to_string_lossy().starts_with(WORK);
        if of_ours && is_old(&entry.path()) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copies(days: &[u32]) -> Vec<CopyName> {
        let name = |day: &u32| CopyName::parse(&format!("masthead-202611{day:02}T020000Z.db"));
        days.iter().map(|day| name(day).unwrap()).collect()
    }

    fn kept(count: Option<u32>, days: Option<u32>, copies_of: &[u32]) -> Vec<CopyName> {
        let now = Timestamp::parse("2026-11-29T02:00:05Z").unwrap();
        let all = copies(copies_of);
        let old = Keep { count, days }.too_old(&all, now);
        all.into_iter().filter(|copy| !old.contains(copy)).collect()
    }

    #[test]
    fn a_copy_stays_if_either_rule_keeps_it_and_the_newest_always_does() {
        let days = [28, 27, 20, 3, 1];
        assert_eq!(kept(None, None, &days), copies(&days));
        assert_eq!(kept(Some(2), None, &days), copies(&[28, 27]));
        assert_eq!(kept(None, Some(10), &days), copies(&[28, 27, 20]));
        assert_eq!(kept(Some(4), Some(10), &days), copies(&[28, 27, 20, 3]));
        assert_eq!(kept(Some(1), Some(3), &days), copies(&[28, 27]));
        assert_eq!(kept(None, Some(1), &[3, 1]), copies(&[3]));
    }

    #[test]
    fn a_name_has_its_time_and_form_and_nothing_else_is_a_copy() {
        let now = Timestamp::parse("2026-11-29T02:00:05.250Z").unwrap();
        let name = CopyName::new(now, Form::Postgres);
        assert_eq!(name.to_string(), "masthead-20261129T020005Z.dump");
        assert_eq!(CopyName::parse(&name.to_string()), Some(name));
        for other in [
            "media",
            "masthead.db",
            "masthead-1.db",
            "masthead-20261129T020005Z.db.partial",
            "masthead-20261399T020005Z.db",
            "masthead-20261129T020005Z.txt",
        ] {
            assert_eq!(CopyName::parse(other), None, "{other}");
        }
    }
}
