//! Clocks that are wrong, or were: order goes on from the log's end, while rules go by the time. And the time's work: one
//! article that cannot be released stops no other.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};

use chrono::DateTime;
use masthead::domain::access::Role;
use masthead::domain::time::{Clock, Timestamp};
use masthead::service::schedule::{hide_early, release_due};
use masthead::service::{Actor, ServiceError, commit};
use masthead::store::changes;
use serde_json::{Value, json};

use super::builders::Article;
use super::command::{masthead, run};
use super::database::Database;
use super::harness::TestServer;
use super::postgres;
use super::process::{Process, new_key};

const HOUR: i64 = 3_600_000;

/// Writes a tag as a command does whose clock is eight hours ahead.
fn write_eight_hours_ahead(server: &TestServer) {
    let ahead = Clock::Manual(Arc::new(AtomicI64::new(server.now().millis() + 8 * HOUR)));
    commit(&server.app.store, &ahead, Actor::Import, |tx| {
        masthead::service::tags::ensure_tag(tx, "ahead").map(|_| ())
    })
    .unwrap_or_else(|error: ServiceError| panic!("{error}"));
    server.refresh();
}

fn in_an_hour(server: &TestServer) -> String {
    Timestamp::from_millis(server.now().millis() + HOUR).to_string()
}

fn post(server: &TestServer, key: &str, target: &str, content: &Value) -> (u16, Value) {
    let request = server.request("POST", target).key(key).json(content);
    let response = request.send();
    (response.status, response.json())
}

fn release(server: &TestServer) -> usize {
    let app = &server.app;
    let count = release_due(&app.store, &app.clock, &app.put_off).unwrap();
    server.refresh();
    count
}

api_test! {
    fn a_clock_that_was_wrong_once_opens_nothing_early_and_keeps_nothing_open(server) {
        let key = server.key(Role::Admin);
        server.article(Article::new("Before"));
        write_eight_hours_ahead(server);
        let at = in_an_hour(server);
        let embargoed = json!({"lang": "en", "title": "Embargoed", "status": "published", "embargo_until": at});
        let scheduled = json!({"lang": "en", "title": "Scheduled", "status": "scheduled", "publish_at": at});
        for content in [&embargoed, &scheduled] {
            let (status, made) = post(server, &key, "/api/articles", content);
            assert_eq!(status, 201, "{made}");
        }
        let made = post(server, &key, "/api/articles", &json!({"lang": "en", "title": "Now", "status": "published"})).1;
        assert_eq!(made["data"]["published_at"], server.now().to_string());
        release(server);
        assert_eq!(server.ok("/api/articles?sort=title").column("title"), ["Before", "Now"]);
        // A key that ends in an hour works until then, and a secret and a preview end when they were to.
        let (_, ending) = post(server, &key, "/api/keys", &json!({"name": "k", "role": "editor", "expires_at": at}));
        let (id, token) = (ending["data"]["id"].as_str().unwrap(), ending["data"]["key"].as_str().unwrap());
        let draft = post(server, token, "/api/articles", &json!({"lang": "en", "title": "Draft"}));
        assert_eq!(draft.0, 201, "{}", draft.1);
        let target = format!("/api/articles/{}", draft.1["data"]["id"].as_str().unwrap());
        let (status, preview) = post(server, &key, &format!("{target}/preview"), &json!({"expires_in": 600}));
        assert_eq!(status, 201, "{preview}");
        let preview = format!("{target}?preview={}", preview["data"]["token"].as_str().unwrap());
        let rotated = post(server, &key, &format!("/api/keys/{id}/rotate"), &json!({"overlap_seconds": 600}));
        assert_eq!(rotated.0, 200, "{}", rotated.1);
        assert_eq!((server.get(&preview).status, server.request("GET", "/api/articles").key(token).send().status), (200, 200));
        server.pass(700);
        assert_eq!((server.get(&preview).status, server.request("GET", "/api/articles").key(token).send().status), (404, 401));
        server.pass(3_000);
        release(server);
        assert_eq!(server.ok("/api/articles?sort=title").column("title"), ["Before", "Embargoed", "Now", "Scheduled"]);
    }

    fn order_goes_on_from_the_end_of_the_log_whatever_a_clock_said(server) {
        server.article(Article::new("Before"));
        write_eight_hours_ahead(server);
        let ahead = server.now().millis() + 8 * HOUR;
        server.article(Article::new("After"));
        let mut database = Database::open(&server.database);
        assert_eq!(database.number("SELECT max(at) AS n FROM changes"), ahead);
        assert_eq!(database.number("SELECT count(*) AS n FROM changes a JOIN changes b ON b.seq > a.seq AND b.at < a.at"), 0);
        assert_eq!(server.ok("/api/articles?sort=-updated_at").column("title"), ["After", "Before"]);
        // No answer says that it changed after it was sent.
        let list = server.ok("/api/articles");
        let modified = DateTime::parse_from_rfc2822(list.header("last-modified")).unwrap();
        assert_eq!(modified.timestamp_millis(), server.now().millis());
        let end = server.app.store.read(|c| changes::end_after(c, server.now())).unwrap();
        assert_eq!(end, Some(Timestamp::from_millis(ahead)));
        assert_eq!(server.ok("/health/ready").json()["clock"], "behind_log");
        server.pass(8 * 3_600);
        assert_eq!(server.ok("/health/ready").json()["clock"], "ok");
    }

    fn what_a_clock_ahead_released_is_hidden_until_its_time_comes(server) {
        let key = server.key(Role::Admin);
        server.article(Article::new("Before"));
        let at = in_an_hour(server);
        let embargoed = json!({"lang": "en", "title": "Embargoed", "status": "published", "embargo_until": at});
        let scheduled = json!({"lang": "en", "title": "Scheduled", "status": "scheduled", "publish_at": at});
        for content in [&embargoed, &scheduled] {
            let (status, made) = post(server, &key, "/api/articles", content);
            assert_eq!(status, 201, "{made}");
        }
        let app = &server.app;
        let ahead = Clock::Manual(Arc::new(AtomicI64::new(server.now().millis() + 8 * HOUR)));
        assert_eq!(release_due(&app.store, &ahead, &app.put_off).unwrap(), 2);
        server.refresh();
        assert_eq!(server.ok("/api/articles").column("title").len(), 3);
        assert_eq!(hide_early(&app.store, &app.clock).unwrap(), 2);
        server.refresh();
        assert_eq!(server.ok("/api/articles").column("title"), ["Before"]);
        assert_eq!(hide_early(&app.store, &app.clock).unwrap(), 0);
        server.pass(3_700);
        release(server);
        assert_eq!(server.ok("/api/articles?sort=title").column("title"), ["Before", "Embargoed", "Scheduled"]);
        assert_eq!(hide_early(&app.store, &app.clock).unwrap(), 0);
    }

    fn an_article_that_cannot_be_released_stops_no_other(server) {
        let broken = server.scheduled("Broken", 5);
        for n in 0..3 {
            server.scheduled(&format!("Good {n}"), 5);
        }
        let mut database = Database::open(&server.database);
        let details = database.texts(&format!("SELECT details AS t FROM articles WHERE id = '{broken}'"));
        database.run(&format!("UPDATE articles SET details = '{{' WHERE id = '{broken}'"));
        server.pass(6);
        release(server);
        let published = "articles WHERE status = 'published'";
        assert_eq!(database.count(published), 3);
        database.run(&format!("UPDATE articles SET details = '{}' WHERE id = '{broken}'", details[0]));
        assert_eq!(release(server), 0, "it is tried again later");
        server.pass(3_600);
        release(server);
        assert_eq!(database.count(published), 4);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases, or one story")]
fn a_node_whose_clock_is_eight_hours_ahead_lifts_no_embargo_on_any_node() {
    let Some(database) = postgres::new_database() else {
        return;
    };
    let Some(library) = faketime() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("e.ndjson"),
        "{\"type\":\"edition\",\"lang\":\"en\"}\n",
    )
    .unwrap();
    assert_eq!(
        run(&database, folder.path(), &["import", "e.ndjson"]).code,
        Some(0)
    );
    let key = new_key(&database, folder.path(), "editor");
    let right = Process::start(&database, folder.path());
    let mut ahead = masthead(&database, folder.path());
    ahead.env("LD_PRELOAD", library).env("FAKETIME", "+8h");
    let ahead = Process::start_as(ahead);
    let seconds =
        |n: i64| Timestamp::from_millis(Clock::System.now().millis() + n * 1_000).to_string();
    for (node, title) in [(&right, "Right"), (&ahead, "Ahead")] {
        for (what, at) in [
            ("embargo_until", seconds(3_600)),
            ("publish_at", seconds(3_600)),
            ("publish_at", seconds(3)),
        ] {
            let status = if what == "publish_at" {
                "scheduled"
            } else {
                "published"
            };
            let content = json!({"lang": "en", "title": title, "status": status, what: at});
            let response = node
                .request("POST", "/api/articles")
                .key(&key)
                .json(&content)
                .send();
            assert_eq!(response.status, 201, "{}", response.text());
        }
    }
    let titles = |node: &Process| {
        let list = node.request("GET", "/api/articles?sort=title").send();
        list.column("title")
    };
    // What is due comes on time on both, and nothing else does.
    let began = Instant::now();
    while titles(&right).len() < 2 || titles(&ahead).len() < 2 {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{:?}",
            titles(&right)
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(
        (titles(&right), titles(&ahead)),
        (
            vec!["Ahead".to_owned(), "Right".to_owned()],
            vec!["Ahead".to_owned(), "Right".to_owned()]
        )
    );
    let now = Clock::System.now().millis();
    let latest = Database::open(&database).number("SELECT max(at) AS n FROM changes");
    assert!(
        (now - 60_000..now + 60_000).contains(&latest),
        "the log is stamped by the database's clock"
    );
}

/// The library by which a process sees another time; `None` where it is not installed, which is told.
fn faketime() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten();
    let mut found = folders
        .filter_map(|folder| Some(folder.ok()?.path().join("faketime/libfaketime.so.1")))
        .filter(|library| library.exists());
    let found = found.next();
    let required = std::env::var("MASTHEAD_REQUIRE_FAKETIME").is_ok_and(|value| value == "1");
    assert!(
        found.is_some() || !required,
        "MASTHEAD_REQUIRE_FAKETIME=1, but libfaketime is not installed"
    );
    if found.is_none() {
        eprintln!(
            "\n**** NOT TESTED: a node whose clock is wrong, since libfaketime is not installed ****\n"
        );
    }
    found
}

#[test]
fn a_command_tells_that_the_log_ends_in_the_future() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/test.db", folder.path().display());
    std::fs::write(
        folder.path().join("e.ndjson"),
        "{\"type\":\"edition\",\"lang\":\"en\"}\n",
    )
    .unwrap();
    assert_eq!(
        run(&database, folder.path(), &["import", "e.ndjson"]).code,
        Some(0)
    );
    Database::open(&database).run("UPDATE changes SET at = at + 28800000");
    let mut command = masthead(&database, folder.path());
    let told = command
        .env("RUST_LOG", "warn")
        .args(["key", "list"])
        .output()
        .unwrap();
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(told.contains("the change log ends at"), "{told}");
}
