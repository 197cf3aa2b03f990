//! Counts of what an archive holds, for the publisher to read before it goes live.

mod odd;

use std::collections::BTreeMap;
use std::fmt;

use chrono::Datelike;
use chrono_tz::Tz;

use crate::domain::time::Timestamp;

use super::batch::Place;
use super::record::{ArticleRecord, Finding, Named};

pub(super) use odd::Odd;

/// Names of one kind that are counted one by one; those beyond are counted together, so that no input makes the counts grow
/// without end.
const NAMES: usize = 10_000;
/// The name that they are counted under.
const OTHERS: &str = "all others";
/// Names of one kind that are shown; the rest of them are summed up.
const SHOWN: usize = 30;
/// The places of one reason that are shown.
const PLACES: usize = 3;

/// Counts of the articles of an import.
#[derive(Debug, Default)]
pub struct Overview {
    /// Articles that were read and taken.
    articles: u64,
    statuses: Counted,
    languages: Counted,
    sections: Counted,
    authors: Counted,
    years: Counted,
    odd: odd::Oddest,
    refusals: BTreeMap<String, Refusals>,
}

/// The number of articles for each name.
#[derive(Debug, Default)]
struct Counted(BTreeMap<String, u64>);

/// Records that are refused for one reason.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// Their number.
    pub(super) records: u64,
    /// The first of them: place and sentence.
    pub(super) first: Vec<(String, String)>,
}

impl Counted {
    fn add(&mut self, name: &str) {
        let is_full = self.0.len() >= NAMES && !self.0.contains_key(name);
        let name = if is_full { OTHERS } else { name };
        *self.0.entry(name.to_owned()).or_default() += 1;
    }

    /// The most frequent names with their counts, and what the others come to together.
    fn shown(&self) -> Vec<(String, u64)> {
        let mut all: Vec<_> = self.0.iter().map(|(name, n)| (name.clone(), *n)).collect();
        all.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), name.clone()));
        self.with_rest(all)
    }

    /// The names in their order with their counts.
    fn in_order(&self) -> Vec<(String, u64)> {
        self.0.iter().map(|(name, n)| (name.clone(), *n)).collect()
    }

    fn with_rest(&self, mut all: Vec<(String, u64)>) -> Vec<(String, u64)> {
        if all.len() > SHOWN {
            let rest = all.split_off(SHOWN - 1);
            let sum = rest.iter().map(|(_, n)| n).sum();
            all.push((format!("{} others", rest.len()), sum));
        }
        all
    }
}

impl Overview {
    /// Counts an article that went in at `now`; `findings` is what was changed to take it.
    pub(super) fn take(
        &mut self,
        article: &ArticleRecord,
        now: Timestamp,
        place: &Place,
        findings: &[Finding],
    ) {
        self.articles += 1;
        self.statuses.add(article.status_at(now).as_str());
        self.languages.add(article.lang.as_str());
        match article.section_path.is_empty() {
            true => self.sections.add("no section"),
            false => self.sections.add(&article.section_path.join(" > ")),
        }
        if article.authors.is_empty() {
            self.authors.add("no author");
        }
        for author in &article.authors {
            self.authors.add(name_of(author));
        }
        match article.published {
            Some(date) => {
                let year = date.resolve(Tz::UTC).to_utc().year();
                self.years.add(&format!("{year:04}"));
            }
            None => self.years.add("no date"),
        }
        self.odd.offer(article, now, place, findings);
    }

    /// Counts a record that stays out.
    pub(super) fn refuse(&mut self, place: &Place, finding: &Finding) {
        let reason = match &finding.field {
            Some(field) => format!("{} at {field}", finding.code),
            None => finding.code.to_owned(),
        };
        let is_full = self.refusals.len() >= NAMES && !self.refusals.contains_key(&reason);
        let reason = if is_full { OTHERS.to_owned() } else { reason };
        let known = self.refusals.entry(reason).or_default();
        known.records += 1;
        if known.first.len() < PLACES {
            let told = (place.to_string(), finding.detail.clone());
            known.first.push(told);
        }
    }

    /// The reasons of refusals.
    pub(super) fn refusals(&self) -> impl Iterator<Item = (&str, &Refusals)> {
        self.refusals
            .iter()
            .map(|(reason, refusals)| (reason.as_str(), refusals))
    }

    /// The ten oddest articles, the oddest first.
    pub(super) fn oddest(&self) -> &[Odd] {
        self.odd.sorted()
    }

    /// The counts with their headings, as they are shown.
    pub(super) fn tables(&self) -> [(&'static str, Vec<(String, u64)>); 5] {
        [
            ("By status", self.statuses.shown()),
            ("By language", self.languages.shown()),
            ("By section", self.sections.shown()),
            ("By author", self.authors.shown()),
            ("By year", self.years.in_order()),
        ]
    }
}

fn name_of(named: &Named) -> &str {
    let slug = named.slug.as_deref().unwrap_or("known by an id");
    if named.name.is_empty() {
        slug
    } else {
        &named.name
    }
}

impl fmt::Display for Overview {
    /// The counts as text for a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} articles", self.articles)?;
        for (heading, rows) in self.tables() {
            write!(f, "\n\n{heading}")?;
            for (name, count) in rows {
                write!(f, "\n{count:>9}  {name}")?;
            }
        }
        if !self.refusals.is_empty() {
            write!(f, "\n\nRefused")?;
        }
        for (reason, refusals) in &self.refusals {
            write!(f, "\n{:>9}  {reason}", refusals.records)?;
            for (place, detail) in &refusals.first {
                write!(f, "\n           {place}: {detail}")?;
            }
        }
        let odd = self.odd.sorted();
        if !odd.is_empty() {
            write!(f, "\n\nOddest articles")?;
        }
        for Odd {
            place, title, why, ..
        } in odd
        {
            write!(f, "\n  {place}: {title}\n           {}", why.join("; "))?;
        }
        Ok(())
    }
}
