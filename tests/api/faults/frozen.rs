//! Nodes and commands that freeze while they write.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{LONGEST, assert_unavailable, edition, list, post, post_in_the_end, ready};
use crate::command::run;
use crate::consistency::assert_consistent;
use crate::database::Database;
use crate::postgres;
use crate::process::{Process, assert_partner_reads, new_key, new_partner};

/// Freezes a node that writes all the time at a moment when it holds the write lane.
fn freeze_in_a_write(process: &Process, database: &str) {
    let mut database = Database::open(database);
    for _ in 0..2_000 {
        process.freeze();
        std::thread::sleep(Duration::from_millis(20));
        let holders = database.number(
            "SELECT count(*) AS n FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid \
             WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database() \
             AND a.state LIKE 'idle in transaction%'",
        );
        if holders > 0 {
            return;
        }
        process.thaw();
        std::thread::sleep(Duration::from_millis(7));
    }
    panic!("the node was never met in a write");
}

#[test]
fn a_node_that_freezes_in_a_write_stops_no_other_for_long() {
    let Some(database) = postgres::new_database() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    edition(&database, folder.path());
    let key = new_key(&database, folder.path(), "admin");
    let other = new_key(&database, folder.path(), "editor");
    let partner = new_partner(&database, folder.path());
    let (one, two) = (
        Process::start(&database, folder.path()),
        Process::start(&database, folder.path()),
    );
    let (ended, acknowledged) = (AtomicBool::new(false), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0.. {
                let title = format!("One {n}");
                let response = post(&one, &key, &title);
                if response.status == 201 {
                    acknowledged.lock().unwrap().push(title);
                } else {
                    assert_unavailable(&response);
                }
                if ended.load(Ordering::SeqCst) {
                    return;
                }
            }
        });
        freeze_in_a_write(&one, &database);
        let began = Instant::now();
        let created = scope.spawn(|| new_key(&database, folder.path(), "author"));
        list(&two);
        assert_partner_reads(&two, &partner);
        assert_eq!(ready(&two).0, 200);
        post_in_the_end(&two, &key, "Two", LONGEST);
        created.join().unwrap();
        assert!(began.elapsed() < LONGEST, "{:?}", began.elapsed());
        eprintln!("writes went on after {:?}", began.elapsed());
        let keys = two.request("GET", "/api/keys?limit=100").key(&key).send();
        let id = keys.json()["data"][1]["id"].as_str().unwrap().to_owned();
        let revoked = two.request("DELETE", &format!("/api/keys/{id}")).key(&key);
        assert_eq!(revoked.send().status, 204);
        assert_eq!(post(&two, &other, "No").status, 401);
        ended.store(true, Ordering::SeqCst);
        one.thaw();
    });
    post_in_the_end(&one, &key, "Thawed", LONGEST);
    drop((one, two));
    let mut told = Database::open(&database);
    for title in acknowledged.into_inner().unwrap() {
        assert_eq!(told.count(&format!("articles WHERE title = '{title}'")), 1);
    }
    assert_consistent(&database);
}

/// Writes an import of 20,000 articles.
fn long_input(folder: &std::path::Path) {
    let lines: String = (0..20_000)
        .map(|n| format!("{{\"lang\":\"en\",\"title\":\"Line {n}\",\"id\":\"{n}\",\"published_at\":\"2024\"}}\n"))
        .collect();
    std::fs::write(folder.join("long.ndjson"), lines).unwrap();
}

/// Waits until an import is under way, and stops it.
fn stop_an_import(import: &Process, database: &str, signal: &str) {
    let began = Instant::now();
    while Database::open(database).count("articles") < 300 {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "the import never begins"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    import.signal(signal);
    std::thread::sleep(Duration::from_millis(500));
}

#[test]
fn an_import_that_is_suspended_holds_no_writes_up_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/test.db", folder.path().display());
    edition(&database, folder.path());
    let key = new_key(&database, folder.path(), "editor");
    let partner = new_partner(&database, folder.path());
    let node = Process::start(&database, folder.path());
    long_input(folder.path());
    let mut command = crate::command::masthead(&database, folder.path());
    command.args(["import", "long.ndjson"]);
    for _ in 0..2 {
        let import = Process::run(&mut command);
        stop_an_import(&import, &database, "-TSTP");
        assert_partner_reads(&node, &partner);
        for n in 0..5 {
            assert_eq!(post(&node, &key, &format!("Meanwhile {n}")).status, 201);
        }
    }
}

#[test]
fn an_import_that_goes_on_lets_other_writes_in_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/test.db", folder.path().display());
    edition(&database, folder.path());
    let key = new_key(&database, folder.path(), "editor");
    let node = Process::start(&database, folder.path());
    long_input(folder.path());
    let mut command = crate::command::masthead(&database, folder.path());
    command.args(["import", "long.ndjson"]);
    let _import = Process::run(&mut command);
    for n in 0..10 {
        assert_eq!(post(&node, &key, &format!("Meanwhile {n}")).status, 201);
    }
    let taken = Database::open(&database).count("articles");
    assert!(taken < 20_000, "the import had ended");
}

#[test]
fn writes_are_refused_in_time_and_reads_go_on_while_a_frozen_process_holds_the_lock_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/test.db", folder.path().display());
    edition(&database, folder.path());
    let key = new_key(&database, folder.path(), "editor");
    let partner = new_partner(&database, folder.path());
    let node = Process::start(&database, folder.path());
    post_in_the_end(&node, &key, "Before", LONGEST);
    let Database::Sqlite(mut holder) = Database::open(&database) else {
        return;
    };
    diesel::connection::SimpleConnection::batch_execute(&mut holder, "BEGIN IMMEDIATE").unwrap();
    let changes = |since: &str| {
        let asked = Instant::now();
        let request = node.request("GET", &format!("/api/changes{since}"));
        let response = request.key(&partner).send();
        assert!(
            asked.elapsed() < Duration::from_secs(4),
            "{:?}",
            asked.elapsed()
        );
        assert_eq!(response.status, 200, "{}", response.text());
        response.json()
    };
    let first = changes("");
    assert_eq!(first["data"].as_array().unwrap().len(), 1);
    let cursor = first["meta"]["next_cursor"].as_str().unwrap();
    changes(&format!("?since={cursor}"));
    assert_eq!(list(&node), ["Before"]);
    assert_eq!(ready(&node).1["writes"], "unavailable");
    let asked = Instant::now();
    assert_unavailable(&post(&node, &key, "Never"));
    assert!(asked.elapsed() < LONGEST, "{:?}", asked.elapsed());
    assert_eq!(
        run(&database, folder.path(), &["key", "list"]).code,
        Some(0)
    );
    diesel::connection::SimpleConnection::batch_execute(&mut holder, "ROLLBACK").unwrap();
    post_in_the_end(&node, &key, "After", LONGEST);
    // What was given meanwhile is recorded, and can be acknowledged.
    let content = json!({"cursor": cursor});
    let request = node.request("POST", "/api/changes/ack").key(&partner);
    let acknowledged = request.json(&content).send();
    assert_eq!(
        acknowledged.json()["data"]["acknowledged"],
        1,
        "{}",
        acknowledged.text()
    );
    let mut told = Database::open(&database);
    let began = Instant::now();
    while told.number("SELECT COALESCE(sum(used), 0) AS n FROM quota_use") == 0 {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "the quota is never noted"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}
