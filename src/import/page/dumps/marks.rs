//! Marks within a line: pictures in brackets, letters written as numbers, and what was printed twice or without a blank.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::super::text::regex;
use crate::import::markup;

/// Characters of the shortest file name that stands for a picture without words.
const FILE_NAME: usize = 5;

/// An entry of a list that is an icon, or nothing at all.
static ICON: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*[*•+]\s+_[_\s]*$"));
/// Names of picture files at the start of a line.
static PICTURE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^\s*(?:\[(?:[\w./-]+\.(?:png|gif|jpe?g|svg|webp)|(?:logo|image|img|pic|picture|photo|icon|banner)[_-]?\d*)\]\s*)+",
    )
});
/// A word in brackets at the start of a line.
static WORD: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*\[([A-Za-z0-9_-]+)\]\s*"));
static DESCRIBED: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*\[([^\[\]]+)\]\s*(.+)$"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"&#(?:[xX][0-9a-fA-F]{1,6}|[0-9]{1,7});"));
/// The number of a note behind a name, as it is printed where it stood higher.
static NOTE: LazyLock<Regex> = LazyLock::new(|| regex(r"(\p{Lu}\p{Ll}+)\^\d{1,2}\b"));
/// A date in letters behind a word.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(\p{Ll})((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2}, (?:19|20)\d\d)",
    )
});
/// A time, or a second date, behind a year.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\b((?:19|20)\d\d)(\d{1,2}:\d\d|\d{1,2} \p{Ll}{3,10}\.? (?:19|20)\d\d)")
});

/// A time that a link joins to its date: `9/11/13_10:00AM`.
static JOINED_TIME: LazyLock<Regex> = LazyLock::new(|| regex(r"(\d)_(\d{1,2}:\d\d)"));

/// True if a line is an icon of a list alone.
pub(super) fn is_icon(line: &str) -> bool {
    ICON.is_match(line)
}

/// A short line without such marks.
pub(super) fn without(line: &str) -> String {
    let text = replaced(&PICTURE, letters(line), "");
    let text = without_file_names(&text);
    let text = replaced(&NOTE, Cow::Borrowed(text), "$1");
    let text = replaced(&DATE, text, "$1 $2");
    let text = replaced(&TIME, text, "$1 $2");
    let text = replaced(&JOINED_TIME, text, "$1 $2");
    once(&described(&text)).to_owned()
}

/// A line of any length with its letters that are written as their numbers.
pub(super) fn letters(line: &str) -> Cow<'_, str> {
    NUMBER.replace_all(line, |found: &Captures<'_>| letter(found))
}

/// The letter that is written as its number; one that stands for no letter as it is.
fn letter(found: &Captures<'_>) -> String {
    match markup::line(&found[0]).as_str() {
        "" => " ".to_owned(),
        "\u{fffd}" => found[0].to_owned(),
        letter => letter.to_owned(),
    }
}

/// A line without the names of files that it begins with: `[e801b40733]`, `[site_logo]`, but not `[12]` nor `[Update]`.
fn without_file_names(line: &str) -> &str {
    let mut rest = line;
    while let Some(found) = WORD.captures(rest) {
        let name = &found[1];
        let is_mixed = name.contains(|c: char| c.is_ascii_digit())
            && name.contains(|c: char| c.is_ascii_lowercase());
        if name.len() < FILE_NAME || !(is_mixed || name.contains('_')) {
            break;
        }
        rest = &rest[found[0].len()..];
    }
    rest
}

/// A picture whose words are printed again behind it.
fn described(line: &str) -> Cow<'_, str> {
    match DESCRIBED.captures(line) {
        Some(found) if found[2].starts_with(found[1].trim()) => Cow::Owned(found[2].to_owned()),
        _ => Cow::Borrowed(line),
    }
}

/// A name that is printed twice without a blank between, once.
fn once(text: &str) -> &str {
    let bare = text.trim();
    let is_name = |name: &str| {
        name.contains(' ') && name.starts_with(char::is_uppercase) && 2 * name.len() == bare.len()
    };
    let halves = bare.split_at_checked(bare.len() / 2);
    match halves.map(|(first, second)| (first.trim(), second.trim())) {
        Some((first, second)) if first == second && is_name(first) => first,
        _ => text,
    }
}

fn replaced<'t>(pattern: &Regex, text: Cow<'t, str>, by: &str) -> Cow<'t, str> {
    match pattern.replace_all(&text, by) {
        Cow::Borrowed(_) => text,
        Cow::Owned(text) => Cow::Owned(text),
    }
}
