//! Words side by side. Reading where words stand is the dearest part of a search, so that it is done for those articles only
//! that hold all of the words, and ends with the first place at which they stand as wanted.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, SegmentReader, Term};

use super::fold::is_unspaced;
use super::positions::move_to;

/// A word of a phrase.
struct Step {
    /// Its place behind the first word.
    offset: u32,
    postings: SegmentPostings,
}

/// Words side by side in one segment.
pub(super) struct Phrase {
    /// The words, the rarest first; `None` where the segment lacks one.
    steps: Option<Vec<Step>>,
    /// Places of a word in the article that is looked at.
    places: Vec<u32>,
    /// Starts of the phrase in that article from which all words so far stand as wanted, one bit each, and those of one word.
    starts: Vec<u64>,
    own: Vec<u64>,
}

impl Phrase {
    /// A phrase of terms, each with its place behind the first. The places of so many are compared, the first ones; the others
    /// are in the article, wherever they stand.
    pub(super) fn open(
        reader: &SegmentReader,
        field: Field,
        terms: &[(usize, String)],
        most: usize,
    ) -> tantivy::Result<Self> {
        Ok(Self {
            steps: steps(reader, field, terms, most)?,
            places: Vec::new(),
            starts: Vec::new(),
            own: Vec::new(),
        })
    }

    /// True if an article holds the phrase. It is behind those that were asked about before. Places of at most so many words
    /// are read, which are counted down; beyond them the answer is no.
    pub(super) fn is_in(&mut self, doc: DocId, budget: &mut usize) -> bool {
        let Some(steps) = self.steps.as_mut().filter(|_| *budget > 0) else {
            return false;
        };
        let mut postings = steps.iter_mut().map(|step| &mut step.postings);
        if !postings.all(|postings| move_to(postings, doc)) {
            return false;
        }
        self.starts.clear();
        for (n, step) in steps.iter_mut().enumerate() {
            if *budget == 0 {
                return false;
            }
            *budget -= 1;
            step.postings.positions(&mut self.places);
            let places = self.places.iter();
            let starts = places.filter_map(|place| place.checked_sub(step.offset));
            if n == 0 {
                mark(&mut self.starts, starts);
                continue;
            }
            self.own.clear();
            self.own.resize(self.starts.len(), 0);
            mark_within(&mut self.own, starts);
            if !intersect(&mut self.starts, &self.own) {
                return false;
            }
        }
        true
    }
}

fn steps(
    reader: &SegmentReader,
    field: Field,
    terms: &[(usize, String)],
    most: usize,
) -> tantivy::Result<Option<Vec<Step>>> {
    let inverted = reader.inverted_index(field)?;
    let mut steps = Vec::with_capacity(terms.len().min(most));
    for (offset, text) in terms.iter().take(most) {
        let term = Term::from_field_text(field, text);
        let option = IndexRecordOption::WithFreqsAndPositions;
        let Some(postings) = inverted.read_postings(&term, option)? else {
            return Ok(None);
        };
        steps.push(Step {
            offset: u32::try_from(*offset).unwrap_or(u32::MAX),
            postings,
        });
    }
    steps.sort_by_key(|step| step.postings.doc_freq());
    Ok(Some(steps))
}

/// Sets the bits of starts, which rise.
fn mark(bits: &mut Vec<u64>, starts: impl Iterator<Item = u32>) {
    for start in starts {
        let word = (start / u64::BITS) as usize;
        if bits.len() <= word {
            bits.resize(word + 1, 0);
        }
        bits[word] |= 1_u64 << (start % u64::BITS);
    }
}

/// Sets the bits of those starts for which there is room.
fn mark_within(bits: &mut [u64], starts: impl Iterator<Item = u32>) {
    for start in starts {
        match bits.get_mut((start / u64::BITS) as usize) {
            Some(word) => *word |= 1_u64 << (start % u64::BITS),
            None => break,
        }
    }
}

/// Keeps the bits that both have; false if none is left.
fn intersect(bits: &mut [u64], other: &[u64]) -> bool {
    let mut any = 0;
    for (own, other) in bits.iter_mut().zip(other) {
        *own &= other;
        any |= *own;
    }
    any != 0
}

/// The terms that decide on a phrase: a pair whose two ideographs stand in the pairs beside it adds nothing.
pub(super) fn needed(terms: &[(usize, String)]) -> Vec<(usize, String)> {
    let is_pair = |text: &str| text.chars().count() == 2 && text.chars().all(is_unspaced);
    let mut kept: Vec<(usize, String)> = Vec::with_capacity(terms.len());
    for (n, (at, text)) in terms.iter().enumerate() {
        let follows = |to: usize, text: &str, from: usize| is_pair(text) && to == from + 1;
        let before = kept
            .last()
            .is_some_and(|(from, own)| follows(*at, own, *from));
        let behind = terms
            .get(n + 1)
            .is_some_and(|(to, own)| follows(*to, own, *at));
        if !(is_pair(text) && before && behind) {
            kept.push((*at, text.clone()));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::terms::run_terms;
    use super::super::tests::{document, find, library};
    use super::super::words::words;
    use super::*;
    use crate::domain::search::Filter;

    #[test]
    fn a_phrase_is_found_just_where_its_words_stand_so() {
        let vocabulary = ["oil", "crude", "price", "of", "gold", "环", "境", "变"];
        let mut seed = 7_usize;
        let mut text = |length: usize| {
            let words = (0..length).map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                vocabulary[(seed >> 33) % vocabulary.len()]
            });
            words.collect::<Vec<_>>().join(" ")
        };
        let texts: Vec<String> = (0..200).map(|n| text(n % 40)).collect();
        let documents = (0..).zip(&texts);
        let documents: Vec<_> = documents
            .map(|(n, text)| document(n, "en", "", "", text))
            .collect();
        let library = library(&documents);
        for length in 2..=12 {
            for _ in 0..20 {
                let phrase = text(length);
                let holds = |text: &String| format!(" {text} ").contains(&format!(" {phrase} "));
                let expected: Vec<i64> = (0..)
                    .zip(&texts)
                    .filter_map(|(n, text)| holds(text).then_some(n))
                    .collect();
                for query in [format!("\"{phrase}\""), format!("\"{phrase}\" OR xyzzy")] {
                    let mut found = find(&library, &query, &Filter::default());
                    found.sort_unstable();
                    assert_eq!(found, expected, "{query}");
                }
            }
        }
    }

    #[test]
    fn pairs_that_stand_in_others_are_left_out() {
        for (text, expected) in [
            ("桌面环境变", &[(0, "桌面"), (2, "环境"), (3, "境变")][..]),
            ("桌面环境", &[(0, "桌面"), (2, "环境")]),
            ("桌面环", &[(0, "桌面"), (1, "面环")]),
            ("在linux桌面", &[(0, "在"), (1, "linux"), (2, "桌面")]),
            ("plain old words", &[(0, "plain"), (1, "old"), (2, "words")]),
        ] {
            let terms = needed(&run_terms(&words(text)));
            let terms: Vec<(usize, &str)> = terms
                .iter()
                .map(|(at, term)| (*at, term.as_str()))
                .collect();
            assert_eq!(terms, expected, "{text}");
        }
    }
}
