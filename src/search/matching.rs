//! From a query to the articles that match it: terms and their conditions, and all hits with what they weigh.

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, EmptyQuery, EnableScoring, FuzzyTermQuery, Occur,
    PhraseQuery, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentOrdinal, SegmentReader, TERMINATED, Term};

use super::document::Fields;
use super::error::SearchError;
use super::fallback::Fallback;
use super::gathered::Gathered;
use super::index::Reading;
use super::parse::{Atom, Clause, Parsed, Side};
use super::stems::Chain;
use super::terms::{pairs, run_terms};
use super::words::Word;
use crate::domain::search::Filter;

/// Runs of so many ideographs are also found by most of their pairs, where they are not found whole.
const LONG_RUN: usize = 4;
/// Share of its pairs that an article must have then, in percent.
const MOST_PAIRS: usize = 60;

/// An article that matches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub segment: SegmentOrdinal,
    pub doc: DocId,
    pub score: Score,
}

impl Match {
    pub(super) const fn address(&self) -> (SegmentOrdinal, DocId) {
        (self.segment, self.doc)
    }
}

/// The terms of one index, as a caller may ask for them.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub searcher: &'a Searcher,
    pub fields: &'a Fields,
    /// True if bodies are closed to the caller.
    pub head_only: bool,
}

impl Reading {
    /// The order of a filter's languages, where it has one.
    pub(super) fn fallback<'a>(
        &'a self,
        filter: &'a Filter,
    ) -> Result<Option<Fallback<'a>>, SearchError> {
        (filter.langs.len() > 1)
            .then(|| Fallback::new(&self.searcher, &self.works, &filter.langs, &filter.sight))
            .transpose()
    }
}

type Clauses = Vec<(Occur, Box<dyn Query>)>;

impl<'a> Terms<'a> {
    pub(super) fn of(reading: &'a Reading, head_only: bool) -> Self {
        Self {
            searcher: &reading.searcher,
            fields: &reading.fields,
            head_only,
        }
    }

    /// The field of words as written.
    pub(super) const fn exact(&self) -> Field {
        if self.head_only {
            self.fields.head
        } else {
            self.fields.text
        }
    }

    /// The field of stems.
    pub(super) const fn stems(&self) -> Field {
        if self.head_only {
            self.fields.head_stems
        } else {
            self.fields.stems
        }
    }

    /// The field of single ideographs.
    const fn ideographs(&self) -> Field {
        if self.head_only {
            self.fields.head_stems
        } else {
            self.fields.ideographs
        }
    }

    pub(super) fn doc_freq(&self, field: Field, text: &str) -> Result<u64, SearchError> {
        Ok(self
            .searcher
            .doc_freq(&Term::from_field_text(field, text))?)
    }

    /// All of a query, or where it is `loose` all but one of its words.
    pub(super) fn query(
        &self,
        parsed: &Parsed,
        loose: bool,
    ) -> Result<Box<dyn Query>, SearchError> {
        if parsed.is_empty() {
            return Ok(Box::new(EmptyQuery));
        }
        let mut clauses: Clauses = Vec::new();
        let wanted: Vec<&Atom> = parsed.wanted().filter(|atom| is_loose(atom)).collect();
        for clause in &parsed.clauses {
            match clause.plain() {
                Some(all) if loose && all.iter().any(is_loose) => {
                    for atom in all.iter().filter(|atom| !is_loose(atom)) {
                        clauses.push((Occur::Must, self.atom(atom)?));
                    }
                }
                _ => clauses.push(self.clause(clause)?),
            }
        }
        if loose {
            let fewest = wanted.len().saturating_sub(1).max(1);
            let any: Result<Vec<_>, SearchError> =
                wanted.iter().map(|atom| self.loose_atom(atom)).collect();
            let any = BooleanQuery::union_with_minimum_required_clauses(any?, fewest);
            clauses.push((Occur::Must, Box::new(any)));
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, weightless(Box::new(AllQuery))));
        }
        Ok(match clauses.len() {
            1 => clauses.remove(0).1,
            _ => Box::new(BooleanQuery::new(clauses)),
        })
    }

    fn clause(&self, clause: &Clause) -> Result<(Occur, Box<dyn Query>), SearchError> {
        if let [side] = clause.any.as_slice() {
            return self.side(side);
        }
        let mut any = Vec::with_capacity(clause.any.len());
        for side in &clause.any {
            any.push(match self.side(side)? {
                (Occur::MustNot, articles) => all_but(articles),
                (_, articles) => articles,
            });
        }
        Ok((Occur::Must, any_of(any)))
    }

    fn side(&self, side: &Side) -> Result<(Occur, Box<dyn Query>), SearchError> {
        let all: Result<Vec<_>, SearchError> =
            side.all.iter().map(|atom| self.atom(atom)).collect();
        let all = all_of(all?);
        Ok(if side.negated {
            (Occur::MustNot, Box::new(Gathered::new(all)))
        } else {
            (Occur::Must, all)
        })
    }

    pub(super) fn atom(&self, atom: &Atom) -> Result<Box<dyn Query>, SearchError> {
        match atom {
            Atom::Word(wanted) => self.word(self.stems(), &wanted.word, &wanted.joined),
            Atom::Run(_, words) | Atom::Phrase(words) => Ok(self.side_by_side(words)),
            Atom::Prefix(prefix) => Ok(with_prefix(self.exact(), prefix)),
            Atom::Title(words) => self.title(words),
            Atom::TitlePrefix(prefix) => Ok(with_prefix(self.fields.title_words, prefix)),
        }
    }

    fn loose_atom(&self, atom: &Atom) -> Result<Box<dyn Query>, SearchError> {
        match atom {
            Atom::Run(_, words) if words.len() >= LONG_RUN => {
                let pairs: Vec<String> = pairs(words).collect();
                let fewest = (pairs.len() * MOST_PAIRS).div_ceil(100);
                let any = pairs
                    .iter()
                    .map(|pair| self.term(self.exact(), pair))
                    .collect();
                let any = BooleanQuery::union_with_minimum_required_clauses(any, fewest);
                Ok(Box::new(any))
            }
            atom => self.atom(atom),
        }
    }

    /// A word in any inflection, in the terms of every language that has it.
    fn word(
        &self,
        field: Field,
        word: &Word,
        joined: &[String],
    ) -> Result<Box<dyn Query>, SearchError> {
        let mut any = Vec::new();
        for term in stems_of(word, joined) {
            if self.doc_freq(field, &term)? > 0 {
                any.push(self.term(field, &term));
            }
        }
        Ok(any_of(any))
    }

    fn term(&self, field: Field, text: &str) -> Box<dyn Query> {
        let term = Term::from_field_text(field, text);
        let fields = self.fields;
        let uncounted = [fields.title_stems, fields.title_words, fields.ideographs];
        let option = if uncounted.contains(&field) {
            IndexRecordOption::Basic
        } else {
            IndexRecordOption::WithFreqs
        };
        Box::new(TermQuery::new(term, option))
    }

    /// Words side by side, as written.
    pub(super) fn side_by_side(&self, words: &[Word]) -> Box<dyn Query> {
        match words {
            [] => return Box::new(EmptyQuery),
            [one] if one.unspaced => return self.term(self.ideographs(), &one.text),
            _ => {}
        }
        let mut terms = run_terms(words);
        if let [(_, term)] = terms.as_slice() {
            return self.term(self.exact(), term);
        }
        let terms = terms.drain(..);
        let terms = terms.map(|(at, term)| (at, Term::from_field_text(self.exact(), &term)));
        Box::new(PhraseQuery::new_with_offset(terms.collect()))
    }

    fn title(&self, words: &[Word]) -> Result<Box<dyn Query>, SearchError> {
        let mut all = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let neighbour = |at: Option<usize>| {
                at.and_then(|at| words.get(at))
                    .is_some_and(|word| word.unspaced)
            };
            if !word.unspaced {
                all.push(self.word(self.fields.title_stems, word, &[])?);
            } else if !neighbour(at.checked_sub(1)) && !neighbour(Some(at + 1)) {
                all.push(self.term(self.fields.title_stems, &word.text));
            }
        }
        all.extend(pairs(words).map(|pair| self.term(self.fields.title_words, &pair)));
        Ok(all_of(all))
    }

    /// All hits of a query under a filter, with what they weigh where that is asked for.
    pub(super) fn collect(
        &self,
        query: Box<dyn Query>,
        filter: &Filter,
        fallback: Option<&Fallback<'_>>,
        scored: bool,
    ) -> Result<Vec<Match>, SearchError> {
        let query = self.filtered(query, filter);
        let mut hits = self.searcher.search(&query, &All { scored })?;
        if let Some(fallback) = fallback {
            hits.retain(|hit| fallback.is_first(hit.segment, hit.doc));
        }
        Ok(hits)
    }

    /// Counts the articles that match under a filter, up to a limit.
    pub(super) fn count(
        &self,
        query: Box<dyn Query>,
        filter: &Filter,
        most: usize,
    ) -> Result<usize, SearchError> {
        let query = self.filtered(query, filter);
        let weight = query.weight(EnableScoring::disabled_from_searcher(self.searcher))?;
        let mut found = 0;
        for segment in self.searcher.segment_readers() {
            let mut scorer = weight.scorer(segment, 1.0)?;
            while found < most && scorer.doc() != TERMINATED {
                found += usize::from(!segment.is_deleted(scorer.doc()));
                scorer.advance();
            }
        }
        Ok(found)
    }

    fn filtered(&self, query: Box<dyn Query>, filter: &Filter) -> Box<dyn Query> {
        match filter.query(self.fields) {
            Some(filter) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, query),
                (Occur::Must, filter),
            ])),
            None => query,
        }
    }
}

/// True if a hit may lack it, where there are few with all.
fn is_loose(atom: &Atom) -> bool {
    matches!(atom, Atom::Word(_) | Atom::Run(..))
}

/// True if leaving something out of a query can find more.
pub(super) fn can_be_loose(parsed: &Parsed) -> bool {
    let mut loose = parsed.wanted().filter(|atom| is_loose(atom));
    match (loose.next(), loose.next()) {
        (Some(_), Some(_)) => true,
        (Some(Atom::Run(_, words)), None) => words.len() >= LONG_RUN,
        _ => false,
    }
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

/// Articles with a word that begins so.
pub(super) fn with_prefix(field: Field, prefix: &str) -> Box<dyn Query> {
    Box::new(FuzzyTermQuery::new_prefix(
        Term::from_field_text(field, prefix),
        0,
        true,
    ))
}

/// All articles but these, without weight.
fn all_but(articles: Box<dyn Query>) -> Box<dyn Query> {
    let clauses = vec![
        (Occur::Must, weightless(Box::new(AllQuery))),
        (Occur::MustNot, articles),
    ];
    Box::new(BooleanQuery::new(clauses))
}

fn weightless(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, 0.0))
}

pub(super) fn any_of(mut any: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match any.len() {
        0 => Box::new(EmptyQuery),
        1 => any.remove(0),
        _ => Box::new(BooleanQuery::union(any)),
    }
}

pub(super) fn all_of(mut all: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match all.len() {
        0 => Box::new(EmptyQuery),
        1 => all.remove(0),
        _ => Box::new(BooleanQuery::intersection(all)),
    }
}

/// Collects every hit: the total is exact, and what is ranked further is picked from all of them.
struct All {
    scored: bool,
}

struct AllOfSegment {
    segment: SegmentOrdinal,
    found: Vec<Match>,
}

impl Collector for All {
    type Fruit = Vec<Match>;
    type Child = AllOfSegment;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        _: &SegmentReader,
    ) -> tantivy::Result<AllOfSegment> {
        let found = Vec::new();
        Ok(AllOfSegment { segment, found })
    }

    fn requires_scoring(&self) -> bool {
        self.scored
    }

    fn merge_fruits(&self, fruits: Vec<Vec<Match>>) -> tantivy::Result<Vec<Match>> {
        Ok(fruits.into_iter().flatten().collect())
    }
}

impl SegmentCollector for AllOfSegment {
    type Fruit = Vec<Match>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let segment = self.segment;
        self.found.push(Match {
            segment,
            doc,
            score,
        });
    }

    fn harvest(self) -> Vec<Match> {
        self.found
    }
}
