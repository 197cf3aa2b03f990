//! What lines become, good and bad.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::article::{NoticeKind, Status, WithdrawalReason};
use crate::domain::time::Timestamp;
use crate::import::date::WrittenDate;
use crate::import::record::{ArticleKey, ArticleRecord, RedirectTarget};

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
        (vec!["Cy".to_owned()], vec!["Di".to_owned()])
    );
    assert_eq!(article.credits[0].role, "photographer");
    assert_eq!(article.source.as_deref(), Some("The Gazette"));
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
fn what_is_no_record_is_refused() {
    for (line, code) in [
        ("{", "invalid_json"),
        ("{\"title\":\"t\"} {}", "invalid_json"),
        ("{\"title\":\"\\ud800\"}", "invalid_json"),
        ("{\"title\":\"a\u{1}b\"}", "invalid_json"),
        ("[]", "not_an_object"),
        ("null", "not_an_object"),
        ("5", "not_an_object"),
    ] {
        let line = super::read(line, None);
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
    let line = super::read("{\"title\":\"t\"}", None);
    let refused = line.outcome.unwrap_err();
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        ("required", Some("/lang"))
    );
}

#[test]
fn a_wrong_type_or_value_is_refused_at_its_field() {
    for (field, value, pointer) in [
        ("title", json!(5), "/title"),
        ("lang", json!("no language"), "/lang"),
        ("authors", json!("Ann"), "/authors"),
        ("authors", json!(["Ann", {"name": "Bo"}]), "/authors/1"),
        ("contributors", json!(["Ann"]), "/contributors/0"),
        (
            "contributors",
            json!([{"role": "editor", "name": 5}]),
            "/contributors/0/name",
        ),
        ("published_at", json!("soon"), "/published_at"),
        ("published_at", json!(1_500_000_000), "/published_at"),
        ("status", json!("live"), "/status"),
        ("original", json!("https://example.org"), "/original"),
        (
            "notices",
            json!([{"kind": "rant", "text": "x"}]),
            "/notices/0/kind",
        ),
        (
            "notices",
            json!([{"kind": "correction"}]),
            "/notices/0/text",
        ),
        ("withdrawn", json!({"reason": "bored"}), "/withdrawn/reason"),
        ("subtitle", json!("x".repeat(1_001)), "/subtitle"),
        ("authors", json!(vec!["x".repeat(301)]), "/authors/0"),
        ("slug", json!("x".repeat(501)), "/slug"),
        ("id", json!("x".repeat(501)), "/id"),
        ("id", json!(1.5), "/id"),
        ("version", json!(-1), "/version"),
    ] {
        let mut line = json!({"id": OWN, "title": "t"});
        line[field] = value;
        assert_eq!(refused(&line).field.as_deref(), Some(pointer), "{line}");
    }
}

#[test]
fn more_than_a_hundred_authors_or_tags_are_refused_but_repeated_ones_count_once() {
    let names = |count: usize| (0..count).map(|n| format!("n{n}")).collect::<Vec<_>>();
    for field in ["authors", "tags"] {
        let refused = refused(&json!({"title": "t", field: names(101)}));
        assert_eq!(refused.code, "too_many");
        let twice = [names(100), names(100)].concat();
        parsed(&json!({"title": "t", field: twice}));
    }
}

#[test]
fn an_id_of_version_7_is_the_articles_own_and_any_other_is_external() {
    let (own, _) = article(json!({"id": OWN, "external_id": "x-1"}));
    assert_eq!(own.id.unwrap().to_string(), OWN);
    assert_eq!(own.external_id.as_deref(), Some("x-1"));
    for id in ["550e8400-e29b-41d4-a716-446655440000", "x ", "42"] {
        let (external, _) = article(json!({"id": id}));
        assert_eq!(
            (external.id, external.external_id.as_deref()),
            (None, Some(id))
        );
    }
    let (number, _) = article(json!({"id": 42}));
    assert_eq!(number.external_id.as_deref(), Some("42"));
}

#[test]
fn a_record_without_an_id_is_known_again_by_its_address_or_by_all_it_says() {
    let id = |value| article(value).0.external_id.unwrap();
    assert_eq!(
        id(json!({"url": "https://example.org/a"})),
        "en:https://example.org/a"
    );
    assert_eq!(id(json!({"summary": "a"})), id(json!({"summary": "a"})));
    assert_ne!(id(json!({"summary": "a"})), id(json!({"summary": "b"})));
}

#[test]
fn the_digest_looks_at_what_is_said_and_at_the_language_given() {
    let en = LanguageTag::parse("en").unwrap();
    let fr = LanguageTag::parse("fr").unwrap();
    let digest = |line: &str, lang| {
        let line = super::read(line, Some(lang));
        line.outcome.unwrap().unwrap().digest
    };
    let (one, other) = (
        "{\"title\":\"t\",\"id\":\"x\"}",
        " { \"id\": \"x\", \"title\": \"t\" }",
    );
    assert_eq!(digest(one, &en), digest(other, &en));
    assert_ne!(digest(one, &en), digest(one, &fr));
    assert_eq!(
        digest("{\"title\":\"a\",\"title\":\"t\",\"id\":\"x\"}", &en),
        digest(one, &en)
    );
}

#[test]
fn of_a_name_that_comes_twice_the_last_value_holds() {
    let line = super::read("{\"lang\":\"en\",\"title\":\"a\",\"title\":\"b\"}", None);
    let Record::Article(article) = line.outcome.unwrap().unwrap().record else {
        panic!("an article")
    };
    assert_eq!(article.title, "b");
}

#[test]
fn what_has_no_field_is_kept_and_named_also_inside_objects() {
    let (article, parsed) = article(json!({
        "source_file": "a.md", "weight": 0, "nothing": null,
        "original": {"lang": "en", "selected_on": "2019-02-04"},
        "contributors": [{"role": "editor", "name": "Cy", "url": "https://example.org"}],
        "rights": {"copyright": "©", "holder": "Us"},
    }));
    assert_eq!(
        Value::Object(article.extra),
        json!({
            "source_file": "a.md", "weight": 0, "nothing": null,
            "original": {"selected_on": "2019-02-04"},
            "contributors": [{"role": "editor", "name": "Cy", "url": "https://example.org"}],
            "rights": {"holder": "Us"},
        })
    );
    let mut unknown = parsed.unknown;
    unknown.sort();
    assert_eq!(
        unknown,
        [
            "contributors.url",
            "nothing",
            "original.selected_on",
            "rights.holder",
            "source_file",
            "weight"
        ]
    );
    assert_eq!(article.editors, ["Cy"]);
}

#[test]
fn what_an_export_kept_apart_goes_back_to_where_it_was() {
    let (article, parsed) = article(
        json!({"id": OWN, "extra": {"source_file": "a.md"}, "work": OWN, "version": 3,
        "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-02T00:00:00.120Z", "created_by": OWN}),
    );
    assert_eq!(Value::Object(article.extra), json!({"source_file": "a.md"}));
    assert!(parsed.unknown.is_empty());
    assert_eq!(article.work.unwrap().to_string(), OWN);
    assert_eq!(article.history.version, Some(3));
    assert_eq!(
        article.history.updated_at,
        Timestamp::parse("2020-01-02T00:00:00.12Z").ok()
    );
}

#[test]
fn fields_of_other_systems_that_bear_our_names_are_kept_as_unknown() {
    let foreign = json!({"work": "Hamlet", "extra": "read all about it", "version": "2.1",
        "created_at": "2020-01-01T00:00:00Z", "updated_at": "yesterday", "created_by": "desk"});
    let (article, parsed) = article(foreign.clone());
    assert_eq!(Value::Object(article.extra), foreign);
    assert_eq!(parsed.unknown.len(), 6);
}

#[test]
fn a_slug_that_is_none_changes_and_its_written_form_stays() {
    let (article, parsed) =
        article(json!({"slug": "-‘a’:-incident ", "published_at": "2020-01-01"}));
    assert_eq!(article.slug.unwrap().as_str(), "a-incident");
    assert_eq!(article.slug_written.as_deref(), Some("-‘a’:-incident "));
    assert_eq!(codes(&parsed), ["slug_changed"]);
    let (article, _) = self::article(json!({"slug": "???"}));
    assert_eq!(
        (article.slug, article.slug_written.as_deref()),
        (None, Some("???"))
    );
}

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
        (vec!["date_precision"], 0)
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
    assert_eq!(codes(&parsed)[1..], ["no_role", "no_name"]);
}

#[test]
fn an_edition_line_says_what_it_says_and_no_more() {
    let Record::Edition(edition) = parsed(&json!({
        "type": "edition", "lang": "fr", "site_name": "La Gazette", "time_zone": "Europe/Paris", "direction": "ltr",
        "contact": {"phones": [{"label": "Rédaction", "number": "+33 1"}], "email": "a@example.org"},
        "navigation": [{"label": "Monde", "url": "/fr/monde"}],
    }))
    .record
    else {
        panic!("an edition")
    };
    assert_eq!(edition.time_zone, Some(chrono_tz::Europe::Paris));
    assert_eq!(edition.contact.unwrap().phones[0].number, "+33 1");
    assert_eq!((edition.name, edition.navigation.len()), (None, 1));
    for (field, value) in [("time_zone", "Paris"), ("direction", "up"), ("lang", "??")] {
        let mut line = json!({"type": "edition", "lang": "fr"});
        line[field] = value.into();
        assert_eq!(refused(&line).field, Some(format!("/{field}")));
    }
}

#[test]
fn a_section_line_is_a_path_of_slugs() {
    let section = |line: Value| match parsed(&line).record {
        Record::Section(section) => *section,
        other => panic!("{other:?}"),
    };
    let found = section(
        json!({"type": "section", "id": OWN, "lang": "fr", "path": "/International/events/", "position": 2}),
    );
    let path: Vec<_> = found.path.iter().map(|slug| slug.as_str()).collect();
    assert_eq!(
        (path, found.name.as_str()),
        (vec!["international", "events"], "events")
    );
    assert_eq!((found.lang.as_str(), found.position), ("fr", Some(2)));
    for path in [json!("/"), json!(null), json!(5)] {
        assert_eq!(
            refused(&json!({"type": "section", "path": path}))
                .field
                .as_deref(),
            Some("/path")
        );
    }
    let far = json!({"type": "section", "path": "a", "position": 3_000_000_000_u64});
    assert_eq!(refused(&far).field.as_deref(), Some("/position"));
}

#[test]
fn authors_sources_and_tags_have_names_in_many_languages() {
    let Record::Author(author) = parsed(&json!({
        "type": "author", "id": OWN, "slug": "ann-lee", "name": "Ann  Lee", "names": {"ZH": "李安"}, "bio": "B",
    }))
    .record
    else {
        panic!("an author")
    };
    assert_eq!(
        (author.name.as_str(), author.names["zh"].as_str()),
        ("Ann  Lee", "李安")
    );
    let Record::Source(source) = parsed(&json!({
        "type": "source", "name": "The Gazette", "kind": "newspaper", "rights": {"attribution": "From us"},
    }))
    .record
    else {
        panic!("a source")
    };
    assert_eq!(source.rights.attribution.as_deref(), Some("From us"));
    let Record::Tag(tag) = parsed(&json!({"type": "tag", "name": "Sea Wind"})).record else {
        panic!("a tag")
    };
    assert_eq!(
        (tag.slug.as_str(), tag.name.as_str()),
        ("sea-wind", "Sea Wind")
    );
    for (line, pointer) in [
        (json!({"type": "author"}), "/name"),
        (
            json!({"type": "source", "name": "n", "names": {"no language": "x"}}),
            "/names/no language",
        ),
        (json!({"type": "tag"}), "/name"),
        (json!({"type": "author", "name": "n", "id": "5"}), "/id"),
    ] {
        assert_eq!(refused(&line).field.as_deref(), Some(pointer), "{line}");
    }
}

#[test]
fn a_field_that_only_an_article_could_keep_is_left_out_and_noted() {
    let parsed = parsed(&json!({"type": "tag", "name": "Sea", "color/x": "blue"}));
    assert_eq!(parsed.notes[0].code, "field_dropped");
    assert_eq!(parsed.notes[0].field.as_deref(), Some("/color~1x"));
    assert_eq!(parsed.unknown, ["color/x"]);
}

#[test]
fn a_redirect_keeps_a_slug_that_was_never_well_formed() {
    let Record::Redirect(redirect) =
        parsed(&json!({"type": "redirect", "lang": "fr", "slug": "-‘a’", "article": "x-1"})).record
    else {
        panic!("a redirect")
    };
    assert_eq!(redirect.slug, "-‘a’");
    let article = ArticleKey::External("x-1".to_owned());
    assert!(matches!(redirect.target, RedirectTarget::Article(_, key) if key == article));
    assert_eq!(
        refused(&json!({"type": "redirect", "slug": "a"}))
            .field
            .as_deref(),
        Some("/article")
    );
}

#[test]
fn a_revision_is_a_snapshot_whose_body_is_sanitised_again() {
    let line = json!({
        "type": "revision", "article": OWN, "version": 2, "at": "2020-01-01T00:00:00Z", "actor": "desk",
        "snapshot": {"work": OWN, "lang": "en", "slug": "a", "title": "A", "status": "published",
            "details": {"rights": {}}, "body": "<p>x</p><script>alert(1)</script>"},
    });
    let Record::Revision(revision) = parsed(&line).record else {
        panic!("a revision")
    };
    let content = revision.content.as_ref().unwrap();
    assert_eq!((revision.version, content.body.as_str()), (2, "<p>x</p>"));
    let mut current = line.clone();
    current["snapshot"] = json!(null);
    let Record::Revision(current) = parsed(&current).record else {
        panic!("a revision")
    };
    assert_eq!(current.content, None);
    for (pointer, field, value) in [
        ("/snapshot", "snapshot", json!({"title": "A"})),
        ("/snapshot", "snapshot", json!("A")),
        ("/version", "version", json!(0)),
        ("/at", "at", json!("2020-01-01")),
        ("/article", "article", json!("")),
    ] {
        let mut line = line.clone();
        line[field] = value;
        assert_eq!(refused(&line).field.as_deref(), Some(pointer));
    }
}

/// Any JSON, not too deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9]{4}-[0-9]{2}(-[0-9]{2})?".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let names = "role|name|kind|text|at|url|lang|reason|.{1,3}";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names, inner), 0..4).prop_map(Value::from_iter),
        ]
    })
}

proptest! {
    #[test]
    fn any_value_in_any_field_is_taken_or_refused_at_its_place(
        kind in "article|edition|section|author|source|tag|revision|redirect",
        field in "id|title|slug|authors|contributors|section_path|published_at|tags|original|media|notices|rights|extra|\
                  body_html|body_markdown|body_paragraphs|names|contact|navigation|snapshot|path|withdrawn|work",
        value in any_json(),
    ) {
        let mut line = json!({"type": kind, "lang": "en", "title": "t", "name": "n", "path": "p"});
        line[&field] = value;
        let line = read(&line.to_string(), None);
        prop_assert_eq!(line.kind, kind);
        if let Err(refused) = line.outcome {
            prop_assert!(refused.field.is_some_and(|at| at.starts_with('/')));
        }
    }
}
