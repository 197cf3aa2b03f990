//! The lines between title and footer that no field of the article holds.

use std::collections::HashSet;

use super::article::{LeftOut, Page};
use super::body::Parts;
use super::lines::{Line, Lines};
use super::text::key;
use super::zones::BELOW;

/// Lines that are told one by one; those beyond are told by their number.
const TOLD: usize = 200;
/// Characters of a line that are told.
const SHOWN: usize = 120;

/// The lines from the title to `footer` that are in no field.
pub(super) fn find(
    page: &Lines,
    article: &Page,
    title: (usize, usize),
    parts: &Parts,
    footer: usize,
) -> Vec<LeftOut> {
    let taken: HashSet<usize> = parts
        .body
        .iter()
        .copied()
        .chain(parts.subtitle)
        .chain(parts.summary)
        .collect();
    let values = values(article);
    let keys: HashSet<String> = values.iter().map(|value| key(value)).collect();
    let stamped = |at: usize| at < parts.end || at < parts.end + BELOW;
    let is_left_out = |at: &usize| {
        let line = &page.all[*at];
        let is_taken = taken.contains(at) || keys.contains(&line.key);
        let is_date = stamped(*at) && is_dated(line, article);
        let is_label = line.label && values.iter().any(|value| line.text.contains(value));
        !(line.key.is_empty() || is_taken || is_date || is_label)
    };
    let lines: Vec<usize> = (title.0 + 1..footer.max(parts.end))
        .filter(is_left_out)
        .collect();
    let mut told: Vec<LeftOut> = lines
        .iter()
        .take(TOLD)
        .map(|at| LeftOut {
            line: page.all[*at].number,
            text: page.all[*at].text.chars().take(SHOWN).collect(),
        })
        .collect();
    if let Some(more) = lines.get(TOLD) {
        told.push(LeftOut {
            line: page.all[*more].number,
            text: format!("… and {} lines from here on", lines.len() - TOLD),
        });
    }
    told
}

/// What the fields around the text hold, as printed.
fn values(article: &Page) -> Vec<&str> {
    let people = [&article.authors, &article.editors, &article.translators];
    let lists = people
        .into_iter()
        .chain([&article.tags, &article.breadcrumbs]);
    let credited = article.credits.iter().map(|(_, name)| name);
    let single = [&article.source, &article.byline_raw, &article.url];
    let single = single.into_iter().flatten().chain([&article.title]);
    let all = lists.flatten().chain(credited).chain(single);
    all.map(String::as_str)
        .filter(|value| !value.is_empty())
        .collect()
}

/// Whether the line prints a date that the article has.
fn is_dated(line: &Line, article: &Page) -> bool {
    let dates = [&article.published, &article.updated];
    line.stamps.iter().any(|stamp| {
        let prints = |date: &String| date.get(..7) == stamp.value.get(..7);
        dates.into_iter().flatten().any(prints)
    })
}
