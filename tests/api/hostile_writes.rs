//! Hostile input through the doors that write: payloads are inert in what comes out, and strings that break software come
//! back as they went in, or are refused.

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::body::assert_harmless;
use super::builders::Article;
use super::client::Response;
use super::harness::TestServer;
use super::shared::shared;

/// The payloads of attacks, one a line.
pub(crate) fn payloads() -> Vec<String> {
    let text =
        shared("hostile/xss-payloads.txt").map(|path| std::fs::read_to_string(path).unwrap());
    let text = text.unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The strings that break software.
pub(crate) fn naughty_strings() -> Vec<String> {
    let text =
        shared("hostile/naughty-strings.json").map(|path| std::fs::read_to_string(path).unwrap());
    serde_json::from_str(&text.unwrap_or_else(|| "[]".to_owned())).unwrap()
}

fn post(server: &TestServer, key: &str, content: &Value) -> Response {
    let request = server.request("POST", "/api/articles").key(key);
    request.json(content).send()
}

fn edition(server: &TestServer) -> String {
    server.article(Article::new("First").author("Ann Lee"));
    server.key(Role::Editor)
}

/// White space at the edges goes; all else stays.
fn kept(text: &str) -> &str {
    text.trim()
}

fn assert_kept_or_refused(response: &Response, read: impl Fn(&Value) -> Value, text: &str) {
    match response.status {
        201 => {
            let found = read(&response.json()["data"]);
            let expected = match kept(text) {
                "" => Value::Null,
                kept => json!(kept),
            };
            assert_eq!(found, expected, "{text:?}");
        }
        422 => {}
        other => panic!("{other} for {text:?}: {}", response.text()),
    }
}

api_test! {
fn payloads_are_inert_in_every_form_of_an_article(server) {
    let key = edition(server);
    // Many at once: what one of them leaves open must not reach the next.
    for chunk in payloads().chunks(60) {
        for format in ["html", "markdown"] {
            let content = chunk.join("\n\n");
            let response = post(server, &key, &json!({
                "lang": "en", "title": chunk[0].chars().filter(|c| !c.is_control()).take(400).collect::<String>(),
                "body": {"format": format, "content": content}, "status": "published",
            }));
            if response.status == 422 {
                let told = response.json()["errors"][0]["code"].clone();
                assert!(told == "control_character" || told == "required", "{}", response.text());
                continue;
            }
            assert_eq!(response.status, 201, "{}", response.text());
            let id = response.json()["data"]["id"].as_str().unwrap().to_owned();
            let form = |name: &str| server.ok(&format!("/api/articles/{id}?body={name}")).json()["data"]["body"]["content"].clone();
            assert_harmless(form("html").as_str().unwrap(), &content);
            let markdown = form("markdown");
            let mut html = String::new();
            pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new_ext(markdown.as_str().unwrap(), pulldown_cmark::Options::all()));
            let again = masthead::domain::body::Body::from_html(&html).unwrap();
            assert_harmless(again.html(), &content);
            let blocks: Vec<masthead::domain::body::Block> = serde_json::from_value(form("blocks")).unwrap();
            let rebuilt = masthead::domain::body::Body::from_blocks(&blocks).unwrap();
            assert_eq!(rebuilt.html(), form("html").as_str().unwrap());
        }
    }
}

fn payloads_and_naughty_strings_in_plain_fields_are_letters_or_refused(server) {
    let key = edition(server);
    let texts = payloads().into_iter().step_by(11).chain(naughty_strings());
    for text in texts {
        let title = if kept(&text).is_empty() { "x" } else { &text };
        let mut content = json!({
            "lang": "en", "title": title, "subtitle": text, "summary": text, "dateline": text, "byline_raw": text,
            "rights": {"copyright": text, "licence": text, "attribution": text},
        });
        if !kept(&text).is_empty() {
            content["credits"] = json!([{"role": text, "name": text}]);
            content["notices"] = json!([{"kind": "correction", "text": text}]);
        }
        let response = post(server, &key, &content);
        for read in ["/subtitle", "/summary", "/dateline", "/byline_raw", "/rights/copyright", "/rights/attribution"] {
            assert_kept_or_refused(&response, |data| data.pointer(read).cloned().unwrap(), &text);
        }
        if response.status == 201 && title == text {
            for read in ["/title", "/credits/0/name", "/credits/0/role", "/notices/0/text"] {
                assert_kept_or_refused(&response, |data| data.pointer(read).cloned().unwrap(), &text);
            }
        }
    }
}

fn naughty_strings_where_something_else_belongs_are_refused(server) {
    let key = edition(server);
    for text in naughty_strings() {
        let content = json!({
            "lang": text, "title": "x", "slug": text, "section": text, "authors": [text], "source": text,
            "translation_of": text, "published_at": text, "publish_at": text, "status": text,
        });
        let response = post(server, &key, &content);
        assert_eq!(response.status, 422, "{text:?}: {}", response.text());
        let tag = json!({"lang": "en", "title": "x", "tags": [text], "body": {"format": "text", "content": text}});
        let response = post(server, &key, &tag);
        assert!(matches!(response.status, 201 | 422), "{text:?}: {}", response.text());
        let url = json!({"lang": "en", "title": "x", "canonical_url": text});
        let response = post(server, &key, &url);
        assert!(matches!(response.status, 201 | 422), "{text:?}: {}", response.text());
    }
}
}
