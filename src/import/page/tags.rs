//! The tags that a page gives its article.

use std::sync::LazyLock;

use regex::Regex;

use super::label::{self, Field};
use super::lines::{Line, Lines};
use super::text::{fold, is_chinese};

static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i)^\W*(?:文章关键词|关键词|关键字|标签|tags?|tagged(?: (?:as|with|in))?|key ?words?|topics?|related (?:topics?|tags)|filed under|mots?[ -]clés?|étiquettes?|sujets?|thèmes?|thématiques?)(?:\s*[:：>»]\s*|\s+|$)";
    Regex::new(pattern).expect("the pattern is a constant")
});
static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s*\d+\s(?:comments?|commentaires?)\W*$").expect("the pattern is a constant")
});

/// Columns of a tag that stands on a line of its own.
const LISTED: usize = 32;

/// True if a list of tags begins on the line.
pub(super) fn is_label(line: &Line) -> bool {
    if line.width > 300 || line.prose && !line.text.contains([':', '：', '>']) {
        return false;
    }
    LEAD.find(&line.text).is_some_and(|lead| {
        let announced = lead.as_str().contains([':', '：', '>', '»']);
        let rest = &line.text[lead.end()..];
        announced || (!line.sentence && (rest.is_empty() || rest.contains([',', '，', '、', ';'])))
    })
}

/// The line without the words that announce a list of tags.
pub(super) fn without_lead(line: &Line) -> &str {
    let lead = LEAD.find(&line.text).filter(|_| is_label(line));
    lead.map_or(line.text.as_str(), |lead| &line.text[lead.end()..])
}

/// The tags printed in the lines `header` and `tail`.
pub(super) fn read(page: &Lines, header: &[usize], tail: &[usize]) -> Vec<String> {
    for at in header.iter().chain(tail) {
        let line = &page.all[*at];
        if is_label(line) {
            return labelled(page, *at);
        }
    }
    header
        .iter()
        .map(|at| &page.all[*at])
        .filter_map(counted)
        .find(|tags| !tags.is_empty())
        .unwrap_or_default()
}

fn labelled(page: &Lines, at: usize) -> Vec<String> {
    let line = &page.all[at];
    let rest = LEAD
        .find(&line.text)
        .map_or("", |lead| &line.text[lead.end()..]);
    if !rest.is_empty() {
        return split(first_field(rest));
    }
    let below = &page.all[at + 1..];
    match below.first() {
        Some(next) if next.bullet => below
            .iter()
            .take_while(|item| item.bullet && item.width <= 60)
            .take(20)
            .map(|item| item.text.clone())
            .collect(),
        Some(next) if next.width <= 200 && next.furniture.is_none() && !next.prose => {
            let tags = split(&next.text);
            match tags.as_slice() {
                [only] if next.width <= LISTED => listed(only, next.parted, &below[1..]),
                _ => tags,
            }
        }
        _ => Vec::new(),
    }
}

/// A tag a line: the list ends where a gap, a longer line or anything but a few words comes.
fn listed(first: &str, parted: bool, below: &[Line]) -> Vec<String> {
    let is_tag = |line: &&Line| {
        line.width <= LISTED
            && (!line.parted || parted)
            && !line.bullet
            && !line.label
            && !line.sentence
            && line.furniture.is_none()
            && line.stamps.is_empty()
            && !line.text.chars().any(|c| c.is_ascii_digit())
    };
    let more = below.iter().take_while(is_tag).take(12);
    let mut tags = vec![first.to_owned()];
    for tag in more.map(|line| &line.text) {
        if !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    tags
}

/// The tags end where the next label begins.
fn first_field(text: &str) -> &str {
    let next = label::read(text)
        .into_iter()
        .find(|field| field.field != Field::Tags);
    next.and_then(|field| text.find(field.label.as_str()))
        .map_or(text, |at| &text[..at])
}

fn split(text: &str) -> Vec<String> {
    let spaced = is_chinese(text) && !text.contains([',', '，', '、', ';', '；', '/', '|']);
    let pieces: Vec<&str> = match spaced {
        true => text.split_whitespace().collect(),
        false => text
            .split([',', '，', '、', ';', '；', '|', '•', '#', '·'])
            .collect(),
    };
    let mut tags: Vec<String> = Vec::new();
    for tag in pieces
        .into_iter()
        .map(|piece| fold(piece.trim_matches(['.', '[', ']', ' '])))
    {
        if !tag.is_empty() && tag.chars().count() <= 60 && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// Blog themes print author, date, tags and the comment count in one run; the tags follow the last date.
fn counted(line: &Line) -> Option<Vec<String>> {
    let last = line.stamps.last()?;
    let rest = line.text.get(last.end..)?;
    COUNTED
        .is_match(rest)
        .then(|| split(&COUNTED.replace(rest, "")))
}
