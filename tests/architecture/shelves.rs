//! The shelves of the code, and what each must not use.

use std::fs;
use std::path::Path;

use super::{code_lines, names, sources_below};

/// Each shelf and what it must not use.
const NEVER: [(&str, &[&str]); 19] = [
    (
        "src/domain",
        &[
            "crate::store",
            "crate::service",
            "crate::http",
            "crate::media",
            "crate::import",
            "crate::app",
            "actix_web",
            "diesel",
            "std::fs",
            "std::net",
        ],
    ),
    (
        "src/store",
        &[
            "crate::search",
            "crate::service",
            "crate::http",
            "crate::media",
            "crate::import",
            "crate::app",
            "crate::cli",
            "actix_web",
        ],
    ),
    (
        "src/service",
        &[
            "crate::http",
            "crate::media",
            "crate::import",
            "crate::app",
            "crate::cli",
            "actix_web",
            "diesel",
        ],
    ),
    (
        "src/render",
        &[
            "crate::store",
            "crate::service",
            "crate::http",
            "crate::import",
            "crate::app",
            "crate::config",
            "actix_web",
            "diesel",
            "std::fs",
            "std::net",
        ],
    ),
    (
        "src/search",
        &[
            "crate::store",
            "crate::service",
            "crate::http",
            "crate::media",
            "crate::import",
            "crate::worker",
            "crate::outbound",
            "crate::app",
            "crate::cli",
            "crate::config",
            "actix_web",
            "diesel",
        ],
    ),
    (
        "src/import",
        &[
            "crate::http",
            "crate::app",
            "crate::cli",
            "actix_web",
            "diesel",
        ],
    ),
    (
        "src/media",
        &[
            "crate::http",
            "crate::import",
            "crate::app",
            "crate::cli",
            "crate::config",
            "actix_web",
            "diesel",
        ],
    ),
    (
        "src/backup",
        &[
            "crate::http",
            "crate::import",
            "crate::app",
            "crate::cli",
            "crate::config",
            "actix_web",
            "diesel",
        ],
    ),
    (
        "src/worker",
        &[
            "crate::http",
            "crate::import",
            "crate::app",
            "crate::cli",
            "actix_web",
            "diesel",
        ],
    ),
    (
        "src/outbound",
        &[
            "crate::store",
            "crate::service",
            "crate::http",
            "crate::import",
            "crate::app",
            "crate::cli",
            "actix_web",
            "diesel",
        ],
    ),
    ("src/import/record", &["crate::store", "crate::service"]),
    ("src/import/ndjson", &["crate::store", "crate::service"]),
    ("src/import/wxr", &["crate::store", "crate::service"]),
    ("src/import/ghost", &["crate::store", "crate::service"]),
    ("src/import/feed", &["crate::store", "crate::service"]),
    ("src/import/html", &["crate::store", "crate::service"]),
    ("src/import/xml", &["crate::store", "crate::service"]),
    ("src/import/page", &["crate::store", "crate::service"]),
    (
        "src/http",
        &[
            "crate::app",
            "diesel",
            "crate::import",
            "crate::export",
            "crate::cli",
            "crate::demo",
        ],
    ),
];

#[test]
fn no_shelf_uses_one_that_it_must_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut faults = Vec::new();
    for (shelf, never) in NEVER {
        let files = sources_below(&root.join(shelf));
        assert!(!files.is_empty(), "{shelf} is empty");
        for file in files {
            for (number, line) in code_lines(&file) {
                for used in never.iter().filter(|used| names(&line, used)) {
                    faults.push(format!("{}:{number} uses {used}", file.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Folders of `src` and of `src/import` that may use all that the folder around them may.
const FREE: [&str; 10] = [
    "src/app",
    "src/cli",
    "src/config",
    "src/demo",
    "src/export",
    "src/import/overview",
    "src/import/pictures",
    "src/import/report",
    "src/import/writer",
    "src/logging",
];

/// A folder beside a file of its name with nothing but tests is no shelf.
#[test]
fn every_shelf_is_bound_or_known_to_be_free() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut forgotten = Vec::new();
    for around in ["src", "src/import"] {
        for entry in fs::read_dir(root.join(around)).unwrap() {
            let path = entry.unwrap().path();
            let shelf = format!("{around}/{}", path.file_name().unwrap().display());
            let is_listed =
                NEVER.iter().any(|(bound, _)| *bound == shelf) || FREE.contains(&shelf.as_str());
            if path.is_dir() && !is_listed && !is_of_a_file(&path) {
                forgotten.push(shelf);
            }
        }
    }
    assert!(
        forgotten.is_empty(),
        "say in NEVER what these must not use, or add them to FREE: {forgotten:?}"
    );
}

fn is_of_a_file(folder: &Path) -> bool {
    folder.with_extension("rs").is_file() && !folder.join("mod.rs").is_file()
}
