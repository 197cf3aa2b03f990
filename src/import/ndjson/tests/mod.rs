//! Lines, good and bad, and the records that they become.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::article::{NoticeKind, Status, WithdrawalReason};
use crate::domain::audit;
use crate::domain::time::Timestamp;
use crate::import::date::WrittenDate;
use crate::import::record::{ArticleKey, ArticleRecord, RedirectTarget};

mod articles;
mod faults;
mod identity;
mod resources;

const OWN: &str = "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b";

fn parsed(value: &Value) -> Parsed {
    let line = read(&value.to_string(), LanguageTag::parse("en").ok().as_ref());
    line.outcome.unwrap().unwrap()
}

fn refused(value: &Value) -> Finding {
    let line = read(&value.to_string(), LanguageTag::parse("en").ok().as_ref());
    line.outcome.unwrap_err()
}

fn article(mut value: Value) -> (ArticleRecord, Parsed) {
    if value.get("title").is_none() {
        value["title"] = "A title".into();
    }
    let parsed = parsed(&value);
    let Record::Article(article) = &parsed.record else {
        panic!("an article")
    };
    (article.as_ref().clone(), parsed)
}

fn codes(parsed: &Parsed) -> Vec<&str> {
    parsed.notes.iter().map(|note| note.code).collect()
}

#[test]
fn an_article_line_is_read_field_by_field() {
    let (article, parsed) = article(json!({
        "id": "x-1", "lang": "FR", "title": " À la <une> ", "subtitle": "S", "summary": "R", "slug": "à-la-une",
        "url": "https://example.org/a", "authors": ["Ann  Lee", "Ann Lee", "Bo"], "byline_raw": "Ann Lee and Bo",
        "contributors": [{"role": "editor", "name": "Cy"}, {"role": "Translator", "name": "Di"}, {"role": "photographer", "name": "Ed"}],
        "source": "The  Gazette", "section_path": ["world", "EVENTS"], "published_at": "2018-03-09 09:00:00 -0400",
        "updated": "2018-03-10", "tags": ["Sea", "sea", "Wind"], "translation_key": "k", "body_paragraphs": ["One"],
        "dateline": "PARIS", "license": "CC-BY-4.0", "original": {"lang": "en", "title": "T", "url": "https://example.org/b"},
        "image": "https://example.org/i.jpg", "image_alt": "A boat",
        "notices": [{"kind": "correction", "text": "Mended."}], "canonical_url": "https://example.org/c",
    }));
    assert_eq!(article.external_id.as_deref(), Some("x-1"));
    assert_eq!(
        (article.lang.as_str(), article.title.as_str()),
        ("fr", "À la <une>")
    );
    assert_eq!(article.slug.unwrap().as_str(), "à-la-une");
    assert_eq!(article.authors, ["Ann Lee", "Bo"]);
    assert_eq!(
        (article.editors, article.translators),
        (vec!["Cy".to_owned().into()], vec!["Di".to_owned().into()])
    );
    assert_eq!(article.credits[0].role, "photographer");
    assert_eq!(article.source.unwrap(), "The Gazette");
    assert_eq!(article.section_path, ["world", "EVENTS"]);
    let at = Timestamp::parse("2018-03-09T13:00:00Z").unwrap();
    assert_eq!(article.published, Some(WrittenDate::Instant(at)));
    assert_eq!(article.tags, ["Sea", "Wind"]);
    assert_eq!(article.rights.licence.as_deref(), Some("CC-BY-4.0"));
    assert_eq!(article.media[0].alt.as_deref(), Some("A boat"));
    assert_eq!(article.notices[0].kind, NoticeKind::Correction);
    assert!(article.extra.is_empty() && parsed.unknown.is_empty());
    assert_eq!(codes(&parsed), ["tag_merged"]);
}

#[test]
fn a_line_without_a_type_is_an_article_and_one_of_another_type_is_refused() {
    assert_eq!(parsed(&json!({"title": "t"})).record.kind(), "article");
    assert_eq!(
        parsed(&json!({"type": "article", "title": "t"}))
            .record
            .kind(),
        "article"
    );
    for kind in [json!("post"), json!(1), json!("")] {
        let refused = refused(&json!({"type": kind, "title": "t"}));
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            ("unknown_type", Some("/type"))
        );
    }
}

#[test]
fn a_line_can_be_of_every_kind_of_record() {
    for kind in Record::KINDS {
        let line = read(&json!({"type": kind}).to_string(), None);
        let is_unknown = line
            .outcome
            .is_err_and(|refused| refused.code == "unknown_type");
        assert!(!is_unknown && line.kind == *kind, "{kind}");
    }
}

#[test]
fn every_kind_of_content_that_is_written_is_a_record() {
    let not_content = ["feed_token", "key", "request", "webhook"];
    for kind in audit::KINDS {
        let is_record = Record::KINDS.contains(&kind);
        assert_eq!(is_record, !not_content.contains(&kind), "{kind}");
    }
}

#[test]
fn what_is_no_record_is_refused() {
    for (line, code) in [
        ("{", "invalid_json"),
        ("{\"title\":\"t\"} {}", "invalid_json"),
        ("[]", "not_an_object"),
        ("null", "not_an_object"),
        ("5", "not_an_object"),
    ] {
        let line = read(line, None);
        assert_eq!((line.outcome.unwrap_err().code, line.kind), (code, "line"));
    }
}

#[test]
fn an_article_needs_a_title_and_a_language() {
    for value in [json!({}), json!({"title": " "}), json!({"title": null})] {
        let refused = refused(&value);
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            ("required", Some("/title"))
        );
    }
    let line = read("{\"title\":\"t\"}", None);
    let refused = line.outcome.unwrap_err();
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        ("required", Some("/lang"))
    );
}
