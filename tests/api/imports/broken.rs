//! Records and files that are broken: each fault is told, and everything else goes in.

use std::fs;

use serde_json::json;

use super::{distinct_records, gzip, read_report, record};
use crate::command;

/// Every way in which a line can be broken so that nothing of it goes in, with what the report calls it, between lines that
/// are whole.
fn broken_lines() -> (Vec<u8>, Vec<(u64, &'static str)>) {
    let long = format!(
        r#"{{"lang":"en","title":"long","x":"{}"}}"#,
        "y".repeat(17 * 1024 * 1024)
    );
    let broken: Vec<(Vec<u8>, &str)> = vec![
        (b"\xff\xfe\xff".to_vec(), "invalid_utf8"),
        (b"{\"lang\":\"en\",\"title\":".to_vec(), "invalid_json"),
        (b"not json at all".to_vec(), "invalid_json"),
        (b"[1, 2]".to_vec(), "not_an_object"),
        (b"null".to_vec(), "not_an_object"),
        (
            br#"{"type":"podcast","title":"x"}"#.to_vec(),
            "unknown_type",
        ),
        (br#"{"type":7,"title":"x"}"#.to_vec(), "unknown_type"),
        (
            br#"{"lang":"en","published_at":"2024-05-01"}"#.to_vec(),
            "required",
        ),
        (br#"{"lang":"en","title":["x"]}"#.to_vec(), "wrong_type"),
        (
            br#"{"type":"redirect","lang":"en","slug":"x","article":"nowhere"}"#.to_vec(),
            "unknown_article",
        ),
        (long.into_bytes(), "line_too_long"),
    ];
    let mut bytes = format!("{}\n", record("first", "First")).into_bytes();
    let mut expected = Vec::new();
    for (n, (line, code)) in (2..).zip(broken) {
        bytes.extend(line);
        bytes.push(b'\n');
        expected.push((n, code));
    }
    bytes.extend(record("last", "Last").to_string().into_bytes());
    (bytes, expected)
}

api_test! {
    fn whatever_is_wrong_with_a_line_everything_else_goes_in(server) {
        let (bytes, expected) = broken_lines();
        let told = server.import_bytes(&bytes);
        let expected: Vec<_> = expected.into_iter().map(|(line, code)| (line, "refused", code)).collect();
        assert_eq!(told.verdicts(), expected);
        for line in &told.lines {
            assert!(!line["detail"].as_str().unwrap().is_empty());
            assert!(line["file"].as_str().unwrap().ends_with("input.ndjson"));
        }
        assert_eq!(server.titles(), ["First", "Last"]);
        assert_eq!((told.summary.refused(), told.summary.exit_code()), (expected.len() as u64, 1));
    }

    fn the_command_ends_with_one_when_something_was_refused(server) {
        let folder = tempfile::tempdir().unwrap();
        let (bytes, expected) = broken_lines();
        fs::write(folder.path().join("mixed.ndjson"), bytes).unwrap();
        let ended = command::run(&server.database, folder.path(), &["import", "--report", "told", "mixed.ndjson"]);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(ended.err.contains(&format!("{} records", expected.len() + 2)), "{}", ended.err);
        assert!(ended.out.is_empty());
        let lines = read_report(&folder.path().join("told"));
        let told: Vec<_> = lines.iter().map(|line| (line["line"].as_u64().unwrap(), line["code"].as_str().unwrap())).collect();
        assert_eq!(told, expected);
        server.refresh();
        assert_eq!(server.titles(), ["First", "Last"]);
    }

    fn of_a_truncated_gzip_file_all_comes_in_that_stands_before_the_break(server) {
        let folder = tempfile::tempdir().unwrap();
        let whole = gzip(distinct_records(400).as_bytes());
        fs::write(folder.path().join("a.ndjson.gz"), &whole[..whole.len() / 2]).unwrap();
        fs::write(folder.path().join("b.ndjson.gz"), gzip(record("after", "After").to_string().as_bytes())).unwrap();
        let mut spoilt = gzip(distinct_records(50).as_bytes());
        let middle = spoilt.len() / 2;
        spoilt[middle..].iter_mut().for_each(|byte| *byte ^= 0x55);
        fs::write(folder.path().join("c.jsonl.gz"), spoilt).unwrap();
        let ended = command::run(&server.database, folder.path(), &["import", "--report", "told", "."]);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        let told = read_report(&folder.path().join("told"));
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!((&told[0]["code"], &told[1]["code"]), (&json!("truncated"), &json!("corrupt")));
        let broke_at = told[0]["line"].as_u64().unwrap();
        assert!((100..300).contains(&broke_at), "{broke_at}");
        server.refresh();
        assert_eq!(server.ok("/api/articles?tag=tag-0&count=exact").json()["meta"]["total"], (broke_at - 1).div_ceil(20));
        assert_eq!(server.ok("/api/articles/after").json()["data"]["title"], "After");
    }

    fn a_home_path_that_is_no_path_of_the_site_is_left_out_and_told(server) {
        let told = server.import(&[json!({"type": "edition", "lang": "en", "home_path": "javascript:alert(1)"}), json!({"type": "edition", "lang": "fr", "home_path": "//evil.example"})]);
        let lines: Vec<_> = told.lines.iter().map(|line| line["field"].as_str().unwrap_or_default().to_owned()).collect();
        assert_eq!(lines, ["/home_path", "/home_path"], "{:?}", told.lines);
        for lang in ["en", "fr"] {
            assert_eq!(server.ok(&format!("/api/editions/{lang}")).json()["data"]["home_path"], format!("/{lang}"));
        }
    }

    fn a_version_without_end_does_not_overflow(server) {
        let own = "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b";
        let mut record = record(own, "A");
        for (name, value) in [("version", json!(i64::MAX)), ("created_at", json!("2024-01-01T00:00:00Z")), ("updated_at", json!("2024-01-01T00:00:00Z"))] {
            record[name] = value;
        }
        assert_eq!(server.import(std::slice::from_ref(&record)).verdicts(), [(1, "altered", "invalid_value")]);
        record["version"] = json!(1_000_000_000);
        record["id"] = json!("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7c");
        record["slug"] = json!("b");
        server.import(std::slice::from_ref(&record));
        record["title"] = json!("B");
        server.import(&[record]);
        assert_eq!(server.article_at("b")["version"], 1_000_000_001);
    }

    fn a_record_that_is_refused_half_way_leaves_nothing_behind(server) {
        let path = (0..30).map(|n| format!("level-{n}")).collect::<Vec<_>>().join("/");
        let deep = json!({"type": "section", "lang": "fr", "path": path});
        let told = server.import(&[record("a", "A"), deep, record("b", "B")]);
        assert_eq!(told.verdicts(), [(2, "refused", "too_deep")]);
        assert_eq!((told.created(), server.titles()), (2, vec!["A".to_owned(), "B".to_owned()]));
        assert!(server.ok("/api/sections").column("path").is_empty());
        assert_eq!(server.ok("/api/editions").column("lang"), ["en"]);
        assert!(!server.exported().contains("Ghost"));
    }
}
