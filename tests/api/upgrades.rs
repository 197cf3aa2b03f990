//! Databases that earlier releases have made: this one brings them up to date, and they hold what their release exported.
//! `tests/fixtures/releases/make` adds a release.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::builders::Article;
use super::command::run;
use super::consistency::assert_consistent;
use super::database::Database;
use super::durability::{Acknowledged, Writer, assert_all_there};
use super::harness::TestServer;
use super::postgres;
use super::process::{Process, new_key};

/// The folders of the releases.
fn releases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/releases");
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let found: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    assert!(!found.is_empty());
    found
}

fn unpacked(path: &Path) -> Vec<u8> {
    let mut content = Vec::new();
    let file = File::open(path).unwrap();
    GzDecoder::new(file).read_to_end(&mut content).unwrap();
    content
}

/// The release's database on SQLite.
fn sqlite(release: &Path, folder: &Path) -> String {
    let path = folder.join("masthead.db");
    fs::write(&path, unpacked(&release.join("masthead.db.gz"))).unwrap();
    format!("sqlite://{}", path.display())
}

/// The release's database on PostgreSQL, where that is installed.
fn on_postgres(release: &Path, folder: &Path) -> Option<String> {
    let url = postgres::new_database()?;
    let path = folder.join("postgres.sql");
    fs::write(&path, unpacked(&release.join("postgres.sql.gz"))).unwrap();
    let done = Command::new("psql")
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f"])
        .arg(path)
        .arg(&url)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    Some(url)
}

fn lines(text: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(text).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// True if all that was said before is said now; a later release may say more.
fn holds(now: &Value, before: &Value) -> bool {
    match (now, before) {
        (Value::Object(now), Value::Object(before)) => before.iter().all(|(name, value)| {
            let said = now.get(name).unwrap_or(&Value::Null);
            holds(said, value)
        }),
        (Value::Array(now), Value::Array(before)) => {
            now.len() == before.len()
                && now
                    .iter()
                    .zip(before)
                    .all(|(now, before)| holds(now, before))
        }
        _ => now == before,
    }
}

fn check_upgrade(database: &str, release: &Path, key: &str, folder: &Path) {
    let export = folder.join("export.ndjson");
    let done = run(database, folder, &["export", export.to_str().unwrap()]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    let (now, before) = (
        lines(&fs::read(&export).unwrap()),
        lines(&unpacked(&release.join("export.ndjson.gz"))),
    );
    assert_eq!(now.len(), before.len());
    for (now, before) in now.iter().zip(&before) {
        assert!(holds(now, before), "{before}\nis now\n{now}");
    }
    let checked = run(database, folder, &["check", "--without-files"]);
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);

    let server = TestServer::on_database(database);
    let key = fs::read_to_string(release.join(key)).unwrap();
    let read = |target: &str| server.request("GET", target).key(key.trim()).send().json();
    assert_eq!(read("/api/webhooks")["data"][0]["name"], json!("Kept"));
    let articles =
        read("/api/articles?status=draft,scheduled,published,withdrawn&limit=1&count=exact");
    let written = before
        .iter()
        .filter(|line| line.get("type").is_none_or(|kind| kind == "article"));
    assert_eq!(articles["meta"]["total"], json!(written.count()));
    let content = json!({"lang": "en", "title": "After the upgrade", "status": "published"});
    let made = server
        .request("POST", "/api/articles")
        .key(key.trim())
        .json(&content)
        .send();
    assert_eq!(made.status, 201, "{}", made.text());
    drop(server);
    assert_consistent(database);
}

#[test]
fn a_database_of_each_release_is_brought_up_to_date_and_holds_what_it_held_on_sqlite() {
    for release in releases() {
        let folder = tempfile::tempdir().unwrap();
        let database = sqlite(&release, folder.path());
        check_upgrade(&database, &release, "key", folder.path());
    }
}

#[test]
fn a_database_of_each_release_is_brought_up_to_date_and_holds_what_it_held_on_postgres() {
    for release in releases() {
        let folder = tempfile::tempdir().unwrap();
        if let Some(database) = on_postgres(&release, folder.path()) {
            check_upgrade(&database, &release, "postgres.key", folder.path());
        }
    }
}

/// Two nodes on the first release's database are replaced one after the other, as a rolling upgrade does, while each has a writer.
#[test]
fn nodes_that_are_replaced_in_turn_lose_no_write() {
    let folder = tempfile::tempdir().unwrap();
    let Some(database) = on_postgres(&releases()[0], folder.path()) else {
        return;
    };
    let key = new_key(&database, folder.path(), "editor");
    let acknowledged = Mutex::new(Acknowledged::new());
    let (told, key) = (&acknowledged, key.as_str());
    let start = || Process::start(&database, folder.path());
    std::thread::scope(|scope| {
        let mut nodes = Vec::new();
        let begin = |process: &Process| {
            let writer = Writer {
                address: process.address,
                key,
                acknowledged: told,
            };
            scope.spawn(move || writer.write_until_it_ends());
        };
        for _ in 0..2 {
            let process = start();
            begin(&process);
            nodes.push(process);
        }
        for node in &mut nodes {
            std::thread::sleep(Duration::from_millis(700));
            let before = told.lock().unwrap().len();
            node.terminate();
            assert_eq!(node.wait(), Some(0));
            *node = start();
            assert!(
                told.lock().unwrap().len() > before,
                "the other node goes on"
            );
            begin(node);
        }
        std::thread::sleep(Duration::from_millis(300));
        for node in &mut nodes {
            node.terminate();
            assert_eq!(node.wait(), Some(0));
        }
    });
    let told = acknowledged.into_inner().unwrap();
    let last = start();
    assert_all_there(&last, key, &told);
    drop(last);
    assert_consistent(&database);
}

/// Facet sets whose dates are not those of their places.
const WRONG_DATES: &str = "SELECT count(*) AS n FROM facet_sets s JOIN article_facets f ON f.article_id = s.article_id \
    WHERE s.published_at IS DISTINCT FROM f.published_at OR s.updated_at IS DISTINCT FROM f.updated_at";

/// The statement by which a node of the first release writes the facet set of an article whose places are written.
const AS_BEFORE: &str = "INSERT INTO facet_sets (article_id, work_id, lang, facets, published) \
    SELECT id, work_id, lang, ' ', ' ' FROM articles ON CONFLICT (article_id) DO UPDATE \
    SET work_id = excluded.work_id, lang = excluded.lang, facets = excluded.facets, published = excluded.published";

#[test]
fn a_node_of_the_last_release_leaves_no_wrong_dates_beside_a_new_one() {
    let Some(database) = postgres::new_database() else {
        return;
    };
    let server = TestServer::on_database(&database);
    for title in ["One", "Two"] {
        server.article(Article::new(title));
    }
    let mut behind = Database::open(&database);
    assert!(behind.count("facet_sets") == 2 && behind.number(WRONG_DATES) == 0);
    behind.run("UPDATE article_facets SET updated_at = updated_at + 60000");
    assert!(behind.number(WRONG_DATES) > 0);
    behind.run(AS_BEFORE);
    assert_eq!(behind.number(WRONG_DATES), 0, "places that were there");
    behind.run("DELETE FROM facet_sets");
    behind.run(AS_BEFORE);
    assert_eq!(behind.count("facet_sets"), 2);
    assert_eq!(behind.number(WRONG_DATES), 0, "new places");
}
