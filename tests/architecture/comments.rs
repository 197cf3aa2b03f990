//! Comments open with the thing or the deed that they are about.

use std::fs;
use std::path::Path;

use super::sources_below;

/// The first line of each doc comment, with its number.
fn openings(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let doc =
        |line: &str| line.trim_start().starts_with("//!") || line.trim_start().starts_with("///");
    let before = std::iter::once("").chain(text.lines());
    let lines = before.zip(text.lines()).enumerate();
    lines
        .filter_map(move |(n, (before, line))| (doc(line) && !doc(before)).then_some((n + 1, line)))
}

#[test]
fn comments_open_with_a_noun_or_a_verb() {
    const CLAUSES: [&str; 11] = [
        "What", "Whatever", "Whether", "How", "Why", "Which", "Where", "Wherever", "Who",
        "Whoever", "Whose",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "tests", "benches"];
    let mut faults = Vec::new();
    for path in folders
        .iter()
        .flat_map(|one| sources_below(&root.join(one)))
    {
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in openings(&text) {
            let first = line.split_whitespace().nth(1).unwrap_or_default();
            if CLAUSES.contains(&first) {
                faults.push(format!("{}:{number} {line}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
