//! Joins the rows of a wrapped page that were one line, with the blank that stood between them.

use super::profile::{Break, Wrap};
use super::row::Row;
use super::unit::{BLANKS, CLOSING, hung, leading, unit, word};

/// The share of the width, in percent, from which a line whose sentence goes on below was broken for want of room.
const LONG: usize = 65;

impl Wrap {
    /// True if the two rows were one line. `goes_on` tells that the first is the rest of the row above it.
    pub(super) fn joins(&self, row: &Row<'_>, next: &Row<'_>, goes_on: bool) -> bool {
        let certain = self.keeps_blank(row) || self.cuts_caption(row, next);
        let continues = self.continues(row, next) || self.runs_on(row, next);
        let parted = || row.closes_sentence() && self.brief;
        let inside = goes_on && !row.ends_sentence() && !next.is_label() && !next.opens_copyright();
        continues && (certain || !(parted() || (!inside && next.is_barred(row))))
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

    /// True if the next row had no room on this one, so that the two may be one line.
    pub(super) fn continues(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        !row.is_blank()
            && !next.is_blank()
            && !self.starts_anew(row, next)
            && self.is_full(row, next)
    }

    pub(super) fn starts_anew(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        if self.keeps_blank(row) {
            next.text.starts_with("\u{3000}\u{3000}") || (next.bullet && next.starts_anew(row))
        } else {
            next.starts_anew(row)
        }
    }

    pub(super) const fn cuts_words(&self) -> bool {
        matches!(self.breaks, Break::KeptBlank | Break::Anywhere)
    }

    /// True if a closing sign never begins a line.
    pub(super) const fn keeps_signs(&self) -> bool {
        matches!(self.breaks, Break::Sign | Break::Hang)
    }

    pub(super) fn keeps_blank(&self, row: &Row<'_>) -> bool {
        self.breaks == Break::KeptBlank && row.trails()
    }

    pub(super) fn is_full(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
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

    /// True if a bracket that opens on this row closes on the next, before whose first word the row was broken at a blank.
    fn splits_brackets(&self, row: &Row<'_>, next: &Row<'_>) -> bool {
        let size = row.bare_size(self.measure);
        let room = match self.breaks {
            Break::Hang => hung(unit(next.text)),
            Break::Anywhere => leading(next.text.trim_start(), 1),
            _ => unit(next.text),
        };
        let moved = !next.text.starts_with(CLOSING)
            && size + self.measure.of(room) <= self.width
            && size + 1 + self.measure.of(word(next.text)) > self.width;
        moved && row.opens_bracket_of(next)
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
            _ if row.opens(next) => "",
            _ if self.splits_brackets(row, next) => " ",
            _ if row.is_between_ideographs(next) => "",
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
