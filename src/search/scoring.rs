//! BM25 scores of the articles that match, term by term.

use rustc_hash::FxHashMap;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, SegmentReader, Term};

use super::bits::Bits;
use super::error::SearchError;
use super::lengths::{EQUAL, K1};
use super::matching::Terms;
use super::parse::{Atom, Parsed};
use super::sets::{Match, Sets};
use super::stems::Chain;
use super::terms::{run_terms, stems_of, title_stems};

/// Ratio of a term's articles to those that match, beyond which it is looked up for each of these instead of read whole.
const MANY_MORE: u64 = 16;

/// A term that counts.
struct Weighed {
    field: Field,
    text: String,
    articles: u64,
    weight: f32,
}

impl Weighed {
    /// The score of an article with so many of it, by the weight of its length.
    fn score(&self, length: f32, count: u32) -> f32 {
        let count = count as f32;
        self.weight * count / (count + length)
    }
}

/// The articles that match in the order of the index, each with the sum of what the query's terms weigh in it.
pub(super) fn weigh(
    terms: &Terms<'_>,
    parsed: &Parsed,
    found: &Sets,
) -> Result<Vec<Match>, SearchError> {
    let weighed = weighed(terms, parsed)?;
    let mut matches = Vec::with_capacity(found.len());
    for (segment, bits) in (0..).zip(&found.0) {
        if !bits.is_empty() {
            let first = matches.len();
            let unscored = bits.iter().map(|doc| Match {
                segment,
                doc,
                score: 0.0,
            });
            matches.extend(unscored);
            score(terms, &weighed, bits, &mut matches[first..])?;
        }
    }
    Ok(matches)
}

fn weighed(terms: &Terms<'_>, parsed: &Parsed) -> Result<Vec<Weighed>, SearchError> {
    let mut counts: FxHashMap<(Field, String), u16> = FxHashMap::default();
    for (field, text) in scoring_terms(terms, parsed) {
        let count = counts.entry((field, text)).or_default();
        *count = count.saturating_add(1);
    }
    let mut weighed = Vec::with_capacity(counts.len());
    for ((field, text), count) in counts {
        let articles = terms.doc_freq(field, &text)?;
        if articles > 0 {
            let weight = terms.rarity(field, &text, articles)? * (1.0 + K1) * f32::from(count);
            weighed.push(Weighed {
                field,
                text,
                articles,
                weight,
            });
        }
    }
    // Sums of floats depend on their order, and pages must agree on them.
    weighed.sort_unstable_by(|a, b| (a.field, &a.text).cmp(&(b.field, &b.text)));
    Ok(weighed)
}

/// The terms of a query that say how well an article matches. The beginning of a word says the same of all.
fn scoring_terms(terms: &Terms<'_>, parsed: &Parsed) -> Vec<(Field, String)> {
    let mut found = Vec::new();
    for atom in parsed.positive() {
        match atom {
            Atom::Word(wanted) => {
                let stems = stems_of(&wanted.word, &wanted.joined).into_iter();
                found.extend(stems.map(|stem| (terms.stems(), stem)));
            }
            Atom::Run(_, words) | Atom::Phrase(words) => match words.as_slice() {
                [one] if one.unspaced => found.push((terms.ideographs(), one.text.clone())),
                words => {
                    let run = run_terms(words).into_iter();
                    found.extend(run.map(|(_, text)| (terms.exact(), text)));
                }
            },
            Atom::Title(words) => {
                let stems = title_stems(words).into_iter().flatten();
                found.extend(stems.map(|stem| (terms.fields.title_stems, stem)));
            }
            Atom::Prefix(_) | Atom::TitlePrefix(_) => {}
        }
    }
    found
}

impl Terms<'_> {
    /// Rarity of a term among the articles that may hold it: inverse document frequency.
    fn rarity(&self, field: Field, text: &str, articles: u64) -> tantivy::Result<f32> {
        let all = if field == self.stems() {
            self.lengths
                .articles(self.searcher, self.columns, Chain::of_term(text))?
        } else {
            self.searcher
                .segment_readers()
                .iter()
                .map(|reader| u64::from(reader.max_doc()))
                .sum()
        };
        let others = all.saturating_sub(articles) as f32;
        Ok((1.0 + (others + 0.5) / (articles as f32 + 0.5)).ln())
    }
}

/// Adds to the matches of one segment, which are those of `found` in their order, what each term weighs in them.
fn score(
    terms: &Terms<'_>,
    weighed: &[Weighed],
    found: &Bits,
    matches: &mut [Match],
) -> tantivy::Result<()> {
    let Some(segment) = matches.first().map(|hit| hit.segment) else {
        return Ok(());
    };
    let reader = terms.searcher.segment_reader(segment);
    for term in weighed {
        let Some(mut postings) = postings(reader, term)? else {
            continue;
        };
        let lengths = terms
            .lengths
            .weights(terms.searcher, terms.columns, term.field)?;
        let lengths = lengths.as_ref().map(|all| &all[segment as usize]);
        let length = |doc: DocId| lengths.map_or(EQUAL, |lengths| lengths[doc as usize]);
        if term.articles / MANY_MORE > matches.len() as u64 {
            for hit in &mut *matches {
                let at = postings.seek(hit.doc);
                if postings.doc(at) == hit.doc {
                    hit.score += term.score(length(hit.doc), postings.freq(at));
                }
            }
            continue;
        }
        let mut rest = matches.iter_mut();
        while !postings.docs().is_empty() {
            for (at, doc) in postings.docs().iter().enumerate() {
                if found.contains(*doc)
                    && let Some(hit) = rest.find(|hit| hit.doc == *doc)
                {
                    hit.score += term.score(length(*doc), postings.freq(at));
                }
            }
            postings.advance();
        }
    }
    Ok(())
}

fn postings(
    reader: &SegmentReader,
    term: &Weighed,
) -> tantivy::Result<Option<BlockSegmentPostings>> {
    let own = Term::from_field_text(term.field, &term.text);
    let inverted = reader.inverted_index(term.field)?;
    Ok(inverted.read_block_postings(&own, IndexRecordOption::WithFreqs)?)
}
