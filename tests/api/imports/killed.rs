//! Imports that are killed and run again.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;

use super::distinct_records;
use crate::command;
use crate::database::Database;
use crate::harness::TestServer;

api_test! {
    fn an_import_that_is_killed_half_way_is_completed_by_running_it_again(server) {
        const RECORDS: usize = 3_000;
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("all.ndjson"), distinct_records(RECORDS)).unwrap();
        let mut stored = Database::open(&server.database);
        kill_when_some_is_there(server, &folder, &mut stored);
        let held = stored.count("articles");
        assert!(held < RECORDS as i64, "it was not killed half-way");
        assert_whole(&mut stored, held);
        let again = command::run(&server.database, folder.path(), &["import", "all.ndjson"]);
        assert_eq!(again.code, Some(0), "{}", again.err);
        assert!(again.err.contains(&format!("{held} unchanged")), "{}", again.err);
        assert_whole(&mut stored, RECORDS as i64);
        server.refresh();
        assert_eq!(server.ok("/api/articles?count=exact").json()["meta"]["total"], RECORDS);
        assert_eq!(server.ok("/api/authors?count=exact").json()["meta"]["total"], 50);
    }
}

fn kill_when_some_is_there(server: &TestServer, folder: &TempDir, stored: &mut Database) {
    let mut command = command::masthead(&server.database, folder.path());
    command.args(["import", "all.ndjson"]).stderr(Stdio::null());
    let mut importer = command.spawn().unwrap();
    while stored.count("articles") < 400 {
        assert!(importer.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(5));
    }
    importer.kill().unwrap();
    importer.wait().unwrap();
}

/// Each article has one row, one revision and one entry in the change log, and no record came twice.
fn assert_whole(stored: &mut Database, articles: i64) {
    assert_eq!(stored.count("articles"), articles);
    assert_eq!(
        stored.number("SELECT count(DISTINCT external_id) AS n FROM articles"),
        articles
    );
    assert_eq!(stored.count("revisions"), articles);
    assert_eq!(stored.count("article_bodies"), articles);
    assert_eq!(stored.count("changes WHERE kind = 'article'"), articles);
    let torn = "articles a WHERE NOT EXISTS (SELECT 1 FROM revisions r WHERE r.article_id = a.id AND r.version = a.version) \
         OR NOT EXISTS (SELECT 1 FROM changes c WHERE c.id = a.id AND c.kind = 'article' AND c.version = a.version)";
    assert_eq!(stored.count(torn), 0);
    let counted = stored
        .number("SELECT CAST(articles AS BIGINT) AS n FROM facets WHERE kind = 'all' AND public");
    assert_eq!(counted, articles);
}
