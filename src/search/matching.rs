//! From a query to the set of articles that match it. Each term's articles become bits, and conditions combine these: the cost
//! of a query is the sum of its terms' articles, whatever its form.

use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Searcher, SegmentReader, Term};

use super::bits::Bits;
use super::columns::Columns;
use super::document::Fields;
use super::error::SearchError;
use super::index::Reading;
use super::lengths::Lengths;
use super::parse::{Atom, Clause, Parsed, Side};
use super::phrase::{Phrase, needed};
use super::placed::Placed;
use super::sets::Sets;
use super::terms::{pairs, run_terms, stems_of, title_stems};
use super::words::Word;

/// Runs of so many ideographs are also found by most of their pairs, where they are not found whole.
const LONG_RUN: usize = 4;
/// Share of its pairs that an article must have then, in percent.
const MOST_PAIRS: usize = 60;

/// The terms of one index, as a caller may ask for them.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub searcher: &'a Searcher,
    pub fields: &'a Fields,
    pub lengths: &'a Lengths,
    pub columns: &'a Columns,
    /// True if bodies are closed to the caller.
    pub head_only: bool,
    /// The phrases that the question has looked for.
    pub placed: &'a Placed,
}

impl<'a> Terms<'a> {
    pub(super) fn of(reading: &'a Reading, head_only: bool, placed: &'a Placed) -> Self {
        Self {
            searcher: &reading.searcher,
            fields: &reading.fields,
            lengths: &reading.derived.lengths,
            columns: &reading.columns,
            head_only,
            placed,
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
    pub(super) const fn ideographs(&self) -> Field {
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

    /// Of some articles, those that match all of a query but for at most so many of its words.
    pub(super) fn matching(
        &self,
        parsed: &Parsed,
        lacking: usize,
        among: &Sets,
    ) -> Result<Sets, SearchError> {
        if parsed.is_empty() {
            return Ok(among.none());
        }
        self.in_each(among, |segment, among| {
            segment.query(parsed, lacking, among)
        })
    }

    /// Of some articles, those that match one atom.
    pub(super) fn matching_atom(&self, atom: &Atom, among: &Sets) -> Result<Sets, SearchError> {
        self.in_each(among, |segment, among| segment.atom(atom, among))
    }

    /// Finds of each segment among some articles.
    pub(super) fn in_each(
        &self,
        among: &Sets,
        find: impl Fn(&Segment<'_>, &Bits) -> Result<Bits, SearchError>,
    ) -> Result<Sets, SearchError> {
        let segments = self.searcher.segment_readers().iter().zip(&among.0);
        let found = segments.map(|(reader, among)| {
            let terms = *self;
            find(&Segment { terms, reader }, among)
        });
        found.collect::<Result<_, _>>().map(Sets)
    }
}

/// The articles of one segment.
pub(super) struct Segment<'a> {
    pub terms: Terms<'a>,
    pub reader: &'a SegmentReader,
}

impl Segment<'_> {
    fn query(&self, parsed: &Parsed, lacking: usize, among: &Bits) -> Result<Bits, SearchError> {
        let loose = lacking > 0;
        let mut found = among.clone();
        // Places are read of the articles that are left only.
        let (placed, others): (Vec<&Clause>, Vec<&Clause>) =
            parsed.clauses.iter().partition(|clause| is_placed(clause));
        for clause in others.into_iter().chain(placed) {
            if found.is_empty() {
                break;
            }
            found = match clause.plain().filter(|_| loose) {
                Some(all) => self.all(all.iter().filter(|atom| !is_loose(atom)), &found)?,
                None => self.clause(clause, &found)?,
            };
        }
        if loose {
            found = self.all_but(lacking, loose_atoms(parsed), found)?;
        }
        Ok(found)
    }

    fn clause(&self, clause: &Clause, among: &Bits) -> Result<Bits, SearchError> {
        if let [side] = clause.any.as_slice() {
            return self.side(side, among);
        }
        let mut left = among.clone();
        for side in &clause.any {
            let found = self.side(side, &left)?;
            left.subtract(&found);
        }
        let mut any = among.clone();
        any.subtract(&left);
        Ok(any)
    }

    fn side(&self, side: &Side, among: &Bits) -> Result<Bits, SearchError> {
        let all = self.all(side.all.iter(), among)?;
        if !side.negated {
            return Ok(all);
        }
        let mut others = among.clone();
        others.subtract(&all);
        Ok(others)
    }

    fn all<'p>(
        &self,
        atoms: impl Iterator<Item = &'p Atom>,
        among: &Bits,
    ) -> Result<Bits, SearchError> {
        let mut found = among.clone();
        for atom in atoms {
            found = self.atom(atom, &found)?;
        }
        Ok(found)
    }

    /// Of some articles, those that lack at most so many atoms. One that is the only one is found by most of its pairs.
    fn all_but<'p>(
        &self,
        most: usize,
        atoms: impl Iterator<Item = &'p Atom>,
        among: Bits,
    ) -> Result<Bits, SearchError> {
        let atoms: Vec<&Atom> = atoms.collect();
        let most = most.min(atoms.len().saturating_sub(1));
        let mut lacking = vec![self.none(); most + 1];
        lacking[0].unite(&among);
        for (seen, atom) in (1..).zip(&atoms) {
            let found = self.loose_atom(atom, &among)?;
            for count in (1..=most.min(seen)).rev() {
                let mut one_more = lacking[count - 1].clone();
                one_more.subtract(&found);
                lacking[count].intersect(&found);
                lacking[count].unite(&one_more);
            }
            lacking[0].intersect(&found);
        }
        let (all, others) = lacking.split_at_mut(1);
        others.iter().for_each(|some| all[0].unite(some));
        Ok(lacking.swap_remove(0))
    }

    /// Of some articles, those that match an atom.
    fn atom(&self, atom: &Atom, among: &Bits) -> Result<Bits, SearchError> {
        let terms = &self.terms;
        let mut found = match atom {
            Atom::Word(wanted) => {
                self.any(terms.stems(), &stems_of(&wanted.word, &wanted.joined))?
            }
            Atom::Run(_, words) | Atom::Phrase(words) => return self.side_by_side(words, among),
            Atom::Prefix(prefix) => self.with_prefix(terms.exact(), prefix)?,
            Atom::Title(words) => return self.title(words, among),
            Atom::TitlePrefix(prefix) => self.with_prefix(terms.fields.title_words, prefix)?,
        };
        found.intersect(among);
        Ok(found)
    }

    fn loose_atom(&self, atom: &Atom, among: &Bits) -> Result<Bits, SearchError> {
        match atom {
            Atom::Run(_, words) if words.len() >= LONG_RUN => self.most_pairs(words, among),
            atom => self.atom(atom, among),
        }
    }

    /// Of some articles, those with most of the pairs of a run.
    fn most_pairs(&self, words: &[Word], among: &Bits) -> Result<Bits, SearchError> {
        let pairs: Vec<String> = pairs(words).collect();
        let fewest = (pairs.len() * MOST_PAIRS).div_ceil(100);
        let mut counts = vec![0_u8; self.reader.max_doc() as usize];
        for pair in &pairs {
            self.each(self.terms.exact(), pair, |doc| {
                counts[doc as usize] = counts[doc as usize].saturating_add(1);
            })?;
        }
        let mut found = self.none();
        let enough = among
            .iter()
            .filter(|doc| usize::from(counts[*doc as usize]) >= fewest);
        enough.for_each(|doc| found.insert(doc));
        Ok(found)
    }

    /// Of some articles, those that hold some words side by side, as written.
    fn side_by_side(&self, words: &[Word], among: &Bits) -> Result<Bits, SearchError> {
        let terms = &self.terms;
        let field = match words {
            [one] if one.unspaced => terms.ideographs(),
            _ => terms.exact(),
        };
        let phrase = match words {
            [one] if one.unspaced => vec![(0, one.text.clone())],
            _ => run_terms(words),
        };
        let mut found = among.clone();
        for (_, text) in &phrase {
            found.intersect(&self.any(field, std::slice::from_ref(text))?);
        }
        if phrase.is_empty() {
            return Ok(self.none());
        }
        if phrase.len() == 1 || found.is_empty() {
            return Ok(found);
        }
        let phrase = needed(&phrase);
        let segment = self.reader.segment_id();
        let find = |unasked: &Bits, words| {
            let mut opened = Phrase::open(self.reader, field, &phrase, words)?;
            let mut unbounded = usize::MAX;
            let mut holding = self.none();
            let docs = unasked
                .iter()
                .filter(|doc| opened.is_in(*doc, &mut unbounded));
            docs.for_each(|doc| holding.insert(doc));
            Ok(holding)
        };
        terms.placed.holding(segment, field, &phrase, &found, find)
    }

    fn title(&self, words: &[Word], among: &Bits) -> Result<Bits, SearchError> {
        let fields = self.terms.fields;
        let mut found = among.clone();
        for terms in title_stems(words) {
            found.intersect(&self.any(fields.title_stems, &terms)?);
        }
        for pair in pairs(words) {
            found.intersect(&self.any(fields.title_words, &[pair])?);
        }
        Ok(found)
    }

    pub(super) fn none(&self) -> Bits {
        Bits::none(self.reader.max_doc())
    }

    /// Articles with any of some terms.
    pub(super) fn any(&self, field: Field, terms: &[String]) -> tantivy::Result<Bits> {
        let mut found = self.none();
        for term in terms {
            self.each(field, term, |doc| found.insert(doc))?;
        }
        Ok(found)
    }

    /// Articles with a word that begins so.
    pub(super) fn with_prefix(&self, field: Field, prefix: &str) -> tantivy::Result<Bits> {
        let mut found = self.none();
        let inverted = self.reader.inverted_index(field)?;
        let mut stream = inverted.terms().range().ge(prefix).into_stream()?;
        let mut open: Option<BlockSegmentPostings> = None;
        while stream.advance() && stream.key().starts_with(prefix.as_bytes()) {
            let info = stream.value();
            let postings = match &mut open {
                Some(postings) => {
                    inverted.reset_block_postings_from_terminfo(info, postings)?;
                    postings
                }
                None => {
                    let option = IndexRecordOption::Basic;
                    let postings = inverted.read_block_postings_from_terminfo(info, option)?;
                    open.insert(postings)
                }
            };
            each_of(postings, |doc| found.insert(doc));
        }
        Ok(found)
    }

    fn each(&self, field: Field, text: &str, take: impl FnMut(DocId)) -> tantivy::Result<()> {
        let term = Term::from_field_text(field, text);
        let inverted = self.reader.inverted_index(field)?;
        let postings = inverted.read_block_postings(&term, IndexRecordOption::Basic)?;
        if let Some(mut postings) = postings {
            each_of(&mut postings, take);
        }
        Ok(())
    }
}

fn each_of(postings: &mut BlockSegmentPostings, mut take: impl FnMut(DocId)) {
    while !postings.docs().is_empty() {
        postings.docs().iter().for_each(|doc| take(*doc));
        postings.advance();
    }
}

/// True if a condition asks where words stand.
fn is_placed(clause: &Clause) -> bool {
    let mut atoms = clause.any.iter().flat_map(|side| &side.all);
    atoms.any(|atom| matches!(atom, Atom::Phrase(words) | Atom::Run(_, words) if words.len() > 1))
}

/// True if a hit may lack it, where there are few with all.
fn is_loose(atom: &Atom) -> bool {
    matches!(atom, Atom::Word(_) | Atom::Run(..))
}

/// The words of a query that a hit may lack.
pub(super) fn loose_atoms(parsed: &Parsed) -> impl Iterator<Item = &Atom> {
    parsed.wanted().filter(|atom| is_loose(atom))
}

/// True if leaving something out of a query can find more.
pub(super) fn can_be_loose(parsed: &Parsed) -> bool {
    let mut loose = loose_atoms(parsed);
    match (loose.next(), loose.next()) {
        (Some(_), Some(_)) => true,
        (Some(Atom::Run(_, words)), None) => words.len() >= LONG_RUN,
        _ => false,
    }
}
