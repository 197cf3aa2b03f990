//! Genuine exports, feeds and pages are read, and each field of each item is held against what other programs read of it. They
//! stand beside the checkout, or where `MASTHEAD_SHARED` says; `MASTHEAD_REQUIRE_SHARED=1` makes their absence a failure.

mod compare;
mod pages;
mod saved;
mod table;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::domain::bases::Bases;
use crate::domain::language::LanguageTag;
use crate::import::Format;
use crate::import::inputs::{Input, collect};
use crate::import::reader::{self, Item, LeftOut, Options};
use crate::import::record::{ArticleRecord, Record};
use compare::compare;
use table::{Table, plain, strings};

fn shared(folder: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let shared = std::env::var_os("MASTHEAD_SHARED").map_or(beside, PathBuf::from);
    let path = shared.join("migration").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    let required = std::env::var("MASTHEAD_REQUIRE_SHARED").is_ok_and(|value| value == "1");
    assert!(
        !required,
        "MASTHEAD_REQUIRE_SHARED=1, but {} is not there",
        path.display()
    );
    eprintln!(
        "\n**** NOT TESTED: {} is not there; set MASTHEAD_SHARED ****\n",
        path.display()
    );
    None
}

/// Results of the items of a file.
#[derive(Default)]
struct Taken {
    articles: Vec<ArticleRecord>,
    refused: Vec<Item>,
    left_out: Vec<LeftOut>,
}

fn read(path: &Path, format: Format, lang: Option<&str>) -> Taken {
    let lang = lang.map(|lang| LanguageTag::parse(lang).unwrap());
    let options = Options {
        format,
        lang,
        bases: Bases::default(),
    };
    let mut taken = Taken::default();
    for batch in reader::read(vec![Input::File(path.to_owned())], options).unwrap() {
        taken.left_out.extend(batch.left_out);
        for mut item in batch.items {
            match std::mem::replace(
                &mut item.outcome,
                Err(crate::import::record::Finding::new("", "")),
            ) {
                Ok(parsed) => match parsed.record {
                    Record::Article(article) => taken.articles.push(*article),
                    other => panic!("{path:?}: a {}", other.kind()),
                },
                Err(finding) => {
                    item.outcome = Err(finding);
                    taken.refused.push(item);
                }
            }
        }
    }
    taken
}

/// Finds the article of an expected item by one of its addresses, else by its title.
fn article_of<'t>(taken: &'t Taken, item: &Value) -> Option<&'t ArticleRecord> {
    let addresses: Vec<&str> = ["link", "guid", "url"]
        .iter()
        .filter_map(|name| item[*name].as_str())
        .filter(|text| !text.is_empty())
        .collect();
    let has = |article: &&ArticleRecord| {
        let own = article
            .url
            .iter()
            .chain(&article.old_urls)
            .chain(&article.external_id);
        own.into_iter().any(|own| addresses.contains(&own.as_str()))
    };
    let by_link = taken
        .articles
        .iter()
        .find(|article| article.url.is_some() && article.url.as_deref() == item["link"].as_str());
    let by_address = by_link.or_else(|| taken.articles.iter().find(has));
    let id = item["id"].as_str();
    let by_id = || {
        id.and_then(|id| {
            taken.articles.iter().find(|article| {
                article
                    .external_id
                    .as_deref()
                    .is_some_and(|own| own == id || own.ends_with(&format!("/{id}")))
            })
        })
    };
    let title = plain(item["title"].as_str().unwrap_or_default());
    let by_title = || {
        taken
            .articles
            .iter()
            .find(|article| plain(&article.title) == title)
    };
    by_address.or_else(by_id).or_else(by_title)
}

/// Reads all files of a folder, and holds each item against what is expected of it.
#[expect(
    clippy::too_many_lines,
    reason = "the table from its files to its rows"
)]
fn folder(name: &str, format: Format) -> Option<Table> {
    let folder = shared(name)?;
    let mut table = Table::default();
    let files = collect(&[folder], format, None).unwrap();
    for file in files.list {
        let Input::File(path) = file else { continue };
        let stem = path.to_string_lossy();
        let stem = stem.trim_end_matches(".xml").trim_end_matches(".json");
        let expected = format!("{stem}.expected.json");
        let Ok(expected) = std::fs::read_to_string(&expected) else {
            continue;
        };
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let lang = expected["args"]
            .as_array()
            .and_then(|args| args.last())
            .and_then(Value::as_str);
        let taken = read(&path, format, lang);
        let detected = read(&path, Format::Auto, lang);
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        table.row(
            "detected",
            detected.articles.len() == taken.articles.len(),
            || file.clone(),
        );
        let items = expected["items"].as_array().unwrap();
        let all = taken.articles.len() + taken.refused.len() + taken.left_out.len();
        table.row("sums", all == items.len(), || {
            format!(
                "{file}: {} articles, {} refused, {} left out of {}",
                taken.articles.len(),
                taken.refused.len(),
                taken.left_out.len(),
                items.len()
            )
        });
        for item in items {
            let article = article_of(&taken, item);
            if item["take"] == "no" {
                table.row(
                    "not taken",
                    article.is_none_or(|article| {
                        plain(&article.title) != plain(item["title"].as_str().unwrap_or_default())
                    }),
                    || format!("{file}: {}", item["title"]),
                );
                continue;
            }
            if item["must"] == true {
                table.row("must", article.is_some(), || {
                    format!(
                        "{file}: {} {:?}",
                        item["title"],
                        taken
                            .refused
                            .iter()
                            .map(|item| &item.outcome)
                            .take(3)
                            .collect::<Vec<_>>()
                    )
                });
            }
            if let Some(article) = article {
                compare(&mut table, item, article);
            }
        }
        for word in strings(&expected["forbidden"]) {
            let is_in = taken
                .articles
                .iter()
                .any(|article| format!("{article:?}").contains(&word));
            table.row("forbidden", !is_in, || format!("{file}: {word}"));
        }
    }
    table.show(name);
    Some(table)
}

#[test]
fn exports_of_wordpress_are_read_field_by_field() {
    if let Some(table) = folder("wxr", Format::Wxr) {
        table.require(98.0);
    }
}

#[test]
fn feeds_are_read_field_by_field() {
    if let Some(table) = folder("feed", Format::Feed) {
        table.require(98.0);
    }
}

#[test]
fn exports_of_ghost_are_read_field_by_field() {
    if let Some(table) = folder("ghost", Format::Ghost) {
        table.require(98.0);
    }
}

#[test]
fn broken_exports_of_wordpress_are_read_as_far_as_they_go() {
    let Some(folder) = shared("wxr-broken") else {
        return;
    };
    for (name, titles, codes) in [
        ("wpi-crazy-cdata", vec!["Hello world!"], vec![]),
        ("wpi-invalid-version-tag", vec![], vec!["no_items"]),
        ("wpi-malformed", vec![], vec!["no_items"]),
        ("wpi-malformed-simple", vec![], vec!["truncated"]),
        ("wpi-missing-version-tag", vec![], vec!["no_items"]),
    ] {
        let taken = read(&folder.join(format!("{name}.xml")), Format::Wxr, Some("en"));
        let own: Vec<&str> = taken
            .articles
            .iter()
            .map(|article| article.title.as_str())
            .collect();
        let refused = taken.refused.iter().map(|item| item.outcome.as_ref());
        let refused: Vec<&str> = refused
            .filter_map(|outcome| Some(outcome.err()?.code))
            .collect();
        assert_eq!((own, refused), (titles, codes), "{name}");
        for article in &taken.articles {
            assert!(
                article.body.text().contains("Content with nested"),
                "{name}"
            );
        }
    }
}
