//! Reads real and invented article pages as plain text and scores every field against what a careful reader sees on them.

mod fields;
mod hostile;
mod wrapped;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::shared::shared;
use masthead::import::page::{Page, parse};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

/// Fields in the order of the table; those that a page's expectation leaves out are not counted for it.
const FIELDS: [&str; 14] = [
    "title",
    "authors",
    "source",
    "published",
    "editor",
    "breadcrumbs",
    "first_paragraph",
    "last_paragraph",
    "subtitle",
    "summary",
    "updated",
    "tags",
    "lang",
    "url",
];

/// Fields that mean "none on the page" when an expectation does not name them.
const EMPTY_WHEN_ABSENT: [&str; 1] = ["source"];

struct Case {
    name: String,
    text: String,
    expected: Value,
}

#[derive(Default)]
struct Score {
    right: usize,
    all: usize,
    misses: Vec<String>,
}

fn shared_pages() -> Option<PathBuf> {
    shared("pages")
}

fn invented_pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages")
}

fn cases(folder: &Path) -> Vec<Case> {
    let mut names: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder of pages can be read")
        .map(|entry| entry.expect("a folder entry can be read").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "txt"))
        .collect();
    names.sort();
    names.iter().map(|path| case(path)).collect()
}

fn case(path: &Path) -> Case {
    let expected = fs::read_to_string(path.with_extension("expected.json"))
        .expect("a page has its expected values");
    Case {
        name: path
            .file_stem()
            .expect("a page has a name")
            .to_string_lossy()
            .into_owned(),
        text: fs::read_to_string(path).expect("a page can be read"),
        expected: serde_json::from_str(&expected).expect("expected values are JSON"),
    }
}

fn field(page: &Page, name: &str) -> Value {
    match name {
        "title" => json!(page.title),
        "authors" => json!(page.authors),
        "source" => json!(page.source),
        "published" => json!(page.published),
        "updated" => json!(page.updated),
        "editor" => json!(page.editors),
        "breadcrumbs" => json!(page.breadcrumbs),
        "first_paragraph" => json!(page.paragraphs.first()),
        "last_paragraph" => json!(page.paragraphs.last()),
        "subtitle" => json!(page.subtitle),
        "summary" => json!(page.summary),
        "tags" => json!(page.tags),
        "lang" => json!(page.lang),
        "url" => json!(page.url),
        other => panic!("no field {other}"),
    }
}

/// NFC, every run of white space as one space.
fn folded(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(
            text.nfc()
                .collect::<String>()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        ),
        Value::Array(items) => items.iter().map(folded).collect(),
        other => other.clone(),
    }
}

fn is_right(expected: &Value, name: &str, got: &Value) -> bool {
    let alternatives = expected["accept"][name]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let got = folded(got);
    std::iter::once(&expected[name])
        .chain(&alternatives)
        .any(|value| folded(value) == got)
}

fn score(cases: &[Case]) -> BTreeMap<&'static str, Score> {
    let mut scores: BTreeMap<&'static str, Score> = BTreeMap::new();
    for case in cases {
        let page = parse(&case.text, None).unwrap_or_default();
        for name in FIELDS
            .into_iter()
            .filter(|name| case.expected.get(name).is_some() || EMPTY_WHEN_ABSENT.contains(name))
        {
            let got = field(&page, name);
            let score = scores.entry(name).or_default();
            score.all += 1;
            match is_right(&case.expected, name, &got) {
                true => score.right += 1,
                false => score.misses.push(format!(
                    "{}: {} instead of {}",
                    case.name,
                    short(&got),
                    short(&case.expected[name])
                )),
            }
        }
    }
    scores
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.chars().count() > 110 {
        true => text.chars().take(110).chain("…".chars()).collect(),
        false => text,
    }
}

fn print(heading: &str, scores: &BTreeMap<&'static str, Score>) {
    println!("\n{heading}");
    for name in FIELDS {
        let Some(score) = scores.get(name) else {
            continue;
        };
        println!("  {name:<16} {:>3} / {:<3}", score.right, score.all);
        score
            .misses
            .iter()
            .for_each(|miss| println!("      {miss}"));
    }
}

fn assert_floors(scores: &BTreeMap<&'static str, Score>, floors: &[(&str, usize)]) {
    for (name, floor) in floors {
        assert!(
            scores[name].right >= *floor,
            "{name}: {} right, at least {floor} wanted",
            scores[name].right
        );
    }
}

#[test]
fn real_pages_are_read_as_a_careful_reader_reads_them() {
    let Some(folder) = shared_pages() else { return };
    let scores = score(&cases(&folder));
    print("real pages", &scores);
    assert_floors(
        &scores,
        &[
            ("title", 25),
            ("published", 23),
            ("editor", 23),
            ("authors", 20),
            ("source", 20),
            ("breadcrumbs", 20),
            ("first_paragraph", 20),
            ("last_paragraph", 20),
        ],
    );
}

#[test]
fn invented_pages_are_read_as_a_careful_reader_reads_them() {
    let cases = cases(&invented_pages());
    let scores = score(&cases);
    print("invented pages", &scores);
    assert_eq!(scores["title"].right, cases.len());
    let most = cases.len() - cases.len() / 20;
    let floors = FIELDS[1..8]
        .iter()
        .map(|name| (*name, most))
        .collect::<Vec<_>>();
    assert_floors(&scores, &floors);
}

#[test]
fn the_model_page_is_right_in_every_field() {
    let Some(folder) = shared_pages() else { return };
    let case = case(&folder.join("en-model.txt"));
    let page = parse(&case.text, None).unwrap();
    for name in FIELDS
        .into_iter()
        .filter(|name| case.expected.get(name).is_some())
    {
        assert!(
            is_right(&case.expected, name, &field(&page, name)),
            "{name}: {}",
            field(&page, name)
        );
    }
    let phone = |label: &str, number: &str| (label.to_owned(), number.to_owned());
    assert_eq!(
        page.phones,
        [
            phone("CASS", "86-10-85195999"),
            phone("CSSN", "86-10-85886173")
        ]
    );
    assert_eq!(page.email.as_deref(), Some("cssnenglish@cass.org.cn"));
    assert_eq!(
        page.address.as_deref(),
        Some("#5 Jianguomennei Street, Beijing, 100732,P.R.China")
    );
    assert_eq!(
        page.copyright.as_deref(),
        Some("Copyright by CASS. All Rights Reserved")
    );
    assert_eq!(page.language_links, ["中文", "Français"]);
    assert_eq!(page.paragraphs.len(), 10);
    assert_eq!(
        page.byline_raw.as_deref(),
        Some("Author:WANG CHUNYAN Source: Chinese Social Sciences Today 2022-11-25")
    );
}

/// A page that opens, between menus and a footer, with `body`.
fn page_with(body: &str) -> String {
    format!(
        "  • Home\n  • News\n  • Contact\n\nHome > News > Events\nA bridge of reeds is woven again after forty winters\n\nBy Ada Quill | 4 May 2021\n\n{body}\n\nComments\n\nLog in to comment\n\n© 2021 The Reed Review\n"
    )
}

const FIRST: &str = "Forty winters after the last bridge of reeds was washed away, the villagers of Upper Lake have woven a new one by hand.";

const LAST: &str = "They will cut the ropes again in the spring, as they always did, and begin once more from the northern bank.";
