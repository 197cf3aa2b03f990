//! Pages of HTML, field by field.

use serde_json::Value;

use super::table::{Table, f1, folded, instant, names, plain, strings};
use super::{read, shared};
use crate::import::Format;
use crate::import::date::WrittenDate;
use crate::import::record::ArticleRecord;

/// Values of a field that are accepted besides the expected one.
fn accepted(item: &Value, field: &str) -> Vec<Value> {
    let first = Some(item[field].clone()).filter(|value| !value.is_null());
    let field = match field {
        "sitename" => "source",
        "date" => "published",
        field => field,
    };
    let others = item["accept"][field]
        .as_array()
        .cloned()
        .unwrap_or_default();
    first.into_iter().chain(others).collect()
}

fn letters(text: &str) -> String {
    plain(text)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn as_list(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        value => strings(value),
    }
}

#[expect(clippy::too_many_lines, reason = "a row of the table for each field")]
pub(super) fn compare_page(table: &mut Table, item: &Value, article: &ArticleRecord) {
    let name = item["name"].as_str().unwrap_or_default();
    let mut text_row = |field: &'static str, own: &str| {
        let wanted = accepted(item, field);
        if !wanted.is_empty() {
            // `null` among the accepted values: nothing is right too.
            let is_right = wanted.iter().any(|one| match one {
                Value::Null => own.is_empty(),
                one => one.as_str().is_some_and(|one| letters(one) == letters(own)),
            });
            table.row(field, is_right, || {
                format!("{name}: {own:?} for {wanted:?}")
            });
        }
    };
    text_row("title", &article.title);
    text_row(
        "sitename",
        article.source.as_ref().map_or("", |source| &source.name),
    );
    let lang = item["lang"]
        .as_str()
        .map(|lang| lang.split('-').next().unwrap_or_default().to_lowercase());
    if let Some(lang) = lang {
        let own = article.lang.as_str();
        table.row("lang", own.split('-').next() == Some(lang.as_str()), || {
            format!("{name}: {own} for {lang}")
        });
    }
    if let Some(date) = item["date"].as_str() {
        // A day is told in the zone of the page.
        let own = instant(article.published).unwrap_or_default();
        let written = match article.published {
            Some(WrittenDate::Day(day)) => day.to_string(),
            _ => own.clone(),
        };
        let days = accepted(item, "date");
        let near = |wanted: &str| {
            let day =
                |text: &str| chrono::NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok();
            day(wanted)
                .zip(day(&written))
                .is_some_and(|(a, b)| (a - b).num_days().abs() <= i64::from(written.len() > 10))
        };
        let is_right = days.iter().filter_map(Value::as_str).any(near);
        table.row("date", is_right, || format!("{name}: {own} for {date}"));
    }
    let own = names(&article.authors);
    if item["authors"].is_array() || item["byline"].is_string() {
        let wanted = if item["authors"].is_array() {
            accepted(item, "authors")
        } else {
            accepted(item, "byline")
        };
        let own_key = own.iter().map(|name| letters(name)).collect::<Vec<_>>();
        let is_one = |one: &Value| {
            let keys: Vec<String> = as_list(one).iter().map(|name| letters(name)).collect();
            keys == own_key
                || one.is_string()
                    && own_key
                        .iter()
                        .any(|own| !own.is_empty() && keys[0].contains(own.as_str()))
        };
        table.row("authors", wanted.iter().any(is_one), || {
            format!("{name}: {own:?} for {wanted:?}")
        });
    }
    if item["editor"].is_array() {
        let (own, wanted) = (names(&article.editors), accepted(item, "editor"));
        let is_right = wanted
            .iter()
            .any(|one| folded(&as_list(one)) == folded(&own));
        table.row("editor", is_right, || {
            format!("{name}: {own:?} for {wanted:?}")
        });
    }
    if item["breadcrumbs"].is_array() {
        let own = &article.section_path;
        let house = article.hints.iter().flat_map(|hints| &hints.house);
        let sites: Vec<&str> = house
            .map(String::as_str)
            .chain(item["sitename"].as_str())
            .collect();
        let is_home = |step: &str| {
            crate::import::page_record::is_home(step)
                || sites.iter().any(|site| letters(step) == letters(site))
        };
        let wanted = accepted(item, "breadcrumbs");
        let is_one = |one: &Value| {
            let mut steps = as_list(one);
            if steps.first().is_some_and(|first| is_home(first)) {
                steps.remove(0);
            }
            steps
                .iter()
                .map(|step| letters(step))
                .eq(own.iter().map(|step| letters(step)))
        };
        table.row("breadcrumb", wanted.iter().any(is_one), || {
            format!("{name}: {own:?} for {wanted:?}")
        });
    }
    for (field, at) in [("first", true), ("last", false)] {
        let Some(wanted) = item[field].as_str() else {
            continue;
        };
        let own = article.body.text();
        let is_there = letters(&own).contains(&letters(wanted));
        table.row(field, is_there, || {
            format!(
                "{name}: {wanted:?} is not in {:?} ({at})",
                own.chars().take(200).collect::<String>()
            )
        });
    }
    if let Some(text) = item["body"].as_str() {
        let score = f1(text, &article.body.text());
        table.score += score;
        table.row("body text", score >= 0.9, || {
            format!(
                "{name}: {score:.3} {}",
                article.body.text().chars().take(300).collect::<String>()
            )
        });
    }
}

#[test]
fn pages_are_read_field_by_field() {
    let Some(folder) = shared("html") else { return };
    let expected: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(folder.join("expected.json")).unwrap())
            .unwrap();
    let (mut all, mut held_back) = (Table::default(), Table::default());
    for (number, item) in expected.iter().enumerate() {
        let name = item["name"].as_str().unwrap();
        let file = [".html.gz", ".html"]
            .iter()
            .map(|ending| folder.join(format!("{name}{ending}")))
            .find(|path| path.exists())
            .unwrap();
        let taken = read(&file, Format::Html, None);
        let mut tables = vec![&mut all];
        if number % 3 == 2 {
            tables.push(&mut held_back);
        }
        for table in tables {
            table.row("found", taken.articles.len() == 1, || {
                format!(
                    "{name}: {:?}",
                    taken.refused.first().map(|item| &item.outcome)
                )
            });
            taken
                .articles
                .iter()
                .for_each(|article| compare_page(table, item, article));
        }
    }
    held_back.show("html, a third");
    all.show("html");
    for (field, least) in [
        ("title", 94.0),
        ("date", 94.0),
        ("authors", 92.0),
        ("sitename", 89.0),
        ("lang", 98.0),
        ("breadcrumb", 85.0),
        ("body text", 96.5),
    ] {
        let percent = all.percent(field);
        assert!(
            percent >= least,
            "{field}: {percent:.1} %\n{}",
            all.wrong.join("\n")
        );
    }
}
