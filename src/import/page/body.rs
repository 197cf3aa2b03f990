//! The text of the article: from the first paragraph below the title to the last one before comments, related links and the footer.

use super::interruptions::{ends, is_point, resume, resume_dense};
use super::lines::{Furniture, Lines};
use super::opening;

/// Lines without prose after which the text is over.
const DEAD: usize = 9;
/// Short lines after which a lone paragraph is out of the text.
const ORPHAN: usize = 4;

/// Places of the parts of the article.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Lines from the title to the text.
    pub(super) header: Vec<usize>,
    pub(super) subtitle: Option<usize>,
    pub(super) summary: Option<usize>,
    pub(super) body: Vec<usize>,
    /// The line after the text.
    pub(super) end: usize,
}

/// Finds the parts of the article below the title, which stands on the lines `title`; none when no text follows.
pub(super) fn find(lines: &Lines, title: (usize, usize)) -> Option<Parts> {
    let proses = opening::first_proses(lines, title.1);
    let start = opening::start(lines, &proses)?;
    let indented = opening::is_indented(lines, start);
    let start = if indented {
        (start..lines.all.len().min(start + 12))
            .find(|at| lines.all[*at].indented)
            .unwrap_or(start)
    } else {
        start
    };
    let first = opening::extend_back(lines, title.1 + 1, start);
    let mut parts = walk(lines, first, indented);
    parts.header = (title.0 + 1..first)
        .filter(|at| *at > title.1 || !lines.all[*at].is_body())
        .collect();
    parts.summary = parts.header.iter().copied().find(|at| {
        *at > title.1
            && opening::is_summary(&lines.all[*at])
            && lines.all[*at].key != lines.all[title.0].key
    });
    let second_title = opening::subtitle(lines, title.1, parts.summary.unwrap_or(first));
    let wordy = second_title.is_some_and(|at| lines.all[at].width >= opening::WORDY);
    match parts.summary {
        None if wordy => parts.summary = second_title,
        _ => parts.subtitle = second_title,
    }
    (!parts.body.is_empty()).then_some(parts)
}

/// Collects the text from its first line on.
fn walk(lines: &Lines, first: usize, indented: bool) -> Parts {
    let mut body: Vec<usize> = Vec::new();
    let mut solid = 0;
    let mut idle = 0;
    let mut at = first;
    while at < lines.all.len() {
        if idle > DEAD {
            let Some(next) = resume_dense(lines, at - 1) else {
                break;
            };
            (at, idle) = (next, 0);
        }
        let line = &lines.all[at];
        if !body.is_empty() && (ends(line) || line.furniture.is_some()) {
            let Some(next) = behind(lines, at, body.len()) else {
                break;
            };
            at = next;
            continue;
        }
        if belongs(lines, at, first, indented) {
            body.push(at);
        }
        if idle >= ORPHAN && is_orphan(lines, at) {
            break;
        }
        if line.is_body() || (line.sentence && !line.bullet) || is_point(lines, at) {
            idle = 0;
            solid = if body.last() == Some(&at) {
                body.len()
            } else {
                solid
            };
        } else {
            idle += 1;
        }
        at += 1;
    }
    body.truncate(solid);
    while body
        .last()
        .is_some_and(|at| !lines.all[*at].prose && lines.all[*at].text.ends_with(['?', '？']))
    {
        body.pop();
    }
    if indented {
        let last = body
            .iter()
            .rposition(|at| lines.all[*at].indented)
            .map_or(body.len(), |last| last + 1);
        body.truncate(last);
    }
    let end = body.last().map_or(first, |last| last + 1);
    Parts {
        body,
        end,
        ..Parts::default()
    }
}

/// The line where a text of so many paragraphs goes on behind an interruption; none where it ends.
fn behind(lines: &Lines, at: usize, paragraphs: usize) -> Option<usize> {
    let line = &lines.all[at];
    if ends(line) {
        let is_rule = line.key.is_empty();
        let dense = is_rule.then(|| resume_dense(lines, at)).flatten();
        return dense.or_else(|| is_abstract_keywords(lines, at, paragraphs).then_some(at + 1));
    }
    let is_list = matches!(line.furniture, Some(Furniture::Related | Furniture::Appeal));
    match resume(lines, at) {
        Some(next) if is_list => Some(next),
        Some(_) => Some(at + 1),
        None => resume_dense(lines, at),
    }
}

/// A scholarly article prints its key words between the abstract and the text.
fn is_abstract_keywords(lines: &Lines, at: usize, paragraphs: usize) -> bool {
    let next = lines.all[at + 1..]
        .iter()
        .take(4)
        .filter(|line| line.is_body())
        .count();
    paragraphs <= 3 && next >= 2 && super::tags::is_label(&lines.all[at])
}

fn belongs(lines: &Lines, at: usize, first: usize, indented: bool) -> bool {
    let line = &lines.all[at];
    if line.bullet {
        return is_point(lines, at);
    }
    if line.prose || at == first {
        return true;
    }
    let link = line.text.ends_with(['>', '›'])
        || lines.count(line) > 1 && repeats_outside(lines, at, first);
    !link && (!indented || line.indented || line.width <= 60)
}

/// A single short paragraph below several short lines belongs to a box, not to the text.
fn is_orphan(lines: &Lines, at: usize) -> bool {
    let line = &lines.all[at];
    let follow = lines.all[at + 1..]
        .iter()
        .take(4)
        .filter(|next| next.is_body())
        .count();
    line.is_body() && line.width < 160 && follow == 0
}

/// True if a short line is also printed outside of the text: a button or a link.
fn repeats_outside(lines: &Lines, at: usize, first: usize) -> bool {
    let key = &lines.all[at].key;
    let before = lines.all[first.saturating_sub(60)..first]
        .iter()
        .any(|line| line.key == *key);
    before
        || lines.all[at + 1..]
            .iter()
            .take(400)
            .any(|line| line.key == *key && line.bullet)
}

#[cfg(test)]
mod tests;
