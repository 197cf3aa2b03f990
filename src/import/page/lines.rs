//! The lines of a page, each with what can be told of it alone: its width, whether it is a list item, a paragraph of prose, or a
//! known piece of furniture.

use std::collections::{HashMap, HashSet};

use super::date::Stamp;
use super::text::key;

/// Lines wider than this are running text: labels, dates and bylines are not looked for in them.
pub(super) const SHORT: usize = 300;

/// Entries that make a line a menu, and words of one.
const ENTRIES: usize = 4;
const ENTRY_WORDS: usize = 3;

/// The effect of a line of furniture on the article around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Furniture {
    /// Share buttons, print and font size links, reading time, loading notes: passed over.
    Control,
    /// An advertisement mark.
    Advert,
    /// The head of a list of other articles.
    Related,
    /// A single link to another article, with its label.
    RelatedLink,
    /// A caption or a picture credit.
    Caption,
    /// A post of a social network, put into the text.
    Embed,
    /// The rest is for subscribers.
    Paywall,
    /// A call to subscribe, join, give or follow.
    Appeal,
    /// Cookie, script and browser notices.
    Notice,
    /// Nothing of the article comes after it: comments, disclaimers, an end mark, legal lines.
    End,
}

impl Furniture {
    /// True if the article may go on after it.
    pub(super) fn ends_article(self) -> bool {
        matches!(self, Self::End | Self::Paywall)
    }
}

/// One line that is not blank.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// The number of its first printed line, from 1.
    pub(super) number: usize,
    /// As printed, without the bullet and the outer white space; inner runs of white space still part columns.
    pub(super) raw: String,
    /// `raw` with every run of white space as one space.
    pub(super) text: String,
    /// Letters and digits only, in lower case: equal for two printings of the same words.
    pub(super) key: String,
    /// Stands in a list of links or of points.
    pub(super) bullet: bool,
    /// A blank line stands before it.
    pub(super) parted: bool,
    /// Begins with the two ideographic spaces of a Chinese paragraph.
    pub(super) indented: bool,
    /// Columns: a CJK character takes two.
    pub(super) width: usize,
    /// Reads like a paragraph of running text.
    pub(super) prose: bool,
    /// Ends like a sentence, long or short.
    pub(super) sentence: bool,
    /// The dates printed in it.
    pub(super) stamps: Vec<Stamp>,
    /// Prints who made the article, where it is from or when it appeared, and nothing else.
    pub(super) label: bool,
    /// The kind of page furniture that it is.
    pub(super) furniture: Option<Furniture>,
}

impl Line {
    /// True if labels and bylines may be looked for here.
    pub(super) fn short(&self) -> bool {
        self.width <= SHORT
    }

    /// Running text that is not page furniture.
    pub(super) fn is_body(&self) -> bool {
        self.prose && !self.bullet && self.furniture.is_none()
    }
}

/// The lines of a page, and how often each is printed.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) all: Vec<Line>,
    pub(super) counts: HashMap<String, usize>,
    /// The keys of the lines that the page prints as headings.
    pub(super) headings: HashSet<String>,
    /// The width at which the page was wrapped, where the ends of its lines are told by guess.
    pub(super) guessed_width: Option<usize>,
}

impl Lines {
    pub(super) fn push(&mut self, mut line: Line, parted: bool) {
        line.parted = parted;
        *self.counts.entry(line.key.clone()).or_default() += 1;
        self.all.push(line);
    }

    /// Number of times that the line is printed on the page.
    pub(super) fn count(&self, line: &Line) -> usize {
        self.counts.get(&line.key).copied().unwrap_or(0)
    }

    /// A row of menu entries, most of which the page prints alone as well.
    pub(super) fn is_menu(&self, line: &Line) -> bool {
        let words: Vec<&str> = line.text.split_whitespace().collect();
        let (mut at, mut entries, mut covered) = (0, 0, 0);
        while at < words.len() {
            let longest = (1..=ENTRY_WORDS.min(words.len() - at)).rev();
            let keys = longest.map(|count| (count, key(&words[at..at + count].concat())));
            let is_entry =
                |(_, key): &(usize, String)| *key != line.key && self.counts.contains_key(key);
            match keys.filter(|(_, key)| !key.is_empty()).find(is_entry) {
                Some((count, key)) => {
                    (at, entries, covered) = (at + count, entries + 1, covered + key.len());
                }
                None => at += 1,
            }
        }
        entries >= ENTRIES && covered * 5 >= line.key.len() * 3
    }
}
