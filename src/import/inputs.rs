//! Inputs of an import: files, folders and standard input.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::Format;

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file, plain or gzip.
    File(PathBuf),
    /// Text that the program carries, and its name.
    Embedded(&'static str, &'static str),
}

impl Input {
    /// Its name in reports.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Stdin => "-".to_owned(),
            Self::File(path) => path.display().to_string(),
            Self::Embedded(name, _) => (*name).to_owned(),
        }
    }

    /// True if it can be read more than once.
    pub(super) fn is_file(&self) -> bool {
        match self {
            Self::Stdin => false,
            Self::File(path) => fs::metadata(path).is_ok_and(|about| about.is_file()),
            Self::Embedded(..) => true,
        }
    }

    /// Its bytes.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Stdin => Box::new(io::stdin()),
            Self::File(path) => Box::new(File::open(path)?),
            Self::Embedded(_, text) => Box::new(text.as_bytes()),
        })
    }
}

/// Everything to read, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// In the order of the command line; what is in a folder by name.
    pub list: Vec<Input>,
    /// Their bytes together, compressed as they are; `None` where it cannot be known.
    pub bytes: Option<u64>,
    /// Folders in which nothing was found.
    pub empty: Vec<PathBuf>,
}

/// A path that cannot be read.
#[derive(Debug, Error)]
#[error("{}: {problem}", path.display())]
pub struct InputError {
    path: PathBuf,
    problem: io::Error,
}

/// Finds what the paths of a command line name: files as they are, `-` for standard input, and of folders, at any depth,
/// the files that `format` reads. `report` is left out, wherever it stands.
pub fn collect(
    paths: &[PathBuf],
    format: Format,
    report: Option<&Path>,
) -> Result<Inputs, InputError> {
    let mut walk = Walk {
        format,
        report: report.and_then(place),
        folders: HashSet::new(),
        found: Inputs {
            bytes: Some(0),
            ..Inputs::default()
        },
    };
    for path in paths {
        walk.named(path).map_err(|problem| InputError {
            path: path.clone(),
            problem,
        })?;
    }
    Ok(walk.found)
}

/// The one path of a file that may not exist yet.
fn place(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
    let path = folder.join(name);
    Some(fs::canonicalize(&path).unwrap_or(path))
}

struct Walk {
    format: Format,
    report: Option<PathBuf>,
    /// Folders that were read: symbolic links may lead back to them.
    folders: HashSet<PathBuf>,
    found: Inputs,
}

impl Walk {
    fn named(&mut self, path: &Path) -> io::Result<()> {
        if path == Path::new("-") {
            self.found.list.push(Input::Stdin);
            self.found.bytes = None;
            return Ok(());
        }
        let about = fs::metadata(path)?;
        if !about.is_dir() {
            if about.is_file() {
                File::open(path)?;
            }
            self.file(path, &about);
            return Ok(());
        }
        let before = self.found.list.len();
        self.folder(path)?;
        if self.format == Format::Auto {
            self.leave_texts_beside_others(before);
        }
        if self.found.list.len() == before {
            self.found.empty.push(path.to_owned());
        }
        Ok(())
    }

    /// Leaves out the plain texts of a folder that holds another format as well: notes beside an export are no pages.
    fn leave_texts_beside_others(&mut self, from: usize) {
        let is_text =
            |input: &Input| matches!(input, Input::File(path) if Format::Page.reads(path));
        let found = self.found.list.split_off(from);
        let (texts, others): (Vec<_>, Vec<_>) = found.into_iter().partition(is_text);
        if others.is_empty() {
            self.found.list.extend(texts);
            return;
        }
        self.found.list.extend(others);
        let size = |text: &Input| match text {
            Input::File(path) => fs::metadata(path).map_or(0, |about| about.len()),
            Input::Stdin | Input::Embedded(..) => 0,
        };
        let left_out: u64 = texts.iter().map(size).sum();
        let bytes = self.found.bytes;
        self.found.bytes = bytes.map(|bytes| bytes.saturating_sub(left_out));
    }

    fn file(&mut self, path: &Path, about: &fs::Metadata) {
        if self.report.is_some() && place(path) == self.report {
            return;
        }
        self.found.list.push(Input::File(path.to_owned()));
        self.found.bytes = self
            .found
            .bytes
            .filter(|_| about.is_file())
            .map(|bytes| bytes + about.len());
    }

    fn folder(&mut self, path: &Path) -> io::Result<()> {
        if !self.folders.insert(fs::canonicalize(path)?) {
            return Ok(());
        }
        let entries: io::Result<Vec<_>> = fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect();
        let mut entries = entries?;
        entries.sort();
        for entry in entries.iter().filter(|entry| !is_hidden(entry)) {
            // A link that leads nowhere is as good as absent: nobody named it.
            let Ok(about) = fs::metadata(entry) else {
                continue;
            };
            if about.is_dir() {
                self.folder(entry)?;
            } else if about.is_file() && self.format.reads(entry) {
                self.file(entry, &about);
            }
        }
        Ok(())
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_none_or(|name| name.as_encoded_bytes().starts_with(b"."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "12345").unwrap();
        }
        folder
    }

    fn names(inputs: &Inputs, folder: &Path) -> Vec<String> {
        let inside = |input: &Input| match input {
            Input::Stdin | Input::Embedded(..) => input.name(),
            Input::File(path) => path.strip_prefix(folder).unwrap().display().to_string(),
        };
        inputs.list.iter().map(inside).collect()
    }

    #[test]
    fn a_folder_gives_the_files_of_its_format_by_name_at_any_depth() {
        let folder = folder(&[
            "b.ndjson",
            "a.jsonl.GZ",
            "c.ndjson.gz",
            "deep/er/d.jsonl",
            ".hidden.ndjson",
            ".git/e.ndjson",
            "page.txt",
            "notes.json",
            "x.gz",
        ]);
        let paths = [folder.path().to_owned()];
        let found = collect(&paths, Format::Ndjson, None).unwrap();
        assert_eq!(
            names(&found, folder.path()),
            ["a.jsonl.GZ", "b.ndjson", "c.ndjson.gz", "deep/er/d.jsonl"]
        );
        assert_eq!(found.bytes, Some(20));
        let found = collect(&paths, Format::Page, None).unwrap();
        assert_eq!(names(&found, folder.path()), ["page.txt"]);
    }

    #[test]
    fn what_is_named_is_read_whatever_its_name_and_in_the_order_named() {
        let folder = folder(&["z.dat", "a.ndjson"]);
        let paths = ["z.dat", "a.ndjson"].map(|name| folder.path().join(name));
        let found = collect(&paths, Format::Ndjson, None).unwrap();
        assert_eq!(names(&found, folder.path()), ["z.dat", "a.ndjson"]);
        let found = collect(&[PathBuf::from("-")], Format::Ndjson, None).unwrap();
        assert_eq!((found.list, found.bytes), (vec![Input::Stdin], None));
    }

    #[test]
    fn a_path_that_does_not_exist_is_an_error_that_names_it() {
        let folder = folder(&["a.ndjson"]);
        let paths = [folder.path().join("a.ndjson"), folder.path().join("gone")];
        let refused = collect(&paths, Format::Ndjson, None).unwrap_err();
        assert!(refused.to_string().contains("gone"), "{refused}");
    }

    #[test]
    fn the_report_is_never_read_even_where_it_stands_among_the_inputs() {
        let folder = folder(&["a.ndjson", "report.ndjson"]);
        let report = folder
            .path()
            .join("../")
            .join(folder.path().file_name().unwrap());
        let report = report.join("report.ndjson");
        let paths = [
            folder.path().to_owned(),
            folder.path().join("report.ndjson"),
        ];
        let found = collect(&paths, Format::Ndjson, Some(&report)).unwrap();
        assert_eq!(names(&found, folder.path()), ["a.ndjson"]);
    }

    #[test]
    fn a_folder_without_input_is_told_apart() {
        let folder = folder(&["readme.md"]);
        let found = collect(&[folder.path().to_owned()], Format::Page, None).unwrap();
        assert_eq!((found.list.len(), found.empty.len()), (0, 1));
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_are_followed_but_not_in_circles() {
        let folder = folder(&["in/a.ndjson"]);
        let link = |to: &str, from: &str| {
            std::os::unix::fs::symlink(folder.path().join(to), folder.path().join(from)).unwrap();
        };
        link(".", "in/loop");
        link("in/a.ndjson", "b.ndjson");
        link("gone", "broken.ndjson");
        let found = collect(&[folder.path().to_owned()], Format::Ndjson, None).unwrap();
        assert_eq!(names(&found, folder.path()), ["b.ndjson", "in/a.ndjson"]);
    }

    #[test]
    fn texts_are_pages_only_where_nothing_else_is_beside_them() {
        let mixed = folder(&["export.ndjson", "deeper/notes.txt", "readme.txt.gz"]);
        let found = collect(&[mixed.path().to_owned()], Format::Auto, None).unwrap();
        assert_eq!(names(&found, mixed.path()), ["export.ndjson"]);
        let wordpress = folder(&["export.wxr", "readme.txt"]);
        let found = collect(&[wordpress.path().to_owned()], Format::Auto, None).unwrap();
        assert_eq!(names(&found, wordpress.path()), ["export.wxr"]);
        let pages = folder(&["a.txt", "deeper/b.txt"]);
        let found = collect(&[pages.path().to_owned()], Format::Auto, None).unwrap();
        assert_eq!(names(&found, pages.path()), ["a.txt", "deeper/b.txt"]);
    }
}
