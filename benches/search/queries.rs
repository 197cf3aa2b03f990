//! Queries made from articles, by kinds: each from what somebody might remember of one article.

use std::collections::{HashMap, HashSet};

use masthead::domain::id::Id;
use masthead::domain::search::Document;
use masthead::search::fold::{fold, is_unspaced, simplified};
use masthead::search::words::{Before, Word, words};

use super::spellings::{elided, fullwidth, mixed, other_number, without_marks};

/// A kind of query in a language, and the mean reciprocal rank and recall at ten that are wanted.
pub(crate) struct Kind {
    pub(crate) lang: &'static str,
    pub(crate) name: &'static str,
    pub(crate) wanted: (f64, f64),
}

const fn kind(lang: &'static str, name: &'static str, mrr: f64, recall: f64) -> Kind {
    Kind {
        lang,
        name,
        wanted: (mrr, recall),
    }
}

pub(crate) const KINDS: [Kind; 28] = [
    kind("en", "title", 0.98, 0.99),
    kind("en", "few", 0.94, 0.98),
    kind("en", "body", 0.95, 0.98),
    kind("en", "typo", 0.76, 0.90),
    kind("en", "inflected", 0.95, 0.98),
    kind("en", "hyphen", 0.90, 0.95),
    kind("en", "joined", 0.80, 0.85),
    kind("en", "apostrophe", 0.95, 0.98),
    kind("en", "suggest", 0.95, 0.95),
    kind("fr", "title", 0.96, 0.99),
    kind("fr", "few", 0.94, 0.98),
    kind("fr", "body", 0.95, 0.98),
    kind("fr", "typo", 0.80, 0.93),
    kind("fr", "inflected", 0.93, 0.97),
    kind("fr", "no accents", 0.96, 0.98),
    kind("fr", "elided", 0.95, 0.98),
    kind("fr", "apostrophe", 0.95, 0.98),
    kind("fr", "hyphen", 0.90, 0.95),
    kind("fr", "suggest", 0.95, 0.95),
    kind("zh", "title", 0.96, 0.98),
    kind("zh", "parts", 0.90, 0.94),
    kind("zh", "body", 0.95, 0.98),
    kind("zh", "short", 0.85, 0.92),
    kind("zh", "traditional", 0.90, 0.95),
    kind("zh", "mixed", 0.82, 0.93),
    kind("zh", "fullwidth", 0.82, 0.93),
    kind("zh", "suggest", 0.95, 0.95),
    kind("en", "two words", 0.0, 0.0),
];

/// Number of suggestions that are asked for.
pub(crate) const OFFERED: usize = 10;

/// A query, and the article that it was made from.
pub(crate) struct Query {
    pub(crate) typed: String,
    pub(crate) expected: Id,
}

/// A sequence of numbers that is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

struct Maker<'a> {
    dice: Dice,
    /// The beginnings of the titles, each once.
    beginnings: HashSet<String>,
    /// Number of titles that hold a word.
    frequency: HashMap<String, usize>,
    only: &'a dyn Fn(&str, &str) -> bool,
}

/// Up to so many queries of a kind.
pub(crate) fn make(
    kind: &Kind,
    documents: &[Document],
    count: usize,
    only: &dyn Fn(&str, &str) -> bool,
) -> Vec<Query> {
    let own: Vec<&Document> = documents
        .iter()
        .filter(|one| one.lang.as_str() == kind.lang)
        .collect();
    let mut frequency: HashMap<String, usize> = HashMap::new();
    let mut titles: HashMap<String, usize> = HashMap::new();
    for document in &own {
        *titles.entry(fold(&document.title)).or_default() += 1;
        for word in words(&document.title) {
            *frequency.entry(word.text).or_default() += 1;
        }
    }
    let mut maker = Maker {
        dice: Dice(kind.name.len() as u64 * 977 + kind.lang.len() as u64),
        beginnings: own.iter().map(|one| beginning_of(&one.title)).collect(),
        frequency,
        only,
    };
    let mut found = Vec::new();
    if own.is_empty() {
        return found;
    }
    for _ in 0..count * 40 {
        if found.len() >= count {
            break;
        }
        let document = own[maker.dice.below(own.len())];
        if titles[&fold(&document.title)] > 1 {
            continue;
        }
        let typed = maker.query(kind, document);
        found.extend(typed.map(|typed| Query {
            typed,
            expected: document.id,
        }));
    }
    found
}

impl Maker<'_> {
    fn query(&mut self, kind: &Kind, document: &Document) -> Option<String> {
        let title = &document.title;
        match (kind.name, kind.lang) {
            ("title", "zh") => long_enough(without_marks(title), 8),
            ("title", _) => self.shuffled(title, |word| word.text.clone(), 3),
            ("few", _) => self.few(title),
            ("body", "zh") => {
                let length = 8 + self.dice.below(5);
                self.characters(&document.body, length, false)
            }
            ("short", _) => {
                let length = 4 + self.dice.below(2);
                self.characters(&document.body, length, true)
            }
            ("body", _) => self.run(&document.body, kind.lang),
            ("typo", _) => self.typo(title),
            ("inflected", _) => self.shuffled(title, |word| other_number(&word.text), 3),
            ("hyphen", _) => hyphenated(title, " ", self),
            ("joined", _) => hyphenated(title, "", self),
            ("apostrophe", _) => {
                let other = title
                    .replace('\'', "\u{1}")
                    .replace('’', "'")
                    .replace('\u{1}', "’");
                (other != *title).then(|| other.to_lowercase())
            }
            ("no accents", _) => {
                let typed = self.shuffled(title, |word| word.text.clone(), 3)?;
                (fold(title) != title.to_lowercase()).then_some(typed)
            }
            ("elided", _) => elided(title),
            ("parts", _) => self.parts(title),
            ("traditional", _) => {
                let typed = long_enough(without_marks(title), 8)?;
                let other: String = typed.chars().map(|c| self.traditional(c)).collect();
                (other != typed).then_some(other)
            }
            ("mixed", _) => mixed(title),
            ("fullwidth", _) => fullwidth(title),
            ("suggest", _) => self.beginning(title),
            ("two words", _) => self.two(title),
            _ => None,
        }
    }

    fn shuffled(
        &mut self,
        title: &str,
        form: impl Fn(&Word) -> String,
        fewest: usize,
    ) -> Option<String> {
        let mut texts: Vec<String> = words(title).iter().map(form).collect();
        for at in (1..texts.len()).rev() {
            texts.swap(at, self.dice.below(at + 1));
        }
        (texts.len() >= fewest).then(|| texts.join(" "))
    }

    /// Words of a title, the rarest first.
    fn rarest(&self, title: &str) -> Vec<String> {
        let mut texts: Vec<String> = words(title).into_iter().map(|word| word.text).collect();
        texts.sort();
        texts.dedup();
        texts.sort_by_key(|text| self.frequency.get(text).copied().unwrap_or(0));
        texts
    }

    fn few(&self, title: &str) -> Option<String> {
        let rare = self.rarest(title);
        (rare.len() >= 3).then(|| rare[..3].join(" "))
    }

    fn two(&mut self, title: &str) -> Option<String> {
        let rare = self.rarest(title);
        (rare.len() >= 2).then(|| format!("{} {}", rare[self.dice.below(rare.len())], rare[0]))
    }

    fn run(&mut self, body: &str, lang: &str) -> Option<String> {
        let words = words(body);
        let length = 4 + self.dice.below(3);
        let from = self.dice.below(words.len().checked_sub(length + 1)?);
        let typed = &body[words[from].range.start..words[from + length - 1].range.end];
        let plain = !typed.contains([
            '\n', '"', ':', '*', '(', ')', '.', ',', ';', '!', '?', '«', '»', '“',
        ]);
        (plain && (self.only)(typed, lang)).then(|| typed.to_owned())
    }

    fn characters(&mut self, body: &str, length: usize, start: bool) -> Option<String> {
        let clauses: Vec<&str> = body
            .split(|c: char| !is_unspaced(c))
            .filter(|clause| clause.chars().count() >= length)
            .collect();
        let clause = clauses.get(self.dice.below(clauses.len()))?;
        let chars: Vec<char> = clause.chars().collect();
        let from = if start {
            0
        } else {
            self.dice.below(chars.len() - length + 1)
        };
        let typed: String = chars[from..from + length].iter().collect();
        (self.only)(&typed, "zh").then_some(typed)
    }

    fn typo(&mut self, title: &str) -> Option<String> {
        let rare = self.rarest(title);
        let word = rare
            .first()
            .filter(|word| word.chars().count() >= 5 && word.is_ascii())?;
        let other = rare.get(1 + self.dice.below(rare.len().checked_sub(1)?))?;
        let mut letters: Vec<char> = word.chars().collect();
        let at = 1 + self.dice.below(letters.len() - 2);
        match self.dice.below(4) {
            0 => letters.swap(at, at + 1),
            1 => letters[at] = 'e',
            2 => letters.insert(at, letters[at]),
            _ => {
                letters.remove(at);
            }
        }
        let slip: String = letters.into_iter().collect();
        (slip != *word).then(|| format!("{slip} {other}"))
    }

    /// The first word and two or three letters of the second, or the first three or four characters of a title without blanks.
    /// Only beginnings of as many titles as are offered: the others cannot all be.
    fn beginning(&mut self, title: &str) -> Option<String> {
        let more = self.dice.below(2);
        let words = words(title);
        let typed = match words.as_slice() {
            [first, ..] if first.unspaced => {
                let start = title.chars().take(3 + more).collect();
                long_enough(start, 3 + more)?
            }
            [first, second, ..] => {
                let start: String = second.text.chars().take(2 + more).collect();
                format!("{} {start}", first.text)
            }
            _ => return None,
        };
        let start = beginning_of(&typed);
        let alike = self.beginnings.iter();
        let alike = alike
            .filter(|other| other.starts_with(&start))
            .take(OFFERED + 1);
        (alike.count() <= OFFERED).then_some(typed)
    }

    /// The two longest pieces of a title between its signs and Latin words, or the halves of the only one.
    fn parts(&mut self, title: &str) -> Option<String> {
        let mut runs: Vec<String> = title
            .split(|c: char| !is_unspaced(c))
            .map(str::to_owned)
            .filter(|run| run.chars().count() >= 3)
            .collect();
        runs.sort_by_key(|run| std::cmp::Reverse(run.chars().count()));
        if let [first, second, ..] = runs.as_slice() {
            return Some(match self.dice.below(2) {
                0 => format!("{first} {second}"),
                _ => format!("{second} {first}"),
            });
        }
        let longest = runs.first()?;
        let chars: Vec<char> = longest.chars().collect();
        if chars.len() < 10 {
            return None;
        }
        let length = chars.len() / 2;
        let (first, second): (String, String) = (
            chars[..length].iter().collect(),
            chars[length..].iter().collect(),
        );
        (length >= 3).then(|| format!("{second} {first}"))
    }

    fn traditional(&self, c: char) -> char {
        thread_local! {
            static FORMS: HashMap<char, char> = ('\u{4e00}'..='\u{9fff}')
                .filter(|c| simplified(*c) != *c)
                .map(|c| (simplified(c), c))
                .collect();
        }
        FORMS.with(|forms| forms.get(&c).copied().unwrap_or(c))
    }
}

/// Words by which a title begins, parted by blanks.
fn beginning_of(text: &str) -> String {
    let words = words(text);
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ")
}

fn long_enough(text: String, fewest: usize) -> Option<String> {
    (text.chars().count() >= fewest).then_some(text)
}

/// The title's words with something else between those that a hyphen joined.
fn hyphenated(title: &str, between: &str, maker: &Maker<'_>) -> Option<String> {
    let words = words(title);
    let at = words
        .iter()
        .position(|word| word.before == Before::Hyphen)?;
    let compound = format!("{}{between}{}", words[at - 1].text, words[at].text);
    let others = words
        .iter()
        .enumerate()
        .filter(|(n, _)| *n != at && *n != at - 1);
    let mut others: Vec<&Word> = others.map(|(_, word)| word).collect();
    others.sort_by_key(|word| maker.frequency.get(&word.text).copied().unwrap_or(0));
    let others: Vec<&str> = others
        .iter()
        .take(2)
        .map(|word| word.text.as_str())
        .collect();
    (!others.is_empty()).then(|| format!("{compound} {}", others.join(" ")))
}
