//! The files of an index, read by position instead of mapped into memory: a file that somebody cuts short while it is read is
//! an error, where a mapping would end the process (SIGBUS), and of what was read a bounded part stays in the process's memory
//! (beside columns, which are opened whole).

use std::fs::File;
use std::io::{self, BufWriter};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use tantivy::HasLen;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};

use super::packed::{Blocks, Packer};
use crate::domain::kept::{Kept, Weight};

/// Files that are kept in packed blocks, by their endings. Those of places pack badly, and columns are read by every
/// search.
const PACKED: [&str; 2] = ["idx", "term"];

/// Megabytes of parts of files that stay in memory, of all indexes of the process: a search reads the articles and places of
/// its words several times, and others ask for the same words.
const PARTS_MEGABYTES: u32 = 24;
/// Bytes of a common part.
const TYPICAL_PART: u64 = 8 * 1024;

/// Bytes that a part takes beside its own, in two allocations and a place of the cache.
const PART_OVERHEAD: usize = 192;

/// Parts of files that stay in memory.
static PARTS: LazyLock<Kept<Part, OwnedBytes>> =
    LazyLock::new(|| Kept::new(PARTS_MEGABYTES, TYPICAL_PART));

/// A part of a file. Its number tells the files of this process apart, also those that had the same name one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Part {
    file: u64,
    begin: usize,
    end: usize,
}

impl Weight for Part {
    fn weight(&self) -> u64 {
        size_of::<Self>() as u64
    }
}

impl Weight for OwnedBytes {
    fn weight(&self) -> u64 {
        (self.len() + PART_OVERHEAD) as u64
    }
}

fn is_packed(path: &Path) -> bool {
    path.extension()
        .is_some_and(|own| PACKED.iter().any(|ending| own == *ending))
}

/// A folder of files.
#[derive(Debug, Clone)]
pub(super) struct Files {
    folder: PathBuf,
    /// Does everything but read.
    inner: MmapDirectory,
    opened: Arc<Mutex<Vec<Weak<Handle>>>>,
}

impl Files {
    pub(super) fn open(folder: &Path) -> tantivy::Result<Self> {
        Ok(Self {
            folder: folder.to_owned(),
            inner: MmapDirectory::open(folder)?,
            opened: Arc::default(),
        })
    }

    /// True if no open file was written since it was opened. The index writes each of its files once, and reads it then.
    pub(super) fn are_as_opened(&self) -> bool {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.retain(|handle| handle.strong_count() > 0);
        let mut opened = opened.iter().filter_map(Weak::upgrade);
        opened.all(|handle| handle.is_as_opened())
    }
}

#[derive(Debug)]
struct Handle {
    file: File,
    number: u64,
    size: u64,
    length: usize,
    /// The blocks of a file that is packed.
    blocks: Option<Blocks>,
    modified: Option<SystemTime>,
}

impl Handle {
    fn is_as_opened(&self) -> bool {
        self.file
            .metadata()
            .is_ok_and(|data| data.len() == self.size && data.modified().ok() == self.modified)
    }
}

impl Handle {
    fn read(&self, range: Range<usize>) -> io::Result<Vec<u8>> {
        if let Some(blocks) = &self.blocks {
            return blocks.read(&self.file, range);
        }
        let mut bytes = vec![0; range.len()];
        self.file.read_exact_at(&mut bytes, range.start as u64)?;
        Ok(bytes)
    }
}

impl HasLen for Handle {
    fn len(&self) -> usize {
        self.length
    }
}

impl FileHandle for Handle {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let part = Part {
            file: self.number,
            begin: range.start,
            end: range.end,
        };
        if let Some(bytes) = PARTS.get(&part) {
            return Ok(OwnedBytes::clone(&bytes));
        }
        let bytes = OwnedBytes::new(self.read(range)?);
        PARTS.insert(part, Arc::new(bytes.clone()));
        Ok(bytes)
    }
}

fn open(path: &Path) -> io::Result<Handle> {
    static NUMBERS: AtomicU64 = AtomicU64::new(0);
    let file = File::open(path)?;
    let data = file.metadata()?;
    let size = data.len();
    let blocks = is_packed(path)
        .then(|| Blocks::of(&file, size))
        .transpose()?;
    let length = match &blocks {
        Some(blocks) => blocks.length(),
        None => usize::try_from(size).map_err(io::Error::other)?,
    };
    Ok(Handle {
        file,
        number: NUMBERS.fetch_add(1, Ordering::Relaxed),
        size,
        length,
        blocks,
        modified: data.modified().ok(),
    })
}

impl Directory for Files {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        match open(&self.folder.join(path)) {
            Ok(handle) => {
                let handle = Arc::new(handle);
                let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
                opened.push(Arc::downgrade(&handle));
                Ok(handle)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(OpenReadError::FileDoesNotExist(path.to_owned()))
            }
            Err(error) => Err(OpenReadError::wrap_io_error(error, path.to_owned())),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let plain = self.inner.open_write(path)?;
        if !is_packed(path) {
            return Ok(plain);
        }
        let packer = Packer::new(plain);
        let packer = packer.map_err(|error| OpenWriteError::wrap_io_error(error, path.to_owned()));
        let packer: Box<dyn TerminatingWrite + Send + Sync> = Box::new(packer?);
        Ok(BufWriter::new(packer))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.inner.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, watch_callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(watch_callback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_place_of_another_is_read_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        let path = Path::new("a.pos");
        for text in ["first", "other"] {
            std::fs::write(folder.path().join(path), text).unwrap();
            let handle = files.get_file_handle(path).unwrap();
            for _ in 0..2 {
                assert_eq!(
                    handle.read_bytes(1..5).unwrap().as_slice(),
                    &text.as_bytes()[1..]
                );
            }
            std::fs::remove_file(folder.path().join(path)).unwrap();
        }
    }
}
