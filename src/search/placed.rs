//! Phrases that one question has looked for. A query is compared as typed, with other spellings and loosely, and reading where
//! words stand is the dearest part of each: an article is asked once for a phrase, whatever asks.

use std::cell::RefCell;
use std::collections::HashMap;

use tantivy::index::SegmentId;
use tantivy::schema::Field;

use super::bits::Bits;
use super::error::SearchError;

/// A phrase in one field of one segment: its terms, each with its place behind the first.
type Key = (SegmentId, Field, Vec<(usize, String)>);

/// The phrases looked for, each with what was found.
#[derive(Debug, Clone, Default)]
pub(super) struct Placed(RefCell<HashMap<Key, Answers>>);

/// Articles that were asked for a phrase, and those of them that hold it.
#[derive(Debug, Clone)]
struct Answers {
    asked: Bits,
    holding: Bits,
}

impl Placed {
    /// Of some articles, those that hold a phrase. `find` reads those that were not asked before.
    pub(super) fn holding(
        &self,
        segment: SegmentId,
        field: Field,
        phrase: &[(usize, String)],
        among: &Bits,
        find: impl FnOnce(&Bits) -> Result<Bits, SearchError>,
    ) -> Result<Bits, SearchError> {
        let key = (segment, field, phrase.to_vec());
        let mut all = self.0.borrow_mut();
        let known = all.entry(key).or_insert_with(|| Answers {
            asked: among.emptied(),
            holding: among.emptied(),
        });
        let mut unasked = among.clone();
        unasked.subtract(&known.asked);
        if !unasked.is_empty() {
            known.holding.unite(&find(&unasked)?);
            known.asked.unite(&unasked);
        }
        let mut holding = known.holding.clone();
        holding.intersect(among);
        Ok(holding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_article_is_asked_once_for_a_phrase() {
        let segment = SegmentId::generate_random();
        let placed = Placed::default();
        let of = |docs: &[u32]| {
            let mut bits = Bits::none(100);
            docs.iter().for_each(|doc| bits.insert(*doc));
            bits
        };
        let asked = RefCell::new(Vec::new());
        let ask = |field: u32, words: &str, among: &[u32]| {
            let phrase: Vec<_> = words.split(' ').map(str::to_owned).enumerate().collect();
            let field = Field::from_field_id(field);
            let find = |unasked: &Bits| {
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
}
