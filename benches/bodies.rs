//! Megabytes of article bodies that are sanitised, and shown in each form, a second on one core.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[expect(dead_code, reason = "each bench uses a part of it")]
mod support;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use masthead::domain::body::Body;
use serde_json::Value;

use support::{begin, corpus, head, median, row, thousands, timed};

const ROUNDS: usize = 5;
/// As much of each file as this many lines hold.
const LINES: usize = 1_000;

fn main() {
    begin("Bodies");
    let Some(corpus) = corpus() else { return };
    let mut html = Vec::new();
    let mut markdown = Vec::new();
    let mut plain = Vec::new();
    for entry in std::fs::read_dir(corpus).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "gz") {
            gather(&path, &mut html, &mut markdown, &mut plain);
        }
    }
    let bodies: Vec<Body> = html
        .iter()
        .filter_map(|text| Body::from_html(text).ok())
        .collect();
    let stored: usize = bodies.iter().map(|body| body.html().len()).sum();
    head(&["what", "MB", "MB/s"]);
    let size = |texts: &[String]| texts.iter().map(String::len).sum();
    tell("HTML sanitised", size(&html), || {
        html.iter()
            .map(|text| Body::from_html(text).is_ok())
            .filter(|ok| *ok)
            .count()
    });
    tell("Markdown read", size(&markdown), || {
        markdown
            .iter()
            .map(|text| Body::from_markdown(text).is_ok())
            .filter(|ok| *ok)
            .count()
    });
    tell("plain text read", size(&plain), || {
        plain
            .iter()
            .map(|text| Body::from_text(text).is_ok())
            .filter(|ok| *ok)
            .count()
    });
    tell("shown as text", stored, || {
        bodies.iter().map(|body| body.text().len()).sum()
    });
    tell("shown as Markdown", stored, || {
        bodies.iter().map(|body| body.markdown().len()).sum()
    });
    tell("shown as blocks", stored, || {
        bodies.iter().map(|body| body.blocks().len()).sum()
    });
    tell("words counted", stored, || {
        bodies.iter().map(|body| body.length().words as usize).sum()
    });
}

fn gather(
    path: &Path,
    html: &mut Vec<String>,
    markdown: &mut Vec<String>,
    plain: &mut Vec<String>,
) {
    let lines = BufReader::new(MultiGzDecoder::new(File::open(path).unwrap())).lines();
    for line in lines.take(LINES) {
        let record: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = |name: &str| record[name].as_str().map(str::to_owned);
        html.extend(text("body_html"));
        markdown.extend(text("body_markdown"));
        let paragraphs = record["body_paragraphs"].as_array();
        plain.extend(paragraphs.map(|all| {
            let texts: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
            texts.join("\n\n")
        }));
    }
}

fn tell(what: &str, bytes: usize, mut work: impl FnMut() -> usize) {
    let megabytes = bytes as f64 / 1e6;
    let rates = (0..ROUNDS).map(|_| {
        let (found, took) = timed(&mut work);
        assert!(std::hint::black_box(found) > 0, "{what}: nothing came out");
        megabytes / took.as_secs_f64()
    });
    let rate = median(rates.collect());
    row([what.to_owned(), format!("{megabytes:.1}"), thousands(rate)]);
}
