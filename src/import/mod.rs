//! Import: foreign records in, resources out.
//!
//! [`inputs`] finds the files, `lines` cuts them into lines without ever holding more than one, the parsers (`ndjson`,
//! [`page`]) turn each into a [`record`], and [`reader`] runs all that in a thread of its own, a few batches ahead of
//! the [`writer`], whose transactions [`run`] makes. [`report`] keeps the account of what was refused and altered, [`progress`] shows how far it is.

pub mod date;
pub mod inputs;
mod lines;
mod ndjson;
pub mod page;
pub mod page_record;
pub mod progress;
pub mod reader;
pub mod record;
pub mod report;
pub mod run;
pub mod writer;

use std::path::Path;

use clap::ValueEnum;

/// What the records are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One JSON object a line, plain or gzip.
    Ndjson,
    /// Article pages that were saved as plain text, one a file.
    Page,
}

impl Format {
    /// Whether a file in a folder is of this format, by its name.
    fn reads(self, path: &Path) -> bool {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        let name = match self {
            Self::Ndjson => name.strip_suffix(".gz").unwrap_or(&name),
            Self::Page => &name,
        };
        let endings: &[&str] = match self {
            Self::Ndjson => &[".ndjson", ".jsonl"],
            Self::Page => &[".txt"],
        };
        endings.iter().any(|ending| name.ends_with(ending))
    }
}
