//! Inline text while it is gathered: white space collapsed, marks joined, control characters taken out.

use super::super::blocks::{Inline, Marks, Style};
use super::super::typography::Typography;
use super::code::printable;

/// Stands for the text before the mark of a note.
const WIDE: &str = "中";

/// White space that stands between two words until it is known whether anything follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space,
    /// White space with a line end of the source in it.
    LineEnd,
    Breaks(u32),
}

/// The inline text of the block that is being read.
///
/// Two line breaks or more in a row part paragraphs, unless the line must stay `single` (a heading, a cell, a caption).
/// A gap carries the marks that both its neighbours share, so that no mark begins or ends in white space. A line end of the
/// source between two wide characters is no gap.
pub(super) struct Line {
    finished: Vec<Vec<Inline>>,
    runs: Vec<Inline>,
    gap: Gap,
    typography: Typography,
    /// True makes one break of several in a row.
    pub(super) single: bool,
    /// True while its text is preformatted: it is code, and its white space stands.
    is_preformatted: bool,
    /// True until the first text of what is preformatted.
    is_opening: bool,
    /// Number of words so far.
    words: usize,
    /// Bytes of text so far, those of lines that were taken included.
    bytes: usize,
    /// Bytes of text before the open line.
    begin: usize,
    /// Number of lines of all preformatted texts so far.
    lines: usize,
}

/// More lines of code than this cannot fit into a body.
const MAX_LINES: usize = 120_000;

impl Line {
    pub(super) fn new(typography: Typography) -> Self {
        Self {
            typography,
            finished: Vec::new(),
            runs: Vec::new(),
            gap: Gap::None,
            single: false,
            is_preformatted: false,
            is_opening: false,
            words: 0,
            bytes: 0,
            begin: 0,
            lines: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.finished.is_empty()
    }

    /// The last character, where text follows it on the same line.
    pub(super) fn last_char(&self) -> Option<char> {
        self.runs.last()?.text.chars().next_back()
    }

    /// The marks of the last text on the line.
    pub(super) fn last_marks(&self) -> Option<&Marks> {
        Some(&self.runs.last()?.marks)
    }

    /// Takes back the white space before what comes next.
    pub(super) fn close_up(&mut self) {
        if !matches!(self.gap, Gap::Breaks(_)) {
            self.gap = Gap::None;
        }
    }

    /// True if the next text begins a line.
    pub(super) fn is_at_start(&self) -> bool {
        self.runs.is_empty() || matches!(self.gap, Gap::Breaks(_))
    }

    /// Number of words since the line was taken.
    pub(super) const fn words(&self) -> usize {
        self.words
    }

    pub(super) const fn is_preformatted(&self) -> bool {
        self.is_preformatted
    }

    pub(super) const fn open_preformatted(&mut self) {
        if matches!(self.gap, Gap::Breaks(_)) {
            self.gap = Gap::Breaks(1);
        }
        self.is_preformatted = true;
        self.is_opening = true;
    }

    pub(super) const fn close_preformatted(&mut self) {
        self.is_preformatted = false;
    }

    /// Takes preformatted text. The first line end behind its start tag is nothing (HTML, section 13.1.2.5).
    fn preformatted(&mut self, text: &str, removed: &mut usize) {
        let mut code = Marks::default();
        code.set(Style::Code, true);
        let text = printable(text, removed);
        let is_opening = !text.is_empty() && std::mem::take(&mut self.is_opening);
        let text = text
            .strip_prefix('\n')
            .filter(|_| is_opening)
            .unwrap_or(&text);
        for (at, line) in text.split('\n').enumerate() {
            match at {
                0 => {}
                _ if self.lines < MAX_LINES => {
                    self.lines += 1;
                    self.line_break();
                }
                _ => self.space(),
            }
            self.word(line, &code);
        }
    }

    /// Takes `text` with ASCII white space collapsed, and counts control characters into `removed`.
    pub(super) fn text(&mut self, text: &str, marks: &Marks, removed: &mut usize) {
        if self.is_preformatted {
            return self.preformatted(text, removed);
        }
        let bytes = text.as_bytes();
        let (mut start, mut at) = (0, 0);
        while at < bytes.len() {
            let width = match bytes[at] {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => 1,
                0..=0x1f | 0x7f => 1,
                0xc2 if (0x80..=0x9f).contains(&bytes[at + 1]) => 2,
                _ => {
                    at += 1;
                    continue;
                }
            };
            self.word(&text[start..at], marks);
            match bytes[at] {
                b' ' | b'\t' => self.space(),
                b'\n' | b'\r' => self.line_end(),
                // A vertical tab or form feed parted words or pages.
                0x0b | 0x0c => {
                    *removed += 1;
                    self.space();
                }
                _ => *removed += 1,
            }
            at += width;
            start = at;
        }
        self.word(&text[start..], marks);
    }

    fn space(&mut self) {
        if self.gap == Gap::None {
            self.gap = Gap::Space;
        }
    }

    fn line_end(&mut self) {
        if !matches!(self.gap, Gap::Breaks(_)) {
            self.gap = Gap::LineEnd;
        }
    }

    /// A line break.
    pub(super) fn line_break(&mut self) {
        self.gap = match self.gap {
            Gap::Breaks(count) => Gap::Breaks(count.saturating_add(1)),
            _ => Gap::Breaks(1),
        };
    }

    /// The edge of a block inside text that cannot hold blocks: one break, however many edges meet.
    pub(super) fn edge(&mut self) {
        if !matches!(self.gap, Gap::Breaks(_)) {
            self.gap = Gap::Breaks(1);
        }
    }

    fn word(&mut self, word: &str, marks: &Marks) {
        if word.is_empty() {
            return;
        }
        self.words += 1;
        self.settle(marks, word);
        self.push(word, marks);
    }

    fn settle(&mut self, next: &Marks, word: &str) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        let Some(last) = self.runs.last() else {
            return;
        };
        match gap {
            Gap::None => {}
            Gap::LineEnd if self.is_nothing(next, word) => {}
            Gap::Space | Gap::LineEnd => {
                let shared = last.marks.shared(next);
                self.push(" ", &shared);
            }
            Gap::Breaks(count) if count > 1 && !self.single => {
                self.finished.push(std::mem::take(&mut self.runs));
                self.begin = self.bytes;
            }
            Gap::Breaks(count) => {
                let shared = last.marks.shared(next).without(Style::Code);
                let count = if self.is_preformatted { count } else { 1 };
                (0..count).for_each(|_| self.push("\n", &shared));
            }
        }
    }

    /// True if the line end before a word is nothing. The mark of a note takes the width of the text that it stands behind.
    fn is_nothing(&self, next: &Marks, word: &str) -> bool {
        let is_text = |run: &&Inline| !run.marks.has(Style::Sup);
        let runs = self.runs.iter().rev().filter(is_text);
        let before = runs.flat_map(|run| run.text.chars().rev());
        if next.has(Style::Sup) {
            return self.typography.joins(before, WIDE.chars());
        }
        self.typography.joins(before, word.chars())
    }

    /// The place of the next text.
    pub(super) const fn position(&self) -> usize {
        self.bytes
    }

    /// Brings the last pieces of the open line into the order of their keys; each is its key and its place. Pieces of which
    /// some are on a line before stay.
    pub(super) fn arrange(&mut self, pieces: &[(usize, usize)]) {
        if pieces.first().is_none_or(|(_, place)| *place < self.begin) {
            return;
        }
        let cut = pieces.iter().rev();
        let mut cut: Vec<_> = cut.map(|(key, place)| (*key, self.cut(*place))).collect();
        cut.reverse();
        cut.sort_by_key(|(key, _)| *key);
        for run in cut.into_iter().flat_map(|(_, runs)| runs) {
            self.push(&run.text, &run.marks);
        }
    }

    /// Takes the text from a place of the open line on.
    fn cut(&mut self, place: usize) -> Vec<Inline> {
        let mut runs = Vec::new();
        while self.bytes > place
            && let Some(mut run) = self.runs.pop()
        {
            let start = self.bytes - run.text.len();
            if start < place {
                let text = run.text.split_off(place - start);
                let marks = run.marks.clone();
                self.runs
                    .push(std::mem::replace(&mut run, Inline { text, marks }));
            }
            self.bytes -= run.text.len();
            runs.push(run);
        }
        runs.reverse();
        runs
    }

    fn push(&mut self, text: &str, marks: &Marks) {
        self.bytes += text.len();
        match self.runs.last_mut() {
            Some(last) if last.marks == *marks => last.text.push_str(text),
            _ => self.runs.push(Inline {
                text: text.to_owned(),
                marks: marks.clone(),
            }),
        }
    }

    /// Everything gathered, one entry a paragraph; the line is empty afterwards.
    pub(super) fn take(&mut self) -> Vec<Vec<Inline>> {
        self.gap = Gap::None;
        self.single = false;
        self.is_preformatted = false;
        self.words = 0;
        let mut lines = std::mem::take(&mut self.finished);
        if !self.runs.is_empty() {
            lines.push(std::mem::take(&mut self.runs));
        }
        self.begin = self.bytes;
        lines
    }
}
