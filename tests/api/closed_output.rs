//! Commands whose standard output is closed before they have said everything, as by `masthead export - | head`.

#![cfg(unix)]

use std::process::Stdio;

use super::command::{masthead, run, run_with_input};

/// The exit code that a shell gives to a program which SIGPIPE ended.
const CLOSED: Option<i32> = Some(141);

#[test]
fn a_command_whose_reader_has_gone_ends_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/a.db", folder.path().display());
    let record = "{\"lang\": \"en\", \"title\": \"T\", \"url\": \"https://old.example/t\", \"published_at\": \"2024-05-01\"}\n";
    let import = ["import", "--format", "ndjson", "-"];
    let ended = run_with_input(&database, folder.path(), &import, record.as_bytes());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let made = run(
        &database,
        folder.path(),
        &["key", "create", "--name", "a", "--role", "admin"],
    );
    assert_eq!(made.code, Some(0), "{}", made.err);
    for arguments in [
        &["export", "-"][..],
        &["openapi"],
        &["key", "list"],
        &["key", "create", "--name", "b", "--role", "editor"],
        &["check", "--without-files"],
        &["check", "--json", "--without-files"],
        &["redirects", "--format", "csv"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = masthead(&database, folder.path());
        command.args(arguments).stdin(Stdio::null()).stdout(writer);
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(
            !told.to_lowercase().contains("pipe") && !told.contains("panick"),
            "{arguments:?}: {told}"
        );
        assert_eq!(output.status.code(), CLOSED, "{arguments:?}: {told}");
    }
}

#[test]
fn a_command_goes_on_where_nobody_reads_what_it_tells() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/a.db", folder.path().display());
    for arguments in [&["migrate"][..], &["openapi"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = masthead(&database, folder.path());
        let status = command
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(writer)
            .status();
        assert_eq!(status.unwrap().code(), Some(0), "{arguments:?}");
    }
}
