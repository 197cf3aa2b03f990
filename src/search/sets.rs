//! Sets of articles of a whole index.

use tantivy::{DocId, SegmentOrdinal};

use super::bits::Bits;
use crate::domain::kept::Weight;

/// An article that matches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub segment: SegmentOrdinal,
    pub doc: DocId,
    pub score: f32,
}

impl Match {
    pub(super) const fn address(&self) -> (SegmentOrdinal, DocId) {
        (self.segment, self.doc)
    }
}

/// Articles of an index: a set for each segment.
#[derive(Debug, Clone, Default)]
pub(super) struct Sets(pub Vec<Bits>);

impl Weight for Sets {
    fn weight(&self) -> u64 {
        self.0.iter().map(Bits::weight).sum()
    }
}

impl Sets {
    /// The empty set.
    pub(super) fn none(&self) -> Self {
        let mut none = self.clone();
        none.subtract(self);
        none
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(Bits::len).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Bits::is_empty)
    }

    pub(super) fn intersect(&mut self, other: &Self) {
        self.each(other, Bits::intersect);
    }

    pub(super) fn unite(&mut self, other: &Self) {
        self.each(other, Bits::unite);
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        self.each(other, Bits::subtract);
    }

    fn each(&mut self, other: &Self, combine: fn(&mut Bits, &Bits)) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            combine(own, other);
        }
    }

    /// The articles in the order of the index, without scores.
    pub(super) fn matches(&self) -> impl Iterator<Item = Match> + '_ {
        let segments = (0..).zip(&self.0);
        segments.flat_map(|(segment, bits): (SegmentOrdinal, &Bits)| {
            let found = bits.iter();
            found.map(move |doc| Match {
                segment,
                doc,
                score: 0.0,
            })
        })
    }
}
