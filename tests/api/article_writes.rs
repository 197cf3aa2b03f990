//! Writing articles over HTTP: new, changed, published, taken down, and back again.

use masthead::domain::access::{Limits, Role};
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::client::Response;
use super::harness::TestServer;

fn post(server: &TestServer, key: &str, target: &str, content: &Value) -> Response {
    server.request("POST", target).key(key).json(content).send()
}

fn created(server: &TestServer, key: &str, content: &Value) -> Value {
    let response = post(server, key, "/api/articles", content);
    assert_eq!(response.status, 201, "{}", response.text());
    response.json()["data"].clone()
}

fn told(response: &Response, status: u16) -> Vec<(String, String)> {
    assert_eq!(response.status, status, "{}", response.text());
    let json = response.json();
    let errors = json["errors"].as_array().cloned().unwrap_or_default();
    let word = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
    errors
        .iter()
        .map(|error| (word(error, "pointer"), word(error, "code")))
        .collect()
}

/// An edition with a section, an author, a source and a tag.
fn furnished(server: &TestServer) {
    let article = Article::new("First")
        .section(&["World", "Events"])
        .author("Ann Lee")
        .editor("Bo Chu")
        .source("Norhaven Gazette")
        .tag("Bridges");
    server.article(article);
}

api_test! {
fn a_draft_is_written_with_everything_that_an_article_has(server) {
    furnished(server);
    let key = server.key(Role::Editor);
    let response = post(server, &key, "/api/articles", &json!({
        "lang": "en", "title": "  Harbour bridge <reopens> ", "slug": "bridge", "subtitle": "At last",
        "summary": "A summary.", "body": {"format": "markdown", "content": "It opened at **six**."},
        "section": "world/events", "authors": ["ann-lee"], "editors": ["bo-chu"], "translators": [],
        "credits": [{"role": "photographer", "name": "Cy"}], "source": "norhaven-gazette",
        "tags": ["bridges", "New Roads"], "rights": {"licence": "CC-BY-4.0"},
        "notices": [{"kind": "correction", "text": "The time was wrong."}],
        "canonical_url": "https://example.org/bridge", "published_at": "2025-05-01",
        "dateline": "NORHAVEN", "byline_raw": "By Ann Lee", "original": {"lang": "fr", "title": "Le pont"},
    }));
    assert_eq!(response.status, 201, "{}", response.text());
    let article = &response.json()["data"];
    let id = article["id"].as_str().unwrap();
    assert_eq!(response.header("location"), format!("/api/articles/{id}"));
    assert_eq!(article["title"], "Harbour bridge <reopens>");
    assert_eq!((&article["status"], &article["version"]), (&json!("draft"), &json!(1)));
    assert_eq!(article["body"]["content"], "<p>It opened at <strong>six</strong>.</p>");
    assert_eq!(article["section"]["path"], "world/events");
    assert_eq!(article["authors"][0]["name"], "Ann Lee");
    assert_eq!(article["tags"][1], json!({"slug": "new-roads", "name": "New Roads"}));
    assert_eq!(article["published_at"], "2025-05-01T00:00:00Z");
    assert_eq!(article["notices"][0]["at"], "2025-06-01T12:00:00Z");
    let target = format!("/api/articles/{id}");
    assert_eq!(server.get(&target).status, 404, "the public knows of no draft");
    let read = server.request("GET", &target).key(&key).send();
    assert_eq!(read.header("etag"), response.header("etag"));
    assert_eq!(read.header("cache-control"), "private, no-store");
    assert_eq!(&read.json()["data"], article);
}

fn a_change_names_the_version_that_it_starts_from(server) {
    furnished(server);
    let key = server.key(Role::Editor);
    let article = created(server, &key, &json!({"lang": "en", "title": "One", "subtitle": "Sub"}));
    let target = format!("/api/articles/{}", article["id"].as_str().unwrap());
    let patch = |tag: Option<&str>, content: &Value| {
        let request = server.request("PATCH", &target).key(&key);
        let request = match tag {
            Some(tag) => request.if_match(tag),
            None => request,
        };
        request.content("application/merge-patch+json", content.to_string()).send()
    };
    assert_eq!(patch(None, &json!({"title": "Two"})).status, 428);
    let read = server.request("GET", &format!("{target}?body=text")).key(&key).send();
    let changed = patch(Some(read.header("etag")), &json!({"title": "Two"}));
    assert_eq!(changed.status, 200, "the tag of any representation: {}", changed.text());
    assert_eq!(changed.json()["data"]["version"], 2);
    assert_eq!(changed.json()["data"]["subtitle"], "Sub", "what a patch does not name stays");
    assert_eq!(changed.json()["data"]["slug"], "one", "a slug never changes silently");
    let late = patch(Some("\"v1\""), &json!({"title": "Three"}));
    assert_eq!((late.status, late.header("etag")), (412, "\"v2\""));
    for other in ["\"v\"", "\"v22\"", "\"\"", "W/\"v2\"", "v3", "\"x\""] {
        assert_eq!(patch(Some(other), &json!({"title": "Three"})).status, 412, "{other}");
    }
    assert_eq!(patch(Some("\"v2\""), &json!({"subtitle": null})).json()["data"]["subtitle"], Value::Null);
    let same = patch(Some("*"), &json!({"title": "Two"}));
    assert_eq!(same.json()["data"]["version"], 3, "no change, no version");
    let put = server.request("PUT", &target).key(&key).if_match("\"v3\"");
    let put = put.json(&json!({"lang": "en", "title": "Whole"})).send();
    assert_eq!((put.status, &put.json()["data"]["body"]["content"]), (200, &json!("")));
}

fn an_article_goes_through_its_life_and_back_again(server) {
    furnished(server);
    let key = server.key(Role::Editor);
    let article = created(server, &key, &json!({"lang": "en", "title": "Life"}));
    let id = article["id"].as_str().unwrap().to_owned();
    let target = format!("/api/articles/{id}");
    let step = |verb: &str, content: Value| post(server, &key, &format!("{target}/{verb}"), &content);
    assert_eq!(step("publish", json!({})).json()["data"]["status"], "published");
    assert_eq!(server.ok(&target).json()["data"]["published_at"], "2025-06-01T12:00:00Z");
    let later = step("publish", json!({"publish_at": "2025-07-01T00:00:00Z"}));
    assert_eq!((later.status, &later.json()["code"]), (409, &json!("conflict")));
    assert_eq!(step("unpublish", json!({})).json()["data"]["status"], "draft");
    assert_eq!(server.get(&target).status, 404);
    let scheduled = step("publish", json!({"publish_at": "2025-06-01T12:00:10Z"}));
    assert_eq!(scheduled.json()["data"]["status"], "scheduled");
    assert_eq!(server.get(&target).status, 404);
    server.pass(11);
    let release = || masthead::service::schedule::release_due(&server.app.store, &server.app.clock, &server.app.put_off).unwrap();
    assert_eq!(release(), 1);
    server.refresh();
    // Its time is over: nothing is left to be done.
    let desk = server.request("GET", &target).key(&key).send().json()["data"].clone();
    assert_eq!((&desk["status"], &desk["publish_at"]), (&json!("published"), &Value::Null));
    assert_eq!(release(), 0);
    assert_eq!(server.ok(&target).json()["data"]["published_at"], "2025-06-01T12:00:00Z");
    assert_eq!(told(&step("withdraw", json!({})), 422), [("/reason".to_owned(), "required".to_owned())]);
    let gone = step("withdraw", json!({"reason": "privacy", "note": "asked by phone"}));
    assert_eq!(gone.json()["data"]["withdrawal"]["note"], "asked by phone");
    for target in [target.as_str(), "/api/articles/life"] {
        let response = server.get(target);
        assert_eq!((response.status, &response.json()["reason"]), (410, &json!("privacy")));
        assert!(!response.text().contains("phone"));
    }
    assert_eq!(step("publish", json!({})).json()["data"]["status"], "published");
    assert_eq!(server.ok(&target).status, 200);
    let deleted = server.request("DELETE", &target).key(&key).if_match("*").send();
    assert_eq!((deleted.status, server.get(&target).status), (204, 410));
}

fn a_once_public_draft_that_is_withdrawn_answers_410_and_one_that_never_was_404(server) {
    furnished(server);
    let key = server.key(Role::Editor);
    for (was_public, status) in [(true, 410), (false, 404)] {
        let article = created(server, &key, &json!({"lang": "en", "title": "Once"}));
        let target = format!("/api/articles/{}", article["id"].as_str().unwrap());
        if was_public {
            post(server, &key, &format!("{target}/publish"), &json!({}));
            post(server, &key, &format!("{target}/unpublish"), &json!({}));
        }
        post(server, &key, &format!("{target}/withdraw"), &json!({"reason": "legal"}));
        assert_eq!(server.get(&target).status, status);
    }
}

fn what_is_wrong_is_told_at_its_place_and_nothing_stays_behind(server) {
    furnished(server);
    let key = server.key(Role::Editor);
    let response = post(server, &key, "/api/articles", &json!({
        "lang": "en", "title": "x", "authors": ["nobody", "ann-lee"], "section": "no/where",
        "source": "none", "tags": ["Kept"], "translation_of": "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b",
    }));
    let found = told(&response, 422);
    for place in ["/authors/0", "/section", "/source", "/translation_of"] {
        assert!(found.iter().any(|(at, _)| at == place), "{place}: {found:?}");
    }
    assert_eq!(server.get("/api/tags/kept").status, 404);
    for (content, status) in [
        ("{", 400), ("[]", 400), ("null", 400), ("{\"title\": \"\\ud800\"}", 400),
    ] {
        let request = server.request("POST", "/api/articles").key(&key);
        assert_eq!(request.content("application/json", content).send().status, status, "{content}");
    }
    let text = server.request("POST", "/api/articles").key(&key).content("text/plain", "{}").send();
    assert_eq!(text.status, 415);
    let large = vec![b' '; 10 * 1024 * 1024 + 1];
    let large = server.request("POST", "/api/articles").key(&key).content("application/json", large).send();
    assert_eq!(large.status, 413);
    for (field, value, code) in [
        ("title", json!("x".repeat(501)), "too_long"),
        ("title", json!("a\u{0}b"), "control_character"),
        ("slug", json!("Not A Slug"), "invalid_slug"),
        ("lang", json!("de"), "unknown_edition"),
        ("status", json!("scheduled"), "required"),
        ("body", json!({"format": "html", "content": "<p>a\u{1}b"}), "control_character"),
        ("body", json!({"format": "html", "content": "x".repeat(2_000_001)}), "too_long"),
        ("authors", json!(vec!["a"; 101]), "too_many"),
    ] {
        let mut content = json!({"lang": "en", "title": "x"});
        content[field] = value;
        let found = told(&post(server, &key, "/api/articles", &content), 422);
        assert!(found.iter().any(|(_, c)| c == code), "{field}: {found:?}");
    }
}

fn faults_of_form_and_unknown_references_are_told_at_once(server) {
    furnished(server);
    let key = server.key(Role::Editor);
    let content = json!({"lang": "en", "title": "", "authors": ["nobody"], "section": "nope", "source": "none"});
    let mut found = told(&post(server, &key, "/api/articles", &content), 422);
    found.sort();
    let expected = [("/authors/0", "unknown_author"), ("/section", "unknown_section"), ("/source", "unknown_source"), ("/title", "required")];
    assert_eq!(found, expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
}

fn a_taken_slug_gets_a_number_and_a_changed_one_leaves_a_redirect(server) {
    furnished(server);
    let key = server.key(Role::Editor);
    let content = json!({"lang": "en", "title": "Same", "slug": "same", "status": "published"});
    created(server, &key, &content);
    let second = created(server, &key, &content);
    assert_eq!(second["slug"], "same-2");
    let target = format!("/api/articles/{}", second["id"].as_str().unwrap());
    let changed = server.request("PATCH", &target).key(&key).if_match("\"v1\"").json(&json!({"slug": "other"}));
    assert_eq!(changed.send().json()["data"]["slug"], "other");
    let moved = server.get("/api/articles/same-2");
    assert_eq!((moved.status, moved.header("location")), (308, "/api/articles/other"));
}

fn translations_are_symmetric_and_a_second_one_in_a_language_is_a_conflict(server) {
    furnished(server);
    server.article(Article::new("Premier").lang("fr"));
    let key = server.key(Role::Editor);
    let one = created(server, &key, &json!({"lang": "en", "title": "One", "status": "published"}));
    let two = json!({"lang": "fr", "title": "Un", "status": "published", "translation_of": one["id"]});
    let two = created(server, &key, &two);
    assert_eq!(two["translations"][0]["id"], one["id"]);
    let read = server.ok(&format!("/api/articles/{}", one["id"].as_str().unwrap())).json();
    assert_eq!(read["data"]["translations"][0]["id"], two["id"]);
    let third = json!({"lang": "fr", "title": "Encore", "translation_of": one["id"]});
    assert_eq!(post(server, &key, "/api/articles", &third).status, 409);
    let target = format!("/api/articles/{}", two["id"].as_str().unwrap());
    let put = server.request("PUT", &target).key(&key).if_match("*");
    let put = put.json(&json!({"lang": "fr", "title": "Deux"})).send();
    assert_eq!(put.json()["data"]["translations"][0]["id"], one["id"], "a link survives a replacement");
    let alone = server.request("PATCH", &target).key(&key).if_match("*");
    let alone = alone.json(&json!({"translation_of": null})).send();
    assert_eq!(alone.json()["data"]["translations"], json!([]));
}

fn an_author_s_key_writes_its_own_drafts_only(server) {
    furnished(server);
    let (own, other) = (server.key(Role::Author), server.key(Role::Author));
    let editor = server.key(Role::Editor);
    let draft = json!({"lang": "en", "title": "Mine", "authors": ["ann-lee"], "tags": ["Brand new"]});
    let article = created(server, &own, &draft);
    let target = format!("/api/articles/{}", article["id"].as_str().unwrap());
    let patch = |key: &str| {
        let request = server.request("PATCH", &target).key(key).if_match("*");
        request.json(&json!({"subtitle": "x"})).send().status
    };
    assert_eq!((patch(&own), patch(&other)), (200, 404), "others' drafts do not exist for it");
    let published = json!({"lang": "en", "title": "Mine", "status": "published"});
    assert_eq!(post(server, &own, "/api/articles", &published).status, 403);
    assert_eq!(post(server, &own, &format!("{target}/publish"), &json!({})).status, 403);
    assert_eq!(post(server, &editor, &format!("{target}/publish"), &json!({})).status, 200);
    assert_eq!(patch(&own), 403, "what is published is the editors'");
}

fn a_key_with_limits_writes_within_them(server) {
    furnished(server);
    server.article(Article::new("Premier").lang("fr"));
    let limits = Limits { langs: vec![lang("fr")], ..Limits::default() };
    let (key, _) = server.key_within(Role::Editor, limits);
    created(server, &key, &json!({"lang": "fr", "title": "Oui"}));
    let english = post(server, &key, "/api/articles", &json!({"lang": "en", "title": "No"}));
    assert_eq!(english.status, 403);
    let first = server.ok("/api/articles?lang=en").json()["data"][0]["id"].clone();
    let target = format!("/api/articles/{}", first.as_str().unwrap());
    let patch = server.request("PATCH", &target).key(&key).if_match("*").json(&json!({"title": "x"}));
    assert_eq!(patch.send().status, 403);
}

fn the_same_request_sent_again_is_answered_as_the_first_time(server) {
    furnished(server);
    let key = server.key(Role::Editor);
    let send = |token: &str, title: &str| {
        let request = server.request("POST", "/api/articles").key(&key).header("idempotency-key", token);
        request.json(&json!({"lang": "en", "title": title})).send()
    };
    let (first, again) = (send("a", "Once"), send("a", "Once"));
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!((first.text(), first.header("etag")), (again.text(), again.header("etag")));
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    let other = send("a", "Twice");
    assert_eq!((other.status, &other.json()["code"]), (422, &json!("idempotency_key_reused")));
    server.pass(24 * 60 * 60 + 1);
    assert_eq!(send("a", "Twice").status, 201, "after a day the key is free again");
    for bad in ["", &"x".repeat(256)] {
        assert_eq!(send(bad, "Once").status, 400, "{bad}");
    }
}

fn twenty_of_the_same_request_at_once_make_one_article(server) {
    furnished(server);
    let key = server.key(Role::Editor);
    let send = || {
        let request = server.request("POST", "/api/articles").key(&key).header("idempotency-key", "one");
        request.json(&json!({"lang": "en", "title": "Only one"})).send()
    };
    let answers: Vec<Response> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(send)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for answer in &answers {
        assert!(matches!(answer.status, 201 | 409), "{}", answer.text());
    }
    let drafts = server.request("GET", "/api/articles?status=draft&count=exact").key(&key).send();
    assert_eq!(drafts.json()["meta"]["total"], 1);
}

fn fifty_clients_change_one_article_and_exactly_one_wins_each_version(server) {
    furnished(server);
    let key = server.key(Role::Editor);
    let article = created(server, &key, &json!({"lang": "en", "title": "Counter", "subtitle": "0"}));
    let target = format!("/api/articles/{}", article["id"].as_str().unwrap());
    let add_one = || loop {
        let read = server.request("GET", &target).key(&key).send();
        let count: u32 = read.json()["data"]["subtitle"].as_str().unwrap().parse().unwrap();
        let patch = server.request("PATCH", &target).key(&key).if_match(read.header("etag"));
        match patch.json(&json!({"subtitle": (count + 1).to_string()})).send().status {
            200 => return,
            412 => {}
            other => panic!("{other}"),
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(add_one);
        }
    });
    let read = server.request("GET", &target).key(&key).send().json();
    assert_eq!((&read["data"]["subtitle"], &read["data"]["version"]), (&json!("50"), &json!(51)));
}

fn content_that_is_all_mistakes_is_answered_briefly(server) {
    furnished(server);
    let key = server.key(Role::Author);
    let mut many = serde_json::Map::new();
    for n in 0..50_000 {
        many.insert(format!("field{n}"), json!(1));
    }
    let response = post(server, &key, "/api/articles", &Value::Object(many));
    assert_eq!((response.status, response.json()["errors"].as_array().unwrap().len()), (422, 100));
    let long = json!({"lang": "en", "title": "t", "a".repeat(4_000_000): 1});
    let response = post(server, &key, "/api/articles", &long);
    assert_eq!((response.status, response.body.len() < 2_000), (422, true));
}

fn an_author_s_key_learns_nothing_of_others_drafts(server) {
    furnished(server);
    server.article(Article::new("Premier").lang("fr"));
    server.article(Article::new("第一").lang("zh"));
    let (own, other) = (server.key(Role::Author), server.key(Role::Author));
    let draft = created(server, &other, &json!({"lang": "en", "title": "Secret"}));
    let french = json!({"lang": "fr", "title": "Secret", "translation_of": draft["id"]});
    let french = created(server, &other, &french);
    for lang in ["fr", "zh"] {
        let probe = json!({"lang": lang, "title": "Probe", "translation_of": draft["id"]});
        let response = post(server, &own, "/api/articles", &probe);
        assert_eq!(told(&response, 422), [("/translation_of".to_owned(), "unknown_article".to_owned())]);
    }
    post(server, &server.key(Role::Editor), &format!("/api/articles/{}/publish", draft["id"].as_str().unwrap()), &json!({}));
    let probe = json!({"lang": "fr", "title": "Probe", "translation_of": draft["id"]});
    let response = post(server, &own, "/api/articles", &probe);
    assert_eq!(response.status, 201, "a place that a hidden draft has is free");
    assert!(!response.text().contains(french["id"].as_str().unwrap()));
}
}
