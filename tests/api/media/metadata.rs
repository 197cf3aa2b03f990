//! Metadata of media: what is told of them, in lists too, and who may read and change it.

use masthead::domain::access::{Limits, Role};
use serde_json::json;

use super::{Form, photo, picture, rendered, uploaded};
use crate::builders::{Article, lang};

api_test! {
fn a_key_with_limits_adds_media_and_changes_none(server) {
    server.article(Article::new("First"));
    let there = uploaded(server, &server.key(Role::Admin), Form::default().file(&photo(90, 60, 1)));
    let limits = Limits { langs: vec![lang("en")], ..Limits::default() };
    let (key, _) = server.key_within(Role::Editor, limits);
    let target = format!("/api/media/{}", there["id"].as_str().unwrap());
    let patch = server.request("PATCH", &target).key(&key).if_match("*").json(&json!({"alt": {"en": "x"}}));
    assert_eq!(patch.send().status, 403);
    assert_eq!(server.request("DELETE", &target).key(&key).if_match("*").send().status, 403);
}

fn a_picture_is_told_of_with_its_size_and_words(server) {
    let key = server.key(Role::Editor);
    let form = Form::default()
        .file(&photo(900, 600, 1))
        .field("alt", "A boat")
        .field("caption", r#"{"fr": "Un bateau", "en": "A boat <b>"}"#)
        .field("credit", r#"{"en": "Lena Okafor"}"#)
        .field("focal_point", r#"{"x": 0.25, "y": 0.75}"#);
    let medium = uploaded(server, &key, form);
    assert_eq!((medium["width"].as_u64(), medium["height"].as_u64()), (Some(900), Some(600)));
    assert_eq!((&medium["mime"], &medium["name"]), (&json!("image/jpeg"), &json!("a.jpg")));
    assert_eq!(medium["alt"], json!({"en": "A boat"}));
    assert_eq!(medium["caption"]["en"], "A boat <b>");
    assert_eq!(medium["focal_point"], json!({"x": 0.25, "y": 0.75}));
    assert_eq!(medium["version"], 1);
    let list = server.request("GET", "/api/media?count=exact&limit=1").key(&key).send();
    assert_eq!(list.json()["data"][0]["id"], medium["id"]);
    assert_eq!(list.json()["meta"]["total"], 1);
}

fn media_are_the_desk_s_and_the_public_sees_only_what_it_is_given_the_address_of(server) {
    let editor = server.key(Role::Editor);
    let medium = rendered(server, &editor, Form::default().file(&photo(20, 20, 18)));
    let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
    for read in ["/api/media", &target] {
        assert_eq!(server.get(read).status, 401);
        assert_eq!(server.request("GET", read).key("mh_wrong").send().status, 401);
        assert_eq!(server.request("GET", read).key(&server.key(Role::Partner)).send().status, 403);
        let author = if read == "/api/media" { 200 } else { 404 };
        assert_eq!(server.request("GET", read).key(&server.key(Role::Author)).send().status, author, "{read}");
    }
    for role in [Role::Partner, Role::Author] {
        let key = server.key(role);
        assert_eq!(Form::default().file(&photo(5, 5, 19)).send(server, &key).status, 403);
        assert_eq!(server.request("DELETE", &target).key(&key).if_match("*").send().status, 403);
        let request = server.request("PATCH", &target).key(&key).if_match("*");
        assert_eq!(request.json(&json!({})).send().status, 403);
    }
    assert_eq!(Form::default().file(&photo(5, 5, 19)).send(server, "").status, 401);
    picture(server, medium["url"].as_str().unwrap());
    assert_eq!(server.request("GET", "/api/media/nothing").key(&editor).send().status, 404);
}

fn media_lists_page_and_pick_fields(server) {
    let key = server.key(Role::Editor);
    for shade in 30..35 {
        uploaded(server, &key, Form::default().file(&photo(4, 4, shade)));
    }
    let get = |target: &str| server.request("GET", target).key(&key).send();
    let first = get("/api/media?limit=2&fields=alt");
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(first.json()["data"][0].as_object().unwrap().len(), 2);
    let mut seen = first.column("id");
    let mut next = first.json()["links"]["next"].clone();
    while let Some(target) = next.as_str() {
        let page = get(target);
        seen.extend(page.column("id"));
        next = page.json()["links"]["next"].clone();
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|a, b| a > b), "{seen:?}");
    assert_eq!(get("/api/media?sort=x").status, 400);
}
}
