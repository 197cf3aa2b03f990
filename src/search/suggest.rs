//! Titles that somebody may be typing: by the start of their words.

use tantivy::Term;
use tantivy::query::{BooleanQuery, Occur, Query, TermSetQuery};

use super::document::{ID_HIGH, ID_LOW, PUBLISHED, id_of};
use super::error::SearchError;
use super::fold::is_unspaced;
use super::index::Reading;
use super::matching::{Match, Terms, all_of, any_of, with_prefix};
use super::names::units;
use super::positions::places;
use super::terms::pairs;
use super::words::words;
use crate::domain::id::Id;
use crate::domain::search::Filter;

/// Newest titles whose beginning is looked at.
const LOOKED_AT: usize = 500;
/// Words of a title's beginning that are compared.
const BEGINNING: usize = 12;

impl Reading {
    /// The articles in whose titles words begin as those that were typed: first those that begin so themselves, then the newest.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn titles(
        &self,
        typed: &str,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Id>, SearchError> {
        let units = units(typed);
        let terms = Terms::of(self, filter.sight.head_only);
        let Some(query) = title_query(&terms, &units)? else {
            return Ok(Vec::new());
        };
        let mut found = terms.collect(query, filter, None, false)?;
        let times = self.times(&found)?;
        let mut rows: Vec<(i64, Match)> = times.into_iter().zip(found.drain(..)).collect();
        rows.sort_unstable_by_key(|(at, hit)| (std::cmp::Reverse(*at), hit.address()));
        rows.truncate(LOOKED_AT);
        let mut ranked = Vec::with_capacity(rows.len());
        for (n, (_, hit)) in rows.iter().enumerate() {
            let begins = limit < rows.len() && self.begins(&terms, hit, typed)?;
            ranked.push((!begins, n, *hit));
        }
        ranked.sort_unstable_by_key(|(later, n, _)| (*later, *n));
        ranked.truncate(limit);
        ranked.into_iter().map(|(.., hit)| self.id(&hit)).collect()
    }

    fn times(&self, hits: &[Match]) -> Result<Vec<i64>, SearchError> {
        let mut columns = Vec::new();
        for segment in self.searcher.segment_readers() {
            columns.push(segment.fast_fields().i64(PUBLISHED)?);
        }
        let time = |hit: &Match| {
            columns[hit.segment as usize]
                .first(hit.doc)
                .unwrap_or(i64::MIN)
        };
        Ok(hits.iter().map(time).collect())
    }

    fn id(&self, hit: &Match) -> Result<Id, SearchError> {
        let fast = self.searcher.segment_reader(hit.segment).fast_fields();
        let half = |name| Ok::<_, SearchError>(fast.u64(name)?.first(hit.doc).unwrap_or(0));
        Ok(id_of(half(ID_HIGH)?, half(ID_LOW)?))
    }

    /// True if a title begins with the words that were typed, but for the last, which is unfinished.
    fn begins(&self, terms: &Terms<'_>, hit: &Match, typed: &str) -> Result<bool, SearchError> {
        let words = words(typed);
        let words = &words[..words.len().min(BEGINNING)];
        let mut forms: Vec<String> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let last = at + 1 == words.len();
            if word.unspaced {
                let next = words.get(at + 1).filter(|next| next.unspaced);
                forms.push(next.map_or(word.text.clone(), |next| {
                    format!("{}{}", word.text, next.text)
                }));
            } else if !last || words.len() == 1 {
                forms.push(word.text.clone());
            }
        }
        if forms.is_empty() {
            return Ok(false);
        }
        let reader = self.searcher.segment_reader(hit.segment);
        let found = places(reader, terms.fields.head, &forms, &[hit.doc])?;
        let stands = |(at, places): (u32, &Vec<u32>)| places.contains(&at);
        let last_alone = words.last().is_some_and(|word| word.unspaced);
        let compared = if last_alone {
            forms.len().saturating_sub(1).max(1)
        } else {
            forms.len()
        };
        Ok((0..).zip(found[0].iter()).take(compared).all(stands))
    }
}

/// All words, the last of them as a start.
fn title_query(terms: &Terms<'_>, units: &[String]) -> Result<Option<Box<dyn Query>>, SearchError> {
    let fields = terms.fields;
    let Some((last, others)) = units.split_last() else {
        return Ok(None);
    };
    let mut all: Vec<Box<dyn Query>> = Vec::new();
    for unit in others {
        all.push(whole(terms, unit));
    }
    if last.chars().any(is_unspaced) {
        all.push(whole(terms, last));
    } else {
        all.push(with_prefix(fields.title_words, last));
    }
    Ok(Some(all_of(all)))
}

fn whole(terms: &Terms<'_>, unit: &str) -> Box<dyn Query> {
    let fields = terms.fields;
    let set = |field, texts: Vec<String>| -> Vec<(Occur, Box<dyn Query>)> {
        let one = |text: &String| -> Box<dyn Query> {
            Box::new(TermSetQuery::new([Term::from_field_text(field, text)]))
        };
        texts.iter().map(|text| (Occur::Must, one(text))).collect()
    };
    let pairs: Vec<String> = pairs(&words(unit)).collect();
    let clauses = match (unit.chars().any(is_unspaced), pairs.is_empty()) {
        (true, true) => set(fields.title_stems, vec![unit.to_owned()]),
        (true, false) => set(fields.title_words, pairs),
        (false, _) => set(fields.title_words, vec![unit.to_owned()]),
    };
    any_of(vec![Box::new(BooleanQuery::new(clauses))])
}
