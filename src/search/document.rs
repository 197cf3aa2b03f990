//! An article in the index: its fields, and the terms that its texts become.

use std::ops::Range;

use tantivy::TantivyDocument;
use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{PreTokenizedString, Token};
use xxhash_rust::xxh3::xxh3_64;

use super::stems::Chain;
use super::words::{Before, Word, joined, words};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::search::Document;

/// How often a word of the title and of the summary counts for one of the body.
const TITLE_WEIGHT: usize = 3;
const LEAD_WEIGHT: usize = 2;

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// The identity, to replace and remove by.
    pub key: Field,
    pub facets: Field,
    pub published: Field,
    pub updated: Field,
    /// Words as written, all of them, with places: title first, then lead, then body.
    pub text: Field,
    /// The same of title and lead only.
    pub head: Field,
    /// Stems and single ideographs, with title and lead weighing more.
    pub stems: Field,
    /// The same of title and lead only.
    pub head_stems: Field,
    /// Stems and ideographs of the title.
    pub title_stems: Field,
    /// Words and pairs of ideographs of the title as written.
    pub title_words: Field,
    id_high: Field,
    id_low: Field,
    work: Field,
    lang: Field,
    regions: Field,
    title_key: Field,
}

/// Names of fast fields, which are read by name.
pub(super) const ID_HIGH: &str = "id_high";
pub(super) const ID_LOW: &str = "id_low";
pub(super) const WORK: &str = "work";
pub(super) const LANG: &str = "lang";
pub(super) const REGIONS: &str = "regions";
pub(super) const FACETS: &str = "facets";
pub(super) const PUBLISHED: &str = "published";
pub(super) const UPDATED: &str = "updated";
pub(super) const TITLE_KEY: &str = "title_key";

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexed = |option| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(option)
            .set_fieldnorms(option != IndexRecordOption::Basic);
        TextOptions::default().set_indexing_options(indexing)
    };
    let placed = IndexRecordOption::WithFreqsAndPositions;
    let counted = IndexRecordOption::WithFreqs;
    let fast = NumericOptions::default().set_fast();
    let fields = Fields {
        key: builder.add_bytes_field("key", BytesOptions::default().set_indexed()),
        facets: builder.add_i64_field(FACETS, fast.clone().set_indexed()),
        published: builder.add_i64_field(PUBLISHED, fast.clone().set_indexed()),
        updated: builder.add_i64_field(UPDATED, fast.clone().set_indexed()),
        text: builder.add_text_field("text", indexed(placed)),
        head: builder.add_text_field("head", indexed(placed)),
        stems: builder.add_text_field("stems", indexed(counted)),
        head_stems: builder.add_text_field("head_stems", indexed(counted)),
        title_stems: builder.add_text_field("title_stems", indexed(IndexRecordOption::Basic)),
        title_words: builder.add_text_field("title_words", indexed(IndexRecordOption::Basic)),
        id_high: builder.add_u64_field(ID_HIGH, fast.clone()),
        id_low: builder.add_u64_field(ID_LOW, fast.clone()),
        work: builder.add_u64_field(WORK, fast.clone()),
        lang: builder.add_u64_field(LANG, fast.clone()),
        regions: builder.add_u64_field(REGIONS, fast),
        title_key: builder.add_text_field(TITLE_KEY, TextOptions::default().set_fast("raw")),
    };
    (builder.build(), fields)
}

/// A language as a number.
pub(super) fn lang_number(lang: &LanguageTag) -> u64 {
    xxh3_64(lang.as_str().as_bytes())
}

/// An identity as two numbers that sort as it does.
pub(super) fn id_numbers(id: Id) -> (u64, u64) {
    let number = u128::from_be_bytes(id.to_bytes());
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
    let halves = ((number >> 64) as u64, number as u64);
    halves
}

/// The identity of two numbers.
pub(super) fn id_of(high: u64, low: u64) -> Id {
    Id::from_bytes((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
}

/// Where the title and the lead end among the places of words, as one number.
fn regions(title_end: usize, lead_end: usize) -> u64 {
    (title_end as u64) << 32 | lead_end as u64
}

/// Where the title and the lead end.
pub(super) fn region_ends(regions: u64) -> (u32, u32) {
    let end = |number: u64| u32::try_from(number & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    (end(regions >> 32), end(regions))
}

impl Document {
    /// The document of the index.
    pub(super) fn write(&self, fields: &Fields) -> TantivyDocument {
        let chain = Chain::of(&self.lang);
        let parts = [words(&self.title), words(&self.lead), words(&self.body)];
        let [title, lead, body] = &parts;
        // A place is left free between two parts, so that no phrase runs over.
        let (title_end, lead_at) = (title.len(), title.len() + 1);
        let (lead_end, body_at) = (lead_at + lead.len(), lead_at + lead.len() + 1);
        let head = [exact_terms(title, 0), exact_terms(lead, lead_at)].concat();
        let text = [head.clone(), exact_terms(body, body_at)].concat();
        let stems = parts.each_ref().map(|part| stem_terms(part, chain));
        let mut document = TantivyDocument::new();
        self.write_facts(fields, &mut document);
        document.add_u64(fields.regions, regions(title_end, lead_end));
        let mut add = |field, tokens: Vec<Token>| {
            let text = String::new();
            document.add_pre_tokenized_text(field, PreTokenizedString { text, tokens });
        };
        add(fields.text, text);
        add(fields.head, head);
        let head = weighted(&[(TITLE_WEIGHT, &stems[0]), (LEAD_WEIGHT, &stems[1])]);
        let all = weighted(&[
            (TITLE_WEIGHT, &stems[0]),
            (LEAD_WEIGHT, &stems[1]),
            (1, &stems[2]),
        ]);
        add(fields.stems, all);
        add(fields.head_stems, head);
        add(fields.title_stems, weighted(&[(1, &stems[0])]));
        add(fields.title_words, title_terms(title));
        document
    }

    fn write_facts(&self, fields: &Fields, document: &mut TantivyDocument) {
        let (high, low) = id_numbers(self.id);
        document.add_bytes(fields.key, &self.id.to_bytes());
        document.add_u64(fields.id_high, high);
        document.add_u64(fields.id_low, low);
        document.add_u64(fields.work, xxh3_64(&self.work.to_bytes()));
        document.add_u64(fields.lang, lang_number(&self.lang));
        document.add_i64(fields.published, self.published_at);
        document.add_i64(fields.updated, self.updated_at);
        document.add_text(fields.title_key, &self.title_key);
        for facet in &self.facets {
            document.add_i64(fields.facets, *facet);
        }
    }
}

fn token(text: String, position: usize) -> Token {
    Token {
        offset_from: 0,
        offset_to: 0,
        position,
        text,
        position_length: 1,
    }
}

/// Words as written with their places. Ideographs come as pairs, which are found fast, and alone at the edges of a run.
fn exact_terms(words: &[Word], first: usize) -> Vec<Token> {
    let mut terms = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        for term in terms_at(words, at) {
            terms.push(token(term, first + at));
        }
        terms.extend(word.named.clone().map(|named| token(named, first + at)));
    }
    for (at, _, text) in joined(words) {
        terms.push(token(text, first + at));
    }
    // Places of one term must rise.
    terms.sort_by_key(|term| term.position);
    terms
}

/// The terms of the word at one place: the word, or for an ideograph the pair that begins there.
fn terms_at(words: &[Word], at: usize) -> impl Iterator<Item = String> {
    let word = &words[at];
    let next = words.get(at + 1).filter(|next| next.unspaced);
    let after_another = at > 0 && words[at - 1].unspaced;
    let pair = next
        .filter(|_| word.unspaced)
        .map(|next| format!("{}{}", word.text, next.text));
    let alone = !word.unspaced || next.is_none() || !after_another;
    alone.then(|| word.text.clone()).into_iter().chain(pair)
}

fn stem_terms(words: &[Word], chain: Chain) -> Vec<String> {
    let mut terms = Vec::with_capacity(words.len());
    for word in words {
        if word.unspaced {
            terms.push(word.text.clone());
            continue;
        }
        terms.push(chain.term(&word.text));
        terms.extend(word.named.clone());
    }
    terms.extend(
        joined(words)
            .into_iter()
            .map(|(_, _, text)| chain.term(&text)),
    );
    terms
}

fn title_terms(words: &[Word]) -> Vec<Token> {
    let whole = words.iter().filter(|word| !word.unspaced);
    let mut terms: Vec<String> = whole.map(|word| word.text.clone()).collect();
    terms.extend(words.iter().filter_map(|word| word.named.clone()));
    terms.extend(joined(words).into_iter().map(|(_, _, text)| text));
    terms.extend(pairs(words));
    terms.into_iter().map(|term| token(term, 0)).collect()
}

/// The pairs of ideographs of a text.
pub(super) fn pairs(words: &[Word]) -> impl Iterator<Item = String> {
    let both = words
        .windows(2)
        .filter(|pair| pair[0].unspaced && pair[1].unspaced);
    both.map(|pair| format!("{}{}", pair[0].text, pair[1].text))
}

/// Terms, each as often as its part weighs.
fn weighted(parts: &[(usize, &Vec<String>)]) -> Vec<Token> {
    let mut terms = Vec::new();
    for (weight, part) in parts {
        for _ in 0..*weight {
            terms.extend(part.iter().map(|term| token(term.clone(), 0)));
        }
    }
    terms
}

/// The terms by which a run of words is found side by side, each with its place behind the first.
pub(super) fn run_terms(words: &[Word]) -> Vec<(usize, String)> {
    let mut terms = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).filter(|next| next.unspaced);
        match next.filter(|_| word.unspaced) {
            Some(next) => terms.push((at, format!("{}{}", word.text, next.text))),
            // The pair before names the last ideograph already.
            None if word.unspaced && at > 0 && words[at - 1].unspaced => {}
            None => terms.push((at, word.named.clone().unwrap_or_else(|| word.text.clone()))),
        }
    }
    terms
}

/// Parts of a list of words between those that stand in another script.
pub(super) fn runs(words: &[Word]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let goes_on =
            word.unspaced && at > 0 && words[at - 1].unspaced && word.before == Before::Nothing;
        match found.last_mut().filter(|_| goes_on) {
            Some(run) => run.end = at + 1,
            None => found.push(at..at + 1),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Vec<(usize, String)> {
        let terms = exact_terms(&words(text), 0).into_iter();
        terms.map(|token| (token.position, token.text)).collect()
    }

    #[test]
    fn ideographs_come_as_pairs_and_alone_at_the_edges() {
        let terms = exact("在ubuntu桌面上");
        let expected = [
            (0, "在"),
            (1, "ubuntu"),
            (2, "桌"),
            (2, "桌面"),
            (3, "面上"),
            (4, "上"),
        ];
        assert_eq!(terms, expected.map(|(at, term)| (at, term.to_owned())));
        assert_eq!(
            run_terms(&words("桌面上x")),
            [
                (0, "桌面".to_owned()),
                (1, "面上".to_owned()),
                (3, "x".to_owned())
            ]
        );
        assert_eq!(run_terms(&words("鲸")), [(0, "鲸".to_owned())]);
    }

    #[test]
    fn places_of_a_term_rise_also_where_it_is_joined_before() {
        let places: Vec<usize> = exact("covid-19 and covid19 and covid-19")
            .into_iter()
            .filter(|(_, term)| term == "covid19")
            .map(|(at, _)| at)
            .collect();
        assert_eq!(places, [0, 3, 5]);
    }

    #[test]
    fn an_identity_is_two_numbers_and_back() {
        let id = Id::parse("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b").unwrap();
        let (high, low) = id_numbers(id);
        assert_eq!(id_of(high, low), id);
        assert_eq!(region_ends(regions(7, 4_000)), (7, 4_000));
    }
}
