//! Inputs, as the reading thread hands them on.

use std::fs;

use super::*;

fn files(texts: &[&[u8]]) -> (tempfile::TempDir, Vec<Input>) {
    let folder = tempfile::tempdir().unwrap();
    let inputs = texts.iter().enumerate().map(|(number, text)| {
        let path = folder.path().join(format!("{number}.ndjson"));
        fs::write(&path, text).unwrap();
        Input::File(path)
    });
    let inputs = inputs.collect();
    (folder, inputs)
}

fn options(format: Format) -> Options {
    Options {
        format,
        lang: LanguageTag::parse("en").ok(),
        bases: Bases::default(),
    }
}

fn outcomes(inputs: Vec<Input>) -> Vec<(Option<u64>, Result<(), &'static str>)> {
    let batches = read(inputs, options(Format::Ndjson)).unwrap();
    let items = batches.flat_map(|batch| batch.items);
    items
        .map(|item| {
            let outcome = item.outcome.map(|_| ()).map_err(|finding| finding.code);
            (item.place.line, outcome)
        })
        .collect()
}

#[test]
fn records_come_in_order_in_batches_that_are_not_too_large() {
    let text: String = (0..450)
        .map(|n| format!("{{\"title\":\"t{n}\"}}\n"))
        .collect();
    let (_folder, inputs) = files(&[text.as_bytes()]);
    let batches: Vec<_> = read(inputs, options(Format::Ndjson)).unwrap().collect();
    let sizes: Vec<_> = batches.iter().map(|batch| batch.items.len()).collect();
    assert_eq!(sizes, [200, 200, 50]);
    assert_eq!(batches[2].position, text.len() as u64);
    let lines = batches.iter().flat_map(|batch| &batch.items);
    assert!(lines.map(|item| item.place.line.unwrap()).eq(1..=450));
}

#[test]
fn few_large_records_make_a_batch_too() {
    let line = format!("{{\"title\":\"t\",\"x\":\"{}\"}}\n", "y".repeat(1_100_000));
    let (_folder, inputs) = files(&[line.repeat(5).as_bytes()]);
    let batches = read(inputs, options(Format::Ndjson)).unwrap();
    let sizes: Vec<_> = batches.map(|batch| batch.items.len()).collect();
    assert_eq!(sizes, [2, 2, 1]);
}

#[test]
fn what_is_wrong_with_one_record_or_file_harms_no_other() {
    let (folder, mut inputs) = files(&[
        b"{\"title\":\"a\"}\n{\"title\":\nnot json\n\xff\n[]\n{\"title\":\"b\"}",
        b"\x1f\x8b\x08\x00 broken",
        b"{\"title\":\"c\"}",
    ]);
    inputs.insert(1, Input::File(folder.path().join("vanished.ndjson")));
    assert_eq!(
        outcomes(inputs),
        [
            (Some(1), Ok(())),
            (Some(2), Err("invalid_json")),
            (Some(3), Err("invalid_json")),
            (Some(4), Err("invalid_utf8")),
            (Some(5), Err("not_an_object")),
            (Some(6), Ok(())),
            (None, Err("unreadable")),
            (Some(1), Err("corrupt")),
            (Some(1), Ok(())),
        ]
    );
}

#[test]
fn nesting_without_end_is_refused_and_not_followed() {
    let deep = format!("{{\"title\":\"t\",\"x\":{}", "[".repeat(100_000));
    let (_folder, inputs) = files(&[deep.as_bytes()]);
    assert_eq!(outcomes(inputs), [(Some(1), Err("invalid_json"))]);
}

#[test]
fn lines_of_a_report_are_no_input() {
    let (_folder, inputs) = files(&[b"{\"type\":\"report\",\"outcome\":\"refused\"}\n"]);
    assert_eq!(outcomes(inputs), []);
}

#[test]
fn the_reader_waits_for_the_writer_and_stops_when_it_is_gone() {
    let text = "{\"title\":\"t\"}\n".repeat(RECORDS * 20);
    let (_folder, inputs) = files(&[text.as_bytes()]);
    let mut batches = read(inputs, options(Format::Ndjson)).unwrap();
    let first = batches.next().unwrap();
    assert!(first.position < text.len() as u64);
    let thread = batches.thread.take().unwrap();
    drop(batches);
    assert!(thread.join().is_ok());
}

#[test]
fn a_record_that_brings_its_reader_down_is_refused() {
    let refused = guarded(|| -> u8 { panic!("a broken reader") });
    assert_eq!(refused.unwrap_err().code, "unreadable_record");
}
