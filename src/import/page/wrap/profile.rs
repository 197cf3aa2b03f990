//! Finds the width and the way of wrapping of a page.

use std::cell::OnceCell;

use super::row::{MEASURES, Measure, Row};
use super::unit::{CLOSING, OPENING, hung, is_unspaced, unit};
use super::words::Words;

/// Widths, in any measure, between which a page can be wrapped.
const WIDTHS: std::ops::RangeInclusive<usize> = 30..=180;
/// Characters from which a line that its sentence goes beyond is seldom a label, a name or a verse.
const SENTENCE: usize = 60;
/// Points that tell a wrapped page.
const ENOUGH: f64 = 3.0;

/// Lines that end at one column by chance less often than in one page of a hundred.
const EVEN: usize = 4;

/// Places at which lines are broken.
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

/// The way in which a page was wrapped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wrap {
    pub(super) measure: Measure,
    pub(super) width: usize,
    pub(super) breaks: Break,
    /// Nearly all its full lines reach the last column, most of them between ideographs, so words were cut as well.
    pub(super) exact: bool,
    /// Paragraphs end where sentences do more often than sentences end within a line.
    pub(super) brief: bool,
}

/// The evidence of a page's lines for a wrap and against it.
#[derive(Debug, Default)]
struct Evidence {
    points: f64,
    against: f64,
    full: usize,
    exact: usize,
    /// Full lines that are broken between two ideographs.
    unspaced: usize,
    /// Full lines that are broken between two digits.
    numbers: usize,
    /// Full lines that are broken behind a blank, or within a character.
    kept: usize,
    /// Full lines that take all columns.
    filled: usize,
}

impl Evidence {
    /// True if the lines are broken at the last column.
    const fn is_exact(&self) -> bool {
        self.full > 0 && self.exact * 5 >= self.full * 4
    }

    /// True if all lines end at the same column, which those of whole words do not.
    fn is_even(&self) -> bool {
        self.against == 0.0 && self.full >= EVEN && self.filled * 5 >= self.full * 4
    }
}

/// A page, as a wrap is told from it.
struct Printed<'r, 'p> {
    rows: &'r [Row<'p>],
    /// Each row with the next where neither is blank.
    pairs: Vec<(&'r Row<'p>, &'r Row<'p>)>,
    words: OnceCell<Words>,
    /// Rows were filled to one length.
    filled: bool,
    /// Line ends stand within characters.
    cuts_characters: bool,
}

/// The wrap that explains the page's lines best; none when the page was not wrapped.
pub(super) fn find(rows: &[Row<'_>]) -> Option<Wrap> {
    let page = Printed::of(rows);
    let mut best: Option<(f64, Wrap, Evidence)> = None;
    for measure in MEASURES {
        for (breaks, handicap) in BREAKS {
            let wrap = width(rows, measure, breaks).map(|width| Wrap::new(measure, width, breaks));
            let Some((merit, wrap, evidence)) = wrap.and_then(|wrap| page.weigh(wrap)) else {
                continue;
            };
            let merit = merit - handicap;
            if best.as_ref().is_none_or(|(most, ..)| merit > *most) {
                best = Some((merit, wrap, evidence));
            }
        }
    }
    let (_, mut wrap, evidence) = best?;
    wrap.brief = wrap.is_brief(&page.pairs);
    (evidence.points >= ENOUGH && evidence.points >= 2.0 * evidence.against).then_some(wrap)
}

impl<'r, 'p> Printed<'r, 'p> {
    fn of(rows: &'r [Row<'p>]) -> Self {
        let pairs = rows.windows(2).map(|pair| (&pair[0], &pair[1]));
        Self {
            pairs: pairs
                .filter(|(row, next)| !row.is_blank() && !next.is_blank())
                .collect(),
            words: OnceCell::new(),
            rows,
            filled: rows.iter().any(Row::is_filled),
            cuts_characters: rows.iter().any(|row| row.cut > 0),
        }
    }

    /// The points of the wrap, and its evidence; none where it cannot be.
    fn weigh(&self, mut wrap: Wrap) -> Option<(f64, Wrap, Evidence)> {
        let evidence = wrap.weigh(&self.pairs);
        let ideographs = evidence.unspaced * 2 > evidence.full;
        let torn = self.is_torn(&wrap, &evidence);
        wrap.exact = torn && ideographs;
        let possible = match wrap.breaks {
            Break::KeptBlank => evidence.kept > 0,
            Break::Anywhere => torn,
            Break::Sign | Break::Hang => evidence.unspaced > 0,
            Break::Word | Break::Even => true,
        };
        let weight = match wrap.breaks {
            Break::Even => 0.8,
            // Words that are cut in lines of one length have no other explanation.
            Break::Anywhere if !ideographs => 2.0,
            _ => 1.0,
        };
        let merit = evidence.points * weight - 2.0 * evidence.against;
        possible.then_some((merit, wrap, evidence))
    }

    /// True if the lines are broken at the last column, in words too. Where the words do not tell, lines of ideographs are
    /// taken to be, and others where all end at one column.
    fn is_torn(&self, wrap: &Wrap, evidence: &Evidence) -> bool {
        let ideographs = evidence.unspaced * 2 > evidence.full;
        let cut = evidence.unspaced + evidence.numbers > 0 && !self.cuts_characters;
        let is_measure = wrap.measure != Measure::EastAsianColumns;
        let even = || evidence.is_even() && is_measure && !self.filled;
        let words = || self.words.get_or_init(|| Words::of(self.rows));
        let torn = || words().are_torn(&self.pairs, |row| wrap.is_exact(row));
        evidence.is_exact() && torn().unwrap_or_else(|| ideographs || cut || even())
    }
}

/// Rows of text that break off within a sentence near the width of a page, from which it may have been wrapped.
const BROKEN: usize = 4;

/// The width of a page whose text breaks off at one, although no wrap explains its lines.
pub(super) fn doubtful_width(rows: &[Row<'_>]) -> Option<usize> {
    let width = width(rows, Measure::Characters, Break::Word)?;
    let is_broken = |pair: &&[Row<'_>]| {
        let (row, next) = (&pair[0], &pair[1]);
        let size = row.bare_size(Measure::Characters);
        !row.is_blank() && !next.is_blank() && row.goes_on(next) && size * 4 >= width * 3
    };
    (rows.windows(2).filter(is_broken).count() >= BROKEN).then_some(width)
}

/// The size of the longest line that could be wrapped, where it can be the width of a page; none for signs that hang over
/// the margin where none does.
fn width(rows: &[Row<'_>], measure: Measure, breaks: Break) -> Option<usize> {
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
    const fn new(measure: Measure, width: usize, breaks: Break) -> Self {
        Self {
            measure,
            width,
            breaks,
            exact: false,
            brief: false,
        }
    }

    /// True if the row reaches the last column.
    fn is_exact(&self, row: &Row<'_>) -> bool {
        row.size(self.measure) >= self.width
    }

    /// The width, where neither blanks nor words that were cut tell which lines go on.
    pub(super) const fn guessed_width(&self) -> Option<usize> {
        match self.breaks {
            Break::KeptBlank | Break::Anywhere => None,
            Break::Word | Break::Sign | Break::Hang | Break::Even => Some(self.width),
        }
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
        evidence.filled += usize::from(self.is_exact(row));
        evidence.numbers += usize::from(full && next.ends_number(row));
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
            () if ideograph && full && !row.ends() => {
                2.0 + f64::from(u8::from(next.ends_sentence() || row.is_prose()))
            }
            () if full && row.bare.ends_with(OPENING) => 3.0,
            () if row.ends() => 0.0,
            () => 1.0,
        };
    }

    /// The weight of a line that is not full against the wrap.
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
            () if size * 5 >= self.width * 4 && !row.ends() => {
                let near = size * 20 >= self.width * 19 && row.is_unspaced(next);
                match near || row.is_prose() || self.moves_sign(row, next) {
                    true => 1.5,
                    false => 0.5,
                }
            }
            () => 0.0,
        }
    }

    /// True if the next row begins with a character that had room on this one, but not with the closing sign behind it.
    fn moves_sign(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        let unit = unit(next.text);
        let size = row.bare_size(self.measure) + self.measure.of(unit);
        size > self.width && unit.ends_with(CLOSING) && row.is_between_ideographs(next)
    }

    /// True if more paragraphs end with no blank line and no indent below them than sentences end within a line.
    fn is_brief(&self, pairs: &[(&Row<'_>, &Row<'_>)]) -> bool {
        let (mut ends, mut inner) = (0, 0);
        for (row, next) in pairs {
            inner += row.inner_sentences();
            let closes = row.closes_sentence() && row.bare_size(self.measure) >= *WIDTHS.start();
            let parted = self.is_full(row, next) || self.starts_anew(row, next);
            ends += usize::from(closes && !parted);
        }
        ends > inner
    }
}
