//! Blanks around the lines of a page that say nothing of where they were wrapped: one indent before all of them, as a quotation
//! or a console has it, and blanks behind them up to one width, as a terminal or a table pads them.

use super::row::{Measure, Row};
use super::unit::BLANKS;

/// Lines narrower than this share of the widest, in percent, end where their text ends: no program wrapped them.
const NARROW: usize = 50;
/// Fewest narrow lines that tell of padding.
const FEWEST: usize = 3;
/// Share of them that blanks stand behind, in percent.
const MOST: usize = 90;

/// The rows of a page without its margins.
pub(super) fn without<'p>(rows: Vec<Row<'p>>, marker: Option<&str>) -> Vec<Row<'p>> {
    let margins = Margins::of(&rows);
    // Where characters were cut in two, each byte of a line counts.
    if margins.are_none() || rows.iter().any(|row| row.cut > 0) {
        return rows;
    }
    let bare = rows.iter().map(|row| margins.strip(row.text));
    bare.map(|text| Row::new(text, marker, 0)).collect()
}

/// The margins of a page.
#[derive(Debug, Default)]
struct Margins<'p> {
    /// Begins every line.
    indent: &'p str,
    /// Blanks stand behind the lines whatever their text.
    padded: bool,
}

impl<'p> Margins<'p> {
    fn of(rows: &[Row<'p>]) -> Self {
        let printed: Vec<&Row<'p>> = rows.iter().filter(|row| !row.is_blank()).collect();
        Self {
            indent: indent(&printed),
            padded: is_padded(&printed),
        }
    }

    /// True if there are none.
    fn are_none(&self) -> bool {
        self.indent.is_empty() && !self.padded
    }

    /// A line without them.
    fn strip(&self, line: &'p str) -> &'p str {
        let line = line.strip_prefix(self.indent).unwrap_or(line);
        if self.padded {
            line.trim_end_matches(BLANKS)
        } else {
            line
        }
    }
}

/// The blanks that all lines begin with.
fn indent<'p>(printed: &[&Row<'p>]) -> &'p str {
    let mut indents = printed.iter().map(|row| {
        let start = row.text.len() - row.text.trim_start().len();
        &row.text[..start]
    });
    let first = indents.next().unwrap_or_default();
    indents.fold(first, |common, other| {
        let same = common
            .chars()
            .zip(other.chars())
            .take_while(|(a, b)| a == b);
        &common[..same.map(|(blank, _)| blank.len_utf8()).sum()]
    })
}

fn is_padded(printed: &[&Row<'_>]) -> bool {
    let width = |row: &Row<'_>| row.bare_size(Measure::Columns);
    let widest = printed.iter().map(|row| width(row)).max().unwrap_or(0);
    let narrow = printed
        .iter()
        .filter(|row| width(row) * 100 < widest * NARROW);
    let (mut count, mut trailing) = (0, 0);
    for row in narrow {
        count += 1;
        trailing += usize::from(row.trails());
    }
    count >= FEWEST && trailing * 100 >= count * MOST
}
