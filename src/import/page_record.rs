//! An article page that was read as plain text, as a record.

use std::collections::HashSet;

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::article::Credit;
use crate::domain::body::Body;
use crate::domain::edition::{Contact, Phone};
use crate::domain::error::Invalid;
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;
use crate::domain::tag::spelling_key;
use crate::domain::text;

use super::date::{Precision, WrittenDate};
use super::feed_date;
use super::page::{self, Page};
use super::record::{ArticleRecord, EditionHints, Finding, Named, Parsed, Record};
use crate::domain::address;

/// Names of a trail's first step where it is the home page; Chinese sites put their name before 首页.
const HOME: [&str; 11] = [
    "home",
    "homepage",
    "home page",
    "front page",
    "accueil",
    "page d'accueil",
    "首页",
    "首頁",
    "主页",
    "à la une",
    "a la une",
];
const HOME_ENDING: &str = "首页";

/// Reads a page; `lang` is its language, where it is known. Gives the page's name for itself and its record.
pub(super) fn read(
    text: &str,
    lang: Option<&LanguageTag>,
) -> (Option<String>, Result<Parsed, Finding>) {
    let Some(page) = page::parse(text, lang.map(LanguageTag::as_str)) else {
        let finding = Finding::new("no_article", "no article was found on the page");
        return (None, Err(finding));
    };
    let id = identity(&page);
    let digest = xxh3_64(format!("{}\n{text}", page.lang).as_bytes()).cast_signed();
    let mut notes: Vec<Finding> = page.guessed_width.map(wrapped).into_iter().collect();
    let left_out = left_out(&page);
    let parsed = article(page, &id, &mut notes).map(|article| Parsed {
        record: Record::Article(Box::new(article)),
        notes: notes.into_iter().chain(left_out).collect(),
        unknown: Vec::new(),
        digest,
    });
    (Some(id), parsed)
}

fn wrapped(width: usize) -> Finding {
    let detail = format!(
        "the lines of the page were wrapped at {width}, without the blanks at their ends: which of them go on below is a guess, and so are the title, the text and what stands around it"
    );
    Finding::new("wrapped_page", detail)
}

/// A finding for each line between title and footer that is in no field.
fn left_out(page: &Page) -> Vec<Finding> {
    let told = |left: &page::LeftOut| {
        Finding::new("left_out", left.text.clone()).on_line(left.line as u64)
    };
    page.left_out.iter().map(told).collect()
}

/// The page's address, else what would not change if its text were corrected.
fn identity(page: &Page) -> String {
    page.url.clone().unwrap_or_else(|| {
        let published = page.published.as_deref().unwrap_or_default();
        // Without the zone, so that a page keeps its identity when another zone becomes known.
        let published = published.split(' ').next().unwrap_or_default();
        let source = page.source.as_deref().unwrap_or_default();
        let parts = [&page.lang, source, &page.title, published].join("\n");
        format!("page:{:016x}", xxh3_64(parts.as_bytes()))
    })
}

fn article(page: Page, id: &str, notes: &mut Vec<Finding>) -> Result<ArticleRecord, Finding> {
    let lang =
        LanguageTag::parse(&page.lang).map_err(|invalid| Finding::invalid("/lang", invalid))?;
    let title = clean("title", &page.title, text::TITLE_MAX, notes);
    let title =
        title.ok_or_else(|| Finding::new("no_article", "no title was found on the page"))?;
    let body = body(&page.paragraphs, notes);
    let mut article = ArticleRecord::new(lang, title, body);
    article.external_id = Some(id.to_owned());
    read_text(&mut article, &page, notes);
    read_people(&mut article, &page, notes);
    read_lists(&mut article, &page, notes);
    article.published = date(
        &mut article,
        "published_at",
        page.published.as_deref(),
        notes,
    );
    article.updated = date(&mut article, "updated", page.updated.as_deref(), notes);
    if article.published.is_none() {
        let detail = "no date was found on the page: it goes in as a draft";
        notes.push(Finding::at("/published_at", "no_date", detail));
    }
    article.hints = hints(page, notes).map(Box::new);
    Ok(article)
}

/// The paragraphs as a body; of too many the last are left out.
fn body(paragraphs: &[String], notes: &mut Vec<Finding>) -> Body {
    let mut kept = paragraphs.len();
    loop {
        let read = Body::from_paragraphs_reporting(paragraphs[..kept].iter().map(String::as_str));
        match read {
            Ok((body, warnings)) => {
                let told = warnings.iter();
                notes.extend(told.map(|(code, detail)| Finding::at("/body", code, detail)));
                return body;
            }
            Err(refused) => {
                kept /= 2;
                let detail = format!("{refused}; what follows paragraph {kept} is cut off");
                notes.push(Finding::at("/body", "too_long", detail));
            }
        }
        if kept == 0 {
            return Body::default();
        }
    }
}

fn read_text(article: &mut ArticleRecord, page: &Page, notes: &mut Vec<Finding>) {
    let mut field = |name, value: &Option<String>, max| {
        let value = value.as_ref()?;
        clean(name, value, max, notes)
    };
    article.subtitle = field("subtitle", &page.subtitle, text::SUBTITLE_MAX);
    article.summary = field("summary", &page.summary, text::SUMMARY_MAX);
    article.byline_raw = field("byline_raw", &page.byline_raw, text::NOTE_MAX);
    let source = field("source", &page.source, text::NAME_MAX);
    article.source = source.map(|name| text::fold_name(&name).into());
    if let Some(url) = &page.url {
        match address::parse(url) {
            Ok(url) => article.url = Some(url),
            Err(invalid) => keep(article, "url", url, invalid, notes),
        }
    }
}

fn read_people(article: &mut ArticleRecord, page: &Page, notes: &mut Vec<Finding>) {
    article.authors = named("authors", &page.authors, notes);
    article.editors = named("editors", &page.editors, notes);
    article.translators = named("translators", &page.translators, notes);
    for (role, name) in &page.credits {
        let role = clean("credits", role, text::NAME_MAX, notes);
        let name = clean("credits", name, text::NAME_MAX, notes);
        let credit = role.zip(name).map(|(role, name)| Credit { role, name });
        article.credits.extend(credit);
    }
}

/// The trail without its home step: a home word, or the name of the site.
fn read_lists(article: &mut ArticleRecord, page: &Page, notes: &mut Vec<Finding>) {
    let mut trail = steps("breadcrumbs", &page.breadcrumbs, notes);
    let home = trail.first().is_some_and(|first| is_home(first));
    let site = trail.first().is_some_and(|first| is_site(page, first));
    if home || site {
        trail.remove(0);
    }
    article.section_path = trail;
    let mut spellings = std::collections::HashSet::new();
    for tag in names("tags", &page.tags, notes) {
        if spellings.insert(spelling_key(&tag)) {
            article.tags.push(tag.into());
        }
    }
}

/// True if a page calls its own site so.
fn is_site(page: &Page, words: &str) -> bool {
    let own = |name: &String| Slug::from_text(name) == Slug::from_text(words);
    page.site_names.iter().chain(&page.source).any(own)
}

/// True if the words of a trail's first step mean the home page.
#[must_use]
pub fn is_home(words: &str) -> bool {
    let words = words.to_lowercase().replace('’', "'");
    HOME.contains(&words.as_str()) || words.ends_with(HOME_ENDING)
}

/// A page cannot be mended by its owner, so a date that is none costs the date alone.
fn date(
    article: &mut ArticleRecord,
    name: &str,
    written: Option<&str>,
    notes: &mut Vec<Finding>,
) -> Option<WrittenDate> {
    let written = written?;
    let read = feed_date::read(written).map(|date| date.told(&format!("/{name}"), notes));
    let written = read.as_deref().unwrap_or(written);
    match WrittenDate::parse(written) {
        Err(invalid) => {
            keep(article, name, written, invalid, notes);
            None
        }
        Ok(date) => {
            if date.precision() < Precision::Day {
                let detail = format!("{written} is taken as its first day");
                keep(
                    article,
                    name,
                    written,
                    Invalid::new("date_precision", detail),
                    notes,
                );
            }
            Some(date)
        }
    }
}

/// Keeps the written form of what could not be kept as it is.
fn keep(
    article: &mut ArticleRecord,
    name: &str,
    written: &str,
    invalid: Invalid,
    notes: &mut Vec<Finding>,
) {
    notes.push(Finding::invalid(&format!("/{name}"), invalid));
    article.extra.insert(name.to_owned(), Value::from(written));
}

fn hints(page: Page, notes: &mut Vec<Finding>) -> Option<EditionHints> {
    let mut phones = Vec::new();
    for (label, number) in &page.phones {
        let number = clean("contact", number, text::NAME_MAX, notes);
        let label = clean("contact", label, text::NAME_MAX, notes);
        phones.extend(number.map(|number| Phone { label, number }));
    }
    let mut line = |name, value: Option<String>, max| clean(name, &value?, max, notes);
    let hints = EditionHints {
        contact: Contact {
            phones,
            email: line("contact", page.email, text::NAME_MAX),
            address: line("contact", page.address, text::NOTE_MAX),
        },
        copyright: line("copyright", page.copyright, text::NOTE_MAX),
        house: match page.site_names.is_empty() {
            true => page.source.into_iter().collect(),
            false => page.site_names,
        },
    };
    Some(hints).filter(|hints| !hints.is_empty())
}

fn named(field: &str, written: &[String], notes: &mut Vec<Finding>) -> Vec<Named> {
    let names = names(field, written, notes);
    names.into_iter().map(Named::from).collect()
}

/// The names of a list, each once, and no more than an article may have.
fn names(field: &str, written: &[String], notes: &mut Vec<Finding>) -> Vec<String> {
    let mut names = folded(field, written, notes);
    let mut known = HashSet::new();
    names.retain(|name| known.insert(name.clone()));
    bounded(field, names, notes)
}

/// The names of a trail, no more than an article may have; a section may have the name of the one above it.
fn steps(field: &str, written: &[String], notes: &mut Vec<Finding>) -> Vec<String> {
    let names = folded(field, written, notes);
    bounded(field, names, notes)
}

fn folded(field: &str, written: &[String], notes: &mut Vec<Finding>) -> Vec<String> {
    let fold = |name: &String| {
        let name = clean(field, name, text::NAME_MAX, notes)?;
        Some(text::fold_name(&name))
    };
    written.iter().filter_map(fold).collect()
}

fn bounded(field: &str, mut names: Vec<String>, notes: &mut Vec<Finding>) -> Vec<String> {
    if names.len() > text::LIST_MAX {
        let detail = format!(
            "at most {} of them; the last {} are left out",
            text::LIST_MAX,
            names.len() - text::LIST_MAX
        );
        notes.push(Finding::at(format!("/{field}"), "too_many", detail));
        names.truncate(text::LIST_MAX);
    }
    names
}

/// Text without control characters, cut to `max` characters; none when nothing is left that shows.
fn clean(field: &str, written: &str, max: usize, notes: &mut Vec<Finding>) -> Option<String> {
    let mut note =
        |code, detail: String| notes.push(Finding::at(format!("/{field}"), code, detail));
    let (stripped, changed) = text::strip_control(written);
    if changed {
        note(
            "control_character",
            "control characters became blanks".to_owned(),
        );
    }
    let end = stripped.trim().char_indices().nth(max);
    let short = &stripped.trim()[..end.map_or(stripped.trim().len(), |(end, _)| end)];
    let short = short.trim_end();
    if short.len() < stripped.trim().len() {
        note(
            "too_long",
            format!("at most {max} characters; the rest is cut off"),
        );
    }
    let clean = text::clean(short, max).unwrap_or_default();
    Some(clean).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
