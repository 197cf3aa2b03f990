//! Every line of the shared corpus is read, and everything that it says is found again. The corpus stands beside the
//! checkout, or where `MASTHEAD_SHARED` says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::*;
use crate::domain::bases::Bases;
use crate::domain::body::Body;
use crate::domain::text;
use crate::import::Format;
use crate::import::inputs::{Input, Inputs, collect};
use crate::import::lines::{self, Lines};
use crate::import::reader::{self, Options};
use crate::import::record::ArticleRecord;

fn corpus() -> Option<Inputs> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("MASTHEAD_SHARED").map_or(beside, PathBuf::from);
    let found = collect(&[shared.join("corpus")], Format::Ndjson, None);
    if found.is_err() {
        eprintln!("SKIPPED: there is no corpus at {}", shared.display());
    }
    found.ok()
}

/// The strings of a value, at any depth.
fn strings<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(fields) => fields.values().for_each(|item| strings(item, found)),
        _ => {}
    }
}

/// Text as far as a reader sees it.
fn seen(text: &str) -> String {
    text::fold_name(&text::strip_control(text).0)
}

/// Everything that a record says, for the fields that keep their text.
fn said(article: &ArticleRecord) -> Vec<String> {
    let texts = [
        &article.external_id,
        &article.subtitle,
        &article.summary,
        &article.byline_raw,
        &article.dateline,
        &article.url,
        &article.translation_key,
        &article.slug_written,
        &article.rights.licence,
    ];
    let named = [
        &article.authors,
        &article.editors,
        &article.translators,
        &article.tags,
    ];
    let original = article.original.clone().unwrap_or_default();
    let mut said: Vec<String> = vec![article.title.clone(), article.lang.to_string()];
    said.extend(texts.into_iter().flatten().cloned());
    let named = named.into_iter().flatten().chain(&article.source);
    said.extend(named.map(|named| named.name.clone()));
    said.extend(article.section_path.iter().cloned());
    said.extend(article.slug.as_ref().map(ToString::to_string));
    said.extend(
        article
            .credits
            .iter()
            .flat_map(|credit| [credit.role.clone(), credit.name.clone()]),
    );
    said.extend(
        [original.lang, original.title, original.url]
            .into_iter()
            .flatten(),
    );
    said.extend(
        article
            .media
            .iter()
            .flat_map(|medium| [Some(medium.url.clone()), medium.alt.clone()])
            .flatten(),
    );
    let mut extra = Vec::new();
    article
        .extra
        .values()
        .for_each(|value| strings(value, &mut extra));
    said.extend(extra.into_iter().map(str::to_owned));
    said.iter().map(|text| seen(text)).collect()
}

/// The field of a line that is not found again in its record.
fn lost(line: &Map<String, Value>, article: &ArticleRecord) -> Option<String> {
    let said = said(article);
    let body = letters(&article.body.text());
    for (name, value) in line {
        let mut texts = Vec::new();
        strings(value, &mut texts);
        let found = match name.as_str() {
            "published_at" => article.published.is_some(),
            "body_html" | "body_markdown" => !body.is_empty(),
            "body_paragraphs" => texts
                .iter()
                .all(|text| body.contains(&letters(&shown(text))) || said.contains(&seen(text))),
            "contributors" => texts
                .iter()
                .all(|text| ["editor", "translator"].contains(text) || said.contains(&seen(text))),
            _ => texts.iter().all(|text| said.contains(&seen(text))),
        };
        if !found {
            return Some(format!("{name}: {value}"));
        }
    }
    None
}

/// A paragraph as a body shows it: the address of a player becomes that of the page which a person opens.
fn shown(paragraph: &str) -> String {
    Body::from_text(paragraph).unwrap().text()
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[test]
fn nothing_of_any_line_is_lost() {
    let Some(inputs) = corpus() else { return };
    let mut records = 0;
    let mut notes: BTreeMap<&str, usize> = BTreeMap::new();
    for input in &inputs.list {
        let mut lines = Lines::new(lines::open(input.open().unwrap()).unwrap());
        while let Some((number, line)) = lines.next() {
            let line = line.unwrap();
            let place = format!("{} line {number}", input.name());
            let read = read(line, None).outcome;
            let parsed = read
                .unwrap_or_else(|refused| panic!("{place}: {refused:?}"))
                .unwrap();
            let Record::Article(article) = &parsed.record else {
                panic!("{place}: an article")
            };
            let written: Map<String, Value> = serde_json::from_str(line).unwrap();
            assert_eq!(lost(&written, article), None, "{place}");
            parsed
                .notes
                .iter()
                .for_each(|note| *notes.entry(note.code).or_default() += 1);
            records += 1;
        }
    }
    eprintln!("{records} records, notes: {notes:?}");
    assert!(records > 20_000, "only {records} records");
}

#[test]
fn a_field_that_went_missing_would_be_noticed() {
    let line = "{\"lang\":\"en\",\"title\":\"t\",\"dateline\":\"PARIS\",\"x\":[\"y\"],\"body_paragraphs\":[\"One\"]}";
    let written: Map<String, Value> = serde_json::from_str(line).unwrap();
    let Record::Article(article) = read(line, None).outcome.unwrap().unwrap().record else {
        panic!("an article")
    };
    assert_eq!(lost(&written, &article), None);
    for (name, spoil) in [
        (
            "dateline",
            (|article| article.dateline = None) as fn(&mut ArticleRecord),
        ),
        ("x", |article| article.extra.clear()),
        ("body_paragraphs", |article| {
            article.body = crate::domain::body::Body::default();
        }),
    ] {
        let mut spoilt = article.clone();
        spoil(&mut spoilt);
        assert!(lost(&written, &spoilt).unwrap().starts_with(name));
    }
}

#[test]
fn several_files_come_through_the_reading_thread_in_order() {
    let Some(mut inputs) = corpus() else { return };
    inputs.list.truncate(3);
    let sizes = inputs.list.iter().map(|input| match input {
        Input::File(path) => path.metadata().unwrap().len(),
        Input::Stdin | Input::Embedded(..) => 0,
    });
    let bytes: u64 = sizes.sum();
    let options = Options {
        format: Format::Ndjson,
        lang: None,
        bases: Bases::default(),
    };
    let started = Instant::now();
    let (mut records, mut position, mut last) = (0, 0, None);
    for batch in reader::read(inputs.list, options).unwrap() {
        for item in batch.items {
            let place = Some((item.place.file, item.place.line));
            assert!(last < place, "{place:?} after {last:?}");
            last = place;
            records += 1;
        }
        position = batch.position;
    }
    let rate = f64::from(records) / started.elapsed().as_secs_f64();
    eprintln!("{records} records, {rate:.0} a second");
    assert!(records > 9_000, "only {records} records");
    assert_eq!(position, bytes);
}
