//! Tests of the codebase itself: who may use whom, and that what is written down twice is the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod comments;
mod config;
mod imports;
mod shelves;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use imports::{Arrows, arrows, circles};
use masthead::http::codes::Code;

fn sources_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources_below(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// Lines of code: comments name other shelves freely.
fn code_lines(path: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(n, line)| (n + 1, line.to_owned()))
        .collect()
}

fn names(line: &str, used: &str) -> bool {
    line.match_indices(used).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + used.len()..].chars().next();
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !part(before) && !part(after)
    })
}

#[test]
fn every_file_says_what_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut silent = sources_below(&root.join("src"));
    silent.extend(sources_below(&root.join("tests")));
    silent.retain(|path| !fs::read_to_string(path).unwrap().starts_with("//!"));
    assert!(silent.is_empty(), "{silent:?}");
}

/// The compiler passes over a file that no `mod` names.
#[test]
fn every_file_is_part_of_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut alone = Vec::new();
    for folder in ["src", "tests/api", "tests/architecture"].map(|folder| root.join(folder)) {
        let mut files = sources_below(&folder);
        files.retain(|path| *path != folder.join("lib.rs") && *path != folder.join("main.rs"));
        files.retain(|path| !is_named_above(path));
        alone.extend(files);
    }
    assert!(alone.is_empty(), "no `mod` names these: {alone:?}");
}

fn is_named_above(file: &Path) -> bool {
    let module = match file.ends_with("mod.rs") {
        true => file.parent().unwrap(),
        false => file,
    };
    let above = module.parent().unwrap();
    let declared = format!("mod {}", module.file_stem().unwrap().display());
    let beside = ["mod.rs", "lib.rs", "main.rs"].map(|name| above.join(name));
    let mut parents = beside.into_iter().chain([above.with_extension("rs")]);
    parents.any(|parent| {
        let text = fs::read_to_string(parent).unwrap_or_default();
        text.lines().any(|line| names(line, &declared))
    })
}

#[test]
fn both_databases_have_the_same_migrations() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let of = |database: &str| {
        let mut names: Vec<_> = fs::read_dir(root.join(database))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(of("sqlite"), of("postgres"));
    assert!(!of("sqlite").is_empty());
}

#[test]
fn every_error_code_is_used() {
    let is_table = |path: &PathBuf| path.ends_with("http/codes.rs");
    let files = sources_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http"));
    let others = files.iter().filter(|path| !is_table(path));
    let code: String = others
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for used in Code::ALL {
        let name = format!("Code::{used:?}");
        assert!(
            code.contains(&name),
            "{name} is in the table, but nothing answers with it"
        );
    }
}

/// The document takes every nullable property for one that is always sent.
#[test]
fn what_serde_may_skip_is_not_documented_as_nullable() {
    let mut wrong = Vec::new();
    for path in sources_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let (mut is_documented, mut attributes) = (false, String::new());
        for (number, line) in code_lines(&path) {
            let line = line.trim();
            if line.starts_with("#[derive(") {
                is_documented = line.contains("ToSchema");
            } else if line.starts_with("#[") || (!attributes.is_empty() && !line.contains(": ")) {
                attributes += line;
                continue;
            }
            let may_be_skipped = attributes.contains("skip_serializing_if");
            let is_option = line.contains(": Option<") && !attributes.contains("value_type = ");
            if is_documented
                && may_be_skipped
                && (is_option || attributes.contains("value_type = Option<"))
            {
                wrong.push(format!("{}:{number}: {line}", path.display()));
            }
            attributes.clear();
        }
    }
    assert!(
        wrong.is_empty(),
        "give these a `#[schema(value_type = …)]` without Option:\n{}",
        wrong.join("\n")
    );
}

/// The rooms of `src/http` and the other rooms of it that each may name, from the ground up.
const ROOMS: [(&str, &[&str]); 12] = [
    ("codes", &[]),
    ("error", &["codes"]),
    ("protocol", &["codes", "error"]),
    ("request", &["codes", "error", "protocol"]),
    ("schemas", &["request"]),
    ("response", &["codes", "error", "protocol", "request"]),
    (
        "state",
        &["codes", "error", "protocol", "request", "response"],
    ),
    (
        "middleware",
        &["codes", "error", "protocol", "request", "response", "state"],
    ),
    (
        "wire",
        &["codes", "error", "middleware", "request", "state"],
    ),
    (
        "call",
        &["codes", "error", "protocol", "request", "response", "state"],
    ),
    (
        "handlers",
        &[
            "call", "codes", "error", "protocol", "request", "response", "schemas", "state",
        ],
    ),
    (
        "openapi",
        &[
            "codes", "error", "handlers", "request", "response", "schemas",
        ],
    ),
];

static ARROWS: LazyLock<Arrows> =
    LazyLock::new(|| arrows(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));

#[test]
fn no_files_name_each_other_in_a_circle() {
    let circles = circles(&ARROWS);
    let told: Vec<String> = circles.iter().map(|circle| circle.join("\n")).collect();
    assert!(told.is_empty(), "{}", told.join("\n\n"));
}

#[test]
fn each_room_of_the_http_layer_names_only_rooms_below_it() {
    let mut faults = Vec::new();
    for (from, arrows) in &*ARROWS {
        let Some(room) = room_of(from) else { continue };
        let (_, may) = ROOMS.iter().find(|(name, _)| *name == room).unwrap();
        let others = arrows.iter().filter_map(|(to, names)| {
            let other = room_of(to).filter(|other| *other != room)?;
            (!may.contains(&other)).then(|| format!("{from} -> {to}: {names:?}"))
        });
        faults.extend(others);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The room of the HTTP layer that a module is in; `None` for others and for the map of addresses itself.
fn room_of(module: &str) -> Option<&str> {
    module.strip_prefix("crate::http::")?.split("::").next()
}

#[test]
fn no_folder_of_handlers_but_bulk_names_another() {
    let folder = |module: &str| {
        let below = module.strip_prefix("crate::http::handlers::")?;
        below.split("::").next().map(str::to_owned)
    };
    let mut faults = Vec::new();
    for (from, arrows) in &*ARROWS {
        let Some(own) = folder(from).filter(|own| own != "bulk") else {
            continue;
        };
        for (to, names) in arrows {
            if folder(to).is_some_and(|other| other != own) {
                faults.push(format!("{from} -> {to}: {names:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
