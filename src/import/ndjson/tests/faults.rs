//! Values that are wrong: each costs itself alone, and is told at its place.

use super::*;

/// Values that nobody should write in a field; each field says what they become.
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
        ("published", json!(false), "/published", "made_draft"),
        (
            "post_status",
            json!("private"),
            "/post_status",
            "made_draft",
        ),
        (
            "embargo_date",
            json!("2099-01-01"),
            "/embargo_date",
            "made_draft",
        ),
        (
            "withdrawal",
            json!({"reason": "legal"}),
            "/withdrawal",
            "made_draft",
        ),
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
    let line = read("{\"title\":\"t\",\"lang\":\"no language\"}", None);
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
