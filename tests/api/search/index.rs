//! The index on disk: it follows the log, and is made anew where it is lost, spoilt or of another history.

use std::time::{Duration, Instant};

use masthead::domain::access::Role;
use masthead::domain::id::Id;
use masthead::worker::search::Indexer;
use serde_json::json;

use super::{mineral_world, search, titles};
use crate::builders::Article;
use crate::harness::TestServer;

/// Maximum time until a write is found.
const FRESH: Duration = Duration::from_secs(2);

api_test! {
    fn a_write_is_found_within_two_seconds_and_answers_are_kept_only_when_current(server) {
        assert!(titles(server, "freshword", "").is_empty());
        let began = Instant::now();
        let id = server.article(Article::new("Fresh").body("<p>freshword</p>"));
        while server.ok("/api/search?q=freshword").json()["meta"]["total"] != 1 {
            assert!(began.elapsed() < FRESH, "not found within two seconds");
            std::thread::sleep(Duration::from_millis(20));
        }
        server.change(id, |content| content.body = "<p>otherword</p>".to_owned());
        let began = Instant::now();
        while server.ok("/api/search?q=otherword").json()["meta"]["total"] != 1 {
            assert!(began.elapsed() < FRESH);
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(titles(server, "freshword", "").is_empty());
        let answer = search(server, "otherword", "");
        assert!(answer.header("cache-control").contains("max-age") && !answer.header("etag").is_empty());
        assert!(answer.header("surrogate-key").contains(&format!("article:{id}")));
    }

    fn a_moved_section_moves_what_its_filter_finds(server) {
        server.article(Article::new("Mover").section(&["Old", "Inner"]).body("<p>movable</p>"));
        server.article(Article::new("Other").section(&["New"]));
        let key = server.key(Role::Admin);
        let inner = server.section_at("old/inner").id;
        assert_eq!(titles(server, "movable", "&section=old"), ["Mover"]);
        let moved = server.request("PATCH", &format!("/api/sections/{inner}")).key(&key).if_match("*").json(&json!({"parent": "new"})).send();
        assert_eq!(moved.status, 200, "{}", moved.text());
        assert_eq!(titles(server, "movable", "&section=new"), ["Mover"]);
        assert!(titles(server, "movable", "&section=old").is_empty());
    }

    fn two_nodes_find_the_same_and_a_made_anew_index_does_too(server) {
        mineral_world(server);
        let other = server.beside();
        assert_eq!(titles(&other, "amber basalt", ""), titles(server, "amber basalt", ""));
        let made = server.app.search.make_anew(&server.app.store).unwrap();
        assert_eq!(made, 63);
        assert_eq!(titles(server, "amber", "").len(), 32);
        server.article(Article::new("One more").body("<p>amber</p>"));
        assert_eq!(titles(&other, "amber", "").len(), 33);
    }
}

#[test]
fn an_index_that_was_deleted_while_it_served_is_made_anew() {
    let server = TestServer::on_sqlite();
    server.article(Article::new("One").body("<p>lasting</p>"));
    assert_eq!(titles(&server, "lasting", "").len(), 1);
    let folder = server.app.config.search_dir.clone().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(
        server.ok("/api/search?q=lasting").json()["meta"]["total"],
        1
    );
    server.article(Article::new("Two").body("<p>lasting</p>"));
    let began = Instant::now();
    while server.ok("/api/search?q=lasting").json()["meta"]["total"] != 2 {
        assert!(began.elapsed() < Duration::from_secs(15));
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The folder in which the server keeps its index.
fn node_of(server: &TestServer) -> std::path::PathBuf {
    server.app.search.folder().unwrap()
}

#[test]
fn a_deleted_folder_is_taken_again_and_kept_from_others() {
    let server = TestServer::on_sqlite();
    server.article(Article::new("One").body("<p>lasting</p>"));
    assert_eq!(titles(&server, "lasting", "").len(), 1);
    let folder = server.app.config.search_dir.clone().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let place = server.app.config.search_place();
    let began = Instant::now();
    while masthead::search::folders::taken_folders(&place).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(15));
        std::thread::sleep(Duration::from_millis(50));
    }
    let other = Indexer::open(&place);
    assert_eq!(other.make_anew(&server.app.store).unwrap(), 1);
    server.article(Article::new("Two").body("<p>lasting</p>"));
    assert_eq!(titles(&server, "lasting", "").len(), 2);
}

#[test]
fn an_index_that_is_overwritten_while_it_serves_is_made_anew() {
    let server = TestServer::on_sqlite();
    server.article(Article::new("One").body("<p>lasting</p>"));
    assert_eq!(titles(&server, "lasting", "").len(), 1);
    let node = node_of(&server);
    let entries = std::fs::read_dir(node).unwrap().flatten();
    let index = entries.map(|entry| entry.path()).find(|path| path.is_dir());
    for file in std::fs::read_dir(index.unwrap()).unwrap().flatten() {
        std::fs::write(file.path(), [0xa5; 900]).unwrap();
    }
    server.article(Article::new("Two").body("<p>lasting</p>"));
    let began = Instant::now();
    loop {
        let found = server.get("/api/search?q=lasting");
        assert!(
            found.status == 200 || found.status == 503,
            "{}",
            found.text()
        );
        if found.status == 200 && found.json()["data"].as_array().unwrap().len() == 2 {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(15));
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The state of search as `/health/ready` says it.
fn condition(server: &TestServer) -> String {
    let ready = server.ok("/health/ready").json();
    ready["search"].as_str().unwrap().to_owned()
}

fn wait_for_condition(server: &TestServer, wanted: &str) {
    let began = Instant::now();
    while condition(server) != wanted {
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "it is not {wanted}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_index_that_cannot_be_written_is_told_and_comes_right() {
    let server = TestServer::on_sqlite();
    server.article(Article::new("One").body("<p>lasting</p>"));
    assert_eq!(titles(&server, "lasting", "").len(), 1);
    wait_for_condition(&server, "ok");
    let node = node_of(&server);
    // Directories in the places of files fail for every user.
    std::fs::create_dir_all(node.join("current.partial")).unwrap();
    let entries = std::fs::read_dir(&node).unwrap().flatten();
    let mut indexes = entries
        .map(|entry| entry.path())
        .filter(|path| path.join("meta.json").exists());
    std::fs::remove_file(indexes.next().unwrap().join("meta.json")).unwrap();
    wait_for_condition(&server, "behind");
    assert!(server.ok("/api/search?q=lasting").json()["meta"]["total"].as_u64() == Some(1));
    let admin = server.key(Role::Admin);
    let metrics = || {
        server
            .request("GET", "/metrics")
            .key(&admin)
            .send()
            .text()
            .to_owned()
    };
    let told = metrics();
    let failures = told
        .lines()
        .find_map(|line| line.strip_prefix("masthead_search_failures "));
    assert!(failures.unwrap().parse::<u64>().unwrap() > 0);
    std::fs::remove_dir(node.join("current.partial")).unwrap();
    server.article(Article::new("Two").body("<p>lasting</p>"));
    wait_for_condition(&server, "ok");
    assert_eq!(titles(&server, "lasting", "").len(), 2);
    assert!(metrics().contains("masthead_search_lag_seconds 0"));
}

#[test]
fn an_index_of_another_history_is_made_anew() {
    let server = TestServer::on_sqlite();
    let other = TestServer::on_sqlite();
    let ids: Vec<Id> = (0..3)
        .map(|n| server.article(Article::new(&format!("Own {n}")).body("<p>mine</p>")))
        .collect();
    for n in 0..9 {
        other.article(Article::new(&format!("Foreign {n}")).body("<p>theirs</p>"));
    }
    let folder = tempfile::tempdir().unwrap();
    let place = masthead::search::Place::Folder(folder.path().to_owned());
    let made = Indexer::open(&place).make_anew(&other.app.store).unwrap();
    assert_eq!(made, 9);
    let indexer = Indexer::open(&place);
    assert_eq!(indexer.reading().unwrap().articles(), 9);
    indexer.look(&server.app.store, i64::MAX).unwrap();
    assert_eq!(indexer.reading().unwrap().articles(), ids.len() as u64);
}

#[test]
fn an_index_that_was_left_behind_follows_the_log() {
    let server = TestServer::on_sqlite();
    let gone = server.article(Article::new("Gone").body("<p>mine</p>"));
    server.article(Article::new("Kept").body("<p>mine</p>"));
    let folder = tempfile::tempdir().unwrap();
    let place = masthead::search::Place::Folder(folder.path().to_owned());
    Indexer::open(&place).make_anew(&server.app.store).unwrap();
    server.withdraw(gone);
    for n in 0..5 {
        server.article(Article::new(&format!("Later {n}")).body("<p>mine</p>"));
    }
    let indexer = Indexer::open(&place);
    assert_eq!(indexer.reading().unwrap().articles(), 2);
    indexer.look(&server.app.store, i64::MAX).unwrap();
    assert_eq!(indexer.reading().unwrap().articles(), 6);
}
