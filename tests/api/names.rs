//! Names, slugs and tags: what is one stays one in whatever form it is written, and what differs is not merged.

use masthead::domain::access::Role;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::builders::Article;
use super::client::Response;
use super::corpus::{corpus, sample};
use super::harness::TestServer;

fn post(server: &TestServer, key: &str, target: &str, content: &Value) -> Response {
    server.request("POST", target).key(key).json(content).send()
}

fn made(server: &TestServer, key: &str, target: &str, content: &Value) -> Value {
    let response = post(server, key, target, content);
    assert_eq!(response.status, 201, "{}", response.text());
    response.json()["data"].clone()
}

fn nfd(text: &str) -> String {
    text.nfd().collect()
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn slugs(tags: &Value) -> Vec<&str> {
    let tags = tags.as_array().unwrap();
    tags.iter()
        .map(|tag| tag["slug"].as_str().unwrap())
        .collect()
}

fn record(id: &str, tags: &Value) -> Value {
    json!({"id": id, "lang": "en", "title": id, "published_at": "2025-01-01", "body_markdown": "Text.", "tags": tags})
}

/// Every string of a value in another form.
fn in_form(value: &Value, form: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => json!(form(text)),
        Value::Array(items) => items.iter().map(|item| in_form(item, form)).collect(),
        other => other.clone(),
    }
}

api_test! {
fn a_name_with_a_sign_at_its_edge_is_no_spelling_of_the_name_without_it(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    for (first, then) in [("Grade W-", "Grade W"), ("Zq-", "Zq"), ("«Mm»", "Mm"), ("\"Nn\"", "Nn"), ("Oo", "_Oo")] {
        for name in [first, then] {
            let made = made(server, &key, "/api/articles", &json!({"lang": "en", "title": "x", "tags": [name]}));
            assert_eq!(made["tags"][0]["name"], name);
        }
    }
}

fn a_tag_that_is_named_is_the_one_of_that_name_or_slug_and_signs_are_no_detail(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    made(server, &key, "/api/tags", &json!({"name": "C#", "slug": "c-sharp"}));
    let tagged = |tags: Value| {
        let article = made(server, &key, "/api/articles", &json!({"lang": "en", "title": "x", "tags": tags}));
        article["tags"].clone()
    };
    assert_eq!(slugs(&tagged(json!(["C#", "C sharp", "c-sharp", "C  #"]))), ["c-sharp", "c"], "C # is another name");
    assert_eq!(slugs(&tagged(json!(["C++", ".NET", "net", "NET"]))), ["c-2", "net", "net-2"]);
    assert_eq!(slugs(&tagged(json!(["C#", "C++", "c-2", "Net"]))), ["c-sharp", "c-2", "net-2"]);
    assert_eq!(slugs(&tagged(json!(["Climate Change", "climate change", "CLIMATE-CHANGE", "climate-change"]))), ["climate-change"]);
    // One by exact name and by slug, when made on purpose too.
    for (content, status) in [
        (json!({"name": "C#"}), 409), (json!({"name": "C++", "slug": "cpp"}), 409), (json!({"name": "Other", "slug": "c-sharp"}), 409),
        (json!({"name": "climate CHANGE"}), 409), (json!({"name": "C"}), 201),
    ] {
        assert_eq!(post(server, &key, "/api/tags", &content).status, status, "{content}");
    }
}

fn tags_of_signs_and_emoji_are_kept_apart_over_the_records_of_an_import(server) {
    let records = [
        record("a", &json!(["C", "🎉"])), record("b", &json!(["C#", "🎊"])), record("c", &json!(["C++", "✏\u{fe0f} note"])),
        record("d", &json!(["c", "C#", "✏ note", "🎉", "???", "!!!"])),
    ];
    let told = server.import(&records);
    let tags = |id: &str| server.ok(&format!("/api/articles/{id}")).json()["data"]["tags"].clone();
    assert_eq!(slugs(&tags("a")), ["c", "u1f389"]);
    assert_eq!(slugs(&tags("b")), ["c-2", "u1f38a"]);
    assert_eq!(slugs(&tags("c")), ["c-3", "note"]);
    assert_eq!(slugs(&tags("d")), ["c", "c-2", "note", "u1f389", "u3f-u3f-u3f", "u21-u21-u21"]);
    let beside: Vec<_> = told.lines.iter().filter(|line| line["code"] == "tag_beside").map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(beside, [2, 3], "{:?}", told.lines);
    assert_eq!(server.import(&records).summary.kinds["article"].unchanged, 4);
    // A tag's own line does not rename another tag.
    server.import(&[json!({"type": "tag", "name": "C+"}), json!({"type": "tag", "name": "C#", "slug": "c-sharp"})]);
    assert_eq!(slugs(&tags("a")), ["c", "u1f389"]);
    assert_eq!(slugs(&tags("b")), ["c-sharp", "u1f38a"]);
    assert_eq!(server.ok("/api/tags/c").json()["data"]["name"], "C");
}

fn a_tag_that_is_found_by_a_slug_which_says_less_than_its_name_is_told(server) {
    let records = [
        record("a", &json!(["c++", "#\u{fe0f}\u{20e3}", "1\u{fe0f}\u{20e3}"])), record("b", &json!(["c"])), record("c", &json!(["c#"])),
        record("d", &json!(["C"])), record("e", &json!([".net", "net"])), record("f", &json!(["c", "", null])),
    ];
    let told = server.import(&records);
    let tags = |id: &str| server.ok(&format!("/api/articles/{id}")).json()["data"]["tags"].clone();
    assert_eq!(slugs(&tags("a")), ["c", "u23-u20e3", "1"]);
    for (id, slug) in [("b", "c"), ("c", "c-2"), ("d", "c-3"), ("e", "net")] {
        assert_eq!(slugs(&tags(id)), [slug], "{id}");
    }
    let lines = |code: &str| told.lines.iter().filter(|line| line["code"] == code).map(|line| line["line"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!((lines("tag_by_slug"), lines("tag_beside")), (vec![2, 5, 6], vec![3, 4]), "{:?}", told.lines);
    assert_eq!(lines("no_name"), [6, 6]);
    let key = server.key(Role::Editor);
    let made = post(server, &key, "/api/articles", &json!({"lang": "en", "title": "By slug", "tags": ["c", "C++"]}));
    let made = made.json();
    assert_eq!(slugs(&made["data"]["tags"]), ["c"]);
    let warned = &made["meta"]["warnings"][0];
    assert_eq!((&warned["pointer"], &warned["code"]), (&json!("/tags/0"), &json!("tag_by_slug")), "{made}");
    // An edit of something else moves no tag and warns of none.
    post(server, &key, "/api/tags", &json!({"name": "cc", "slug": "cc"}));
    let target = format!("/api/articles/{}", made["data"]["id"].as_str().unwrap());
    let edited = server.request("PATCH", &target).key(&key).if_match("*").json(&json!({"subtitle": "New"})).send().json();
    assert_eq!(slugs(&edited["data"]["tags"]), ["c"]);
    assert_eq!(edited["meta"]["warnings"], json!([]));
}

fn the_slug_of_a_tag_is_that_tag_where_another_has_it_for_a_name(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    made(server, &key, "/api/tags", &json!({"name": "Zed++", "slug": "zed"}));
    made(server, &key, "/api/tags", &json!({"name": "zed", "slug": "zed-lang"}));
    made(server, &key, "/api/tags", &json!({"name": "C#", "slug": "c-sharp"}));
    made(server, &key, "/api/tags", &json!({"name": "C"}));
    let article = made(server, &key, "/api/articles", &json!({"lang": "en", "title": "x", "tags": ["Zed++", "C#", "zed-lang", "C"]}));
    assert_eq!(slugs(&article["tags"]), ["zed", "c-sharp", "zed-lang", "c"]);
    let target = format!("/api/articles/{}", article["id"].as_str().unwrap());
    for (method, content) in [
        ("PATCH", json!({"tags": slugs(&article["tags"])})),
        ("PATCH", json!({"subtitle": "Other"})),
        ("PUT", json!({"lang": "en", "title": "y", "tags": slugs(&article["tags"])})),
    ] {
        let written = server.request(method, &target).key(&key).if_match("*").json(&content).send().json();
        assert_eq!(written["data"]["tags"], article["tags"], "{content}");
        assert_eq!(written["meta"]["warnings"], json!([]), "{content}");
    }
    let one = server.request("PATCH", &target).key(&key).if_match("*").json(&json!({"tags": ["zed"]})).send().json();
    assert_eq!(slugs(&one["data"]["tags"]), ["zed"]);
}

fn an_export_comes_back_with_the_same_tags_and_a_foreign_record_names_them_by_name(server) {
    let tag = |slug: &str, name: &str| json!({"type": "tag", "slug": slug, "name": name});
    server.import(&[tag("c", "C++"), tag("c-lang", "c"), record("cpp", &json!(["C++"])), record("c", &json!(["c"]))]);
    let tags = |server: &TestServer, id: &str| server.ok(&format!("/api/articles/{id}")).json()["data"]["tags"].clone();
    assert_eq!((slugs(&tags(server, "cpp")), slugs(&tags(server, "c"))), (vec!["c"], vec!["c-lang"]));
    let exported = server.exported();
    let lines: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let other = server.elsewhere();
    let told = other.import(&lines);
    assert!(told.lines.is_empty(), "{:?}", told.lines);
    for id in ["cpp", "c"] {
        assert_eq!(tags(&other, id), tags(server, id), "{id}");
    }
    assert_eq!(other.exported(), exported);
    // A tag that an export does not bring is made of its slug.
    let alone: Vec<Value> = lines.into_iter().filter(|line| line["type"] == "article").collect();
    let third = other.elsewhere();
    third.import(&alone);
    assert_eq!(slugs(&tags(&third, "cpp")), ["c"]);
}

fn what_is_named_is_found_in_any_normal_form_in_paths_parameters_and_bodies(server) {
    let article = Article::new("Été à Évry").section(&["Société", "Éducation"]).author("Zoé Lévêque").source("L’Écho").tag("Énergie");
    server.article(article);
    let key = server.key(Role::Editor);
    let in_path = |text: &str| text.split('/').map(|step| encoded(&nfd(step))).collect::<Vec<_>>().join("/");
    for target in [
        format!("/api/articles/{}", in_path("été-à-évry")),
        format!("/api/sections/{}?lang=en", in_path("société/éducation")),
        format!("/api/sections/{}?lang=en", encoded(&nfd("société/éducation"))),
        format!("/api/authors/{}", in_path("zoé-lévêque")),
        format!("/api/sources/{}", in_path("l-écho")),
        format!("/api/tags/{}", in_path("énergie")),
        format!("/feeds/en/sections/{}/rss.xml", in_path("société/éducation")),
        format!("/feeds/en/authors/{}/rss.xml", in_path("zoé-lévêque")),
        format!("/feeds/en/tags/{}/atom.xml", in_path("énergie")),
        format!("/api/resolve?url={}", encoded(&format!("/api/articles/{}", nfd("été-à-évry")))),
    ] {
        assert_eq!(server.get(&target).status, 200, "{target}");
    }
    for (name, value) in [("section", "société/éducation"), ("author", "zoé-lévêque"), ("source", "l-écho"), ("tag", "énergie")] {
        let listed = server.ok(&format!("/api/articles?{name}={}", encoded(&nfd(value))));
        assert_eq!(listed.column("title"), ["Été à Évry"], "{name}");
    }
    let content = json!({"lang": "en", "title": "Second", "slug": "deuxième", "section": "société/éducation", "authors": ["zoé-lévêque"],
        "source": "l-écho", "tags": ["énergie", "Énergie"]});
    let written: serde_json::Map<String, Value> = content.as_object().unwrap().iter()
        .map(|(name, value)| (name.clone(), in_form(value, &nfd))).collect();
    let second = made(server, &key, "/api/articles", &Value::Object(written));
    assert_eq!((&second["slug"], &second["section"]["path"]), (&json!("deuxième"), &json!("société/éducation")));
    assert_eq!((slugs(&second["tags"]), second["authors"].as_array().unwrap().len()), (vec!["énergie"], 1));
}

fn text_that_shows_nothing_is_no_title_and_no_name(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Admin);
    for blank in ["\u{200b}", "\u{ad}\u{2060}", "\u{3164}", "\u{202e} \u{fe0f}"] {
        for (target, field, content) in [
            ("/api/articles", "title", json!({"lang": "en", "title": blank})),
            ("/api/authors", "name", json!({"name": blank})),
            ("/api/sources", "name", json!({"name": blank})),
            ("/api/tags", "name", json!({"name": blank})),
            ("/api/sections", "name", json!({"lang": "en", "name": blank})),
        ] {
            let response = post(server, &key, target, &content);
            assert_eq!(response.status, 422, "{target} {blank:?}");
            assert_eq!(response.json()["errors"][0]["pointer"], format!("/{field}"));
        }
        let article = made(server, &key, "/api/articles", &json!({"lang": "en", "title": "x", "subtitle": blank,
            "media": [{"url": "/a.jpg", "caption": blank}], "credits": [{"role": "photographer", "name": "y"}]}));
        assert_eq!((&article["subtitle"], &article["media"][0]["caption"]), (&Value::Null, &Value::Null));
        let told = server.import(&[json!({"id": "blank", "title": blank}), json!({"type": "author", "name": blank})]);
        assert_eq!(told.summary.refused(), 2);
        assert!(told.lines.iter().all(|line| line["code"] == "blank"), "{:?}", told.lines);
    }
}

fn an_answer_of_the_api_goes_back_in_as_a_line(server) {
    let article = Article::new("Back again").section(&["World", "Events"]).author("Ann Lee").editor("Bo Chu").source("Norhaven Gazette").tag("C#");
    let id = server.article(article.body("<p>Some <strong>text</strong>.</p>"));
    let key = server.key(Role::Editor);
    let answer = || server.request("GET", &format!("/api/articles/{id}?include=body")).key(&key).send().json();
    let (before, exported) = (answer(), server.exported());
    for line in [before.clone(), before["data"].clone()] {
        let told = server.import(&[line]);
        assert_eq!((told.lines.len(), told.summary.refused()), (0, 0), "{:?}", told.lines);
    }
    // Answers of lists are without text, which nothing is lost by.
    let listed = server.ok("/api/articles").json()["data"][0].clone();
    let told = server.import(&[listed]);
    assert_eq!(told.summary.refused(), 0, "{:?}", told.lines);
    let mut after = answer();
    after["data"]["version"] = before["data"]["version"].clone();
    after["data"]["updated_at"] = before["data"]["updated_at"].clone();
    assert_eq!(after, before);
    let resources = |export: &str| export.lines().filter(|line| !line.contains("\"type\":\"article\"") && !line.contains("\"type\":\"revision\"")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(resources(&server.exported()), resources(&exported), "nothing is made anew");
    for format in ["html", "markdown", "text", "blocks"] {
        let body = server.ok(&format!("/api/articles/{id}?body={format}")).json()["data"]["body"].clone();
        let told = server.import(&[json!({"id": format, "lang": "en", "title": format, "published_at": "2025-01-01", "body": body, "section": "world/events",
            "authors": ["ann-lee"], "source": "norhaven-gazette", "editors": ["bo-chu"], "translators": [{"name": "New"}], "tags": [{"slug": "c", "name": "C#"}]})]);
        assert!(told.lines.is_empty(), "{:?}", told.lines);
        let made = server.ok(&format!("/api/articles/{format}")).json()["data"].clone();
        assert_eq!(made["body"]["content"].as_str().unwrap().contains("<strong>"), format != "text");
        assert_eq!((&made["section"], &made["source"]["name"]), (&before["data"]["section"], &json!("Norhaven Gazette")));
        assert_eq!((&made["authors"], &made["editors"][0]["name"]), (&before["data"]["authors"], &json!("Bo Chu")));
    }
}

fn one_field_sinks_no_record_over_http_and_the_command_ends_with_zero(server) {
    let worn = json!({"id": "worn", "lang": "en", "title": "Worn", "summary": "é".repeat(6_000), "published_at": "0000-00-00 00:00:00", "url": "javascript:x",
        "authors": {"name": "Ann"}, "tags": "sea", "section": 5, "notices": [{"kind": "rant"}], "rights": 7, "media": ["x"], "slug": "%e6%96%b0", "titel": "x",
        "section_path": ["Caf\u{65}\u{301}"], "body": {"format": "rtf", "content": "Text."}});
    let told = server.import(std::slice::from_ref(&worn));
    assert_eq!((told.summary.refused(), told.summary.exit_code(), told.summary.kinds["article"].altered), (0, 0, 1));
    let codes: std::collections::BTreeSet<&str> = told.lines.iter().map(|line| line["code"].as_str().unwrap()).collect();
    for code in ["too_long", "zero_date", "invalid_url", "taken_as_list", "wrong_type", "no_notice", "slug_changed", "unknown_field", "body_format", "no_date"] {
        assert!(codes.contains(code), "{code}: {codes:?}");
    }
    let key = server.key(Role::Editor);
    let found = server.request("GET", &format!("/api/articles/{}", encoded("新"))).key(&key).send().json()["data"].clone();
    assert_eq!(found["summary"].as_str().unwrap().chars().count(), 5_000);
    assert_eq!((&found["status"], &found["section"]["name"]), (&json!("draft"), &json!("Café")));
    assert_eq!(server.import(&[worn]).summary.kinds["article"].unchanged, 1);
}

fn other_forms_of_real_records_land_on_the_same_resources(server) {
    let Some(files) = corpus() else { return };
    let named = |server: &TestServer| ["tags", "authors", "sources", "sections"].map(|plural| {
        let key = server.key(Role::Editor);
        let mut all = Vec::new();
        let mut target = format!("/api/{plural}?limit=100");
        loop {
            let page = server.request("GET", &target).key(&key).send().json();
            all.extend(page["data"].as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap().to_owned()));
            match page["links"]["next"].as_str() {
                Some(next) => target = next.to_owned(),
                None => break all,
            }
        }
    });
    let records: Vec<Value> = files.iter().flat_map(|file| sample(file).into_iter().take(10)).collect();
    assert_eq!(server.import(&records).summary.refused(), 0);
    let before = named(server);
    let is_slug = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '-') && !text.is_ascii();
    let percent = |text: &str| if is_slug(text) { encoded(text) } else { text.to_owned() };
    type Form<'f> = &'f dyn Fn(&str) -> String;
    let forms: [(&str, Form<'_>); 3] = [("nfd", &nfd), ("percent", &percent), ("nfc", &|text: &str| text.nfc().collect())];
    for (form, change) in forms {
        let changed: Vec<Value> = records.iter().map(|record| {
            let mut record = record.clone();
            for field in ["tags", "section_path", "slug"] {
                let written = record[field].clone();
                record[field] = in_form(&written, &change);
            }
            if form != "percent" {
                for field in ["authors", "source", "title"] {
                    let written = record[field].clone();
                    record[field] = in_form(&written, &change);
                }
            }
            record["note"] = json!(form);
            record
        }).collect();
        let told = server.import(&changed);
        let counts = told.summary.kinds["article"];
        assert_eq!((counts.created, counts.refused), (0, 0), "{form}");
        assert_eq!(named(server), before, "{form}");
    }
}
}
