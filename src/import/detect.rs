//! The format of an input by its first bytes.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::Format;
use super::encoding;

/// The bytes that tell the format.
pub(super) const HEAD: u64 = 64 * 1024;

/// The first element of a document, behind its declarations and comments.
static ROOT: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?is)^\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!doctype\s+(?:[^\[>]|\[[^\]]*\])*>\s*)*<([a-z][\w:.-]*)";
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(pattern).unwrap()
});

/// The beginning of an export of Ghost, or its table of posts.
static GHOST: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?s)^\s*\{\s*"db"\s*:\s*\[|"exported_on"\s*:|^\s*\{\s*(?:"data"\s*:\s*\{\s*)?"(?:posts|users|tags)"\s*:\s*\["#;
    #[expect(clippy::unwrap_used, reason = "the pattern is a constant, and tested")]
    Regex::new(pattern).unwrap()
});

/// The format of an input that is called `name` and begins with `head`, decompressed; `None` for JSON that is of none.
pub(super) fn format(name: &str, head: &[u8]) -> Option<Format> {
    let (text, ..) = encoding::found(head).decode(head);
    let text = text.trim_start();
    match text.chars().next() {
        None => Some(Format::Ndjson),
        Some(_) if is_lines(name) => Some(Format::Ndjson),
        Some('<') => Some(markup(text)),
        Some('{' | '[') => json(text),
        Some(_) if has_lines(text) => Some(Format::Ndjson),
        Some(_) => Some(Format::Page),
    }
}

fn markup(text: &str) -> Format {
    let root = ROOT.captures(text).map(|found| found[1].to_lowercase());
    let local = root.as_deref().and_then(|name| name.rsplit(':').next());
    match local {
        Some("rss" | "rdf" | "channel") if is_wordpress(text) => Format::Wxr,
        Some("rss" | "rdf" | "channel" | "feed" | "entry") => Format::Feed,
        _ => Format::Html,
    }
}

fn is_wordpress(text: &str) -> bool {
    ["wordpress.org/export/", "<wp:wxr_version", "<wp:post_type"]
        .iter()
        .any(|sign| text.contains(sign))
}

/// JSON with a table of posts is Ghost's; a line of NDJSON ends where its record does.
fn json(text: &str) -> Option<Format> {
    let line = text.lines().next().unwrap_or_default();
    let is_record = || {
        serde_json::from_str::<Value>(line).is_ok_and(|value| {
            value["db"].is_null() && value["data"]["posts"].is_null() && value["posts"].is_null()
        })
    };
    if GHOST.is_match(text) && !is_record() {
        return Some(Format::Ghost);
    }
    if text.contains("jsonfeed.org/version/") && text.contains("\"version\"") {
        return Some(Format::Feed);
    }
    // A record may be longer than what is looked at.
    let is_long = !text.trim_end().contains('\n');
    (is_long || has_lines(text)).then_some(Format::Ndjson)
}

fn is_lines(name: &str) -> bool {
    let name = name.to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    [".ndjson", ".jsonl"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// True if one of the first lines is a record, whatever stands before it.
fn has_lines(text: &str) -> bool {
    let is_record =
        |line: &str| line.starts_with('{') && serde_json::from_str::<Value>(line).is_ok();
    text.lines().take(20).any(|line| is_record(line.trim()))
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn the_first_bytes_tell_the_format() {
        let mut found = Vec::new();
        let wordpress = "<?xml version='1.0'?>\n<!-- generator -->\n<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel>";
        for (name, text, format) in [
            ("a", wordpress, Some(Format::Wxr)),
            (
                "a",
                "<!DOCTYPE rss [<!ENTITY x 'y'>]><rss version='0.91'>",
                Some(Format::Feed),
            ),
            (
                "a",
                "\u{feff}\n<a:feed xmlns:a='http://www.w3.org/2005/Atom'>",
                Some(Format::Feed),
            ),
            ("a", "<rdf:RDF>", Some(Format::Feed)),
            (
                "a",
                "{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": []}",
                Some(Format::Feed),
            ),
            (
                "a",
                "{\"db\":[{\"meta\":{},\"data\":{\"posts\":[]}}]}",
                Some(Format::Ghost),
            ),
            (
                "a",
                "{\n\"meta\":{\"exported_on\":1},\"data\":{",
                Some(Format::Ghost),
            ),
            (
                "a",
                "{\"title\":\"a\",\"posts\":[1]}\n{\"title\":\"b\"}",
                Some(Format::Ndjson),
            ),
            ("a", "{\"title\":\n{\"title\":\"b\"}", Some(Format::Ndjson)),
            ("a", "{\n  \"items\": 1\n}", None),
            ("a.jsonl.gz", "{\n  \"items\": 1\n}", Some(Format::Ndjson)),
            ("a", "A headline\n\nBy somebody", Some(Format::Page)),
            ("a", "", Some(Format::Ndjson)),
            ("a", "<!doctype html><title>A headline", Some(Format::Html)),
        ] {
            assert_eq!(self::format(name, text.as_bytes()), format, "{text}");
            found.extend(format);
        }
        for format in Format::value_variants() {
            let is_told = *format == Format::Auto || found.contains(format);
            assert!(is_told, "no first bytes tell {format:?}");
        }
    }
}
