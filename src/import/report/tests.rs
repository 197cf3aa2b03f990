//! Lines and counts of a report.

use std::fs;

use serde_json::Value;

use super::*;

fn place(line: u64) -> Place {
    Place {
        file: "a.ndjson".into(),
        line: Some(line),
        item: None,
    }
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn every_refusal_and_alteration_is_a_line_with_its_place_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.ndjson");
    let mut report = Report::open(Some(&path)).unwrap();
    let refused = Finding::at("/title", "required", "this field is required");
    report.refused("article", &place(3), Some("x-1"), &refused);
    let notes = [
        Finding::new("no_date", "a draft"),
        Finding::new("slug_changed", "a became b"),
    ];
    report.altered("article", &place(4), None, &notes);
    report.taken("article", Taken::Created);
    report.unknown(&["source_file".to_owned()]);
    report.unknown(&["source_file".to_owned()]);
    report.flush().unwrap();
    let read = lines(&path);
    assert_eq!(
        read[0],
        serde_json::json!({
            "type": "report", "file": "a.ndjson", "line": 3, "id": "x-1", "outcome": "refused",
            "code": "required", "field": "/title", "detail": "this field is required",
        })
    );
    assert_eq!(read.len(), 3);
    let summary = report.finish().unwrap();
    let last = lines(&path).pop().unwrap();
    assert_eq!(
        (&last["field"], &last["records"]),
        (&"source_file".into(), &2.into())
    );
    assert_eq!(summary.kinds["article"].altered, 1);
    assert_eq!(
        (summary.total(), summary.refused(), summary.exit_code()),
        (2, 1, 1)
    );
    assert!(summary.to_string().contains("source_file (2)"), "{summary}");
}

#[test]
fn an_import_that_refuses_nothing_ends_well() {
    let mut report = Report::open(None).unwrap();
    report.taken("tag", Taken::Unchanged);
    report.altered("tag", &place(1), None, &[]);
    let summary = report.finish().unwrap();
    assert_eq!((summary.exit_code(), summary.kinds["tag"].altered), (0, 0));
}

#[test]
fn a_report_replaces_a_report_but_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.ndjson");
    for _ in 0..2 {
        let mut report = Report::open(Some(&path)).unwrap();
        report.refused("line", &place(1), None, &Finding::new("invalid_json", "no"));
        report.finish().unwrap();
        assert_eq!(lines(&path).len(), 1);
    }
    fs::write(&path, "{\"title\":\"An article\"}\n").unwrap();
    let refused = Report::open(Some(&path)).unwrap_err();
    assert!(matches!(refused, ReportError::NotAReport(_)), "{refused}");
    assert!(fs::read_to_string(&path).unwrap().contains("An article"));
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no/such/folder/report.ndjson");
    assert!(matches!(
        Report::open(Some(&path)),
        Err(ReportError::Io { .. })
    ));
}

#[test]
fn what_many_records_say_alike_is_told_once_with_their_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.ndjson");
    let mut report = Report::open(Some(&path)).unwrap();
    let alike = Finding::at("/edition/copyright", "edition_differs", "they differ").shared();
    for line in [4, 7] {
        report.altered("article", &place(line), None, std::slice::from_ref(&alike));
    }
    report.altered(
        "article",
        &place(8),
        None,
        &[Finding::new("left_out", "Share").on_line(3)],
    );
    let summary = report.finish().unwrap();
    assert_eq!(summary.kinds["article"].altered, 1);
    let told = lines(&path);
    assert_eq!((told.len(), &told[0]["line"]), (2, &3.into()));
    assert_eq!(
        (&told[1]["line"], &told[1]["records"]),
        (&4.into(), &2.into())
    );
}

#[test]
fn names_beyond_the_first_thousand_are_counted_together() {
    let mut report = Report::open(None).unwrap();
    let names: Vec<_> = (0..1_500).map(|n| format!("field-{n}")).collect();
    report.unknown(&names);
    let summary = report.finish().unwrap();
    assert_eq!(summary.unknown.len(), NAMES + 1);
    assert_eq!(summary.unknown[OTHERS], 500);
}

#[test]
fn the_summary_tells_the_first_causes_refusals_first_and_what_was_made() {
    let mut report = Report::open(None).unwrap();
    for line in 1..=9 {
        let note = Finding::at("/published_at", "no_date", "a draft");
        report.altered("article", &place(line), None, &[note]);
    }
    let refused = Finding::at("/title", "required", "this field is required");
    report.refused("article", &place(12), Some("x-1"), &refused);
    report.made(&Made {
        editions: vec!["fr".to_owned()],
        sections: vec!["Vekeer".to_owned()],
        authors: 2,
        ..Made::default()
    });
    let summary = report.finish().unwrap();
    let causes = summary.causes();
    assert_eq!(causes.len(), 5);
    assert_eq!(
        causes[..2],
        [
            "a.ndjson:12 x-1: refused, required /title: this field is required",
            "a.ndjson:1: altered, no_date /published_at: a draft",
        ]
    );
    let made = "made: 1 edition (fr), 1 section (Vekeer), 2 authors";
    assert!(summary.to_string().contains(made), "{summary}");
}
