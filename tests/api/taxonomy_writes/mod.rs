//! Writing authors, sources and tags over HTTP: what the three have in common, and what is each one's own.

mod merges;
mod names;

use masthead::domain::access::{Limits, Role};
use masthead::domain::article::Status;
use masthead::domain::id::Id;
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::client::Response;
use super::harness::TestServer;

/// Sends JSON with a key; `*` as the version that it starts from.
pub(crate) fn send(
    server: &TestServer,
    key: &str,
    method: &str,
    target: &str,
    content: &Value,
) -> Response {
    let request = server.request(method, target).key(key);
    let request = match method {
        "POST" => request,
        _ => request.if_match("*"),
    };
    match method {
        "DELETE" => request.send(),
        _ => request.json(content).send(),
    }
}

/// The resource that a request made.
pub(crate) fn made(server: &TestServer, key: &str, target: &str, content: &Value) -> Value {
    let response = send(server, key, "POST", target, content);
    assert_eq!(response.status, 201, "{}", response.text());
    response.json()["data"].clone()
}

/// The resource as it is after a change.
pub(crate) fn changed(
    server: &TestServer,
    key: &str,
    method: &str,
    target: &str,
    content: &Value,
) -> Value {
    let response = send(server, key, method, target, content);
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["data"].clone()
}

/// Place and reason of a refusal.
pub(crate) fn faults(response: &Response) -> Vec<(String, String)> {
    assert_eq!(response.status, 422, "{}", response.text());
    let errors = response.json()["errors"].clone();
    let word = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
    let errors = errors.as_array().cloned().unwrap_or_default();
    let each = errors.iter().map(|e| (word(e, "pointer"), word(e, "code")));
    each.collect()
}

pub(crate) fn location(response: &Response) -> (u16, String) {
    (response.status, response.header("location").to_owned())
}

/// Address of each of the three, and an example of it.
fn kinds() -> [(&'static str, Value); 3] {
    [
        (
            "authors",
            json!({"name": "Ann Lee", "names": {"zh": "李安"}, "bio": "Writes.", "affiliation": "Desk", "url": "https://example.org/ann"}),
        ),
        (
            "sources",
            json!({"name": "Night Wire", "names": {"fr": "Fil de nuit"}, "kind": "agency", "url": "https://example.org", "rights": {"licence": "CC-BY-4.0"}}),
        ),
        (
            "tags",
            json!({"name": "Night trains", "names": {"fr": "Trains de nuit"}}),
        ),
    ]
}

/// The address of one of them.
fn address(plural: &str, thing: &Value) -> String {
    let name = if plural == "tags" { "slug" } else { "id" };
    format!("/api/{plural}/{}", thing[name].as_str().unwrap())
}

fn article_naming(plural: &str, title: &str, name: &str) -> Article {
    let article = Article::new(title);
    match plural {
        "authors" => article.author(name),
        "sources" => article.source(name),
        _ => article.tag(name),
    }
}

/// The field of an article that shows one of them.
fn shown_in<'a>(plural: &str, article: &'a Value) -> &'a Value {
    match plural {
        "authors" => &article["authors"][0],
        "sources" => &article["source"],
        _ => &article["tags"][0],
    }
}

api_test! {
fn what_is_new_is_there_for_keys_and_for_the_public_once_an_article_names_it(server) {
    server.edition("en", "UTC");
    let key = server.key(Role::Editor);
    for (plural, content) in kinds() {
        let response = send(server, &key, "POST", &format!("/api/{plural}"), &content);
        assert_eq!(response.status, 201, "{}", response.text());
        let thing = response.json()["data"].clone();
        let target = address(plural, &thing);
        assert_eq!(response.header("location"), target);
        for (field, value) in content.as_object().unwrap() {
            if field == "rights" {
                assert_eq!(thing[field]["licence"], value["licence"]);
            } else {
                assert_eq!(&thing[field], value, "{plural} {field}");
            }
        }
        let read = server.request("GET", &target).key(&key).send();
        assert_eq!((read.status, read.header("etag")), (200, response.header("etag")));
        let list = server.request("GET", &format!("/api/{plural}")).key(&server.key(Role::Author)).send();
        assert_eq!(list.column("slug"), [thing["slug"].as_str().unwrap()], "authors must know what they may name");
        assert_eq!(server.get(&target).status, 404, "no article names it");
        assert_eq!(server.request("GET", &target).key(&server.key(Role::Partner)).send().status, 404);
        assert_eq!(server.ok(&format!("/api/{plural}")).json()["data"], json!([]));
        let reference = if plural == "tags" { &thing["slug"] } else { &thing["id"] };
        let mut article = json!({"lang": "en", "title": plural, "status": "published"});
        match plural {
            "authors" => article["authors"] = json!([reference]),
            "sources" => article["source"] = reference.clone(),
            _ => article["tags"] = json!([reference]),
        }
        let article = made(server, &key, "/api/articles", &article);
        assert_eq!(server.ok(&target).json()["data"]["name"], content["name"]);
        assert_eq!(shown_in(plural, &article)["slug"], thing["slug"]);
    }
}

fn a_change_names_its_version_and_keeps_what_it_does_not_name(server) {
    let key = server.key(Role::Editor);
    for (plural, content) in kinds() {
        let thing = made(server, &key, &format!("/api/{plural}"), &content);
        let target = address(plural, &thing);
        let patch = json!({"names": {"de": "Ein Name"}});
        let request = |method: &str| server.request(method, &target).key(&key);
        assert_eq!(request("PATCH").json(&patch).send().status, 428);
        assert_eq!(request("PUT").json(&content).send().status, 428);
        assert_eq!(request("DELETE").send().status, 428);
        assert_eq!(request("PATCH").if_match("\"v9\"").json(&patch).send().status, 412);
        let read = request("GET").send();
        let patched = request("PATCH").if_match(read.header("etag"))
            .content("application/merge-patch+json", patch.to_string()).send();
        assert_eq!(patched.status, 200, "{}", patched.text());
        let data = &patched.json()["data"];
        assert_eq!((&data["version"], &data["name"], &data["slug"]), (&json!(2), &thing["name"], &thing["slug"]));
        assert_eq!(data["names"].as_object().unwrap().len(), 2);
        let put = request("PUT").if_match("\"v2\"").json(&json!({"name": "Renamed"})).send().json();
        assert_eq!((&put["data"]["name"], &put["data"]["slug"]), (&json!("Renamed"), &thing["slug"]), "a slug never changes silently");
        assert_eq!(put["data"]["names"], json!({}));
        let same = changed(server, &key, "PATCH", &target, &json!({"name": "Renamed"}));
        assert_eq!(same["version"], 3, "no change, no version");
        assert_eq!(request("DELETE").if_match("\"v1\"").send().status, 412);
        assert_eq!(request("DELETE").if_match("\"v3\"").send().status, 204);
        assert_eq!(request("GET").send().status, 404);
        assert_eq!(request("DELETE").if_match("*").send().status, 404);
    }
}

fn what_articles_name_is_not_deleted(server) {
    let key = server.key(Role::Editor);
    for (plural, content) in kinds() {
        let name = content["name"].as_str().unwrap();
        let articles = (0..12).map(|n| article_naming(plural, &format!("{plural} {n}"), name).status(Status::Draft).undated());
        server.articles(articles.collect());
        let thing = server.request("GET", &format!("/api/{plural}")).key(&key).send().json()["data"][0].clone();
        let refused = send(server, &key, "DELETE", &address(plural, &thing), &Value::Null);
        assert_eq!(refused.status, 409);
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("12 articles") && detail.contains(&format!("{plural}-0")), "{detail}");
    }
}

fn every_article_that_shows_what_was_renamed_reads_otherwise_at_once(server) {
    let key = server.key(Role::Editor);
    for (plural, content) in kinds() {
        let name = content["name"].as_str().unwrap();
        let id = server.article(article_naming(plural, plural, name));
        let target = format!("/api/articles/{id}");
        let (before, list) = (server.ok(&target), "/api/articles?lang=en");
        server.ok(list);
        server.pass(60);
        let thing = server.ok(&format!("/api/{plural}")).json()["data"][0].clone();
        changed(server, &key, "PATCH", &address(plural, &thing), &json!({"name": "Renamed"}));
        let after = server.ok(&target);
        assert_eq!(shown_in(plural, &after.json()["data"])["name"], "Renamed");
        assert!(after.header("last-modified") > before.header("last-modified"));
        assert_eq!(shown_in(plural, &server.ok(list).json()["data"][0])["name"], "Renamed");
        assert_eq!(after.json()["data"]["version"], before.json()["data"]["version"], "the article says the same");
        let told = server.app.store.read(|c| masthead::store::changes::last_change_of(c, &masthead::domain::access::Scope::Public, &[id]));
        assert_eq!(told.unwrap(), Some(server.now()), "who follows the changes reads it again");
    }
}

fn what_is_wrong_is_told_at_once_at_its_place(server) {
    let key = server.key(Role::Editor);
    for (plural, content) in kinds() {
        let target = format!("/api/{plural}");
        let response = send(server, &key, "POST", &target, &json!({
            "slug": "Not A Slug", "names": {"no language!": "x", "fr": 5, "de": "x".repeat(301)}, "id": "x", "url": "javascript:x", "bio": "a\u{0}",
        }));
        let found = faults(&response);
        let mut expected = vec![("/name", "required"), ("/slug", "invalid_slug"), ("/names/fr", "wrong_type"), ("/names/de", "too_long"), ("/id", "unknown_field")];
        if plural != "tags" {
            expected.push(("/url", "invalid_url"));
        }
        for (place, code) in expected {
            assert!(found.iter().any(|(at, c)| at == place && c == code), "{plural} {place}: {found:?}");
        }
        for (name, code) in [("  ", "required"), ("a\u{1}", "control_character"), (&*"x".repeat(301), "too_long"), (&*"\u{1d160}".repeat(300), "too_long")] {
            let response = send(server, &key, "POST", &target, &json!({"name": name}));
            if plural != "tags" || response.status != 201 {
                assert_eq!(faults(&response), [("/name".to_owned(), code.to_owned())]);
            }
        }
        for name in ["<script>alert(1)</script>", "'; DROP TABLE authors; --", "\u{202e}drow", "😀", "???", "İ"] {
            let thing = send(server, &key, "POST", &target, &json!({"name": name, "slug": format!("s{}", Id::new(server.now()).to_string().replace('-', ""))}));
            assert_eq!(thing.json()["data"]["name"], name, "{}", thing.text());
        }
        let with_query = send(server, &key, "POST", &format!("{target}?x=1"), &content);
        assert_eq!(with_query.status, 400);
    }
}

fn authors_make_new_tags_only_and_limits_end_at_what_all_editions_share(server) {
    server.edition("fr", "UTC");
    let key = server.key(Role::Editor);
    for (plural, content) in kinds() {
        let target = format!("/api/{plural}");
        assert_eq!(send(server, &server.key(Role::Partner), "POST", &target, &content).status, 403);
        if plural != "tags" {
            assert_eq!(send(server, &server.key(Role::Author), "POST", &target, &content).status, 403);
        }
        assert_eq!(server.request("POST", &target).json(&content).send().status, 401);
        let (limited, _) = server.key_within(Role::Editor, Limits { langs: vec![lang("fr")], ..Limits::default() });
        assert_eq!(send(server, &limited, "POST", &target, &content).status, 403);
        let thing = made(server, &key, &target, &content);
        assert_eq!(send(server, &limited, "PATCH", &address(plural, &thing), &json!({"name": "x"})).status, 403);
        assert_eq!(send(server, &limited, "DELETE", &address(plural, &thing), &Value::Null).status, 403);
        if plural == "sources" {
            let sources = vec![Id::parse(thing["id"].as_str().unwrap()).unwrap()];
            let (own, _) = server.key_within(Role::Editor, Limits { sources, ..Limits::default() });
            changed(server, &own, "PATCH", &address(plural, &thing), &json!({"kind": "press"}));
            assert_eq!(send(server, &own, "POST", &target, &json!({"name": "New"})).status, 403);
        }
    }
}

fn the_same_request_sent_again_makes_one_author(server) {
    let key = server.key(Role::Editor);
    let post = |name: &str| server.request("POST", "/api/authors").key(&key).header("idempotency-key", "once").json(&json!({"name": name})).send();
    let (first, again, other) = (post("Ann Lee"), post("Ann Lee"), post("Bo Chu"));
    assert_eq!((first.status, again.status, other.status), (201, 201, 422));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.text(), first.text());
}
}
