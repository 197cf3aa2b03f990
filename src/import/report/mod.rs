//! The account of an import: a line for everything refused or altered, and the counts.

mod file;
mod page;
mod summary;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;

use crate::domain::time::Timestamp;

use super::ndjson::REPORT;
use super::pictures;
use super::reader::{Item, LeftOut, Place};
use super::record::{Finding, Parsed, Record};

pub use file::{PageFile, ReportError};
pub use page::page;
pub use summary::{Counts, Made, Summary, Taken};

/// Names of unknown fields that are counted one by one; those beyond are counted together, so that no input makes the
/// count grow without end.
const NAMES: usize = 1_000;
/// Kinds by which they are counted.
const OTHERS: &str = "…";

/// The account while it is being kept.
#[derive(Debug)]
pub struct Report {
    file: Option<(PathBuf, BufWriter<File>)>,
    failed: Option<io::Error>,
    started: Instant,
    summary: Summary,
    shared: BTreeMap<(String, &'static str, String), Shared>,
}

/// Remarks that several records have in common.
#[derive(Debug)]
struct Shared {
    first: Place,
    records: u64,
}

/// A line of the report.
#[derive(Serialize)]
struct Line<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    outcome: &'static str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<u64>,
    detail: &'a str,
}

impl Report {
    /// Starts an account; `path` is where its lines go. A report that is there is replaced, any other file is left alone.
    pub fn open(path: Option<&Path>) -> Result<Self, ReportError> {
        let file = path
            .map(|path| {
                file::open(path, file::has_lines)
                    .map(|file| (path.to_owned(), BufWriter::new(file)))
            })
            .transpose()?;
        Ok(Self {
            file,
            failed: None,
            started: Instant::now(),
            summary: Summary::default(),
            shared: BTreeMap::new(),
        })
    }

    /// A record did not go in.
    pub fn refused(
        &mut self,
        kind: &'static str,
        place: &Place,
        id: Option<&str>,
        finding: &Finding,
    ) {
        self.summary.counts(kind).refused += 1;
        self.summary.overview.refuse(place, finding);
        self.write("refused", place, id, finding);
    }

    /// A record that goes in is not quite as written.
    pub fn altered(
        &mut self,
        kind: &'static str,
        place: &Place,
        id: Option<&str>,
        findings: &[Finding],
    ) {
        if findings.iter().any(|finding| !finding.shared) {
            self.summary.counts(kind).altered += 1;
        }
        for finding in findings {
            match finding.shared {
                true => self.share(place, id, finding),
                false => self.write("altered", place, id, finding),
            }
        }
    }

    /// A record stays out because one before it is of the same article.
    pub fn repeated(
        &mut self,
        kind: &'static str,
        place: &Place,
        id: Option<&str>,
        findings: &[Finding],
    ) {
        self.taken(kind, Taken::Repeated);
        for finding in findings {
            self.write("left_out", place, id, finding);
        }
    }

    /// Counts what many records may say alike. Beyond so many different ones each is a line of its own.
    fn share(&mut self, place: &Place, id: Option<&str>, finding: &Finding) {
        let field = finding.field.clone().unwrap_or_default();
        let key = (field, finding.code, finding.detail.clone());
        if let Some(known) = self.shared.get_mut(&key) {
            known.records += 1;
        } else if self.shared.len() < NAMES {
            let first = place.clone();
            self.shared.insert(key, Shared { first, records: 1 });
        } else {
            self.write("altered", place, id, finding);
        }
    }

    /// The reader's remarks about a record: its refusal, or its alterations and unknown fields.
    pub fn read(&mut self, item: &Item) {
        match &item.outcome {
            Err(finding) => {
                let id = item.id.as_deref();
                self.refused(item.kind, &item.place, id, finding);
                for finding in &item.notes {
                    self.write("refused", &item.place, id, finding);
                }
            }
            Ok(parsed) => {
                self.altered(item.kind, &item.place, item.id.as_deref(), &parsed.notes);
                self.unknown(&parsed.unknown);
            }
        }
    }

    /// An item is no article: it is counted by its kind, and told where each of the kind is.
    pub fn left_out(&mut self, item: &LeftOut) {
        let kinds = &mut self.summary.left_out;
        let kind = if kinds.len() >= NAMES && !kinds.contains_key(&item.kind) {
            OTHERS
        } else {
            &item.kind
        };
        let known = kinds.entry(kind.to_owned()).or_insert((0, item.reason));
        known.0 += 1;
        if item.each {
            let finding = Finding::new("left_out", format!("{}: {}", item.kind, item.reason));
            self.write("left_out", &item.place, item.id.as_deref(), &finding);
        }
    }

    /// A picture or a translation of an article did not come.
    pub(super) fn missing(&mut self, place: &Place, id: Option<&str>, finding: &Finding) {
        self.write("missing", place, id, finding);
    }

    /// The counts of the pictures.
    pub(super) fn pictures(&mut self, counts: pictures::Counts) {
        self.summary.pictures = Some(counts);
    }

    /// Things were made because an article named them.
    pub(super) fn made(&mut self, made: &Made) {
        self.summary.made.add(made);
    }

    /// Counts an article that went in at `now`; `notes` is what the writer changed.
    pub(super) fn article(&mut self, item: &Item, now: Timestamp, notes: &[Finding]) {
        if let Ok(Parsed {
            record: Record::Article(article),
            notes: read,
            ..
        }) = &item.outcome
        {
            let findings: Vec<Finding> = read.iter().chain(notes).cloned().collect();
            let overview = &mut self.summary.overview;
            overview.take(article, now, &item.place, &findings);
        }
    }

    /// A record went in.
    pub fn taken(&mut self, kind: &'static str, taken: Taken) {
        let counts = self.summary.counts(kind);
        let count = match taken {
            Taken::Created => &mut counts.created,
            Taken::Updated => &mut counts.updated,
            Taken::Unchanged => &mut counts.unchanged,
            Taken::Repeated => &mut counts.repeated,
        };
        *count += 1;
    }

    /// A record has fields of these names, which have no place of their own.
    pub fn unknown(&mut self, names: &[String]) {
        for name in names {
            let unknown = &mut self.summary.unknown;
            if let Some(count) = unknown.get_mut(name) {
                *count += 1;
            } else {
                let full = unknown.len() >= NAMES;
                let name = if full { OTHERS } else { name };
                *unknown.entry(name.to_owned()).or_default() += 1;
            }
        }
    }

    /// Brings what was said so far to the file, so that it outlives a crash. To be called with each batch that is
    /// committed; an error of writing shows here.
    pub fn flush(&mut self) -> Result<(), ReportError> {
        let Some((path, file)) = &mut self.file else {
            return Ok(());
        };
        let flushed = self.failed.take().map_or_else(|| file.flush(), Err);
        flushed.map_err(|problem| ReportError::Io {
            path: path.clone(),
            problem,
        })
    }

    /// Ends the account with a line for each thing that records said alike, for each name of an unknown field, and for each kind
    /// of item that stays out.
    pub fn finish(mut self) -> Result<Summary, ReportError> {
        self.finish_left_out();
        for ((field, code, detail), shared) in std::mem::take(&mut self.shared) {
            self.line(&Line {
                r#type: REPORT,
                file: Some(&shared.first.file),
                line: shared.first.line,
                item: shared.first.item,
                id: None,
                outcome: "kept",
                code,
                field: Some(&field)
                    .filter(|field| !field.is_empty())
                    .map(String::as_str),
                records: Some(shared.records),
                detail: &detail,
            });
        }
        for (name, records) in std::mem::take(&mut self.summary.unknown) {
            self.line(&Line {
                r#type: REPORT,
                file: None,
                line: None,
                item: None,
                id: None,
                outcome: "kept",
                code: "unknown_field",
                field: Some(&name),
                records: Some(records),
                detail: "this field has no place of its own",
            });
            self.summary.unknown.insert(name, records);
        }
        self.flush()?;
        self.summary.elapsed = self.started.elapsed();
        Ok(self.summary)
    }

    fn finish_left_out(&mut self) {
        let kinds = std::mem::take(&mut self.summary.left_out);
        for (kind, (records, reason)) in &kinds {
            self.line(&Line {
                r#type: REPORT,
                file: None,
                line: None,
                item: None,
                id: None,
                outcome: "left_out",
                code: "kind_left_out",
                field: Some(kind),
                records: Some(*records),
                detail: reason,
            });
        }
        self.summary.left_out = kinds;
    }

    fn write(&mut self, outcome: &'static str, place: &Place, id: Option<&str>, finding: &Finding) {
        self.summary
            .tell(outcome == "refused", || cause(outcome, place, id, finding));
        self.line(&Line {
            r#type: REPORT,
            file: Some(&place.file),
            line: finding.line.or(place.line),
            item: place.item,
            id,
            outcome,
            code: finding.code,
            field: finding.field.as_deref(),
            records: None,
            detail: &finding.detail,
        });
    }

    fn line(&mut self, line: &Line<'_>) {
        let Some((_, file)) = &mut self.file else {
            return;
        };
        let written = serde_json::to_writer(&mut *file, line)
            .map_err(io::Error::from)
            .and_then(|()| file.write_all(b"\n"));
        if let Err(problem) = written {
            self.failed.get_or_insert(problem);
        }
    }
}

/// A line for a person: the place, the code and the words of a finding.
fn cause(outcome: &str, place: &Place, id: Option<&str>, finding: &Finding) -> String {
    let mut line = place.file.to_string();
    if let Some(number) = finding.line.or(place.line) {
        line.push_str(&format!(":{number}"));
    } else if let Some(item) = place.item {
        line.push_str(&format!(", item {item}"));
    }
    if let Some(id) = id {
        let id: String = id.chars().take(60).collect();
        line.push_str(&format!(" {id}"));
    }
    let field = finding.field.as_deref().unwrap_or_default();
    let field = if field.is_empty() {
        ""
    } else {
        &format!(" {field}")
    };
    format!(
        "{line}: {outcome}, {}{field}: {}",
        finding.code, finding.detail
    )
}

#[cfg(test)]
mod tests;
