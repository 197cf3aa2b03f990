//! A small judged set: invented articles in three languages, and queries with what each must find.

use serde::Deserialize;

use super::tests::{document, find, library};
use crate::domain::search::{Document, Filter};

const ARTICLES: &str = include_str!("../../tests/fixtures/search/articles.ndjson");
const QUERIES: &str = include_str!("../../tests/fixtures/search/queries.ndjson");

#[derive(Deserialize)]
struct Article {
    key: String,
    lang: String,
    title: String,
    summary: String,
    body: String,
}

/// A query, and either the hit that must come first or all that must be found.
#[derive(Deserialize)]
struct Judged {
    lang: String,
    kind: String,
    q: String,
    first: Option<Vec<String>>,
    exactly: Option<Vec<String>>,
}

fn lines<T: for<'a> Deserialize<'a>>(text: &str) -> Vec<T> {
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

#[test]
fn every_judged_query_finds_what_it_must() {
    let articles: Vec<Article> = lines(ARTICLES);
    let numbered = (0..).zip(&articles);
    let documents: Vec<Document> = numbered
        .map(|(n, one)| document(n, &one.lang, &one.title, &one.summary, &one.body))
        .collect();
    let library = library(&documents);
    let mut wrong = Vec::new();
    for Judged {
        lang,
        kind,
        q,
        first,
        exactly,
    } in lines::<Judged>(QUERIES)
    {
        let found = find(&library, &q, &Filter::default()).into_iter();
        let found: Vec<&str> = found
            .map(|n| articles[usize::try_from(n).unwrap()].key.as_str())
            .collect();
        let right = match (&first, &exactly) {
            (Some(first), None) => {
                found.starts_with(&first.iter().map(String::as_str).collect::<Vec<_>>())
            }
            (None, Some(all)) => {
                let (mut found, mut all) = (
                    found.clone(),
                    all.iter().map(String::as_str).collect::<Vec<_>>(),
                );
                found.sort_unstable();
                all.sort_unstable();
                found == all
            }
            _ => false,
        };
        if !right {
            wrong.push(format!(
                "{lang} {kind}: {q}: {found:?} for {first:?} {exactly:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
