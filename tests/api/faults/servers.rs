//! Servers of PostgreSQL that take no writes, end sessions, are replaced, or are away.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{LONGEST, assert_unavailable, changes, edition, list, post, post_in_the_end, ready};
use crate::command::run;
use crate::consistency::assert_consistent;
use crate::database::Database;
use crate::postgres::{self, Cluster};
use crate::process::{Process, new_key};

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
    let usage = node.request("GET", "/api/usage").key(&key).send();
    assert_eq!(usage.status, 200, "{}", usage.text());
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
