//! Values for parameters, as the service itself names them.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::publication::Dice;
use super::service::Service;

/// The most pages of a list that values are taken from.
const PAGES: usize = 12;

/// A text as a part of an address.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// By the name of what they name.
pub(crate) struct Values(BTreeMap<&'static str, Vec<String>>);

impl Values {
    pub(crate) fn gather(service: &Service) -> Self {
        let all = |path: &str, pointer: &str| column(service, path, pointer);
        let mut values = BTreeMap::new();
        let paths = all("/api/sections", "/path");
        let ids = all("/api/sections", "/id");
        values.insert(
            "section",
            [paths.clone(), ids.into_iter().step_by(3).collect()].concat(),
        );
        values.insert("path", paths);
        values.insert("lang", all("/api/editions", "/lang"));
        values.insert("author", all("/api/authors", "/slug"));
        values.insert("source", all("/api/sources", "/slug"));
        values.insert("tag", all("/api/tags", "/slug"));
        values.insert("id", all("/api/articles", "/id"));
        values.insert("url", all("/api/articles", "/url"));
        values.insert("since", places(service));
        values.insert("name", service.pictures());
        values.insert("q", questions());
        for (name, some) in &values {
            assert!(!some.is_empty(), "no values for {name}");
        }
        Self(values)
    }

    /// All values of a name.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// One or several of the values of a query or header parameter.
    pub(crate) fn some(&self, dice: &mut Dice, name: &str, most: usize) -> Option<String> {
        let name = match name {
            "editor" | "translator" => "author",
            "Last-Event-ID" => "since",
            other => other,
        };
        let pool = self.0.get(name)?;
        if name == "q" {
            return Some(encode(&pool[dice.below(pool.len())]));
        }
        let count = [1, 1, 2, 5, 12, 20, 50, 100][dice.below(8)];
        let count = count.min(pool.len()).min(most);
        let (from, step) = (dice.below(pool.len()), 1 + dice.below(3));
        let picked = (0..count).map(|n| encode(&pool[(from + n * step) % pool.len()]));
        Some(picked.collect::<Vec<_>>().join(","))
    }

    /// A value of a parameter in the path of an operation.
    pub(crate) fn in_path(&self, dice: &mut Dice, path: &str, name: &str) -> Option<String> {
        let kinds = [
            ("author", "author"),
            ("source", "source"),
            ("tag", "tag"),
            ("section", "section"),
        ];
        let of_path = kinds
            .iter()
            .find(|(kind, _)| path.contains(&format!("/{kind}s/{{")));
        let pool = match (name, of_path) {
            ("id" | "slug", Some((_, kind))) => kind,
            _ => name,
        };
        let pool = self.0.get(pool)?;
        Some(encode(&pool[dice.below(pool.len())]))
    }
}

fn column(service: &Service, path: &str, pointer: &str) -> Vec<String> {
    let (mut found, mut target) = (Vec::new(), format!("{path}?limit=100"));
    for _ in 0..PAGES {
        let page = service.json(&target);
        let rows = page["data"].as_array().cloned().unwrap_or_default();
        let texts = rows.iter().filter_map(|row| row.pointer(pointer)?.as_str());
        found.extend(texts.map(str::to_owned));
        let Some(next) = page["links"]["next"].as_str() else {
            break;
        };
        next.clone_into(&mut target);
    }
    found
}

/// Queries of every form: words that nearly all articles have, beginnings of thousands of words, phrases, negations,
/// alternatives, words that nobody wrote, and as many of each as a query may have.
fn questions() -> Vec<String> {
    const COMMON: &str = "the council met on Tuesday and voted on the new quay which the harbour has wanted for years";
    let common: Vec<&str> = COMMON.split(' ').collect();
    let each = |form: &dyn Fn(&str) -> String| {
        let some = common.iter().cycle().take(64);
        some.map(|word| form(word)).collect::<Vec<_>>().join(" ")
    };
    let phrases: Vec<String> = common
        .windows(3)
        .map(|few| format!("\"{}\"", few.join(" ")))
        .collect();
    let mut all: Vec<String> = common.iter().map(|&word| word.to_owned()).collect();
    all.extend([
        COMMON.to_owned(),
        format!("\"{COMMON}\""),
        phrases.join(" "),
        phrases.join(" OR "),
        phrases.join(" -"),
        each(&str::to_owned),
        each(&|word| format!("{word} OR")),
        each(&|word| format!("-{word}")),
        each(&|word| format!("{word}*")),
        each(&|word| format!("title:{word}")),
        each(&|word| format!("{word}{word}")),
        each(&|word| format!("{}x{word}", &word[..1])),
        "1* 2* 3* 4*".to_owned(),
        "1* OR 2* OR 3* OR 4*".to_owned(),
        "h".to_owned(),
        "1".to_owned(),
        "harbor councl tuesdai yeers".to_owned(),
        "12345 OR 23456 OR 34567 OR 45678".to_owned(),
        "港".repeat(300),
        "report from the harbour -tuesday".to_owned(),
        "a".repeat(1_000),
    ]);
    all
}

/// Places that copies of all and of some have come to.
fn places(service: &Service) -> Vec<String> {
    let filters = [
        "",
        "&lang=en",
        "&lang=fr,de,es&section=desk-0",
        "&source=source-1",
    ];
    let each = filters.iter().flat_map(|filter| {
        let mut target = format!("/api/changes?limit=100&body=none{filter}");
        (0..4).map_while(move |_| {
            let page: Value = service.json(&target);
            let cursor = page["meta"]["next_cursor"].as_str()?.to_owned();
            target = page["links"]["next"].as_str()?.to_owned();
            Some(cursor)
        })
    });
    each.collect()
}
