//! Documents: public articles as they were last shown, kept in memory. A read takes one where nothing that the document shows
//! has changed up to the read's own snapshot, by what the change log tells.

use std::cell::RefCell;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::kept::{Kept, Weight};
use crate::domain::shown::Shown;
use crate::domain::time::Timestamp;
use crate::domain::view::Article;

use super::super::error::StoreError;
use super::super::facts::Facts;
use super::super::forgetting::{Forgetting, LONGEST_USE, Moment, Subjects};
use super::super::slots::Slot;
use super::super::subjects::note_slots;

/// Bytes of a document, as a rule.
const TYPICAL: u64 = 4 * 1024;

/// The name of a document: the article, and whether its body is in it.
type Key = (Id, bool);

impl Weight for Key {
    fn weight(&self) -> u64 {
        size_of::<Self>() as u64
    }
}

/// An article as the public is shown it, its body as HTML.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) article: Shown,
    /// Its bytes as JSON.
    pub(super) bytes: usize,
    /// Its subjects.
    subjects: Subjects,
    moment: Moment,
    made_at: Instant,
    /// The last turn of the log in which it was found right.
    checked: AtomicU64,
    /// Time of the last change of what it shows, once somebody has asked.
    modified: OnceLock<Option<Timestamp>>,
}

impl Weight for Document {
    fn weight(&self) -> u64 {
        // An article takes about twice as much as its JSON, since each text is allocated apart, and its JSON is kept in two forms.
        const TIMES_ITS_JSON: usize = 4;
        let slots = size_of_val(self.slots());
        (self.bytes * TIMES_ITS_JSON + slots + size_of::<Self>()) as u64
    }
}

impl Document {
    fn slots(&self) -> &[Slot] {
        match &self.subjects {
            Subjects::Slots(slots) => slots,
            Subjects::None | Subjects::Public | Subjects::Everything => &[],
        }
    }
}

/// The documents of a node.
pub struct Documents {
    kept: Kept<Key, Document>,
    /// Facts that reads look up besides, by the same snapshots.
    facts: Arc<Facts>,
    forgetting: Arc<Forgetting>,
}

/// The documents that the running read of this thread may take, and its moment.
#[derive(Clone)]
struct Snapshot {
    documents: Arc<Documents>,
    moment: Moment,
}

thread_local! {
    static SNAPSHOT: RefCell<Option<Snapshot>> = const { RefCell::new(None) };
}

impl Documents {
    /// Room for so many megabytes; for none, nothing is kept.
    #[must_use]
    pub fn new(megabytes: u32, forgetting: Arc<Forgetting>) -> Self {
        Self {
            kept: Kept::new(megabytes, TYPICAL),
            facts: Arc::default(),
            forgetting,
        }
    }

    /// Number of documents, and their bytes.
    #[must_use]
    pub fn size(&self) -> (usize, u64) {
        self.kept.size()
    }

    /// Runs a read on a snapshot whose log ends at `moment`: it takes documents and facts, and keeps those that it makes.
    pub fn serve<T>(self: &Arc<Self>, moment: Moment, read: impl FnOnce() -> T) -> T {
        struct Clear;
        impl Drop for Clear {
            fn drop(&mut self) {
                SNAPSHOT.set(None);
            }
        }
        // What is not known yet may have changed any document.
        if !self.kept.is_on() || self.forgetting.seen() < moment.seq {
            return read();
        }
        let documents = Arc::clone(self);
        let _clear = Clear;
        SNAPSHOT.set(Some(Snapshot { documents, moment }));
        self.facts.serve((moment.seq, moment.generation), read)
    }

    fn find(&self, key: Key, of: Moment) -> Option<Arc<Document>> {
        let document = self.kept.get(&key)?;
        let is_of_snapshot =
            document.moment.seq <= of.seq && document.moment.generation == of.generation;
        let is_right = is_of_snapshot
            && document.made_at.elapsed() < LONGEST_USE
            && self
                .forgetting
                .is_right(&document.subjects, document.moment, &document.checked);
        is_right.then_some(document)
    }
}

fn snapshot_for(scope: &Scope) -> Option<Snapshot> {
    if *scope != Scope::Public {
        return None;
    }
    SNAPSHOT.with_borrow(Clone::clone)
}

/// The document of an article that the public sees, for the running read; it depends on what the document shows.
pub(super) fn find(scope: &Scope, id: Id, with_body: bool) -> Option<Arc<Document>> {
    let snapshot = snapshot_for(scope)?;
    let document = snapshot.documents.find((id, with_body), snapshot.moment)?;
    note_slots(document.slots());
    Some(document)
}

/// True if there is a document of an article that the public sees, for the running read.
pub(super) fn knows(scope: &Scope, id: Id) -> bool {
    [true, false]
        .iter()
        .any(|with_body| find(scope, id, *with_body).is_some())
}

/// True if the running read may keep what it loads for a scope.
pub(super) fn may_keep(scope: &Scope) -> bool {
    snapshot_for(scope).is_some()
}

/// Keeps an article, of so many bytes of JSON, that the running read has loaded. It depends on what is in these slots.
pub(super) fn keep(article: Shown, bytes: usize, with_body: bool, slots: Box<[Slot]>) {
    let Some(Snapshot { documents, moment }) = snapshot_for(&Scope::Public) else {
        return;
    };
    let key = (article.id, with_body);
    let document = Document {
        article,
        bytes,
        subjects: Subjects::Slots(slots),
        moment,
        made_at: Instant::now(),
        checked: AtomicU64::new(0),
        modified: OnceLock::new(),
    };
    documents.kept.insert(key, Arc::new(document));
}

/// The time of the last change of what an article shows: from its document, else as `ask` finds it.
///
/// # Errors
/// Those of `ask`.
pub fn modified(
    scope: &Scope,
    article: &Article,
    ask: impl FnOnce() -> Result<Option<Timestamp>, StoreError>,
) -> Result<Option<Timestamp>, StoreError> {
    let is_whole = article.related.is_none();
    let document = find(scope, article.id, article.body.is_some()).filter(|_| is_whole);
    let Some(document) = document else {
        return ask();
    };
    if let Some(modified) = document.modified.get() {
        return Ok(*modified);
    }
    let modified = ask()?;
    Ok(*document.modified.get_or_init(|| modified))
}
