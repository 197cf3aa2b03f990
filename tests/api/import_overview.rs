//! The account of an archive that a dry run gives its publisher.

use std::fs;

use html5ever::tendril::TendrilSink;
use html5ever::{local_name, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use serde_json::{Value, json};

use super::command;
use super::harness::TestServer;

fn archive() -> String {
    let mut records: Vec<Value> = (0..40)
        .map(|n| {
            json!({
                "id": n, "title": format!("Story {n}"), "published_at": format!("{}-05-01", 1990 + n % 3),
                "authors": [format!("Author {}", n % 4)], "section_path": ["News", "Local"],
                "body_paragraphs": ["word ".repeat(60)],
            })
        })
        .collect();
    records.extend([
        json!({"id": "x", "title": "<script>alert(1)</script><b>&", "published_at": "2019", "body_html": ""}),
        json!({"id": "y", "title": "To come", "published_at": "2999-01-01", "body_paragraphs": ["word ".repeat(60)], "authors": ["<img src=x onerror=alert(2)>"]}),
        json!({"id": "z", "title": "No date", "status": "draft", "lang": "fr", "body_paragraphs": ["word ".repeat(60)]}),
        json!({"id": "refused", "body_paragraphs": ["no title"]}),
    ]);
    records.iter().map(|record| format!("{record}\n")).collect()
}

/// Names of all elements, and the text of all but styles.
fn walk(node: &Handle, elements: &mut Vec<String>, text: &mut String) {
    match &node.data {
        NodeData::Element { name, attrs, .. } => {
            elements.push(name.local.to_string());
            let inline = attrs
                .borrow()
                .iter()
                .any(|attribute| attribute.name.local.starts_with("on"));
            assert!(!inline, "a handler in {name:?}");
            if name.local == local_name!("style") {
                return;
            }
        }
        NodeData::Text { contents } => text.push_str(&contents.borrow()),
        _ => {}
    }
    for child in node.children.borrow().iter() {
        walk(child, elements, text);
    }
}

api_test! {
    fn a_dry_run_shows_what_an_archive_holds(server) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("in.ndjson"), archive()).unwrap();
        let arguments = ["import", "--dry-run", "--lang", "en", "--report-html", "page.html", "in.ndjson"];
        let ended = command::run(&server.database, folder.path(), &arguments);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        for line in [
            "43 articles", "       41  published", "        1  scheduled", "        1  draft", "       42  en", "        1  fr",
            "       40  News > Local", "        3  no section", "       10  Author 3", "        2  no author", "       14  1990",
            "        1  2999", "        1  no date", "        1  required at /title", "           in.ndjson, line 44: this field is required",
            "  in.ndjson, line 41: <script>alert(1)</script><b>&",
        ] {
            assert!(ended.out.lines().any(|told| told == line), "{line:?} in {}", ended.out);
        }
        let odd = ended.out.split("Oddest articles").nth(1).unwrap();
        assert_eq!(odd.lines().filter(|line| line.starts_with("  in.ndjson")).count(), 3, "ordinary articles are not odd: {odd}");
        let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
        let document = parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(page.as_str());
        let (mut elements, mut text) = (Vec::new(), String::new());
        walk(&document.document, &mut elements, &mut text);
        for name in ["script", "img", "b", "link", "iframe"] {
            assert!(!elements.iter().any(|element| element == name), "{name}");
        }
        for told in ["Nothing was written", "<script>alert(1)</script><b>&", "<img src=x onerror=alert(2)>", "News > Local", "it has no text", "required at /title"] {
            assert!(text.contains(told), "{told} in {text}");
        }
    }

    fn the_page_of_an_import_replaces_such_pages_alone(server) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("in.ndjson"), archive()).unwrap();
        let path = folder.path().join("page.html");
        let run = |server: &TestServer| command::run(&server.database, folder.path(), &["import", "--lang", "en", "--report-html", "page.html", "in.ndjson"]);
        fs::write(&path, "<!doctype html><p>My own page").unwrap();
        let ended = run(server);
        assert_eq!(ended.code, Some(2), "{}", ended.err);
        assert!(ended.err.contains("page.html"), "{}", ended.err);
        assert_eq!(fs::read_to_string(&path).unwrap(), "<!doctype html><p>My own page");
        assert_eq!(server.latest_change(), 0, "nothing was written");
        fs::remove_file(&path).unwrap();
        for _ in 0..2 {
            assert_eq!(run(server).code, Some(1));
            let page = fs::read_to_string(&path).unwrap();
            assert!(!page.contains("Nothing was written") && page.contains("By section"));
        }
    }
}
