//! A page cut into lines, each with what can be told of it alone: its width, whether it is a list item, a paragraph of prose, or a known piece of furniture.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::byline;
use super::date::{self, Stamp};
use super::furniture::{self, Furniture};
use super::language;
use super::wrap;

/// Lines wider than this are running text: labels, dates and bylines are not looked for in them.
pub(super) const SHORT: usize = 300;
/// From this width on a line can be a paragraph.
const PROSE: usize = 60;
/// A key tells lines apart well enough by this many letters.
const KEY_LETTERS: usize = 200;

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
    /// What kind of page furniture it is.
    pub(super) furniture: Option<Furniture>,
}

impl Line {
    /// Whether labels and bylines may be looked for here.
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
}

impl Lines {
    /// Cuts a page into its lines, those that were wrapped made whole. Byte order marks, zero-width spaces and control
    /// characters are left out; the rest is NFC.
    pub(super) fn read(text: &str) -> Self {
        let marker = bullet_marker(text);
        let mut page = Self::default();
        let mut parted = true;
        for printed in wrap::unwrap(text) {
            match read_line(&printed.text, printed.number, marker) {
                Some(line) => page.push(line, std::mem::take(&mut parted)),
                None => parted = true,
            }
        }
        page
    }

    fn push(&mut self, mut line: Line, parted: bool) {
        line.parted = parted;
        *self.counts.entry(line.key.clone()).or_default() += 1;
        self.all.push(line);
    }

    /// How often the line is printed on the page.
    pub(super) fn count(&self, line: &Line) -> usize {
        self.counts.get(&line.key).copied().unwrap_or(0)
    }
}

/// The sign that starts a list item on this page: a bullet, or, where many lines start so, an asterisk or a hyphen.
pub(super) fn bullet_marker(text: &str) -> Option<&'static str> {
    let opens = |sign: &str| {
        text.lines()
            .filter(|line| line.trim_start().starts_with(sign))
            .take(8)
            .count()
    };
    ["* ", "- "]
        .into_iter()
        .find(|sign| opens("•") == 0 && opens(sign) == 8)
}

/// Reads one line of a page; none when it is blank.
pub(super) fn read_line(printed: &str, number: usize, marker: Option<&str>) -> Option<Line> {
    let clean: String = printed.nfc().filter(|c| !is_dropped(*c)).collect();
    let indented = clean.starts_with("\u{3000}\u{3000}");
    let (bullet, raw) = strip_bullet(clean.trim(), marker);
    if raw.is_empty() {
        return None;
    }
    let text = fold(raw);
    let mut line = Line {
        number,
        key: key(&text),
        width: width(&text),
        raw: raw.to_owned(),
        text,
        bullet,
        indented,
        ..Line::default()
    };
    line.sentence = is_sentence(&line.text, line.width);
    line.prose = line.width >= PROSE
        && (line.sentence || is_long(&line))
        && language::is_running_text(&line.text);
    if line.short() {
        line.stamps = date::find(&line.text);
    }
    line.furniture = furniture::classify(&line);
    line.label = byline::is_label_line(&line);
    Some(line)
}

fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{fffd}'
    ) || (c.is_control() && c != '\t')
}

/// The text of a line without its bullet, and whether it has one.
pub(super) fn strip_bullet<'t>(line: &'t str, marker: Option<&str>) -> (bool, &'t str) {
    let signs = ['•', '▪', '●', '◦', '‣', '■', '\u{f0b7}'];
    let bare = line.trim_start_matches(|c: char| signs.contains(&c) || c.is_whitespace());
    if bare.len() < line.len() {
        return (true, bare);
    }
    match marker.and_then(|sign| line.strip_prefix(sign)) {
        Some(item) => (true, item.trim()),
        None => (false, line),
    }
}

/// White space folded to single spaces, none at the ends.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// Letters and digits in lower case.
pub(super) fn key(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .take(KEY_LETTERS)
        .flat_map(char::to_lowercase)
        .collect()
}

/// Columns of a text: a CJK character takes two.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// Whether the character is printed two columns wide.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3fffd}')
}

/// Whether the character is a Chinese ideograph.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3fffd}')
}

/// Whether ideographs carry the text.
pub(super) fn is_chinese(text: &str) -> bool {
    let (han, letters) = text.chars().take(400).fold((0, 0), |(han, letters), c| {
        (
            han + usize::from(is_han(c)),
            letters + usize::from(c.is_alphabetic()),
        )
    });
    han * 3 > letters
}

/// `（张三）` or `(AFP)` behind the last full stop is not part of the sentence.
fn without_signature(text: &str) -> &str {
    let text = text.strip_suffix("Enditem").map_or(text, str::trim_end);
    let open = text
        .rfind(['（', '('])
        .filter(|open| text.ends_with(['）', ')']) && text.len() - open <= 60 && *open > 0);
    open.map_or(text, |open| text[..open].trim_end())
}

fn is_sentence(text: &str, width: usize) -> bool {
    let text = without_signature(text);
    let ended = text.trim_end_matches([
        '"', '”', '’', '»', '」', '』', '）', ')', ']', '】', '*', ' ', '\u{a0}',
    ]);
    let closes = ended.ends_with(['.', '!', '?', '…', '。', '！', '？', '；', ';'])
        || (ended.len() < text.len() && text.ends_with(['»', '”', '"']));
    if is_chinese(text) {
        return closes && width >= 8;
    }
    closes
        && !ended.ends_with("...")
        && text.split_whitespace().nth(3).is_some()
        && language::has_function_word(text)
}

/// A line this long is running text even when it ends without a full stop.
fn is_long(line: &Line) -> bool {
    match is_chinese(&line.text) {
        true => line.width >= 120 && line.text.contains(['，', '。']),
        false => line.width >= 200,
    }
}
