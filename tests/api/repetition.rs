//! Requests that are sent again after the rights of their key have changed: what was answered then is not shown again.

use masthead::domain::access::{Limits, Role};
use masthead::domain::id::Id;
use serde_json::{Value, json};

use super::builders::{Article, lang};
use super::bulk::{bulk, statuses};
use super::client::Response;
use super::harness::TestServer;

fn post(server: &TestServer, key: &str) -> Response {
    let content = json!({"lang": "en", "title": "Secret", "body": {"format": "text", "content": "Of the English desk"}});
    let request = server.request("POST", "/api/articles").key(key);
    request.header("idempotency-key", "t").json(&content).send()
}

fn limit(server: &TestServer, admin: &str, id: Id, limits: &Value) {
    let request = server
        .request("PATCH", &format!("/api/keys/{id}"))
        .key(admin);
    let response = request.if_match("*").json(limits).send();
    assert_eq!(response.status, 200, "{}", response.text());
}

api_test! {
fn an_answer_is_not_given_again_to_a_key_whose_rights_were_narrowed(server) {
    server.article(Article::new("First"));
    server.article(Article::new("Premier").lang("fr"));
    let (admin, (key, id)) = (server.key(Role::Admin), server.key_within(Role::Editor, Limits::default()));
    let first = post(server, &key);
    assert_eq!((first.status, post(server, &key).header("idempotency-replayed")), (201, "true"));
    limit(server, &admin, id, &json!({"name": "Renamed"}));
    assert_eq!(post(server, &key).body, first.body, "a name is no right");
    limit(server, &admin, id, &json!({"langs": ["fr"]}));
    let refused = post(server, &key);
    assert_eq!((refused.status, refused.json()["code"].clone()), (409, json!("conflict")));
    assert!(!refused.text().contains("Secret") && !refused.text().contains("English desk"));
    assert_eq!(refused.header("idempotency-replayed"), "");
    limit(server, &admin, id, &json!({"langs": null}));
    assert_eq!(post(server, &key).body, first.body, "with the rights of then, the answer of then");
}

fn a_key_that_was_revoked_while_its_content_came_writes_nothing(server) {
    use std::io::{Read, Write};
    let (admin, (key, id)) = (server.key(Role::Admin), server.key_within(Role::Admin, Limits::default()));
    let content = json!({"name": "Back door", "role": "admin"}).to_string();
    let head = format!(
        "POST /api/keys HTTP/1.1\r\nhost: t\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        content.len()
    );
    let mut stream = std::net::TcpStream::connect(server.address).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&content.as_bytes()[..5]).unwrap();
    // The first part is there, and its key was looked up.
    std::thread::sleep(std::time::Duration::from_millis(200));
    let revoked = server.request("DELETE", &format!("/api/keys/{id}")).key(&admin).send();
    assert_eq!(revoked.status, 204, "{}", revoked.text());
    stream.write_all(&content.as_bytes()[5..]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(!server.request("GET", "/api/keys").key(&admin).send().text().contains("Back door"));
}

fn lines_are_not_answered_from_memory_after_a_key_was_narrowed(server) {
    server.article(Article::new("First"));
    server.article(Article::new("Premier").lang("fr"));
    let admin = server.key(Role::Admin);
    let english = Limits { langs: vec![lang("en"), lang("fr")], ..Limits::default() };
    let (key, id) = server.key_within(Role::Editor, english);
    let create = |lang: &str| json!({"op": "create", "data": {"lang": lang, "title": "Secret"}});
    let lines = [create("en"), json!({"op": "create", "idempotency_key": "own", "data": {"lang": "en", "title": "Own"}})];
    let first = bulk(server, &key, Some("t"), &lines);
    let again = bulk(server, &key, Some("t"), &lines);
    assert_eq!((statuses(&again), &again[0]["id"], &again[1]["replayed"]), (vec![201, 201], &first[0]["id"], &json!(true)));
    limit(server, &admin, id, &json!({"langs": ["fr"]}));
    let narrowed = bulk(server, &key, Some("t"), &[lines[0].clone(), lines[1].clone(), create("fr")]);
    assert_eq!(statuses(&narrowed), [409, 409, 201], "{narrowed:?}");
    assert!(narrowed[..2].iter().all(|line| line.get("id").is_none() && line["problem"]["code"] == "conflict"));
}
}
