//! Small facts that many reads look up, such as the number of a facet: kept in memory for as long as the change log ends where
//! it ended on the snapshot that they were read from. A write that reads can tell from the state before it appends to the log,
//! so another snapshot with the same end holds the same facts; repairs do not, and end the use of facts within seconds. They are rows as they are stored: scopes are compared with them
//! by each read.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::error::StoreError;

/// Longest use of a fact, also behind a repair that no log tells of. An answer that was made of it lives as long as others.
const LONGEST_USE: Duration = Duration::from_secs(2);
/// Most facts that are kept.
const MOST: usize = 4_096;
/// Most bytes of the words of a fact that is kept.
const LONGEST_WORDS: usize = 256;

/// The name of a fact: the question, and the words that it is asked with.
type Name = (&'static str, String);
type Fact = Arc<dyn Any + Send + Sync>;

/// The end of the log on a snapshot, and the generation of what is kept.
type End = (i64, u64);

/// The facts of a node.
#[derive(Default)]
pub(super) struct Facts {
    kept: RwLock<Option<Kept>>,
}

/// Facts of one end of the log.
struct Kept {
    end: End,
    since: Instant,
    facts: HashMap<Name, Fact>,
}

impl Kept {
    fn is_of(&self, end: End) -> bool {
        self.end == end && self.since.elapsed() < LONGEST_USE
    }

    /// True if it takes no fact of this end: it is of a later one, or has many of this.
    fn is_closed_to(&self, end: End) -> bool {
        let is_later = self.end.1 == end.1 && self.end.0 > end.0;
        is_later || self.is_of(end) && self.facts.len() >= MOST
    }
}

/// The facts that the running read of this thread may take, and its end of the log.
type Running = (Arc<Facts>, End);

thread_local! {
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
}

impl Facts {
    /// Runs a read on a snapshot whose log ends so: it takes facts, and keeps those that it looks up.
    pub(super) fn serve<T>(self: &Arc<Self>, end: End, read: impl FnOnce() -> T) -> T {
        struct Clear;
        impl Drop for Clear {
            fn drop(&mut self) {
                RUNNING.set(None);
            }
        }
        let _clear = Clear;
        RUNNING.set(Some((Arc::clone(self), end)));
        read()
    }

    fn find(&self, name: &Name, end: End) -> Option<Fact> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref().filter(|kept| kept.is_of(end))?;
        kept.facts.get(name).cloned()
    }

    /// Keeps a fact, unless there are those of a later end, or too many.
    fn keep(&self, name: Name, fact: Fact, end: End) {
        let is_closed =
            |kept: &Option<Kept>| kept.as_ref().is_some_and(|kept| kept.is_closed_to(end));
        // Others read meanwhile.
        if is_closed(&self.kept.read().unwrap_or_else(PoisonError::into_inner)) {
            return;
        }
        let mut held = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if is_closed(&held) {
            return;
        }
        let kept = held.take().filter(|kept| kept.is_of(end));
        let kept = held.insert(kept.unwrap_or_else(|| Kept {
            end,
            since: Instant::now(),
            facts: HashMap::new(),
        }));
        kept.facts.insert(name, fact);
    }
}

/// A fact: as it is kept for the running read, else as `load` finds it. It must depend on nothing but the database, the question
/// and the words, and `load` must note no subjects of the answer: where the fact is kept, it does not run.
///
/// # Errors
/// Those of `load`.
pub(super) fn known<T: Clone + Send + Sync + 'static>(
    question: &'static str,
    words: impl FnOnce() -> String,
    load: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let Some((facts, end)) = RUNNING.with_borrow(Clone::clone) else {
        return load();
    };
    let name = (question, words());
    if name.1.len() > LONGEST_WORDS {
        return load();
    }
    let kept = facts.find(&name, end);
    if let Some(fact) = kept.as_ref().and_then(|fact| fact.downcast_ref::<T>()) {
        return Ok(fact.clone());
    }
    let fact = load()?;
    facts.keep(name, Arc::new(fact.clone()), end);
    Ok(fact)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(words: &str, answer: i64) -> i64 {
        known("a number", || words.to_owned(), || Ok(answer)).unwrap()
    }

    #[test]
    fn a_fact_is_kept_until_the_log_goes_on() {
        let facts = Arc::new(Facts::default());
        assert_eq!(facts.serve((5, 0), || ask("a", 1)), 1);
        assert_eq!(facts.serve((5, 0), || ask("a", 2)), 1);
        assert_eq!(facts.serve((5, 0), || ask("b", 3)), 3);
        assert_eq!(facts.serve((6, 0), || ask("a", 4)), 4);
        assert_eq!(facts.serve((6, 0), || ask("a", 5)), 4);
        assert_eq!(facts.serve((6, 1), || ask("a", 6)), 6, "all is forgotten");
    }

    #[test]
    fn a_read_of_an_older_snapshot_neither_takes_nor_keeps_facts() {
        let facts = Arc::new(Facts::default());
        facts.serve((6, 0), || ask("a", 1));
        assert_eq!(facts.serve((5, 0), || ask("a", 2)), 2);
        assert_eq!(facts.serve((6, 0), || ask("a", 3)), 1);
    }

    #[test]
    fn outside_a_served_read_and_for_many_words_nothing_is_kept() {
        let facts = Arc::new(Facts::default());
        facts.serve((6, 0), || ask("a", 1));
        assert_eq!(ask("a", 2), 2);
        let long = "a".repeat(LONGEST_WORDS + 1);
        assert_eq!(facts.serve((6, 0), || ask(&long, 3)), 3);
        assert_eq!(facts.serve((6, 0), || ask(&long, 4)), 4);
    }

    #[test]
    fn what_fails_is_asked_again() {
        let facts = Arc::new(Facts::default());
        let fails = || {
            known("a number", String::new, || {
                Err::<i64, _>(StoreError::Other(String::new()))
            })
        };
        assert!(facts.serve((6, 0), fails).is_err());
        assert_eq!(facts.serve((6, 0), || ask("", 1)), 1);
    }
}
