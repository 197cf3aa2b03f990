//! Reads what people type: words, `"phrases"`, `-word`, `OR`, `title:word`, `word*`. Nothing else is grammar, and every input
//! has a reading: quotes that do not close, brackets and lone signs are no more than gaps between words.

use std::ops::Range;

use super::terms::runs;
use super::words::{Before, Word, is_elided, joined, words};

/// The most bytes of a query that are read.
pub const MOST_BYTES: usize = 1_024;
/// The most words of a query that are read.
pub const MOST_WORDS: usize = 64;

/// Room for words in quotation marks whose places are compared in every article that holds them all: an ideograph takes one, as
/// every second pair is looked up, another word two.
pub const MOST_QUOTED: usize = 24;
/// The most words of a query that are read as beginnings: each may stand for thousands of words.
pub const MOST_PREFIXES: usize = 4;

/// The least that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Atom {
    /// A word, in any inflection.
    Word(Wanted),
    /// Characters of a script without blanks, side by side, and the place of the first in the query.
    Run(usize, Vec<Word>),
    /// Words side by side, as written.
    Phrase(Vec<Word>),
    /// A word that begins so.
    Prefix(String),
    /// Words of the title.
    Title(Vec<Word>),
    /// A word of the title that begins so.
    TitlePrefix(String),
}

/// A word that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The word.
    pub word: Word,
    /// Its form where it is joined with its neighbours: `covid19` for both words of `covid-19`.
    pub joined: Vec<String>,
    /// Its place among the words of the query.
    pub place: usize,
    /// Its place in the text of the query, in bytes.
    pub range: Range<usize>,
}

/// One side of a condition: all of its atoms, or not all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The atoms.
    pub all: Vec<Atom>,
    /// True if it holds for what does not match.
    pub negated: bool,
}

/// One condition: a hit meets any of its sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The sides, of which several are alternatives.
    pub any: Vec<Side>,
}

impl Clause {
    /// The atoms of a condition without alternatives that a hit must match.
    #[must_use]
    pub fn plain(&self) -> Option<&[Atom]> {
        match self.any.as_slice() {
            [side] if !side.negated => Some(&side.all),
            _ => None,
        }
    }
}

/// A query that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// All of these are wanted.
    pub clauses: Vec<Clause>,
    /// True if more was typed than is read.
    pub cut: bool,
}

/// A piece of the query before its words are looked at.
enum Piece<'a> {
    Or(&'a str),
    Chunk {
        text: &'a str,
        negated: bool,
    },
    Quoted {
        text: &'a str,
        negated: bool,
        title: bool,
    },
}

/// Reads a query.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let read = &text[..text.floor_char_boundary(MOST_BYTES)];
    let mut reader = Reader {
        text: read,
        left: MOST_WORDS,
        quoted_left: MOST_QUOTED,
        prefixes_left: MOST_PREFIXES,
        place: 0,
        parsed: Parsed {
            cut: read.len() < text.len(),
            ..Parsed::default()
        },
    };
    let pieces = pieces(read);
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Or(_) if is_operator(&pieces, at) => {}
            Piece::Or(text) => reader.chunk(text, false, false),
            Piece::Chunk { text, negated } => {
                let alternative = at > 0 && is_operator(&pieces, at - 1);
                reader.chunk(text, *negated, alternative);
            }
            Piece::Quoted {
                text,
                negated,
                title,
            } => {
                let alternative = at > 0 && is_operator(&pieces, at - 1);
                let words = words(text);
                reader.place += words.len();
                let atoms = if *title {
                    vec![Atom::Title(words)]
                } else {
                    reader.phrase(words)
                };
                reader.clause(atoms, *negated, alternative);
            }
        }
    }
    reader.parsed
}

/// True if an `OR` stands between two sides that have words.
fn is_operator(pieces: &[Piece<'_>], at: usize) -> bool {
    let has_words = |piece: Option<&Piece<'_>>| match piece {
        Some(Piece::Chunk { text, .. } | Piece::Quoted { text, .. }) => !words(text).is_empty(),
        Some(Piece::Or(_)) | None => false,
    };
    matches!(pieces.get(at), Some(Piece::Or(_)))
        && has_words(at.checked_sub(1).and_then(|before| pieces.get(before)))
        && has_words(pieces.get(at + 1))
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (negated, behind) = match rest.strip_prefix('-') {
            Some(behind) if behind.starts_with(|c: char| !c.is_whitespace() && c != '-') => {
                (true, behind)
            }
            _ => (false, rest),
        };
        let (title, quoted) = match strip_title(behind) {
            Some(behind) if behind.starts_with('"') => (true, behind),
            _ => (false, behind),
        };
        if let Some((text, after)) = quotation(quoted) {
            found.push(Piece::Quoted {
                text,
                negated,
                title,
            });
            rest = after.trim_start();
            continue;
        }
        let end = chunk_end(behind);
        let text = &behind[..end];
        found.push(match text {
            "OR" if !negated => Piece::Or(text),
            text => Piece::Chunk { text, negated },
        });
        rest = behind[end..].trim_start();
    }
    found
}

/// End of a chunk: white space, or the beginning of a quotation that closes.
fn chunk_end(text: &str) -> usize {
    let mut end = text.len();
    if let Some(at) = text.find(char::is_whitespace) {
        end = at;
    }
    let inner = text.char_indices().skip(1);
    let mut quotes = inner.filter(|(at, c)| *c == '"' && *at < end);
    match quotes.find(|(at, _)| quotation(&text[*at..]).is_some()) {
        Some((at, _)) => at,
        None => end,
    }
}

/// The text of a quotation that begins here and closes, and what follows it.
fn quotation(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('"')?.split_once('"')
}

fn strip_title(text: &str) -> Option<&str> {
    let (start, rest) = text.split_at_checked("title:".len())?;
    (start.eq_ignore_ascii_case("title:") && !rest.is_empty()).then_some(rest)
}

/// The atoms of a piece without white space, which begins at this byte of the query, and whose first word has this place.
fn atoms(words: &[Word], begin: usize, place: usize) -> Vec<Atom> {
    let joined = joined(words);
    let mut atoms = Vec::new();
    for run in runs(words) {
        let at = run.start;
        let [word] = &words[run.clone()] else {
            atoms.push(Atom::Run(place + at, words[run].to_vec()));
            continue;
        };
        if word.unspaced {
            atoms.push(Atom::Run(place + at, vec![word.clone()]));
        } else if !is_optional(word, words.get(at + 1)) {
            let own = joined
                .iter()
                .filter(|(from, count, _)| (*from..from + count).contains(&at));
            atoms.push(Atom::Word(Wanted {
                word: word.clone(),
                joined: own.map(|(_, _, text)| text.clone()).collect(),
                place: place + at,
                range: begin + word.range.start..begin + word.range.end,
            }));
        }
    }
    atoms
}

/// The last word of a piece, where it is one of a script with blanks and a star stands behind it.
fn begun<'a>(text: &str, words: &'a [Word]) -> Option<&'a Word> {
    let last = words.last().filter(|word| !word.unspaced)?;
    (text.ends_with('*') && last.range.end + 1 == text.len()).then_some(last)
}

struct Reader<'a> {
    /// The part of the query that is read.
    text: &'a str,
    /// Number of words that may still come.
    left: usize,
    /// Room for words in quotation marks that may still come.
    quoted_left: usize,
    /// Number of beginnings of words that may still come.
    prefixes_left: usize,
    /// The place of the next word.
    place: usize,
    parsed: Parsed,
}

impl Reader<'_> {
    fn chunk(&mut self, chunk: &str, negated: bool, alternative: bool) {
        let title = strip_title(chunk);
        let text = title.unwrap_or(chunk);
        let words = words(text);
        let begun = begun(text, &words).filter(|_| self.may_begin());
        let whole = &words[..words.len() - usize::from(begun.is_some())];
        let prefix = begun.map(|word| word.text.clone());
        let atoms = if title.is_some() {
            let title = (!whole.is_empty()).then(|| Atom::Title(whole.to_vec()));
            title
                .into_iter()
                .chain(prefix.map(Atom::TitlePrefix))
                .collect()
        } else {
            let mut atoms = atoms(&words, self.place_of(text), self.place);
            atoms.pop_if(|atom| matches!(atom, Atom::Word(last) if Some(&last.word) == begun));
            atoms.extend(prefix.map(Atom::Prefix));
            atoms
        };
        self.place += words.len();
        self.clause(atoms, negated, alternative);
    }

    /// A phrase. The words for which there is no room are wanted anywhere, as written.
    fn phrase(&mut self, words: Vec<Word>) -> Vec<Atom> {
        if words.len() == 1 {
            return vec![Atom::Phrase(words)];
        }
        let room = |word: &Word| if word.unspaced { 1 } else { 2 };
        let mut left = self.quoted_left;
        let fits = words.iter().take_while(|word| {
            let fits = left >= room(word);
            left -= if fits { room(word) } else { 0 };
            fits
        });
        let fits = fits.count();
        self.quoted_left = left;
        self.parsed.cut |= fits < words.len();
        let others = words[fits..].iter().map(|word| vec![word.clone()]);
        let side_by_side = std::iter::once(words[..fits].to_vec());
        side_by_side.chain(others).map(Atom::Phrase).collect()
    }

    /// Takes one of the beginnings of words that may still come.
    fn may_begin(&mut self) -> bool {
        let may = self.prefixes_left > 0;
        self.parsed.cut |= !may;
        self.prefixes_left = self.prefixes_left.saturating_sub(1);
        may
    }

    /// The place in the query of a part of it, in bytes.
    fn place_of(&self, part: &str) -> usize {
        part.as_ptr().addr() - self.text.as_ptr().addr()
    }

    fn clause(&mut self, mut all: Vec<Atom>, negated: bool, alternative: bool) {
        let mut cut = false;
        all.retain_mut(|atom| self.fits(atom, &mut cut));
        self.parsed.cut |= cut;
        if all.is_empty() {
            return;
        }
        let side = Side { all, negated };
        match self.parsed.clauses.last_mut().filter(|_| alternative) {
            Some(last) => last.any.push(side),
            None => self.parsed.clauses.push(Clause { any: vec![side] }),
        }
    }

    fn fits(&mut self, atom: &mut Atom, cut: &mut bool) -> bool {
        let words = match atom {
            Atom::Word(_) | Atom::Prefix(_) | Atom::TitlePrefix(_) => {
                *cut |= self.left == 0;
                let fits = self.left > 0;
                self.left = self.left.saturating_sub(1);
                return fits;
            }
            Atom::Run(_, words) | Atom::Phrase(words) | Atom::Title(words) => words,
        };
        *cut |= words.len() > self.left;
        words.truncate(self.left);
        self.left -= words.len();
        !words.is_empty()
    }
}

impl Parsed {
    /// True if nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// The words that are wanted whatever else is, in order: those of clauses without alternatives.
    pub fn wanted(&self) -> impl Iterator<Item = &Atom> {
        self.clauses.iter().filter_map(Clause::plain).flatten()
    }

    /// Every atom that a hit may match, in order.
    pub fn positive(&self) -> impl Iterator<Item = &Atom> {
        let sides = self.clauses.iter().flat_map(|clause| &clause.any);
        let sides = sides.filter(|side| !side.negated);
        sides.flat_map(|side| &side.all)
    }
}

/// True if a word says nothing by itself: what French elides before an apostrophe, and a short ending behind one.
fn is_optional(word: &Word, next: Option<&Word>) -> bool {
    let elided =
        is_elided(&word.text) && next.is_some_and(|next| next.before == Before::Apostrophe);
    elided || word.before == Before::Apostrophe && word.text.len() == 1
}

#[cfg(test)]
mod tests;
