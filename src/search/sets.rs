//! Sets of articles of a whole index, and which of them a filter lets through.

use tantivy::query::EnableScoring;
use tantivy::{DocId, DocSet, SegmentOrdinal, TERMINATED};

use super::bits::Bits;
use super::error::SearchError;
use super::fallback::Fallback;
use super::index::Reading;
use crate::domain::search::Filter;

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

impl Reading {
    /// The order of a filter's languages, where it has one.
    pub(super) fn fallback<'a>(
        &'a self,
        filter: &'a Filter,
    ) -> Result<Option<Fallback<'a>>, SearchError> {
        (filter.langs.len() > 1)
            .then(|| Fallback::new(&self.searcher, &self.works, &filter.langs, &filter.sight))
            .transpose()
    }

    /// All articles that a filter lets through, but for the order of its languages.
    pub(super) fn admitted(&self, filter: &Filter) -> Result<Sets, SearchError> {
        let query = filter.query(&self.fields);
        let unscored = EnableScoring::disabled_from_searcher(&self.searcher);
        let weight = query.map(|query| query.weight(unscored)).transpose()?;
        let segments = self.searcher.segment_readers().iter().map(|reader| {
            let mut bits = Bits::none(reader.max_doc());
            let Some(weight) = &weight else {
                reader.doc_ids_alive().for_each(|doc| bits.insert(doc));
                return Ok::<_, SearchError>(bits);
            };
            let mut scorer = weight.scorer(reader, 1.0)?;
            while scorer.doc() != TERMINATED {
                if !reader.is_deleted(scorer.doc()) {
                    bits.insert(scorer.doc());
                }
                scorer.advance();
            }
            Ok(bits)
        });
        segments.collect::<Result<_, SearchError>>().map(Sets)
    }
}
