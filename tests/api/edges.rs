//! Values that may not get in at the edge: addresses that name a user, names that stand twice in an object, names that show nothing,
//! second addresses of one thing.

use masthead::domain::access::Role;
use masthead::domain::picture_size::PictureSize;
use serde_json::{Value, json};

use super::builders::Article;
use super::client::Response;
use super::harness::TestServer;
use super::media::{Form, photo, work_on};

fn pointers(response: &Response) -> Vec<String> {
    let json = response.json();
    let errors = json["errors"].as_array().cloned().unwrap_or_default();
    let pointer = |error: &Value| error["pointer"].as_str().unwrap_or_default().to_owned();
    errors.iter().map(pointer).collect()
}

fn raw(server: &TestServer, key: &str, method: &str, target: &str, content: &str) -> Response {
    let request = server.request(method, target).key(key);
    request.content("application/json", content).send()
}

api_test! {
    fn no_stored_address_names_a_user_or_hides_where_it_leads(server) {
        let key = server.key(Role::Admin);
        server.edition("en", "UTC");
        for address in ["https://user:password@example.org/", "//bank.example@example.org/a", "https://x.example/\"><b>", "https://x.example/\u{202e}gpj"] {
            let article = |field: &str, value: Value| json!({"lang": "en", "title": "A", field: value});
            let edition = |field: &str, value: Value| json!({"name": "English", field: value});
            for (method, target, content, pointer) in [
                ("POST", "/api/articles", article("canonical_url", json!(address)), "/canonical_url"),
                ("POST", "/api/articles", article("media", json!([{"url": address}])), "/media/0/url"),
                ("POST", "/api/articles", article("original", json!({"url": address})), "/original/url"),
                ("POST", "/api/authors", json!({"name": "A", "url": address}), "/url"),
                ("POST", "/api/sources", json!({"name": "A", "url": address}), "/url"),
                ("PUT", "/api/editions/de", edition("navigation", json!([{"label": "A", "url": address}])), "/navigation/0/url"),
                ("PUT", "/api/editions/it", edition("home_path", json!(format!("/{address}"))), "/home_path"),
                ("PUT", "/api/editions/es", edition("url_template", json!(format!("{address}{{slug}}"))), "/url_template"),
            ] {
                if pointer == "/home_path" && !address.contains(['"', '\u{202e}']) {
                    continue;
                }
                let response = server.request(method, target).key(&key).json(&content).send();
                assert_eq!((response.status, pointers(&response)), (422, vec![pointer.to_owned()]), "{content}");
            }
        }
        let body = json!({"format": "html", "content": "<p><a href=\"https://user:password@example.org/\">a</a></p>"});
        let written = server.request("POST", "/api/articles").key(&key).json(&json!({"lang": "en", "title": "A", "body": body})).send();
        assert_eq!(written.json()["data"]["body"]["content"], "<p>a</p>");
        assert_eq!(written.json()["meta"]["warnings"][0]["code"], "link_removed");
    }

    fn an_object_that_has_a_name_twice_is_refused_with_its_pointer(server) {
        let key = server.key(Role::Editor);
        let twice = r#"{"lang": "en", "title": "A", "rights": {"licence": "x", "licence": "y"}, "title": "B"}"#;
        let refused = raw(server, &key, "POST", "/api/articles", twice);
        assert_eq!((refused.status, pointers(&refused)), (422, vec!["/rights/licence".to_owned(), "/title".to_owned()]));
        let id = server.article(Article::new("Kept"));
        let patch = server.request("PATCH", &format!("/api/articles/{id}")).key(&key).if_match("*");
        let refused = patch.content("application/merge-patch+json", r#"{"title": "A", "t\u0069tle": "B"}"#).send();
        assert_eq!((refused.status, pointers(&refused)), (422, vec!["/title".to_owned()]));
        let lines = [
            r#"{"op": "create", "type": "tag", "data": {"name": "One", "name": "Two"}}"#,
            r#"{"op": "create", "type": "tag", "data": {"name": "Three"}}"#,
        ];
        let bulk = server.request("POST", "/api/bulk").key(&key).content("application/x-ndjson", lines.join("\n")).send();
        // The answer comes in chunks, each behind its length.
        let lines = bulk.text().lines().filter(|line| line.starts_with('{'));
        let results: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(results[0]["status"], 422, "{}", bulk.text());
        assert!(bulk.text().contains("/data/name"), "{}", bulk.text());
        assert_eq!(results[1]["status"], 201, "{}", bulk.text());
    }

    fn an_asterisk_beside_other_tags_names_no_version(server) {
        let key = server.key(Role::Editor);
        let target = format!("/api/articles/{}", server.article(Article::new("A")));
        let patch = |tag: &str| {
            let request = server.request("PATCH", &target).key(&key).if_match(tag);
            request.json(&json!({"title": "B"})).send().status
        };
        assert_eq!([patch("*, \"v9\""), patch("\"v1\", *"), patch("*,*"), patch("*")], [412, 412, 412, 200]);
    }

    fn a_name_of_marks_and_what_shows_nothing_is_none(server) {
        let key = server.key(Role::Editor);
        for name in ["\u{301}", "\u{200b}\u{20dd}", "\u{2800}\u{fe0f}"] {
            for plural in ["authors", "sources", "tags"] {
                let response = server.request("POST", &format!("/api/{plural}")).key(&key).json(&json!({"name": name})).send();
                assert_eq!((response.status, pointers(&response)), (422, vec!["/name".to_owned()]), "{plural} {name:?}");
            }
            let article = json!({"lang": "en", "title": "A", "tags": [name]});
            assert_eq!(server.request("POST", "/api/articles").key(&key).json(&article).send().status, 422, "{name:?}");
        }
    }

    fn a_number_in_a_path_is_written_in_one_way(server) {
        let id = server.article(Article::new("A"));
        let key = server.key(Role::Editor);
        let status = |target: String| server.request("GET", &target).key(&key).send().status;
        for (number, wanted) in [("1", 200), ("01", 404), ("+1", 404), ("0", 404)] {
            assert_eq!(status(format!("/sitemaps/en-{number}.xml")), wanted, "{number}");
            assert_eq!(status(format!("/api/articles/{id}/revisions/{number}")), wanted, "{number}");
        }
    }

    fn nothing_changed_after_the_date_of_its_answer(server) {
        let key = server.key(Role::Editor);
        // The log's clock stands a day ahead of this machine's, by which Date is made.
        let ahead = chrono::Utc::now().timestamp() + 86_400 - server.now().millis() / 1_000;
        server.pass(ahead);
        let id = server.article(Article::new("A"));
        let target = format!("/api/articles/{id}");
        let write = server.request("PATCH", &target).key(&key).if_match("*").json(&json!({"title": "B"})).send();
        let answers = [write, server.get(&target), server.get("/api/articles"), server.get("/feeds/en/rss.xml")];
        for answer in &answers {
            let at = |name: &str| chrono::DateTime::parse_from_rfc2822(answer.header(name)).unwrap();
            assert!(at("last-modified") <= at("date"), "{} {}", answer.header("last-modified"), answer.header("date"));
        }
    }

    fn a_small_picture_waits_for_no_large_one(server) {
        let key = server.key(Role::Editor);
        let large = server.app.media.lanes.of(PictureSize::Large).try_lock_owned().unwrap();
        let sent = Form::default().file(&photo(40, 30, 7)).send(server, &key);
        assert_eq!(sent.status, 201, "{}", sent.text());
        work_on(server, &server.app.clock, &[PictureSize::Small]);
        let own = format!("/api/media/{}", sent.json()["data"]["id"].as_str().unwrap());
        let medium = server.request("GET", &own).key(&key).send().json();
        assert_eq!(medium["data"]["state"], "ready");
        drop(large);
    }
}
