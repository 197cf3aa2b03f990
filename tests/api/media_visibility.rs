//! Visibility of pictures: renditions are public while a public article shows them, and what is said of a picture is the desk's.

use std::path::{Path, PathBuf};

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::client::Response;
use super::harness::TestServer;
use super::media::{Form, photo, rendered, uploaded, work};

fn send(server: &TestServer, key: &str, method: &str, target: &str, content: &Value) -> Response {
    let request = server.request(method, target).key(key).if_match("*");
    let answer = request.json(content).send();
    assert!(answer.status < 300, "{method} {target}: {}", answer.text());
    server.refresh();
    answer
}

fn article(server: &TestServer, key: &str, content: &Value) -> Value {
    send(server, key, "POST", "/api/articles", content).json()["data"].clone()
}

fn path_of(article: &Value) -> String {
    format!("/api/articles/{}", article["id"].as_str().unwrap())
}

fn address(medium: &Value) -> String {
    medium["url"].as_str().unwrap().to_owned()
}

/// Uploads the bytes of a picture that was lost.
fn comes_back(server: &TestServer, key: &str, bytes: &[u8], url: &str) {
    let again = uploaded(server, key, Form::default().file(bytes));
    assert_eq!(again["state"], "pending", "its renditions are made anew");
    work(server);
    assert!(!server.ok(url).body.is_empty());
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => files_below(&path),
            false => vec![path],
        })
        .collect()
}

api_test! {
    fn a_rendition_is_public_while_a_public_article_shows_it(server) {
        server.edition("en", "UTC");
        let key = server.key(Role::Editor);
        let medium = rendered(server, &key, Form::default().file(&photo(40, 30, 90)));
        let url = address(&medium);
        let status = || server.get(&url).status;
        assert_eq!(status(), 404, "no article shows it");
        let content = json!({"lang": "en", "title": "Boats", "media": [{"id": medium["id"]}]});
        let made = article(server, &key, &content);
        assert_eq!(status(), 404, "a draft is not public");
        send(server, &key, "POST", &format!("{}/publish", path_of(&made)), &json!({}));
        let shown = server.ok(&url);
        assert_eq!(shown.header("cache-control"), "public, max-age=3600");
        assert!(!shown.header("surrogate-key").is_empty());
        send(server, &key, "POST", &format!("{}/withdraw", path_of(&made)), &json!({"reason": "privacy"}));
        assert_eq!(status(), 404, "it goes with the takedown");
        let desk = server.request("GET", &url).key(&key).send();
        assert_eq!((desk.status, desk.header("cache-control")), (200, "private, no-store"));
        assert_eq!(server.request("GET", &url).key(&server.key(Role::Partner)).send().status, 404);
        let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
        let deleted = server.request("DELETE", &target).key(&key).if_match("*").send();
        assert_eq!(deleted.status, 204, "a withdrawn article keeps no picture: {}", deleted.text());
        work(server);
        assert_eq!(server.request("GET", &url).key(&key).send().status, 404);
        assert_eq!(server.request("GET", &path_of(&made)).key(&key).send().status, 200);
    }

    fn pictures_in_bodies_and_by_address_count_as_shown(server) {
        server.edition("en", "UTC");
        let key = server.key(Role::Editor);
        for (shade, content) in [
            (91, (|url: &str| json!({"body": {"format": "html", "content": format!("<p><img src=\"{url}\" alt=\"a\"></p>")}})) as fn(&str) -> Value),
            (92, |url: &str| json!({"media": [{"url": url}]})),
        ] {
            let medium = rendered(server, &key, Form::default().file(&photo(40, 30, shade)));
            let url = address(&medium);
            let mut content = content(&url);
            content["lang"] = "en".into();
            content["title"] = format!("Shade {shade}").into();
            content["status"] = "published".into();
            let made = article(server, &key, &content);
            assert_eq!(server.get(&url).status, 200, "{content}");
            let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
            let refused = server.request("DELETE", &target).key(&key).if_match("*").send();
            assert_eq!(refused.status, 409, "an article shows it");
            send(server, &key, "POST", &format!("{}/unpublish", path_of(&made)), &json!({}));
            assert_eq!(server.get(&url).status, 404, "{content}");
        }
    }

    fn a_preview_link_opens_the_pictures_of_its_article(server) {
        server.edition("en", "UTC");
        let key = server.key(Role::Editor);
        let medium = rendered(server, &key, Form::default().file(&photo(40, 30, 93)));
        let other = rendered(server, &key, Form::default().file(&photo(40, 30, 94)));
        let made = article(server, &key, &json!({"lang": "en", "title": "Boats", "media": [{"id": medium["id"]}]}));
        let link = send(server, &key, "POST", &format!("{}/preview", path_of(&made)), &json!({})).json();
        let token = link["data"]["token"].as_str().unwrap();
        let seen = server.ok(&format!("{}?preview={token}", path_of(&made))).json();
        let url = seen["data"]["media"][0]["url"].as_str().unwrap();
        assert_eq!(server.ok(url).header("cache-control"), "private, no-store");
        assert_eq!(server.get(&format!("{}?preview={token}", address(&other))).status, 404);
        assert_eq!(server.get(&format!("{}?preview=forged", address(&medium))).status, 404);
        send(server, &key, "POST", &format!("{}/publish", path_of(&made)), &json!({}));
        send(server, &key, "POST", &format!("{}/withdraw", path_of(&made)), &json!({"reason": "privacy"}));
        assert_eq!(server.get(url).status, 404);
        send(server, &key, "PATCH", &path_of(&made), &json!({"status": "draft"}));
        assert_eq!(server.get(url).status, 404, "a withdrawal ends the link for good");
        assert_eq!(server.get(&format!("{}?preview={token}", path_of(&made))).status, 404);
        server.pass(60);
        let fresh = send(server, &key, "POST", &format!("{}/preview", path_of(&made)), &json!({})).json();
        let fresh = fresh["data"]["token"].as_str().unwrap();
        server.ok(&format!("{}?preview={fresh}", path_of(&made)));
    }

    fn a_link_to_an_old_version_opens_the_pictures_of_that_version(server) {
        server.edition("en", "UTC");
        let key = server.key(Role::Editor);
        let old = rendered(server, &key, Form::default().file(&photo(40, 30, 98)));
        let new = rendered(server, &key, Form::default().file(&photo(40, 30, 99)));
        let made = article(server, &key, &json!({"lang": "en", "title": "Boats", "media": [{"id": old["id"]}]}));
        send(server, &key, "PATCH", &path_of(&made), &json!({"media": [{"id": new["id"]}]}));
        let version = server.request("GET", &format!("{}/revisions/1", path_of(&made))).key(&key).send().json();
        assert_eq!(version["data"]["media"][0]["id"], old["id"]);
        assert_eq!(version["data"]["media"][0]["url"], old["url"]);
        let token = |content: &Value| {
            let link = send(server, &key, "POST", &format!("{}/preview", path_of(&made)), content).json();
            link["data"]["token"].as_str().unwrap().to_owned()
        };
        let opened = |medium: &Value, token: &str| server.get(&format!("{}?preview={token}", address(medium))).status;
        let (first, latest) = (token(&json!({"version": 1})), token(&json!({})));
        assert_eq!((opened(&old, &first), opened(&new, &first)), (200, 404));
        assert_eq!((opened(&old, &latest), opened(&new, &latest)), (404, 200));
    }

    fn a_withdrawn_article_comes_back_without_the_pictures_that_were_deleted(server) {
        server.edition("en", "UTC");
        let key = server.key(Role::Editor);
        let gone = rendered(server, &key, Form::default().file(&photo(40, 30, 100)));
        let made = article(server, &key, &json!({"lang": "en", "title": "Boats", "status": "published", "media": [{"id": gone["id"]}]}));
        send(server, &key, "POST", &format!("{}/withdraw", path_of(&made)), &json!({"reason": "privacy"}));
        let target = format!("/api/media/{}", gone["id"].as_str().unwrap());
        assert_eq!(server.request("DELETE", &target).key(&key).if_match("*").send().status, 204);
        let draft = send(server, &key, "PATCH", &path_of(&made), &json!({"status": "draft", "title": "Ships"})).json();
        assert_eq!((&draft["data"]["media"], &draft["data"]["title"]), (&json!([]), &json!("Ships")));
        let again = server.request("PATCH", &path_of(&made)).key(&key).if_match("*");
        let again = again.json(&json!({"media": [{"id": gone["id"]}]})).send();
        assert_eq!(again.status, 422, "it is not there any more");
    }

    fn caches_are_told_which_articles_show_a_rendition(server) {
        server.edition("en", "UTC");
        let key = server.key(Role::Editor);
        let medium = rendered(server, &key, Form::default().file(&photo(40, 30, 101)));
        let url = address(&medium);
        let show = |title: &str| {
            article(server, &key, &json!({"lang": "en", "title": title, "status": "published", "media": [{"id": medium["id"]}]}))
        };
        let made = show("One");
        let named = format!("article:{}", made["id"].as_str().unwrap());
        let keys = || -> Vec<String> {
            server.ok(&url).header("surrogate-key").split(' ').map(str::to_owned).collect()
        };
        assert!(keys().contains(&named) && !keys().contains(&"articles".to_owned()), "{:?}", keys());
        for number in 0..20 {
            show(&format!("More {number}"));
        }
        assert!(keys().contains(&"articles".to_owned()), "more than have room: {:?}", keys());
    }

    fn a_lost_picture_comes_back_with_its_bytes(server) {
        server.edition("en", "UTC");
        let key = server.key(Role::Editor);
        let bytes = photo(40, 30, 95);
        let medium = rendered(server, &key, Form::default().file(&bytes));
        let shown = json!({"lang": "en", "title": "Boats", "media": [{"id": medium["id"]}], "status": "published"});
        article(server, &key, &shown);
        let url = address(&medium);
        server.ok(&url);
        let folder = super::media::folder(server);
        std::fs::remove_dir_all(&folder).unwrap();
        std::fs::create_dir(&folder).unwrap();
        assert_eq!(server.get(&url).status, 404);
        comes_back(server, &key, &bytes, &url);
        for file in files_below(&folder) {
            std::fs::write(file, b"").unwrap();
        }
        comes_back(server, &key, &bytes, &url);
        let whole = uploaded(server, &key, Form::default().file(&bytes));
        assert_eq!(whole["state"], "ready");
    }

    fn authors_see_what_is_said_of_shown_pictures_alone(server) {
        server.edition("en", "UTC");
        let (editor, author) = (server.key(Role::Editor), server.key(Role::Author));
        let hidden = rendered(server, &editor, Form::default().file(&photo(40, 30, 96)));
        let shown = rendered(server, &editor, Form::default().file(&photo(40, 30, 97)));
        article(server, &editor, &json!({"lang": "en", "title": "Draft", "media": [{"id": hidden["id"]}]}));
        article(server, &editor, &json!({"lang": "en", "title": "Out", "media": [{"id": shown["id"]}], "status": "published"}));
        let list = |key: &str| server.request("GET", "/api/media?count=exact").key(key).send().json();
        let (all, seen) = (list(&editor), list(&author));
        assert_eq!((all["meta"]["total"].as_i64(), seen["meta"]["total"].as_i64()), (Some(2), Some(1)));
        assert_eq!(seen["data"][0]["id"], shown["id"]);
        let get = |medium: &Value| {
            let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
            server.request("GET", &target).key(&author).send().status
        };
        assert_eq!((get(&hidden), get(&shown)), (404, 200));
    }
}
