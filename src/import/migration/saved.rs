//! Pages of HTML that other programs saved as text, field by field: one set of rules reads both.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::pages::compare_page;
use super::shared;
use super::table::Table;
use crate::import::encoding;
use crate::import::inputs::Input;
use crate::import::lines;
use crate::import::page_record;
use crate::import::record::Record;

/// A program that saves a page as text, with its arguments before the file; `{}` stands for the width.
const PROGRAMS: [(&str, &[&str]); 3] = [
    (
        "w3m",
        &["-dump", "-T", "text/html", "-O", "UTF-8", "-cols", "{}"],
    ),
    (
        "lynx",
        &["-dump", "-nolist", "-display_charset=utf-8", "-width={}"],
    ),
    ("html2text", &["-utf8", "-nobs", "-width", "{}"]),
];

/// The widths at which each program saves a page.
const WIDTHS: [&str; 3] = ["72", "100", "132"];

/// The text that a program saves; `None` where it fails.
fn saved(program: &str, arguments: &[&str], width: &str, file: &Path) -> Option<String> {
    let arguments = arguments
        .iter()
        .map(|argument| argument.replace("{}", width));
    let mut command = Command::new(program);
    let command = command.args(arguments).arg(file).stdin(Stdio::null());
    let text = String::from_utf8_lossy(&command.output().ok()?.stdout).into_owned();
    Some(text).filter(|text| !text.trim().is_empty())
}

/// True if a program is installed; `MASTHEAD_REQUIRE_SAVERS=1` makes its absence a failure.
fn is_installed(program: &str) -> bool {
    let mut command = Command::new(program);
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    let is_there = command.stderr(Stdio::null()).status().is_ok();
    let required = std::env::var("MASTHEAD_REQUIRE_SAVERS").is_ok_and(|value| value == "1");
    assert!(
        is_there || !required,
        "MASTHEAD_REQUIRE_SAVERS=1, but {program} is not installed"
    );
    if !is_there {
        eprintln!("\n**** NOT TESTED: pages that {program} saves; it is not installed ****\n");
    }
    is_there
}

/// A page as UTF-8 HTML that says so.
fn unpacked(path: &Path, to: &Path) {
    let mut html = String::new();
    let input = Input::File(path.to_owned());
    let input = lines::open(input.open().unwrap()).unwrap();
    let mut input = encoding::utf8(input).unwrap();
    input.read_to_string(&mut html).unwrap();
    std::fs::write(to, format!("<meta charset=utf-8>{html}")).unwrap();
}

/// The pages that a program saves beside what is expected of them: those that rules are made by, and the third that was held
/// back.
fn tables(folder: &Path, expected: &[Value], program: &str, arguments: &[&str]) -> [Table; 2] {
    let temporary = tempfile::tempdir().unwrap();
    let file = temporary.path().join("page.html");
    let mut tables = [(); 2].map(|()| Table::default());
    for (number, item) in expected.iter().enumerate() {
        let name = item["name"].as_str().unwrap();
        let endings = [".html.gz", ".html"].map(|ending| folder.join(format!("{name}{ending}")));
        unpacked(endings.iter().find(|path| path.exists()).unwrap(), &file);
        for width in WIDTHS {
            let Some(text) = saved(program, arguments, width, &file) else {
                continue;
            };
            let (_, parsed) = page_record::read(&text, None);
            let item = named(item, &format!("{name} {program} {width}"));
            let table = &mut tables[usize::from(number % 3 == 2)];
            table.row("found", parsed.is_ok(), || item["name"].to_string());
            if let Ok(Record::Article(article)) = parsed.as_ref().map(|parsed| &parsed.record) {
                compare_page(table, &item, article);
            }
        }
    }
    tables
}

#[test]
fn pages_that_were_saved_as_text_are_read_field_by_field() {
    let Some(folder) = shared("html") else { return };
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: Vec<Value> = serde_json::from_str(&text).unwrap();
    let read: Vec<[Table; 2]> = std::thread::scope(|scope| {
        let programs = PROGRAMS.iter().filter(|(program, _)| is_installed(program));
        let threads: Vec<_> = programs
            .map(|(program, arguments)| {
                scope.spawn(|| tables(&folder, &expected, program, arguments))
            })
            .collect();
        let joined = threads.into_iter().map(|thread| thread.join().unwrap());
        joined.collect()
    });
    let is_whole = read.len() == PROGRAMS.len();
    let [mut developed, mut held_back] = [(); 2].map(|()| Table::default());
    for [of_rules, of_others] in read {
        developed.add(of_rules);
        held_back.add(of_others);
    }
    for (name, table, least) in [
        ("saved as text, two thirds", developed, LEAST),
        ("saved as text, a third", held_back, LEAST_HELD_BACK),
    ] {
        let percent = table.share(&FIELDS);
        table.show(&format!("{name}: {percent:.1} % of the fields"));
        assert!(
            percent >= least || !is_whole,
            "{name}: {percent:.1} %\n{}",
            table.wrong.join("\n")
        );
    }
}

/// The fields that are counted.
const FIELDS: [&str; 6] = [
    "title",
    "authors",
    "sitename",
    "date",
    "breadcrumb",
    "first",
];

/// The shares of these fields that are read as expected.
const LEAST: f64 = 92.0;
const LEAST_HELD_BACK: f64 = 92.5;

fn named(item: &Value, name: &str) -> Value {
    let mut item = item.clone();
    item["name"] = name.into();
    item
}
