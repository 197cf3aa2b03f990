//! Marks in a text what a query matched there. Everything else is escaped, so that the result is safe as HTML.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::parse::{Atom, Parsed};
use super::stems::Chain;
use super::words::{Before, Word, joined, words};
use crate::domain::language::LanguageTag;

/// Maximum number of fragments of a body, and the maximum bytes of each.
const FRAGMENTS: usize = 3;
const FRAGMENT_BYTES: usize = 240;
/// Length of a fragment before its first mark.
const BEFORE: usize = 60;
/// Runs of ideographs that are long are also marked by their pairs, where a text does not hold them whole.
const LONG_RUN: usize = 4;

/// Terms to mark in texts of one language.
#[derive(Debug, Default)]
pub struct Marker {
    terms: FxHashSet<String>,
    joined: FxHashSet<String>,
    prefixes: Vec<String>,
    phrases: Vec<Vec<String>>,
    runs: Vec<Vec<String>>,
    chain: Option<Chain>,
    /// Words that were looked at, and whether they are wanted: texts repeat them.
    known: FxHashMap<String, bool>,
}

impl Marker {
    /// A marker of what a query asks for.
    #[must_use]
    pub fn new(parsed: &Parsed, lang: &LanguageTag) -> Self {
        let chain = Chain::of(lang);
        let mut marker = Self {
            chain: Some(chain),
            ..Self::default()
        };
        for atom in parsed.positive() {
            marker.add(atom, chain);
        }
        marker
    }

    fn add(&mut self, atom: &Atom, chain: Chain) {
        let texts = |words: &[Word]| {
            words
                .iter()
                .map(|word| word.text.clone())
                .collect::<Vec<_>>()
        };
        match atom {
            Atom::Word(wanted) => {
                let named = wanted.word.named.clone();
                self.terms
                    .insert(named.unwrap_or_else(|| chain.term(&wanted.word.text)));
                self.joined.extend(wanted.joined.iter().cloned());
                self.joined.insert(wanted.word.text.clone());
            }
            Atom::Run(_, words) => self.runs.push(texts(words)),
            Atom::Phrase(words) => self.phrases.push(texts(words)),
            Atom::Prefix(prefix) | Atom::TitlePrefix(prefix) => self.prefixes.push(prefix.clone()),
            Atom::Title(words) if words.iter().any(|word| word.unspaced) => {
                self.phrases.push(texts(words))
            }
            Atom::Title(words) => {
                self.terms
                    .extend(words.iter().map(|word| chain.term(&word.text)));
            }
        }
    }

    /// The whole text with its marks; `None` where nothing matched.
    #[must_use]
    pub fn whole(&mut self, text: &str) -> Option<String> {
        let marks = self.marks(&words(text));
        (!marks.is_empty()).then(|| write(text, 0..text.len(), &marks))
    }

    /// The parts of a text with most marks, in the order of the text.
    #[must_use]
    pub fn fragments(&mut self, text: &str) -> Vec<String> {
        let words = words(text);
        let marks = self.marks(&words);
        let kinds = kinds(text, &marks);
        let mut windows: Vec<(u32, Range<usize>)> = Vec::with_capacity(marks.len());
        for (n, mark) in marks.iter().enumerate() {
            let window = window(text, &words, mark);
            let others = marks[n..].iter().zip(&kinds[n..]);
            let inside = others.take_while(|(other, _)| other.end <= window.end);
            let distinct = inside.fold(0, |all, (_, kind)| all | kind);
            windows.push((u64::count_ones(distinct), window));
        }
        windows.sort_by_key(|(count, window)| (std::cmp::Reverse(*count), window.start));
        let mut chosen: Vec<Range<usize>> = Vec::new();
        for (_, window) in windows {
            let apart =
                |other: &Range<usize>| window.end <= other.start || other.end <= window.start;
            if chosen.len() < FRAGMENTS && chosen.iter().all(apart) {
                chosen.push(window);
            }
        }
        chosen.sort_by_key(|window| window.start);
        chosen
            .into_iter()
            .map(|window| write(text, window, &marks))
            .collect()
    }

    /// Marked ranges, in order and apart.
    fn marks(&mut self, words: &[Word]) -> Vec<Range<usize>> {
        let mut marked = vec![false; words.len()];
        for (at, word) in words.iter().enumerate() {
            marked[at] = self.is_wanted(word);
        }
        for (from, count, text) in joined(words) {
            if self.joined.contains(&text) {
                marked[from..from + count].fill(true);
            }
        }
        for phrase in &self.phrases {
            mark_sequence(words, phrase, &mut marked);
        }
        for run in &self.runs {
            if !mark_sequence(words, run, &mut marked) && run.len() >= LONG_RUN {
                for pair in run.windows(2) {
                    mark_sequence(words, pair, &mut marked);
                }
            }
        }
        self.ranges(words, &marked)
    }

    fn ranges(&self, words: &[Word], marked: &[bool]) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for (word, _) in words.iter().zip(marked).filter(|(_, marked)| **marked) {
            let named = word.named.as_ref();
            let range = match named.is_some_and(|named| self.terms.contains(named)) {
                true => word.named_range(),
                false => word.range.clone(),
            };
            match ranges.last_mut() {
                Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
                _ => ranges.push(range),
            }
        }
        ranges
    }

    fn is_wanted(&mut self, word: &Word) -> bool {
        if word.unspaced {
            return false;
        }
        let named = word.named.as_ref();
        if named.is_some_and(|named| self.terms.contains(named)) {
            return true;
        }
        if let Some(known) = self.known.get(&word.text) {
            return *known;
        }
        let stem = self.chain.map(|chain| chain.term(&word.text));
        let mut prefixes = self.prefixes.iter();
        let is_wanted = stem.is_some_and(|stem| self.terms.contains(&stem))
            || prefixes.any(|prefix| word.text.starts_with(prefix));
        self.known.insert(word.text.clone(), is_wanted);
        is_wanted
    }
}

/// Marks every place where some words stand side by side; says whether there is one.
fn mark_sequence(words: &[Word], sequence: &[String], marked: &mut [bool]) -> bool {
    let mut found = false;
    if sequence.is_empty() {
        return false;
    }
    for from in 0..words.len().saturating_sub(sequence.len() - 1) {
        let stands = sequence
            .iter()
            .zip(&words[from..])
            .all(|(text, word)| *text == word.text);
        if stands {
            marked[from..from + sequence.len()].fill(true);
            found = true;
        }
    }
    found
}

/// One bit for each mark, the same for the same words. Beyond 64 words they share bits.
fn kinds(text: &str, marks: &[Range<usize>]) -> Vec<u64> {
    let mut known: FxHashMap<String, u32> = FxHashMap::default();
    let kinds = marks.iter().map(|mark| {
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        let number = *known
            .entry(text[mark.clone()].to_lowercase())
            .or_insert(next);
        1 << (number % u64::BITS)
    });
    kinds.collect()
}

/// The part of a line around a mark. It begins and ends between words, where there is such a place near.
fn window(text: &str, words: &[Word], mark: &Range<usize>) -> Range<usize> {
    let line = text[..mark.start].rfind('\n').map_or(0, |at| at + 1);
    let earliest = mark.start.saturating_sub(BEFORE);
    let start = if earliest <= line {
        line
    } else {
        beginning(text, words, earliest, mark.start)
    };
    let line = text[mark.end..].find('\n');
    let line = line.map_or(text.len(), |at| mark.end + at);
    let latest = (start + FRAGMENT_BYTES).max(mark.end);
    if line <= latest {
        return start..line;
    }
    let behind = words.partition_point(|word| word.range.start < mark.end);
    let ends = words[behind..].iter().map(|word| word.range.end);
    let last = ends.take_while(|end| *end <= latest).last();
    start..last.unwrap_or(mark.end)
}

/// The first place between words from here to a mark, in bytes; else the last one before, where it is near.
fn beginning(text: &str, words: &[Word], from: usize, mark: usize) -> usize {
    let first = words.partition_point(|word| word.range.start < from);
    let begins = |word: &&Word| word.unspaced || word.before == Before::Gap;
    let behind = words[first..]
        .iter()
        .take_while(|word| word.range.start <= mark);
    let before = words[..first].iter().rev();
    let before = before.take_while(|word| word.range.start + 2 * BEFORE > from);
    let mut places = behind.filter(begins).chain(before.filter(begins));
    let place = places.next().map(|word| word.range.start);
    place.unwrap_or_else(|| text.ceil_char_boundary(from))
}

fn write(text: &str, part: Range<usize>, marks: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(part.len() + 32);
    let mut at = part.start;
    for mark in marks
        .iter()
        .filter(|mark| mark.start >= part.start && mark.end <= part.end)
    {
        escape(&mut out, &text[at..mark.start]);
        out.push_str("<mark>");
        escape(&mut out, &text[mark.clone()]);
        out.push_str("</mark>");
        at = mark.end;
    }
    escape(&mut out, &text[at..part.end]);
    out
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;
    use super::*;

    fn mark(query: &str, lang: &str, text: &str) -> Option<String> {
        let lang = LanguageTag::parse(lang).unwrap();
        Marker::new(&parse(query), &lang).whole(text)
    }

    #[test]
    fn what_matched_is_marked_and_all_else_is_escaped() {
        for (query, lang, text, marked) in [
            (
                "quotas",
                "en",
                "A quota & <b>",
                "A <mark>quota</mark> &amp; &lt;b&gt;",
            ),
            ("donnees", "fr", "Les Données", "Les <mark>Données</mark>"),
            (
                "covid19",
                "en",
                "COVID-19 now",
                "<mark>COVID</mark>-<mark>19</mark> now",
            ),
            (
                "\"b c\"",
                "en",
                "c b c b",
                "c <mark>b</mark> <mark>c</mark> b",
            ),
            (
                "桌面",
                "zh",
                "Ubuntu桌面環境",
                "Ubuntu<mark>桌面</mark>環境",
            ),
            ("环境", "zh", "桌面環境", "桌面<mark>環境</mark>"),
            ("pub*", "en", "Publishers", "<mark>Publishers</mark>"),
            ("a -b", "en", "a b", "<mark>a</mark> b"),
            ("C++", "en", "C and C++.", "C and <mark>C++</mark>."),
            ("c#", "en", "In C#, not C", "In <mark>C#</mark>, not C"),
            (".net", "en", "On .NET", "On <mark>.NET</mark>"),
            ("title:pub*", "en", "Publishers", "<mark>Publishers</mark>"),
        ] {
            assert_eq!(mark(query, lang, text).as_deref(), Some(marked), "{query}");
        }
        assert_eq!(mark("x", "en", "nothing <mark>"), None);
    }

    #[test]
    fn fragments_begin_and_end_between_words() {
        let lang = LanguageTag::parse("en").unwrap();
        let links = "https://example.com/a/very/long/address/without/any/blank/in/it/at/all/";
        for text in [
            format!(
                "{}\u{a0}needle\u{a0}{}",
                "Übermäßig\u{a0}".repeat(30),
                "lang\u{a0}".repeat(90)
            ),
            format!(
                "{} ({links}needle) {}",
                "words ".repeat(30),
                "more—".repeat(90)
            ),
            format!(
                "{}-needle {}",
                "co-operative well-known ".repeat(9),
                "l’eau-de-vie ".repeat(60)
            ),
            format!("{}needle{}", "桌面环境".repeat(60), "桌面环境".repeat(60)),
        ] {
            let fragments = Marker::new(&parse("needle"), &lang).fragments(&text);
            let plain = fragments[0].replace("<mark>", "").replace("</mark>", "");
            let at = text.find(&plain).unwrap();
            let joins = |at: usize| {
                let (before, after) = (text[..at].chars().next_back(), text[at..].chars().next());
                let is_letter =
                    |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && c < '\u{3000}');
                is_letter(before) && is_letter(after)
            };
            assert!(!joins(at) && !joins(at + plain.len()), "{plain}");
            assert!(plain.len() <= FRAGMENT_BYTES + BEFORE, "{plain}");
        }
        let long = format!("{} needle", "syllable".repeat(200));
        let fragments = Marker::new(&parse("needle"), &lang).fragments(&long);
        assert!(fragments[0].ends_with("<mark>needle</mark>"));
    }

    #[test]
    fn fragments_are_parts_of_the_text_around_its_marks() {
        let text = format!(
            "{} needle here\n\nother {} end",
            "word ".repeat(100),
            "é".repeat(500)
        );
        let lang = LanguageTag::parse("en").unwrap();
        let fragments = Marker::new(&parse("needle other"), &lang).fragments(&text);
        assert_eq!(fragments.len(), 2);
        assert!(
            fragments[0].ends_with("<mark>needle</mark> here"),
            "{fragments:?}"
        );
        for fragment in fragments {
            let plain = fragment.replace("<mark>", "").replace("</mark>", "");
            assert!(text.contains(&plain), "{plain}");
        }
    }
}
