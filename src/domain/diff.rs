//! The differences of two texts, line by line and word by word within a line.

use std::time::Instant;

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use unicode_segmentation::UnicodeSegmentation;
use utoipa::ToSchema;

/// The fate of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PieceOp {
    /// It is in both.
    Equal,
    /// It is in the earlier one only.
    Removed,
    /// It is in the later one only.
    Added,
}

/// A run of words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Piece {
    /// Equal, added or removed.
    pub op: PieceOp,
    /// The words, with the spaces between them.
    pub text: String,
}

/// A line of a text that was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum DiffLine {
    /// It is in both.
    Equal {
        /// The content.
        text: String,
    },
    /// It is in the earlier text only.
    Removed {
        /// The old text.
        text: String,
    },
    /// It is in the later text only.
    Added {
        /// The content.
        text: String,
    },
    /// It says something else.
    Changed {
        /// Old and new text, in pieces.
        words: Vec<Piece>,
    },
}

/// The most bytes of text in the lines of one answer.
const MOST_BYTES: usize = 2_000_000;

/// The lines of two texts beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// Those that the answer has room for.
    pub lines: Vec<DiffLine>,
    /// True if others follow that it has no room for.
    pub truncated: bool,
}

/// Compares two texts by their lines. Past the deadline the answer is right, but no longer the shortest.
#[must_use]
pub fn lines(from: &str, to: &str, deadline: Instant) -> Lines {
    let old: Vec<&str> = from.lines().collect();
    let new: Vec<&str> = to.lines().collect();
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
    let mut page = Page::default();
    for op in ops {
        let (before, after) = (&old[op.old_range()], &new[op.new_range()]);
        if let DiffOp::Equal { .. } = op {
            page.all(before, equal);
            continue;
        }
        let both = before.len().min(after.len());
        for (old, new) in before.iter().zip(after) {
            if page.takes(old.len() + new.len()) {
                change(old, new, deadline, &mut page.lines);
            }
        }
        page.all(&before[both..], removed);
        page.all(&after[both..], added);
    }
    Lines {
        lines: page.lines,
        truncated: page.is_full,
    }
}

/// Lines of an answer, as far as it has room for them.
#[derive(Default)]
struct Page {
    lines: Vec<DiffLine>,
    bytes: usize,
    is_full: bool,
}

impl Page {
    /// Each line takes some bytes beside its text.
    const BESIDE: usize = 40;

    /// True if there is room for a line of so many bytes.
    const fn takes(&mut self, bytes: usize) -> bool {
        self.bytes += bytes + Self::BESIDE;
        self.is_full |= self.bytes > MOST_BYTES;
        !self.is_full
    }

    fn all(&mut self, lines: &[&str], made: fn(&str) -> DiffLine) {
        for line in lines {
            if self.takes(line.len()) {
                self.lines.push(made(line));
            }
        }
    }
}

fn equal(line: &str) -> DiffLine {
    let text = line.to_owned();
    DiffLine::Equal { text }
}

fn removed(line: &str) -> DiffLine {
    let text = line.to_owned();
    DiffLine::Removed { text }
}

fn added(line: &str) -> DiffLine {
    let text = line.to_owned();
    DiffLine::Added { text }
}

/// A line in the place of another one: changed where they have a word in common, and there is time to look for it, else one
/// removed and one added.
fn change(old: &str, new: &str, deadline: Instant, found: &mut Vec<DiffLine>) {
    if Instant::now() >= deadline {
        found.extend([removed(old), added(new)]);
        return;
    }
    let words = words(old, new, deadline);
    let shared =
        |piece: &Piece| piece.op == PieceOp::Equal && piece.text.chars().any(char::is_alphanumeric);
    if words.iter().any(shared) {
        found.push(DiffLine::Changed { words });
    } else {
        found.extend([removed(old), added(new)]);
    }
}

/// Compares two texts by their words, as Unicode has them (UAX 29): Chinese characters count one by one.
#[must_use]
pub fn words(from: &str, to: &str, deadline: Instant) -> Vec<Piece> {
    let old: Vec<&str> = from.split_word_bounds().collect();
    let new: Vec<&str> = to.split_word_bounds().collect();
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
    let mut found = Vec::new();
    for op in ops {
        let (before, after) = (old[op.old_range()].concat(), new[op.new_range()].concat());
        if let DiffOp::Equal { .. } = op {
            found.push(piece(PieceOp::Equal, before));
            continue;
        }
        let both = [
            piece(PieceOp::Removed, before),
            piece(PieceOp::Added, after),
        ];
        found.extend(both.into_iter().filter(|piece| !piece.text.is_empty()));
    }
    found
}

const fn piece(op: PieceOp, text: String) -> Piece {
    Piece { op, text }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(5)
    }

    /// The words with marks around what was taken out and put in.
    fn marked(pieces: &[Piece]) -> String {
        let mark = |piece: &Piece| match piece.op {
            PieceOp::Equal => piece.text.clone(),
            PieceOp::Removed => format!("[-{}-]", piece.text),
            PieceOp::Added => format!("[+{}+]", piece.text),
        };
        pieces.iter().map(mark).collect()
    }

    #[test]
    fn words_are_compared_as_each_script_has_them() {
        for (from, to, expected) in [
            (
                "It opens at six.",
                "It opens at nine.",
                "It opens at [-six-][+nine+].",
            ),
            (
                "图书馆晚上开门",
                "图书馆早上开门",
                "图书馆[-晚-][+早+]上开门",
            ),
            ("", "New", "[+New+]"),
            ("Same", "Same", "Same"),
        ] {
            assert_eq!(marked(&words(from, to, soon())), expected);
        }
    }

    #[test]
    fn a_line_is_changed_where_a_word_of_it_stays() {
        let found = lines(
            "One.\n\nTwo here.\n\nThree.",
            "One.\n\nTwo there.\n\n四",
            soon(),
        );
        let shown: Vec<String> = found
            .lines
            .iter()
            .map(|line| match line {
                DiffLine::Equal { text } => format!(" {text}"),
                DiffLine::Removed { text } => format!("-{text}"),
                DiffLine::Added { text } => format!("+{text}"),
                DiffLine::Changed { words } => format!("~{}", marked(words)),
            })
            .collect();
        assert_eq!(
            shown,
            [
                " One.",
                " ",
                "~Two [-here-][+there+].",
                " ",
                "-Three.",
                "+四"
            ]
        );
    }

    #[test]
    fn an_answer_has_a_bound_and_says_that_lines_are_left_out() {
        let text = |word: &str| format!("A line with {word} in it.\n").repeat(120_000);
        let (from, to) = (text("one"), text("two"));
        for (from, to) in [(&from, &from), (&from, &to), (&from, &String::new())] {
            let found = lines(from, to, Instant::now());
            let json = serde_json::to_string(&found.lines).unwrap();
            assert!(
                found.truncated && json.len() < 3 * MOST_BYTES,
                "{} bytes",
                json.len()
            );
        }
        assert!(!lines("a", "b", soon()).truncated);
    }

    #[test]
    fn without_time_the_answer_still_leads_from_one_text_to_the_other() {
        let from: String = (0..5_000).map(|n| format!("a{} ", n % 7)).collect();
        let to: String = (0..5_000).map(|n| format!("a{} ", n % 5)).collect();
        let pieces = words(&from, &to, Instant::now());
        let side = |but: PieceOp| -> String {
            let kept = pieces.iter().filter(|piece| piece.op != but);
            kept.map(|piece| piece.text.as_str()).collect()
        };
        assert_eq!((side(PieceOp::Added), side(PieceOp::Removed)), (from, to));
    }
}
