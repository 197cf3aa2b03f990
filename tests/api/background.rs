//! The work beside the requests: woken by commits wherever they are made, and done once in a cluster.

use std::time::{Duration, Instant};

use masthead::store::leases::Asked;
use masthead::store::{Store, StoreError};
use serde_json::json;

use super::builders::Article;
use super::command::run;
use super::database::Database;
use super::harness::TestServer;
use super::postgres;
use super::process::{Process, new_key};

/// Waits until something is so, and answers how long that took.
fn wait_for(what: &str, longest: Duration, mut is_so: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < longest, "{what} does not come");
        std::thread::sleep(Duration::from_millis(10));
    }
    began.elapsed()
}

fn total(server: &TestServer) -> i64 {
    let list = server.ok("/api/articles?count=exact&limit=1").json();
    list["meta"]["total"].as_i64().unwrap()
}

/// Writes one more article by another process, and waits until this one shows it.
fn import_one_more(server: &TestServer) -> Duration {
    let (before, folder) = (total(server), tempfile::tempdir().unwrap());
    let line =
        format!("{{\"lang\":\"en\",\"title\":\"Number {before}\",\"published_at\":\"2024\"}}\n");
    std::fs::write(folder.path().join("in.ndjson"), line).unwrap();
    let imported = run(&server.database, folder.path(), &["import", "in.ndjson"]);
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    wait_for("the article", Duration::from_secs(5), || {
        total(server) > before
    })
}

api_test! {
    fn a_write_of_another_process_is_shown_within_a_second(server) {
        server.article(Article::new("One"));
        for _ in 0..2 {
            let took = import_one_more(server);
            assert!(took < Duration::from_secs(1), "{took:?}");
        }
    }

    fn a_lease_is_one_nodes_and_what_it_writes_fails_once_another_has_it(server) {
        let store = Store::open(&server.database).unwrap();
        let (one, two) = (store.fenced("test", "one"), store.fenced("test", "two"));
        let write = |store: &Store| store.write(|_| Ok::<_, StoreError>(()));
        assert!(write(&one).is_err(), "nobody has it yet");
        let mut watch = store.watch_log().unwrap();
        watch.news().unwrap();
        let mut asks = |owner: &str| watch.take_lease("test", owner).unwrap();
        assert_eq!(asks("one"), Asked::Held);
        assert_eq!(asks("one"), Asked::Held, "it is renewed");
        assert_eq!(asks("two"), Asked::Refused);
        assert!(write(&one).is_ok() && write(&two).is_err());
        let mut database = Database::open(&server.database);
        database.run("UPDATE leases SET until = 0 WHERE name = 'test'");
        assert_eq!(asks("two"), Asked::Held, "it has ended");
        assert!(write(&one).is_err() && write(&two).is_ok());
        database.run("UPDATE leases SET until = until + 3600000 WHERE name = 'test'");
        assert_eq!(asks("one"), Asked::Held, "the clock was set back since");
        assert!(write(&one).is_ok() && write(&two).is_err());
        one.release_lease().unwrap();
        assert_eq!(asks("two"), Asked::Held, "it was given back");
    }

    fn a_node_that_stops_gives_its_work_to_another_at_once(server) {
        wait_for("the lease", Duration::from_secs(5), || server.app.leader.store().is_some());
        let other = server.beside();
        std::thread::sleep(Duration::from_millis(200));
        assert!(other.app.leader.store().is_none(), "two nodes lead");
        server.app.finish();
        wait_for("the lease", Duration::from_secs(8), || other.app.leader.store().is_some());
    }
}

#[test]
fn a_node_hears_of_writes_again_after_its_connection_was_lost() {
    let Some(server) = TestServer::on_postgres() else {
        return;
    };
    server.article(Article::new("One"));
    import_one_more(&server);
    postgres::end_sessions(&server.database);
    std::thread::sleep(Duration::from_secs(2));
    let took = import_one_more(&server);
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// Freezes the node that leads; the other releases what is due, once.
fn survives_a_frozen_leader(database: &str) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("in.ndjson"),
        "{\"type\":\"edition\",\"lang\":\"en\"}\n",
    )
    .unwrap();
    assert_eq!(
        run(database, folder.path(), &["import", "in.ndjson"]).code,
        Some(0)
    );
    let key = new_key(database, folder.path(), "editor");
    let mut told = Database::open(database);
    let first = Process::start(database, folder.path());
    wait_for("a leader", Duration::from_secs(5), || {
        told.count("leases") == 1
    });
    let owner = told.texts("SELECT owner AS t FROM leases").remove(0);
    let second = Process::start(database, folder.path());
    first.freeze();
    let due = chrono::Utc::now() + chrono::Duration::seconds(2);
    let content = json!({"lang": "en", "title": "Due", "status": "scheduled", "publish_at": due.to_rfc3339()});
    let posted = second
        .request("POST", "/api/articles")
        .key(&key)
        .json(&content)
        .send();
    assert_eq!(posted.status, 201, "{}", posted.text());
    // As if its time had passed, which would take this test nine seconds.
    told.run("UPDATE leases SET until = 0");
    let public = |told: &mut Database| told.count("articles WHERE public");
    wait_for("the article", Duration::from_secs(10), || {
        public(&mut told) == 1
    });
    assert_ne!(told.texts("SELECT owner AS t FROM leases"), [owner]);
    first.thaw();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(
        told.number("SELECT version AS n FROM articles"),
        2,
        "it was released twice"
    );
}

/// An offset that a command makes is passed in time, although the change log tells nothing of it.
fn passes_an_offset_of_a_command(database: &str) {
    let folder = tempfile::tempdir().unwrap();
    let published = chrono::Utc::now() - chrono::Duration::seconds(1);
    let line = format!(
        "{{\"type\":\"article\",\"lang\":\"en\",\"title\":\"New\",\"published_at\":\"{}\"}}\n",
        published.to_rfc3339()
    );
    std::fs::write(folder.path().join("in.ndjson"), line).unwrap();
    let _node = Process::start(database, folder.path());
    let done = |arguments: &[&str]| {
        let ended = run(database, folder.path(), arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    };
    done(&["import", "in.ndjson"]);
    // The node has had its look before the offset is there.
    std::thread::sleep(Duration::from_millis(500));
    let offset = ["--embargo-offset", "5"];
    let arguments = ["key", "create", "--name", "partner", "--role", "partner"];
    done(&[&arguments[..], &offset].concat());
    let mut told = Database::open(database);
    let passes = published + chrono::Duration::seconds(5);
    let left = passes - chrono::Utc::now();
    let longest = left.to_std().unwrap_or_default() + Duration::from_secs(2);
    let entries = told.count("changes");
    wait_for("the article", longest, || told.count("changes") > entries);
    assert!(chrono::Utc::now() >= passes, "it has passed early");
}

/// Defines tests of processes that run on both databases.
macro_rules! process_tests {
    ($($test:ident: $on_sqlite:ident, $on_postgres:ident;)*) => {$(
        #[test]
        fn $on_sqlite() {
            let folder = tempfile::tempdir().unwrap();
            $test(&format!("sqlite://{}/test.db", folder.path().display()));
        }

        #[test]
        fn $on_postgres() {
            if let Some(database) = postgres::new_database() {
                $test(&database);
            }
        }
    )*};
}

process_tests! {
    survives_a_frozen_leader: a_frozen_leader_is_replaced_on_sqlite, a_frozen_leader_is_replaced_on_postgres;
    passes_an_offset_of_a_command: a_command_makes_an_offset_on_sqlite, a_command_makes_an_offset_on_postgres;
}
