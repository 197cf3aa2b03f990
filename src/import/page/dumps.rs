//! Takes away the marks of the programs that save pages as text: headings between stars, links whose words are joined by
//! underscores, buttons, and pieces that stood apart on the page and are printed without a blank.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::breadcrumb::is_home;
use super::text::width;
use super::wrap::Unwrapped;

/// Words joined by underscores from which all of a page with headings between stars are links.
const JOINED: usize = 5;
/// Entries of a breadcrumb, and columns of each, at the most.
const CRUMBS: usize = 6;
const CRUMB_WIDTH: usize = 44;
const ARROWS: [char; 3] = ['>', '›', '»'];
/// Characters of a line in which pieces without a blank are looked for.
const SHORT: usize = 200;

static HEADING: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s*(\*{2,6}) (\S.*?) (\*{2,6})(?: (.*))?$"));
static ENTRY: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s*(?:[•*+□○-]|(\d{1,2})\.)\s+\[?(\S[^\]]*?)\]?\s*([>›»]?)\s*$"));
static LINK: LazyLock<Regex> = LazyLock::new(|| regex(r"\p{L}_|_\p{L}"));
/// Names of picture files at the start of a line.
static PICTURE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)^\s*(?:\[(?:[\w./-]+\.(?:png|gif|jpe?g|svg|webp)|(?:logo|image|img|pic|picture|photo|icon|banner)[_-]?\d*)\]\s*)+",
    )
});
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
/// A post or a network behind a name.
static POST: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^\s*((?:(?:By|Par)\s)?(?:\p{Lu}[\p{L}'’.-]*\s){1,3}\p{Lu}[\p{L}'’-]+?\p{Ll})((?:(?:Staff|Senior|Chief|News|Travel|Political|Business|Science|Sports|Health) ){0,3}(?:Reporter|Writer|Editor|Correspondent|Columnist|Contributor)|Twitter|Facebook|Instagram|LinkedIn|Email)$",
    )
});

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

/// The lines of a page without such marks.
pub(super) fn clean(lines: Vec<Unwrapped>) -> Vec<Unwrapped> {
    let links = lines.iter().flat_map(|line| words(&line.text));
    let joined = links.take(JOINED).count() == JOINED
        && lines.iter().any(|line| HEADING.is_match(&line.text));
    let mut cleaned = Vec::with_capacity(lines.len());
    for line in lines {
        for text in headed(&line.text) {
            let text = text.replace("(BUTTON)", " ");
            let text = if joined { unjoined(&text) } else { text };
            cleaned.extend(pieces(&text).into_iter().map(|text| Unwrapped {
                text,
                number: line.number,
            }));
        }
    }
    with_trails(cleaned)
}

/// The lines with each breadcrumb that is printed as a list on one line.
fn with_trails(lines: Vec<Unwrapped>) -> Vec<Unwrapped> {
    let mut joined: Vec<Unwrapped> = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let crumbs = trail(&lines[at..]);
        let texts = match crumbs.len() {
            0 => vec![lines[at].text.clone()],
            _ if lines[at].text.trim_end().ends_with(ARROWS) => vec![crumbs.join(" > ")],
            _ => crumbs.iter().map(|crumb| format!("• {crumb}")).collect(),
        };
        let number = lines[at].number;
        at += crumbs.len().max(1);
        joined.extend(texts.into_iter().map(|text| Unwrapped { text, number }));
    }
    joined
}

/// The entries of a breadcrumb that is printed as a list, numbered or with arrows, from its first line on; else none.
fn trail(lines: &[Unwrapped]) -> Vec<String> {
    let (mut crumbs, mut numbered): (Vec<String>, Option<bool>) = (Vec::new(), None);
    for line in lines.iter().take(CRUMBS + 1) {
        let Some(entry) = ENTRY.captures(&line.text) else {
            break;
        };
        if !entry[2].contains(char::is_alphanumeric) {
            break;
        }
        let opens = crumbs.is_empty();
        let number = entry.get(1).map(|number| number.as_str());
        let counts = number.is_none_or(|number| number.parse() == Ok(crumbs.len() + 1));
        let is_alike = number.is_some() == *numbered.get_or_insert(number.is_some());
        if !counts || !is_alike || width(&entry[2]) > CRUMB_WIDTH || (opens && !is_home(&entry[2]))
        {
            return Vec::new();
        }
        crumbs.push(entry[2].to_owned());
        if number.is_none() && entry[3].is_empty() {
            break;
        }
    }
    if (2..=CRUMBS).contains(&crumbs.len()) {
        crumbs
    } else {
        Vec::new()
    }
}

/// A heading and what is printed behind it on its line.
fn headed(line: &str) -> Vec<&str> {
    let heading = HEADING.captures(line).filter(|found| found[1] == found[3]);
    let Some(heading) = heading else {
        return vec![line];
    };
    let parts = [heading.get(2), heading.get(4)].into_iter().flatten();
    parts.map(|part| part.as_str()).collect()
}

/// The words of a line that underscores join.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let joined = |word: &&str| !word.contains(['/', '@', '#', '=']) && LINK.is_match(word);
    line.split_whitespace().filter(joined)
}

fn unjoined(line: &str) -> String {
    let mut text = line.to_owned();
    for word in words(line) {
        text = text.replace(word, word.replace('_', " ").trim_end());
    }
    text
}

/// A short line in the pieces that stood apart on its page.
fn pieces(line: &str) -> Vec<String> {
    if line.chars().count() > SHORT {
        return vec![line.to_owned()];
    }
    let text = replaced(&PICTURE, Cow::Borrowed(line), "");
    let text = replaced(&NOTE, text, "$1");
    let text = replaced(&DATE, text, "$1 $2");
    let text = replaced(&TIME, text, "$1 $2");
    match POST.captures(&text) {
        Some(found) => vec![found[1].to_owned(), found[2].to_owned()],
        None => vec![once(&text).to_owned()],
    }
}

/// A name that is printed twice without a blank between, once.
fn once(text: &str) -> &str {
    let bare = text.trim();
    let is_name = |name: &str| name.contains(' ') && name.starts_with(char::is_uppercase);
    let halves = bare.split_at_checked(bare.len() / 2);
    match halves.filter(|(first, second)| first == second && is_name(first)) {
        Some((first, _)) if first.trim() == first => first,
        _ => text,
    }
}

fn replaced<'t>(pattern: &Regex, text: Cow<'t, str>, by: &str) -> Cow<'t, str> {
    match pattern.replace_all(&text, by) {
        Cow::Borrowed(_) => text,
        Cow::Owned(text) => Cow::Owned(text),
    }
}

#[cfg(test)]
mod tests;
