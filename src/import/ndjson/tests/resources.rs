//! Records of other types than articles.

use super::*;

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
    for (field, value) in [("time_zone", "Paris"), ("direction", "up")] {
        let mut line = json!({"type": "edition", "lang": "fr"});
        line[field] = value.into();
        let found = parsed(&line);
        assert_eq!(found.notes[0].field, Some(format!("/{field}")));
    }
    let refused = refused(&json!({"type": "edition", "lang": "??"}));
    assert_eq!(
        (refused.code, refused.field.as_deref()),
        ("invalid_language", Some("/lang"))
    );
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
    for path in [json!("/"), json!(null), json!({})] {
        assert_eq!(
            refused(&json!({"type": "section", "path": path}))
                .field
                .as_deref(),
            Some("/path")
        );
    }
    let far = json!({"type": "section", "path": "a", "position": 3_000_000_000_u64});
    assert_eq!(parsed(&far).notes[0].field.as_deref(), Some("/position"));
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
    assert_eq!((tag.slug, tag.name.as_str()), (None, "Sea Wind"));
    for line in [json!({"type": "author"}), json!({"type": "tag"})] {
        assert_eq!(refused(&line).field.as_deref(), Some("/name"), "{line}");
    }
    for (line, pointer) in [
        (
            json!({"type": "source", "name": "n", "names": {"no language": "x"}}),
            "/names/no language",
        ),
        (json!({"type": "author", "name": "n", "id": "5"}), "/id"),
    ] {
        assert_eq!(
            parsed(&line).notes[0].field.as_deref(),
            Some(pointer),
            "{line}"
        );
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
        ("/article", "article", json!("")),
    ] {
        let mut line = line.clone();
        line[field] = value;
        assert_eq!(refused(&line).field.as_deref(), Some(pointer));
    }
    let mut worn = line;
    worn["at"] = "2020-01-01".into();
    worn["snapshot"]["authors"] = json!("Ann");
    worn["snapshot"]["mood"] = json!("good");
    worn["snapshot"]["subtitle"] = json!("Kept");
    worn["snapshot"]["details"]["credits"] = json!(5);
    worn["snapshot"]["details"]["dateline"] = json!("PARIS");
    let found = parsed(&worn);
    let places: Vec<_> = found
        .notes
        .iter()
        .filter_map(|note| note.field.as_deref())
        .collect();
    assert_eq!(
        places,
        [
            "/at",
            "/at",
            "/snapshot/details/credits",
            "/snapshot/authors",
            "/snapshot/mood"
        ]
    );
    let Record::Revision(revision) = found.record else {
        panic!("a revision")
    };
    let content = revision.content.unwrap();
    assert_eq!(
        (
            content.subtitle.as_deref(),
            content.details.dateline.as_deref()
        ),
        (Some("Kept"), Some("PARIS"))
    );
}
