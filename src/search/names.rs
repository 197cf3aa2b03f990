//! Names of authors, tags and sections, found by the start of their words while somebody types.

use std::collections::BTreeSet;

use super::words::{Word, is_elided, words};
use crate::domain::language::LanguageTag;

/// The longest start of a run without blanks that is kept, in characters.
const LONGEST_START: usize = 12;
/// Starts looked at for one question.
const MOST_LOOKED_AT: usize = 5_000;

/// The kind of thing that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// An author.
    Author,
    /// A tag.
    Tag,
    /// A section.
    Section,
}

/// A thing with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its kind.
    pub kind: NameKind,
    /// Its identity.
    pub id: String,
    /// Its edition, where it belongs to one.
    pub lang: Option<LanguageTag>,
    /// Its name, and its names in other languages.
    pub names: Vec<String>,
}

/// Names that can be looked up.
#[derive(Debug, Default)]
pub struct Names {
    all: Vec<Named>,
    /// Starts of words in order, with the number of the name.
    starts: Vec<(String, u32)>,
}

impl Names {
    /// Names that can be looked up.
    #[must_use]
    pub fn new(all: Vec<Named>) -> Self {
        let mut starts: Vec<(String, u32)> = Vec::new();
        for (number, named) in (0..).zip(&all) {
            for name in &named.names {
                starts.extend(starts_of(name).into_iter().map(|start| (start, number)));
            }
        }
        starts.sort_unstable();
        starts.dedup();
        Self { all, starts }
    }

    /// Those in whose names words begin as each word that was typed; the most numerous kind of word first decides nothing.
    #[must_use]
    pub fn matching(&self, typed: &str) -> Vec<&Named> {
        let units = units(typed);
        let Some(longest) = units.iter().max_by_key(|unit| unit.len()) else {
            return Vec::new();
        };
        let mut found = BTreeSet::new();
        for (_, number) in self.with_prefix(longest).take(MOST_LOOKED_AT) {
            found.insert(*number);
        }
        let has_all = |named: &&Named| {
            named.names.iter().any(|name| {
                let starts = starts_of(name);
                units
                    .iter()
                    .all(|unit| starts.iter().any(|start| start.starts_with(unit)))
            })
        };
        let named = found
            .into_iter()
            .filter_map(|number| self.all.get(number as usize));
        named.filter(has_all).collect()
    }

    fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a (String, u32)> {
        let from = self
            .starts
            .partition_point(|(start, _)| start.as_str() < prefix);
        self.starts[from..]
            .iter()
            .take_while(move |(start, _)| start.starts_with(prefix))
    }
}

/// Beginnings of words: a word itself, and of a run without blanks every character and what follows it.
fn starts_of(name: &str) -> Vec<String> {
    let words = words(name);
    let mut starts = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        if word.unspaced {
            let run = words[at..]
                .iter()
                .take_while(|word| word.unspaced)
                .take(LONGEST_START);
            starts.push(run.map(|word| word.text.as_str()).collect());
        } else {
            starts.push(word.named.clone().unwrap_or_else(|| word.text.clone()));
        }
    }
    starts
}

/// The typed text as words and runs without blanks; those that say nothing by themselves are left out.
#[must_use]
pub(super) fn units(typed: &str) -> Vec<String> {
    let words = words(typed);
    let mut units: Vec<String> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let goes_on = at > 0 && word.unspaced && words[at - 1].unspaced;
        let elided = is_elided(&word.text) && words.get(at + 1).is_some_and(is_behind_apostrophe);
        match units.last_mut().filter(|_| goes_on) {
            Some(last) if last.chars().count() < LONGEST_START => last.push_str(&word.text),
            Some(_) => {}
            None if elided => {}
            None => units.push(word.named.clone().unwrap_or_else(|| word.text.clone())),
        }
    }
    units
}

fn is_behind_apostrophe(word: &Word) -> bool {
    word.before == super::words::Before::Apostrophe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_the_start_of_their_words() {
        let named = |id: &str, names: &[&str]| Named {
            kind: NameKind::Author,
            id: id.to_owned(),
            lang: None,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        let names = Names::new(vec![
            named("a", &["Ann Smith", "安史密斯"]),
            named("b", &["Éric Annaud"]),
            named("c", &["Chen"]),
        ]);
        let found = |typed: &str| {
            let found = names.matching(typed).into_iter();
            found.map(|named| named.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(found("ann"), ["a", "b"]);
        assert_eq!(found("smi an"), ["a"]);
        assert_eq!(found("eric"), ["b"]);
        assert_eq!(found("史密"), ["a"]);
        assert!(found("mith").is_empty() && found("").is_empty());
    }
}
