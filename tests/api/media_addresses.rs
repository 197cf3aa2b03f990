//! Addresses of pictures and links in every form: absolute by the settings, never by the site's template.

use masthead::config::Config;
use masthead::domain::access::Role;
use masthead::domain::webhook::{Filter, WebhookContent};
use serde_json::{Value, json};

use super::harness::TestServer;
use super::media::{Form, photo, rendered};
use super::receiver::Receiver;

/// An article with a picture of this service, one of the site and one of others, in `media` and in the body.
struct Shown {
    id: String,
    /// The path of the picture of this service.
    path: String,
}

fn shown(server: &TestServer) -> Shown {
    server.edition_at("en", "https://site.example/{lang}/news/{slug}");
    let key = server.key(Role::Editor);
    let medium = rendered(server, &key, Form::default().file(&photo(700, 350, 77)));
    let url = medium["url"].as_str().unwrap();
    let path = url[url.find("/media/").unwrap()..].to_owned();
    let html = format!(
        "<p><a href=\"../about\">About</a> <a href=\"#note\">1</a> <a href=\"mailto:a@b.example\">b</a></p>\
         <figure><img src=\"{path}\" alt=\"ours\"></figure><figure><img src=\"pic.png\" alt=\"site's\"></figure>"
    );
    let content = json!({
        "lang": "en", "title": "Story", "status": "published", "body": {"format": "html", "content": html},
        "media": [{"id": medium["id"]}, {"url": "/photos/a.jpg"}, {"url": "https://others.example/b.png"}],
    });
    let made = server
        .request("POST", "/api/articles")
        .key(&key)
        .json(&content)
        .send();
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    Shown { id, path }
}

fn texts_of(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts_of(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| texts_of(value, found)),
        _ => {}
    }
}

/// Checks a form: pictures of this service below `base` only, and with `all` every link absolute.
fn check(text: &str, base: &str, path: &str, all: bool, what: &str) {
    assert!(text.contains(&format!("{base}{path}")), "{what}: {text}");
    for (at, _) in text.match_indices("/media/") {
        let before = &text[..at];
        assert!(
            before.ends_with(base),
            "{what}: {}",
            &text[at.saturating_sub(60)..at + 60]
        );
    }
    assert!(
        text.contains("https://others.example/b.png") || !all,
        "{what}"
    );
    let links = [
        "https://site.example/en/about",
        "https://site.example/en/news/story#note",
        "https://site.example/en/news/pic.png",
    ];
    for link in links {
        assert_eq!(text.contains(link), all, "{what}: {link} in {text}");
    }
}

#[expect(clippy::too_many_lines, reason = "one story")]
fn walk(settings: impl FnOnce(&mut Config), base: impl FnOnce(&TestServer) -> String) {
    let server = TestServer::on_sqlite_with(settings);
    let receiver = Receiver::start();
    server.webhook(WebhookContent {
        name: "Copy".to_owned(),
        url: receiver.url(),
        filter: Filter::default(),
        include_article: true,
        partner: None,
        enabled: true,
    });
    let (shown, base) = (shown(&server), base(&server));
    let own = format!("/api/articles/{}", shown.id);
    for form in ["html", "markdown", "blocks"] {
        let read = server.ok(&format!("{own}?body={form}"));
        check(read.text(), &base, &shown.path, false, form);
        let list = server.ok(&format!("/api/articles?body={form}"));
        check(list.text(), &base, &shown.path, false, form);
        let changes = server.ok(&format!("/api/changes?body={form}"));
        check(changes.text(), &base, &shown.path, true, "changes");
    }
    for target in [
        "/feeds/en/rss.xml",
        "/feeds/en/atom.xml",
        "/feeds/en/feed.json",
    ] {
        check(server.ok(target).text(), &base, &shown.path, true, target);
    }
    for target in [
        format!("{own}?format=ninjs"),
        "/api/articles?format=ninjs&include=body".to_owned(),
    ] {
        check(server.ok(&target).text(), &base, &shown.path, true, &target);
    }
    let linked = server.ok(&format!("{own}?format=jsonld"));
    assert!(
        linked
            .text()
            .contains(&format!("\"contentUrl\":\"{base}{}\"", shown.path)),
        "{}",
        linked.text()
    );
    let message = receiver.wait_for(1).remove(0);
    check(&message.body, &base, &shown.path, true, "webhook");
    let article = server.ok(&own).json();
    let picture = &article["data"]["media"][0];
    let (mut addresses, mut lists) = (Vec::new(), Vec::new());
    texts_of(&picture["renditions"], &mut addresses);
    texts_of(&picture["srcset"], &mut lists);
    addresses.extend(
        lists
            .iter()
            .flat_map(|list| list.split(", "))
            .map(str::to_owned),
    );
    let addresses: Vec<&String> = addresses
        .iter()
        .filter(|text| text.contains("/media/"))
        .collect();
    assert!(
        addresses.len() >= 8
            && addresses
                .iter()
                .all(|text| text.starts_with(&format!("{base}/media/")))
    );
}

#[test]
fn pictures_are_at_the_public_url_by_default() {
    walk(|_| {}, |server| format!("http://{}", server.address));
}

#[test]
fn a_path_of_the_public_url_and_a_prefix_are_kept() {
    let public = |config: &mut Config| config.public_url = Some("https://content".to_owned());
    walk(
        |config| {
            public(config);
            config.path_prefix = Some("/content".to_owned());
        },
        |_| "https://content/content".to_owned(),
    );
    walk(
        |config| config.public_url = Some("https://api.example/deep/content".to_owned()),
        |_| "https://api.example/deep/content".to_owned(),
    );
}

#[test]
fn a_setting_gives_media_an_address_of_their_own() {
    walk(
        |config| config.media_url = Some("https://cdn.example/p".to_owned()),
        |_| "https://cdn.example/p".to_owned(),
    );
}

api_test! {
    fn a_body_that_was_read_and_written_back_shows_the_same_picture(server) {
        let (shown, key) = (shown(server), server.key(Role::Editor));
        let own = format!("/api/articles/{}", shown.id);
        let read = server.ok(&own);
        let body = json!({"body": read.json()["data"]["body"]});
        let patch = server.request("PATCH", &own).key(&key).if_match(read.header("etag")).json(&body).send();
        assert_eq!(patch.status, 200, "{}", patch.text());
        assert_eq!(patch.json()["data"]["body"], read.json()["data"]["body"]);
        assert_eq!(server.ok(&own).json()["data"]["body"], read.json()["data"]["body"]);
    }

    fn a_picture_that_was_written_in_its_absolute_form_moves_with_the_service(server) {
        let (shown, key) = (shown(server), server.key(Role::Editor));
        let own = format!("/api/articles/{}", shown.id);
        let other = server.beside();
        let here = format!("http://{}{}", server.address, shown.path);
        let there = format!("http://{}{}", other.address, shown.path);
        assert_ne!(here, there);
        for form in ["html", "markdown", "blocks"] {
            let read = server.ok(&format!("{own}?body={form}"));
            assert!(read.text().contains(&here), "{}", read.text());
            let data = read.json()["data"].clone();
            let patch = json!({"body": data["body"], "media": [{"url": here}]});
            let patched = server.request("PATCH", &own).key(&key).if_match("*").json(&patch).send();
            assert_eq!(patched.status, 200, "{}", patched.text());
            for target in [own.as_str(), "/feeds/en/rss.xml", "/feeds/en/feed.json"] {
                let text = other.ok(target).text().to_owned();
                assert!(text.contains(&there) && !text.contains(&here), "{form}, {target}: {text}");
            }
        }
        let line = json!({"op": "update", "id": shown.id, "if_match": "*", "data": {
            "body": {"format": "html", "content": format!("<figure><img src=\"{here}\" alt=\"\"></figure>")},
        }});
        let request = server.request("POST", "/api/bulk").key(&key);
        let told = request.content("application/x-ndjson", format!("{line}\n")).send();
        assert_eq!(told.status, 200, "{}", told.text());
        let text = other.ok(&own).text().to_owned();
        assert!(text.contains(&there) && !text.contains(&here), "{text}");
    }

    fn feeds_tell_type_and_length_of_what_is_attached(server) {
        let shown = shown(server);
        let rendition = server.ok(&format!("/api/articles/{}", shown.id)).json()["data"]["media"][0]["renditions"].clone();
        let widest = rendition.as_array().unwrap().iter().rfind(|one| one["mime"] == "image/jpeg").unwrap().clone();
        let (url, bytes) = (widest["url"].as_str().unwrap(), widest["bytes"].as_u64().unwrap());
        assert_eq!(server.ok(url).body.len() as u64, bytes);
        let atom = server.ok("/feeds/en/atom.xml").text().to_owned();
        assert!(atom.contains(&format!("<link rel=\"enclosure\" href=\"{url}\" type=\"image/jpeg\" length=\"{bytes}\"/>")), "{atom}");
        assert!(atom.contains("href=\"https://site.example/photos/a.jpg\" type=\"image/jpeg\"/>"), "{atom}");
        let rss = server.ok("/feeds/en/rss.xml").text().to_owned();
        assert!(rss.contains(&format!("<enclosure url=\"{url}\" length=\"{bytes}\" type=\"image/jpeg\"/>")), "{rss}");
        let feed = server.ok("/feeds/en/feed.json").json();
        assert_eq!(feed["items"][0]["image"], url);
        assert_eq!(feed["items"][0]["attachments"][0], json!({"url": url, "mime_type": "image/jpeg", "size_in_bytes": bytes}));
    }

    fn feeds_tell_the_length_of_an_own_picture_that_is_named_by_its_address(server) {
        let (shown, key) = (shown(server), server.key(Role::Editor));
        let own = format!("/api/articles/{}", shown.id);
        let renditions = server.ok(&own).json()["data"]["media"][0]["renditions"].clone();
        let first = renditions.as_array().unwrap().iter().find(|one| one["mime"] == "image/jpeg").unwrap().clone();
        let (url, bytes) = (first["url"].as_str().unwrap(), first["bytes"].as_u64().unwrap());
        let patch = json!({"media": [{"url": url}, {"url": url.replace("-w", "-w9")}]});
        let patched = server.request("PATCH", &own).key(&key).if_match("*").json(&patch).send();
        assert_eq!(patched.status, 200, "{}", patched.text());
        let atom = server.ok("/feeds/en/atom.xml").text().to_owned();
        assert!(atom.contains(&format!("<link rel=\"enclosure\" href=\"{url}\" type=\"image/jpeg\" length=\"{bytes}\"/>")), "{atom}");
        let rss = server.ok("/feeds/en/rss.xml").text().to_owned();
        assert!(rss.contains(&format!("<enclosure url=\"{url}\" length=\"{bytes}\" type=\"image/jpeg\"/>")), "{rss}");
        let attachments = server.ok("/feeds/en/feed.json").json()["items"][0]["attachments"].clone();
        assert_eq!(attachments[0], json!({"url": url, "mime_type": "image/jpeg", "size_in_bytes": bytes}));
        assert_eq!(attachments[1]["size_in_bytes"], serde_json::Value::Null);
    }
}

api_test! {
    fn own_pictures_of_an_import_are_known_by_absolute_addresses(server) {
        let key = server.key(Role::Editor);
        let medium = rendered(server, &key, Form::default().file(&photo(700, 350, 78)));
        let url = medium["url"].as_str().unwrap();
        let path = &url[url.find("/media/").unwrap()..];
        assert_ne!(url, path);
        assert_eq!(server.get(path).status, 404);
        let told = server.import(&[json!({
            "id": "a", "title": "Story", "published_at": "2020-01-02T03:04:05Z",
            "body_html": format!("<figure><img src=\"{url}\" alt=\"ours\"></figure><p><a href=\"{url}\">large</a></p>"),
            "media": [{"url": url}, {"url": "https://others.example/media/b.png"}],
        })]);
        assert_eq!(told.summary.kinds["article"].created, 1);
        let exported = server.exported();
        assert!(!exported.contains(url), "{exported}");
        assert_eq!(exported.matches(path).count(), 3, "{exported}");
        assert!(exported.contains("https://others.example/media/b.png"));
        assert_eq!(server.get(path).status, 200, "an article shows it");
    }
}
