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
fn what_is_no_record_is_refused() {
    for (line, code) in [
        ("{", "invalid_json"),
        ("{\"title\":\"t\"} {}", "invalid_json"),
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

/// What nobody should write in a field, and what each becomes is for the field to say.
fn junk() -> Vec<Value> {
    let deep = (0..60).fold(json!("x"), |inner, _| json!({ "a": [inner] }));
    vec![
        json!(true),
        json!(5),
        json!(-1),
        json!(1.5),
        json!(1_500_000_000),
        json!("soon"),
        json!("0000-00-00 00:00:00"),
        json!("a\u{0}b\u{7}"),
        json!("\u{200b}\u{feff}"),
        json!("x".repeat(20_000)),
        json!("e\u{301}".repeat(10_000)),
        json!("javascript:alert(1)"),
        json!("%e6%96%b0%00"),
        json!(["a", 5, null, {"x": 1}, ["y"], true]),
        json!(vec!["n"; 5_000]),
        json!((0..5_000).map(|n| format!("n{n}")).collect::<Vec<_>>()),
        json!([{"role": 5, "name": {"a": 1}, "kind": "rant", "text": [], "at": "soon", "url": 7, "number": true, "label": 1}]),
        json!({"id": 5, "name": ["x"], "path": 7, "reason": "bored", "format": 1, "content": {"a": 1}, "en": 5, "no language": "x"}),
        json!({"title": "x".repeat(9_000), "lang": "x".repeat(9_000), "copyright": "x".repeat(9_000), "email": "x".repeat(9_000)}),
        deep,
    ]
}

/// Every field of a type of line but those that it is nothing without.
fn fields_of(kind: &str) -> Vec<&'static str> {
    let fields = match kind {
        "article" => {
            "id lang subtitle summary slug url authors contributors byline_raw source section_path published_at updated tags \
             translation_key body_html body_markdown body_paragraphs status rights license dateline original image image_alt \
             notices body section editors translators credits publish_at embargo_until withdrawn canonical_url media extra \
             external_id work version created_at updated_at created_by links"
        }
        "edition" => {
            "name site_name home_label home_path time_zone direction contact copyright navigation url_template version \
             created_at updated_at"
        }
        "section" => {
            "id lang name description position translation_key group version created_at updated_at"
        }
        "author" => "id slug names bio affiliation url version created_at updated_at",
        "source" => "id slug names kind url rights version created_at updated_at",
        "tag" => "id slug names version created_at updated_at",
        "revision" => "at actor",
        _ => "lang",
    };
    fields.split_whitespace().collect()
}

fn whole(kind: &str) -> Value {
    let snapshot = json!({"work": OWN, "lang": "en", "slug": "a", "title": "A", "status": "draft", "details": {"rights": {}}, "body": ""});
    let mut line = match kind {
        "article" => {
            json!({"id": OWN, "title": "T", "published_at": "2020-01-01", "body_html": "<p>x</p>"})
        }
        "edition" => json!({"lang": "fr"}),
        "section" => json!({"path": "a/b"}),
        "revision" => {
            json!({"article": "x", "version": 1, "at": "2020-01-01T00:00:00Z", "snapshot": snapshot})
        }
        "redirect" => json!({"slug": "a", "article": "x"}),
        _ => json!({"name": "N"}),
    };
    line["type"] = kind.into();
    line
}

#[test]
fn no_field_of_any_line_sinks_its_record_and_each_loss_is_told_at_its_place() {
    for kind in [
        "article", "edition", "section", "author", "source", "tag", "revision", "redirect",
    ] {
        assert!(parsed(&whole(kind)).notes.is_empty(), "{kind}");
        for field in fields_of(kind) {
            for value in [json!(null), json!(""), json!([]), json!({})] {
                let mut line = whole(kind);
                line[field] = value;
                parsed(&line);
            }
            for value in junk() {
                let mut line = whole(kind);
                line[field] = value.clone();
                let found = parsed(&line);
                let text = value.to_string();
                let shown: String = text.chars().take(60).collect();
                let counted = |note: &&Finding| note.code != "more_findings";
                for note in found.notes.iter().filter(counted) {
                    let at = note.field.as_deref().unwrap_or_default();
                    assert!(
                        at.starts_with('/') && !note.detail.is_empty(),
                        "{kind} {field} {shown}: {note:?}"
                    );
                }
                // An object is never a text, a date or a number, and a text beyond every limit is never whole.
                let is_text = text.starts_with("\"xxx");
                let takes_any = [
                    "extra",
                    "links",
                    "work",
                    "created_by",
                    "id",
                    "external_id",
                    "body_html",
                    "body_markdown",
                    "body_paragraphs",
                    "body",
                ];
                if is_text && !takes_any.contains(&field) {
                    let told = found.notes.iter().any(|note| {
                        note.field
                            .as_deref()
                            .is_some_and(|at| at.starts_with(&format!("/{field}")))
                    });
                    assert!(told, "{kind} {field} {shown}: {:?}", found.notes);
                }
            }
        }
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases, or one story")]
fn what_is_wrong_with_a_field_is_told_with_its_code() {
    for (field, value, pointer, code) in [
        ("title", json!(5), "/title", "number_as_text"),
        ("lang", json!("no language"), "/lang", "invalid_language"),
        ("authors", json!("Ann"), "/authors", "taken_as_list"),
        (
            "authors",
            json!(["Ann", {"nom": "Bo"}]),
            "/authors/1",
            "no_name",
        ),
        (
            "contributors",
            json!(["Ann"]),
            "/contributors/0",
            "wrong_type",
        ),
        (
            "contributors",
            json!([{"role": "editor", "name": ["x"]}]),
            "/contributors/0/name",
            "wrong_type",
        ),
        (
            "published_at",
            json!("soon"),
            "/published_at",
            "invalid_date",
        ),
        (
            "published_at",
            json!(1_500_000_000),
            "/published_at",
            "invalid_date",
        ),
        (
            "published_at",
            json!("0000-00-00"),
            "/published_at",
            "zero_date",
        ),
        ("status", json!("live"), "/status", "made_draft"),
        (
            "embargo_until",
            json!("soon"),
            "/embargo_until",
            "made_draft",
        ),
        (
            "publish_at",
            json!({"at": "soon"}),
            "/publish_at",
            "made_draft",
        ),
        (
            "original",
            json!("https://example.org"),
            "/original",
            "wrong_type",
        ),
        (
            "notices",
            json!([{"kind": "rant", "text": "x"}]),
            "/notices/0/kind",
            "invalid_value",
        ),
        (
            "notices",
            json!([{"kind": "correction"}]),
            "/notices/0",
            "no_notice",
        ),
        (
            "withdrawn",
            json!({"reason": "bored"}),
            "/withdrawn/reason",
            "invalid_value",
        ),
        (
            "subtitle",
            json!("x".repeat(1_001)),
            "/subtitle",
            "too_long",
        ),
        ("summary", json!("é".repeat(5_001)), "/summary", "too_long"),
        (
            "authors",
            json!(vec!["x".repeat(301)]),
            "/authors/0",
            "too_long",
        ),
        ("slug", json!("x".repeat(501)), "/slug", "too_long"),
        ("id", json!("x".repeat(501)), "/id", "too_long"),
        ("id", json!(1.5), "/id", "wrong_type"),
        ("version", json!(-1), "/version", "invalid_value"),
        ("body_html", json!(["<p>"]), "/body_html", "wrong_type"),
        ("titel", json!("x"), "/titel", "unknown_field"),
        (
            "publishedAt",
            json!("2020"),
            "/publishedAt",
            "unknown_field",
        ),
        ("tag", json!("x"), "/tag", "unknown_field"),
        (
            "url",
            json!("https%3A%2F%2Fexample.org%2F%E6%96%B0"),
            "/url",
            "percent_decoded",
        ),
        ("tags", json!(["%e6%96%b0"]), "/tags/0", "percent_decoded"),
        ("body_html", json!(""), "/body", "no_body"),
    ] {
        let mut line =
            json!({"id": OWN, "title": "t", "published_at": "2020-01-01", "body_html": "x"});
        line[field] = value;
        let found = parsed(&line).notes;
        let is_told = found
            .iter()
            .any(|note| (note.code, note.field.as_deref()) == (code, Some(pointer)));
        assert!(is_told, "{line}: {found:?}");
    }
}

#[test]
fn a_record_is_refused_for_what_was_wrong_with_its_title() {
    for (value, code) in [
        (json!(["x"]), "wrong_type"),
        (json!("\u{200b}"), "blank"),
        (json!(" "), "required"),
    ] {
        let refused = refused(&json!({ "title": value }));
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (code, Some("/title"))
        );
    }
    let line = super::read("{\"title\":\"t\",\"lang\":\"no language\"}", None);
    assert_eq!(line.outcome.unwrap_err().code, "invalid_language");
}

#[test]
fn more_than_a_hundred_authors_or_tags_are_cut_but_repeated_ones_count_once() {
    let names = |count: usize| (0..count).map(|n| format!("n{n}")).collect::<Vec<_>>();
    for field in ["authors", "tags", "editors"] {
        let (_, found) =
            article(json!({"published_at": "2020-01-01", "body_html": "x", field: names(101)}));
        assert_eq!(codes(&found), ["too_many"]);
        let twice = [names(100), names(100)].concat();
        let (_, found) =
            article(json!({"published_at": "2020-01-01", "body_html": "x", field: twice}));
        assert!(found.notes.is_empty(), "{:?}", found.notes);
    }
}

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
        (article.body.html(), article.notices.len(), article.url),
        ("<p>x</p>", 1, None)
    );
}

#[test]
fn a_line_that_only_a_string_makes_no_json_goes_in() {
    for (line, code) in [
        ("{\"title\":\"t\\ud800\"}", "lone_surrogate"),
        ("{\"title\":\"a\u{1}b\"}", "control_character"),
        ("{\"title\":\"a\u{fdd3}b\"}", "invalid_utf8"),
    ] {
        let line = super::read(line, LanguageTag::parse("en").ok().as_ref());
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

#[test]
fn everything_wrong_with_a_record_is_told_at_once_whatever_its_type() {
    let cases = [
        (
            json!({"type": "edition", "time_zone": "Nowhere", "nmae": "x"}),
            &["/lang", "/time_zone", "/nmae"][..],
        ),
        (
            json!({"type": "section", "path": "/", "position": -1, "lang": "english!"}),
            &["/path", "/position"],
        ),
        (
            json!({"type": "author", "url": "javascript:1", "names": {"xx-": "y"}, "slgu": "z"}),
            &["/name", "/url", "/names/xx-", "/slgu"],
        ),
        (
            json!({"type": "source", "rights": 5, "url": "javascript:1"}),
            &["/name", "/rights", "/url"],
        ),
        (
            json!({"type": "tag", "names": "x", "id": "?"}),
            &["/name", "/names", "/id"],
        ),
        (
            json!({"type": "medium", "focal_point": {"x": 7}}),
            &["/file", "/id", "/focal_point"],
        ),
        (
            json!({"type": "redirect", "kind": "tag", "public": "?"}),
            &["/slug", "/target", "/public"],
        ),
        (
            json!({"type": "redirect", "kind": "door", "to": "x"}),
            &["/kind", "/slug", "/to"],
        ),
        (
            json!({"type": "revision", "snapshot": 5}),
            &["/article", "/version", "/snapshot", "/at"],
        ),
        (
            json!({"type": "article", "titel": "x", "published_at": "soon"}),
            &["/title", "/titel", "/published_at"],
        ),
    ];
    for (record, wrong) in cases {
        let line = read(&record.to_string(), None);
        let first = line.outcome.unwrap_err();
        let told: Vec<_> = std::iter::once(&first)
            .chain(&line.notes)
            .filter_map(|finding| finding.field.as_deref())
            .collect();
        for at in wrong {
            let times = told.iter().filter(|told| *told == at).count();
            assert_eq!(times, 1, "{record}: {at} of {told:?}");
        }
    }
}
