//! Plain BM25, to read the figures of a set of queries by: over the stems of the title twice, the lead and the body. Bars that
//! were set on other articles say how much better or worse than this a search is to be.

use std::collections::HashMap;

use masthead::domain::id::Id;
use masthead::domain::language::LanguageTag;
use masthead::domain::search::Document;
use masthead::search::stems::Chain;
use masthead::search::words::words;

/// Saturation of a word's frequency, and the weight of an article's length.
const K1: f64 = 1.5;
const B: f64 = 0.75;

/// The articles of one language.
pub(crate) struct Plain {
    chain: Chain,
    /// Each article, and its number of words.
    articles: Vec<(Id, f64)>,
    /// The articles of each stem, by their numbers, and how often it stands in each.
    postings: HashMap<String, Vec<(usize, f64)>>,
}

impl Plain {
    pub(crate) fn of(documents: &[Document], lang: &str) -> Self {
        let chain = Chain::of(&LanguageTag::parse(lang).unwrap());
        let mut plain = Self {
            chain,
            articles: Vec::new(),
            postings: HashMap::new(),
        };
        for document in documents.iter().filter(|one| one.lang.as_str() == lang) {
            let texts = [
                &document.title,
                &document.title,
                &document.lead,
                &document.body,
            ];
            let number = plain.articles.len();
            let mut counts: HashMap<String, f64> = HashMap::new();
            for word in texts.into_iter().flat_map(|text| words(text)) {
                *counts.entry(chain.term(&word.text)).or_default() += 1.0;
            }
            plain.articles.push((document.id, counts.values().sum()));
            for (stem, count) in counts {
                plain
                    .postings
                    .entry(stem)
                    .or_default()
                    .push((number, count));
            }
        }
        plain
    }

    /// The best articles for some words.
    pub(crate) fn best(&self, typed: &str, limit: usize) -> Vec<Id> {
        let all = self.articles.len() as f64;
        let average = self.articles.iter().map(|(_, length)| length).sum::<f64>() / all.max(1.0);
        let mut scores: HashMap<usize, f64> = HashMap::new();
        for word in words(typed) {
            let Some(postings) = self.postings.get(&self.chain.term(&word.text)) else {
                continue;
            };
            let held = postings.len() as f64;
            let rarity = (1.0 + (all - held + 0.5) / (held + 0.5)).ln();
            for (number, count) in postings {
                let length = B.mul_add(self.articles[*number].1 / average, 1.0 - B);
                *scores.entry(*number).or_default() += rarity * count / (count + K1 * length);
            }
        }
        let mut ranked: Vec<(usize, f64)> = scores.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let best = ranked.into_iter().take(limit);
        best.map(|(number, _)| self.articles[number].0).collect()
    }
}
