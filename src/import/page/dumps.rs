//! Takes away the marks of the programs that save pages as text: headings between stars, links whose words are joined by
//! underscores, buttons, and pieces that stood apart on the page and are printed without a blank.

mod marks;

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::breadcrumb::is_home;
use super::text::{key, regex, width};
use super::wrap::Unwrapped;

/// Words joined by underscores from which all of a page with headings between stars are links.
const JOINED: usize = 5;
/// Entries of a breadcrumb, and columns of each, at the most.
const CRUMBS: usize = 6;
const CRUMB_WIDTH: usize = 44;
/// Stars around a heading of the first rank.
const FIRST: usize = 6;
/// The margin of the lines that are no headings, and how many of those stand on a page for each that has none.
const MARGIN: &str = "   ";
const BARE: usize = 5;
/// Columns of a headline at the least.
const TITLE: usize = 24;
const ARROWS: [char; 3] = ['>', '›', '»'];
/// Characters of a line in which pieces without a blank are looked for.
const SHORT: usize = 200;

static HEADING: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s*(\*{2,6}) (\S.*?) (\*{2,6})(?: (.*))?$"));
static ENTRY: LazyLock<Regex> =
    LazyLock::new(|| regex(r"^\s*(?:[•*+□○-]|(\d{1,2})\.)\s+\[?(\S[^\]]*?)\]?\s*([>›»]?)\s*$"));
/// A numbered entry without words, an arrow that was drawn.
static GAP: LazyLock<Regex> = LazyLock::new(|| regex(r"^\s*\d{1,2}\.\s*$"));
static LINK: LazyLock<Regex> = LazyLock::new(|| regex(r"\p{L}_|_\p{L}"));
/// A post or a network behind a name.
static POST: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^\s*((?:(?:By|Par)\s)?(?:\p{Lu}[\p{L}'’.-]*\s){1,3}\p{Lu}[\p{L}'’-]+?\p{Ll})((?:(?:Staff|Senior|Chief|News|Travel|Political|Business|Science|Sports|Health) ){0,3}(?:Reporter|Writer|Editor|Correspondent|Columnist|Contributor)|Twitter|Facebook|Instagram|LinkedIn|Email)$",
    )
});

/// A post in words that are not known, behind a name long enough that it is none like `MacDonald`.
static ANY_POST: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^\s*((?:(?:By|Par)\s)?(?:\p{Lu}[\p{L}.'’-]*\s){1,3}\p{Lu}[\p{L}'’-]{3,}?\p{Ll})((?:\p{Lu}\p{L}+ ){1,3}(?:Reporter|Writer|Editor|Correspondent|Columnist|Contributor))$",
    )
});

/// The lines of a page without such marks.
pub(super) fn clean(lines: Vec<Unwrapped>) -> Vec<Unwrapped> {
    let links = lines.iter().flat_map(|line| words(&line.text));
    let joined = links.take(JOINED).count() == JOINED
        && lines.iter().any(|line| HEADING.is_match(&line.text));
    let mut cleaned = Vec::with_capacity(lines.len());
    for line in lines.into_iter().filter(|line| !marks::is_icon(&line.text)) {
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

/// The keys of the lines that the page prints as its headings: between six stars, else without the margin that all other lines
/// have.
pub(super) fn headings(lines: &[Unwrapped]) -> HashSet<String> {
    let starred = lines.iter().filter_map(|line| HEADING.captures(&line.text));
    let starred = starred.filter(|found| found[1].len() == FIRST && found[3].len() == FIRST);
    let starred: HashSet<String> = starred.map(|found| key(&found[2])).collect();
    if !starred.is_empty() {
        return starred;
    }
    let printed = || lines.iter().filter(|line| !line.text.trim().is_empty());
    let bare: Vec<&Unwrapped> = printed()
        .filter(|line| !line.text.starts_with(MARGIN))
        .collect();
    match bare.len() * BARE <= printed().count() {
        true => bare.iter().map(|line| key(&line.text)).collect(),
        false => HashSet::new(),
    }
}

/// The lines with each breadcrumb that is printed as a list on one line.
fn with_trails(lines: Vec<Unwrapped>) -> Vec<Unwrapped> {
    let mut joined: Vec<Unwrapped> = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let (steps, crumbs) = trail(&lines, at);
        let stepped = stepped(&lines[at..]);
        let texts = match crumbs.len() {
            0 if stepped.len() > 1 => vec![stepped.join(" ")],
            0 => vec![lines[at].text.clone()],
            _ if lines[at].text.trim_end().ends_with(ARROWS) => vec![crumbs.join(" > ")],
            _ => crumbs.iter().map(|crumb| format!("• {crumb}")).collect(),
        };
        let number = lines[at].number;
        at += steps.max(stepped.len()).max(1);
        joined.extend(texts.into_iter().map(|text| Unwrapped { text, number }));
    }
    joined
}

/// The lines of a breadcrumb whose steps stand below one another, each but the first behind its arrow; else none.
fn stepped(lines: &[Unwrapped]) -> Vec<&str> {
    let texts = lines.iter().take(CRUMBS).map(|line| line.text.trim());
    let fits = |text: &&str| {
        width(text) <= CRUMB_WIDTH
            && text.contains(char::is_alphanumeric)
            && !text.ends_with(['.', ',', ':', ';', '?', '!', '。', '，', '：', '；'])
    };
    let steps: Vec<&str> = texts
        .enumerate()
        .take_while(|(place, text)| fits(text) && text.starts_with(ARROWS) == (*place > 0))
        .map(|(_, text)| text)
        .collect();
    if steps.len() > 1 { steps } else { Vec::new() }
}

/// The entries of a breadcrumb that is printed as a list, numbered or with arrows, from a line on, and their number of lines;
/// else none.
fn trail(lines: &[Unwrapped], from: usize) -> (usize, Vec<String>) {
    let (mut crumbs, mut numbered): (Vec<String>, Option<bool>) = (Vec::new(), None);
    let mut steps = 0;
    for line in lines[from..].iter().take(2 * CRUMBS) {
        if !crumbs.is_empty() && numbered == Some(true) && GAP.is_match(&line.text) {
            steps += 1;
            continue;
        }
        let Some(entry) = ENTRY.captures(&line.text) else {
            break;
        };
        if !entry[2].contains(char::is_alphanumeric) {
            break;
        }
        let opens = crumbs.is_empty();
        let number = entry.get(1).map(|number| number.as_str());
        let counts = number.is_none_or(|number| number.parse() == Ok(steps + 1));
        let is_alike = number.is_some() == *numbered.get_or_insert(number.is_some());
        let is_first = || is_home(&entry[2]) || (number.is_some() && is_below_menu(lines, from));
        if !counts || !is_alike || width(&entry[2]) > CRUMB_WIDTH || (opens && !is_first()) {
            return (0, Vec::new());
        }
        crumbs.push(entry[2].to_owned());
        steps += 1;
        if number.is_none() && entry[3].is_empty() {
            break;
        }
    }
    let is_title =
        |line: &Unwrapped| !ENTRY.is_match(&line.text) && width(line.text.trim()) >= TITLE;
    let is_headed = is_home(crumbs.first().map_or("", String::as_str)) || {
        let next = lines[from + steps..]
            .iter()
            .find(|line| !line.text.trim().is_empty());
        next.is_some_and(is_title)
    };
    match (2..=CRUMBS).contains(&crumbs.len()) && is_headed {
        true => (steps, crumbs),
        false => (0, Vec::new()),
    }
}

/// True if the line above is the last of a menu.
fn is_below_menu(lines: &[Unwrapped], from: usize) -> bool {
    let above = lines[..from]
        .iter()
        .rev()
        .find(|line| !line.text.trim().is_empty());
    above.is_some_and(|above| {
        let entry = ENTRY.captures(&above.text);
        entry.is_some_and(|entry| entry.get(1).is_none() && width(&entry[2]) <= CRUMB_WIDTH)
    })
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
        return vec![marks::letters(line).into_owned()];
    }
    let text = marks::without(line);
    let post = POST.captures(&text).or_else(|| ANY_POST.captures(&text));
    match post {
        Some(found) => vec![found[1].to_owned(), found[2].to_owned()],
        None => vec![text],
    }
}

#[cfg(test)]
mod tests;
