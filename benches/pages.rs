//! Number of the article pages' fields that are the same when the pages are wrapped, by way of wrapping and by field.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[expect(dead_code, reason = "each bench uses a part of it")]
mod support;

use std::fs;
use std::path::Path;

use masthead::import::page::{Page, parse};

use support::{begin, head, row};

/// Field names, in the order of `fields`.
const FIELDS: [&str; 14] = [
    "title",
    "subtitle",
    "summary",
    "authors",
    "editors",
    "byline",
    "source",
    "published",
    "updated",
    "breadcrumbs",
    "tags",
    "text",
    "contact",
    "copyright",
];

type Wrap = fn(&str, usize) -> String;

fn main() {
    begin("Wrapped pages");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = std::env::var_os("MASTHEAD_SHARED").map_or(root.join("../shared"), Into::into);
    let mut pages = read(&root.join("tests/fixtures/pages"));
    pages.extend(read(&shared.join("pages")));
    let (ideographs, words): (Vec<_>, Vec<_>) = pages
        .into_iter()
        .partition(|(name, _)| name.starts_with("zh"));
    let mut columns = vec!["pages", "wrapped", "width"];
    columns.extend(FIELDS);
    head(&columns);
    for (what, pages, widths) in [
        ("words", &words, [72, 80, 100, 140]),
        ("ideographs", &ideographs, [35, 38, 40, 100]),
    ] {
        for (how, wrap) in [
            ("folded", folded as Wrap),
            ("stripped", stripped),
            ("cut", cut),
        ] {
            for width in widths {
                let right = right(pages, |page| wrap(page, width));
                let counts = right.map(|count| format!("{count} of {}", pages.len()));
                row([what.to_owned(), how.to_owned(), width.to_string()]
                    .into_iter()
                    .chain(counts));
            }
        }
    }
}

fn read(folder: &Path) -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(folder) else {
        println!("There are no pages at {}.", folder.display());
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let texts = paths.filter(|path| path.extension().is_some_and(|ending| ending == "txt"));
    let page = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    texts.map(page).collect()
}

fn right(pages: &[(String, String)], wrap: impl Fn(&str) -> String) -> [usize; FIELDS.len()] {
    let mut right = [0; FIELDS.len()];
    for (_, text) in pages {
        let whole = fields(&parse(text, None).unwrap_or_default());
        let wrapped = fields(&parse(&wrap(text), None).unwrap_or_default());
        for (at, count) in right.iter_mut().enumerate() {
            *count += usize::from(whole[at] == wrapped[at]);
        }
    }
    right
}

fn fields(page: &Page) -> [String; FIELDS.len()] {
    [
        page.title.clone(),
        format!("{:?}", page.subtitle),
        format!("{:?}", page.summary),
        format!("{:?}", page.authors),
        format!("{:?}", (&page.editors, &page.translators, &page.credits)),
        format!("{:?}", page.byline_raw),
        format!("{:?}", (&page.source, &page.url, &page.lang)),
        format!("{:?}", page.published),
        format!("{:?}", page.updated),
        format!("{:?}", page.breadcrumbs),
        format!("{:?}", page.tags),
        format!("{:?}", page.paragraphs),
        format!("{:?}", (&page.phones, &page.email, &page.address)),
        format!("{:?}", page.copyright),
    ]
}

/// As `fold -s` does, in characters: behind the last blank, or, without one, at the width.
fn folded(page: &str, width: usize) -> String {
    wrapped(page, width, |line| {
        let blank = line.iter().rposition(|c| matches!(c, ' ' | '\t'));
        blank.map_or(line.len(), |at| at + 1)
    })
}

/// The same by an editor that takes the blanks at line ends away.
fn stripped(page: &str, width: usize) -> String {
    let lines = folded(page, width);
    lines
        .lines()
        .map(|line| format!("{}\n", line.trim_end_matches([' ', '\t'])))
        .collect()
}

/// At the width, in words too.
fn cut(page: &str, width: usize) -> String {
    wrapped(page, width, <[char]>::len)
}

fn wrapped(page: &str, width: usize, end: impl Fn(&[char]) -> usize) -> String {
    let mut out = String::with_capacity(page.len() + page.len() / width);
    for line in page.split_inclusive('\n') {
        let mut rest: Vec<char> = line.chars().collect();
        while rest.len() > width + usize::from(rest.ends_with(&['\n'])) {
            let tail = rest.split_off(end(&rest[..width]));
            out.extend(rest);
            out.push('\n');
            rest = tail;
        }
        out.extend(rest);
    }
    out
}
