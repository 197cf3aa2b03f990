//! Names and slugs of authors, sources and tags: taken, changed and kept.

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::{address, article_naming, changed, kinds, location, made, send};
use crate::builders::Article;
use crate::bulk::bulk;

api_test! {
fn a_second_of_the_same_name_is_a_conflict_that_names_the_first(server) {
    let key = server.key(Role::Editor);
    for (plural, content) in kinds() {
        let target = format!("/api/{plural}");
        let first = made(server, &key, &target, &content);
        let spaced = content["name"].as_str().unwrap().replace(' ', "  ");
        let again = send(server, &key, "POST", &target, &json!({"name": spaced}));
        assert_eq!(again.status, 409);
        assert!(again.text().contains(first["slug"].as_str().unwrap()), "{}", again.text());
        let other = made(server, &key, &target, &json!({"name": "Another"}));
        let renamed = send(server, &key, "PATCH", &address(plural, &other), &json!({"name": content["name"], "slug": first["slug"]}));
        assert_eq!(renamed.status, 409, "{plural}");
        if plural != "tags" {
            let numbered = made(server, &key, &target, &json!({"name": "Third", "slug": "another"}));
            assert_eq!(numbered["slug"], "another-2");
        }
    }
}

fn a_changed_slug_leads_on_from_the_old_one(server) {
    let key = server.key(Role::Editor);
    for (plural, content) in kinds() {
        server.article(article_naming(plural, plural, content["name"].as_str().unwrap()));
        let old = server.ok(&format!("/api/{plural}")).json()["data"][0]["slug"].as_str().unwrap().to_owned();
        let target = format!("/api/{plural}/{old}");
        let data = changed(server, &key, "PATCH", &target, &json!({"slug": "中-new"}));
        assert_eq!(data["slug"], "中-new");
        let moved = format!("/api/{plural}/%E4%B8%AD-new");
        assert_eq!(location(&server.get(&target)), (308, moved.clone()));
        assert_eq!(location(&server.get(&format!("{target}?fields=name"))), (308, format!("{moved}?fields=name")));
        assert_eq!(server.ok(&moved).json()["data"]["name"], content["name"]);
        let filter = plural.trim_end_matches('s');
        let listed = server.ok(&format!("/api/articles?{filter}={old}"));
        assert_eq!(listed.column("title"), [plural], "a filter by the old slug finds it still");
        let back = changed(server, &key, "PATCH", &target, &json!({"slug": old}));
        assert_eq!(back["slug"], old.as_str(), "its own old slug is free for it");
        assert_eq!(location(&server.get(&moved)), (308, target.clone()));
        assert_eq!(server.ok(&target).status, 200);
        let other = send(server, &key, "POST", &format!("/api/{plural}"), &json!({"name": "中 new"}));
        match plural {
            "tags" => assert_eq!(other.status, 409, "tags are one by slug, also by one that they had"),
            _ => assert_eq!(other.json()["data"]["slug"], "中-new-2"),
        }
    }
}

fn a_slug_that_is_asked_for_and_taken_is_told_by_every_door(server) {
    server.article(Article::new("Any"));
    let key = server.key(Role::Editor);
    let told = |answer: &Value| {
        let warning = &answer["meta"]["warnings"][0];
        (warning["code"].as_str().unwrap_or_default().to_owned(), warning["pointer"].as_str().unwrap_or_default().to_owned())
    };
    let changed_slug = ("slug_changed".to_owned(), "/slug".to_owned());
    for kind in ["author", "source", "section"] {
        let target = format!("/api/{kind}s");
        let content = |name: &str, slug: Option<&str>| {
            let mut content = json!({"name": name, "slug": slug});
            if kind == "section" {
                content["lang"] = json!("en");
            }
            content
        };
        let first = send(server, &key, "POST", &target, &content("First", Some("taken"))).json();
        assert_eq!(first["meta"]["warnings"], json!([]), "{first}");
        let second = send(server, &key, "POST", &target, &content("Second", Some("taken"))).json();
        assert_eq!((&second["data"]["slug"], told(&second)), (&json!("taken-2"), changed_slug.clone()));
        let free = send(server, &key, "POST", &target, &content("Taken", None)).json();
        assert_eq!((&free["data"]["slug"], &free["meta"]["warnings"]), (&json!("taken-3"), &json!([])), "no slug was asked for");
        let own = format!("{target}/{}", free["data"]["id"].as_str().unwrap());
        for (method, change) in [("PATCH", json!({"slug": "taken"})), ("PUT", content("Taken", Some("taken")))] {
            let answer = send(server, &key, method, &own, &change).json();
            assert_eq!(told(&answer), changed_slug, "{method} {kind}: {answer}");
        }
        assert_eq!(send(server, &key, "PATCH", &own, &json!({"name": "Taken again"})).json()["meta"]["warnings"], json!([]));
        let lines = [json!({"op": "create", "type": kind, "data": content("Third", Some("taken"))}), json!({"op": "create", "type": kind, "data": content("Fourth", None)})];
        let results = bulk(server, &key, None, &lines);
        assert_eq!((told(&results[0]), &results[1]["meta"]), (changed_slug.clone(), &Value::Null), "{results:?}");
    }
    // A section that moves to where its slug is taken.
    send(server, &key, "POST", "/api/sections", &json!({"lang": "en", "name": "First", "slug": "below", "parent": "taken"}));
    let top = made(server, &key, "/api/sections", &json!({"lang": "en", "name": "Below", "slug": "below"}));
    let moved = send(server, &key, "PUT", &format!("/api/sections/{}", top["id"].as_str().unwrap()), &json!({"lang": "en", "name": "Below", "parent": "taken"})).json();
    assert_eq!((&moved["data"]["path"], told(&moved)), (&json!("taken/below-2"), changed_slug));
}

fn a_tag_that_was_renamed_is_found_by_those_who_write_its_old_name(server) {
    server.article(Article::new("First").tag("Night trains"));
    let key = server.key(Role::Editor);
    changed(server, &key, "PATCH", "/api/tags/night-trains", &json!({"name": "Sleepers", "slug": "sleepers"}));
    let article = made(server, &key, "/api/articles", &json!({"lang": "en", "title": "Second", "tags": ["Night Trains"]}));
    assert_eq!(article["tags"], json!([{"slug": "sleepers", "name": "Sleepers"}]));
}

fn names_are_kept_as_they_are_written_and_are_one_when_only_white_space_or_form_differs(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    for plural in ["authors", "sources"] {
        let target = format!("/api/{plural}");
        for (name, twin) in [("Two  spaces", "Two spaces"), ("Ne\u{301}e", "Née"), ("A\u{a0}B", "A B")] {
            let thing = made(server, &key, &target, &json!({"name": name, "names": {"fr": name}}));
            assert_eq!((&thing["name"], &thing["names"]["fr"]), (&json!(name), &json!(name)));
            assert_eq!(send(server, &key, "POST", &target, &json!({"name": twin})).status, 409, "{twin}");
        }
    }
    let article = made(server, &key, "/api/articles", &json!({"lang": "en", "title": "x", "tags": ["A  b"]}));
    assert_eq!(article["tags"], json!([{"slug": "a-b", "name": "A  b"}]));
}
}
