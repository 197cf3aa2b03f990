//! Warnings: a write tells what of its body was changed or left out.

use masthead::domain::access::Role;
use serde_json::{Value, json};

use super::bulk::unchunked;
use super::client::Response;
use super::harness::TestServer;

/// The pointers and codes of an answer's warnings.
fn told(answer: &Value) -> Vec<(String, String)> {
    let warnings = answer["meta"]["warnings"].as_array().cloned();
    let word = |warning: &Value, name: &str| warning[name].as_str().unwrap_or_default().to_owned();
    let warnings = warnings.unwrap_or_default();
    let pair = |warning: &Value| (word(warning, "pointer"), word(warning, "code"));
    warnings.iter().map(pair).collect()
}

fn article(lang: &str, html: &str) -> Value {
    json!({"lang": lang, "title": "A title", "body": {"format": "html", "content": html}})
}

fn post(server: &TestServer, key: &str, content: &Value) -> Value {
    let response = server
        .request("POST", "/api/articles")
        .key(key)
        .json(content)
        .send();
    assert_eq!(response.status, 201, "{}", response.text());
    response.json()
}

fn changed(server: &TestServer, key: &str, method: &str, id: &str, content: &Value) -> Response {
    let target = format!("/api/articles/{id}");
    let request = server.request(method, &target).key(key).if_match("*");
    let response = request.json(content).send();
    assert_eq!(response.status, 200, "{}", response.text());
    response
}

const SPAN: &str = "<table><tr><td rowspan=2>a<td>b<tr><td>c</table><script>x()</script>";

fn expected(pointer: &str) -> Vec<(String, String)> {
    let codes = ["element_removed", "table_span_converted"];
    codes
        .map(|code| (pointer.to_owned(), code.to_owned()))
        .to_vec()
}

api_test! {
    fn front_matter_is_no_text_and_is_told(server) {
        server.article(super::builders::Article::new("First"));
        let key = server.key(Role::Editor);
        let text = "---\ntitle: x\nauthor: y\n---\n\nThe text.";
        let content = json!({"lang": "en", "title": "A title", "body": {"format": "markdown", "content": text}});
        let answer = post(server, &key, &content);
        assert_eq!(told(&answer), [("/body/content".to_owned(), "element_removed".to_owned())]);
        let id = answer["data"]["id"].as_str().unwrap();
        let shown = server.request("GET", &format!("/api/articles/{id}?body=text")).key(&key).send().json();
        assert_eq!(shown["data"]["body"]["content"], "The text.");
    }

fn every_write_tells_what_of_its_body_was_changed(server) {
    server.article(super::builders::Article::new("First"));
    let key = server.key(Role::Editor);
    let plain = post(server, &key, &article("en", "<p class=x>Plain <b>text</b></p>"));
    assert_eq!(plain["meta"], json!({"warnings": []}));
    let made = post(server, &key, &article("en", SPAN));
    assert_eq!(told(&made), expected("/body/content"));
    let detail = &made["meta"]["warnings"][0]["detail"];
    assert_eq!(detail, "<script> left out, once");
    let id = made["data"]["id"].as_str().unwrap();
    let patch = json!({"body": {"format": "html", "content": SPAN}});
    for (method, content) in [("PUT", article("en", SPAN)), ("PATCH", patch)] {
        let response = changed(server, &key, method, id, &content);
        assert_eq!(told(&response.json()), expected("/body/content"), "{method}");
    }
    let other = changed(server, &key, "PATCH", id, &json!({"subtitle": "Another"}));
    assert_eq!(told(&other.json()), []);
    let read = server.request("GET", &format!("/api/articles/{id}")).key(&key).send().json();
    assert_eq!(read.get("meta"), None, "a read has none");
}
}

api_test! {
fn each_line_of_a_bulk_tells_its_own(server) {
    server.article(super::builders::Article::new("First"));
    let key = server.key(Role::Editor);
    let line = |html: &str| json!({"op": "create", "data": article("en", html)}).to_string();
    let content = format!("{}\n{}\n", line(SPAN), line("<p>Plain</p>"));
    let request = server.request("POST", "/api/bulk").key(&key);
    let response = request.content("application/x-ndjson", content).send();
    let text = unchunked(&response);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told(&lines[0]), expected("/body/content"), "{text}");
    assert_eq!(lines[1].get("meta"), None, "{text}");
}
}

api_test! {
fn a_patch_quotes_as_the_language_of_its_article_does(server) {
    server.article(super::builders::Article::new("First").lang("fr"));
    let key = server.key(Role::Editor);
    let made = post(server, &key, &article("fr", "<p><q>un</q></p>"));
    let quoted = |word: &str| format!("<p>«\u{202f}{word}\u{202f}»</p>");
    assert_eq!(made["data"]["body"]["content"], quoted("un"));
    let id = made["data"]["id"].as_str().unwrap();
    let patch = json!({"body": {"content": "<p><q>deux</q></p>"}});
    let response = changed(server, &key, "PATCH", id, &patch);
    assert_eq!(response.json()["data"]["body"]["content"], quoted("deux"));
}
}
