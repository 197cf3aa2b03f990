//! The terms that the texts of an article become, and the string in which they come to the index.
//!
//! The index takes texts and cuts them by a tokenizer. Ours cuts what was cut already: one string holds all terms of a field,
//! which needs a fraction of the memory that a list of tokens does.

use std::collections::BTreeSet;
use std::ops::Range;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::document::regions;
use super::fold::is_unspaced;
use super::stems::Chain;
use super::words::{Before, Word, joined, words};
use crate::domain::search::Document;

/// Ends a term.
const END: char = '\u{1f}';
/// Goes on to the next place.
const STEP: char = '\u{1e}';
/// The longest beginning of a title that is kept, in bytes.
const LONGEST_START: usize = 32;
/// Weights of a word of the title and of the summary; one of the body is 1.
const TITLE_WEIGHT: usize = 3;
const LEAD_WEIGHT: usize = 2;

/// A term and its place.
type Placed = (usize, String);

/// All terms of an article. Those of title and lead begin each string, so that the narrower fields are parts of the wider ones.
#[derive(Debug)]
pub(super) struct Encoded {
    /// Words as written with their places: title, lead, body.
    pub text: String,
    /// End of the lead in `text`.
    pub head_end: usize,
    /// Stems and ideographs, as often as their part weighs.
    pub stems: String,
    /// Ends of the title, once, and of the lead in `stems`.
    pub title_stems_end: usize,
    pub head_stems_end: usize,
    /// Words and pairs of ideographs of the title.
    pub title_words: String,
    /// The beginning of the title as one term.
    pub title_start: String,
    /// Ideographs, each once.
    pub ideographs: String,
    pub regions: u64,
}

impl Encoded {
    pub(super) fn of(document: &Document) -> Self {
        let chain = Chain::of(&document.lang);
        let [title, lead, body] = [&document.title, &document.lead, &document.body];
        let (title, lead, body) = (words(title), words(lead), words(body));
        // A place is left free between two parts, so that no phrase runs over.
        let (title_end, lead_at) = (title.len(), title.len() + 1);
        let (lead_end, body_at) = (lead_at + lead.len(), lead_at + lead.len() + 1);
        let mut text = Encoder::default();
        text.placed(&exact_terms(&title, 0));
        text.placed(&exact_terms(&lead, lead_at));
        let head_end = text.text.len();
        text.placed(&exact_terms(&body, body_at));
        let mut stems = Encoder::default();
        let title_stems = stem_terms(&title, chain);
        stems.terms(&title_stems);
        let title_stems_end = stems.text.len();
        (1..TITLE_WEIGHT).for_each(|_| stems.terms(&title_stems));
        let lead_stems = stem_terms(&lead, chain);
        (0..LEAD_WEIGHT).for_each(|_| stems.terms(&lead_stems));
        let head_stems_end = stems.text.len();
        let is_ideograph = |term: &String| term.chars().all(is_unspaced);
        let mut body_stems = stem_terms(&body, chain);
        body_stems.retain(|term| !is_ideograph(term));
        stems.terms(&body_stems);
        let mut title_words = Encoder::default();
        title_words.terms(&title_terms(&title));
        let mut title_start = Encoder::default();
        title_start.term(&start_term(&title));
        let parts = [&title, &lead, &body].into_iter().flatten();
        let own: BTreeSet<&str> = parts
            .filter(|word| word.unspaced)
            .map(|word| word.text.as_str())
            .collect();
        let mut ideographs = Encoder::default();
        own.into_iter().for_each(|own| ideographs.term(own));
        Self {
            text: text.text,
            head_end,
            stems: stems.text,
            title_stems_end,
            head_stems_end,
            title_words: title_words.text,
            title_start: title_start.text,
            ideographs: ideographs.text,
            regions: regions(title_end, lead_end),
        }
    }
}

#[derive(Default)]
struct Encoder {
    text: String,
    place: usize,
}

impl Encoder {
    /// Terms whose places rise.
    fn placed(&mut self, terms: &[Placed]) {
        for (place, term) in terms {
            while self.place < *place {
                self.text.push(STEP);
                self.place += 1;
            }
            self.term(term);
        }
    }

    fn terms(&mut self, terms: &[String]) {
        terms.iter().for_each(|term| self.term(term));
    }

    fn term(&mut self, term: &str) {
        self.text.push_str(term);
        self.text.push(END);
    }
}

/// Cuts a string of terms.
#[derive(Debug, Clone, Default)]
pub(super) struct Splitter {
    token: Token,
}

impl Tokenizer for Splitter {
    type TokenStream<'a> = Pieces<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Pieces<'a> {
        self.token.reset();
        self.token.position = 0;
        Pieces {
            rest: text,
            token: &mut self.token,
        }
    }
}

pub(super) struct Pieces<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

impl TokenStream for Pieces<'_> {
    fn advance(&mut self) -> bool {
        let stepped = self.rest.trim_start_matches(STEP);
        self.token.position += self.rest.len() - stepped.len();
        let Some((term, rest)) = stepped.split_once(END) else {
            return false;
        };
        self.token.text.clear();
        self.token.text.push_str(term);
        self.rest = rest;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Words as written with their places. Ideographs come as pairs, which are found fast, and alone at the edges of a run.
fn exact_terms(words: &[Word], first: usize) -> Vec<Placed> {
    let mut terms = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        for term in terms_at(words, at) {
            terms.push((first + at, term));
        }
        terms.extend(word.named.clone().map(|named| (first + at, named)));
    }
    for (at, _, text) in joined(words) {
        terms.push((first + at, text));
    }
    // Places of one term must rise.
    terms.sort_by_key(|(place, _)| *place);
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

fn title_terms(words: &[Word]) -> Vec<String> {
    let whole = words.iter().filter(|word| !word.unspaced);
    let mut terms: Vec<String> = whole.map(|word| word.text.clone()).collect();
    terms.extend(words.iter().filter_map(|word| word.named.clone()));
    terms.extend(joined(words).into_iter().map(|(_, _, text)| text));
    terms.extend(pairs(words));
    terms
}

/// The beginning of a title as one term: its words with blanks between, but for ideographs.
pub(super) fn start_term(words: &[Word]) -> String {
    let mut term = String::with_capacity(LONGEST_START);
    for (at, word) in words.iter().enumerate() {
        let follows = at > 0 && word.unspaced && words[at - 1].unspaced;
        if at > 0 && !follows {
            term.push(' ');
        }
        term.push_str(&word.text);
        if term.len() >= LONGEST_START {
            break;
        }
    }
    term.truncate(term.floor_char_boundary(LONGEST_START));
    term
}

/// The pairs of ideographs of a text.
pub(super) fn pairs(words: &[Word]) -> impl Iterator<Item = String> {
    let both = words
        .windows(2)
        .filter(|pair| pair[0].unspaced && pair[1].unspaced);
    both.map(|pair| format!("{}{}", pair[0].text, pair[1].text))
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

/// The terms of a word in every language, alone and joined with its neighbours.
pub(super) fn stems_of(word: &Word, joined: &[String]) -> Vec<String> {
    if let Some(named) = &word.named {
        return vec![named.clone()];
    }
    let forms = std::iter::once(&word.text).chain(joined);
    forms
        .flat_map(|form| Chain::ALL.map(|chain| chain.term(form)))
        .collect()
}

/// The terms of each word of a title. An ideograph beside another is found by their pair.
pub(super) fn title_stems(words: &[Word]) -> Vec<Vec<String>> {
    let is_ideograph = |at: Option<usize>| {
        at.and_then(|at| words.get(at))
            .is_some_and(|word| word.unspaced)
    };
    let mut all = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if !word.unspaced {
            all.push(stems_of(word, &[]));
        } else if !is_ideograph(at.checked_sub(1)) && !is_ideograph(Some(at + 1)) {
            all.push(vec![word.text.clone()]);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use tantivy::tokenizer::{TokenStream, Tokenizer};

    fn exact(text: &str) -> Vec<(usize, String)> {
        exact_terms(&words(text), 0)
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
    fn encoded_terms_keep_their_places() {
        let mut encoder = Encoder::default();
        encoder.placed(&exact_terms(&words("covid-19 news"), 2));
        encoder.terms(&["a".to_owned(), "b".to_owned()]);
        let mut tokenizer = Splitter::default();
        let mut stream = tokenizer.token_stream(&encoder.text);
        let mut found = Vec::new();
        while stream.advance() {
            found.push((stream.token().position, stream.token().text.clone()));
        }
        let expected = [
            (2, "covid"),
            (2, "covid19"),
            (3, "19"),
            (4, "news"),
            (4, "a"),
            (4, "b"),
        ];
        assert_eq!(found, expected.map(|(at, term)| (at, term.to_owned())));
    }
}
