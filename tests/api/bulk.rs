//! Many writes in one request: in order, each alone, while lines still come.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use masthead::domain::access::Role;
use masthead::service::keys;
use serde_json::{Value, json};

use super::builders::Article;
use super::client::Response;
use super::harness::TestServer;

const NDJSON: &str = "application/x-ndjson";

/// A bulk under way: lines are written and results read as the test pleases.
struct Bulk {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
    rest: Vec<u8>,
}

impl Bulk {
    fn open(server: &TestServer, key: &str, more: &str) -> Self {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let head = format!(
            "POST /api/bulk HTTP/1.1\r\nhost: test\r\nauthorization: Bearer {key}\r\ncontent-type: {NDJSON}\r\n\
             transfer-encoding: chunked\r\nconnection: close\r\n{more}\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let reader = BufReader::new(stream.try_clone().unwrap());
        Self {
            stream,
            reader,
            rest: Vec::new(),
        }
    }

    fn send(&mut self, text: &str) {
        let chunk = format!("{:x}\r\n{text}\r\n", text.len());
        self.stream.write_all(chunk.as_bytes()).unwrap();
    }

    fn end(&mut self) {
        self.stream.write_all(b"0\r\n\r\n").unwrap();
    }

    fn head(&mut self) -> String {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(self.reader.read_line(&mut head).unwrap() > 0, "{head}");
        }
        head
    }

    /// The next result; `None` at the end.
    fn result(&mut self) -> Option<Value> {
        loop {
            if let Some(at) = self.rest.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=at).collect();
                return Some(serde_json::from_slice(&line).unwrap());
            }
            let mut size = String::new();
            self.reader.read_line(&mut size).unwrap();
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            let mut chunk = vec![0; size + 2];
            self.reader.read_exact(&mut chunk).unwrap();
            if size == 0 {
                assert!(self.rest.is_empty(), "the last line is whole");
                return None;
            }
            self.rest.extend_from_slice(&chunk[..size]);
        }
    }
}

pub(crate) fn bulk(
    server: &TestServer,
    key: &str,
    token: Option<&str>,
    lines: &[Value],
) -> Vec<Value> {
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    results(&send(server, key, token, &text.join("\n")))
}

fn send(server: &TestServer, key: &str, token: Option<&str>, content: &str) -> Response {
    let request = server
        .request("POST", "/api/bulk")
        .key(key)
        .content(NDJSON, content);
    match token {
        Some(token) => request.header("idempotency-key", token).send(),
        None => request.send(),
    }
}

/// The results, out of the chunks that they came in.
fn results(response: &Response) -> Vec<Value> {
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("content-type"), NDJSON);
    assert_eq!(response.header("cache-control"), "private, no-store");
    let text = unchunked(response);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The content of an answer that came in chunks.
pub(crate) fn unchunked(response: &Response) -> String {
    let (mut rest, mut text) = (response.body.as_slice(), Vec::new());
    while let Some(at) = rest.windows(2).position(|w| w == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..at]).unwrap(), 16).unwrap();
        text.extend_from_slice(&rest[at + 2..at + 2 + size]);
        rest = &rest[at + 4 + size..];
    }
    String::from_utf8(text).unwrap()
}

pub(crate) fn statuses(results: &[Value]) -> Vec<u64> {
    results
        .iter()
        .map(|result| result["status"].as_u64().unwrap())
        .collect()
}

fn create(title: &str) -> Value {
    json!({"op": "create", "data": {"lang": "en", "title": title}})
}

fn stored_titles(server: &TestServer, key: &str) -> Vec<String> {
    let read = server
        .request(
            "GET",
            "/api/articles?status=draft,published&sort=title&limit=100",
        )
        .key(key);
    read.send().column("title")
}

api_test! {
fn json_of_a_great_many_values_is_not_read(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let many = json!({"lang": "en", "title": "x", "z": vec![0; 300_000]});
    let told = bulk(server, &key, None, &[json!({"op": "create", "data": many}), json!({"op": "create", "data": {"lang": "en", "title": "x"}})]);
    assert_eq!(statuses(&told), [413, 201]);
    let alone = server.request("POST", "/api/articles").key(&key).json(&many).send();
    assert_eq!(alone.status, 413, "{}", alone.text());
    let words = json!({"lang": "en", "title": "x", "body": {"format": "text", "content": "[{,:\\\" ".repeat(100_000)}});
    assert_eq!(server.request("POST", "/api/articles").key(&key).json(&words).send().status, 201, "letters are no values");
}

fn each_line_is_answered_in_order_and_a_bad_one_harms_no_other(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let content = format!("{}\n{{broken\n\n{}\n{}\n[]\n{}\n{}", create("A"),
        json!({"op": "create", "data": {"lang": "en", "title": "B", "tags": ["Only here"], "authors": ["nobody"]}}),
        json!({"op": "fly"}), json!({"op": "update", "id": "no-such", "if_match": "*", "data": {}}), create("C"));
    let told = results(&send(server, &key, None, &content));
    assert_eq!(statuses(&told), [201, 400, 422, 422, 400, 404, 201]);
    let lines: Vec<u64> = told.iter().map(|result| result["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [1, 2, 4, 5, 6, 7, 8], "an empty line is counted and passed over");
    assert_eq!((&told[0]["version"], &told[0]["etag"]), (&json!(1), &json!("\"v1\"")));
    let problem = &told[2]["problem"];
    assert_eq!((&problem["code"], &problem["status"], &problem["errors"][0]["pointer"]),
        (&json!("invalid_content"), &json!(422), &json!("/data/authors/0")));
    assert_eq!(problem["instance"], "/api/bulk");
    assert_eq!(stored_titles(server, &key), ["A", "C", "First"]);
    assert_eq!(server.get("/api/tags/only-here").status, 404, "nothing of a refused line stays");
}

fn a_line_has_the_result_that_its_own_request_would_have(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let id = bulk(server, &key, None, &[create("Life")])[0]["id"].clone();
    let line = |op: &str, tag: Option<&str>, data: Option<Value>| {
        let mut line = json!({"op": op, "type": "article", "id": id, "if_match": tag});
        line["data"] = data.unwrap_or_default();
        line
    };
    let told = bulk(server, &key, None, &[
        line("update", None, Some(json!({"title": "x"}))),
        line("update", Some("v7"), Some(json!({"title": "x"}))),
        line("update", Some("v1"), Some(json!({"subtitle": "Sub"}))),
        line("update", Some("v1"), Some(json!({"subtitle": "Late"}))),
        line("replace", Some("\"v2\""), Some(json!({"lang": "en", "title": "Anew"}))),
        line("publish", None, None),
        line("unpublish", None, Some(json!({}))),
        line("withdraw", None, Some(json!({}))),
        line("withdraw", None, Some(json!({"reason": "privacy"}))),
        line("delete", None, None),
        line("delete", Some("*"), None),
        line("publish", Some("v1"), None),
    ]);
    assert_eq!(statuses(&told), [428, 412, 200, 412, 200, 200, 200, 422, 200, 428, 204, 412], "{told:?}");
    assert_eq!((&told[4]["version"], &told[10]["version"]), (&json!(3), &json!(6)));
    let gone = server.get(&format!("/api/articles/{}", id.as_str().unwrap()));
    assert_eq!((gone.status, &gone.json()["reason"]), (410, &json!("privacy")),
        "what was public for the length of a line was public");
    let versions = server.request("GET", &format!("/api/articles/{}/revisions", id.as_str().unwrap())).key(&key).send();
    assert_eq!(versions.json()["data"].as_array().unwrap().len(), 6);
}

fn a_line_needs_the_right_that_its_own_request_would_need(server) {
    server.article(Article::new("First"));
    let (author, partner) = (server.key(Role::Author), server.key(Role::Partner));
    let published = json!({"op": "create", "data": {"lang": "en", "title": "Live", "status": "published"}});
    let told = bulk(server, &author, None, &[
        create("Mine"), published, json!({"op": "publish", "id": "first"}),
        json!({"op": "update", "id": "first", "if_match": "*", "data": {"title": "Theirs"}}),
    ]);
    assert_eq!(statuses(&told), [201, 403, 403, 403]);
    assert_eq!(send(server, &partner, None, "").status, 403);
    let keyless = server.request("POST", "/api/bulk").content(NDJSON, "").send();
    assert_eq!(keyless.status, 401);
    let editor = server.key(Role::Editor);
    let other = server.request("POST", "/api/bulk").key(&editor);
    assert_eq!(other.content("text/plain", "{}").send().status, 415);
    let json_only = server.request("POST", "/api/bulk").key(&editor).header("accept", "application/json");
    assert_eq!(json_only.content(NDJSON, "").send().status, 406);
    assert_eq!(bulk(server, &editor, None, &[]), Vec::<Value>::new());
}

fn results_come_while_lines_are_still_to_be_written(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let mut bulk = Bulk::open(server, &key, "");
    for n in 1..=5 {
        bulk.send(&format!("{}\n", create(&format!("Line {n}"))));
        if n == 1 {
            assert!(bulk.head().starts_with("HTTP/1.1 200"));
        }
        let result = bulk.result().unwrap();
        assert_eq!((&result["line"], &result["status"]), (&json!(n), &json!(201)));
        let target = format!("/api/articles/{}", result["id"].as_str().unwrap());
        let read = server.request("GET", &target).key(&key).send();
        assert_eq!(read.status, 200, "what is answered is written");
    }
    bulk.send("{\"op\":\"create\",\"data\":{\"lang\":\"en\",");
    bulk.send("\"title\":\"In parts\"}}");
    bulk.end();
    assert_eq!(bulk.result().unwrap()["status"], 201);
    assert_eq!(bulk.result(), None);
}

fn a_connection_that_breaks_off_leaves_what_was_answered_and_no_half_line(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let mut broken = Bulk::open(server, &key, "idempotency-key: again\r\n");
    broken.send(&format!("{}\n", create("One")));
    broken.head();
    let first = broken.result().unwrap();
    broken.send(&create("Two").to_string());
    drop(broken);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(stored_titles(server, &key), ["First", "One"]);
    let told = bulk(server, &key, Some("again"), &[create("One"), create("Two")]);
    assert_eq!((&told[0]["id"], &told[0]["replayed"]), (&first["id"], &json!(true)));
    assert_eq!((statuses(&told), told[1].get("replayed")), (vec![201, 201], None));
    assert_eq!(stored_titles(server, &key), ["First", "One", "Two"]);
}

fn a_line_that_is_sent_again_is_known_by_its_key_or_by_its_number(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let named = |title: &str| json!({"op": "create", "idempotency_key": "n", "data": {"lang": "en", "title": title}});
    let first = bulk(server, &key, Some("t"), &[create("A"), named("B"), json!({"op": "fly"})]);
    assert_eq!(statuses(&first), [201, 201, 422]);
    let again = bulk(server, &key, Some("t"), &[create("A"), named("B"), create("C")]);
    assert_eq!(statuses(&again), [201, 201, 201], "a line that was refused may be mended");
    assert_eq!((&again[0]["id"], &again[1]["id"]), (&first[0]["id"], &first[1]["id"]));
    let other = bulk(server, &key, Some("t"), &[create("X"), named("B")]);
    assert_eq!((statuses(&other), &other[0]["problem"]["code"]), (vec![422, 201], &json!("idempotency_key_reused")));
    let moved = bulk(server, &key, None, &[named("B"), named("B")]);
    assert_eq!((&moved[0]["id"], &moved[1]["id"]), (&first[1]["id"], &first[1]["id"]), "its own key goes with the line");
    assert_eq!(stored_titles(server, &key), ["A", "B", "C", "First"]);
    let stranger = server.key(Role::Editor);
    assert_ne!(bulk(server, &stranger, Some("t"), &[create("A")])[0]["id"], first[0]["id"]);
}

fn a_key_that_is_revoked_meanwhile_writes_no_more(server) {
    server.article(Article::new("First"));
    let (key, id) = server.key_within(Role::Editor, Default::default());
    let mut bulk = Bulk::open(server, &key, "");
    bulk.send(&format!("{}\n", create("Before")));
    bulk.head();
    assert_eq!(bulk.result().unwrap()["status"], 201);
    keys::revoke_key(&server.app.store, &server.app.clock, id).unwrap();
    bulk.send(&format!("{}\n", create("After")));
    let refused = bulk.result().unwrap();
    assert_eq!((&refused["status"], &refused["problem"]["code"]), (&json!(401), &json!("invalid_key")));
}

fn lines_of_one_bulk_build_on_each_other_also_after_one_that_failed(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let tagged = |title: &str, author: &[&str]| json!({"op": "create",
        "data": {"lang": "en", "title": title, "tags": ["Fresh", title], "authors": author, "status": "published"}});
    let told = bulk(server, &key, None, &[
        tagged("One", &["nobody"]), tagged("Two", &[]), tagged("Three", &["nobody"]), tagged("Four", &[]),
        json!({"op": "update", "id": "two", "if_match": "v1", "data": {"subtitle": "x"}}),
    ]);
    assert_eq!(statuses(&told), [422, 201, 422, 201, 200]);
    let tag = server.ok("/api/tags/fresh?include=article_count").json();
    assert_eq!(tag["data"]["article_count"], 2);
    let listed = server.ok("/api/articles?tag=fresh&count=exact&sort=title");
    assert_eq!((listed.column("title"), &listed.json()["meta"]["total"]), (vec!["Four".to_owned(), "Two".to_owned()], &json!(2)));
    assert_eq!(server.get("/api/tags/one").status, 404);
}
}

#[test]
fn a_long_stream_is_no_long_request_and_a_long_line_is_refused_alone() {
    let server = TestServer::on_sqlite();
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let long = format!(
        "{{\"op\":\"create\",\"data\":\"{}\"}}",
        "x".repeat(10 * 1024 * 1024)
    );
    let content = format!(
        "{}\n{long}\n{}\n{}",
        create("A"),
        create("B"),
        " ".repeat(1024 * 1024)
    );
    let told = results(&send(&server, &key, None, &content));
    assert_eq!(statuses(&told), [201, 413, 201]);
    assert_eq!(told[1]["problem"]["code"], "content_too_large");
    let elsewhere = server.request("POST", "/api/articles").key(&key);
    assert_eq!(
        elsewhere.content("application/json", content).send().status,
        413
    );
}

#[test]
fn a_stream_lasts_longer_than_a_request_may_and_ends_where_nothing_comes() {
    let server = TestServer::on_sqlite_with(|config| config.request_timeout_seconds = 1);
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let mut bulk = Bulk::open(&server, &key, "");
    for n in 0..5 {
        bulk.send(&format!("{}\n", create(&format!("Line {n}"))));
        if n == 0 {
            bulk.head();
        }
        assert_eq!(bulk.result().unwrap()["status"], 201);
        std::thread::sleep(Duration::from_millis(400));
    }
    let silent = bulk.result().unwrap();
    assert_eq!(
        (&silent["line"], &silent["problem"]["code"]),
        (&json!(6), &json!("timed_out"))
    );
    assert_eq!(bulk.result(), None);
}

#[test]
fn a_client_that_does_not_read_stops_the_writing() {
    let server = TestServer::on_sqlite();
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let mut bulk = Bulk::open(&server, &key, "");
    bulk.stream
        .set_write_timeout(Some(Duration::from_secs(3)))
        .unwrap();
    // Lines that are refused quickly, with answers that are longer than they are.
    let lines = "{\"op\":\"fly\"}\n".repeat(5_000);
    let chunk = format!("{:x}\r\n{lines}\r\n", lines.len());
    let mut written = 0_usize;
    while written < 200 && bulk.stream.write_all(chunk.as_bytes()).is_ok() {
        written += 1;
    }
    assert!(
        written < 200,
        "a million lines were taken in although nobody reads the answers"
    );
    assert_eq!(server.get("/health/live").status, 200);
}
