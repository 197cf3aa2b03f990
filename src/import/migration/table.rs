//! The table of right and wrong values, and the measures of texts.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use serde_json::Value;

use crate::domain::body::{Block, Body};
use crate::import::date::WrittenDate;
use crate::import::record::Named;

/// Right and all values of each field, and the first that are wrong.
#[derive(Default)]
pub(super) struct Table {
    pub(super) rows: BTreeMap<&'static str, (usize, usize)>,
    /// The sum of the scores of the bodies.
    pub(super) score: f64,
    pub(super) wrong: Vec<String>,
}

impl Table {
    pub(super) fn row(
        &mut self,
        field: &'static str,
        is_right: bool,
        tell: impl FnOnce() -> String,
    ) {
        let row = self.rows.entry(field).or_default();
        row.0 += usize::from(is_right);
        row.1 += 1;
        if !is_right && self.wrong.len() < 400 {
            self.wrong.push(format!("{field}: {}", tell()));
        }
    }

    /// Takes in the rows of another table.
    pub(super) fn add(&mut self, other: Self) {
        for (field, (right, all)) in other.rows {
            let row = self.rows.entry(field).or_default();
            row.0 += right;
            row.1 += all;
        }
        self.score += other.score;
        self.wrong.extend(other.wrong);
    }

    pub(super) fn percent(&self, field: &str) -> f64 {
        if field == "body text" {
            return self.score * 100.0 / self.rows[field].1 as f64;
        }
        self.rows
            .get(field)
            .map_or(100.0, |(right, all)| *right as f64 * 100.0 / *all as f64)
    }

    /// The share of the values of some fields that are right.
    pub(super) fn share(&self, fields: &[&str]) -> f64 {
        let sum = |(right, all), row: &(usize, usize)| (right + row.0, all + row.1);
        let rows = fields.iter().filter_map(|field| self.rows.get(field));
        let (right, all) = rows.fold((0, 0), sum);
        right as f64 * 100.0 / f64::max(all as f64, 1.0)
    }

    pub(super) fn show(&self, name: &str) {
        let mut text = format!("\n{name}\n");
        for (field, (right, all)) in &self.rows {
            let _ = writeln!(
                text,
                "  {field:<14} {right:>4} of {all:<4} {:>6.1} %",
                self.percent(field)
            );
        }
        eprintln!("{text}");
        if std::env::var_os("MASTHEAD_SHOW_WRONG").is_some() {
            self.wrong.iter().for_each(|wrong| eprintln!("    {wrong}"));
        }
    }

    /// Pictures that the other program drew from elsewhere, such as icons of bookmarks, are not counted.
    pub(super) fn require(&self, least: f64) {
        for field in self.rows.keys().filter(|field| **field != "body images") {
            let percent = self.percent(field);
            assert!(
                percent >= least,
                "{field}: {percent:.1} %\n{}",
                self.wrong.join("\n")
            );
        }
    }
}

pub(super) fn plain(text: &str) -> String {
    let text = text
        .replace(['’', '‘', '′'], "'")
        .replace(['“', '”', '″'], "\"")
        .replace(['–', '—'], "-")
        .replace('…', "...");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn words(text: &str) -> HashMap<String, usize> {
    let mut words = HashMap::new();
    let is_han = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
    let mut spaced = String::new();
    for c in plain(text).to_lowercase().chars() {
        match c {
            c if is_han(c) => spaced.extend([' ', c, ' ']),
            c if c.is_alphanumeric() => spaced.push(c),
            _ => spaced.push(' '),
        }
    }
    for word in spaced.split_whitespace() {
        *words.entry(word.to_owned()).or_default() += 1;
    }
    words
}

/// The harmonic mean of precision and recall of the words.
pub(super) fn f1(expected: &str, found: &str) -> f64 {
    let (expected, found) = (words(expected), words(found));
    let (of_expected, of_found): (usize, usize) = (expected.values().sum(), found.values().sum());
    if of_expected + of_found == 0 {
        return 1.0;
    }
    let both: usize = expected
        .iter()
        .map(|(word, n)| (*n).min(*found.get(word).unwrap_or(&0)))
        .sum();
    2.0 * both as f64 / (of_expected + of_found) as f64
}

pub(super) fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().cloned().unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

pub(super) fn folded(names: &[String]) -> Vec<String> {
    names
        .iter()
        .map(|name| plain(name).to_lowercase())
        .collect()
}

pub(super) fn instant(date: Option<WrittenDate>) -> Option<String> {
    date.map(|date| date.resolve(chrono_tz::Tz::UTC).to_string())
}

/// True if the text that a reader sees of the body has the number of blocks.
pub(super) fn blocks(body: &Body) -> usize {
    fn count(block: &Block) -> usize {
        match block {
            Block::List { items, .. } => items.iter().flatten().map(count).sum(),
            Block::Quote { blocks, .. } => blocks.iter().map(count).sum(),
            Block::Paragraph { .. } | Block::Heading { .. } => 1,
            Block::Table { head, body, .. } => head.len() + body.len(),
            Block::Rule { .. } => 0,
            _ => 1,
        }
    }
    body.blocks().iter().map(count).sum()
}

pub(super) fn names(named: &[Named]) -> Vec<String> {
    named.iter().map(|one| one.name.clone()).collect()
}
