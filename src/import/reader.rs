//! The reading thread: it runs a few batches ahead of whoever writes them, and never holds more than those.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use crate::domain::bases::Bases;
use crate::domain::language::LanguageTag;
use crate::media::inspect::Limits;

use super::Format;
pub use super::batch::{Batch, Counting, Item, LeftOut, Place};
use super::counted::Counted;
use super::detect;
use super::found::{At, Found, Open, Sink, Stopped, guarded};
use super::inputs::Input;
use super::lines::{self, Lines};
use super::pictures::inline::Inline;
use super::record::{Parsed, Record};
use super::{feed, ghost, html, ndjson, page_record, wxr};

/// The most records of a batch.
const RECORDS: usize = 200;
/// The most bytes of input of a batch, unless one record alone has more.
const BYTES: usize = 2_000_000;
/// Batches that wait for the writer.
const AHEAD: usize = 2;

/// Settings of a reader.
#[derive(Debug, Clone)]
pub struct Options {
    /// The format of every input.
    pub format: Format,
    /// The language of records and of HTML pages that name none; of pages of plain text, of all.
    pub lang: Option<LanguageTag>,
    /// The addresses of the service: its own pictures are taken by their paths.
    pub bases: Bases,
}

/// Batches as they are read; dropping it ends the reading.
#[derive(Debug)]
pub struct Batches {
    receiver: Receiver<Batch>,
    thread: Option<JoinHandle<()>>,
}

/// Starts reading. Whatever is wrong with an input is an item of its own, and ends at most that input.
pub fn read(inputs: Vec<Input>, options: Options) -> io::Result<Batches> {
    read_with_pictures(inputs, options, None)
}

/// The same, with the pictures that records hold themselves, within limits; without limits they are left out.
pub fn read_with_pictures(
    inputs: Vec<Input>,
    options: Options,
    pictures: Option<Limits>,
) -> io::Result<Batches> {
    let (sender, receiver) = sync_channel(AHEAD);
    let thread = thread::Builder::new()
        .name("import-reader".to_owned())
        .spawn(move || {
            let mut reader = Reader::new(sender, options, pictures);
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

struct Reader {
    sender: SyncSender<Batch>,
    options: Options,
    pictures: Option<Limits>,
    batch: Batch,
    weight: usize,
    position: Arc<AtomicU64>,
    /// The position at the start of the input that is read.
    started: u64,
}

impl Reader {
    fn new(sender: SyncSender<Batch>, options: Options, pictures: Option<Limits>) -> Self {
        Self {
            sender,
            options,
            pictures,
            batch: Batch::default(),
            weight: 0,
            position: Arc::default(),
            started: 0,
        }
    }

    fn read(&mut self, input: &Input) -> Result<(), Stopped> {
        let file: Arc<str> = input.name().into();
        self.started = self.position.load(Ordering::Relaxed);
        let opened = self.open(input).and_then(|reader| self.told(input, reader));
        let (format, reader) = match opened {
            Ok(opened) => opened,
            Err(problem) => {
                let finding = lines::broken_off(&problem);
                return self.push(Item::refused(Place::whole(file), "file", finding), 0);
            }
        };
        match format {
            Format::Ndjson | Format::Auto => self.read_lines(reader, &file),
            Format::Page => self.read_page(reader, file),
            Format::Wxr => self.read_twice(input, reader, &file, wxr::read),
            Format::Ghost => self.read_twice(input, reader, &file, ghost::read),
            Format::Feed => self.read_twice(input, reader, &file, feed::read),
            Format::Html => {
                let lang = self.options.lang.clone();
                html::read(reader, lang.as_ref(), &mut |found, weight| {
                    self.found(found, &file, weight)
                })
            }
        }
    }

    fn open(&self, input: &Input) -> io::Result<Box<dyn BufRead + Send>> {
        let inner = input.open()?;
        let position = Arc::clone(&self.position);
        lines::open(Counted { inner, position })
    }

    /// The format of an input: the one that the command line names, or else the one that its first bytes tell.
    fn told(
        &self,
        input: &Input,
        mut reader: Box<dyn BufRead + Send>,
    ) -> io::Result<(Format, Box<dyn BufRead + Send>)> {
        if self.options.format != Format::Auto {
            return Ok((self.options.format, reader));
        }
        let mut head = Vec::new();
        let broken = (&mut reader)
            .take(detect::HEAD)
            .read_to_end(&mut head)
            .err();
        match (
            broken.filter(|_| head.is_empty()),
            detect::format(&input.name(), &head),
        ) {
            (Some(problem), _) => Err(problem),
            (None, Some(format)) => Ok((format, Box::new(Cursor::new(head).chain(reader)))),
            (None, None) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Reads a format whose records name what stands elsewhere in the input. What can be read but once is copied to a file.
    fn read_twice(
        &mut self,
        input: &Input,
        mut reader: Box<dyn BufRead + Send>,
        file: &Arc<str>,
        read: impl Fn(&Open<'_>, Option<&LanguageTag>, &mut Sink<'_>) -> Result<(), Stopped>,
    ) -> Result<(), Stopped> {
        let lang = self.options.lang.clone();
        let position = Arc::clone(&self.position);
        let is_first = Cell::new(true);
        if input.is_file() {
            drop(reader);
            self.position.store(self.started, Ordering::Relaxed);
            let open = || {
                // The first reading is not told as progress.
                let unseen = Arc::new(AtomicU64::new(0));
                let position = if is_first.replace(false) {
                    unseen
                } else {
                    Arc::clone(&position)
                };
                lines::open(Counted {
                    inner: input.open()?,
                    position,
                })
            };
            return read(&open, lang.as_ref(), &mut |found, weight| {
                self.found(found, file, weight)
            });
        }
        let copied = tempfile::tempfile()
            .and_then(|mut copy| io::copy(&mut reader, &mut copy).map(|_| copy));
        let copy = match copied {
            Ok(copy) => copy,
            Err(problem) => {
                let finding = lines::broken_off(&problem);
                return self.push(
                    Item::refused(Place::whole(Arc::clone(file)), "file", finding),
                    0,
                );
            }
        };
        let open = || {
            let mut copy = copy.try_clone()?;
            io::Seek::rewind(&mut copy)?;
            Ok(Box::new(BufReader::new(copy)) as Box<dyn BufRead + Send>)
        };
        read(&open, lang.as_ref(), &mut |found, weight| {
            self.found(found, file, weight)
        })
    }

    /// Takes what a reader of a foreign format has found.
    fn found(&mut self, found: Found, file: &Arc<str>, weight: usize) -> Result<(), Stopped> {
        match found {
            Found::Article { at, fields, notes } => {
                let lang = self.options.lang.as_ref();
                let place = Place::of(file, at);
                let line = guarded(|| {
                    with_pictures(self.pictures, |change| {
                        ndjson::read_foreign(fields, lang, notes, change)
                    })
                });
                match line {
                    Ok(line) => match line_of(place, line) {
                        Some(item) => self.push(item, weight),
                        None => Ok(()),
                    },
                    Err(finding) => self.push(Item::refused(place, "article", finding), weight),
                }
            }
            Found::Refused { at, id, finding } => {
                let mut item = Item::refused(Place::of(file, at), "item", finding);
                item.id = id;
                self.push(item, weight)
            }
            Found::LeftOut {
                at,
                id,
                kind,
                reason,
                each,
            } => {
                let place = Place::of(file, at);
                self.batch.left_out.push(LeftOut {
                    place,
                    id,
                    kind,
                    reason,
                    each,
                });
                self.weigh(weight)
            }
        }
    }

    fn read_lines(&mut self, reader: impl BufRead, file: &Arc<str>) -> Result<(), Stopped> {
        let mut lines = Lines::new(reader);
        while let Some((number, line)) = lines.next() {
            let place = Place::of(file, At::line(number));
            let weight = line.as_ref().map_or(0, |line| line.len());
            let item = line.map_or_else(
                |finding| Some(Item::refused(place.clone(), "line", finding)),
                |line| self.line_item(place.clone(), line),
            );
            if let Some(item) = item {
                self.push(item, weight)?;
            }
        }
        Ok(())
    }

    fn line_item(&self, place: Place, line: &str) -> Option<Item> {
        let lang = self.options.lang.as_ref();
        let read = guarded(|| {
            with_pictures(self.pictures, |change| {
                ndjson::read_changed(line, lang, change)
            })
        });
        match read {
            Ok(line) => line_of(place, line).map(|item| Item {
                counts: Counting::Last,
                ..item
            }),
            Err(finding) => Some(Item::refused(place, "line", finding)),
        }
    }

    fn read_page(&mut self, reader: impl BufRead, file: Arc<str>) -> Result<(), Stopped> {
        let place = Place::whole(file);
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
            counts: Counting::First,
        };
        self.push(item, text.len())
    }

    fn push(&mut self, mut item: Item, weight: usize) -> Result<(), Stopped> {
        if let Ok(Parsed {
            record: Record::Article(article),
            ..
        }) = &mut item.outcome
        {
            let bases = &self.options.bases;
            bases.relate_pictures(&mut article.body, &mut article.media);
        }
        self.batch.items.push(item);
        self.weigh(weight)
    }

    /// Counts what was taken, and sends the batch where it is full.
    fn weigh(&mut self, weight: usize) -> Result<(), Stopped> {
        self.weight += weight;
        let items = self.batch.items.len() + self.batch.left_out.len();
        if items >= RECORDS || self.weight >= BYTES {
            return self.send();
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Stopped> {
        let mut batch = std::mem::take(&mut self.batch);
        self.weight = 0;
        if batch.items.is_empty() && batch.left_out.is_empty() {
            return Ok(());
        }
        batch.position = self.position.load(Ordering::Relaxed);
        self.sender.send(batch).map_err(|_| Stopped)
    }
}

/// Reads a record with the pictures that it holds.
fn with_pictures(
    limits: Option<Limits>,
    read: impl FnOnce(&mut ndjson::Change<'_>) -> ndjson::Line,
) -> ndjson::Line {
    let Some(limits) = limits else {
        return read(&mut |_| {});
    };
    let mut inline = Inline::new(limits);
    let mut line = read(&mut |record| inline.take(record));
    if let Ok(Some(parsed)) = &mut line.outcome
        && let Record::Article(article) = &mut parsed.record
    {
        article.inline = inline.pictures;
        parsed.notes.extend(inline.notes);
    }
    line
}

fn line_of(place: Place, line: ndjson::Line) -> Option<Item> {
    let outcome = line.outcome.transpose()?;
    Some(Item {
        place,
        kind: line.kind,
        id: line.id,
        outcome,
        notes: line.notes,
        counts: Counting::First,
    })
}

#[cfg(test)]
mod tests;
