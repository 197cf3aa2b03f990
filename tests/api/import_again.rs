//! Archives that come again while editors work on what came before.

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::harness::TestServer;
use super::imports::Told;

fn record(id: &str, text: &str) -> Value {
    json!({"id": id, "lang": "en", "title": format!("Story {id}"), "status": "published", "published_at": "2020-01-01", "body_paragraphs": [text]})
}

fn codes(told: &Told) -> Vec<&str> {
    let lines = told.lines.iter().filter_map(|line| line["code"].as_str());
    lines.collect()
}

impl TestServer {
    fn asked(&self, key: &str, method: &str, path: &str, content: &Value) -> Value {
        let answer = self
            .request(method, path)
            .key(key)
            .header("If-Match", "*")
            .json(content)
            .send();
        assert!(
            answer.status < 300,
            "{method} {path}: {} {}",
            answer.status,
            answer.text()
        );
        answer.json()
    }
}

api_test! {
    fn an_archive_that_comes_again_brings_back_nothing_that_editors_hid(server) {
        let key = server.key(Role::Editor);
        let names = ["withdrawn", "unpublished", "embargoed", "put-off"];
        server.import(&names.map(|name| record(name, "one")));
        let address = |name: &str| format!("/api/articles/story-{name}");
        server.asked(&key, "POST", &format!("{}/withdraw", address("withdrawn")), &json!({"reason": "legal"}));
        server.asked(&key, "POST", &format!("{}/unpublish", address("unpublished")), &json!({}));
        server.asked(&key, "PATCH", &address("embargoed"), &json!({"embargo_until": "2999-01-01T00:00:00Z"}));
        server.asked(&key, "PATCH", &address("put-off"), &json!({"published_at": "2999-01-01T00:00:00Z"}));
        let statuses = |server: &TestServer| names.map(|name| server.get(&address(name)).status);
        assert_eq!(statuses(server), [410, 404, 404, 404]);
        for silent in [false, true] {
            let records = names.map(|name| {
                let mut record = record(name, if silent { "three" } else { "two" });
                if silent {
                    record.as_object_mut().unwrap().remove("status");
                }
                record
            });
            let told = server.import(&records);
            assert_eq!(statuses(server), [410, 404, 404, 404], "{:?}", told.lines);
            if !silent {
                assert_eq!(codes(&told).iter().filter(|code| **code == "kept_hidden").count(), 4, "{:?}", told.lines);
            }
        }
        let shown = server.request("GET", &address("unpublished")).key(&key).send().json();
        assert!(shown["data"]["body"]["content"].as_str().unwrap().contains("three"), "{shown}");
    }

    fn what_an_import_hid_an_import_can_show(server) {
        let mut draft = record("a", "one");
        draft["status"] = json!("draft");
        server.import(&[draft]);
        assert_eq!(server.get("/api/articles/story-a").status, 404);
        server.import(&[record("a", "two")]);
        assert_eq!(server.get("/api/articles/story-a").status, 200);
    }

    fn edits_that_an_import_replaces_and_languages_that_it_changes_are_told(server) {
        let key = server.key(Role::Editor);
        server.import(&[record("a", "one"), record("b", "one")]);
        server.asked(&key, "PATCH", "/api/articles/story-a", &json!({"subtitle": "Ours"}));
        let mut french = record("b", "deux");
        french["lang"] = json!("fr");
        let told = server.import(&[record("a", "two"), french]);
        assert_eq!(codes(&told), ["edit_replaced", "language_changed"]);
    }

    fn a_date_that_cannot_be_read_takes_nothing_down_and_no_public_article_is_without_one(server) {
        let key = server.key(Role::Editor);
        server.import(&[record("a", "one")]);
        for (n, date) in [json!("0000-00-00 00:00:00"), json!("soon"), Value::Null].into_iter().enumerate() {
            let mut undated = record("a", &format!("text {n}"));
            undated["published_at"] = date;
            server.import(&[undated]);
            let article = server.ok("/api/articles/story-a").json()["data"].clone();
            assert_eq!(article["published_at"], "2020-01-01T00:00:00Z");
        }
        server.asked(&key, "PATCH", "/api/articles/story-a", &json!({"published_at": null}));
        assert_eq!(server.ok("/api/articles/story-a").json()["data"]["published_at"], "2020-01-01T00:00:00Z");
        server.asked(&key, "PUT", "/api/articles/story-a", &json!({"lang": "en", "title": "Story a", "slug": "story-a", "status": "published"}));
        assert_eq!(server.ok("/api/articles/story-a").json()["data"]["published_at"], "2020-01-01T00:00:00Z");
    }

    fn fields_that_may_mean_to_hide_an_article_hide_it(server) {
        for (n, (name, value)) in [
            ("publishAt", json!("2030-01-01")), ("Status", json!("draft")), ("embargo", json!("2030-01-01")), ("draft", json!(true)),
            ("visibility", json!("members")), ("private", json!(1)), ("published", json!(false)), ("is_published", json!("0")), ("publishedAt", Value::Null),
            ("post_status", json!("draft")), ("embargo_date", json!("2099-01-01")), ("access", json!("paid")), ("withdrawn_at", json!("2021-01-01")),
        ].into_iter().enumerate() {
            let mut hidden = record(&format!("h{n}"), "one");
            hidden.as_object_mut().unwrap().remove("status");
            hidden[name] = value;
            let told = server.import(&[hidden]);
            assert_eq!(server.get(&format!("/api/articles/story-h{n}")).status, 404, "{name}");
            assert!(codes(&told).contains(&"made_draft"), "{name}: {:?}", told.lines);
        }
        for (n, (name, value)) in [("draft", json!(false)), ("visibility", json!("public")), ("state", json!("published")), ("is_draft", json!("false")), ("embargo", json!("2019-01-01")), ("desk", json!("metro"))].into_iter().enumerate() {
            let mut shown = record(&format!("s{n}"), "one");
            shown.as_object_mut().unwrap().remove("status");
            shown[name] = value;
            server.import(&[shown]);
            assert_eq!(server.get(&format!("/api/articles/story-s{n}")).status, 200, "{name}");
        }
    }

    fn tags_are_one_by_their_letters(server) {
        let key = server.key(Role::Editor);
        let of = |tags: Value| {
            let made = server.asked(&key, "POST", "/api/articles", &json!({"lang": "en", "title": "T", "tags": tags}));
            made["data"]["tags"][0].clone()
        };
        server.edition("en", "UTC");
        assert_eq!(of(json!(["Maße"])), of(json!(["maße"])), "case makes no difference");
        for (one, other) in [("Maße", "Masse"), ("Buße", "Busse"), ("ﬁre", "fire"), ("Straße", "STRASSE")] {
            assert_ne!(of(json!([one]))["slug"], of(json!([other]))["slug"], "{one} and {other}");
        }
    }

    fn a_slug_that_is_taken_is_told_of(server) {
        let key = server.key(Role::Editor);
        server.edition("en", "UTC");
        let write = |title: &str, slug: Option<&str>| {
            let mut content = json!({"lang": "en", "title": title});
            if let Some(slug) = slug {
                content["slug"] = json!(slug);
            }
            server.asked(&key, "POST", "/api/articles", &content)
        };
        assert_eq!(write("One", Some("same"))["meta"]["warnings"], json!([]));
        let second = write("Two", Some("same"));
        assert_eq!(second["data"]["slug"], "same-2");
        let warning = &second["meta"]["warnings"][0];
        assert_eq!((&warning["pointer"], &warning["code"]), (&json!("/slug"), &json!("slug_changed")));
        assert_eq!(write("Same", None)["meta"]["warnings"], json!([]), "nobody asked for a slug");
        let id = second["data"]["id"].as_str().unwrap();
        let patched = server.asked(&key, "PATCH", &format!("/api/articles/{id}"), &json!({"slug": "same"}));
        assert_eq!(patched["meta"]["warnings"].as_array().map(Vec::len), Some(usize::from(patched["data"]["slug"] != "same")));
    }

    fn a_slug_as_long_as_slugs_may_be_leads_on(server) {
        let key = server.key(Role::Editor);
        server.edition("zh", "UTC");
        let slug = "字".repeat(200);
        let made = server.asked(&key, "POST", "/api/articles", &json!({"lang": "zh", "title": "题", "slug": slug, "status": "published"}));
        let id = made["data"]["id"].as_str().unwrap();
        server.asked(&key, "PATCH", &format!("/api/articles/{id}"), &json!({"slug": "新".repeat(200)}));
        let encoded = "%E5%AD%97".repeat(200);
        assert_eq!(server.get(&format!("/api/articles/{encoded}?lang=zh")).status, 308);
    }

    fn a_key_for_repetition_may_have_blanks(server) {
        let key = server.key(Role::Editor);
        server.edition("en", "UTC");
        let post = |token: &str| {
            let request = server.request("POST", "/api/articles").key(&key).header("Idempotency-Key", token);
            request.json(&json!({"lang": "en", "title": "Once"})).send()
        };
        let (first, again) = (post("order 17 of May"), post("order 17 of May"));
        assert_eq!((first.status, again.status), (201, 201));
        assert_eq!(first.json()["data"]["id"], again.json()["data"]["id"]);
        assert_eq!(post("é").status, 400);
    }

    fn an_embed_by_the_address_of_oembed_stays(server) {
        let key = server.key(Role::Editor);
        server.edition("en", "UTC");
        let html = "<figure class=\"media\"><div data-oembed-url=\"https://vimeo.com/76979871\"></div></figure>";
        let made = server.asked(&key, "POST", "/api/articles", &json!({"lang": "en", "title": "T", "body": {"format": "html", "content": html}}));
        let body = made["data"]["body"]["content"].as_str().unwrap();
        assert!(body.contains("class=\"embed\"") && body.contains("https://vimeo.com/76979871"), "{body}");
    }
}
