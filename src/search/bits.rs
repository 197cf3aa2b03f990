//! A set of articles of one segment, one bit each.

use tantivy::DocId;

const WIDTH: u32 = u64::BITS;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// The empty set among so many articles.
    pub(super) fn none(articles: DocId) -> Self {
        Self(vec![0; articles.div_ceil(WIDTH) as usize])
    }

    /// The empty set among the articles of this one.
    pub(super) fn emptied(&self) -> Self {
        Self(vec![0; self.0.len()])
    }

    /// Bytes that it takes.
    pub(super) const fn weight(&self) -> u64 {
        (size_of::<Self>() + size_of::<u64>() * self.0.len()) as u64
    }

    pub(super) fn contains(&self, doc: DocId) -> bool {
        self.0[(doc / WIDTH) as usize] & 1_u64 << (doc % WIDTH) != 0
    }

    pub(super) fn insert(&mut self, doc: DocId) {
        self.0[(doc / WIDTH) as usize] |= 1_u64 << (doc % WIDTH);
    }

    pub(super) fn intersect(&mut self, other: &Self) {
        self.combine(other, |own, other| own & other);
    }

    pub(super) fn unite(&mut self, other: &Self) {
        self.combine(other, |own, other| own | other);
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        self.combine(other, |own, other| own & !other);
    }

    pub(super) fn retain(&mut self, is_kept: impl Fn(DocId) -> bool) {
        let mut others = self.emptied();
        let gone = self.iter().filter(|doc| !is_kept(*doc));
        gone.for_each(|doc| others.insert(doc));
        self.subtract(&others);
    }

    fn combine(&mut self, other: &Self, with: impl Fn(u64, u64) -> u64) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own = with(*own, *other);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The articles, rising.
    pub(super) fn iter(&self) -> impl Iterator<Item = DocId> + '_ {
        let words = (0..).step_by(WIDTH as usize).zip(&self.0);
        words.flat_map(|(first, word): (DocId, &u64)| {
            let rests =
                std::iter::successors(Some(*word), |rest| Some(rest & rest.wrapping_sub(1)));
            let rests = rests.take_while(|rest| *rest != 0);
            rests.map(move |rest| first + rest.trailing_zeros())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(docs: &[DocId]) -> Bits {
        let mut bits = Bits::none(200);
        docs.iter().for_each(|doc| bits.insert(*doc));
        bits
    }

    #[test]
    fn sets_are_combined_and_read_in_rising_order() {
        let bits = of(&[199, 0, 63, 64, 70]);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [0, 63, 64, 70, 199]);
        assert_eq!((bits.len(), bits.is_empty()), (5, false));
        let other = of(&[1, 63, 199]);
        let combined = |combine: fn(&mut Bits, &Bits)| {
            let mut own = bits.clone();
            combine(&mut own, &other);
            own.iter().collect::<Vec<_>>()
        };
        assert_eq!(combined(Bits::intersect), [63, 199]);
        assert_eq!(combined(Bits::unite), [0, 1, 63, 64, 70, 199]);
        assert_eq!(combined(Bits::subtract), [0, 64, 70]);
        let mut even = bits.clone();
        even.retain(|doc| doc % 2 == 0);
        assert_eq!(even.iter().collect::<Vec<_>>(), [0, 64, 70]);
        assert!(Bits::none(200).is_empty());
    }
}
