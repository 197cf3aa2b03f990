//! Dates, pictures, rights and bylines of articles.

use super::*;

#[test]
fn a_record_without_a_date_goes_in_as_a_draft_and_says_so_unless_it_is_one() {
    for (line, status, noted) in [
        (json!({}), Status::Draft, true),
        (json!({"status": "published"}), Status::Draft, true),
        (json!({"status": "draft"}), Status::Draft, false),
        (json!({"published_at": "2020"}), Status::Published, false),
        (
            json!({"published_at": "2020", "status": "draft"}),
            Status::Draft,
            false,
        ),
        (json!({"status": "scheduled"}), Status::Draft, true),
        (
            json!({"status": "scheduled", "publish_at": "2030-01-01"}),
            Status::Scheduled,
            false,
        ),
        (json!({"status": "withdrawn"}), Status::Withdrawn, false),
        (
            json!({"withdrawn": {"reason": "legal"}}),
            Status::Withdrawn,
            false,
        ),
    ] {
        let (article, parsed) = article(line.clone());
        assert_eq!(article.initial_status(), status, "{line}");
        assert_eq!(codes(&parsed).contains(&"no_date"), noted, "{line}");
    }
}

#[test]
fn a_tombstone_keeps_its_time_reason_and_note() {
    let (article, _) = article(json!({"status": "withdrawn", "withdrawn":
        {"at": "2020-01-01T00:00:00Z", "reason": "privacy", "was_public": true, "note": "asked for"}}));
    let withdrawn = article.withdrawn.unwrap();
    assert_eq!(withdrawn.reason, Some(WithdrawalReason::Privacy));
    assert_eq!(
        (withdrawn.was_public, withdrawn.note.as_deref()),
        (Some(true), Some("asked for"))
    );
}

#[test]
fn a_month_is_noted_and_kept_as_written() {
    let (article, parsed) = article(json!({"published_at": "2013-09"}));
    assert_eq!(article.extra["published_at"], "2013-09");
    assert_eq!(
        (codes(&parsed), parsed.unknown.len()),
        (vec!["date_precision", "no_body"], 0)
    );
}

#[test]
fn addresses_that_are_not_of_the_web_are_kept_apart() {
    let (article, parsed) = article(json!({
        "url": "javascript:alert(1)", "image": "data:image/png;base64,AA", "image_alt": "A dot",
        "media": [{"url": "file:///etc/passwd"}, {"url": "/a.jpg", "caption": "A"}],
        "original": {"url": "vbscript:x", "title": "T"}, "published_at": "2020",
    }));
    assert_eq!((&article.url, article.media.len()), (&None, 1));
    assert_eq!(article.media[0].caption.as_deref(), Some("A"));
    assert_eq!(
        Value::Object(article.extra),
        json!({
            "published_at": "2020", "url": "javascript:alert(1)",
            "original": {"url": "vbscript:x"}, "media": [{"url": "file:///etc/passwd"}],
            "image": "data:image/png;base64,AA", "image_alt": "A dot",
        })
    );
    assert_eq!(
        codes(&parsed)
            .iter()
            .filter(|code| **code == "invalid_url")
            .count(),
        4
    );
}

#[test]
fn the_image_is_a_picture_once_also_when_media_has_it() {
    let (article, _) = article(json!({
        "image": "/a.jpg", "image_alt": "A", "media": [{"kind": "image", "url": "/a.jpg", "credit": "Ed"}],
    }));
    assert_eq!(article.media.len(), 1);
    assert_eq!(article.media[0].alt.as_deref(), Some("A"));
    assert_eq!(article.media[0].credit.as_deref(), Some("Ed"));
}

#[test]
fn rights_may_be_a_line_and_a_second_licence_is_kept() {
    let (article, _) = article(json!({"rights": "© Us", "license": "MIT"}));
    assert_eq!(article.rights.copyright.as_deref(), Some("© Us"));
    assert_eq!(article.rights.licence.as_deref(), Some("MIT"));
    let (article, parsed) = self::article(json!({"rights": {"licence": "MIT"}, "license": "GPL"}));
    assert_eq!(
        (article.rights.licence.as_deref(), &article.extra["license"]),
        (Some("MIT"), &json!("GPL"))
    );
    assert!(codes(&parsed).contains(&"conflict"));
}

#[test]
fn a_contributor_without_a_role_is_one_all_the_same_and_one_without_a_name_is_kept_apart() {
    let (article, parsed) = article(json!({"contributors": [{"name": "Ann"}, {"role": "editor"}]}));
    assert_eq!(article.credits[0].role, "contributor");
    assert_eq!(article.extra["contributors"], json!([{"role": "editor"}]));
    assert_eq!(codes(&parsed), ["no_role", "no_name", "no_date"]);
}
