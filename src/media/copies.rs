//! Media that go from one storage to another: into a backup, and back.

use crate::domain::medium::FileState;
use crate::store::Store;
use crate::store::media::files_after;

use super::check::CheckError;
use super::storage::Storage;
use super::storage::objects::Copied;
use super::work::wait_for;

/// Files that one read looks at.
const AT_ONCE: i64 = 100;

/// The outcome of copying the media of a database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copies {
    /// Files that were copied.
    pub copied: u64,
    /// Files that were there already.
    pub there: u64,
    /// Files that the storage lacks which they were to come from.
    pub missing: Vec<String>,
}

/// Copies what `to` lacks of the media that a database names; `progress` is told how many files were looked at.
///
/// # Errors
/// A failure of the database or of a storage; what was copied until then stays.
pub fn run(
    store: &Store,
    from: &Storage,
    to: &Storage,
    progress: &mut dyn FnMut(u64),
) -> Result<Copies, CheckError> {
    let mut copies = Copies::default();
    let mut after = String::new();
    loop {
        let files = store.read(|conn| files_after(conn, &after, AT_ONCE))?;
        let Some(last) = files.last() else {
            return Ok(copies);
        };
        after = last.id.to_string();
        for file in &files {
            match wait_for(from.copy_to(to, file))? {
                Copied::Now => copies.copied += 1,
                Copied::Before => copies.there += 1,
                // Of one whose renditions failed, nothing is promised.
                Copied::Missing if file.state == FileState::Failed => {}
                Copied::Missing => copies.missing.push(file.id.to_string()),
            }
        }
        progress(files.len() as u64);
    }
}
