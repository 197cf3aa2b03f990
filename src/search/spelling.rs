//! Words that no article holds which the caller may see: read as the nearest that one does.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::Term;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::IndexRecordOption;

use super::error::SearchError;
use super::fold::is_unspaced;
use super::matching::{Terms, can_be_loose};
use super::parse::{Atom, Parsed, Wanted};
use super::sets::Sets;
use super::terms::stems_of;
use super::words::Word;

/// The fewest letters of a word that is read as another.
const FEWEST_LETTERS: usize = 3;
/// Maximum number of words of a query that are read as others.
const MOST_WORDS: usize = 3;
/// The most words of a query in which others are read. Longer ones find with the words that they share with an article.
const LONGEST_QUERY: usize = 12;
/// Maximum number of articles of a near word that are counted.
const COUNTED: usize = 1_000;
/// Near words that are asked for, those of most articles first.
const MOST_NEAR: usize = 12;
/// The longest word that is read as several words written as one, in letters.
const LONGEST_PARTED: usize = 24;
/// Maximum number of words that are read in one.
const MOST_PARTS: usize = 4;
/// Partings of a word that are asked for, those of fewest parts first.
const MOST_PARTINGS: usize = 24;

/// The end of the letters before the ideographs. Words that begin behind it are most of the dictionary of a Chinese edition, and a
/// slip that begins a word with one of them is left.
const LETTERS_END: &str = "\u{3000}";

/// A query with other words, and whether it was read so because nothing has its own.
pub(super) struct Spelling {
    pub parsed: Parsed,
    /// Number of articles that the other words find and the caller may see.
    pub found: usize,
}

/// The query with each unknown word as the nearest that the caller, who may see these articles, may know; `None` where it
/// knows all, or nothing is near.
pub(super) fn correct_unknown(
    terms: &Terms<'_>,
    parsed: &Parsed,
    all: &Sets,
) -> Result<Option<Spelling>, SearchError> {
    if is_long(parsed) {
        return Ok(None);
    }
    let mut speller = Speller::new(*terms, all, parsed);
    let mut current = parsed.clone();
    let (mut found, mut unknown) = (None, 0);
    for (clause, place) in plain_words(parsed) {
        let atom = &parsed.clauses[clause].any[0].all[place];
        if !matches!(atom, Atom::Word(wanted) if !is_known(terms, wanted, all)?) {
            continue;
        }
        unknown += 1;
        if unknown > MOST_WORDS {
            break;
        }
        if let Some(spelling) = speller.nearest(&current, (clause, place))? {
            current = spelling.parsed;
            found = Some(spelling.found);
        }
    }
    Ok(found.map(|found| Spelling {
        parsed: current,
        found,
    }))
}

/// True if one of these articles matches a word: the first that does is enough.
fn is_known(terms: &Terms<'_>, wanted: &Wanted, all: &Sets) -> Result<bool, SearchError> {
    let stems = stems_of(&wanted.word, &wanted.joined);
    for (reader, articles) in terms.searcher.segment_readers().iter().zip(&all.0) {
        let inverted = reader.inverted_index(terms.stems())?;
        for stem in &stems {
            let term = Term::from_field_text(terms.stems(), stem);
            let postings = inverted.read_block_postings(&term, IndexRecordOption::Basic)?;
            let Some(mut postings) = postings else {
                continue;
            };
            while !postings.docs().is_empty() {
                if postings.docs().iter().any(|doc| articles.contains(*doc)) {
                    return Ok(true);
                }
                postings.advance();
            }
        }
    }
    Ok(false)
}

/// The query with one of its words as another, which finds more than this; of all such, the one that finds most.
pub(super) fn suggest(
    terms: &Terms<'_>,
    parsed: &Parsed,
    all: &Sets,
    found: usize,
) -> Result<Option<Spelling>, SearchError> {
    if is_long(parsed) {
        return Ok(None);
    }
    let mut speller = Speller::new(*terms, all, parsed);
    let mut best: Option<Spelling> = None;
    for at in plain_words(parsed).take(MOST_WORDS) {
        let near = speller.nearest(parsed, at)?;
        let near = near.filter(|near| near.found > best.as_ref().map_or(found, |best| best.found));
        best = near.or(best);
    }
    Ok(best)
}

/// True if a query has more words than are read as others, those of phrases too.
fn is_long(parsed: &Parsed) -> bool {
    let words = parsed.positive().map(|atom| match atom {
        Atom::Phrase(words) | Atom::Title(words) => words.len(),
        Atom::Word(_) | Atom::Run(..) | Atom::Prefix(_) | Atom::TitlePrefix(_) => 1,
    });
    words.sum::<usize>() > LONGEST_QUERY
}

/// The places of words that stand alone in their clause's only alternative.
fn plain_words(parsed: &Parsed) -> impl Iterator<Item = (usize, usize)> {
    let clauses = parsed.clauses.iter().enumerate();
    let plain = clauses.filter_map(|(n, clause)| Some((n, clause.plain()?)));
    plain.flat_map(|(n, all)| {
        let words = all.iter().enumerate();
        let words =
            words.filter(|(_, atom)| matches!(atom, Atom::Word(wanted) if is_correctable(wanted)));
        words.map(move |(place, _)| (n, place))
    })
}

fn is_correctable(wanted: &Wanted) -> bool {
    let text = &wanted.word.text;
    wanted.word.named.is_none()
        && text.chars().count() >= FEWEST_LETTERS
        && !text.chars().all(|c| c.is_ascii_digit())
}

/// Reads words as others that a caller may know.
struct Speller<'a> {
    terms: Terms<'a>,
    all: &'a Sets,
    /// The conditions in which a word may be read as another.
    open: BTreeSet<usize>,
    /// Finds of the other conditions: the same for each word.
    fixed: Option<Sets>,
}

impl<'a> Speller<'a> {
    fn new(terms: Terms<'a>, all: &'a Sets, parsed: &Parsed) -> Self {
        Self {
            terms,
            all,
            open: plain_words(parsed).map(|(clause, _)| clause).collect(),
            fixed: None,
        }
    }

    /// The query with the word at one place as a near one, or as several words, which leaves most hits with the rest of the
    /// query.
    fn nearest(
        &mut self,
        parsed: &Parsed,
        (clause, place): (usize, usize),
    ) -> Result<Option<Spelling>, SearchError> {
        let Atom::Word(wanted) = &parsed.clauses[clause].any[0].all[place] else {
            return Ok(None);
        };
        let near = near_words(&self.terms, &wanted.word.text)?.into_iter();
        let mut atoms: Vec<Atom> = near.map(|word| as_word(wanted, word)).collect();
        if atoms.is_empty() {
            atoms = partings(&self.terms, &wanted.word)?;
        }
        let rest = self.without(parsed, (clause, place))?;
        let mut best: Option<(usize, usize, Atom)> = None;
        for atom in atoms {
            let mut articles = self.terms.matching_atom(&atom, self.all)?;
            let alone = articles.len().min(COUNTED);
            articles.intersect(&rest);
            let together = articles.len().min(COUNTED);
            let best_yet = best.as_ref().map_or((0, 0), |(a, b, _)| (*a, *b));
            if (together, alone) > best_yet {
                best = Some((together, alone, atom));
            }
        }
        let best = best.filter(|(together, ..)| *together > 0 || can_be_loose(parsed));
        Ok(best.map(|(found, _, atom)| {
            let mut parsed = parsed.clone();
            parsed.clauses[clause].any[0].all[place] = atom;
            Spelling { parsed, found }
        }))
    }

    /// The articles that match a query but for the word at one place.
    fn without(
        &mut self,
        parsed: &Parsed,
        (clause, place): (usize, usize),
    ) -> Result<Sets, SearchError> {
        let mut rest = match &self.fixed {
            Some(fixed) => fixed.clone(),
            None => {
                let fixed = self.matching(parsed, |n| !self.open.contains(n))?;
                self.fixed.insert(fixed).clone()
            }
        };
        let mut other = parsed.clone();
        other.clauses[clause].any[0].all.remove(place);
        let has_atoms = |n: &usize| !other.clauses[*n].any[0].all.is_empty();
        let is_chosen = |n: &usize| self.open.contains(n) && has_atoms(n);
        rest.intersect(&self.matching(&other, is_chosen)?);
        Ok(rest)
    }

    /// The articles that match some conditions of a query; all, where there are none.
    fn matching(
        &self,
        parsed: &Parsed,
        is_chosen: impl Fn(&usize) -> bool,
    ) -> Result<Sets, SearchError> {
        let chosen = (0..parsed.clauses.len()).filter(is_chosen);
        let chosen = Parsed {
            clauses: chosen.map(|n| parsed.clauses[n].clone()).collect(),
            cut: parsed.cut,
        };
        if chosen.is_empty() {
            return Ok(self.all.clone());
        }
        self.terms.matching(&chosen, 0, self.all)
    }
}

fn as_word(wanted: &Wanted, text: String) -> Atom {
    let mut read = wanted.clone();
    read.word.text = text;
    read.joined.clear();
    Atom::Word(read)
}

/// The phrases of known words that a word may be, typed without blanks and points: `ubuntu1310` for `Ubuntu 13.10`.
fn partings(terms: &Terms<'_>, word: &Word) -> Result<Vec<Atom>, SearchError> {
    let letters = word.text.chars().count();
    if !word.text.is_ascii() || letters > LONGEST_PARTED {
        return Ok(Vec::new());
    }
    let mut known: BTreeMap<&str, bool> = BTreeMap::new();
    let mut partings: Vec<Vec<&str>> = Vec::new();
    let mut begun: Vec<Vec<&str>> = vec![Vec::new()];
    while let Some(parts) = begun.pop() {
        let read: usize = parts.iter().map(|part| part.len()).sum();
        let rest = &word.text[read..];
        for end in 1..=rest.len() {
            let part = &rest[..end];
            let is_last = end == rest.len();
            if !may_be_part(part) || is_last && parts.is_empty() {
                continue;
            }
            let is_known = match known.get(part) {
                Some(is_known) => *is_known,
                None => terms.doc_freq(terms.exact(), part)? > 0,
            };
            known.insert(part, is_known);
            if !is_known {
                continue;
            }
            let mut parts = parts.clone();
            parts.push(part);
            match is_last {
                true => partings.push(parts),
                false if parts.len() < MOST_PARTS => begun.push(parts),
                false => {}
            }
        }
    }
    partings.sort_by_key(Vec::len);
    partings.truncate(MOST_PARTINGS);
    let phrase = |parts: Vec<&str>| {
        let words = parts.into_iter().map(|part| Word {
            text: part.to_owned(),
            named: None,
            ..word.clone()
        });
        Atom::Phrase(words.collect())
    };
    Ok(partings.into_iter().map(phrase).collect())
}

/// True if a word may be written beside another without a blank: short ones would be found in most words.
fn may_be_part(part: &str) -> bool {
    let is_number = part.bytes().all(|b| b.is_ascii_digit());
    is_number || part.len() >= FEWEST_LETTERS
}

/// The words of the dictionary that are one slip away, those in most articles first.
fn near_words(terms: &Terms<'_>, word: &str) -> Result<Vec<String>, SearchError> {
    let term = Term::from_field_text(terms.exact(), word);
    let near = FuzzyTermQuery::new(term, 1, true);
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for segment in terms.searcher.segment_readers() {
        let inverted = segment.inverted_index(terms.exact())?;
        let mut terms = inverted.terms().search(near.automaton()?);
        if word < LETTERS_END {
            terms = terms.lt(LETTERS_END);
        }
        let mut stream = terms.into_stream()?;
        while stream.advance() {
            if let Ok(text) = std::str::from_utf8(stream.key()) {
                *found.entry(text.to_owned()).or_default() += u64::from(stream.value().doc_freq);
            }
        }
    }
    let mut words: Vec<(u64, String)> = found
        .into_iter()
        .filter(|(text, _)| text != word && !text.chars().any(is_unspaced))
        .filter(|(text, _)| text.chars().all(char::is_alphanumeric))
        .map(|(text, freq)| (freq, text))
        .collect();
    words.sort_unstable_by(|a, b| b.cmp(a));
    words.truncate(MOST_NEAR);
    Ok(words.into_iter().map(|(_, text)| text).collect())
}
