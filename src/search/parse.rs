//! Reads what people type: words, `"phrases"`, `-word`, `OR`, `title:word`, `word*`. Nothing else is grammar, and every input
//! has a reading: quotes that do not close, brackets and lone signs are no more than gaps between words.

use super::terms::runs;
use super::words::{Before, Word, is_elided, joined, words};

/// The most bytes of a query that are read.
pub const MOST_BYTES: usize = 1_024;
/// The most words of a query that are read.
pub const MOST_WORDS: usize = 64;

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
}

/// A word that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The word.
    pub word: Word,
    /// What it is called where it is joined with its neighbours: `covid19` for both words of `covid-19`.
    pub joined: Vec<String>,
    /// Its place among the words of the query.
    pub place: usize,
}

/// One condition: any of these, each of which is all of its atoms; or none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The alternatives.
    pub any: Vec<Vec<Atom>>,
    /// True if it is to hold for no hit.
    pub negated: bool,
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
    Or,
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
        left: MOST_WORDS,
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
            Piece::Or if is_operator(&pieces, at) => {}
            Piece::Or => reader.chunk("or", false, false),
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
                let atom = if *title {
                    Atom::Title(words)
                } else {
                    Atom::Phrase(words)
                };
                reader.clause(vec![atom], *negated, alternative);
            }
        }
    }
    reader.parsed
}

/// True if an `OR` stands between two things that are wanted.
fn is_operator(pieces: &[Piece<'_>], at: usize) -> bool {
    let wanted = |piece: Option<&Piece<'_>>| match piece {
        Some(Piece::Chunk { text, negated }) => !negated && !words(text).is_empty(),
        Some(Piece::Quoted { text, negated, .. }) => !negated && !words(text).is_empty(),
        Some(Piece::Or) | None => false,
    };
    matches!(pieces.get(at), Some(Piece::Or))
        && wanted(at.checked_sub(1).and_then(|before| pieces.get(before)))
        && wanted(pieces.get(at + 1))
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
            "OR" if !negated => Piece::Or,
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

/// The atoms of a piece without white space, whose first word has this place.
fn atoms(text: &str, words: &[Word], place: usize, may_begin: bool) -> Vec<Atom> {
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
            }));
        }
    }
    if may_begin
        && text.ends_with('*')
        && let Some(Atom::Word(last)) = atoms.last()
        && last.word.range.end + 1 == text.len()
    {
        let prefix = Atom::Prefix(last.word.text.clone());
        atoms.pop();
        atoms.push(prefix);
    }
    atoms
}

struct Reader {
    /// Number of words that may still come.
    left: usize,
    /// Number of beginnings of words that may still come.
    prefixes_left: usize,
    /// The place of the next word.
    place: usize,
    parsed: Parsed,
}

impl Reader {
    fn chunk(&mut self, text: &str, negated: bool, alternative: bool) {
        let title = strip_title(text);
        let words = words(title.unwrap_or(text));
        let atoms = match title {
            Some(_) => vec![Atom::Title(words.clone())],
            None => atoms(text, &words, self.place, self.prefixes_left > 0),
        };
        if text.ends_with('*') {
            self.parsed.cut |= self.prefixes_left == 0;
            self.prefixes_left = self.prefixes_left.saturating_sub(1);
        }
        self.place += words.len();
        self.clause(atoms, negated, alternative);
    }

    fn clause(&mut self, mut atoms: Vec<Atom>, negated: bool, alternative: bool) {
        let mut cut = false;
        atoms.retain_mut(|atom| self.fits(atom, &mut cut));
        self.parsed.cut |= cut;
        if atoms.is_empty() {
            return;
        }
        if alternative && let Some(last) = self.parsed.clauses.last_mut() {
            last.any.push(atoms);
            return;
        }
        self.parsed.clauses.push(Clause {
            any: vec![atoms],
            negated,
        });
    }

    fn fits(&mut self, atom: &mut Atom, cut: &mut bool) -> bool {
        let words = match atom {
            Atom::Word(_) | Atom::Prefix(_) => {
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
        let plain = self
            .clauses
            .iter()
            .filter(|clause| !clause.negated && clause.any.len() == 1);
        plain.flat_map(|clause| clause.any.iter().flatten())
    }

    /// Every atom that a hit may match, in order.
    pub fn positive(&self) -> impl Iterator<Item = &Atom> {
        let clauses = self.clauses.iter().filter(|clause| !clause.negated);
        clauses.flat_map(|clause| clause.any.iter().flatten())
    }
}

/// True if a word says nothing by itself: what French elides before an apostrophe, and a short ending behind one.
fn is_optional(word: &Word, next: Option<&Word>) -> bool {
    let elided =
        is_elided(&word.text) && next.is_some_and(|next| next.before == Before::Apostrophe);
    elided || word.before == Before::Apostrophe && word.text.len() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reading in short: what is wanted, alternatives with a bar, negation with a minus.
    fn read(text: &str) -> String {
        let of = |words: &[Word]| {
            let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            texts.join(" ")
        };
        let atom = |atom: &Atom| match atom {
            Atom::Word(Wanted { word, .. }) => {
                word.named.clone().unwrap_or_else(|| word.text.clone())
            }
            Atom::Run(_, words) => format!("[{}]", of(words).replace(' ', "")),
            Atom::Phrase(words) => format!("<{}>", of(words)),
            Atom::Prefix(text) => format!("{text}*"),
            Atom::Title(words) => format!("title({})", of(words)),
        };
        let all = |atoms: &Vec<Atom>| atoms.iter().map(atom).collect::<Vec<_>>().join("&");
        let clause = |clause: &Clause| {
            let any = clause.any.iter().map(all).collect::<Vec<_>>().join("|");
            format!("{}{any}", if clause.negated { "-" } else { "" })
        };
        let clauses: Vec<String> = parse(text).clauses.iter().map(clause).collect();
        clauses.join(" ")
    }

    #[test]
    fn the_five_forms_are_read() {
        for (text, expected) in [
            ("coffee export", "coffee export"),
            ("\"economic policy\" council", "<economic policy> council"),
            ("soy -agencies", "soy -agencies"),
            ("soy OR tuition fees", "soy|tuition fees"),
            ("a OR b OR \"c d\"", "a|b|<c d>"),
            ("title:Keppel x", "title(keppel) x"),
            ("publi*", "publi*"),
            ("-\"a b\"", "-<a b>"),
            ("covid-19", "covid&19"),
            ("C++ C#", "c++ c#"),
            ("l’eau d'ici", "eau ici"),
            ("children's books", "children books"),
            ("linux终端任意", "linux&[终端任意]"),
            ("如何在 桌面", "[如何在] [桌面]"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn every_other_input_has_a_reading() {
        for (text, expected) in [
            ("((\"soy", "soy"),
            ("OR", "or"),
            ("OR a", "or a"),
            ("a OR", "a or"),
            ("a OR OR b", "a or or b"),
            ("a OR -b", "a or -b"),
            ("- a", "a"),
            ("--a", "a"),
            ("title:", "title"),
            ("body:x", "body&x"),
            ("*", ""),
            ("\"\"", ""),
            ("a\"b c\"d", "a <b c> d"),
            ("a AND b^2 [1 TO 3]", "a and b&2 1 to 3"),
            ("\u{202e}abc", "abc"),
            ("。！？", ""),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_over_a_limit_is_cut_and_said() {
        assert!(!parse(&"a ".repeat(MOST_WORDS)).cut);
        let many = parse(&"a ".repeat(MOST_WORDS + 1));
        assert!(many.cut && many.clauses.len() == MOST_WORDS);
        let long = parse(&"é".repeat(20_000));
        assert!(long.cut);
        let run = parse(&"中".repeat(100));
        assert!(run.cut);
    }

    #[test]
    fn only_some_words_are_read_as_beginnings() {
        let parsed = parse("a* b* c* d* e*");
        let begun = parsed
            .wanted()
            .filter(|atom| matches!(atom, Atom::Prefix(_)));
        assert_eq!((begun.count(), parsed.wanted().count()), (4, 5));
        assert!(parsed.cut && !parse("a* b* c* d*").cut);
    }
}
