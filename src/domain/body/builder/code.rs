//! The text of code: as a block, or as lines of a cell or caption, in which no-break spaces stand for the blanks that HTML would
//! collapse. A table that only sets out code beside the numbers of its lines is that code.

use super::super::blocks::{Block, Inline, Style};

/// A blank that is not collapsed.
const NO_BREAK_SPACE: char = '\u{a0}';

/// The no-break spaces that stand for a tabulator.
const TAB: usize = 4;

/// A block of preformatted text while it is gathered.
pub(super) struct Pre {
    pub(super) language: Option<String>,
    pub(super) text: String,
}

/// Preformatted text: line endings made one, control characters counted and removed.
pub(super) fn printable(text: &str, removed: &mut usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    for c in text.chars() {
        match c {
            '\n' if previous == '\r' => {}
            '\r' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => *removed += 1,
            c => out.push(c),
        }
        previous = c;
    }
    out
}

/// The block of a preformatted text; `None` for a blank one.
pub(super) fn block(Pre { language, text }: Pre) -> Option<Block> {
    let text = text.trim_matches('\n');
    (!text.trim().is_empty()).then(|| Block::Code {
        language,
        text: text.to_owned(),
    })
}

/// The code in the only row of a table, where it stands alone or beside the numbers of its lines.
pub(super) fn listing(cells: Vec<Option<Pre>>) -> Option<Block> {
    let mut cells = cells.into_iter().collect::<Option<Vec<Pre>>>()?;
    let code = cells.pop()?;
    let lines = code.text.trim_matches('\n').lines().count();
    let is_gutter = |cell: &Pre| is_counting(cell.text.trim_matches('\n'), lines);
    cells.iter().all(is_gutter).then(|| block(code))?
}

/// True if so many lines are the numbers that follow one another.
fn is_counting(text: &str, lines: usize) -> bool {
    let numbers: Option<Vec<u32>> = text.lines().map(|line| line.trim().parse().ok()).collect();
    numbers.is_some_and(|numbers| {
        let follow = |pair: &[u32]| pair[0].checked_add(1) == Some(pair[1]);
        numbers.len() == lines && numbers.windows(2).all(follow)
    })
}

/// The preformatted text that a cell is; `None` where it has other text too.
pub(super) fn whole(content: &[Inline], language: Option<String>) -> Option<Pre> {
    let is_code = |run: &Inline| run.marks.has(Style::Code) || run.text.trim().is_empty();
    let text = || content.iter().map(|run| run.text.as_str()).collect();
    content.iter().all(is_code).then(|| Pre {
        language,
        text: text(),
    })
}

/// Puts no-break spaces where the blanks of preformatted text would be collapsed.
pub(super) fn hold(content: &mut [Inline]) {
    let mut is_at_start = true;
    for at in 0..content.len() {
        let next = content.get(at + 1);
        let is_at_end = next.is_none_or(|next| next.text.starts_with('\n'));
        let run = &mut content[at];
        run.text = if run.marks.has(Style::Code) {
            held(&run.text, is_at_start, is_at_end)
        } else {
            with_blank_lines(&run.text)
        };
        is_at_start = run.text.ends_with('\n');
    }
}

fn with_blank_lines(text: &str) -> String {
    let mut lines = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' && lines.ends_with('\n') {
            lines.push(NO_BREAK_SPACE);
        }
        lines.push(c);
    }
    lines
}

/// Code with its blanks held; at the end of a line they go.
fn held(code: &str, is_at_start: bool, is_at_end: bool) -> String {
    let code = match is_at_end {
        true => code.trim_end_matches([' ', '\t']),
        false => code,
    };
    let mut held = String::with_capacity(code.len());
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        let begins = is_at_start && held.is_empty();
        let is_single = !begins && !matches!(chars.peek(), Some(' ' | '\t'));
        match c {
            ' ' if is_single => held.push(c),
            ' ' => held.push(NO_BREAK_SPACE),
            '\t' => held.extend(std::iter::repeat_n(NO_BREAK_SPACE, TAB)),
            c => held.push(c),
        }
    }
    if held.is_empty() {
        held.push(NO_BREAK_SPACE);
    }
    held
}
