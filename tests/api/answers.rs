//! Answers of the API as lines of an import, and values that one door takes and another shows.

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::builders::Article;
use super::harness::TestServer;
use super::imports::Told;
use super::taxonomy_writes::{faults, made, send};

fn codes(told: &Told) -> Vec<&str> {
    let lines = told.lines.iter().filter_map(|line| line["code"].as_str());
    lines.collect()
}

/// A work in two editions with all that an answer names, and the answers.
fn answers(server: &TestServer) -> [Value; 2] {
    server.article(Article::new("Any"));
    server.article(Article::new("Autre").lang("fr"));
    let key = server.key(Role::Admin);
    for lang in ["en", "fr"] {
        let template =
            json!({"url_template": "https://old.example/{lang}/{section_path}/{slug}.html"});
        send(
            server,
            &key,
            "PATCH",
            &format!("/api/editions/{lang}"),
            &template,
        );
    }
    let named = |plural: &str, name: &str, french: &str, slug: &str| {
        let content = json!({"name": name, "names": {"fr": french}, "slug": slug});
        made(server, &key, &format!("/api/{plural}"), &content)["id"].clone()
    };
    let author = named("authors", "Clemence Aubertin", "Clémence", "clemence");
    let source = named(
        "sources",
        "Rivage News Agency",
        "Agence Rivage",
        "agence-rivage",
    );
    named("tags", "Sea", "Mer", "sea");
    let write = |lang: &str, title: &str, other: &Value| {
        let world = json!({"lang": lang, "name": "The World", "slug": "the-world"});
        let world = made(server, &key, "/api/sections", &world);
        let parent = json!({"lang": lang, "name": "LATEST", "parent": world["id"]});
        let section = made(server, &key, "/api/sections", &parent);
        let content = json!({"lang": lang, "title": title, "section": section["id"], "authors": [author], "source": source, "tags": ["sea"],
            "status": "published", "published_at": "2025-01-01T00:00:00Z", "translation_of": other, "body": {"format": "html", "content": "<p>Text.</p>"}});
        made(server, &key, "/api/articles", &content)["id"].clone()
    };
    let english = write("en", "The tide", &Value::Null);
    let french = write("fr", "La marée", &english);
    [english, french].map(|id| {
        let answer = server.ok(&format!("/api/articles/{}", id.as_str().unwrap()));
        answer.json()["data"].clone()
    })
}

api_test! {
fn answers_of_the_api_come_in_with_their_translations_and_addresses(server) {
    let answers = answers(server);
    let other = server.elsewhere();
    let told = other.import(&answers);
    assert!(told.lines.is_empty(), "{:?}", told.lines);
    for (answer, translation) in answers.iter().zip([&answers[1], &answers[0]]) {
        let target = format!("/api/articles/{}", answer["id"].as_str().unwrap());
        let came = other.ok(&target).json()["data"].clone();
        assert_eq!(came["translations"][0]["id"], translation["id"]);
        for part in ["authors", "source", "tags"] {
            assert_eq!(came[part], answer[part], "{part}");
        }
        assert_eq!((&came["section"]["path"], &came["section"]["name"]), (&answer["section"]["path"], &answer["section"]["name"]));
        assert_eq!(came["breadcrumbs"][1]["name"], "The World");
        let found = other.ok(&format!("/api/resolve?url={}", answer["url"].as_str().unwrap())).json()["data"].clone();
        assert_eq!((&found["id"], &found["current"]), (&answer["id"], &json!(false)));
    }
    assert_eq!(other.ok("/api/sources?count=exact").json()["meta"]["total"], 1);
    assert_eq!(other.import(&answers).summary.kinds["article"].unchanged, 2);
    // A name that differs from the one in this language stays out, and that is told.
    let mut french = answers[1].clone();
    french["authors"][0]["name"] = json!("C. A.");
    french["title"] = json!("La marée basse");
    assert_eq!(codes(&other.import(&[french])), ["name_differs"]);
    // Where they come from, nothing is other than before.
    let before = server.exported();
    assert_eq!(server.import(&answers).summary.kinds["article"].unchanged, 2);
    assert_eq!(server.exported(), before);
}

fn a_translation_that_does_not_come_is_told_and_one_that_is_there_is_linked(server) {
    let [english, french] = answers(server);
    let other = server.elsewhere();
    let told = other.import(std::slice::from_ref(&french));
    assert_eq!(codes(&told), ["unknown_translation"], "{:?}", told.lines);
    assert_eq!((&told.lines[0]["line"], &told.lines[0]["field"]), (&json!(1), &json!("/translations/0")));
    other.import(std::slice::from_ref(&english));
    let target = format!("/api/articles/{}", french["id"].as_str().unwrap());
    assert_eq!(other.ok(&target).json()["data"]["translations"][0]["id"], english["id"]);
    // An article of another work is not taken out of it, and one that came without its own address is known by it.
    let third = server.elsewhere();
    third.import(&[json!({"lang": "fr", "id": "old-7", "title": "Marée", "published_at": "2025-01-01", "url": french["url"], "body_markdown": "Text."})]);
    let told = third.import(std::slice::from_ref(&english));
    assert!(told.lines.is_empty(), "{:?}", told.lines);
    let target = format!("/api/articles/{}", english["id"].as_str().unwrap());
    assert_eq!(third.ok(&target).json()["data"]["translations"][0]["lang"], "fr");
}

fn an_answer_keeps_what_it_does_not_show_of_an_article_that_is_there(server) {
    let record = json!({"id": "old-1", "lang": "en", "title": "Kept", "published_at": "2025-01-01", "url": "https://old.example/kept",
        "old_urls": ["https://older.example/kept"], "desk": "Sea", "body_markdown": "Text."});
    server.import(std::slice::from_ref(&record));
    let answer = server.ok("/api/articles/kept").json()["data"].clone();
    server.import(&[answer]);
    for url in ["https://old.example/kept", "https://older.example/kept"] {
        server.ok(&format!("/api/resolve?url={url}"));
    }
    let line = server.exported().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).find(|line| line["type"] == "article").unwrap();
    assert_eq!((&line["external_id"], &line["extra"]), (&json!("old-1"), &json!({"desk": "Sea"})));
}

fn what_an_import_takes_can_be_written_again(server) {
    let original = |lang: &str| json!({"id": lang, "lang": "en", "title": lang, "published_at": "2025-01-01", "body_markdown": "Text.",
        "original": {"lang": lang, "title": "o", "url": "https://example.org/o"}});
    let told = server.import(&[original("zz zz"), original("xx"), original("english"), original("zh_cn"), original("und")]);
    let refused: Vec<_> = told.lines.iter().filter(|line| line["code"] == "invalid_language").map(|line| (line["line"].clone(), line["field"].clone())).collect();
    assert_eq!(refused, [1, 2, 3].map(|line| (json!(line), json!("/original/lang"))), "{:?}", told.lines);
    let key = server.key(Role::Editor);
    for (slug, lang) in [("zz-zz", Value::Null), ("english", Value::Null), ("zh-cn", json!("zh-CN")), ("und", json!("und"))] {
        let article = server.ok(&format!("/api/articles/{slug}")).json()["data"].clone();
        assert_eq!(article["original"]["lang"], lang, "{slug}");
        let put = send(server, &key, "PUT", &format!("/api/articles/{slug}"), &json!({"lang": "en", "title": slug, "original": article["original"]}));
        assert_eq!(put.status, 200, "{}", put.text());
    }
}

fn the_longest_address_of_a_page_is_resolved_and_written(server) {
    let deep: Vec<String> = (0..6).map(|n| format!("{n}{}", "节".repeat(99))).collect();
    server.import(&[json!({"id": "long", "lang": "zh", "title": "长", "slug": "章".repeat(200), "section_path": deep, "published_at": "2025-01-01", "body_markdown": "文"})]);
    let key = server.key(Role::Admin);
    let template = format!("https://example.org/{}/{{section_path}}/{{slug}}", "站".repeat(400));
    let set = send(server, &key, "PATCH", "/api/editions/zh", &json!({"url_template": template}));
    assert_eq!(set.status, 200, "{}", set.text());
    let article = server.ok("/api/articles?lang=zh").json()["data"][0].clone();
    let url = article["url"].as_str().unwrap();
    assert!(url.len() > 10_000, "{}", url.len());
    let sent: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
    let found = server.ok(&format!("/api/resolve?url={sent}")).json()["data"].clone();
    assert_eq!((&found["id"], &found["current"]), (&article["id"], &json!(true)));
    let target = format!("/api/articles/{}", article["id"].as_str().unwrap());
    let written = send(server, &key, "PATCH", &target, &json!({"canonical_url": url, "original": {"url": url}}));
    assert_eq!((written.status, &written.json()["data"]["canonical_url"]), (200, &json!(url)));
    let other = server.elsewhere();
    let told = other.import(&[server.ok(&target).json()["data"].clone()]);
    assert!(told.lines.is_empty(), "{:?}", told.lines);
    assert_eq!(other.ok(&format!("/api/resolve?url={sent}")).json()["data"]["id"], article["id"]);
    assert_eq!(server.get(&format!("/api/resolve?url={}", "a".repeat(16_385))).status, 400);
}

fn a_language_that_is_not_registered_has_nothing_and_is_not_written(server) {
    let id = server.article(Article::new("One").section(&["World"]).author("Ann Lee"));
    for target in ["/api/articles?lang=xx", "/api/sections?lang=xx", "/api/search?q=one&lang=xx", "/api/search/suggest?q=one&lang=xx",
        "/api/changes?lang=xx", "/api/articles?lang=xx,qq-Latn&section=world", "/api/articles?lang=XX&count=exact"] {
        assert_eq!(server.ok(target).json()["data"], json!([]), "{target}");
    }
    let cursor = server.ok("/api/changes?lang=xx").json()["meta"]["next_cursor"].as_str().unwrap().to_owned();
    server.ok(&format!("/api/changes?lang=xx&since={cursor}"));
    assert_eq!(server.ok("/api/articles?lang=xx,en").column("title"), ["One"]);
    assert_eq!(server.ok("/api/authors?lang=xx").column("name"), ["Ann Lee"]);
    for target in [format!("/api/articles/{id}?lang=xx"), "/api/articles/one?lang=xx".to_owned(), "/api/sections/world?lang=xx".to_owned(),
        "/api/editions/xx".to_owned(), "/feeds/xx/rss.xml".to_owned()] {
        assert_eq!(server.get(&target).status, 404, "{target}");
    }
    for lang in ["e", "fr_FR", "-", "english", "eng", "a-very-long-tag-a-very-long-tag-a-very-long"] {
        assert_eq!(server.get(&format!("/api/articles?lang={lang}")).status, 400, "{lang}");
    }
    let key = server.key(Role::Admin);
    assert_eq!(faults(&send(server, &key, "POST", "/api/articles", &json!({"lang": "xx", "title": "No"}))), [("/lang".to_owned(), "invalid_language".to_owned())]);
    assert!(send(server, &key, "PUT", "/api/editions/xx", &json!({})).status >= 400);
}

fn a_member_that_is_unknown_is_refused_where_it_is_null_too(server) {
    let id = server.article(Article::new("One").author("Ann Lee"));
    let key = server.key(Role::Admin);
    let unknown = |pointer: &str| vec![(pointer.to_owned(), "unknown_field".to_owned())];
    let article = format!("/api/articles/{id}");
    for (target, patch, pointer) in [
        (&*article, json!({"rights": {"zz": null}}), "/rights/zz"),
        (&article, json!({"body": {"a": null}}), "/body/a"),
        (&article, json!({"original": {"zz": null}}), "/original/zz"),
        (&article, json!({"nope": null}), "/nope"),
        ("/api/editions/en", json!({"contact": {"zz": null}}), "/contact/zz"),
    ] {
        assert_eq!(faults(&send(server, &key, "PATCH", target, &patch)), unknown(pointer), "{patch}");
    }
    let names = send(server, &key, "PATCH", "/api/authors/ann-lee", &json!({"names": {"no language!": null}}));
    assert_eq!(faults(&names), [("/names/no language!".to_owned(), "invalid_language".to_owned())]);
    // What is known is emptied by null, whether it is there or not.
    for (target, patch) in [
        (&*article, json!({"rights": {"copyright": null}})), (&article, json!({"body": {}})), (&article, json!({"original": {"title": null}})),
        ("/api/authors/ann-lee", json!({"names": {"de": null}})), ("/api/editions/en", json!({"contact": {"email": null}})),
    ] {
        assert_eq!(send(server, &key, "PATCH", target, &patch).status, 200, "{patch}");
    }
}

fn an_unknown_term_of_a_contract_is_told_with_those_that_there_are(server) {
    let admin = server.key(Role::Admin);
    let send = |contract: Value| send(server, &admin, "POST", "/api/keys", &json!({"name": "x", "role": "partner", "contract": contract}));
    let detail = |contract: Value| send(contract).json()["errors"][0]["detail"].as_str().unwrap().to_owned();
    let told = detail(json!({"zzz": 1}));
    for name in ["embargo_offset", "summary_only", "rights", "attribution", "quota_per_day", "rate_per_second"] {
        assert!(told.contains(name), "{told}");
    }
    assert!(detail(json!({"quota_per_dey": 1})).contains("quota_per_day is the nearest"));
    assert_eq!(send(json!({"quota_per_day": 5, "summary_only": true})).json()["data"]["contract"]["quota_per_day"], 5);
}
}
