//! Keeps the search index: follows the change log, and makes the index anew where it is missing, broken or of another history.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::time::{Duration, Instant};

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::search::index::{Reading, Stamp, Writer};
use crate::search::names::{NameKind, Named, Names};
use crate::search::{Library, Place, SearchError, fold};
use crate::store::search::{self as stored, NamedRow};
use crate::store::{Conn, Store, StoreError, changes, history};

/// Entries of the log, or articles, in one commit of the index.
const AT_ONCE: i64 = 1_000;
/// Articles loaded at once: their bodies are in memory together.
const LOADED_AT_ONCE: usize = 200;
/// Time that the index rests after a failure; twice as long after each that follows at once, up to the longest.
const REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(8);
/// Time after which a log that goes on is more than the index is just taking.
const LATE: Duration = Duration::from_secs(3);
/// The file by which another process asks for a new index.
pub const ASKED_ANEW: &str = "anew";

/// Error of following the log with the index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index.
    #[error(transparent)]
    Search(#[from] SearchError),
}

/// The state of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Searches are answered, writes of the last seconds included.
    Current,
    /// Searches are answered, while the index cannot be written or has much to take.
    Behind,
    /// There is none yet.
    Unavailable,
}

/// Progress of the index behind the log.
#[derive(Debug, Clone, Copy)]
struct Progress {
    /// The last time that it had come to the end of the log.
    current_at: Instant,
    /// Failures since it was kept up, and in all.
    in_a_row: u32,
    failures: u64,
}

/// The search index of this process and what keeps it.
pub struct Indexer {
    library: Library,
    work: Mutex<Work>,
    names: RwLock<Arc<Names>>,
    anew: AtomicBool,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Work {
    writer: Option<Writer>,
    named: bool,
    rests_until: Option<Instant>,
}

impl Indexer {
    /// Opens the index that is kept at a place.
    #[must_use]
    pub fn open(place: &Place) -> Self {
        Self {
            library: Library::open(place),
            work: Mutex::default(),
            names: RwLock::default(),
            anew: AtomicBool::new(false),
            progress: Mutex::new(Progress {
                current_at: Instant::now(),
                in_a_row: 0,
                failures: 0,
            }),
        }
    }

    /// Its state, where the log was last seen at `end`.
    #[must_use]
    pub fn condition(&self, end: i64) -> Condition {
        let Some(reading) = self.reading() else {
            return Condition::Unavailable;
        };
        let progress = self.progress();
        let is_late = reading.stamp().seq < end && progress.current_at.elapsed() > LATE;
        if progress.in_a_row > 0 || is_late {
            Condition::Behind
        } else {
            Condition::Current
        }
    }

    /// Time since the index last had come to the end of the log, where that was last seen at `end`, and the number of times
    /// that it could not be kept up.
    #[must_use]
    pub fn lag(&self, end: i64) -> (Duration, u64) {
        let progress = self.progress();
        let is_behind = self
            .reading()
            .is_none_or(|reading| reading.stamp().seq < end);
        let lag = is_behind.then(|| progress.current_at.elapsed());
        (lag.unwrap_or_default(), progress.failures)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The index as it is now; `None` while there is none.
    #[must_use]
    pub fn reading(&self) -> Option<Arc<Reading>> {
        self.library.reading()
    }

    /// The folder in which it is kept; `None` where it is in memory.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        self.library.folder()
    }

    /// The names that are suggested.
    #[must_use]
    pub fn names(&self) -> Arc<Names> {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&names)
    }

    /// Brings the index up to the end of the log, which was last seen at `end`.
    ///
    /// # Errors
    /// Those of the database and of the index, which answers as it was meanwhile.
    pub fn look(&self, store: &Store, end: i64) -> Result<(), IndexError> {
        let mut work = match self.work.try_lock() {
            Ok(work) => work,
            Err(TryLockError::WouldBlock) => return Ok(()),
            // A panic left the writer anywhere.
            Err(TryLockError::Poisoned(poisoned)) => {
                self.work.clear_poison();
                self.anew.store(true, Ordering::SeqCst);
                let mut work = poisoned.into_inner();
                *work = Work::default();
                work
            }
        };
        if work.rests_until.is_some_and(|until| Instant::now() < until) {
            return Ok(());
        }
        if self.is_idle(&work, end) {
            self.progress().current_at = Instant::now();
            return Ok(());
        }
        fold::warm();
        let done = self.catch_up(store, &mut work);
        work.rests_until = self.note(&done).map(|rest| Instant::now() + rest);
        if done.is_err() {
            // A writer that failed is of no more use.
            work.writer = None;
        }
        done
    }

    /// Notes that the index was kept up or not; the time to rest where it was not.
    fn note(&self, done: &Result<(), IndexError>) -> Option<Duration> {
        let mut progress = self.progress();
        if done.is_ok() {
            progress.current_at = Instant::now();
            progress.in_a_row = 0;
            return None;
        }
        let rest = REST * 2_u32.pow(progress.in_a_row.min(3));
        progress.in_a_row += 1;
        progress.failures += 1;
        Some(rest.min(LONGEST_REST))
    }

    /// Makes the index anew, beside the one that answers meanwhile.
    ///
    /// # Errors
    /// Those of the database and of the index.
    pub fn make_anew(&self, store: &Store) -> Result<u64, IndexError> {
        let mut work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        self.rebuild(store, &mut work)?;
        self.follow(store, &mut work)?;
        Ok(self.reading().map_or(0, |reading| reading.articles()))
    }

    /// True if there is nothing to do, as far as can be told without a question to the database.
    fn is_idle(&self, work: &Work, end: i64) -> bool {
        let current = self
            .reading()
            .is_some_and(|reading| reading.stamp().seq == end && !reading.is_broken());
        let asked = self.asked_file().is_some_and(|file| file.exists());
        let is_there = self.library.is_there();
        current && work.named && is_there && !asked && !self.anew.load(Ordering::SeqCst)
    }

    fn catch_up(&self, store: &Store, work: &mut Work) -> Result<(), IndexError> {
        let asked = self.asked_file().filter(|file| file.exists());
        if let Some(reading) = self.reading() {
            let stamp = reading.stamp();
            let end = store.read(changes::latest_seq)?;
            let unsure = end != stamp.seq || !work.named;
            if unsure && !store.read(|conn| is_of_history(conn, stamp))? {
                log::warn!(
                    "the search index is of another history of the database, and is made anew"
                );
                self.library.discard();
            }
        }
        let is_there = self.library.is_there();
        let broken = self.reading().is_some_and(|reading| reading.is_broken());
        let anew = self.anew.load(Ordering::SeqCst) || broken;
        if self.reading().is_none() || asked.is_some() || anew || !is_there {
            if broken {
                log::warn!("the files of the search index are damaged, and it is made anew");
            }
            self.anew.store(true, Ordering::SeqCst);
            self.rebuild(store, work)?;
            self.anew.store(false, Ordering::SeqCst);
            if let Some(file) = asked {
                // Whoever asked waits for it to be gone; if it stays, the index is made once more.
                let _ = std::fs::remove_file(file);
            }
        }
        self.follow(store, work)
    }

    fn asked_file(&self) -> Option<PathBuf> {
        Some(self.library.folder()?.join(ASKED_ANEW))
    }

    fn rebuild(&self, store: &Store, work: &mut Work) -> Result<(), IndexError> {
        work.writer = None;
        self.library.take_again();
        let began = Instant::now();
        let stamp = store.read(|conn| {
            let seq = changes::latest_seq(conn)?;
            stamp_of(conn, seq)
        })?;
        let mut writer = self.library.begin()?;
        let (mut after, mut count) = (String::new(), 0);
        loop {
            let documents = store.read(|conn| {
                let ids = stored::public_ids_after(conn, &after, LOADED_AT_ONCE as i64)?;
                Ok::<_, StoreError>((stored::documents_to_index(conn, &ids)?, ids))
            })?;
            let (documents, ids) = documents;
            let Some(last) = ids.last() else { break };
            after = last.to_string();
            count += documents.len();
            for document in documents {
                writer.put(document, stamp)?;
            }
        }
        writer.unite(stamp)?;
        self.library.commit(&mut writer, stamp)?;
        work.writer = Some(writer);
        log::info!(
            "the search index was made of {count} articles in {:.1?}",
            began.elapsed()
        );
        Ok(())
    }

    /// Takes what the log says behind the index, a part at a time.
    fn follow(&self, store: &Store, work: &mut Work) -> Result<(), IndexError> {
        loop {
            let Some(reading) = self.reading() else {
                return Ok(());
            };
            let after = reading.stamp().seq;
            let (part, stamp) = store.read(|conn| {
                let part = stored::log_behind(conn, after, AT_ONCE)?;
                let stamp = stamp_of(conn, part.last)?;
                Ok::<_, StoreError>((part, stamp))
            })?;
            if part.names || !work.named {
                self.load_names(store)?;
                work.named = true;
            }
            if part.last == after {
                return Ok(());
            }
            if part.articles.is_empty() {
                self.library.advance(stamp);
            } else {
                self.index(store, work, &part.articles, stamp)?;
            }
            if !part.more {
                return Ok(());
            }
        }
    }

    fn index(
        &self,
        store: &Store,
        work: &mut Work,
        articles: &[Id],
        stamp: Stamp,
    ) -> Result<(), IndexError> {
        let mut writer = match work.writer.take() {
            Some(writer) => writer,
            None => match self.library.writer() {
                Ok(Some(writer)) => writer,
                Ok(None) => return Ok(()),
                Err(error) => {
                    log::warn!("the search index is made anew: {error}");
                    self.anew.store(true, Ordering::SeqCst);
                    return Err(error.into());
                }
            },
        };
        let before = self.reading().map_or(stamp, |reading| reading.stamp());
        for chunk in articles.chunks(LOADED_AT_ONCE) {
            let documents = store.read(|conn| stored::documents_to_index(conn, chunk))?;
            for id in chunk {
                writer.remove(*id)?;
            }
            for document in documents {
                writer.put(document, before)?;
            }
        }
        self.library.commit(&mut writer, stamp)?;
        work.writer = Some(writer);
        Ok(())
    }

    fn load_names(&self, store: &Store) -> Result<(), IndexError> {
        let names = store.read(|conn| {
            let authors = stored::author_names(conn)?.into_iter();
            let tags = stored::tag_names(conn)?.into_iter();
            let sections = stored::section_names(conn)?.into_iter();
            let all = authors.map(|row| named(NameKind::Author, row));
            let all = all.chain(tags.map(|row| named(NameKind::Tag, row)));
            let all = all.chain(sections.map(|row| named(NameKind::Section, row)));
            Ok::<_, StoreError>(all.collect())
        })?;
        *self.names.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Names::new(names));
        Ok(())
    }
}

fn named(kind: NameKind, (id, lang, names): NamedRow) -> Named {
    Named {
        kind,
        id,
        lang: lang.map(LanguageTag::from_stored),
        names,
    }
}

/// The place behind an entry of the log, with the history that it is of.
fn stamp_of(conn: &mut Conn, seq: i64) -> Result<Stamp, StoreError> {
    let mark = history::marks_between(conn, seq, seq)?.of(seq);
    Ok(Stamp { seq, mark })
}

fn is_of_history(conn: &mut Conn, stamp: Stamp) -> Result<bool, StoreError> {
    let marks = history::marks_between(conn, stamp.seq, stamp.seq)?;
    Ok(marks.hold(stamp.seq, stamp.mark))
}
