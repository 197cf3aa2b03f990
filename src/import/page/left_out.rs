//! The lines between title and footer that no field of the article holds.

use std::collections::HashSet;

use super::article::{LeftOut, Page};
use super::body::Parts;
use super::lines::{Furniture, Line, Lines};
use super::read_line::read_line;
use super::text::{fold, key};
use super::zones::BELOW;
use super::{label, signature, tags};

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
    let printed = Printed::new(values);
    let is_left_out = |at: &usize| {
        let line = &page.all[*at];
        let is_taken = taken.contains(at) || keys.contains(&line.key);
        let dated = *at < parts.end + BELOW && is_dated(line, article);
        !(line.key.is_empty() || is_taken || printed.is_all_of(line, dated))
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

/// The values of the fields around the text, in lower case, the longest first.
struct Printed(Vec<String>);

impl Printed {
    fn new(values: Vec<&str>) -> Self {
        let mut values: Vec<String> = values.into_iter().map(str::to_lowercase).collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Self(values)
    }

    /// True if the line prints these values, their labels and, where it is `dated`, the date of the article, and nothing else.
    fn is_all_of(&self, line: &Line, dated: bool) -> bool {
        let mut rest = tags::without_lead(line).to_owned();
        if dated {
            rest = signature::around_dates(line).join(" ");
        }
        rest = rest.to_lowercase();
        let holds = |value: &&String| rest.contains(value.as_str());
        if !dated && !self.0.iter().any(|value| holds(&value)) {
            return false;
        }
        for value in &self.0 {
            rest = rest.replace(value.as_str(), " ");
        }
        let rest = fold(&label::without_labels(&rest));
        let words = rest.split(|c: char| !c.is_alphanumeric());
        let said = words.filter(|word| !word.is_empty() && !JOINING.contains(word));
        let said: Vec<&str> = said.collect();
        said.iter().all(|word| signature::WEEKDAY.is_match(word)) || is_control(&rest)
    }
}

/// True if the text is a button of its page.
fn is_control(text: &str) -> bool {
    read_line(text, 0, None).is_some_and(|line| line.furniture == Some(Furniture::Control))
}

/// Words beside names and dates that say nothing more.
const JOINING: [&str; 20] = [
    "a",
    "and",
    "avec",
    "by",
    "d",
    "de",
    "editing",
    "et",
    "for",
    "from",
    "in",
    "l",
    "la",
    "le",
    "of",
    "par",
    "reporting",
    "the",
    "with",
    "记者",
];

/// The values of the fields around the text, as printed.
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

/// True if the line prints a date that the article has.
fn is_dated(line: &Line, article: &Page) -> bool {
    let dates = [&article.published, &article.updated];
    line.stamps.iter().any(|stamp| {
        let prints = |date: &String| date.get(..10) == stamp.value.get(..10);
        dates.into_iter().flatten().any(prints)
    })
}

#[cfg(test)]
mod tests;
