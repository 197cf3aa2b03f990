//! Real faults of nodes and of PostgreSQL: a node that freezes in a write, a server that takes no writes, sessions that end,
//! a standby that takes over, a database that is away at the start.

mod frozen;
mod servers;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::Response;
use super::command::run;
use super::process::Process;

/// The longest that any write may wait, and a margin for a busy machine.
const LONGEST: Duration = Duration::from_secs(11);

fn edition(database: &str, folder: &std::path::Path) {
    let line = "{\"type\":\"edition\",\"lang\":\"en\"}\n";
    std::fs::write(folder.join("edition.ndjson"), line).unwrap();
    let imported = run(database, folder, &["import", "edition.ndjson"]);
    assert_eq!(imported.code, Some(0), "{}", imported.err);
}

fn post(process: &Process, key: &str, title: &str) -> Response {
    let content = json!({"lang": "en", "title": title, "status": "published"});
    let request = process.request("POST", "/api/articles").key(key);
    request.json(&content).send()
}

/// Posts until it is taken: every refusal before is a 503 with `Retry-After`, and none takes too long.
fn post_in_the_end(process: &Process, key: &str, title: &str, within: Duration) {
    let began = Instant::now();
    loop {
        let asked = Instant::now();
        let response = post(process, key, title);
        assert!(asked.elapsed() < LONGEST, "{:?}", asked.elapsed());
        if response.status == 201 {
            return;
        }
        assert_unavailable(&response);
        assert!(began.elapsed() < within, "{title}: still refused");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn assert_unavailable(response: &Response) {
    assert_eq!(
        (response.status, response.problem().as_str()),
        (503, "unavailable"),
        "{}",
        response.text()
    );
    assert!(response.header("retry-after").parse::<u64>().unwrap() > 0);
}

fn list(process: &Process) -> Vec<String> {
    let asked = Instant::now();
    let response = process
        .request("GET", "/api/articles?sort=title&limit=100")
        .send();
    assert_eq!(response.status, 200, "{}", response.text());
    assert!(asked.elapsed() < Duration::from_secs(3), "reads wait");
    response.column("title")
}

fn ready(process: &Process) -> (u16, Value) {
    let response = process.request("GET", "/health/ready").send();
    (response.status, response.json())
}

/// A part of the changes, and the cursor behind it.
fn changes(process: &Process, query: &str) -> (Value, String) {
    let target = format!("/api/changes{query}");
    let response = process.request("GET", &target).send();
    assert_eq!(response.status, 200, "{}", response.text());
    let part = response.json();
    let cursor = part["meta"]["next_cursor"].as_str().unwrap().to_owned();
    (part, cursor)
}
