//! The words for operators whose settings or files are not right: each names the setting or the path, and what is right.

use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::command::{Ended, masthead};

const DATABASE: &str = "sqlite://masthead.db";

fn told(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = masthead(DATABASE, folder);
    command.envs(variables.iter().copied());
    command.args(arguments).stdin(Stdio::null());
    command.output().unwrap().into()
}

fn assert_says(ended: &Ended, words: &[&str]) {
    assert_eq!(ended.code, Some(2), "{ended:?}");
    for word in words {
        assert!(ended.err.contains(word), "{word}: {ended:?}");
    }
}

#[test]
fn an_address_to_listen_on_has_a_host_and_a_port() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in ["8080", "127.0.0.1", "127.0.0.1:http"] {
        let ended = told(folder.path(), &[], &["serve", "--bind", wrong]);
        assert_says(&ended, &[wrong, "HOST:PORT, such as 127.0.0.1:8080"]);
    }
}

#[test]
fn a_port_that_is_taken_is_told_with_the_setting() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = told(folder.path(), &[], &["serve", "--bind", &address]);
    assert_says(&ended, &[&address, "--bind (MASTHEAD_BIND)"]);
    let own = [("MASTHEAD_ADMIN_BIND", address.as_str())];
    let ended = told(folder.path(), &own, &["serve", "--bind", "127.0.0.1:0"]);
    assert_says(&ended, &[&address, "--admin-bind (MASTHEAD_ADMIN_BIND)"]);
}

#[test]
fn a_wrong_value_of_a_variable_is_told_with_the_name_of_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value, right) in [
        ("MASTHEAD_WORKERS", "many", "--workers"),
        ("MASTHEAD_SERVER_TIMING", "maybe", "true or false"),
        ("MASTHEAD_SERVE_DEMO", "maybe", "true or false"),
        ("MASTHEAD_DOCS", "maybe", "public, key, off"),
        ("MASTHEAD_PUBLIC_URL", "content.example.org", "https://"),
        ("MASTHEAD_TRUSTED_PROXIES", "::1,proxy", "10.0.0.0/8"),
    ] {
        let ended = told(folder.path(), &[(name, value)], &["serve"]);
        assert_says(&ended, &[name, right]);
    }
    let ended = told(folder.path(), &[], &["serve", "--workers", "many"]);
    assert_says(&ended, &["--workers"]);
    assert!(!ended.err.contains("MASTHEAD_WORKERS"), "{ended:?}");
}

#[test]
fn a_broken_line_of_the_file_of_settings_is_told_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), "MASTHEAD_BIND=x\n\nFOO BAR\n").unwrap();
    let ended = told(folder.path(), &[], &["serve"]);
    assert_says(&ended, &[".env, line 3", "NAME=value"]);
}

#[test]
fn a_folder_that_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let database = [("DATABASE_URL", "sqlite://data/news.db")];
    let ended = told(folder.path(), &database, &["serve"]);
    assert_says(&ended, &["data/news.db: there is no folder data"]);
}

#[test]
fn a_wait_for_the_database_lasts_as_long_as_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    let database = [("DATABASE_URL", "sqlite://data/news.db")];
    let began = Instant::now();
    let ended = told(folder.path(), &database, &["serve", "--wait", "2"]);
    assert_says(&ended, &["there is no folder data"]);
    assert!(began.elapsed() >= Duration::from_secs(2));
}

#[test]
fn the_first_key_says_that_it_made_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let create = ["key", "create", "--name", "Me", "--role", "admin"];
    let first = told(folder.path(), &[], &create);
    assert_eq!(first.code, Some(0), "{first:?}");
    assert!(first.out.starts_with("mh_") && first.out.lines().count() == 1);
    assert!(first.err.contains("made a new database at masthead.db"));
    let second = told(folder.path(), &[], &create);
    assert!(!second.err.contains("made a new database"), "{second:?}");
}
