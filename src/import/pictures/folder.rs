//! A folder that holds the pictures of an archive, as the old system kept them.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use super::address::path_of;

/// Folders that systems keep pictures in, as their addresses have them.
const ROOTS: [&str; 2] = ["/wp-content/uploads/", "/content/images/"];

/// The folder.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at `path`.
    ///
    /// # Errors
    /// A place that cannot be read.
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        let path = path.canonicalize()?;
        std::fs::read_dir(&path)?;
        Ok(Self { path })
    }

    /// The file of a source. It is named by the end of the address that lies behind the folder's own name or behind the place
    /// where a known system keeps pictures, or by the whole path.
    pub(super) fn find(&self, source: &str) -> Option<PathBuf> {
        let path = path_of(source);
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        let own = self
            .path
            .file_name()
            .map(|name| format!("/{}/", name.to_string_lossy()));
        let behind = |root: &str| decoded.find(root).map(|at| &decoded[at + root.len()..]);
        let ends = ROOTS
            .iter()
            .copied()
            .chain(own.as_deref())
            .filter_map(behind);
        let whole = decoded.trim_start_matches('/');
        ends.chain([whole]).find_map(|end| self.file(end))
    }

    /// A file below the folder; links do not lead out of it.
    fn file(&self, name: &str) -> Option<PathBuf> {
        let is_plain =
            |step: &str| !matches!(step, "" | "." | "..") && !step.contains(['\\', '\0']);
        if !name.split('/').all(is_plain) {
            return None;
        }
        let path = self.path.join(name).canonicalize().ok()?;
        (path.starts_with(&self.path) && path.is_file()).then_some(path)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_picture_is_found_below_the_folder_and_nowhere_else() {
        let outer = tempfile::tempdir().unwrap();
        let uploads = outer.path().join("uploads");
        fs::create_dir_all(uploads.join("2020/01")).unwrap();
        fs::write(uploads.join("2020/01/a b.jpg"), "a").unwrap();
        fs::write(outer.path().join("secret.jpg"), "s").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outer.path().join("secret.jpg"), uploads.join("link.jpg"))
            .unwrap();
        let folder = Folder::open(&uploads).unwrap();
        let found = |source: &str| folder.find(source).is_some();
        assert!(found(
            "https://a.example/wp-content/uploads/2020/01/a%20b.jpg?x=1"
        ));
        assert!(found("https://a.example/blog/uploads/2020/01/a%20b.jpg"));
        assert!(found("/2020/01/a%20b.jpg"));
        assert!(!found("https://a.example/elsewhere/a%20b.jpg"));
        assert!(!found("https://a.example/uploads/../secret.jpg"));
        assert!(!found("https://a.example/uploads/%2e%2e/secret.jpg"));
        assert!(!found("https://a.example/uploads/..%2fsecret.jpg"));
        assert!(!found("https://a.example/uploads/link.jpg"));
        assert!(!found("https://a.example/uploads/2020/01"));
    }
}
