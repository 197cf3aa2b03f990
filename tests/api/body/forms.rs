//! The forms of the bodies of real articles.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use flate2::read::GzDecoder;
use masthead::domain::body::{Body, BodyError};
use serde_json::Value;

use super::assert_harmless;
use crate::shared::shared;

fn corpus() -> Vec<PathBuf> {
    let files = shared("corpus")
        .map(std::fs::read_dir)
        .and_then(Result::ok)
        .into_iter()
        .flatten()
        .flatten();
    files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "gz"))
        .collect()
}

fn body_of(record: &Value) -> Result<Body, BodyError> {
    let text = |name: &str| record[name].as_str();
    if let Some(html) = text("body_html") {
        Body::from_html(html)
    } else if let Some(markdown) = text("body_markdown") {
        Body::from_markdown(markdown)
    } else {
        let paragraphs = record["body_paragraphs"].as_array().into_iter().flatten();
        Body::from_paragraphs(paragraphs.filter_map(Value::as_str))
    }
}

#[test]
fn all_forms_of_real_articles_agree() {
    for path in corpus() {
        let file = std::fs::File::open(&path).expect("a file of the corpus");
        for line in BufReader::new(GzDecoder::new(file)).lines().step_by(7) {
            let record: Value = serde_json::from_str(&line.expect("a line")).expect("a record");
            let body = body_of(&record).expect("a body");
            let title = &record["title"];
            assert_harmless(body.html(), body.html());
            assert_eq!(
                Body::from_html(body.html()).as_ref(),
                Ok(&body),
                "html of {title}"
            );
            assert_eq!(
                Body::from_blocks(&body.blocks()).as_ref(),
                Ok(&body),
                "blocks of {title}"
            );
            assert_eq!(
                Body::from_markdown(&body.markdown()).as_ref(),
                Ok(&body),
                "markdown of {title}"
            );
            assert_eq!(
                body.is_empty(),
                body.length().words == 0,
                "words of {title}"
            );
        }
    }
}
