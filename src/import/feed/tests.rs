//! Entries that are no articles, or none that everybody may read.

use serde_json::Value;

use super::*;

const HEAD: &str = "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\" xmlns:app=\"http://purl.org/atom/app#\" \
                    xmlns:rfc=\"http://www.w3.org/2007/app\" xmlns:b=\"http://schemas.google.com/blogger/2018\">";

fn entry(content: &str) -> Found {
    let names = Names::declared(&format!("{HEAD}</feed>"));
    let channel = Channel::read(&format!("{HEAD}</feed>"), names);
    let text = format!(
        "<entry><id>tag:e.org,1:1</id><title>T</title><published>2020-01-02T03:04:05Z</published>{content}</entry>"
    );
    article(&text, &channel, None, At::item(1), None)
}

fn kind(term: &str) -> String {
    format!(
        "<category scheme=\"http://schemas.google.com/g/2005#kind\" term=\"http://schemas.google.com/blogger/2008/kind#{term}\"/>"
    )
}

fn status(found: &Found) -> (Option<&str>, Vec<&'static str>) {
    let Found::Article { fields, notes, .. } = found else {
        panic!("an article")
    };
    let codes = notes.iter().map(|note| note.code).collect();
    (fields.get("status").and_then(Value::as_str), codes)
}

#[test]
fn a_draft_of_whatever_vocabulary_is_a_draft_and_is_told() {
    for mark in [
        "<app:control><app:draft>yes</app:draft></app:control>",
        "<rfc:control><rfc:draft> yes </rfc:draft></rfc:control>",
        "<control xmlns=\"http://www.w3.org/2007/app\"><draft>yes</draft></control>",
        "<b:status>DRAFT</b:status>",
        "<blogger:status>SOMETHING_NEW</blogger:status>",
        "<wp:status>private</wp:status>",
        "<wp:post_password>x</wp:post_password>",
        "<media:status state=\"blocked\"/>",
        "<itunes:block>Yes</itunes:block>",
        "<draft>true</draft>",
        "<dcterms:accessRights>members</dcterms:accessRights>",
    ] {
        let found = entry(mark);
        assert_eq!(
            status(&found),
            (Some("draft"), vec!["made_draft"]),
            "{mark}"
        );
    }
    for mark in [
        "",
        "<app:control><app:draft>no</app:draft></app:control>",
        "<b:status>LIVE</b:status>",
        "<wp:status>publish</wp:status><wp:comment_status>closed</wp:comment_status>",
        "<itunes:block>no</itunes:block><media:status state=\"active\"/>",
    ] {
        assert_eq!(status(&entry(mark)), (None, vec![]), "{mark}");
    }
    let scheduled = entry("<b:status>SCHEDULED</b:status>");
    assert_eq!(status(&scheduled), (Some("scheduled"), vec![]));
}

#[test]
fn what_is_no_post_of_blogger_is_left_out_by_its_kind() {
    for (content, kind, each) in [
        (kind("comment"), "comment", false),
        (kind("template"), "template", false),
        (kind("settings"), "settings", false),
        (kind("page"), "page", true),
        ("<b:type>COMMENT</b:type>".to_owned(), "comment", false),
        ("<b:type>PAGE</b:type>".to_owned(), "page", true),
        (
            "<b:status>SOFT_TRASHED</b:status>".to_owned(),
            "trash",
            true,
        ),
    ] {
        let Found::LeftOut {
            kind: found,
            each: told,
            id,
            ..
        } = entry(&content)
        else {
            panic!("left out: {content}")
        };
        assert_eq!(
            (found.as_str(), told, id.as_deref()),
            (kind, each, Some("T"))
        );
    }
    let post = format!("{}<category term=\"News\"/>", kind("post"));
    let Found::Article { fields, .. } = entry(&post) else {
        panic!("an article")
    };
    assert_eq!(fields["tags"], serde_json::json!(["News"]));
}

#[test]
fn a_date_of_publication_that_cannot_be_read_is_not_replaced_by_that_of_the_last_change() {
    let channel = Channel::read("<feed xml:lang=\"en\"></feed>", Names::default());
    let read = |text: &str| match article(text, &channel, None, At::item(1), None) {
        Found::Article { fields, .. } => {
            (fields["published_at"].clone(), fields["updated"].clone())
        }
        _ => panic!("an article"),
    };
    let changed = "<updated>2020-01-02T03:04:05Z</updated>";
    assert_eq!(
        read(&format!(
            "<entry><title>T</title><published>soon</published>{changed}</entry>"
        )),
        ("soon".into(), "2020-01-02T03:04:05Z".into())
    );
    assert_eq!(
        read(&format!("<entry><title>T</title>{changed}</entry>")).0,
        "2020-01-02T03:04:05Z"
    );
}
