//! The inputs of the command, and runs that write nothing.

use std::fs;

use serde_json::json;

use super::{gzip, read_report, record};
use crate::command;

api_test! {
    fn what_cannot_start_ends_with_two_and_writes_nothing(server) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("good.ndjson"), record("a", "A").to_string()).unwrap();
        fs::write(folder.path().join("precious.txt"), "not a report").unwrap();
        for (arguments, word) in [
            (&["import", "missing.ndjson"][..], "missing.ndjson"),
            (&["import", "good.ndjson", "missing.ndjson"], "missing.ndjson"),
            (&["import"], "PATH"),
            (&["import", "--format", "csv", "good.ndjson"], "csv"),
            (&["import", "--lang", "e_n", "good.ndjson"], "e_n"),
            (&["import", "--report", "precious.txt", "good.ndjson"], "precious.txt"),
            (&["import", "--report", "no/such/folder/report", "good.ndjson"], "no/such/folder/report"),
            (&["--database-url", "mysql://x", "import", "good.ndjson"], "DATABASE_URL"),
        ] {
            let ended = command::run(&server.database, folder.path(), arguments);
            assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
            assert!(ended.err.contains(word), "{arguments:?}: {}", ended.err);
        }
        assert_eq!(server.latest_change(), 0);
        assert_eq!(fs::read_to_string(folder.path().join("precious.txt")).unwrap(), "not a report");
    }

    fn the_command_reads_files_folders_and_its_standard_input(server) {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("in/deeper");
        fs::create_dir_all(&inner).unwrap();
        fs::write(inner.join("a.jsonl"), record("a", "A").to_string()).unwrap();
        fs::write(inner.join("b.ndjson.gz"), gzip(record("b", "B").to_string().as_bytes())).unwrap();
        fs::write(inner.join("notes.txt"), "no input").unwrap();
        fs::write(folder.path().join("named.anything"), record("c", "C").to_string()).unwrap();
        let piped = "{\"title\":\"D\",\"published_at\":\"2024\"}\n";
        let arguments = ["import", "--lang", "fr", "in", "named.anything", "-"];
        let ended = command::run_with_input(&server.database, folder.path(), &arguments, piped.as_bytes());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        server.refresh();
        assert_eq!(server.titles(), ["A", "B", "C", "D"]);
        assert_eq!(server.article_at("d?lang=fr")["published_at"], "2024-01-01T00:00:00Z");
    }

    fn a_dry_run_writes_nothing_and_reports_what_would_happen(server) {
        server.import(&[record("kept", "Kept"), record("changed", "Before")]);
        let mut changed = record("changed", "After");
        changed["slug"] = json!("After it ");
        let records = [record("kept", "Kept"), changed, json!({"lang": "en", "title": "Undated", "odd": 1}), json!({"lang": "en"}), record("new", "Kept"), record("new", "Kept")];
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("in.ndjson"), &text).unwrap();
        let arguments = ["import", "--lang", "en", "--report", "dry.report", "in.ndjson", "--dry-run"];
        let (before, seq) = (server.exported(), server.latest_change());
        // Nobody waits for a dry run, and it waits for nobody.
        let held = server.app.store.write(|_| Ok::<_, masthead::store::StoreError>(command::run(&server.database, folder.path(), &arguments)));
        let dry = held.unwrap();
        assert_eq!((server.exported(), server.latest_change()), (before, seq));
        let arguments = arguments.map(|argument| argument.replace("dry.report", "real.report"));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| *argument != "--dry-run").collect();
        let real = command::run(&server.database, folder.path(), &arguments);
        assert_eq!((dry.code, real.code), (Some(1), Some(1)), "{}", dry.err);
        assert_eq!(read_report(&folder.path().join("dry.report")), read_report(&folder.path().join("real.report")));
        let told = |err: &str| err.lines().filter(|line| line.starts_with(' ')).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(told(&dry.err), told(&real.err));
        assert!(real.err.contains("2 created"), "{}", real.err);
        assert!(server.latest_change() > seq);
    }

    fn the_command_says_that_a_dry_run_wrote_nothing(server) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("good.ndjson"), record("a", "A").to_string()).unwrap();
        let ended = command::run(&server.database, folder.path(), &["import", "--dry-run", "good.ndjson"]);
        assert_eq!(ended.code, Some(0));
        assert!(ended.err.contains("1 created") && ended.err.contains("dry run"), "{}", ended.err);
        assert_eq!(server.latest_change(), 0);
    }

    fn a_report_is_never_read_as_input(server) {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("a.ndjson", &format!("{}\n{{\"lang\":\"en\"}}\n", record("a", "A")));
        let run = |report: &str| command::run(&server.database, folder.path(), &["import", "--report", report, "."]);
        assert_eq!(run("report.ndjson").code, Some(1));
        assert_eq!(read_report(&folder.path().join("report.ndjson")).len(), 1);
        let again = run("report.ndjson");
        assert!(again.err.contains("2 records"), "{}", again.err);
        let other = run("another.ndjson");
        assert!(other.err.contains("2 records"), "{}", other.err);
        let named = command::run(&server.database, folder.path(), &["import", "report.ndjson"]);
        assert_eq!(named.code, Some(0), "{}", named.err);
        assert!(named.err.contains("0 records"), "{}", named.err);
    }
}
