//! The database goes away and comes back; its schema is one on both databases, goes without a trace, and is never older
//! than the program thinks.

use std::time::{Duration, Instant};

use masthead::store::{Store, StoreError, migrations};

use super::builders::Article;
use super::command;
use super::database::Database;
use super::harness::TestServer;
use super::postgres;

fn unavailable(server: &TestServer, path: &str) {
    let answer = server.get(path);
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (503, "unavailable"),
        "{path}"
    );
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
    let told = answer.text().to_lowercase();
    for word in [
        "postgres",
        "connection",
        "server",
        "select",
        "pool",
        "test_",
    ] {
        assert!(!told.contains(word), "{path} tells of its {word}: {told}");
    }
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_database_that_comes_back_is_served_again_without_a_restart() {
    let Some(server) = TestServer::on_postgres() else {
        return;
    };
    let id = server.article(
        Article::new("Before")
            .author("Anna Weber")
            .section(&["World"]),
    );
    postgres::take_away(&server.database);
    for path in [
        "/api/articles",
        "/api/articles/before",
        "/api/sections/world",
        "/api/resolve?url=/en",
        "/health/ready",
    ] {
        unavailable(&server, path);
    }
    server.ok("/health/live");
    server.ok("/openapi.json");
    postgres::bring_back(&server.database);
    wait_until("the service does not recover", || {
        server.get("/health/ready").status == 200
    });
    assert_eq!(
        server.ok(&format!("/api/articles/{id}")).json()["data"]["title"],
        "Before"
    );
    server.article(Article::new("After"));
    assert_eq!(
        server.ok("/api/articles?sort=title").column("title"),
        ["After", "Before"]
    );
}

#[test]
fn kept_answers_go_on_without_the_database_and_say_so() {
    let Some(server) = TestServer::on_postgres() else {
        return;
    };
    let id = server.article(Article::new("Kept"));
    let (path, key) = (
        format!("/api/articles/{id}"),
        server.key(masthead::domain::access::Role::Admin),
    );
    let before = server.ok(&path);
    assert_eq!(
        (
            server.ok(&path).header("age"),
            before.header("cache-status")
        ),
        ("", "")
    );
    assert!(before.header("cache-control").contains("stale-if-error="));
    postgres::take_away(&server.database);
    wait_until("the answer does not say that the database is away", || {
        let kept = server.ok(&path);
        assert_eq!(
            (kept.text(), kept.header("etag")),
            (before.text(), before.header("etag"))
        );
        kept.header("cache-status").contains("database away")
    });
    let kept = server.ok(&path);
    assert!(kept.header("age").parse::<u64>().unwrap() >= 6);
    let refused = server
        .request("DELETE", &path)
        .key(&key)
        .if_match("*")
        .send();
    assert_eq!(refused.status, 503);
    unavailable(&server, "/api/articles?limit=1");
    postgres::bring_back(&server.database);
    wait_until("the service does not recover", || {
        server.get("/health/ready").status == 200
            && server.ok(&path).header("cache-status").is_empty()
    });
    server.change(id, |content| content.title = "Changed".to_owned());
    assert_eq!(server.ok(&path).json()["data"]["title"], "Changed");
}

#[test]
fn connections_that_break_are_replaced_before_anybody_notices() {
    let Some(server) = TestServer::on_postgres() else {
        return;
    };
    server.article(Article::new("A"));
    for _ in 0..3 {
        server.ok("/api/tags");
        postgres::take_away(&server.database);
        postgres::bring_back(&server.database);
        assert_eq!(server.ok("/api/articles?sort=title").column("title"), ["A"]);
        server.article(Article::new("A").tag("new"));
        assert_eq!(server.ok("/api/articles?tag=new").column("title"), ["A"]);
        server.withdraw(
            masthead::domain::id::Id::parse(&server.ok("/api/articles?tag=new").column("id")[0])
                .unwrap(),
        );
    }
}

#[test]
fn commands_without_their_database_end_with_two_and_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = "postgres://nobody@127.0.0.1:1/none?connect_timeout=2";
    std::fs::write(folder.path().join("a.ndjson"), "").unwrap();
    for arguments in [
        &["migrate"][..],
        &["import", "a.ndjson"],
        &["export", "-"],
        &["key", "list"],
        &["serve"],
    ] {
        let ended = command::run(nowhere, folder.path(), arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
        assert!(
            ended.err.starts_with("masthead: ") && ended.out.is_empty(),
            "{}",
            ended.err
        );
    }
}

/// Each column as `table.column null|not null`, and each index as `index on table`.
fn schema(database: &mut Database) -> Vec<String> {
    let sql = match database {
        Database::Sqlite(_) => {
            "SELECT m.name || '.' || c.name || CASE WHEN c.\"notnull\" OR c.pk THEN ' not null' ELSE ' null' END AS t \
             FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' \
             UNION ALL SELECT name || ' on ' || tbl_name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite%'"
        }
        Database::Postgres(_) => {
            "SELECT CAST(table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN ' not null' ELSE ' null' END AS TEXT) AS t \
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_diesel%' \
             UNION ALL SELECT indexname || ' on ' || tablename FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey'"
        }
    };
    let mut lines = database.texts(sql);
    lines.sort();
    lines
}

#[test]
fn both_databases_have_the_same_tables_columns_and_indexes() {
    let Some(url) = postgres::new_database() else {
        return;
    };
    Store::open(&url).unwrap();
    let server = TestServer::on_sqlite();
    let of_sqlite = schema(&mut Database::open(&server.database));
    let of_postgres = schema(&mut Database::open(&url));
    assert!(
        of_sqlite.contains(&"articles.title not null".to_owned())
            && of_sqlite.contains(&"articles.subtitle null".to_owned())
    );
    let only = |a: &[String], b: &[String]| {
        a.iter()
            .filter(|line| !b.contains(line))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (
            only(&of_sqlite, &of_postgres),
            only(&of_postgres, &of_sqlite)
        ),
        (vec![], vec![])
    );
}

/// Everything in the database but the record of its migrations.
fn objects(database: &mut Database) -> Vec<String> {
    let sql = match database {
        Database::Sqlite(_) => {
            "SELECT type || ' ' || name AS t FROM sqlite_master WHERE tbl_name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'"
        }
        Database::Postgres(_) => {
            "SELECT CAST(relname AS TEXT) AS t FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_diesel%' \
             UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
             UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typname NOT LIKE '%diesel%'"
        }
    };
    database.texts(sql)
}

api_test! {
    fn migrations_go_without_a_trace_and_come_again(server) {
        server.article(Article::new("A").author("Anna").tag("t").section(&["World"]));
        let mut database = Database::open(&server.database);
        let before = schema(&mut database);
        server.app.store.write(migrations::revert_all).unwrap();
        assert_eq!(objects(&mut database), Vec::<String>::new());
        assert_eq!(database.count("__diesel_schema_migrations"), 0);
        Store::open(&server.database).unwrap();
        assert_eq!(schema(&mut database), before);
        assert_eq!(database.count("articles"), 0);
    }

    fn a_program_that_is_older_than_the_schema_refuses_to_start(server) {
        server.article(Article::new("A"));
        let mut database = Database::open(&server.database);
        database.run("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
        assert!(matches!(Store::open(&server.database), Err(StoreError::Newer(version)) if version == "29990101000000"));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.ndjson"), "{\"lang\":\"en\",\"title\":\"B\",\"published_at\":\"2024\"}").unwrap();
        for arguments in [&["serve"][..], &["migrate"], &["import", "a.ndjson"], &["export", "-"], &["key", "create", "--name", "k", "--role", "admin"]] {
            let ended = command::run(&server.database, folder.path(), arguments);
            assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}");
            assert!(ended.err.contains("29990101000000"), "{arguments:?}: {}", ended.err);
        }
        assert_eq!((database.count("articles"), database.count("api_keys")), (1, 0));
    }

    fn opening_an_up_to_date_database_changes_nothing(server) {
        server.article(Article::new("A"));
        let before = server.exported();
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(command::run(&server.database, folder.path(), &["migrate"]).code, Some(0));
        assert_eq!(server.exported(), before);
    }
}
