//! Media that articles show.

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::{Form, folder, photo, pointer, rendered};
use crate::builders::Article;
use crate::command::run;
use crate::harness::TestServer;

fn article(server: &TestServer, key: &str, content: &Value) -> Value {
    let request = server.request("POST", "/api/articles").key(key);
    let response = request.json(content).send();
    assert_eq!(response.status, 201, "{}", response.text());
    response.json()["data"].clone()
}

api_test! {
fn an_article_shows_its_media_in_its_own_language(server) {
    server.article(Article::new("First"));
    server.article(Article::new("Premier").lang("fr"));
    let key = server.key(Role::Editor);
    let form = Form::default()
        .file(&photo(700, 350, 14))
        .field("alt", r#"{"en": "A boat", "fr": "Un bateau"}"#)
        .field("credit", r#"{"en": "Lena"}"#)
        .field("focal_point", r#"{"x": 0.5, "y": 0.1}"#);
    let medium = rendered(server, &key, form);
    let id = &medium["id"];
    let english = article(server, &key, &json!({
        "lang": "en", "title": "Boats", "status": "published",
        "media": [{"id": id}, {"id": id, "alt": "Another boat"}, {"url": "https://example.org/x.jpg", "caption": "X"}],
    }));
    let shown = server.ok(english["links"]["self"].as_str().unwrap()).json()["data"]["media"].clone();
    assert_eq!(shown[0]["alt"], "A boat");
    assert_eq!((&shown[0]["id"], &shown[0]["url"]), (id, &medium["url"]));
    assert_eq!((&shown[0]["width"], &shown[0]["height"]), (&json!(700), &json!(350)));
    assert_eq!(shown[0]["focal_point"], json!({"x": 0.5, "y": 0.1}));
    assert_eq!(shown[0]["renditions"], medium["renditions"]);
    assert_eq!(shown[0]["srcset"], medium["srcset"]);
    assert_eq!(shown[1]["alt"], "Another boat");
    assert_eq!(shown[2], json!({"kind": "image", "url": "https://example.org/x.jpg", "alt": null, "caption": "X", "credit": null}));
    let french = article(server, &key, &json!({
        "lang": "fr", "title": "Bateaux", "status": "published", "media": [{"id": id}],
    }));
    let list = server.ok("/api/articles?lang=fr&include=media").json();
    let listed = list["data"].as_array().unwrap().iter().find(|a| a["id"] == french["id"]).unwrap();
    assert_eq!((&listed["media"][0]["alt"], &listed["media"][0]["credit"]), (&json!("Un bateau"), &json!("Lena")));
}

fn a_changed_caption_changes_the_articles_that_show_it(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(20, 20, 15)).field("caption", "Old"));
    let shown = article(server, &key, &json!({
        "lang": "en", "title": "Boats", "status": "published", "media": [{"id": medium["id"]}],
    }));
    let own = shown["links"]["self"].as_str().unwrap();
    let before = server.ok(own);
    assert_eq!(before.json()["data"]["media"][0]["caption"], "Old");
    server.pass(5);
    let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
    let patch = |tag: &str, content: Value| {
        let request = server.request("PATCH", &target).key(&key);
        request.if_match(tag).json(&content).send()
    };
    let changed = patch("\"v1\"", json!({"caption": {"en": "New", "fr": "Neuf"}, "focal_point": {"x": 1, "y": 0}}));
    assert_eq!((changed.status, &changed.json()["data"]["version"]), (200, &json!(2)));
    assert!(changed.header("etag").starts_with("\"v2-"));
    let after = server.ok(own);
    assert_eq!(after.json()["data"]["media"][0]["caption"], "New");
    assert_ne!(after.header("etag"), before.header("etag"));
    assert_ne!(after.header("last-modified"), before.header("last-modified"));
    assert_eq!(patch("\"v1\"", json!({"caption": {"en": "Lost"}})).status, 412);
    let removed = patch("\"v2\"", json!({"caption": {"en": null}, "focal_point": null}));
    assert_eq!(removed.json()["data"]["caption"], json!({"fr": "Neuf"}));
    assert_eq!(removed.json()["data"]["focal_point"], Value::Null);
    let same = patch("\"v3\"", json!({"caption": {"FR": "Neuf"}}));
    assert_eq!((same.status, &same.json()["data"]["version"]), (200, &json!(3)));
    assert_eq!(pointer(&patch("\"v3\"", json!({"captoin": {}}))), "/captoin");
    assert_eq!(pointer(&patch("\"v3\"", json!({"caption": "x"}))), "/caption");
    let request = server.request("PATCH", &target).key(&key);
    assert_eq!(request.json(&json!({})).send().status, 428);
}

fn a_medium_that_an_article_shows_stays(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(20, 20, 16)));
    let draft = article(server, &key, &json!({"lang": "en", "title": "Boats", "media": [{"id": medium["id"]}]}));
    let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
    let delete = || server.request("DELETE", &target).key(&key).if_match("*").send();
    let refused = delete();
    assert_eq!((refused.status, refused.problem().as_str()), (409, "conflict"));
    let id = draft["id"].as_str().unwrap();
    assert!(refused.json()["detail"].as_str().unwrap().contains(id), "{}", refused.text());
    let own = draft["links"]["self"].as_str().unwrap();
    let emptied = server.request("PATCH", own).key(&key).if_match("*").json(&json!({"media": []})).send();
    assert_eq!((emptied.status, &emptied.json()["data"]["media"]), (200, &json!([])));
    assert_eq!(delete().status, 204);
    assert_eq!(delete().status, 404);
    let request = server.request("PATCH", own).key(&key).if_match("*");
    let unknown = request.json(&json!({"media": [{"url": "/x.jpg"}, {"id": medium["id"]}]})).send();
    assert_eq!((unknown.status, pointer(&unknown).as_str()), (422, "/media/1/id"));
    for (media, at) in [(json!([{}]), "/media/0/id"), (json!([{"id": "x"}]), "/media/0/id"), (json!([5]), "/media/0"),
        (json!([{"url": "javascript:alert(1)"}]), "/media/0/url"), (json!([{"url": "/a.jpg", "renditions": []}]), "/media/0/renditions")] {
        let request = server.request("PATCH", own).key(&key).if_match("*");
        let response = request.json(&json!({"media": media})).send();
        assert_eq!((response.status, pointer(&response).as_str()), (422, at));
    }
}

fn media_stay_with_an_article_that_is_changed_otherwise(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(20, 20, 17)));
    let shown = article(server, &key, &json!({"lang": "en", "title": "Boats", "media": [{"id": medium["id"]}]}));
    let own = shown["links"]["self"].as_str().unwrap();
    for (method, content) in [("PATCH", json!({"title": "Ships"})), ("PUT", json!({"lang": "en", "title": "Ferries"}))] {
        let response = server.request(method, own).key(&key).if_match("*").json(&content).send();
        assert_eq!(response.json()["data"]["media"][0]["id"], medium["id"], "{method}");
    }
}

fn an_export_brings_media_and_the_articles_that_show_them(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let form = Form::default().file(&photo(400, 300, 23)).field("alt", "A boat").field("focal_point", r#"{"x": 0, "y": 1}"#);
    let medium = rendered(server, &key, form);
    let shown = article(server, &key, &json!({
        "lang": "en", "title": "Boats", "status": "published", "media": [{"id": medium["id"], "caption": "Own"}],
    }));
    let mut lines = Vec::new();
    masthead::export::export(&server.app.store, &mut lines).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.ndjson");
    std::fs::write(&file, &lines).unwrap();
    let there = TestServer::on_sqlite();
    let import = || run(&there.database, folder.path(), &["import", "--format", "ndjson", "all.ndjson"]);
    let ended = import();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    copy(&self::folder(server), &self::folder(&there));
    there.refresh();
    let own = shown["links"]["self"].as_str().unwrap();
    let media = |server: &TestServer| {
        let text = server.ok(own).json()["data"]["media"].to_string();
        text.replace(&format!("http://{}", server.address), "")
    };
    assert_eq!(media(server), media(&there));
    let path = medium["url"].as_str().unwrap().replace(&format!("http://{}", server.address), "");
    assert_eq!(server.ok(&path).body, there.ok(&path).body);
    let mut again = Vec::new();
    masthead::export::export(&there.app.store, &mut again).unwrap();
    assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(lines).unwrap());
    assert_eq!(import().code, Some(0));
}
}

/// Copies the folders of media, as an operator does.
fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
