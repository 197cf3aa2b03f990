//! Facts about a Markdown text that its events do not carry: the numbers of footnotes, and cells under no heading.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The extensions of CommonMark that are read; [`super::markdown_write`] relies on them too.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
}

/// Tables are widened up to this many cells; in larger ones cells under no heading are left out.
const MAX_CELLS: usize = 50_000;

/// The result of a first pass over a text.
#[derive(Default)]
pub(super) struct Survey {
    notes: HashMap<String, usize>,
    referenced: usize,
    /// Texts to insert into the source, each with its place, in order.
    insertions: Vec<(usize, String)>,
    /// Cells under no heading that get one.
    pub(super) widened: usize,
    /// Cells under no heading that are left out, and the first of them.
    pub(super) lost: Option<(usize, String)>,
}

impl Survey {
    pub(super) fn of(markdown: &str) -> Self {
        let mut survey = Self::default();
        if !markdown.contains("[^") && !markdown.contains('|') {
            return survey;
        }
        let mut definitions = Vec::new();
        let mut table = None;
        for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
            match event {
                Event::FootnoteReference(name) => survey.number(&name),
                Event::Start(Tag::FootnoteDefinition(name)) => definitions.push(name),
                Event::Start(Tag::Table(columns)) => table = Some(Grid::new(columns.len())),
                Event::End(TagEnd::Table) => {
                    if let Some(table) = table.take() {
                        survey.widen(markdown, &table);
                    }
                }
                event => {
                    if let Some(table) = &mut table {
                        table.event(markdown, &event, range);
                    }
                }
            }
        }
        survey.referenced = survey.notes.len();
        definitions.iter().for_each(|name| survey.number(name));
        survey
    }

    fn number(&mut self, name: &str) {
        let next = self.notes.len() + 1;
        self.notes.entry(name.to_lowercase()).or_insert(next);
    }

    /// The number of a footnote, and whether a text refers to it.
    pub(super) fn note(&self, name: &str) -> (usize, bool) {
        let number = self.notes.get(&name.to_lowercase()).copied().unwrap_or(0);
        (number, number <= self.referenced)
    }

    /// The text with a heading for each cell; `None` where nothing is missing.
    pub(super) fn completed(&self, markdown: &str) -> Option<String> {
        let mut out = String::new();
        let mut written = 0;
        for (at, text) in &self.insertions {
            out.push_str(&markdown[written..*at]);
            out.push_str(text);
            written = *at;
        }
        (written > 0).then(|| out + &markdown[written..])
    }

    fn widen(&mut self, markdown: &str, table: &Grid) {
        if table.excess == 0 {
            return;
        }
        let ends = table.head_ends(markdown);
        match ends.filter(|_| (table.columns + table.excess) * table.rows <= MAX_CELLS) {
            Some(ends) => {
                self.widened += table.cells;
                for (end, cell) in ends.into_iter().zip([" ", "-"]) {
                    let is_closed = markdown[..end].ends_with('|');
                    let first = if is_closed { "" } else { "|" };
                    let text = format!("{first}{}", format!("{cell}|").repeat(table.excess));
                    self.insertions.push((end, text));
                }
            }
            None => {
                let lost = self.lost.get_or_insert((0, table.sample.clone()));
                lost.0 += table.cells;
            }
        }
    }
}

/// A table while its rows are counted.
struct Grid {
    columns: usize,
    rows: usize,
    head: Range<usize>,
    row: Range<usize>,
    /// The end of the last cell that has a heading.
    last: usize,
    /// The most cells of one row that have no heading.
    excess: usize,
    /// All cells that have none, and the text of the first.
    cells: usize,
    sample: String,
}

impl Grid {
    const fn new(columns: usize) -> Self {
        Self {
            columns,
            rows: 0,
            head: 0..0,
            row: 0..0,
            last: 0,
            excess: 0,
            cells: 0,
            sample: String::new(),
        }
    }

    fn event(&mut self, markdown: &str, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(Tag::TableHead) => self.head = range,
            Event::Start(Tag::TableRow) => self.row = range,
            Event::End(TagEnd::TableCell) => self.last = range.end,
            Event::End(TagEnd::TableRow) => {
                self.rows += 1;
                let rest = markdown.get(self.last..self.row.end).unwrap_or("");
                self.count(rest.trim());
            }
            _ => {}
        }
    }

    /// Counts the cells behind the last one that has a heading.
    fn count(&mut self, rest: &str) {
        let rest = rest.strip_prefix('|').unwrap_or(rest).trim();
        if rest.is_empty() {
            return;
        }
        let parts = rest.strip_suffix('|').unwrap_or(rest);
        let escaped = parts.matches("\\|").count();
        let cells = parts.matches('|').count() - escaped + 1;
        self.excess = self.excess.max(cells);
        self.cells += cells;
        if self.sample.is_empty() {
            self.sample = parts.trim().to_owned();
        }
    }

    /// The ends of the row of headings and of the row of dashes below it.
    fn head_ends(&self, markdown: &str) -> Option<[usize; 2]> {
        let head = markdown.get(self.head.clone())?.trim_end();
        let below = &markdown[self.head.end..];
        let dashes = below.lines().next()?.trim_end();
        let is_dashes = dashes.ends_with(['|', '-', ':']) && dashes.contains('-');
        is_dashes.then_some([self.head.start + head.len(), self.head.end + dashes.len()])
    }
}
