//! Search as clients meet it: what is found, counted, marked and suggested, and that nothing is which the caller may not see.

mod found;
mod hidden;
mod index;

use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::builders::Article;
use super::client::Response;
use super::harness::TestServer;

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Waits until the index has come to the end of the log.
fn settle(server: &TestServer) {
    let began = Instant::now();
    let end = || {
        server
            .app
            .store
            .read(masthead::store::changes::latest_seq)
            .unwrap()
    };
    let indexed = || {
        server
            .app
            .search
            .reading()
            .is_some_and(|reading| reading.stamp().seq >= end())
    };
    while !indexed() {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "the index does not come"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn search(server: &TestServer, query: &str, rest: &str) -> Response {
    settle(server);
    server.ok(&format!("/api/search?q={}{rest}", encoded(query)))
}

/// The titles of all hits, over all pages, in order; each page tells the same total.
fn titles(server: &TestServer, query: &str, rest: &str) -> Vec<String> {
    settle(server);
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = server
            .ok(&format!(
                "/api/search?q={}&limit=7{rest}{cursor}",
                encoded(query)
            ))
            .json();
        let titled = page["data"].as_array().unwrap().iter();
        found.extend(titled.map(|hit| hit["title"].as_str().unwrap().to_owned()));
        let Some(next) = page["meta"]["next_cursor"].as_str() else {
            assert_eq!(page["meta"]["total"], found.len(), "{query}{rest}");
            return found;
        };
        cursor = format!("&cursor={next}");
    }
}

fn sorted(mut titles: Vec<String>) -> Vec<String> {
    titles.sort();
    titles
}

fn words(n: usize) -> String {
    const WORDS: [&str; 6] = ["amber", "basalt", "cobalt", "dolomite", "emerald", "flint"];
    let own = (0..6).filter(|bit| n >> bit & 1 == 1).map(|bit| WORDS[bit]);
    own.collect::<Vec<_>>().join(" ")
}

/// Sixty-three articles, each with another choice of six words, in two sections, three tags and two editions.
fn mineral_world(server: &TestServer) {
    let article = |n: usize| {
        let lang = if n.is_multiple_of(5) { "fr" } else { "en" };
        let section: &[&str] = if n.is_multiple_of(2) {
            &["News", "World"]
        } else {
            &["News"]
        };
        Article::new(&format!("Piece {n}"))
            .lang(lang)
            .section(section)
            .tag(["red", "green", "blue"][n % 3])
            .author(["Ann", "Bob"][n % 2])
            .published_at(&format!("20{}-05-01T00:00:00Z", 20 + n % 4))
            .body(&format!("<p>{}.</p>", words(n)))
    };
    server.articles((1..64).map(article).collect());
}

/// The titles that a condition on the words of a body holds for.
fn expected(holds: impl Fn(&[&str]) -> bool) -> Vec<String> {
    let own = (1..64).filter(|n| {
        let text = words(*n);
        holds(&text.split(' ').collect::<Vec<_>>())
    });
    sorted(own.map(|n| format!("Piece {n}")).collect())
}
