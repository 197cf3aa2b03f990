//! Real faults of nodes and of PostgreSQL: a node that freezes in a write, a server that takes no writes, sessions that end,
//! a standby that takes over, a database that is away at the start.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::Response;
use super::command::run;
use super::consistency::assert_consistent;
use super::database::Database;
use super::postgres::{self, Cluster};
use super::process::{Process, assert_partner_reads, new_key, new_partner};

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

#[test]
fn a_server_that_takes_no_writes_for_a_while_is_written_to_again_without_a_restart() {
    let Some(cluster) = Cluster::of_its_own() else {
        return;
    };
    let (folder, database) = (tempfile::tempdir().unwrap(), cluster.url("postgres"));
    edition(&database, folder.path());
    let key = new_key(&database, folder.path(), "editor");
    let node = Process::start(&database, folder.path());
    post_in_the_end(&node, &key, "Before", LONGEST);
    cluster.sql(&[
        "ALTER SYSTEM SET default_transaction_read_only = on",
        "SELECT pg_reload_conf()",
    ]);
    std::thread::sleep(Duration::from_millis(300));
    for n in 0..4 {
        let asked = Instant::now();
        assert_unavailable(&post(&node, &key, &format!("Never {n}")));
        assert!(asked.elapsed() < Duration::from_secs(2), "told at once");
    }
    assert_eq!(list(&node), ["Before"]);
    assert_eq!(
        ready(&node),
        (
            200,
            json!({"status": "ok", "writes": "unavailable", "clock": "ok", "search": "ok"})
        )
    );
    // A node starts as well, and serves what can be read.
    let second = Process::start(&database, folder.path());
    assert_eq!(list(&second), ["Before"]);
    assert_unavailable(&post(&second, &key, "Never"));
    let refused = run(
        &database,
        folder.path(),
        &["key", "create", "--name", "k", "--role", "author"],
    );
    assert_eq!(refused.code, Some(2), "{}", refused.err);
    cluster.sql(&[
        "SET default_transaction_read_only = off",
        "ALTER SYSTEM RESET default_transaction_read_only",
        "SELECT pg_reload_conf()",
    ]);
    post_in_the_end(&node, &key, "Back", Duration::from_secs(3));
    post_in_the_end(&second, &key, "Too", Duration::from_secs(3));
    assert_eq!(list(&node), ["Back", "Before", "Too"]);
    let began = Instant::now();
    while ready(&node)
        != (
            200,
            json!({"status": "ok", "writes": "ok", "clock": "ok", "search": "ok"}),
        )
    {
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{:?}",
            ready(&node)
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn sessions_that_the_server_ends_are_replaced_while_writers_work() {
    let Some(database) = postgres::new_database() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    edition(&database, folder.path());
    let key = new_key(&database, folder.path(), "editor");
    let node = Process::start(&database, folder.path());
    let acknowledged = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for writer in 0..3 {
            let (node, key, acknowledged) = (&node, &key, &acknowledged);
            scope.spawn(move || {
                for n in 0..20 {
                    let title = format!("{writer} {n}");
                    let response = post(node, key, &title);
                    match response.status {
                        201 => acknowledged.lock().unwrap().push(title),
                        _ => assert_unavailable(&response),
                    }
                    let read = node.request("GET", "/api/articles").send();
                    if read.status != 200 {
                        assert_unavailable(&read);
                    }
                }
            });
        }
        for _ in 0..10 {
            std::thread::sleep(Duration::from_millis(100));
            postgres::end_sessions(&database);
        }
    });
    post_in_the_end(&node, &key, "After", LONGEST);
    drop(node);
    let mut told = Database::open(&database);
    for title in acknowledged.into_inner().unwrap() {
        assert_eq!(told.count(&format!("articles WHERE title = '{title}'")), 1);
    }
    assert_consistent(&database);
}

#[test]
fn a_standby_that_takes_over_is_written_to_without_a_restart() {
    let Some(mut cluster) = Cluster::of_its_own() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let first = cluster.url("postgres");
    edition(&first, folder.path());
    let key = new_key(&first, folder.path(), "editor");
    cluster.add_standby();
    let both = cluster.url_of_both("postgres");
    let node = Process::start(&both, folder.path());
    post_in_the_end(&node, &key, "Copied", LONGEST);
    let standby = cluster.url_of_standby("postgres");
    wait_for("articles", 1, &standby);
    // A node that knows the standby alone serves reads, and tells that it takes no writes.
    let reader = Process::start(&standby, folder.path());
    assert_eq!(list(&reader), ["Copied"]);
    assert_unavailable(&post(&reader, &key, "Never"));
    // What is written while it follows no longer is lost with the first server.
    Database::open(&standby).run("ALTER SYSTEM SET primary_conninfo = ''");
    Database::open(&standby).run("SELECT pg_reload_conf()");
    std::thread::sleep(Duration::from_millis(500));
    post_in_the_end(&node, &key, "Lost", LONGEST);
    let (_, ahead) = changes(&node, "");
    cluster.sh("pg_ctl -D \"$D/data\" -m immediate -w stop");
    let asked = Instant::now();
    assert_unavailable(&post(&node, &key, "Between"));
    assert!(asked.elapsed() < LONGEST);
    cluster.sh("pg_ctl -D \"$D/data-b\" -w promote");
    post_in_the_end(&node, &key, "After", Duration::from_secs(10));
    post_in_the_end(&reader, &key, "Also", Duration::from_secs(10));
    let titles = list(&node);
    assert!(titles.contains(&"After".to_owned()) && titles.contains(&"Also".to_owned()));
    assert!(titles.contains(&"Copied".to_owned()) && !titles.contains(&"Lost".to_owned()));
    // A copy that was told of what is lost is told everything anew.
    let (told, _) = changes(&node, &format!("?since={ahead}"));
    assert_eq!(told["meta"]["reset"], true, "{told}");
    let rows = told["data"].as_array().unwrap();
    let mut copied: Vec<&Value> = rows.iter().map(|row| &row["article"]["title"]).collect();
    copied.sort_by_key(|title| title.as_str());
    assert_eq!(copied, ["After", "Also", "Copied"]);
    drop((node, reader));
    assert_consistent(&standby);
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

fn wait_for(rows: &str, count: i64, database: &str) {
    let began = Instant::now();
    while Database::open(database).count(rows) < count {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{rows} never come"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_node_that_starts_while_the_database_is_away_says_so_soon_and_starts_when_it_is_back() {
    let Some(mut cluster) = Cluster::of_its_own() else {
        return;
    };
    let (folder, database) = (tempfile::tempdir().unwrap(), cluster.url("postgres"));
    edition(&database, folder.path());
    let key = new_key(&database, folder.path(), "editor");
    cluster.sh("pg_ctl -D \"$D/data\" -m fast -w stop");
    let asked = Instant::now();
    let ended = run(
        &database,
        folder.path(),
        &["serve", "--bind", "127.0.0.1:0"],
    );
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    assert!(
        ended
            .err
            .starts_with("masthead: the database is not available")
    );
    assert!(asked.elapsed() < LONGEST, "{:?}", asked.elapsed());
    cluster.sh("pg_ctl -D \"$D/data\" -w -l \"$D/log\" start");
    let node = Process::start(&database, folder.path());
    post_in_the_end(&node, &key, "Here", LONGEST);
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
    let mut command = super::command::masthead(&database, folder.path());
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
    let mut command = super::command::masthead(&database, folder.path());
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
