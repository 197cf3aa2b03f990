//! Imports: what is broken is told, everything else goes in, and coming again changes nothing.

mod again;
mod batches;
mod broken;
mod fields;
mod identities;
mod inputs;
mod killed;

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use masthead::import::Format;
use masthead::import::inputs::collect;
use masthead::import::progress::Progress;
use masthead::import::reader::{self, Options};
use masthead::import::report::{Report, Summary};
use masthead::import::run::{self, Target};
use masthead::service::Actor;
use serde_json::{Value, json};

use super::builders::lang;
use super::harness::TestServer;

/// The output of an import.
pub(crate) struct Told {
    pub(crate) summary: Summary,
    pub(crate) lines: Vec<Value>,
}

impl Told {
    /// The outcome of each line, and its reason.
    fn verdicts(&self) -> Vec<(u64, &str, &str)> {
        let told = self.lines.iter().filter(|line| line.get("file").is_some());
        told.map(|line| {
            let word = |name: &str| line[name].as_str().unwrap();
            (
                line["line"].as_u64().unwrap_or(0),
                word("outcome"),
                word("code"),
            )
        })
        .collect()
    }

    fn created(&self) -> u64 {
        self.summary
            .kinds
            .values()
            .map(|counts| counts.created)
            .sum()
    }

    fn updated(&self) -> u64 {
        self.summary
            .kinds
            .values()
            .map(|counts| counts.updated)
            .sum()
    }

    fn unchanged(&self) -> u64 {
        self.summary
            .kinds
            .values()
            .map(|counts| counts.unchanged)
            .sum()
    }
}

fn read_report(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

impl TestServer {
    /// Imports records, one a line, as the command does.
    pub(crate) fn import(&self, records: &[Value]) -> Told {
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        self.import_bytes(text.as_bytes())
    }

    /// Imports article pages, each with its file's name, in the order of the names.
    pub(crate) fn import_pages(&self, pages: &[(&str, &str)]) -> Told {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in pages {
            fs::write(folder.path().join(format!("{name}.txt")), text).unwrap();
        }
        self.import_from(folder.path(), Format::Page)
    }

    pub(crate) fn import_bytes(&self, bytes: &[u8]) -> Told {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("input.ndjson");
        fs::write(&file, bytes).unwrap();
        self.import_from(&file, Format::Ndjson)
    }

    pub(crate) fn import_from(&self, path: &Path, format: Format) -> Told {
        let inputs = collect(&[path.to_owned()], format, None).unwrap();
        let lang = (format == Format::Ndjson).then(|| lang("en"));
        let bases = self.app.bases.as_ref().clone();
        let options = Options {
            format,
            lang,
            bases,
        };
        let batches = reader::read(inputs.list, options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        let mut report = Report::open(Some(&path)).unwrap();
        let target = Target {
            store: &self.app.store,
            clock: &self.app.clock,
            actor: Actor::Import,
        };
        run::run(&target, batches, &mut report, &mut Progress::hidden()).unwrap();
        let summary = report.finish().unwrap();
        self.refresh();
        Told {
            summary,
            lines: read_report(&path),
        }
    }

    /// Everything that is stored, as an export tells it.
    pub(crate) fn exported(&self) -> String {
        let mut bytes = Vec::new();
        masthead::export::export(&self.app.store, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    pub(crate) fn latest_change(&self) -> i64 {
        self.app
            .store
            .read(masthead::store::changes::latest_seq)
            .unwrap()
    }

    pub(crate) fn titles(&self) -> Vec<String> {
        self.ok("/api/articles?sort=title&limit=100")
            .column("title")
    }

    fn article_at(&self, slug: &str) -> Value {
        self.ok(&format!("/api/articles/{slug}")).json()["data"].clone()
    }

    fn with_key(&self, key: &str, target: &str) -> Value {
        self.request("GET", target).key(key).send().json()
    }
}

fn record(id: &str, title: &str) -> Value {
    json!({"id": id, "lang": "en", "title": title, "published_at": "2024-05-01T08:00:00Z", "body_paragraphs": [format!("Text of {title}.")]})
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Records whose gzip form is long, because they have little in common.
fn distinct_records(count: usize) -> String {
    let mut state = 7_u64;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        format!("{:x}", state >> 16)
    };
    let mut text = String::new();
    for n in 0..count {
        let words: Vec<String> = (0..30).map(|_| noise()).collect();
        let record = json!({"id": format!("r{n}"), "lang": "en", "title": format!("Record {n}"), "source": "Wire", "authors": [format!("Author {}", n % 50)],
            "section_path": ["News", format!("Part {}", n % 7)], "tags": [format!("tag {}", n % 20)], "published_at": "2024-05-01", "body_paragraphs": [words.join(" ")]});
        text += &format!("{record}\n");
    }
    text
}
