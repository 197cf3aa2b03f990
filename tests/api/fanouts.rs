//! Changes of things that very many articles show: told in turns, once for each article, and to the end after a crash.

use serde_json::{Value, json};
use std::time::{Duration, Instant};

use super::builders::Article;
use super::client::Response;
use super::command::run;
use super::consistency::assert_consistent;
use super::database::Database;
use super::harness::TestServer;
use super::postgres;
use super::process::{Process, new_key};
use masthead::domain::access::Role;

/// The tables that hold an article, with the column of its id.
const TABLES: [(&str, &str); 7] = [
    ("articles", "id"),
    ("article_bodies", "article_id"),
    ("article_people", "article_id"),
    ("article_tags", "article_id"),
    ("revisions", "article_id"),
    ("article_facets", "article_id"),
    ("facet_sets", "article_id"),
];

/// Stores `count` more articles like the only one.
fn copy_article(database: &mut Database, count: i64) {
    let numbers = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    );
    let padded = "substr('000000000000' || CAST(i AS TEXT), length(CAST(i AS TEXT)) + 1, 12)";
    let id = format!("'018b0000-0000-7000-8000-' || {padded}");
    let work = format!("'018c0000-0000-7000-8000-' || {padded}");
    let mut sql = format!("INSERT INTO works (id) {numbers} SELECT {work} FROM n;");
    for (table, key) in TABLES {
        let own = match table {
            "articles" => format!(", work_id = {work}, slug = slug || '-copy-' || i"),
            "facet_sets" => format!(", work_id = {work}"),
            "revisions" => format!(
                ", snapshot = replace(replace(snapshot, (SELECT work_id FROM articles WHERE slug = 'one'), {work}), \
                 '\"slug\":\"one\"', '\"slug\":\"one-copy-' || i || '\"')"
            ),
            _ => String::new(),
        };
        sql += &format!(
            "CREATE TEMP TABLE copies AS {numbers} SELECT t.*, n.i FROM n CROSS JOIN {table} t; \
             UPDATE copies SET {key} = {id}{own}; ALTER TABLE copies DROP COLUMN i; \
             INSERT INTO {table} SELECT * FROM copies; DROP TABLE copies;"
        );
    }
    sql += &format!(
        "INSERT INTO changes (seq, kind, id, op, lang, version, at, public) {numbers} \
         SELECT c.seq + i, c.kind, {id}, c.op, c.lang, c.version, c.at, c.public FROM n CROSS JOIN \
         (SELECT * FROM changes WHERE seq = (SELECT max(seq) FROM changes)) c; \
         UPDATE articles SET public_since = (SELECT c.seq FROM changes c WHERE c.id = articles.id) \
         WHERE id LIKE '018b0000-0000-7000-8000-%'; \
         UPDATE facets SET articles = articles * {}; ANALYZE;",
        count + 1
    );
    database.run(&sql);
}

fn wait_for_all_turns(database: &mut Database) {
    let began = Instant::now();
    while database.count("fanouts") > 0 {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "the turns never end"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn patch(server: &TestServer, key: &str, target: &str, content: &Value) -> Response {
    let request = server.request("PATCH", target).key(key).if_match("*");
    let answer = request
        .content("application/merge-patch+json", content.to_string())
        .send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

/// Number of articles that have an entry behind one place of the log.
fn told_behind(database: &mut Database, seq: i64) -> i64 {
    database.number(&format!(
        "SELECT count(DISTINCT id) AS n FROM changes WHERE kind = 'article' AND seq > {seq}"
    ))
}

fn total(server: &TestServer, section: &str) -> i64 {
    let list = server.ok(&format!(
        "/api/articles?section={section}&count=exact&limit=1"
    ));
    list.json()["meta"]["total"].as_i64().unwrap()
}

fn one_of_each(server: &TestServer) {
    server.article(
        Article::new("One")
            .section(&["World", "Asia"])
            .author("Ann Lee")
            .editor("Bo Chu")
            .source("Gazette")
            .tag("bridges"),
    );
}

api_test! {
    fn a_branch_of_very_many_articles_moves_in_turns_that_other_writes_come_between(server) {
        let key = server.key(Role::Admin);
        one_of_each(server);
        let mut database = Database::open(&server.database);
        copy_article(&mut database, 6_000);
        let desk = json!({"lang": "en", "name": "Desk"});
        assert_eq!(server.request("POST", "/api/sections").key(&key).json(&desk).send().status, 201);
        let after = database.number("SELECT max(seq) AS n FROM changes");
        patch(server, &key, "/api/sections/world/asia?lang=en", &json!({"parent": "desk"}));
        assert!(database.count("fanouts") > 0, "all at once");
        let shown = server.ok("/api/articles/one-copy-6000");
        assert_eq!(shown.json()["data"]["breadcrumbs"][1]["name"], "Desk");
        assert_eq!(server.get("/api/sections/world/asia?lang=en").status, 308);
        let mut posted = 0;
        while database.count("fanouts") > 0 {
            let content = json!({"lang": "en", "title": format!("Meanwhile {posted}")});
            assert_eq!(server.request("POST", "/api/articles").key(&key).json(&content).send().status, 201);
            posted += 1;
            let places = "SELECT CAST(sum(articles) AS BIGINT) AS n FROM facets WHERE kind = 'section' AND public AND value IN \
                (SELECT id FROM sections WHERE path IN ('world', 'desk'))";
            assert_eq!(database.number(places), 6_001, "each article is in its old or its new place");
        }
        assert_eq!((total(server, "desk"), total(server, "world"), total(server, "desk/asia")), (6_001, 0, 6_001));
        assert_eq!(told_behind(&mut database, after), 6_001 + posted);
        let rows = database.count(&format!("changes WHERE kind = 'article' AND seq > {after}"));
        assert_eq!(rows, 6_001 + posted, "each is told once");
        let between = database.number(&format!("SELECT count(*) AS n FROM changes WHERE NOT public AND kind = 'article' AND seq > {after} \
            AND seq < (SELECT max(seq) FROM changes WHERE id LIKE '018b%')"));
        assert!(between > 0, "nobody got in between");
        assert_consistent(&server.database);
    }

    fn however_often_a_thing_changes_the_log_names_each_article_once_more(server) {
        let key = server.key(Role::Admin);
        one_of_each(server);
        let mut database = Database::open(&server.database);
        copy_article(&mut database, 2_100);
        let before = database.count("changes WHERE kind = 'article'");
        let things = [
            ("/api/sources/gazette", "name"),
            ("/api/authors/ann-lee", "name"),
            ("/api/tags/bridges", "name"),
            ("/api/sections/world?lang=en", "name"),
            ("/api/editions/en", "home_label"),
        ];
        for (target, field) in things {
            for n in 0..4 {
                patch(server, &key, target, &json!({(field): format!("{target} {n}")}));
            }
            let last = database.number("SELECT max(seq) AS n FROM changes WHERE kind <> 'article'");
            wait_for_all_turns(&mut database);
            assert_eq!(told_behind(&mut database, last), 2_101, "{target}");
            let rows = database.count("changes WHERE kind = 'article'");
            assert_eq!(rows, before + 2_101, "{target}");
        }
        assert_consistent(&server.database);
    }

    fn what_holds_very_many_articles_is_refused_without_counting_them(server) {
        let key = server.key(Role::Admin);
        one_of_each(server);
        copy_article(&mut Database::open(&server.database), 1_200);
        for target in ["/api/sources/gazette", "/api/authors/ann-lee", "/api/tags/bridges", "/api/sections/world/asia?lang=en", "/api/editions/en"] {
            let answer = server.request("DELETE", target).key(&key).if_match("*").send();
            assert_eq!((answer.status, answer.problem().as_str()), (409, "conflict"), "{target}");
            assert!(answer.text().contains("more than 1000 articles"), "{}", answer.text());
        }
    }
}

/// Kills a node in the middle of a move, and looks at the next one.
fn killed_in_the_middle(database: &str) {
    let folder = tempfile::tempdir().unwrap();
    let lines = "{\"type\":\"section\",\"lang\":\"en\",\"name\":\"Desk\",\"path\":\"desk\"}\n\
                 {\"lang\":\"en\",\"title\":\"One\",\"published_at\":\"2024\",\"section\":\"world/asia\"}\n";
    std::fs::write(folder.path().join("in.ndjson"), lines).unwrap();
    let imported = run(database, folder.path(), &["import", "in.ndjson"]);
    assert_eq!(imported.code, Some(0), "{}", imported.err);
    let mut told = Database::open(database);
    copy_article(&mut told, 8_000);
    let key = new_key(database, folder.path(), "admin");
    let after = told.number("SELECT max(seq) AS n FROM changes");
    let node = Process::start(database, folder.path());
    let request = node
        .request("PATCH", "/api/sections/world/asia?lang=en")
        .key(&key)
        .if_match("*");
    let moved = request
        .content(
            "application/merge-patch+json",
            r#"{"parent":"desk"}"#.to_owned(),
        )
        .send();
    assert_eq!(moved.status, 200, "{}", moved.text());
    node.kill();
    assert!(told.count("fanouts") > 0, "nothing was left to do");
    assert_consistent(database);
    let _node = Process::start(database, folder.path());
    wait_for_all_turns(&mut told);
    assert_eq!(told_behind(&mut told, after), 8_001);
    let desk = "facets WHERE kind = 'section' AND articles = 8001";
    assert_eq!(told.count(desk), 2);
    assert_consistent(database);
}

#[test]
fn a_move_in_whose_middle_the_node_is_killed_is_finished_by_the_next_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    killed_in_the_middle(&format!("sqlite://{}/test.db", folder.path().display()));
}

#[test]
fn a_move_in_whose_middle_the_node_is_killed_is_finished_by_the_next_on_postgres() {
    if let Some(database) = postgres::new_database() {
        killed_in_the_middle(&database);
    }
}
