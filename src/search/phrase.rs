//! Words side by side. Reading where words stand is the dearest part of a search, so that it is done for those articles only
//! that hold all of the words, and ends with the first place at which they stand as wanted.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, SegmentReader, Term};

use super::fold::is_unspaced;
use super::positions::move_to;

/// A word of a phrase with its places in the article that is looked at.
struct Step {
    /// Its place behind the first word.
    offset: u32,
    postings: SegmentPostings,
    places: Vec<u32>,
}

/// Words side by side in one segment.
pub(super) struct Phrase {
    /// The words, the rarest first; `None` where the segment lacks one.
    steps: Option<Vec<Step>>,
}

impl Phrase {
    /// A phrase of terms, each with its place behind the first.
    pub(super) fn open(
        reader: &SegmentReader,
        field: Field,
        terms: &[(usize, String)],
    ) -> tantivy::Result<Self> {
        let inverted = reader.inverted_index(field)?;
        let mut steps = Vec::with_capacity(terms.len());
        for (offset, text) in needed(terms) {
            let term = Term::from_field_text(field, &text);
            let option = IndexRecordOption::WithFreqsAndPositions;
            let Some(postings) = inverted.read_postings(&term, option)? else {
                return Ok(Self { steps: None });
            };
            steps.push(Step {
                offset: u32::try_from(offset).unwrap_or(u32::MAX),
                postings,
                places: Vec::new(),
            });
        }
        steps.sort_by_key(|step| step.postings.doc_freq());
        Ok(Self { steps: Some(steps) })
    }

    /// True if an article holds the phrase. It is behind those that were asked about before. Places of at most so many words
    /// are read, which are counted down; beyond them the answer is no.
    pub(super) fn is_in(&mut self, doc: DocId, budget: &mut usize) -> bool {
        let steps = self.steps.as_mut().filter(|_| *budget > 0);
        steps.is_some_and(|steps| holds(steps, doc, budget))
    }
}

fn holds(steps: &mut [Step], doc: DocId, budget: &mut usize) -> bool {
    if !steps
        .iter_mut()
        .all(|step| move_to(&mut step.postings, doc))
    {
        return false;
    }
    let mut start = 0;
    for n in 0..steps.len() {
        if *budget == 0 {
            return false;
        }
        *budget -= 1;
        let step = &mut steps[n];
        step.postings.positions(&mut step.places);
        match first_start(&steps[..=n], start) {
            Some(first) => start = first,
            None => return false,
        }
    }
    true
}

/// The first start, at or behind this one, from which all of these words stand at their places; all but the last do so from
/// this one.
fn first_start(steps: &[Step], from: u32) -> Option<u32> {
    let last = steps.len() - 1;
    let (mut start, mut n, mut agreed) = (from, last, last);
    while agreed < steps.len() {
        let step = &steps[n];
        let wanted = start.checked_add(step.offset)?;
        let at = step.places.partition_point(|place| *place < wanted);
        let place = *step.places.get(at)?;
        if place == wanted {
            agreed += 1;
        } else {
            start = place - step.offset;
            agreed = 1;
        }
        n = (n + 1) % steps.len();
    }
    Some(start)
}

/// The terms that decide on a phrase: a pair whose two ideographs stand in the pairs beside it adds nothing.
fn needed(terms: &[(usize, String)]) -> Vec<(usize, String)> {
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
        for length in 2..7 {
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
