//! The folders that indexes are kept in: one of its own for each process, and in it one for each index.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Maximum number of processes that keep an index below one folder.
const MOST_NODES: u32 = 64;
/// The file that names the index that is in use.
const CURRENT: &str = "current";
/// The file that a process locks while it has a folder.
const LOCK: &str = "lock";

/// Place of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Below a folder.
    Folder(PathBuf),
    /// In memory, until the process ends.
    Memory,
}

/// Names the index in use, and removes all others.
pub(super) fn make_current(folder: &Path, own: &Path) -> io::Result<()> {
    let Some(name) = own.file_name().and_then(|name| name.to_str()) else {
        return Ok(());
    };
    let partial = folder.join("current.partial");
    fs::write(&partial, name)?;
    fs::rename(&partial, folder.join(CURRENT))?;
    sweep(folder, Some(own));
    Ok(())
}

/// The folder of the index in use, where one is named.
pub(super) fn current_index(folder: &Path) -> Option<PathBuf> {
    let name = fs::read_to_string(folder.join(CURRENT)).ok()?;
    let is_own = is_index(&name) && !name.contains(['/', '\\']);
    is_own.then(|| folder.join(name))
}

/// A new folder for an index, beside the one in use only.
pub(super) fn new_index(folder: &Path, kept: Option<&Path>) -> io::Result<PathBuf> {
    sweep(folder, kept);
    let number = getrandom::u64().unwrap_or(0);
    let own = folder.join(format!("index-{number:016x}"));
    fs::create_dir_all(&own)?;
    Ok(own)
}

/// Removes every index but one, also what failed attempts have left. Readers of an old index keep its files open; what cannot
/// be removed goes next time.
fn sweep(folder: &Path, kept: Option<&Path>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_index = is_index(&entry.file_name().to_string_lossy());
        if is_index && Some(entry.path().as_path()) != kept {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_index(name: &str) -> bool {
    name.starts_with("index-")
}

/// A folder that no other process has while this one holds its lock.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) folder: PathBuf,
    lock: File,
}

impl Taken {
    /// True if whoever looks for the lock finds this one: another may take the folder once its lock was deleted.
    #[cfg(unix)]
    pub(super) fn is_held(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let (own, seen) = (self.lock.metadata(), fs::metadata(self.folder.join(LOCK)));
        match (own, seen) {
            (Ok(own), Ok(seen)) => (own.dev(), own.ino()) == (seen.dev(), seen.ino()),
            _ => false,
        }
    }

    /// True if the lock is there: it cannot be deleted while it is open.
    #[cfg(not(unix))]
    pub(super) fn is_held(&self) -> bool {
        self.lock.metadata().is_ok() && self.folder.join(LOCK).exists()
    }
}

/// The first folder below this one that no other process has.
pub(super) fn take_folder(folder: &Path) -> Option<Taken> {
    for number in 1..=MOST_NODES {
        let own = folder.join(format!("node-{number}"));
        match lock_folder(&own) {
            Ok(Some(lock)) => return Some(Taken { folder: own, lock }),
            Ok(None) => {}
            Err(error) => {
                log::warn!(
                    "the search index is kept in memory: {}: {error}",
                    own.display()
                );
                return None;
            }
        }
    }
    log::warn!("the search index is kept in memory: {MOST_NODES} processes have one already");
    None
}

/// The folders below a place that a process has now.
#[must_use]
pub fn taken_folders(place: &Place) -> Vec<PathBuf> {
    let Place::Folder(folder) = place else {
        return Vec::new();
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let nodes = entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("node-") && path.is_dir()
    });
    nodes
        .filter(|own| matches!(lock_folder(own), Ok(None)))
        .collect()
}

fn lock_folder(own: &Path) -> io::Result<Option<File>> {
    fs::create_dir_all(own)?;
    let lock = File::create(own.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
