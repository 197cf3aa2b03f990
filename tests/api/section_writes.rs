//! Writing sections over HTTP: a branch that moves takes along everything in it.

use masthead::domain::access::{Limits, Role, Scope};
use masthead::domain::article::Status;
use masthead::domain::id::Id;
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::harness::TestServer;
use super::taxonomy_writes::{changed, faults, location, made, send};

/// A tree of three levels in the English edition, with a published article at the bottom and a draft in the middle.
fn planted(server: &TestServer) -> Id {
    server.article(Article::new("Elsewhere").section(&["Culture"]));
    server.article(
        Article::new("Draft")
            .section(&["World", "Events"])
            .status(Status::Draft)
            .undated(),
    );
    server.article(Article::new("Deep").section(&["World", "Events", "Forums"]))
}

fn count(server: &TestServer, path: &str) -> i64 {
    let target = format!("/api/sections/{path}?include=article_count");
    server.ok(&target).json()["data"]["article_count"]
        .as_i64()
        .unwrap()
}

fn titles(server: &TestServer, filter: &str) -> Vec<String> {
    let list = server.ok(&format!("/api/articles?{filter}&count=exact"));
    let titles = list.column("title");
    assert_eq!(list.json()["meta"]["total"], titles.len());
    titles
}

api_test! {
fn a_section_is_made_at_its_place_in_the_tree(server) {
    planted(server);
    let key = server.key(Role::Editor);
    let response = send(server, &key, "POST", "/api/sections", &json!({"lang": "en", "name": " Night  Trains ", "parent": "world", "description": "Sleepers."}));
    assert_eq!(response.status, 201, "{}", response.text());
    let section = response.json()["data"].clone();
    let target = format!("/api/sections/{}", section["id"].as_str().unwrap());
    assert_eq!(response.header("location"), target);
    assert_eq!((&section["path"], &section["name"], &section["position"]), (&json!("world/night-trains"), &json!("Night  Trains"), &json!(2)));
    assert_eq!(section["breadcrumbs"][1]["path"], "/en/world");
    let read = server.ok("/api/sections/world/night-trains?lang=en");
    assert_eq!(read.header("etag"), response.header("etag"));
    let again = made(server, &key, "/api/sections", &json!({"lang": "en", "name": "Night trains", "parent": section["parent_id"]}));
    assert_eq!(again["path"], "world/night-trains-2", "a taken path gets a number");
    let root = made(server, &key, "/api/sections", &json!({"lang": "en", "name": "中国", "position": 0}));
    assert_eq!((&root["path"], &root["parent_id"]), (&json!("中国"), &Value::Null));
    assert_eq!(server.ok("/api/sections?lang=en").column("path")[0], "中国");
    assert_eq!(titles(server, "section=world"), ["Deep"]);
}

fn a_branch_that_moves_takes_everything_along(server) {
    let deep = planted(server);
    let key = server.key(Role::Editor);
    let article = format!("/api/articles/{deep}");
    let before = server.ok(&article);
    let list = "/api/articles?section=world";
    assert_eq!(server.ok(list).column("title"), ["Deep"]);
    server.pass(60);
    let moved = changed(server, &key, "PATCH", "/api/sections/world/events?lang=en", &json!({"parent": "culture", "slug": "happenings", "name": "HAPPENINGS"}));
    assert_eq!((&moved["path"], &moved["version"]), (&json!("culture/happenings"), &json!(2)));
    let after = server.ok(&article);
    let data = &after.json()["data"];
    assert_eq!(data["section"]["path"], "culture/happenings/forums");
    let crumbs: Vec<&str> = data["breadcrumbs"].as_array().unwrap().iter().map(|crumb| crumb["name"].as_str().unwrap()).collect();
    assert_eq!(crumbs, ["HOME", "Culture", "HAPPENINGS", "Forums", "Deep"]);
    assert!(after.header("last-modified") > before.header("last-modified"));
    assert_ne!(after.header("etag"), before.header("etag"));
    for (path, articles) in [("world", 0), ("culture", 2), ("culture/happenings", 1), ("culture/happenings/forums", 1)] {
        assert_eq!(count(server, path), articles, "{path}");
    }
    assert_eq!(server.ok(list).column("title"), Vec::<String>::new());
    assert_eq!(titles(server, "section=culture&sort=title"), ["Deep", "Elsewhere"]);
    let drafts = server.request("GET", "/api/articles?status=draft&section=culture").key(&key).send();
    assert_eq!(drafts.column("title"), ["Draft"], "what is hidden moves too");
    for (old, new) in [("world/events", "culture/happenings"), ("world/events/forums", "culture/happenings/forums")] {
        assert_eq!(location(&server.get(&format!("/api/sections/{old}"))), (308, format!("/api/sections/{new}")));
        assert_eq!(location(&server.get(&format!("/api/sections/{}?lang=en", old.replace('/', "%2F")))), (308, format!("/api/sections/{new}?lang=en")));
        assert_eq!(titles(server, &format!("section={old}")), ["Deep"], "a filter by the old path finds it still");
        let resolved = server.ok(&format!("/api/resolve?url=/en/{old}"));
        assert_eq!(resolved.json()["data"]["slug"], new.rsplit('/').next().unwrap());
    }
    let told = server.app.store.read(|c| masthead::store::changes::last_change_of(c, &Scope::Public, &[deep]));
    assert_eq!(told.unwrap(), Some(server.now()), "who follows the changes reads it again");
    let back = changed(server, &key, "PATCH", "/api/sections/world/events?lang=en", &json!({"parent": "world", "slug": "events"}));
    assert_eq!(back["path"], "world/events", "its own old path is free for it");
    assert_eq!((count(server, "world"), count(server, "culture")), (1, 1));
    assert_eq!(location(&server.get("/api/sections/culture/happenings/forums")), (308, "/api/sections/world/events/forums".to_owned()));
    assert_eq!(server.ok("/api/sections/world/events/forums").status, 200);
    server.article(Article::new("Later").section(&["Culture", "happenings"]));
    assert_eq!(server.ok("/api/articles/later").json()["data"]["section"]["path"], "world/events", "a path of before names the same section");
}

fn a_branch_moves_to_the_root_and_never_below_itself(server) {
    planted(server);
    let key = server.key(Role::Editor);
    for parent in ["world/events", "world/events/forums"] {
        let refused = send(server, &key, "PATCH", "/api/sections/world/events", &json!({"parent": parent}));
        assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("conflict")));
    }
    let moved = changed(server, &key, "PATCH", "/api/sections/world/events", &json!({"parent": null}));
    assert_eq!((&moved["path"], &moved["parent_id"]), (&json!("events"), &Value::Null));
    assert_eq!((count(server, "world"), count(server, "events")), (0, 1));
    assert_eq!(location(&server.get("/api/sections/world/events/forums")), (308, "/api/sections/events/forums".to_owned()));
    let put = changed(server, &key, "PUT", "/api/sections/events/forums", &json!({"name": "FORUMS"}));
    assert_eq!((&put["path"], &put["position"]), (&json!("forums"), &json!(1)), "a replacement without a parent stands at the root");
    let mut parent = "world".to_owned();
    for n in 0..19 {
        parent = made(server, &key, "/api/sections", &json!({"lang": "en", "name": format!("L{n}"), "parent": parent}))["path"].as_str().unwrap().to_owned();
    }
    let deeper = send(server, &key, "POST", "/api/sections", &json!({"lang": "en", "name": "x", "parent": parent}));
    assert_eq!(faults(&deeper), [("/parent".to_owned(), "too_deep".to_owned())]);
    let branch = send(server, &key, "PATCH", "/api/sections/world", &json!({"parent": "events"}));
    assert_eq!(faults(&branch), [("/parent".to_owned(), "too_deep".to_owned())], "nor does what is below come to lie too deep");
    assert_eq!(server.ok(&format!("/api/sections/{parent}")).status, 200, "nothing of it stays behind");
}

fn a_section_of_a_long_path_is_a_filter_and_a_limit_like_any_other(server) {
    let steps: Vec<String> = (0..7).map(|n| format!("{n}{}", "ê".repeat(130))).collect();
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    server.article(Article::new("Deep").section(&steps));
    let path = steps.join("/");
    let decomposed = path.replace('ê', "e\u{302}");
    for written in [&path, &decomposed] {
        let sent: String = url::form_urlencoded::byte_serialize(written.as_bytes()).collect();
        assert_eq!(titles(server, &format!("section={sent}")), ["Deep"]);
        assert_eq!(server.get(&format!("/api/search?q=deep&section={sent}")).status, 200);
        let first = server.ok(&format!("/api/changes?section={sent}")).json();
        assert_eq!(first["data"].as_array().unwrap().len(), 1);
        let since = first["meta"]["next_cursor"].as_str().unwrap();
        assert_eq!(server.ok(&format!("/api/changes?section={sent}&since={since}")).json()["data"], json!([]));
    }
    let admin = server.key(Role::Admin);
    let made = send(server, &admin, "POST", "/api/keys", &json!({"name": "k", "role": "editor", "sections": [decomposed]}));
    assert_eq!(made.status, 201, "{}", made.text());
}

fn what_holds_something_is_not_deleted(server) {
    planted(server);
    let key = server.key(Role::Editor);
    let refused = send(server, &key, "DELETE", "/api/sections/world/events", &Value::Null);
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert_eq!(refused.status, 409);
    assert!(detail.contains("1 section: world/events/forums") && detail.contains("1 article: draft"), "{detail}");
    let empty = made(server, &key, "/api/sections", &json!({"lang": "en", "name": "Empty"}));
    changed(server, &key, "PATCH", "/api/sections/empty", &json!({"slug": "void"}));
    let target = format!("/api/sections/{}", empty["id"].as_str().unwrap());
    let request = |tag: &str| server.request("DELETE", &target).key(&key).if_match(tag).send().status;
    assert_eq!(server.request("DELETE", &target).key(&key).send().status, 428);
    assert_eq!((request("\"v1\""), request("\"v2\""), request("*")), (412, 204, 404));
    for gone in [target.as_str(), "/api/sections/void", "/api/sections/empty"] {
        assert_eq!(server.get(gone).status, 404);
    }
}

fn translations_of_sections_are_symmetric(server) {
    planted(server);
    server.article(Article::new("Premier").lang("fr").section(&["Monde"]));
    let key = server.key(Role::Editor);
    let id = |target: &str| server.ok(target).json()["data"]["id"].as_str().unwrap().to_owned();
    let (world, monde) = (id("/api/sections/world"), id("/api/sections/monde"));
    let linked = changed(server, &key, "PATCH", "/api/sections/monde", &json!({"translation_of": world}));
    assert_eq!(linked["translations"][0]["id"], world.as_str());
    assert_eq!(server.ok("/api/sections/world").json()["data"]["translations"][0]["path"], "monde");
    let second = send(server, &key, "POST", "/api/sections", &json!({"lang": "fr", "name": "Encore", "translation_of": world}));
    assert_eq!(second.status, 409);
    let same = send(server, &key, "POST", "/api/sections", &json!({"lang": "en", "name": "Again", "translation_of": world}));
    assert_eq!(faults(&same), [("/translation_of".to_owned(), "same_edition".to_owned())]);
    let put = changed(server, &key, "PUT", "/api/sections/monde", &json!({"lang": "fr", "name": "MONDE"}));
    assert_eq!(put["translations"].as_array().unwrap().len(), 1, "a link survives a replacement");
    let parted = changed(server, &key, "PATCH", &format!("/api/sections/{world}"), &json!({"translation_of": null}));
    assert_eq!(parted["translations"], json!([]));
    assert_eq!(server.ok(&format!("/api/sections/{monde}")).json()["data"]["translations"], json!([]));
}

fn what_is_wrong_with_a_section_is_told_at_once_at_its_place(server) {
    planted(server);
    let key = server.key(Role::Editor);
    let found = faults(&send(server, &key, "POST", "/api/sections", &json!({"lang": "en", "name": "", "slug": "A B", "position": 1.5, "path": "x", "translation_of": "x"})));
    for (place, code) in [("/name", "required"), ("/slug", "invalid_slug"), ("/position", "out_of_range"), ("/path", "unknown_field"), ("/translation_of", "invalid_id")] {
        assert!(found.iter().any(|(at, c)| at == place && c == code), "{place}: {found:?}");
    }
    let found = faults(&send(server, &key, "POST", "/api/sections", &json!({"lang": "en", "name": "x", "parent": "no/where", "translation_of": "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b"})));
    assert_eq!(found.iter().map(|(at, _)| at.as_str()).collect::<Vec<_>>(), ["/parent", "/translation_of"]);
    assert_eq!(faults(&send(server, &key, "POST", "/api/sections", &json!({"lang": "de", "name": "x"})))[0].1, "unknown_edition");
    assert_eq!(faults(&send(server, &key, "POST", "/api/sections", &json!({"name": "x"})))[0].1, "required");
    assert_eq!(faults(&send(server, &key, "PATCH", "/api/sections/world", &json!({"lang": "fr"})))[0].1, "fixed");
    assert_eq!(send(server, &key, "PATCH", "/api/sections/world?lang=fr", &json!({})).status, 404);
    assert_eq!(send(server, &key, "PATCH", "/api/sections/world?x=1", &json!({})).status, 400);
    assert_eq!(server.request("PATCH", "/api/sections/world").key(&key).json(&json!({})).send().status, 428);
}

fn a_key_with_limits_writes_sections_within_them(server) {
    planted(server);
    server.edition("fr", "UTC");
    let id = |target: &str| Id::parse(server.ok(target).json()["data"]["id"].as_str().unwrap()).unwrap();
    let (limited, _) = server.key_within(Role::Editor, Limits { sections: vec![id("/api/sections/world")], ..Limits::default() });
    made(server, &limited, "/api/sections", &json!({"lang": "en", "name": "Below", "parent": "world/events"}));
    changed(server, &limited, "PATCH", "/api/sections/world/events", &json!({"name": "E"}));
    for (method, target, content) in [
        ("POST", "/api/sections", json!({"lang": "en", "name": "Root"})),
        ("POST", "/api/sections", json!({"lang": "en", "name": "There", "parent": "culture"})),
        ("PATCH", "/api/sections/culture", json!({"name": "x"})),
        ("PATCH", "/api/sections/world/events", json!({"parent": "culture"})),
        ("DELETE", "/api/sections/culture", Value::Null),
    ] {
        assert_eq!(send(server, &limited, method, target, &content).status, 403, "{method} {target} {content}");
    }
    let (french, _) = server.key_within(Role::Editor, Limits { langs: vec![lang("fr")], ..Limits::default() });
    made(server, &french, "/api/sections", &json!({"lang": "fr", "name": "Monde"}));
    assert_eq!(send(server, &french, "PATCH", "/api/sections/world", &json!({"name": "x"})).status, 403);
    for role in [Role::Partner, Role::Author] {
        assert_eq!(send(server, &server.key(role), "POST", "/api/sections", &json!({"lang": "en", "name": "x"})).status, 403);
    }
}

fn a_key_with_limits_moves_nothing_out_of_its_sections_or_into_others(server) {
    planted(server);
    let id = |path: &str| {
        let section = server.ok(&format!("/api/sections/{path}?lang=en")).json();
        Id::parse(section["data"]["id"].as_str().unwrap()).unwrap()
    };
    let limits = Limits { sections: vec![id("world")], ..Limits::default() };
    let (key, _) = server.key_within(Role::Editor, limits);
    let to = |path: &str, parent: Value| send(server, &key, "PATCH", &format!("/api/sections/{path}?lang=en"), &json!({"parent": parent})).status;
    assert_eq!(to("world", json!("culture")), 403, "its own root stays where it is");
    assert_eq!(to("world/events/forums", json!("culture")), 403);
    assert_eq!(to("world/events/forums", Value::Null), 403);
    assert_eq!(to("world/events/forums", json!("world")), 200);
}
}
