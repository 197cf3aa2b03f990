//! The words of a page, which tell a word that a line end cut from two words.

use std::collections::HashSet;

use super::row::Row;
use super::unit::BLANKS;

/// Signs that no line begins with where words are kept whole.
const TRAILING: [char; 8] = [',', '.', ';', ':', '!', '?', ')', ']'];

/// Words that stand inside the lines of a page, in lower case.
#[derive(Debug)]
pub(super) struct Words(HashSet<String>);

impl Words {
    /// The words of the rows without the first and the last of each, which a line end may have cut.
    pub(super) fn of(rows: &[Row<'_>]) -> Self {
        let mut words = HashSet::new();
        for row in rows {
            let all: Vec<&str> = row.text.split(|c: char| !c.is_alphanumeric()).collect();
            let inner = all.get(1..all.len().saturating_sub(1)).unwrap_or_default();
            let inner = inner.iter().filter(|word| !word.is_empty());
            words.extend(inner.map(|word| word.to_lowercase()));
        }
        Self(words)
    }

    /// Tells if the line ends of the full rows cut words; none where the page says as much for it as against it.
    pub(super) fn are_torn(
        &self,
        pairs: &[(&Row<'_>, &Row<'_>)],
        is_full: impl Fn(&Row<'_>) -> bool,
    ) -> Option<bool> {
        let (mut torn, mut whole) = (0, 0);
        for (row, next) in pairs.iter().filter(|(row, _)| is_full(row)) {
            match self.cut(row, next) {
                Some(true) => torn += 1,
                Some(false) => whole += 1,
                None => {}
            }
        }
        (torn != whole).then_some(torn > whole)
    }

    /// Tells if the line end between the rows cut a word; none where it is not told.
    fn cut(&self, row: &Row<'_>, next: &Row<'_>) -> Option<bool> {
        if row.is_unspaced(next) || row.trails() {
            return None;
        }
        if next.text.starts_with(BLANKS) || next.text.starts_with(TRAILING) {
            return Some(!next.starts_anew(row));
        }
        if ends_in_piece(row.bare) || begins_with_piece(next.text) {
            return Some(true);
        }
        let last = row.bare.rsplit(|c: char| !c.is_alphanumeric()).next()?;
        let first = next.text.split(|c: char| !c.is_alphanumeric()).next()?;
        let (last, first) = (last.to_lowercase(), first.to_lowercase());
        let knows = |word: &str| !word.is_empty() && self.0.contains(word);
        match knows(&format!("{last}{first}")) {
            _ if last.is_empty() || first.is_empty() => None,
            true => Some(true),
            false => (knows(&last) && knows(&first)).then_some(false),
        }
    }
}

/// Letters of a piece of a word, at the most.
const PIECE: usize = 4;
/// Words without a vowel.
const SHORTENED: [&str; 12] = [
    "cf", "cm", "hrs", "kg", "km", "mg", "ml", "mm", "pp", "th", "vs", "www",
];

/// True if small letters that are no word stand alone at the end of a text.
fn ends_in_piece(text: &str) -> bool {
    let last = text.rsplit(BLANKS).next().unwrap_or_default();
    is_piece(last)
}

/// True if small letters that are no word stand alone at the start of a text.
fn begins_with_piece(text: &str) -> bool {
    let first = text.split(BLANKS).next().unwrap_or_default();
    is_piece(first.trim_end_matches(TRAILING))
}

fn is_piece(word: &str) -> bool {
    let is_consonant = |c: char| c.is_ascii_lowercase() && !"aeiouy".contains(c);
    let size = word.chars().count();
    (1..=PIECE).contains(&size) && word.chars().all(is_consonant) && !SHORTENED.contains(&word)
}
