//! From a text to its words, each with its place: runs of letters and digits, and single ideographs.

use unicode_normalization::char::is_combining_mark;

use super::fold::{fold, is_ignorable, is_unspaced, simplified};

/// The longest word that is kept, in bytes of its folded form. Longer ones are cut: nobody types them.
const LONGEST: usize = 60;
/// The most parts of a word with hyphens that are also read as one.
const MOST_JOINED: usize = 4;

/// Text between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// A hyphen and nothing else.
    Hyphen,
    /// An apostrophe and nothing else.
    Apostrophe,
    /// Nothing: the script changes, or one ideograph follows another.
    Nothing,
    /// Anything else, or the text begins.
    Gap,
}

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its folded form.
    pub text: String,
    /// Its place in the text, in bytes.
    pub range: std::ops::Range<usize>,
    /// True if it is an ideograph or kana: one character of a text without blanks.
    pub unspaced: bool,
    /// The same with the signs that belong to a name: `c++`, `c#`, `.net`.
    pub named: Option<String>,
    /// Text before it.
    pub before: Before,
}

impl Word {
    /// Its place in the text with the signs that belong to its name.
    #[must_use]
    pub fn named_range(&self) -> std::ops::Range<usize> {
        let signs = |sign: char| {
            let named = self.named.as_deref().unwrap_or_default();
            named.chars().filter(|c| *c == sign).count()
        };
        self.range.start - signs('.')..self.range.end + signs('+') + signs('#')
    }
}

/// The words of a text, in order.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let mut reader = Reader {
        text,
        found: Vec::with_capacity(text.len() / 6),
        end: 0,
    };
    let mut chars = text.char_indices().peekable();
    while let Some((from, c)) = chars.next() {
        if is_unspaced(c) {
            reader.ideograph(c, from);
        } else if c.is_alphanumeric() {
            let mut to = from + c.len_utf8();
            while let Some((_, c)) = chars.next_if(|(_, c)| continues(*c)) {
                to += c.len_utf8();
            }
            reader.run(from, to);
        }
    }
    reader.found
}

fn continues(c: char) -> bool {
    !is_unspaced(c) && c.is_alphanumeric() || is_combining_mark(c) || is_ignorable(c)
}

struct Reader<'a> {
    text: &'a str,
    found: Vec<Word>,
    /// End of the last word.
    end: usize,
}

impl Reader<'_> {
    fn ideograph(&mut self, c: char, from: usize) {
        let to = from + c.len_utf8();
        // Compatibility ideographs and halfwidth kana have another form.
        let text = match c {
            '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9d}' => fold(&self.text[from..to]),
            c => simplified(c).to_string(),
        };
        self.push(text, from..to, true, None);
    }

    /// A run of letters and digits; folding may part it where a sign stood for several characters.
    fn run(&mut self, from: usize, to: usize) {
        let folded = fold(&self.text[from..to]);
        if !folded.is_empty() && folded.chars().all(char::is_alphanumeric) {
            let named = self.named(&folded, from, to);
            return self.push(folded, from..to, false, named);
        }
        for part in folded.split(|c: char| !c.is_alphanumeric()) {
            if !part.is_empty() {
                self.push(part.to_owned(), from..to, false, None);
            }
        }
    }

    fn push(
        &mut self,
        mut text: String,
        range: std::ops::Range<usize>,
        unspaced: bool,
        named: Option<String>,
    ) {
        if text.len() > LONGEST {
            text.truncate(text.floor_char_boundary(LONGEST));
        }
        let before = self.before(range.start);
        self.end = self.end.max(range.end);
        self.found.push(Word {
            text,
            range,
            unspaced,
            named,
            before,
        });
    }

    fn before(&self, from: usize) -> Before {
        if self.found.is_empty() {
            return Before::Gap;
        }
        match self.text.get(self.end..from) {
            None | Some("") => Before::Nothing,
            Some("-" | "\u{2010}" | "\u{2011}" | "\u{fe63}" | "\u{ff0d}") => Before::Hyphen,
            Some("'" | "\u{2019}" | "\u{2018}" | "\u{2bc}" | "\u{b4}" | "`" | "\u{ff07}") => {
                Before::Apostrophe
            }
            Some(_) => Before::Gap,
        }
    }

    /// Names of programming whose signs tell them apart.
    fn named(&self, folded: &str, from: usize, to: usize) -> Option<String> {
        let after = &self.text[to..];
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric());
        if let Some(rest) = after.strip_prefix("++").filter(|rest| ends(rest)) {
            return (!rest.starts_with('+') && folded.len() <= 12).then(|| format!("{folded}++"));
        }
        if after.strip_prefix('#').is_some_and(ends) && folded.len() <= 2 {
            return Some(format!("{folded}#"));
        }
        let before = self.text[..from].strip_suffix('.')?;
        let begins = !before.ends_with(|c: char| c.is_alphanumeric() || c == '.');
        (begins && folded == "net").then(|| ".net".to_owned())
    }
}

/// The forms in which some words are written as one: those between hyphens whole and pair by pair, and short endings behind
/// an apostrophe. Each comes with the first word that it stands for, and how many these are.
#[must_use]
pub fn joined(words: &[Word]) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < words.len() {
        let mut to = from + 1;
        while words.get(to).is_some_and(|word| is_linked(words, to, word)) {
            to += 1;
        }
        if to - from > 1 {
            push_joined(&mut found, words, from, to);
        }
        from = to;
    }
    found
}

fn is_linked(words: &[Word], at: usize, word: &Word) -> bool {
    match word.before {
        Before::Hyphen => !word.unspaced && !words[at - 1].unspaced,
        Before::Apostrophe => !is_elided(&words[at - 1].text) && word.text.len() <= 2,
        Before::Nothing | Before::Gap => false,
    }
}

fn push_joined(found: &mut Vec<(usize, usize, String)>, words: &[Word], from: usize, to: usize) {
    let join = |from: usize, to: usize| {
        let parts = words[from..to].iter().map(|word| word.text.as_str());
        (from, to - from, parts.collect::<String>())
    };
    if to - from > 2 && to - from <= MOST_JOINED {
        found.push(join(from, to));
    }
    let pairs = (from..to - 1).map(|at| join(at, at + 2));
    found.extend(pairs);
    found.retain(|(_, _, text)| text.len() <= LONGEST);
}

/// True if a word is one that French puts before an apostrophe: it says nothing by itself.
#[must_use]
pub fn is_elided(word: &str) -> bool {
    matches!(
        word,
        "l" | "d"
            | "j"
            | "n"
            | "s"
            | "t"
            | "c"
            | "m"
            | "qu"
            | "jusqu"
            | "lorsqu"
            | "puisqu"
            | "quoiqu"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_and_single_ideographs() {
        for (text, expected) in [
            ("L’eau, COVID-19!", &["l", "eau", "covid", "19"][..]),
            ("ubuntu桌面", &["ubuntu", "桌", "面"]),
            ("C++ and .NET", &["c", "and", "net"]),
            ("½ cup", &["1", "2", "cup"]),
            ("e\u{301}te\u{301} naïve", &["ete", "naive"]),
            ("((\"", &[]),
            ("", &[]),
        ] {
            assert_eq!(texts(text), expected, "{text}");
        }
        assert_eq!(texts(&"é".repeat(500))[0].len(), LONGEST);
    }

    #[test]
    fn names_with_signs_are_told_apart() {
        let named = |text: &str| words(text)[0].named.clone();
        assert_eq!(named("C++"), Some("c++".to_owned()));
        assert_eq!(named("C#."), Some("c#".to_owned()));
        assert_eq!(named(".NET"), Some(".net".to_owned()));
        for plain in ["a+++", "C", "#tag", "asp.net", "issue#12"] {
            assert_eq!(named(plain), None, "{plain}");
        }
    }

    #[test]
    fn a_word_knows_where_it_stands_and_a_compound_is_read_as_one_too() {
        let found = words("x COVID-19");
        assert_eq!(found[2].range, 8..10);
        assert_eq!(joined(&found), [(1, 2, "covid19".to_owned())]);
        assert_eq!(joined(&words("don't")), [(0, 2, "dont".to_owned())]);
        assert!(joined(&words("l'eau, a b")).is_empty());
        assert_eq!(words("a C++ b")[1].named_range(), 2..5);
        assert_eq!(words("a .NET")[1].named_range(), 2..6);
        let three = joined(&words("up-to-date"));
        assert!(three.contains(&(0, 3, "uptodate".to_owned())) && three.len() == 3);
    }
}
