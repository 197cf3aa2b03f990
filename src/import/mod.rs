//! Import: foreign records in, resources out.
//!
//! [`inputs`] finds the files, `detect` tells their formats, `lines` cuts them into lines without ever holding more than one,
//! the parsers (`ndjson`, [`page`]) turn each into a [`record`]. Readers of foreign formats (`wxr`, `ghost`, `feed`, `html`) put what they find into the
//! words of an NDJSON line, so that identity, limits and findings are the same for all. All that
//! runs in the thread of the [`reader`], a few batches ahead of the [`writer`], whose transactions [`run`] makes. [`report`] keeps the account of what was refused and altered, [`progress`] shows how far it is.

pub mod batch;
mod counted;
pub mod date;
mod detect;
mod encoding;
mod feed;
mod feed_date;
mod found;
mod ghost;
mod html;
pub mod inputs;
mod json_text;
mod lines;
mod markup;
mod ndjson;
mod not_public;
pub mod overview;
pub mod page;
pub mod page_record;
pub mod pictures;
pub mod progress;
pub mod reader;
pub mod record;
pub mod report;
pub mod run;
mod stated_language;
mod target;
mod unkept;
pub mod writer;
mod wxr;
mod xml;

use std::path::Path;

use clap::ValueEnum;

/// Formats of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Whichever of these the content of each file tells.
    Auto,
    /// One JSON object a line.
    Ndjson,
    /// Article pages that were saved as plain text, one a file.
    Page,
    /// Exports of WordPress.
    Wxr,
    /// Exports of Ghost.
    Ghost,
    /// Feeds: RSS, RDF, Atom, JSON Feed.
    Feed,
    /// Article pages, one a file.
    Html,
}

impl Format {
    /// True if a file in a folder may be of this format, by its name; one that is compressed has `.gz` behind it.
    fn reads(self, path: &Path) -> bool {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        let ends = |format: &Self| format.endings().iter().any(|ending| name.ends_with(ending));
        match self {
            Self::Auto => Self::value_variants().iter().any(ends),
            named => ends(&named),
        }
    }

    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Auto => &[],
            Self::Ndjson => &[".ndjson", ".jsonl"],
            Self::Page => &[".txt"],
            Self::Wxr => &[".xml", ".wxr"],
            Self::Ghost => &[".json"],
            Self::Html => &[".html", ".htm", ".xhtml"],
            Self::Feed => &[".xml", ".rss", ".rdf", ".atom", ".json"],
        }
    }
}

#[cfg(test)]
mod migration;
#[cfg(test)]
mod migration_faults;
