//! Tests of the codebase itself: who may use whom, and that what is written down twice is the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod comments;
mod imports;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use imports::{Arrows, arrows, circles};
use masthead::cli;
use masthead::config::papers;
use masthead::http::codes::Code;

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

#[test]
fn every_file_says_what_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut silent = sources_below(&root.join("src"));
    silent.extend(sources_below(&root.join("tests")));
    silent.retain(|path| !fs::read_to_string(path).unwrap().starts_with("//!"));
    assert!(silent.is_empty(), "{silent:?}");
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
fn the_example_of_the_settings_is_what_the_code_says() {
    is_generated(".env.example", &papers::env_example(cli::command()));
}

#[test]
fn the_page_of_the_settings_is_what_the_code_says() {
    is_generated("docs/settings.md", &papers::settings_page(cli::command()));
}

/// The settings: every argument of the command itself that a variable can give.
fn settings() -> Vec<clap::Arg> {
    let command = cli::command();
    let given = command
        .get_arguments()
        .filter(|arg| arg.get_env().is_some());
    given.cloned().collect()
}

#[test]
fn every_setting_has_a_flag_a_placeholder_a_line_of_help_and_a_place_at_every_command() {
    for setting in settings() {
        let name = setting.get_id().as_str();
        let help = setting
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(setting.get_long().is_some(), "{name} has no `long`");
        assert!(setting.is_global_set(), "{name} is not `global = true`");
        assert!(!help.is_empty() && !help.contains('\n'), "{name}: {help:?}");
        let takes_value = setting.get_action().takes_values();
        let placeholder = setting.get_value_names().and_then(|names| names.first());
        let is_own = placeholder.is_some_and(|one| **one != *name.to_uppercase());
        assert!(is_own || !takes_value, "{name} has no `value_name`");
    }
}

#[test]
fn every_setting_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let code: String = sources_below(&root)
        .iter()
        .flat_map(|path| code_lines(path))
        .map(|(_, line)| line.replace('.', " .") + "\n")
        .collect();
    for setting in settings() {
        let field = setting.get_id().as_str();
        let is_read = names(&code, &format!(".{field}"));
        assert!(is_read, "nothing reads the setting {field}");
    }
}

/// Compares a committed file with its generated text, and writes it first where `MASTHEAD_REGENERATE` is set.
fn is_generated(file: &str, text: &str) {
    if std::env::var_os("MASTHEAD_REGENERATE").is_some() {
        fs::write(file, text).unwrap();
    }
    let committed = fs::read_to_string(file).unwrap_or_default();
    assert!(
        committed == text,
        "{file} is old: MASTHEAD_REGENERATE=1 cargo test --test architecture settings"
    );
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
