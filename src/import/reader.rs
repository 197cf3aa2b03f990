//! The reading thread: it runs a few batches ahead of whoever writes them, and never holds more than those.

use std::io::{self, BufRead, Read};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use crate::domain::language::LanguageTag;

use super::Format;
use super::inputs::Input;
use super::lines::{self, Lines};
use super::ndjson;
use super::page_record;
use super::record::{Finding, Parsed};

/// The most records of a batch.
const RECORDS: usize = 200;
/// The most bytes of input of a batch, unless one record alone has more.
const BYTES: usize = 2_000_000;
/// Batches that wait for the writer.
const AHEAD: usize = 2;

/// How to read.
#[derive(Debug, Clone)]
pub struct Options {
    /// The format of every input.
    pub format: Format,
    /// The language of records that name none; of pages, of all.
    pub lang: Option<LanguageTag>,
}

/// Where a record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The input, as the command line names it.
    pub file: Arc<str>,
    /// The line, from 1; `None` where the whole input is one record.
    pub line: Option<u64>,
}

/// A record, or why there is none.
#[derive(Debug)]
pub struct Item {
    /// Where it stands.
    pub place: Place,
    /// The word for its type; `line` or `file` where not even that could be read.
    pub kind: &'static str,
    /// The record's own name for itself.
    pub id: Option<String>,
    /// The record.
    pub outcome: Result<Parsed, Finding>,
    /// What else is wrong with a record that is refused.
    pub notes: Vec<Finding>,
}

/// Records in the order of the input.
#[derive(Debug, Default)]
pub struct Batch {
    /// The records.
    pub items: Vec<Item>,
    /// How many bytes of the inputs were read up to here.
    pub position: u64,
}

/// Batches as they are read; dropping it ends the reading.
#[derive(Debug)]
pub struct Batches {
    receiver: Receiver<Batch>,
    thread: Option<JoinHandle<()>>,
}

/// Starts reading. Whatever is wrong with an input is an item of its own, and ends at most that input.
pub fn read(inputs: Vec<Input>, options: Options) -> io::Result<Batches> {
    let (sender, receiver) = sync_channel(AHEAD);
    let thread = thread::Builder::new()
        .name("import-reader".to_owned())
        .spawn(move || {
            let mut reader = Reader::new(sender, options);
            // The only error is that nobody listens any more, which ends the reading as it should.
            let _: Result<(), Stopped> = inputs
                .iter()
                .try_for_each(|input| reader.read(input))
                .and_then(|()| reader.send());
        })?;
    Ok(Batches {
        receiver,
        thread: Some(thread),
    })
}

impl Iterator for Batches {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        if let Ok(batch) = self.receiver.recv() {
            return Some(batch);
        }
        // A reader that panicked must not look like the end of the input.
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join) {
            resume_unwind(panic);
        }
        None
    }
}

/// Nobody takes the batches any more.
struct Stopped;

struct Reader {
    sender: SyncSender<Batch>,
    options: Options,
    batch: Batch,
    weight: usize,
    position: Arc<AtomicU64>,
}

impl Reader {
    fn new(sender: SyncSender<Batch>, options: Options) -> Self {
        Self {
            sender,
            options,
            batch: Batch::default(),
            weight: 0,
            position: Arc::default(),
        }
    }

    fn read(&mut self, input: &Input) -> Result<(), Stopped> {
        let file: Arc<str> = input.name().into();
        let counted = input.open().and_then(|inner| {
            let position = Arc::clone(&self.position);
            lines::open(Counted { inner, position })
        });
        match counted {
            Err(problem) => {
                let place = Place { file, line: None };
                self.push(Item::refused(place, "file", lines::broken_off(&problem)), 0)
            }
            Ok(reader) => match self.options.format {
                Format::Ndjson => self.read_lines(reader, &file),
                Format::Page => self.read_page(reader, file),
            },
        }
    }

    fn read_lines(&mut self, reader: impl BufRead, file: &Arc<str>) -> Result<(), Stopped> {
        let mut lines = Lines::new(reader);
        while let Some((number, line)) = lines.next() {
            let place = Place {
                file: Arc::clone(file),
                line: Some(number),
            };
            let weight = line.as_ref().map_or(0, |line| line.len());
            let item = line.map_or_else(
                |finding| Some(Item::refused(place.clone(), "line", finding)),
                |line| line_item(place.clone(), line, self.options.lang.as_ref()),
            );
            if let Some(item) = item {
                self.push(item, weight)?;
            }
        }
        Ok(())
    }

    fn read_page(&mut self, reader: impl BufRead, file: Arc<str>) -> Result<(), Stopped> {
        let place = Place { file, line: None };
        let text = match lines::whole(reader) {
            Ok(text) => text,
            Err(finding) => return self.push(Item::refused(place, "file", finding), 0),
        };
        let lang = self.options.lang.as_ref();
        let (id, outcome) = guarded(|| page_record::read(&text, lang))
            .map_or_else(|finding| (None, Err(finding)), |(id, page)| (id, page));
        let item = Item {
            place,
            kind: "article",
            id,
            outcome,
            notes: Vec::new(),
        };
        self.push(item, text.len())
    }

    fn push(&mut self, item: Item, weight: usize) -> Result<(), Stopped> {
        self.batch.items.push(item);
        self.weight += weight;
        if self.batch.items.len() >= RECORDS || self.weight >= BYTES {
            return self.send();
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Stopped> {
        let mut batch = std::mem::take(&mut self.batch);
        self.weight = 0;
        if batch.items.is_empty() {
            return Ok(());
        }
        batch.position = self.position.load(Ordering::Relaxed);
        self.sender.send(batch).map_err(|_| Stopped)
    }
}

impl Item {
    fn refused(place: Place, kind: &'static str, finding: Finding) -> Self {
        Self {
            place,
            kind,
            id: None,
            outcome: Err(finding),
            notes: Vec::new(),
        }
    }
}

fn line_item(place: Place, line: &str, lang: Option<&LanguageTag>) -> Option<Item> {
    let line = match guarded(|| ndjson::read(line, lang)) {
        Ok(line) => line,
        Err(finding) => return Some(Item::refused(place, "line", finding)),
    };
    let outcome = line.outcome.transpose()?;
    Some(Item {
        place,
        kind: line.kind,
        id: line.id,
        outcome,
        notes: line.notes,
    })
}

/// A record that brings its reader down is refused like any other broken one: the rest is to go in all the same.
fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, Finding> {
    catch_unwind(AssertUnwindSafe(read))
        .map_err(|_| Finding::new("unreadable_record", "the record could not be read"))
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    position: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn files(texts: &[&[u8]]) -> (tempfile::TempDir, Vec<Input>) {
        let folder = tempfile::tempdir().unwrap();
        let inputs = texts.iter().enumerate().map(|(number, text)| {
            let path = folder.path().join(format!("{number}.ndjson"));
            fs::write(&path, text).unwrap();
            Input::File(path)
        });
        let inputs = inputs.collect();
        (folder, inputs)
    }

    fn options(format: Format) -> Options {
        Options {
            format,
            lang: LanguageTag::parse("en").ok(),
        }
    }

    fn outcomes(inputs: Vec<Input>) -> Vec<(Option<u64>, Result<(), &'static str>)> {
        let batches = read(inputs, options(Format::Ndjson)).unwrap();
        let items = batches.flat_map(|batch| batch.items);
        items
            .map(|item| {
                let outcome = item.outcome.map(|_| ()).map_err(|finding| finding.code);
                (item.place.line, outcome)
            })
            .collect()
    }

    #[test]
    fn records_come_in_order_in_batches_that_are_not_too_large() {
        let text: String = (0..450)
            .map(|n| format!("{{\"title\":\"t{n}\"}}\n"))
            .collect();
        let (_folder, inputs) = files(&[text.as_bytes()]);
        let batches: Vec<_> = read(inputs, options(Format::Ndjson)).unwrap().collect();
        let sizes: Vec<_> = batches.iter().map(|batch| batch.items.len()).collect();
        assert_eq!(sizes, [200, 200, 50]);
        assert_eq!(batches[2].position, text.len() as u64);
        let lines = batches.iter().flat_map(|batch| &batch.items);
        assert!(lines.map(|item| item.place.line.unwrap()).eq(1..=450));
    }

    #[test]
    fn few_large_records_make_a_batch_too() {
        let line = format!("{{\"title\":\"t\",\"x\":\"{}\"}}\n", "y".repeat(1_100_000));
        let (_folder, inputs) = files(&[line.repeat(5).as_bytes()]);
        let batches = read(inputs, options(Format::Ndjson)).unwrap();
        let sizes: Vec<_> = batches.map(|batch| batch.items.len()).collect();
        assert_eq!(sizes, [2, 2, 1]);
    }

    #[test]
    fn what_is_wrong_with_one_record_or_file_harms_no_other() {
        let (folder, mut inputs) = files(&[
            b"{\"title\":\"a\"}\n{\"title\":\nnot json\n\xff\n[]\n{\"title\":\"b\"}",
            b"\x1f\x8b\x08\x00 broken",
            b"{\"title\":\"c\"}",
        ]);
        inputs.insert(1, Input::File(folder.path().join("vanished.ndjson")));
        assert_eq!(
            outcomes(inputs),
            [
                (Some(1), Ok(())),
                (Some(2), Err("invalid_json")),
                (Some(3), Err("invalid_json")),
                (Some(4), Err("invalid_utf8")),
                (Some(5), Err("not_an_object")),
                (Some(6), Ok(())),
                (None, Err("unreadable")),
                (Some(1), Err("corrupt")),
                (Some(1), Ok(())),
            ]
        );
    }

    #[test]
    fn nesting_without_end_is_refused_and_not_followed() {
        let deep = format!("{{\"title\":\"t\",\"x\":{}", "[".repeat(100_000));
        let (_folder, inputs) = files(&[deep.as_bytes()]);
        assert_eq!(outcomes(inputs), [(Some(1), Err("invalid_json"))]);
    }

    #[test]
    fn lines_of_a_report_are_no_input() {
        let (_folder, inputs) = files(&[b"{\"type\":\"report\",\"outcome\":\"refused\"}\n"]);
        assert_eq!(outcomes(inputs), []);
    }

    #[test]
    fn the_reader_waits_for_the_writer_and_stops_when_it_is_gone() {
        let text = "{\"title\":\"t\"}\n".repeat(RECORDS * 20);
        let (_folder, inputs) = files(&[text.as_bytes()]);
        let mut batches = read(inputs, options(Format::Ndjson)).unwrap();
        let first = batches.next().unwrap();
        assert!(first.position < text.len() as u64);
        let thread = batches.thread.take().unwrap();
        drop(batches);
        assert!(thread.join().is_ok());
    }

    #[test]
    fn a_record_that_brings_its_reader_down_is_refused() {
        let refused = guarded(|| -> u8 { panic!("a broken reader") });
        assert_eq!(refused.unwrap_err().code, "unreadable_record");
    }
}
