//! Identity of a record, and fields that have no place of their own.

use super::*;

#[test]
fn an_answer_of_the_api_is_a_record_and_nothing_of_it_is_unknown() {
    let answer = json!({"data": {
        "id": OWN, "version": 3, "lang": "en", "slug": "a", "title": "A", "subtitle": null, "summary": "S", "status": "published",
        "published_at": "2022-11-24T16:00:00Z", "published_on": "2022-11-25", "updated_at": "2022-11-25T00:00:00Z", "embargo_until": null,
        "authors": [{"id": OWN, "slug": "ann", "name": "Ann"}], "editors": [{"slug": "bo"}], "translators": [],
        "credits": [{"role": "photographer", "name": "Cy"}], "byline_raw": null, "dateline": null,
        "source": {"id": OWN, "slug": "s", "name": "S", "url": "https://example.org"},
        "section": {"id": OWN, "path": "international/events", "name": "EVENTS"},
        "breadcrumbs": [{"name": "HOME", "path": "/en"}], "tags": [{"slug": "c-sharp", "name": "C#"}],
        "translations": [{"lang": "fr", "id": OWN, "slug": "b", "title": "B"}], "original": null,
        "body": {"format": "html", "content": "<p>x</p>"},
        "media": [{"kind": "image", "id": OWN, "url": "/media/x.jpg", "alt": null, "caption": null, "credit": null, "width": 1,
                   "height": 1, "focal_point": null, "renditions": [], "srcset": {"webp": "x"}}],
        "word_count": 1, "reading_minutes": 1, "canonical_url": null, "rights": {"copyright": "C", "licence": null, "attribution": null},
        "notices": [{"id": OWN, "kind": "correction", "text": "T", "at": "2022-11-24T16:00:00Z"}],
        "url": "https://example.org/a", "links": {"self": format!("/api/articles/{OWN}")},
    }});
    let found = parsed(&answer);
    let Record::Article(article) = found.record else {
        panic!("an article")
    };
    assert!(
        found.notes.is_empty() && found.unknown.is_empty(),
        "{:?} {:?}",
        found.notes,
        found.unknown
    );
    assert!(article.extra.is_empty(), "{:?}", article.extra);
    assert_eq!(
        (
            article.authors[0].name.as_str(),
            article.editors[0].slug.as_deref()
        ),
        ("Ann", Some("bo"))
    );
    assert_eq!(article.section_path, ["international", "events"]);
    assert_eq!(article.section.unwrap().to_string(), OWN);
    assert_eq!(
        (
            article.tags[0].name.as_str(),
            article.tags[0].slug.as_deref()
        ),
        ("C#", Some("c-sharp"))
    );
    assert_eq!(
        (
            article.body.html(),
            article.notices.len(),
            article.url.as_deref()
        ),
        ("<p>x</p>", 1, Some("https://example.org/a"))
    );
}

#[test]
fn a_line_that_only_a_string_makes_no_json_goes_in() {
    for (line, code) in [
        ("{\"title\":\"t\\ud800\"}", "lone_surrogate"),
        ("{\"title\":\"a\u{1}b\"}", "control_character"),
        ("{\"title\":\"a\u{fdd3}b\"}", "invalid_utf8"),
    ] {
        let line = read(line, LanguageTag::parse("en").ok().as_ref());
        let found = line.outcome.unwrap().unwrap();
        assert_eq!(
            (found.notes[0].code, found.notes[0].field.as_deref()),
            (code, Some("/title"))
        );
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
        let line = read(line, Some(lang));
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
    let line = read("{\"lang\":\"en\",\"title\":\"a\",\"title\":\"b\"}", None);
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
    assert_eq!(codes(&parsed), ["slug_changed", "no_body"]);
    for encoded in ["%e6%96%b0", "%E6%96%B0"] {
        let (article, _) = self::article(json!({ "slug": encoded }));
        assert_eq!(article.slug.unwrap().as_str(), "新");
        assert_eq!(article.slug_written.as_deref(), Some(encoded));
    }
    let (article, _) = self::article(json!({"slug": "???"}));
    assert_eq!(
        (article.slug, article.slug_written.as_deref()),
        (None, Some("???"))
    );
}

#[test]
fn everything_wrong_with_a_refused_record_is_told_at_once() {
    let record = json!({"lang": "xx-nonsense-language", "title": "", "published_at": "x", "summary": "s".repeat(6_000),
        "tags": [{}, "", null], "status": "q"});
    let line = read(&record.to_string(), None);
    let first = line.outcome.unwrap_err();
    assert_eq!(
        (first.code, first.field.as_deref()),
        ("invalid_language", Some("/lang"))
    );
    let places: Vec<&str> = line
        .notes
        .iter()
        .filter_map(|note| note.field.as_deref())
        .collect();
    for place in [
        "/title",
        "/published_at",
        "/summary",
        "/tags/0",
        "/tags/1",
        "/tags/2",
        "/status",
    ] {
        assert!(places.contains(&place), "{place} in {places:?}");
    }
}
