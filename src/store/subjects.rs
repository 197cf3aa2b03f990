//! The subjects that answers depend on and that writes touch, each hashed into one of 65,536 slots. A read notes the subjects
//! that it shows and that it was filtered by; an entry of the change log names those that it touches. Two subjects in one
//! slot cost a needless computation, never a wrong answer.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Display;

use crate::domain::id::Id;

use super::changes::ChangeKind;
use super::slots::{Slot, slot_of};

/// A thing by which answers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A resource, by its id.
    Resource(ChangeKind, &'a str),
    /// The resource that a slug leads to, in any edition.
    Slug(ChangeKind, &'a str),
    /// The editions of a work.
    Work(Id),
    /// The articles in a facet, by its number.
    Facet(i64),
}

impl Subject<'_> {
    /// The place of this subject, the same in every process.
    #[must_use]
    pub fn slot(self) -> Slot {
        let name = match self {
            Self::Resource(kind, id) => resource_name(kind.as_str(), id),
            Self::Slug(kind, slug) => format!("slug {} {slug}", kind.as_str()),
            Self::Work(id) => format!("work {id}"),
            Self::Facet(number) => format!("facet {number}"),
        };
        slot_of(&name)
    }
}

/// The slot of a resource whose kind is the word in the change log.
pub(super) fn slot_of_resource(kind: &str, id: impl Display) -> Slot {
    slot_of(&resource_name(kind, id))
}

fn resource_name(kind: &str, id: impl Display) -> String {
    format!("{kind} {id}")
}

/// The subjects that a read noted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noted {
    /// Their slots, in order.
    slots: BTreeSet<Slot>,
    /// True if the read said that these are all that it depends on.
    complete: bool,
    /// True if a part of it depends on more than can be named.
    unbounded: bool,
}

impl Noted {
    /// The subjects that the answer depends on; `None` where they are not all known.
    #[must_use]
    pub fn all(self) -> Option<Box<[Slot]>> {
        let known = self.complete && !self.unbounded;
        known.then(|| self.slots.into_iter().collect())
    }
}

thread_local! {
    /// The notes of the read that runs on this thread, where they are wanted.
    static NOTED: RefCell<Option<Noted>> = const { RefCell::new(None) };
}

/// Runs a read and answers the subjects that it noted.
pub fn noting<T>(read: impl FnOnce() -> T) -> (T, Noted) {
    struct Clear;
    impl Drop for Clear {
        fn drop(&mut self) {
            NOTED.set(None);
        }
    }
    let _clear = Clear;
    NOTED.set(Some(Noted::default()));
    let found = read();
    (found, NOTED.take().unwrap_or_default())
}

/// Notes that the running read depends on a subject.
pub(super) fn note(subject: Subject<'_>) {
    with_notes(|noted| {
        noted.slots.insert(subject.slot());
    });
}

/// Notes that the running read depends on resources of one kind.
pub(super) fn note_resources<'a>(kind: ChangeKind, ids: impl IntoIterator<Item = &'a String>) {
    with_notes(|noted| {
        let slots = ids.into_iter().map(|id| Subject::Resource(kind, id).slot());
        noted.slots.extend(slots);
    });
}

/// Notes that the running read depends on what is in these slots.
pub(super) fn note_slots(slots: &[Slot]) {
    with_notes(|noted| noted.slots.extend(slots));
}

/// Says that the running read notes all that it depends on. For reads of articles alone: what it loads by other ways than
/// theirs is not noted.
pub fn note_completely() {
    with_notes(|noted| noted.complete = true);
}

/// Notes that the running read depends on more than can be named.
pub(super) fn note_unbounded() {
    with_notes(|noted| noted.unbounded = true);
}

/// Runs a part of a read whose notes are not needed, since a narrower one was made.
pub(super) fn unnoted<T>(part: impl FnOnce() -> T) -> T {
    let notes = NOTED.take();
    let found = part();
    NOTED.set(notes);
    found
}

fn with_notes(note: impl FnOnce(&mut Noted)) {
    NOTED.with_borrow_mut(|noted| {
        if let Some(noted) = noted {
            note(noted);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_stay_the_same_between_versions_since_nodes_of_both_share_a_log() {
        let article = Subject::Resource(ChangeKind::Article, "a");
        assert_eq!(article.slot(), slot_of("article a"));
        assert_eq!(slot_of_resource("article", "a"), article.slot());
        assert_ne!(
            Subject::Slug(ChangeKind::Article, "a").slot(),
            article.slot()
        );
    }

    #[test]
    fn only_the_running_read_is_noted() {
        note(Subject::Facet(1));
        let (answer, noted) = noting(|| {
            note(Subject::Facet(2));
            note(Subject::Facet(2));
            7
        });
        assert_eq!(answer, 7);
        assert_eq!(noted.slots, [Subject::Facet(2).slot()].into());
        assert_eq!(noted.all(), None);
        note_unbounded();
        assert_eq!(noting(|| ()).1, Noted::default());
        assert_eq!(noting(note_completely).1.all(), Some(Box::default()));
        let vague = || {
            note_completely();
            unnoted(|| note(Subject::Facet(1)));
            note_unbounded();
        };
        let (_, noted) = noting(vague);
        assert!(noted.slots.is_empty() && noted.all().is_none());
    }
}
