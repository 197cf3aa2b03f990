//! At which width, and how, a page was wrapped.

use super::row::{MEASURES, Measure, Row};
use super::unit::{BLANKS, CLOSING, hung, is_unspaced, leading, unit, word};
use super::words::Words;

/// Widths, in any measure, between which a page can be wrapped.
const WIDTHS: std::ops::RangeInclusive<usize> = 30..=180;
/// Characters from which a line that its sentence goes beyond is seldom a label, a name or a verse.
const SENTENCE: usize = 60;
/// Points that tell a wrapped page.
const ENOUGH: f64 = 3.0;
/// The share of the width, in percent, from which a line whose sentence goes on below was broken for want of room.
const LONG: usize = 65;

/// Where lines are broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    /// Behind the last blank, which stays at the line's end, as `fold -s` does.
    KeptBlank,
    /// At the last column, in words too.
    Anywhere,
    /// At a blank, which is dropped, or between two ideographs.
    Word,
    /// The same, with no closing sign at the start of a line and no opening one at its end.
    Sign,
    /// The same, but a closing sign that has no room stands behind the last column.
    Hang,
    /// Between words so that lines are of like length, as `fmt` does.
    Even,
}

/// In the order in which they are tried, with the points that a simpler explanation is ahead by.
const BREAKS: [(Break, f64); 6] = [
    (Break::KeptBlank, 0.0),
    (Break::Anywhere, 1.0),
    (Break::Word, 1.5),
    (Break::Sign, 4.0),
    (Break::Hang, 5.0),
    (Break::Even, 10.0),
];

/// How a page was wrapped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wrap {
    measure: Measure,
    width: usize,
    breaks: Break,
    /// Nearly all its full lines reach the last column, most of them between ideographs, so words were cut as well.
    exact: bool,
    /// Paragraphs end where sentences do more often than sentences end within a line.
    brief: bool,
}

/// What the lines of a page say for a wrap and against it.
#[derive(Debug, Default)]
struct Evidence {
    points: f64,
    against: f64,
    full: usize,
    exact: usize,
    /// Full lines that are broken between two ideographs.
    unspaced: usize,
    /// Full lines that are broken behind a blank, or within a character.
    kept: usize,
}

impl Evidence {
    /// Whether the lines are broken at the last column, in words too: a few lines of words may end there by chance.
    const fn is_exact(&self) -> bool {
        self.exact * 5 >= self.full * 4 && (self.unspaced > 0 || self.full >= 8)
    }
}

/// The wrap that explains the page's lines best; none when the page was not wrapped.
pub(super) fn find(rows: &[Row<'_>]) -> Option<Wrap> {
    let pairs: Vec<(&Row<'_>, &Row<'_>)> = rows
        .windows(2)
        .map(|pair| (&pair[0], &pair[1]))
        .filter(|(row, next)| !row.is_blank() && !next.is_blank())
        .collect();
    let words = Words::of(rows);
    let cuts_characters = rows.iter().any(|row| row.cut > 0);
    let mut best: Option<(f64, Wrap, Evidence)> = None;
    for measure in MEASURES {
        for (breaks, handicap) in BREAKS {
            let Some(width) = width(rows, measure, breaks) else {
                continue;
            };
            let mut wrap = Wrap {
                measure,
                width,
                breaks,
                exact: false,
                brief: false,
            };
            let evidence = wrap.weigh(&pairs);
            let ideographs = evidence.unspaced * 2 > evidence.full;
            let likely = ideographs || (evidence.unspaced > 0 && !cuts_characters);
            let torn = words.are_torn(&pairs, likely, |row| wrap.is_exact(row));
            wrap.exact = evidence.is_exact() && torn && ideographs;
            let possible = match breaks {
                Break::KeptBlank => evidence.kept > 0,
                Break::Anywhere => evidence.is_exact() && torn,
                Break::Sign | Break::Hang => evidence.unspaced > 0,
                Break::Word | Break::Even => true,
            };
            if !possible {
                continue;
            }
            let weight = match breaks {
                Break::Even => 0.8,
                // Words that are cut in lines of one length have no other explanation.
                Break::Anywhere if !ideographs => 2.0,
                _ => 1.0,
            };
            let merit = evidence.points * weight - 2.0 * evidence.against - handicap;
            if best.as_ref().is_none_or(|(most, ..)| merit > *most) {
                best = Some((merit, wrap, evidence));
            }
        }
    }
    let (_, mut wrap, evidence) = best?;
    wrap.brief = wrap.is_brief(&pairs);
    (evidence.points >= ENOUGH && evidence.points >= 2.0 * evidence.against).then_some(wrap)
}

<<<<<<< HEAD
/// The size of the longest line that could be wrapped, where it can be the width of a page; none for signs that hang over
/// the margin where none does.
fn width(rows: &[Row<'_>], measure: Measure, breaks: Break) -> Option<usize> {
=======
/// Rows of text that break off within a sentence near the width of a page, from which it may have been wrapped.
const BROKEN: usize = 4;

/// The width of a page whose text breaks off at one, although no wrap explains its lines.
pub(super) fn doubtful_width(rows: &[Row<'_>]) -> Option<usize> {
    let width = width(rows, Measure::Characters)?;
    let is_broken = |pair: &&[Row<'_>]| {
        let (row, next) = (&pair[0], &pair[1]);
        let size = row.bare_size(Measure::Characters);
        !row.is_blank() && !next.is_blank() && row.goes_on(next) && size * 4 >= width * 3
    };
    (rows.windows(2).filter(is_broken).count() >= BROKEN).then_some(width)
}

/// The size of the longest line that could be wrapped, where it can be the width of a page.
fn width(rows: &[Row<'_>], measure: Measure) -> Option<usize> {
>>>>>>> w9
    let cut = rows.iter().filter(|row| row.cut > 0);
    let cut = cut.map(|row| row.size(Measure::Bytes)).max();
    let longest =
        |of: &dyn Fn(&Row<'_>) -> usize| rows.iter().filter(|row| row.can_wrap()).map(of).max();
    let width = match (cut, measure) {
        (Some(width), Measure::Bytes) => width,
        (Some(_), _) => return None,
        (None, _) => {
            let printed = longest(&|row| row.size(measure)).unwrap_or(0);
            match breaks {
                Break::Hang => longest(&|row| measure.of(hung(row.bare)))
                    .filter(|width| *width < printed && printed <= *WIDTHS.end())?,
                _ => printed,
            }
        }
    };
    WIDTHS.contains(&width).then_some(width)
}

impl Wrap {
<<<<<<< HEAD
    /// True if the row reaches the last column.
    fn is_exact(&self, row: &Row<'_>) -> bool {
        row.size(self.measure) >= self.width
=======
    /// The width, where neither blanks nor words that were cut tell which lines go on.
    pub(super) const fn guessed_width(&self) -> Option<usize> {
        match self.breaks {
            Break::KeptBlank | Break::Anywhere => None,
            Break::Word | Break::Sign | Break::Even => Some(self.width),
        }
>>>>>>> w9
    }

    fn weigh(&self, pairs: &[(&Row<'_>, &Row<'_>)]) -> Evidence {
        let mut evidence = Evidence::default();
        for (row, next) in pairs {
            if row.cut > 0 {
                evidence.points += ENOUGH;
                evidence.kept += 1;
            } else if self.continues(row, next) {
                self.weigh_full(&mut evidence, row, next);
            } else if !self.starts_anew(row, next) {
                evidence.against += self.doubt(row, next);
            }
        }
        evidence
    }

    fn weigh_full(&self, evidence: &mut Evidence, row: &Row<'_>, next: &Row<'_>) {
        let size = row.bare_size(self.measure);
        let near = size * 4 >= self.width * 3 || self.breaks == Break::Even;
        let kept = self.keeps_blank(row);
        if !near && !kept {
            return;
        }
        let full = size + 1 >= self.width;
        evidence.full += 1;
        evidence.kept += usize::from(kept);
        evidence.exact += usize::from(full);
        evidence.unspaced += usize::from(row.is_unspaced(next));
        if self.breaks == Break::Hang && size > self.width {
            evidence.points += 2.0;
        }
        let ideograph = row.bare.ends_with(is_unspaced);
        evidence.points += match () {
            () if kept => 4.0,
            () if next.is_barred(row) => 0.0,
            () if row.is_unspaced(next)
                && next.text.starts_with(CLOSING)
                && !self.keeps_signs() =>
            {
                4.0
            }
            () if full && row.goes_on(next) && self.cuts_words() => 3.0,
            () if full && next.ends_number(row) && self.cuts_words() => 3.0,
            () if row.goes_on(next) && size >= SENTENCE => 3.0,
            () if row.goes_on(next) => 2.0,
            () if ideograph && full && !row.ends() => 2.0 + f64::from(u8::from(next.ends())),
            () if row.ends() => 0.0,
            () => 1.0,
        };
    }

    /// What a line that is not full says against the wrap.
    fn doubt(&self, row: &Row<'_>, next: &Row<'_>) -> f64 {
        let size = row.bare_size(self.measure);
        let kept = self.breaks == Break::KeptBlank;
        match () {
            () if self.keeps_signs() && next.text.starts_with(CLOSING) => 1.5,
            () if kept && !row.trails() && size == self.width && !row.ends() => 1.5,
            () if row.goes_on(next)
                && !row.bullet
                && size > *WIDTHS.start()
                && !next.is_capital() =>
            {
                1.5
            }
            () if kept && row.trails() => 0.5,
            () if size * 5 >= self.width * 4 && !row.ends() => match row.is_prose() {
                true => 1.5,
                false => 0.5,
            },
            () => 0.0,
        }
    }

    /// Whether the first two of the rows were one line. `goes_on` tells that the first is the rest of the row above it.
    pub(super) fn joins(&self, rows: &[Row<'_>], goes_on: bool) -> bool {
        let [row, next, ..] = rows else {
            return false;
        };
        let certain = self.keeps_blank(row) || self.cuts_caption(row, next);
        let continues = self.continues(row, next) || self.runs_on(row, next);
        let parted = || row.closes_sentence() && self.brief;
        let inside = goes_on && !row.ends_sentence() && !next.is_label();
        continues && (certain || !(parted() || (!inside && next.is_barred(row))))
    }

    /// True if more paragraphs end without a blank line below them than sentences end within a line.
    fn is_brief(&self, pairs: &[(&Row<'_>, &Row<'_>)]) -> bool {
        let (mut ends, mut inner) = (0, 0);
        for (row, next) in pairs {
            inner += row.inner_sentences();
            let closes = row.closes_sentence() && row.bare_size(self.measure) >= *WIDTHS.start();
            ends += usize::from(closes && !self.is_full(row, next));
        }
        ends > inner
    }

    /// True if a sentence goes on from a long row to the next. Programs that make lines of like length leave more room than the
    /// next word needs.
    fn runs_on(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        let is_long = row.bare_size(self.measure) * 100 > self.width * LONG;
        let is_text = !row.is_blank() && !next.is_blank() && !row.bullet;
        let drops_blank = self.breaks != Break::KeptBlank;
        drops_blank && is_text && is_long && row.goes_on(next) && !self.starts_anew(row, next)
    }

    /// True if the row ends within a sentence at the last column, and the rest of it reads as a caption.
    fn cuts_caption(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        let full = row.size(self.measure) == self.width;
        self.cuts_words() && full && !row.ends() && row.is_unspaced(next) && next.is_caption()
    }

    /// Whether the next row had no room on this one, so that the two may be one line.
    fn continues(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        !row.is_blank()
            && !next.is_blank()
            && !self.starts_anew(row, next)
            && self.is_full(row, next)
    }

    fn starts_anew(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        if self.keeps_blank(row) {
            next.text.starts_with("\u{3000}\u{3000}") || (next.bullet && next.starts_anew(row))
        } else {
            next.starts_anew(row)
        }
    }

    const fn cuts_words(&self) -> bool {
        matches!(self.breaks, Break::KeptBlank | Break::Anywhere)
    }

    /// Whether a closing sign never begins a line.
    const fn keeps_signs(&self) -> bool {
        matches!(self.breaks, Break::Sign | Break::Hang)
    }

    fn keeps_blank(&self, row: &Row<'_>) -> bool {
        self.breaks == Break::KeptBlank && row.trails()
    }

    fn is_full(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        let size = row.bare_size(self.measure);
        let of = |text: &str| self.measure.of(text);
        let first = || of(leading(next.text.trim_start(), 1));
        let spaced = !row.is_unspaced(next);
        match self.breaks {
            Break::KeptBlank if row.trails() => {
                row.size(self.measure) + of(word(next.text)) + 1 > self.width
            }
            Break::KeptBlank => {
                let whole = !row.bare.trim_start().contains(BLANKS);
                row.size(self.measure) + of(leading(next.text, 1)) > self.width && whole
            }
            Break::Anywhere => {
                row.size(self.measure) + first() > self.width || self.splits_brackets(row, next)
            }
            Break::Even => {
                let least = if row.goes_on(next) { 65 } else { 90 };
                (size + usize::from(spaced) + of(unit(next.text))) * 100 > self.width * least
            }
            // A program may count the blank behind the word as well.
            Break::Word | Break::Sign | Break::Hang if spaced => {
                size + 1 + of(unit(next.text)) >= self.width
            }
            Break::Hang => size + of(hung(unit(next.text))) > self.width,
            Break::Sign if size + of(unit(next.text)) > self.width => true,
            Break::Word if size + of(hung(unit(next.text))) > self.width => true,
            Break::Word | Break::Sign => {
                size + first() > self.width || self.splits_brackets(row, next)
            }
        }
    }

    /// Whether a bracket that opens on this row closes on the next, before whose first word the row was broken.
    fn splits_brackets(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        let size = row.bare_size(self.measure);
        let moved = size + self.measure.of(hung(unit(next.text))) <= self.width
            && size + 1 + self.measure.of(word(next.text)) > self.width;
        let opens = |open: char, close: char| {
            let open = row.text.rfind(open);
            open.is_some_and(|at| !row.text[at..].contains(close)) && next.text.contains(close)
        };
        moved
            && [
                ('（', '）'),
                ('(', ')'),
                ('【', '】'),
                ('《', '》'),
                ('“', '”'),
            ]
            .iter()
            .any(|(open, close)| opens(*open, *close))
    }

    /// The text to put between two rows of one line.
    pub(super) fn between(&self, row: &Row<'_>, next: &Row<'_>) -> &'static str {
        let hyphen = row.bare.ends_with('-')
            && row
                .bare
                .trim_end_matches('-')
                .ends_with(char::is_alphabetic)
            && next.first().is_some_and(char::is_alphabetic);
        match self.breaks {
            Break::KeptBlank => "",
            Break::Word | Break::Sign | Break::Hang | Break::Even if hyphen => "",
            _ if row.is_between_ideographs(next) || row.opens(next) => "",
            _ if self.splits_brackets(row, next) => " ",
            Break::Anywhere if self.lost_blank(row, next) => " ",
            Break::Anywhere => "",
            _ if row.is_unspaced(next) || self.cuts_word(row, next) => "",
            _ => " ",
        }
    }

    /// True if a blank stood at the last column: the next character has room on the row.
    fn lost_blank(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        let first = self.measure.of(leading(next.text, 1));
        !row.is_unspaced(next) && !row.trails() && row.size(self.measure) + first <= self.width
    }

    /// True if a word was cut at the last column: one that has no room on any line, or any word where ideographs are cut so.
    fn cuts_word(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        if row.bare_size(self.measure) < self.width {
            return false;
        }
        let last = row.bare.rsplit(BLANKS).next().unwrap_or("");
        let whole = self.measure.of(last) + self.measure.of(word(next.text));
        self.exact || whole > self.width
    }
}
