//! Phrases that one question has looked for. A query is compared as typed, with other spellings and loosely, and reading where
//! words stand is the dearest part of each: an article is asked once for a phrase, whatever asks.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use tantivy::index::SegmentId;
use tantivy::schema::Field;

use super::bits::Bits;
use super::error::SearchError;

/// A phrase in one field of one segment: its terms, each with its place behind the first.
type Key = (SegmentId, Field, Vec<(usize, String)>);

/// Number of times that one question may read the places of a word in an article, for each article of the index: a phrase of so
/// many words that all articles hold is compared whole. What is rarer costs less, so that a question has to be made for it to
/// reach this.
const READS_OF_EACH: u64 = 4;
/// Number of reads that a question may make in a small index.
const FEWEST_READS: u64 = 50_000;

/// The phrases looked for, each with what was found.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    all: RefCell<HashMap<Key, Answers>>,
    /// Number of places that may still be read, one for each word and article.
    reads: Cell<u64>,
}

/// Articles that were asked for a phrase, and those of them that hold it.
#[derive(Debug, Clone)]
struct Answers {
    asked: Bits,
    holding: Bits,
}

impl Placed {
    /// The phrases of a question about an index with so many articles.
    pub(super) fn among(articles: u64) -> Self {
        Self::within(articles.saturating_mul(READS_OF_EACH).max(FEWEST_READS))
    }

    /// The same, where a question may make so many reads.
    pub(super) fn within(reads: u64) -> Self {
        Self {
            all: RefCell::default(),
            reads: Cell::new(reads),
        }
    }

    /// Of some articles, those that hold a phrase. `find` reads those that were not asked before, and compares the places of at
    /// most so many words; all of these articles hold each word somewhere.
    pub(super) fn holding(
        &self,
        segment: SegmentId,
        field: Field,
        phrase: &[(usize, String)],
        among: &Bits,
        find: impl FnOnce(&Bits, usize) -> Result<Bits, SearchError>,
    ) -> Result<Bits, SearchError> {
        let key = (segment, field, phrase.to_vec());
        let mut all = self.all.borrow_mut();
        let known = all.entry(key).or_insert_with(|| Answers {
            asked: among.emptied(),
            holding: among.emptied(),
        });
        let mut unasked = among.clone();
        unasked.subtract(&known.asked);
        if !unasked.is_empty() {
            let words = self.spend(unasked.len() as u64, phrase.len());
            known.holding.unite(&match words {
                0 => unasked.clone(),
                words => find(&unasked, words)?,
            });
            known.asked.unite(&unasked);
        }
        let mut holding = known.holding.clone();
        holding.intersect(among);
        Ok(holding)
    }

    /// Takes the reads of some words in each of so many articles: of as many words as there are reads for, and of none where
    /// that is one, which tells nothing.
    fn spend(&self, articles: u64, words: usize) -> usize {
        let left = self.reads.get();
        let words = usize::try_from(left / articles).map_or(words, |most| words.min(most));
        if words < 2 {
            return 0;
        }
        self.reads.set(left - articles * words as u64);
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_asked_once_for_a_phrase() {
        let segment = SegmentId::generate_random();
        let placed = Placed::among(100);
        let of = |docs: &[u32]| {
            let mut bits = Bits::none(100);
            docs.iter().for_each(|doc| bits.insert(*doc));
            bits
        };
        let asked = RefCell::new(Vec::new());
        let ask = |field: u32, words: &str, among: &[u32]| {
            let phrase: Vec<_> = words.split(' ').map(str::to_owned).enumerate().collect();
            let field = Field::from_field_id(field);
            let find = |unasked: &Bits, _| {
                asked.borrow_mut().extend(unasked.iter());
                // Even articles hold every phrase.
                let mut even = unasked.clone();
                even.retain(|doc| doc % 2 == 0);
                Ok(even)
            };
            let found = placed.holding(segment, field, &phrase, &of(among), find);
            found.unwrap().iter().collect::<Vec<_>>()
        };
        assert_eq!(ask(1, "grass snake", &[1, 2, 3, 4]), [2, 4]);
        assert_eq!(ask(1, "grass snake", &[3, 4, 5, 6]), [4, 6]);
        assert_eq!(ask(1, "grass snake", &[2, 5]), [2]);
        assert_eq!(asked.take(), [1, 2, 3, 4, 5, 6]);
        assert_eq!(ask(2, "grass snake", &[4]), [4], "another field");
        assert_eq!(ask(1, "snake grass", &[4]), [4], "other words");
        assert_eq!(asked.take(), [4, 4]);
    }

    #[test]
    fn a_question_reads_as_many_places_as_it_may() {
        let placed = Placed::within(70);
        let mut ten = Bits::none(10);
        (0..10).for_each(|doc| ten.insert(doc));
        let words = Cell::new(None);
        let ask = |words_asked: &str| {
            let terms = words_asked.split(' ').map(str::to_owned);
            let phrase: Vec<_> = terms.enumerate().collect();
            words.set(None);
            let find = |_: &Bits, most| {
                words.set(Some(most));
                Ok(Bits::none(10))
            };
            let segment = SegmentId::from_uuid_string(&"0".repeat(32)).unwrap();
            let field = Field::from_field_id(1);
            let found = placed.holding(segment, field, &phrase, &ten, find).unwrap();
            (words.get(), found.len())
        };
        assert_eq!(ask("a b c"), (Some(3), 0));
        assert_eq!(ask("d e f g h"), (Some(4), 0), "as many as are left");
        assert_eq!(ask("i j"), (None, 10), "all that hold the words");
        assert_eq!(ask("a b c"), (None, 0), "known already");
    }
}
