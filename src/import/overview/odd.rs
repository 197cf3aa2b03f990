//! The articles that a person should look at first.

use crate::domain::article::Status;
use crate::domain::text;
use crate::domain::time::Timestamp;
use crate::import::batch::Place;
use crate::import::record::{ArticleRecord, Finding};

/// Articles that are kept.
const KEPT: usize = 10;
/// Characters of a title that are shown.
const TITLE: usize = 200;
/// Findings of one article that count.
const FINDINGS: usize = 5;
/// Words below which a text is a stub, and above which it is more than one article.
const WORDS: std::ops::Range<u32> = 30..20_000;
/// Characters above which a title holds more than a title.
const TITLE_LONG: usize = 160;
/// Names above which a byline is a list of something else.
const NAMES: usize = 8;
/// The first year of printed newspapers, in milliseconds from 1970: a date before it is a mistake of a clock or a reader.
const FIRST_PRINT: i64 = -11_517_000_000_000;

/// An article, and what is odd about it.
#[derive(Debug, Clone)]
pub(in crate::import) struct Odd {
    /// Its place in the input.
    pub(in crate::import) place: String,
    /// The beginning of its title.
    pub(in crate::import) title: String,
    /// Its oddities, the greatest first.
    pub(in crate::import) why: Vec<String>,
    /// Their weights together.
    weight: u32,
}

/// The oddest articles so far: at most ten.
#[derive(Debug, Default)]
pub(super) struct Oddest(Vec<Odd>);

impl Oddest {
    /// Keeps an article if it is odder than one of those that are kept. Of equally odd ones the first stay.
    pub(super) fn offer(
        &mut self,
        article: &ArticleRecord,
        now: Timestamp,
        place: &Place,
        findings: &[Finding],
    ) {
        let mut why = oddities(article, now);
        let told = findings.iter().filter(|finding| !finding.shared);
        why.extend(told.take(FINDINGS).map(|finding| (2, said(finding))));
        let weight = why.iter().map(|(weight, _)| weight).sum();
        let least = self.0.last().map_or(0, |odd| odd.weight);
        if weight == 0 || self.0.len() == KEPT && weight <= least {
            return;
        }
        why.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let at = self.0.partition_point(|odd| odd.weight >= weight);
        let odd = Odd {
            place: place.to_string(),
            title: text::cut(&article.title, TITLE).to_owned(),
            why: why.into_iter().map(|(_, why)| why).collect(),
            weight,
        };
        self.0.insert(at, odd);
        self.0.truncate(KEPT);
    }

    /// The oddest first.
    pub(super) fn sorted(&self) -> &[Odd] {
        &self.0
    }
}

fn said(finding: &Finding) -> String {
    match &finding.field {
        Some(field) => format!("{field}: {}", finding.detail),
        None => finding.detail.clone(),
    }
}

/// The oddities of the article itself, with weights.
fn oddities(article: &ArticleRecord, now: Timestamp) -> Vec<(u32, String)> {
    let mut why: Vec<(u32, String)> = Vec::new();
    let mut note = |is_odd: bool, weight: u32, words: &str| {
        if is_odd {
            why.push((weight, words.to_owned()));
        }
    };
    let words = article.length.words;
    note(words == 0 && !article.keeps_body, 10, "it has no text");
    note(
        words > 0 && words < WORDS.start,
        4,
        "its text has fewer than 30 words",
    );
    note(words >= WORDS.end, 6, "its text has more than 20,000 words");
    let title = &article.title;
    note(
        title.chars().count() > TITLE_LONG,
        4,
        "its title is longer than 160 characters",
    );
    note(
        !title.chars().any(char::is_alphabetic),
        8,
        "its title has no letter",
    );
    let date = article.published.map(|date| date.resolve(chrono_tz::UTC));
    note(date.is_none(), 5, "it has no date");
    note(
        date.is_some_and(|date| date.millis() < FIRST_PRINT),
        8,
        "its date is before 1605",
    );
    note(
        article.status_at(now) == Status::Scheduled,
        3,
        "its date is still to come",
    );
    note(
        article.lang.as_str() == "und",
        6,
        "its language is not known",
    );
    note(article.authors.is_empty(), 1, "it has no author");
    note(
        article.authors.len() > NAMES,
        4,
        "it has more than eight authors",
    );
    note(article.section_path.is_empty(), 1, "it is in no section");
    why
}
