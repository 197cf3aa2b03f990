//! The files of a report.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use thiserror::Error;

use crate::import::ndjson::REPORT;

use super::page::GENERATOR;

/// Causes that keep a report from being written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The file cannot be made or written.
    #[error("the report {}: {problem}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        problem: io::Error,
    },
    /// The file holds something else, which a report must not replace.
    #[error("the report {} would replace a file that is no report", .0.display())]
    NotAReport(PathBuf),
}

/// Makes the file of a report, in the place of an earlier report alone: `is_report` tells one by its beginning.
pub(super) fn open(path: &Path, is_report: fn(&[u8]) -> bool) -> Result<File, ReportError> {
    if is_something_else(path, is_report) {
        return Err(ReportError::NotAReport(path.to_owned()));
    }
    File::create(path).map_err(|problem| ReportError::Io {
        path: path.to_owned(),
        problem,
    })
}

/// True if a file stands there that holds anything but a report.
fn is_something_else(path: &Path, is_report: fn(&[u8]) -> bool) -> bool {
    let Ok(file) = File::open(path) else {
        return false;
    };
    if !file
        .metadata()
        .is_ok_and(|about| about.is_file() && about.len() > 0)
    {
        return false;
    }
    let mut start = Vec::new();
    let read = file.take(1_000_000).read_to_end(&mut start);
    read.is_err() || !is_report(&start)
}

/// True for the beginning of a report of lines.
pub(super) fn has_lines(start: &[u8]) -> bool {
    let first = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line: Option<Value> = serde_json::from_slice(first).ok();
    line.is_some_and(|line| line["type"] == REPORT)
}

/// A page for a person, which is written once the import has ended.
#[derive(Debug)]
pub struct PageFile {
    path: PathBuf,
    file: File,
}

impl PageFile {
    /// Makes the file. A page that an import wrote is replaced, any other file is left alone.
    pub fn open(path: &Path) -> Result<Self, ReportError> {
        let file = open(path, |start| start.starts_with(GENERATOR.as_bytes()))?;
        let path = path.to_owned();
        Ok(Self { path, file })
    }

    /// Writes the page.
    pub fn write(mut self, page: &str) -> Result<(), ReportError> {
        let written = self.file.write_all(page.as_bytes());
        written.map_err(|problem| ReportError::Io {
            path: self.path,
            problem,
        })
    }
}
