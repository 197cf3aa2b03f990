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

/// The text that a program saves; `None` where it is not installed or fails.
fn saved(program: &str, arguments: &[&str], width: &str, file: &Path) -> Option<String> {
    let arguments = arguments
        .iter()
        .map(|argument| argument.replace("{}", width));
    let mut command = Command::new(program);
    let command = command.args(arguments).arg(file).stdin(Stdio::null());
    let text = String::from_utf8_lossy(&command.output().ok()?.stdout).into_owned();
    Some(text).filter(|text| !text.trim().is_empty())
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

#[test]
#[ignore = "it needs w3m, lynx and html2text, and a minute"]
fn pages_that_were_saved_as_text_are_read_field_by_field() {
    let Some(folder) = shared("html") else { return };
    let text = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: Vec<Value> = serde_json::from_str(&text).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let file = temporary.path().join("page.html");
    let [mut all, mut developed, mut held_back] = [(); 3].map(|()| Table::default());
    for (number, item) in expected.iter().enumerate() {
        let name = item["name"].as_str().unwrap();
        let endings = [".html.gz", ".html"].map(|ending| folder.join(format!("{name}{ending}")));
        unpacked(endings.iter().find(|path| path.exists()).unwrap(), &file);
        for (program, arguments) in PROGRAMS {
            for width in WIDTHS {
                let Some(text) = saved(program, arguments, width, &file) else {
                    continue;
                };
                let (_, parsed) = page_record::read(&text, None);
                let item = named(item, &format!("{name} {program} {width}"));
                let part = match number % 3 {
                    2 => &mut held_back,
                    _ => &mut developed,
                };
                for table in [&mut all, part] {
                    table.row("found", parsed.is_ok(), || item["name"].to_string());
                    if let Ok(Record::Article(article)) =
                        parsed.as_ref().map(|parsed| &parsed.record)
                    {
                        compare_page(table, &item, article);
                    }
                }
            }
        }
    }
    developed.show("saved as text, two thirds");
    held_back.show("saved as text, a third");
    all.show("saved as text");
    for (name, table) in [("two thirds", &developed), ("a third", &held_back)] {
        eprintln!("  the fields of {name}: {:.1} %", table.share(&FIELDS));
    }
    let percent = all.share(&FIELDS);
    assert!(percent >= LEAST, "{percent:.1} %\n{}", all.wrong.join("\n"));
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

/// The share of these fields that is read as expected.
const LEAST: f64 = 88.0;

fn named(item: &Value, name: &str) -> Value {
    let mut item = item.clone();
    item["name"] = name.into();
    item
}
