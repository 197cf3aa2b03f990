//! One printed line of a page, measured.

use std::cell::OnceCell;

use unicode_width::UnicodeWidthChar;

use super::super::language::ends_open;
use super::super::lines::{Furniture, Line};
use super::super::read_line::{read_line, strip_bullet};
use super::unit::{BLANKS, CLOSING, OPENING, is_unspaced, unit};

/// Stands behind a character that a line end cut in two, once for each of its bytes before the line end.
pub(super) const CUT: char = '\u{1e}';

/// The units in which programs count the width of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Characters,
    /// Terminal columns: an ideograph takes two (Unicode Standard Annex 11).
    Columns,
    /// Terminal columns where ambiguous characters, such as `“`, take two as well.
    EastAsianColumns,
    Bytes,
}

/// In the order in which they are tried.
pub(super) const MEASURES: [Measure; 4] = [
    Measure::Characters,
    Measure::Columns,
    Measure::EastAsianColumns,
    Measure::Bytes,
];

impl Measure {
    /// The size of a text.
    pub(super) fn of(self, text: &str) -> usize {
        match self {
            Self::Characters => text.chars().count(),
            Self::Columns => text.chars().filter_map(UnicodeWidthChar::width).sum(),
            Self::EastAsianColumns => text.chars().filter_map(UnicodeWidthChar::width_cjk).sum(),
            Self::Bytes => text.len(),
        }
    }
}

/// A printed line.
#[derive(Debug)]
pub(super) struct Row<'p> {
    /// As printed.
    pub(super) text: &'p str,
    /// Without the blanks at its end.
    pub(super) bare: &'p str,
    /// Bytes of its last character that stand before the line end which cut it; the others stood on the next line.
    pub(super) cut: usize,
    /// Bytes of the last row's last character that stood on this one.
    before: usize,
    /// Columns before its first word.
    indent: usize,
    /// Columns before its text: behind the bullet, where it has one.
    hanging: usize,
    /// Begins with a bullet.
    pub(super) bullet: bool,
    /// Its reading as a line of its own.
    line: OnceCell<Option<Line>>,
}

/// Cuts a page into rows. A form feed and the separators of Unicode end a line too.
pub(super) fn cut<'p>(page: &'p str, marker: Option<&str>) -> Vec<Row<'p>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut rest = page;
    let mut before = 0;
    loop {
        let end = rest.find(['\n', '\r', '\u{2028}', '\u{2029}', '\u{c}', CUT]);
        let text = &rest[..end.unwrap_or(rest.len())];
        let mut row = Row::new(text, marker, before);
        before = 0;
        let Some(end) = end else {
            rows.push(row);
            return rows;
        };
        rest = &rest[end..];
        if rest.starts_with(CUT) {
            let bare = rest.trim_start_matches(CUT);
            row.cut = rest.len() - bare.len();
            before = text
                .chars()
                .last()
                .map_or(0, char::len_utf8)
                .saturating_sub(row.cut);
            rest = bare;
        } else {
            let line_end = rest.chars().next().map_or(0, char::len_utf8);
            rest = rest.strip_prefix("\r\n").unwrap_or(&rest[line_end..]);
        }
        rows.push(row);
    }
}

impl<'p> Row<'p> {
    pub(super) fn new(text: &'p str, marker: Option<&str>, before: usize) -> Self {
        let start = text.trim_start();
        let (bullet, item) = strip_bullet(start, marker);
        let columns = |rest: &str| Measure::Columns.of(&text[..text.len() - rest.len()]);
        Self {
            text,
            bare: text.trim_end_matches(BLANKS),
            cut: 0,
            before,
            indent: columns(start),
            hanging: columns(item),
            bullet,
            line: OnceCell::new(),
        }
    }

    /// True if nothing is printed on it.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Its size as printed, blanks at its end included.
    pub(super) fn size(&self, measure: Measure) -> usize {
        let size = measure.of(self.text);
        match measure {
            Measure::Bytes if self.cut > 0 => {
                let last = self.text.chars().last().map_or(0, char::len_utf8);
                (size + self.before + self.cut).saturating_sub(last)
            }
            Measure::Bytes => size + self.before,
            _ => size,
        }
    }

    /// Its size without the blanks at its end.
    pub(super) fn bare_size(&self, measure: Measure) -> usize {
        self.size(measure) - (self.text.len() - self.bare.len())
    }

    /// True if blanks stand at its end.
    pub(super) fn trails(&self) -> bool {
        self.bare.len() < self.text.len()
    }

    /// True if a program that wraps at words finds a place to wrap in it.
    pub(super) fn can_wrap(&self) -> bool {
        let text = self.text.trim();
        self.cut > 0 || text.contains(BLANKS) || unit(text).len() < text.len()
    }

    /// True if it cannot go on the line above: it is a list item, or stands further in.
    pub(super) fn starts_anew(&self, above: &Self) -> bool {
        let hanging = if above.bullet {
            above.hanging
        } else {
            above.indent
        };
        self.bullet || self.indent > hanging + 1
    }

    /// True if it ends like a sentence, a heading with a colon, or with nothing at all.
    pub(super) fn ends(&self) -> bool {
        let end = self.bare.trim_end_matches([
            '"', '”', '’', '»', '」', '』', '）', ')', ']', '】', ' ', '\u{a0}', '\u{202f}',
        ]);
        end.chars().last().is_none_or(|last| {
            matches!(
                last,
                '.' | '!' | '?' | '…' | '。' | '！' | '？' | '；' | ';' | ':' | '：' | '»'
            )
        })
    }

    /// True if it ends like a sentence, a credit in brackets behind it left aside.
    pub(super) fn ends_sentence(&self) -> bool {
        let credit = self.bare.ends_with(['）', ')']);
        let before = self.bare.rsplit_once(['（', '(']).filter(|_| credit);
        let before = before.is_some_and(|(text, _)| text.ends_with(['。', '！', '？']));
        before || self.ends()
    }

    /// True if it ends like a sentence, and nothing follows from it.
    pub(super) fn closes_sentence(&self) -> bool {
        self.ends_sentence() && !self.bare.ends_with([':', '：', ';', '；'])
    }

    /// True if the row ends within an address, or with a sign that the next word belongs to.
    pub(super) fn opens(&self, next: &Self) -> bool {
        let last = self.bare.rsplit(BLANKS).next().unwrap_or_default();
        let word = next
            .bare
            .trim_start()
            .split(BLANKS)
            .next()
            .unwrap_or_default();
        let is_address = last.contains("://") || last.contains('.');
        let cut = last.ends_with(['/', '-', '_', '=', '&', '?']);
        let goes_on = word.contains(|c: char| c.is_ascii_digit() || "-/_=&".contains(c));
        let before = last.trim_end_matches(OPENING);
        let is_quoted = before.is_empty() || before.ends_with(is_unspaced);
        matches!(last, "#" | "@" | "(" | "[")
            || (before.len() < last.len() && is_quoted)
            || (is_address && cut && goes_on)
    }

    /// True if blanks stand in it side by side, as in a row that was filled to a length.
    pub(super) fn is_filled(&self) -> bool {
        self.bare.trim_start().contains("  ")
    }

    /// True if a bracket that opens on this row closes on the next, and holds words with blanks between them, no sentence.
    pub(super) fn opens_bracket_of(&self, next: &Self) -> bool {
        BRACKETS.iter().any(|(open, close)| {
            let Some((_, head)) = self.text.rsplit_once(*open) else {
                return false;
            };
            let tail = next.text.split_once(*close).map(|(tail, _)| tail);
            tail.is_some_and(|tail| {
                let is_list =
                    !matches!(open, '《' | '“') || head.contains(BLANKS) || tail.contains(BLANKS);
                is_list && !head.contains(*close) && !(head.contains(STOPS) || tail.contains(STOPS))
            })
        })
    }

    /// True if two Chinese commas or full stops stand in it, as in running text.
    pub(super) fn is_prose(&self) -> bool {
        self.text.matches(['，', '。']).nth(1).is_some()
    }

    /// The sentences that end within the row.
    pub(super) fn inner_sentences(&self) -> usize {
        let mut count = 0;
        for (at, sign) in self.text.match_indices(['.', '!', '?', '。', '！', '？']) {
            let rest = self.text[at + sign.len()..]
                .trim_start_matches(['"', '”', '’', '»', ')', '\u{a0}']);
            let next = rest.trim_start().chars().next();
            let parted = sign.len() > 1 || rest.starts_with(BLANKS);
            count +=
                usize::from(parted && next.is_some_and(|c| !c.is_lowercase() && !c.is_numeric()));
        }
        count
    }

    /// True if it is a caption or the credit of a picture.
    pub(super) fn is_caption(&self) -> bool {
        self.line()
            .is_some_and(|line| line.furniture == Some(Furniture::Caption))
    }

    /// True if the words go on from this row to the next.
    pub(super) fn goes_on(&self, next: &Self) -> bool {
        let lower = next.first().is_some_and(char::is_lowercase);
        let quoted = self
            .bare
            .trim_end_matches(['"', '”', '’', '»', '」', '』', '\u{a0}']);
        (lower && !self.ends()) || quoted.ends_with([',', '，', '、'])
    }

    /// True if it begins with a capital letter.
    pub(super) fn is_capital(&self) -> bool {
        self.first().is_some_and(char::is_uppercase)
    }

    /// The first character that is no blank.
    pub(super) fn first(&self) -> Option<char> {
        self.text.trim_start().chars().next()
    }

    /// True if the script needs no blank between this row and the next.
    pub(super) fn is_unspaced(&self, next: &Self) -> bool {
        self.ends_unspaced() || next.starts_unspaced()
    }

    /// True if the row ends with an ideograph and the next begins with one, quotation marks left aside.
    pub(super) fn is_between_ideographs(&self, next: &Self) -> bool {
        self.ends_unspaced() && next.starts_unspaced()
    }

    fn ends_unspaced(&self) -> bool {
        self.bare.trim_end_matches(QUOTES).ends_with(is_unspaced)
    }

    fn starts_unspaced(&self) -> bool {
        let bare = self.text.trim_start().trim_start_matches(QUOTES);
        bare.starts_with(is_unspaced)
    }

    /// True if this row repeats the crumb above it, or reads as a label, a byline or a button of its own where the row above
    /// does not plainly go on.
    pub(super) fn is_barred(&self, above: &Self) -> bool {
        if self.repeats_crumb(above) {
            return true;
        }
        let sentence = !above.ends() && self.ends_sentence() && above.is_unspaced(self);
        let clings =
            self.text.starts_with(CLOSING) || self.text.starts_with('[') || self.ends_number(above);
        let credited = above.bare.ends_with([':', '：']) && self.is_caption();
        let named = above.ends_in_name() && self.is_caption() && self.begins_with_name();
        let opens = ends_open(above.bare) || above.bare.ends_with(OPENING);
        let open = opens || credited || named || (above.is_label() && self.is_label());
        let alone = !sentence && !clings && !open && self.reads_alone();
        !above.goes_on(self) && (alone || (self.opens_copyright() && !opens))
    }

    /// True if its last word is a name in capital letters behind a sentence, as photographers are named.
    fn ends_in_name(&self) -> bool {
        let last = self.bare.rsplit_once(BLANKS);
        last.is_some_and(|(before, last)| {
            is_capitals(last) && before.ends_with(['.', '!', '?', ','])
        })
    }

    fn begins_with_name(&self) -> bool {
        self.text.split(BLANKS).next().is_some_and(is_capitals)
    }

    /// True if it begins with a digit, and the row above ends with one.
    pub(super) fn ends_number(&self, above: &Self) -> bool {
        let is_digit = |c: char| c.is_ascii_digit();
        above.bare.ends_with(is_digit) && self.text.starts_with(is_digit)
    }

    /// True if it begins with the last crumb of the trail above, which programs shorten.
    fn repeats_crumb(&self, above: &Self) -> bool {
        let crumb = above.bare.rsplit_once(CRUMB_SIGNS);
        let crumb = crumb.map(|(_, crumb)| crumb.trim_matches(['.', '…', ' ']));
        crumb.is_some_and(|crumb| {
            crumb.chars().count() >= CRUMB && self.text.trim_start().starts_with(crumb)
        })
    }

    fn line(&self) -> Option<&Line> {
        let line = self.line.get_or_init(|| read_line(self.text, 0, None));
        line.as_ref()
    }

    /// True if it prints who made the article, where it is from or when it appeared.
    pub(super) fn is_label(&self) -> bool {
        self.line().is_some_and(|line| line.label)
    }

    /// True if it begins with the sign of a copyright.
    pub(super) fn opens_copyright(&self) -> bool {
        let mut text = self.text.trim_start().chars();
        let lead: String = text.by_ref().take(COPYRIGHT.len()).collect();
        lead.starts_with('©') || lead.eq_ignore_ascii_case(COPYRIGHT)
    }

    fn reads_alone(&self) -> bool {
        let line = self.line();
        line.is_some_and(|line| line.label || line.furniture.is_some())
    }
}

/// True if a word has three letters or more, all of them capitals.
fn is_capitals(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() >= 3 && !word.chars().any(char::is_lowercase)
}

/// Signs between the crumbs of a trail.
const CRUMB_SIGNS: [char; 4] = ['>', '›', '»', '/'];
/// Characters of a crumb that no other line begins with by chance.
const CRUMB: usize = 8;

/// Brackets that hold names, titles and remarks.
const BRACKETS: [(char, char); 5] = [
    ('（', '）'),
    ('(', ')'),
    ('【', '】'),
    ('《', '》'),
    ('“', '”'),
];
/// Signs within a sentence and at its end.
const STOPS: [char; 5] = ['，', '。', '！', '？', '；'];

/// The word that a copyright line begins with.
const COPYRIGHT: &str = "copyright";

/// Quotation marks that Chinese shares with the Latin script.
const QUOTES: [char; 4] = ['“', '”', '‘', '’'];
