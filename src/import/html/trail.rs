//! The trail of breadcrumbs that a page shows.

use dom_query::{Document, Selection};

use crate::import::page_record::is_home;

/// Selectors of trails, the surest first.
const PLACES: [&str; 8] = [
    "[itemtype*='BreadcrumbList']",
    "nav[aria-label*='breadcrumb' i]",
    "[class*='breadcrumb' i]",
    "[id*='breadcrumb' i]",
    "[class*='crumb' i]",
    "[class*='fil-ariane' i], [class*='filariane' i], [class*='ariane' i]",
    "[aria-label*='ariane' i]",
    "[class*='position' i], [class*='location' i], [class*='path' i], [class*='weizhi' i]",
];

/// Signs between steps.
const PARTERS: [char; 10] = [
    '>', '›', '»', '/', '→', '|', '＞', '·', '\u{2022}', '\u{e001}',
];

/// The steps of a trail, without the title at its end.
pub(super) fn shown(document: &Document, title: &str) -> Vec<String> {
    for place in PLACES {
        for trail in document.select(place).iter().take(6) {
            let steps = steps(&trail);
            let is_named = place.contains("rumb")
                || place.contains("ariane")
                || steps.first().is_some_and(|first| is_home(first));
            if (1..=8).contains(&steps.len())
                && is_named
                && (steps.len() > 1 || is_home(&steps[0]) || place.contains("List"))
            {
                return without_title(steps, title);
            }
        }
    }
    Vec::new()
}

/// A trail without the title of the page at its end.
pub(super) fn without_title(mut steps: Vec<String>, title: &str) -> Vec<String> {
    let key = |text: &str| {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    let title = key(title);
    while let Some(last) = steps.last() {
        let last = key(last);
        let is_title = last == title
            || last.len() > 12 && (title.starts_with(&last) || last.starts_with(&title));
        let is_word = matches!(last.as_str(), "正文" | "article" | "");
        if !(is_title && !title.is_empty() || is_word) {
            break;
        }
        steps.pop();
    }
    steps
}

fn steps(trail: &Selection<'_>) -> Vec<String> {
    let text = |part: &Selection<'_>| folded(&part.text());
    for parts in ["[itemprop='name']", "li", "a"] {
        let found: Vec<String> = trail
            .select(parts)
            .iter()
            .map(|part| text(&part))
            .filter(|step| !step.is_empty())
            .collect();
        let short: Vec<String> = found
            .into_iter()
            .filter(|step| step.chars().count() <= 80)
            .collect();
        if !short.is_empty() {
            let mut steps: Vec<String> = Vec::new();
            for step in short {
                let step = step
                    .trim_matches(|c: char| PARTERS.contains(&c) || c.is_whitespace())
                    .to_owned();
                if !step.is_empty() && steps.last() != Some(&step) {
                    steps.push(step);
                }
            }
            return steps;
        }
    }
    let whole = text(trail);
    let parts = whole.split(PARTERS).map(|step| step.trim().to_owned());
    parts.filter(|step| !step.is_empty()).collect()
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
