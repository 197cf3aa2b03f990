//! The place of a reader among what changes, and how it is kept when the reader's filters change.
//!
//! A reader that comes with other filters is led through the log again from its start, up to where it was: what both
//! filters hold is passed over, what only the new ones hold comes, what only the old ones held goes. So the place says what
//! its copy holds of each part of the log ([`Held`]). No number is given twice: those of the log are counted on from the
//! last one that the reader saw.

use serde::{Deserialize, Serialize};

use super::sync_filter::SyncFilter;

/// The place of a reader behind the last event that it was given. It stays valid for ever.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncPlace {
    /// The place in the change log.
    #[serde(rename = "s")]
    pub seq: i64,
    /// For a first copy, the end of the log when it began: what had gone before that is nothing to it.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub fresh: Option<i64>,
    /// While what follows from a change of rights is told: the entry of the log that was told again last.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub retold: Option<i64>,
    /// The end of the log that decided what was told, where that is further on: an entry is passed over where a later one of
    /// the same article follows, so a history without the later one is another history.
    #[serde(rename = "j", default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<i64>,
    /// Offset of the log's numbers since filters changed.
    #[serde(rename = "o", default, skip_serializing_if = "is_zero")]
    pub offset: i64,
    /// Parts of the log that were sent with other filters, earliest first. Kept until the end of the log is reached: before
    /// that, an article may have been skipped because a later entry follows.
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Held>,
}

/// The filter by which a copy took the articles whose last entry is in a part of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The part's last entry. It begins behind the part before; 0 where only later entries are left of it.
    #[serde(rename = "e")]
    pub upto: i64,
    /// The filters with which it was told; nothing where they are not known any more.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<SyncFilter>,
}

/// The most bytes that a place spends on what was told with other filters.
const MOST_HELD: usize = 1_024;
/// No number of a place is greater: JSON's readers count exactly up to here.
const GREATEST: i64 = 1 << 53;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl SyncPlace {
    /// Right behind an entry of the log.
    #[must_use]
    pub fn after(seq: i64) -> Self {
        Self {
            seq,
            ..Self::default()
        }
    }

    /// The start of a first copy, when the log ends with `end`.
    #[must_use]
    pub fn first_copy(end: i64) -> Self {
        Self {
            fresh: Some(end),
            ..Self::default()
        }
    }

    /// The new start of a reader whose place is of another history, in a log that ends with `end`: all that is visible is
    /// sent again, all that was ever open to it and is not any more is deleted, and the numbers go on rising.
    #[must_use]
    pub fn anew(&self, end: i64) -> Self {
        Self {
            offset: self.shown(),
            held: vec![Held {
                upto: end,
                filter: None,
            }],
            ..Self::default()
        }
    }

    /// The last entry of the log that this place depends on.
    #[must_use]
    pub fn reaches(&self) -> i64 {
        let rest = [self.fresh, self.retold, self.judged, Some(self.held_upto())];
        rest.into_iter().flatten().fold(self.seq, i64::max)
    }

    /// True if the reader still takes a copy, or takes it anew with other filters, instead of following the log.
    #[must_use]
    pub fn is_copying(&self) -> bool {
        self.fresh.is_some() || !self.held.is_empty()
    }

    /// The number that the reader saw last, or may have seen.
    #[must_use]
    pub const fn shown(&self) -> i64 {
        self.offset.saturating_add(self.seq)
    }

    /// The last entry of the log that was told with other filters; 0 where there is none.
    #[must_use]
    pub fn held_upto(&self) -> i64 {
        self.held.last().map_or(0, |held| held.upto)
    }

    /// True if a reader can have been given this place: its numbers are those of a log, its parts are in order, and they
    /// take no more room than the service spends. A forged cursor causes no more work than a reader.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        if !self.held.is_sorted_by_key(|held| held.upto) || room_of(&self.held) > MOST_HELD {
            return false;
        }
        let held = self.held.iter().map(|held| held.upto);
        let rest = [self.fresh, self.retold, self.judged];
        let mut all = held.chain(rest.into_iter().flatten());
        let sane = |number: i64| (0..=GREATEST).contains(&number);
        sane(self.seq) && sane(self.offset) && all.all(sane)
    }

    /// The place behind an entry, when the log ends with `end`. A first copy is complete where its own end is reached.
    #[must_use]
    pub fn moved_to(&self, seq: i64, end: i64) -> Self {
        let mut next = self.clone();
        next.seq = seq;
        next.retold = None;
        next.fresh = self.fresh.filter(|end| seq < *end);
        if seq >= end {
            next.held.clear();
        }
        next.judged_by(end)
    }

    /// The place when what was told up to it was judged by a log that ends with `end`.
    #[must_use]
    pub fn judged_by(mut self, end: i64) -> Self {
        let judged = self.judged.max(Some(end));
        self.judged = judged.filter(|judged| self.seq < *judged);
        self
    }

    /// The place of a reader that continues with other filters than `before` (`None` if not known).
    #[must_use]
    pub fn with_other_filters(mut self, before: Option<SyncFilter>) -> Self {
        if self.retold.is_some() {
            // All is told again there: with the new filters, once more from the start.
            self.retold = Some(0);
            return self;
        }
        if self.seq == 0 {
            return self;
        }
        let shown = self.shown();
        let (passed, ahead): (Vec<Held>, Vec<Held>) = self
            .held
            .into_iter()
            .partition(|held| held.upto <= self.seq);
        let mut held: Vec<Held> = Vec::new();
        for old in passed {
            let old = Held { upto: 0, ..old };
            if !held.contains(&old) {
                held.push(old);
            }
        }
        if ahead.first().is_none_or(|next| next.filter != before) {
            held.push(Held {
                upto: self.seq,
                filter: before,
            });
        }
        held.extend(ahead);
        self.offset = shown;
        self.seq = 0;
        self.held = bounded(held);
        self
    }
}

/// The parts without those that take too much room. All is sent again for these, and all that may be held is deleted.
fn bounded(held: Vec<Held>) -> Vec<Held> {
    if room_of(&held) <= MOST_HELD {
        return held;
    }
    let upto = held.last().map_or(0, |held| held.upto);
    vec![Held { upto, filter: None }]
}

/// Room of the parts in a cursor, in bytes.
fn room_of(held: &[Held]) -> usize {
    serde_json::to_string(held).map_or(usize::MAX, |text| text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::Reference;

    fn of(section: &str) -> Option<SyncFilter> {
        let sections = vec![vec![Reference::parse(section)]];
        Some(SyncFilter {
            sections,
            ..SyncFilter::default()
        })
    }

    fn parts(place: &SyncPlace) -> Vec<(i64, Option<SyncFilter>)> {
        let held = place.held.iter();
        held.map(|held| (held.upto, held.filter.clone())).collect()
    }

    #[test]
    fn filters_that_change_on_the_way_leave_what_was_told_with_each() {
        let place = SyncPlace::after(100).with_other_filters(of("a"));
        assert_eq!((place.seq, place.shown()), (0, 100));
        let place = place.moved_to(40, 120).with_other_filters(of("b"));
        assert_eq!(place.shown(), 140);
        assert_eq!(parts(&place), [(40, of("b")), (100, of("a"))]);
        let again = place.clone().with_other_filters(of("c"));
        assert_eq!(parts(&again), parts(&place), "nothing was told with c");
        let place = place.moved_to(60, 120).with_other_filters(of("a"));
        assert_eq!(parts(&place), [(0, of("b")), (100, of("a"))]);
        let place = place.moved_to(150, 170);
        assert_eq!(place.held.len(), 2, "what was passed over may follow");
        let end = place.moved_to(170, 170);
        assert_eq!((end.held.len(), end.shown()), (0, 370));
        let place = place.with_other_filters(of("c"));
        let expected = [(0, of("b")), (0, of("a")), (150, of("c"))];
        assert_eq!(parts(&place), expected);
    }

    #[test]
    fn a_place_stays_small_however_often_filters_change() {
        let mut place = SyncPlace::after(1_000_000);
        for n in 0..1_000 {
            let name = format!("{n} {}", "long/".repeat(30));
            place = place
                .with_other_filters(of(&name))
                .moved_to(10 + n, 2_000_000);
            assert!(serde_json::to_string(&place).unwrap().len() < 1_200);
            assert_eq!(place.held_upto(), 1_000_000);
        }
        assert!(place.is_possible());
    }

    #[test]
    fn a_place_depends_on_the_log_s_end_until_it_has_come_there() {
        let place = SyncPlace::after(10).moved_to(20, 50);
        assert_eq!((place.seq, place.reaches()), (20, 50));
        let place = place.moved_to(30, 60).with_other_filters(of("a"));
        assert_eq!((place.seq, place.reaches()), (0, 60));
        let place = place.moved_to(60, 60);
        assert_eq!((place.judged, place.reaches()), (None, 60));
    }

    #[test]
    fn what_no_log_has_is_told_apart() {
        for place in [
            SyncPlace::after(-1),
            SyncPlace::after(i64::MAX),
            SyncPlace::first_copy(-5),
        ] {
            assert!(!place.is_possible());
        }
        let with = |held: &[(i64, &str)]| SyncPlace {
            held: held
                .iter()
                .map(|(upto, name)| Held {
                    upto: *upto,
                    filter: of(name),
                })
                .collect(),
            ..SyncPlace::after(10)
        };
        assert!(with(&[(0, "a"), (0, "b"), (7, "c")]).is_possible());
        assert!(
            !with(&[(7, "a"), (5, "b")]).is_possible(),
            "parts stand in order"
        );
        assert!(!with(&[(7, "a"); 100]).is_possible(), "they are few");
    }
}
