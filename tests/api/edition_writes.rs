//! Writing editions over HTTP.

use masthead::domain::access::{Limits, Role};
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::taxonomy_writes::{changed, faults, send};

api_test! {
fn an_edition_is_made_at_its_address_with_the_words_of_its_language(server) {
    let key = server.key(Role::Admin);
    let put = |target: &str, content: &Value| server.request("PUT", target).key(&key).json(content).send();
    let made = put("/api/editions/fr", &json!({}));
    assert_eq!((made.status, made.header("location")), (201, "/api/editions/fr"));
    let data = made.json()["data"].clone();
    assert_eq!((&data["name"], &data["home_label"], &data["time_zone"], &data["home_path"]), (&json!("Français"), &json!("Accueil"), &json!("UTC"), &json!("/fr")));
    assert_eq!(server.ok("/api/editions/fr").header("etag"), made.header("etag"));
    let content = json!({
        "lang": "ar", "name": "العربية", "site_name": "الصحيفة", "home_label": "الرئيسية", "home_path": "/ar", "time_zone": "Africa/Cairo", "direction": "rtl",
        "contact": {"phones": [{"label": "Desk", "number": "+20 2 0000"}], "email": "a@example.org", "address": "Cairo"},
        "copyright": "© 2025", "navigation": [{"label": "World", "url": "/ar/world"}],
    });
    let made = put("/api/editions/AR", &content);
    assert_eq!((made.status, made.header("location")), (201, "/api/editions/ar"));
    for (field, value) in content.as_object().unwrap() {
        assert_eq!(&made.json()["data"][field], value, "{field}");
    }
    assert_eq!(put("/api/editions/no-language-at-all!", &json!({})).status, 400);
}

fn an_edition_that_is_there_is_replaced_from_the_version_that_is_named(server) {
    server.edition("en", "UTC");
    let key = server.key(Role::Admin);
    let put = |target: &str| server.request("PUT", target).key(&key);
    let content = json!({"site_name": "Review"});
    assert_eq!(put("/api/editions/en").json(&content).send().status, 428);
    assert_eq!(put("/api/editions/en").if_match("\"v7\"").json(&content).send().status, 412);
    assert_eq!(put("/api/editions/en").header("if-none-match", "*").if_match("*").json(&content).send().status, 412);
    assert_eq!(put("/api/editions/de").if_match("*").json(&content).send().status, 412, "there is none to match");
    let replaced = put("/api/editions/en").if_match("\"v1\"").json(&content).send();
    assert_eq!((replaced.status, &replaced.json()["data"]["version"]), (200, &json!(2)));
    assert_eq!(put("/api/editions/de").header("if-none-match", "*").json(&content).send().status, 201);
    let patched = changed(server, &key, "PATCH", "/api/editions/en", &json!({"home_label": "Front", "site_name": null}));
    assert_eq!((&patched["home_label"], &patched["site_name"]), (&json!("Front"), &json!("English")));
    assert_eq!(send(server, &key, "PATCH", "/api/editions/sv", &json!({})).status, 404);
}

fn another_time_zone_changes_the_days_of_its_articles(server) {
    server.edition("en", "UTC");
    let id = server.article(Article::new("Late").published_at("2022-11-24T22:00:00Z"));
    let (target, day) = (format!("/api/articles/{id}"), "/api/articles?lang=en&published_from=2022-11-25&published_to=2022-11-25");
    let before = server.ok(&target);
    assert_eq!((&before.json()["data"]["published_on"], server.ok(day).column("id").len()), (&json!("2022-11-24"), 0));
    server.pass(60);
    let key = server.key(Role::Admin);
    changed(server, &key, "PATCH", "/api/editions/en", &json!({"time_zone": "Asia/Shanghai", "home_label": "Front"}));
    let after = server.ok(&target);
    assert_eq!(after.json()["data"]["published_on"], "2022-11-25");
    assert_eq!(after.json()["data"]["breadcrumbs"][0]["name"], "Front");
    assert_eq!(server.ok(day).column("id"), [id.to_string()]);
    assert_ne!(after.header("etag"), before.header("etag"));
    assert!(after.header("last-modified") > before.header("last-modified"));
}

fn an_edition_that_holds_something_is_not_deleted(server) {
    server.article(Article::new("One").section(&["World"]));
    server.edition("sv", "UTC");
    let key = server.key(Role::Admin);
    let refused = send(server, &key, "DELETE", "/api/editions/en", &Value::Null);
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert_eq!(refused.status, 409);
    assert!(detail.contains("1 section: world") && detail.contains("1 article: one"), "{detail}");
    assert_eq!(server.request("DELETE", "/api/editions/sv").key(&key).send().status, 428);
    assert_eq!(send(server, &key, "DELETE", "/api/editions/sv", &Value::Null).status, 204);
    assert_eq!(server.get("/api/editions/sv").status, 404);
    assert_eq!(server.ok("/api/editions").column("lang"), ["en"]);
}

fn what_is_wrong_with_an_edition_is_told_at_once_at_its_place(server) {
    let key = server.key(Role::Admin);
    let response = server.request("PUT", "/api/editions/en").key(&key).json(&json!({
        "lang": "fr", "name": "x".repeat(301), "time_zone": "Mars/Olympus", "direction": "up", "navigation": [{"label": "x"}, {"url": "javascript:x", "label": "y"}],
        "contact": {"phones": [{"label": "x"}], "fax": "x"}, "version": 3,
    })).send();
    let found = faults(&response);
    for (place, code) in [
        ("/lang", "fixed"), ("/name", "too_long"), ("/time_zone", "unknown_time_zone"), ("/direction", "unknown_word"), ("/navigation/0/url", "required"),
        ("/navigation/1/url", "invalid_url"), ("/contact/phones/0/number", "required"), ("/contact/fax", "unknown_field"), ("/version", "unknown_field"),
    ] {
        assert!(found.iter().any(|(at, c)| at == place && c == code), "{place}: {found:?}");
    }
    assert_eq!(server.get("/api/editions/en").status, 404, "nothing of it stays behind");
}

fn editions_are_the_admins(server) {
    server.edition("en", "UTC");
    for role in [Role::Partner, Role::Author, Role::Editor] {
        let key = server.key(role);
        for (method, target) in [("PUT", "/api/editions/fr"), ("PATCH", "/api/editions/en"), ("DELETE", "/api/editions/en")] {
            assert_eq!(send(server, &key, method, target, &json!({})).status, 403);
        }
    }
    let (limited, _) = server.key_within(Role::Admin, Limits { langs: vec![lang("fr")], ..Limits::default() });
    assert_eq!(server.request("PUT", "/api/editions/fr").key(&limited).json(&json!({})).send().status, 201);
    assert_eq!(send(server, &limited, "PATCH", "/api/editions/en", &json!({"name": "x"})).status, 403);
}

fn the_home_path_is_a_path_of_the_site(server) {
    let key = server.key(Role::Admin);
    for path in ["javascript:alert(1)//", "//evil.example", "en", "/a\\b", "@evil.example/"] {
        let request = server.request("PUT", "/api/editions/en").key(&key).json(&json!({"home_path": path}));
        assert_eq!(request.send().status, 422, "{path}");
    }
    let request = server.request("PUT", "/api/editions/en").key(&key).json(&json!({"home_path": "/news/en"}));
    assert_eq!(request.send().status, 201);
}
}
