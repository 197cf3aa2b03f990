//! Lengths of articles beside others of their chain. Means and numbers over all languages would judge the articles of a small
//! edition by those of a large one: a word that every French article holds would count as a rare one among English articles.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field;
use tantivy::{Searcher, SegmentReader};

use super::columns::Columns;
use super::document::CHAIN;
use super::stems::Chain;

/// The parameters of BM25: how soon more of a word adds little, and how much length counts.
pub(super) const K1: f32 = 1.2;
const B: f32 = 0.75;
/// The weight of length where the articles of a field count as equally long.
pub(super) const EQUAL: f32 = K1;

const CHAINS: usize = Chain::ALL.len();

/// The weights of the lengths of a field's articles, by segment.
type Weights = Vec<Vec<f32>>;

/// The lengths of an index's articles, each field's read when it is first asked for.
#[derive(Default)]
pub(super) struct Lengths {
    fields: Mutex<FxHashMap<Field, Arc<Weights>>>,
    counts: OnceLock<[u64; CHAINS]>,
}

impl Lengths {
    /// Weights of the lengths of each segment's articles, by their numbers; `None` for a field that keeps none.
    pub(super) fn weights(
        &self,
        searcher: &Searcher,
        columns: &Columns,
        field: Field,
    ) -> tantivy::Result<Option<Arc<Weights>>> {
        let known = || self.fields.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(weights) = known().get(&field) {
            return Ok(Some(Arc::clone(weights)));
        }
        for reader in searcher.segment_readers() {
            if reader.fieldnorms_readers().get_field(field)?.is_none() {
                return Ok(None);
            }
        }
        let weights = Arc::new(weights(searcher, columns, field)?);
        known().insert(field, Arc::clone(&weights));
        Ok(Some(weights))
    }

    /// Number of articles of a chain.
    pub(super) fn articles(
        &self,
        searcher: &Searcher,
        columns: &Columns,
        chain: Chain,
    ) -> tantivy::Result<u64> {
        let counts = match self.counts.get() {
            Some(counts) => *counts,
            None => {
                let counts = counts(searcher, columns)?;
                *self.counts.get_or_init(|| counts)
            }
        };
        Ok(counts[chain as usize])
    }
}

fn counts(searcher: &Searcher, columns: &Columns) -> tantivy::Result<[u64; CHAINS]> {
    let mut counts = [0; CHAINS];
    for reader in searcher.segment_readers() {
        chains(reader, columns)?.for_each(|chain| counts[chain] += 1);
    }
    Ok(counts)
}

/// The chain of each article of a segment, as a number.
fn chains(
    reader: &SegmentReader,
    columns: &Columns,
) -> tantivy::Result<impl Iterator<Item = usize> + use<>> {
    let column = columns.u64(reader, CHAIN)?;
    let plain = Chain::Plain as usize;
    let chain = move |doc| {
        let chain = column
            .first(doc)
            .and_then(|chain| usize::try_from(chain).ok());
        chain.map_or(plain, |chain| chain.min(plain))
    };
    Ok((0..reader.max_doc()).map(chain))
}

fn weights(searcher: &Searcher, columns: &Columns, field: Field) -> tantivy::Result<Weights> {
    let (mut sums, mut counts) = ([0.0; CHAINS], [0.0; CHAINS]);
    for reader in searcher.segment_readers() {
        let norms = norms(reader, field)?;
        for (doc, chain) in (0..).zip(chains(reader, columns)?) {
            sums[chain] += f64::from(norms.fieldnorm(doc));
            counts[chain] += 1.0;
        }
    }
    let mean = |chain: usize| (sums[chain] / f64::max(counts[chain], 1.0)).max(1.0);
    let weight = |length: u32, chain: usize| {
        #[expect(clippy::cast_possible_truncation, reason = "near one")]
        let share = (f64::from(length) / mean(chain)) as f32;
        K1 * (1.0 - B + B * share)
    };
    let mut segments = Vec::new();
    for reader in searcher.segment_readers() {
        let norms = norms(reader, field)?;
        let articles = (0..).zip(chains(reader, columns)?);
        let weights = articles.map(|(doc, chain)| weight(norms.fieldnorm(doc), chain));
        segments.push(weights.collect());
    }
    Ok(segments)
}

fn norms(reader: &SegmentReader, field: Field) -> tantivy::Result<FieldNormReader> {
    let norms = reader.fieldnorms_readers().get_field(field)?;
    Ok(norms.unwrap_or_else(|| FieldNormReader::constant(reader.max_doc(), 1)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, find, library};
    use crate::domain::search::Filter;

    #[test]
    fn a_word_that_every_article_of_a_small_edition_holds_says_little_there() {
        let mut documents = vec![
            document(1, "fr", "Un", "", "le le le le le le soir"),
            document(2, "fr", "Deux", "", "du vin et un soir de mai"),
        ];
        documents.extend((3..12).map(|n| document(n, "fr", "Autre", "", "le soir et le matin")));
        documents.extend((20..400).map(|n| document(n, "en", "Other", "", "words of the day")));
        let library = library(&documents);
        assert_eq!(find(&library, "le OR vin", &Filter::default())[0], 2);
    }

    #[test]
    fn an_article_is_long_beside_those_of_its_chain_alone() {
        let long = |word: &str| format!("{} {word}", "autre mot ".repeat(60));
        let mut documents = vec![
            document(1, "fr", "Un", "", &format!("{} vin", long("vin"))),
            document(2, "fr", "Deux", "", "le vin"),
        ];
        documents.extend((3..40).map(|n| document(n, "fr", "Autre", "", &long("soir"))));
        documents.extend((100..400).map(|n| document(n, "zh", "短", "", "短文")));
        let library = library(&documents);
        let scores = |number: usize| {
            let reading = library.reading().unwrap();
            let lengths = &reading.derived.lengths;
            let stems = reading.fields.stems;
            let weights = lengths.weights(&reading.searcher, &reading.columns, stems);
            weights.unwrap().unwrap()[0][number]
        };
        // Most French articles are as long as the first.
        assert!((0.9..1.6).contains(&scores(0)), "{}", scores(0));
        assert!(scores(1) < 0.5, "{}", scores(1));
    }
}
