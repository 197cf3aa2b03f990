//! A key with limits reads the present within them, and no past beyond them.

use masthead::domain::access::{Limits, Role};
use masthead::domain::id::Id;
use serde_json::{Value, json};

use super::builders::Article;
use super::client::Response;
use super::harness::TestServer;

fn send(server: &TestServer, key: &str, method: &str, target: &str, content: &Value) -> Response {
    let request = server.request(method, target).key(key).if_match("*");
    request.json(content).send()
}

/// An article that was written in one section and stands in another now, and a key of the second section.
fn moved(server: &TestServer) -> (String, String) {
    server.article(Article::new("First").section(&["Secret"]));
    server.article(Article::new("Second").section(&["World"]));
    let editor = server.key(Role::Editor);
    let made = send(
        server,
        &editor,
        "POST",
        "/api/articles",
        &json!({"lang": "en", "title": "Of the secret desk", "section": "secret"}),
    );
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let target = format!("/api/articles/{id}");
    for patch in [
        json!({"section": "world", "title": "Of the world"}),
        json!({"summary": "More"}),
    ] {
        assert_eq!(send(server, &editor, "PATCH", &target, &patch).status, 200);
    }
    let world = server.section_at("world").id;
    let limits = Limits {
        sections: vec![world],
        ..Limits::default()
    };
    (target, server.key_within(Role::Editor, limits).0)
}

api_test! {
    fn versions_from_elsewhere_are_not_there(server) {
        let (target, key) = moved(server);
        let get = |below: &str| server.request("GET", &format!("{target}{below}")).key(&key).send();
        assert_eq!(get("").status, 200);
        let versions: Vec<Value> = get("/revisions").json()["data"].as_array().unwrap().iter().map(|row| row["version"].clone()).collect();
        assert_eq!(versions, [json!(3), json!(2)]);
        assert_eq!([get("/revisions/1").status, get("/revisions/2").status], [404, 200]);
        assert_eq!([get("/revisions/1/diff/2").status, get("/revisions/2/diff/1").status, get("/revisions/2/diff/3").status], [404, 404, 200]);
        let preview = |version: i64| send(server, &key, "POST", &format!("{target}/preview"), &json!({"version": version})).status;
        assert_eq!([preview(1), preview(2)], [422, 201]);
        assert!(!get("/revisions").text().contains("secret desk"));
        assert_eq!(get("/revisions?count=exact").json()["meta"]["total"], 2, "nor are they counted");
    }

    fn a_preview_shows_no_version_that_its_maker_may_no_longer_read(server) {
        let (target, _) = moved(server);
        let admin = server.key(Role::Admin);
        let made = send(server, &admin, "POST", "/api/keys", &json!({"name": "Desk", "role": "editor"})).json();
        let (id, token) = (made["data"]["id"].as_str().unwrap(), made["data"]["key"].as_str().unwrap());
        let link = send(server, token, "POST", &format!("{target}/preview"), &json!({"version": 1})).json();
        let opened = format!("{target}?preview={}", link["data"]["token"].as_str().unwrap());
        server.ok(&opened);
        let narrowed = send(server, &admin, "PATCH", &format!("/api/keys/{id}"), &json!({"sections": ["world"]}));
        assert_eq!(narrowed.status, 200, "{}", narrowed.text());
        assert_eq!(server.get(&opened).status, 404);
    }

    fn an_admin_with_limits_sees_its_own_usage_alone(server) {
        server.article(Article::new("First").section(&["World"]));
        let world = server.section_at("world").id;
        let limits = Limits { sections: vec![world], ..Limits::default() };
        let (limited, own) = server.key_within(Role::Admin, limits);
        let (other, stranger) = server.key_within(Role::Editor, Limits::default());
        for key in [&limited, &other] {
            assert_eq!(server.request("GET", "/api/articles").key(key).send().status, 200);
        }
        let usage = |more: &str| server.request("GET", &format!("/api/usage{more}")).key(&limited).send();
        let seen: Vec<Value> = usage("").json()["data"].as_array().unwrap().iter().map(|row| row["key"].clone()).collect();
        assert!(seen.iter().all(|key| *key == own.to_string()), "{seen:?}");
        let of = |key: Id| usage(&format!("?key={key}")).status;
        assert_eq!([of(own), of(stranger)], [200, 403]);
    }
}
