//! The last entry of the change log that touched each slot of subjects, by which kept answers and documents are judged.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::slots::{SLOTS, Slot};
use super::touched::{Touched, TouchingEntry, touched_behind};
use super::{Store, StoreError};

/// Longest time without a look at the change log behind which what it tells then is believed to be all. It is far shorter
/// than the age at which the log's entries are compacted.
const LONGEST_UNSEEN: Duration = Duration::from_secs(60);
/// Most entries that are read at once; behind more of them, everything is forgotten.
const MOST_ENTRIES: usize = 5_000;

/// Longest use of what is kept and whose subjects are known. It bounds what a repair that no log tells of may leave behind.
pub const LONGEST_USE: Duration = Duration::from_secs(600);

/// Time without a look at the change log after which the database counts as away: a node looks every three seconds.
const AWAY: Duration = Duration::from_secs(6);

/// The subjects of an answer: it is right while no later entry touches one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subjects {
    /// It never changes while the process lives.
    None,
    /// These alone.
    Slots(Box<[Slot]>),
    /// Everything that the public sees.
    Public,
    /// Everything that the log tells of, drafts and rights too.
    Everything,
}

/// The moment at which an answer was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The end of the change log on the answer's snapshot.
    pub seq: i64,
    /// The generation before the snapshot was taken.
    pub generation: u64,
}

/// The knowledge of what to forget. One thread follows the log at a time; readers never wait.
#[derive(Debug)]
pub struct Forgetting {
    /// The place that the log was followed to; `None` before the first look.
    place: Mutex<Option<i64>>,
    /// The same, for readers.
    seen: AtomicI64,
    /// The last entry that touched each slot.
    slots: Box<[AtomicI64]>,
    /// The last entry that touched everything.
    everything: AtomicI64,
    /// The last entry of the public's view.
    public: AtomicI64,
    /// Number of times that everything was forgotten without an entry.
    generation: AtomicU64,
    /// Rises with each look that found something. An answer that was right in this turn is right until the next.
    turn: AtomicU64,
    /// Longest time without a look at the change log in which kept answers are given.
    longest_unseen: Duration,
    began: Instant,
    /// Milliseconds since `began` at the last look.
    looked: AtomicU64,
}

impl Forgetting {
    /// Nothing is forgotten yet. Kept answers are given for `longest_unseen` after the last look at the change log.
    #[must_use]
    pub fn new(longest_unseen: Duration) -> Self {
        let never = || AtomicI64::new(i64::MIN);
        Self {
            place: Mutex::new(None),
            seen: never(),
            slots: (0..SLOTS).map(|_| never()).collect(),
            everything: never(),
            public: never(),
            generation: AtomicU64::new(0),
            turn: AtomicU64::new(1),
            longest_unseen,
            began: Instant::now(),
            looked: AtomicU64::new(0),
        }
    }

    /// The place that the log was followed to.
    #[must_use]
    pub fn seen(&self) -> i64 {
        self.seen.load(Ordering::SeqCst)
    }

    /// The generation of answers whose reading begins now.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    /// True if an answer of this moment is still right. `checked` keeps the last turn in which it was.
    pub fn is_right(&self, subjects: &Subjects, of: Moment, checked: &AtomicU64) -> bool {
        if *subjects == Subjects::None {
            return true;
        }
        if self.unseen() >= self.longest_unseen {
            return false;
        }
        let is_before = |seq: &AtomicI64| seq.load(Ordering::SeqCst) <= of.seq;
        let turn = self.turn.load(Ordering::SeqCst);
        // A turn rises with entries that touch a slot; there are others.
        if *subjects != Subjects::Everything && checked.load(Ordering::Relaxed) == turn {
            return true;
        }
        let untouched = match subjects {
            Subjects::None => true,
            Subjects::Slots(slots) => slots
                .iter()
                .all(|slot| is_before(&self.slots[usize::from(*slot)])),
            Subjects::Public => is_before(&self.public),
            Subjects::Everything => is_before(&self.seen),
        };
        let is_right =
            untouched && is_before(&self.everything) && of.generation == self.generation();
        if is_right {
            checked.store(turn, Ordering::Relaxed);
        }
        is_right
    }

    /// Reads the log at least up to an entry.
    pub fn follow_to(&self, store: &Store, seq: i64) {
        if self.seen() < seq {
            self.follow(store, None);
        }
    }

    /// Reads the log from where it was left, unless it is known to end at `end`. Afterwards no answer from before is given.
    pub fn follow(&self, store: &Store, end: Option<i64>) {
        if self.seen() > i64::MIN && end == Some(self.seen()) {
            return self.look();
        }
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        let after = place.unwrap_or(i64::MAX);
        match store.ping(|c| touched_behind(c, after, MOST_ENTRIES)) {
            Ok(touched) => {
                self.take(*place, touched);
                *place = Some(self.seen());
                self.look();
            }
            Err(error) => self.forget_for(&error),
        }
    }

    fn forget_for(&self, error: &StoreError) {
        log::warn!("the change log cannot be read, and kept answers are forgotten: {error}");
        self.forget();
    }

    /// Forgets everything.
    pub fn forget(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.turn.fetch_add(1, Ordering::SeqCst);
    }

    fn take(&self, place: Option<i64>, touched: Touched) {
        let goes_on = place.is_some_and(|place| place <= touched.end);
        match touched.entries.filter(|_| goes_on) {
            Some(entries) if self.unseen() < LONGEST_UNSEEN => {
                entries.iter().for_each(|entry| self.touch(entry));
                if !entries.is_empty() {
                    self.turn.fetch_add(1, Ordering::SeqCst);
                }
            }
            _ => self.forget(),
        }
        self.seen.store(touched.end, Ordering::SeqCst);
    }

    fn touch(&self, entry: &TouchingEntry) {
        let set = |seq: &AtomicI64| {
            seq.fetch_max(entry.seq, Ordering::SeqCst);
        };
        match &entry.slots {
            Some(slots) => slots
                .iter()
                .for_each(|slot| set(&self.slots[usize::from(*slot)])),
            None => set(&self.everything),
        }
        if entry.public {
            set(&self.public);
        }
    }

    /// Time since the last look, where it is so long that the database counts as away.
    #[must_use]
    pub fn away(&self) -> Option<Duration> {
        Some(self.unseen()).filter(|unseen| *unseen >= AWAY)
    }

    fn look(&self) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.looked.store(now, Ordering::SeqCst);
    }

    /// Time since the last look.
    fn unseen(&self) -> Duration {
        let looked = Duration::from_millis(self.looked.load(Ordering::SeqCst));
        self.began.elapsed().saturating_sub(looked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(of: &Forgetting, seq: i64, public: bool, slots: Option<Vec<Slot>>) {
        let place = Some(of.seen());
        let entries = Some(vec![TouchingEntry {
            seq,
            public,
            shown: public,
            slots,
        }]);
        of.take(place, Touched { end: seq, entries });
    }

    fn is_right(of: &Forgetting, subjects: &Subjects, seq: i64) -> bool {
        let generation = of.generation();
        of.is_right(subjects, Moment { seq, generation }, &AtomicU64::new(0))
    }

    #[test]
    fn an_entry_makes_what_it_touches_wrong_and_nothing_else() {
        let of = Forgetting::new(LONGEST_UNSEEN);
        let slots = |some: &[Slot]| Subjects::Slots(some.into());
        touch(&of, 5, false, Some(vec![1, 2]));
        assert!(!is_right(&of, &slots(&[2, 9]), 4) && is_right(&of, &slots(&[2, 9]), 5));
        assert!(is_right(&of, &slots(&[3]), 0) && is_right(&of, &Subjects::Public, 4));
        touch(&of, 6, true, Some(vec![4]));
        assert!(!is_right(&of, &Subjects::Public, 5) && is_right(&of, &slots(&[3]), 0));
        touch(&of, 7, true, None);
        assert!(!is_right(&of, &slots(&[3]), 6) && is_right(&of, &slots(&[3]), 7));
        assert!(is_right(&of, &Subjects::None, 0));
        let everything = |seq| is_right(&of, &Subjects::Everything, seq);
        assert!(!everything(6) && everything(7));
        let (seq, generation, checked) = (7, of.generation(), AtomicU64::new(0));
        let kept = || of.is_right(&Subjects::Everything, Moment { seq, generation }, &checked);
        assert!(kept());
        // An entry that touches no slot.
        let end = 8;
        let entries = Some(Vec::new());
        of.take(Some(7), Touched { end, entries });
        assert!(!kept() && everything(8) && is_right(&of, &Subjects::Public, 7));
    }

    #[test]
    fn a_log_that_goes_back_or_runs_far_ahead_makes_everything_wrong() {
        let of = Forgetting::new(LONGEST_UNSEEN);
        let subjects = Subjects::Slots([3].into());
        let past = Moment {
            seq: 100,
            generation: of.generation(),
        };
        let checked = AtomicU64::new(0);
        assert!(of.is_right(&subjects, past, &checked));
        touch(&of, 8, true, Some(vec![1]));
        assert!(of.is_right(&subjects, past, &checked));
        let end = of.seen() - 1;
        of.take(
            Some(of.seen()),
            Touched {
                end,
                entries: Some(Vec::new()),
            },
        );
        assert!(!of.is_right(&subjects, past, &checked));
        let generation = of.generation();
        of.take(
            Some(end),
            Touched {
                end: 99,
                entries: None,
            },
        );
        assert_ne!(of.generation(), generation);
    }
}
