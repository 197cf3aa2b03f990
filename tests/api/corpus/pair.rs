//! A record beside the article that it became.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime};
use masthead::domain::slug::Slug;
use masthead::domain::text::{fold_name, strip_control};
use regex::Regex;
use serde_json::{Value, json};

use super::word;

fn words<'r>(record: &'r Value, field: &str) -> Vec<&'r str> {
    let items = record[field].as_array().map_or(&[][..], Vec::as_slice);
    items.iter().map(|item| item.as_str().unwrap()).collect()
}

/// Plain text as it is kept: without white space at its edges and control characters.
fn kept(text: Option<&str>) -> Value {
    text.map_or(Value::Null, |text| json!(strip_control(text).0.trim()))
}

fn once(names: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    names
        .into_iter()
        .filter(|name| seen.insert(name.clone()))
        .collect()
}

fn names(people: &Value) -> Vec<String> {
    people
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Names of contributors in one role.
fn in_role(record: &Value, role: &str) -> Vec<String> {
    let all = record["contributors"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let named = all.iter().filter(|one| {
        one["role"]
            .as_str()
            .is_some_and(|r| r.eq_ignore_ascii_case(role))
    });
    once(
        named
            .map(|one| fold_name(one["name"].as_str().unwrap()))
            .collect(),
    )
}

/// Text by its words alone, whatever white space is between them.
fn folded(text: &str) -> String {
    strip_control(text)
        .0
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A written time in milliseconds; one without a zone is in UTC.
fn millis(written: &str) -> i64 {
    let zoned = ["%+", "%Y-%m-%d %H:%M:%S %z"]
        .iter()
        .find_map(|format| DateTime::parse_from_str(written, format).ok());
    let local = || {
        NaiveDateTime::parse_from_str(written, "%Y-%m-%dT%H:%M:%S%.f")
            .unwrap()
            .and_utc()
    };
    zoned.map_or_else(|| local().timestamp_millis(), |at| at.timestamp_millis())
}

/// A record and the article that it became, for an editor.
pub(super) struct Pair<'r> {
    pub(super) record: &'r Value,
    pub(super) article: Value,
}

impl Pair<'_> {
    /// The differences between them: the field, and both values.
    #[expect(clippy::too_many_lines, reason = "a table, one comparison a field")]
    pub(super) fn faults(&self) -> Vec<String> {
        let checks: [(&str, Value, Value); 18] = [
            (
                "title",
                kept(word(self.record, "title")),
                self.article["title"].clone(),
            ),
            (
                "subtitle",
                kept(word(self.record, "subtitle")),
                self.article["subtitle"].clone(),
            ),
            (
                "summary",
                kept(word(self.record, "summary")),
                self.article["summary"].clone(),
            ),
            (
                "byline_raw",
                kept(word(self.record, "byline_raw")),
                self.article["byline_raw"].clone(),
            ),
            (
                "dateline",
                kept(word(self.record, "dateline")),
                self.article["dateline"].clone(),
            ),
            (
                "lang",
                json!(word(self.record, "lang").unwrap()),
                self.article["lang"].clone(),
            ),
            (
                "source",
                json!(word(self.record, "source").map(fold_name)),
                self.article["source"]["name"].clone(),
            ),
            (
                "section",
                json!(words(self.record, "section_path")),
                self.section(),
            ),
            (
                "authors",
                json!(once(
                    words(self.record, "authors")
                        .into_iter()
                        .map(fold_name)
                        .collect()
                )),
                json!(names(&self.article["authors"])),
            ),
            (
                "editors",
                json!(in_role(self.record, "editor")),
                json!(names(&self.article["editors"])),
            ),
            (
                "translators",
                json!(in_role(self.record, "translator")),
                json!(names(&self.article["translators"])),
            ),
            ("credits", self.credits(), self.article["credits"].clone()),
            (
                "tags",
                json!(self.tags()),
                json!(
                    self.article["tags"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|tag| tag["slug"].clone())
                        .collect::<Vec<_>>()
                ),
            ),
            (
                "date",
                self.date(),
                json!([self.article["status"], self.article["published_on"]]),
            ),
            (
                "licence",
                kept(word(self.record, "license")),
                self.article["rights"]["licence"].clone(),
            ),
            (
                "original",
                self.original(),
                self.article["original"].clone(),
            ),
            (
                "media",
                self.image(),
                json!(
                    self.article["media"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|medium| json!([medium["url"], medium["alt"]]))
                        .collect::<Vec<_>>()
                ),
            ),
            ("notices", json!([]), self.article["notices"].clone()),
        ];
        let differ = checks.iter().filter(|(_, wanted, found)| wanted != found);
        let mut faults: Vec<String> = differ
            .map(|(field, wanted, found)| format!("{field}: {wanted} became {found}"))
            .collect();
        faults.extend(self.instant());
        faults.extend(self.text());
        faults.extend(self.extra());
        faults
    }

    fn section(&self) -> Value {
        let crumbs = self.article["breadcrumbs"].as_array().unwrap();
        let between = &crumbs[1..crumbs.len() - 1];
        json!(
            between
                .iter()
                .map(|crumb| crumb["name"].clone())
                .collect::<Vec<_>>()
        )
    }

    fn credits(&self) -> Value {
        let all = self.record["contributors"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let others = all
            .into_iter()
            .filter(|one| !["editor", "translator"].contains(&one["role"].as_str().unwrap()));
        json!(
            others
                .map(|one| json!({"role": one["role"], "name": one["name"]}))
                .collect::<Vec<_>>()
        )
    }

    fn tags(&self) -> Vec<String> {
        once(
            words(self.record, "tags")
                .iter()
                .map(|tag| Slug::from_text(tag).to_string())
                .collect(),
        )
    }

    /// Its state and its day; every edition here is in UTC.
    fn date(&self) -> Value {
        let Some(written) = word(self.record, "published_at") else {
            return json!(["draft", null]);
        };
        let day = match written.len() {
            4 => format!("{written}-01-01"),
            7 => format!("{written}-01"),
            _ => written[..10].to_owned(),
        };
        json!(["published", day])
    }

    /// A time of day that is written is kept to the millisecond.
    fn instant(&self) -> Option<String> {
        let written = word(self.record, "published_at").filter(|written| written.len() > 10)?;
        let wanted = millis(written);
        let found = self.article["published_at"].as_str().unwrap();
        let same = DateTime::parse_from_rfc3339(found)
            .unwrap()
            .timestamp_millis()
            == wanted;
        (!same).then(|| format!("time: {written} became {found}"))
    }

    fn original(&self) -> Value {
        let original = &self.record["original"];
        if original.is_null() {
            return Value::Null;
        }
        json!({"lang": original["lang"], "title": original["title"], "url": original["url"]})
    }

    fn image(&self) -> Value {
        match word(self.record, "image") {
            Some(url) => json!([[url, kept(word(self.record, "image_alt"))]]),
            None => json!([]),
        }
    }

    /// Every paragraph is in the text, and no line of the text is from elsewhere.
    fn text(&self) -> Vec<String> {
        let text = self.article["body"]["content"].as_str().unwrap();
        let paragraphs = words(self.record, "body_paragraphs");
        let written = word(self.record, "body_html").or(word(self.record, "body_markdown"));
        let Some(written) = written else {
            let wanted = folded(&paragraphs.join("\n"));
            return if folded(text) == wanted {
                vec![]
            } else {
                vec![format!("text: {wanted:.200} became {:.200}", folded(text))]
            };
        };
        let in_extra = words(&self.article["extra"], "body_paragraphs");
        let whole = letters(text);
        let lost = paragraphs
            .iter()
            .filter(|p| !whole.contains(&letters(p)) && !in_extra.contains(p));
        let mut faults: Vec<String> = lost
            .map(|paragraph| format!("lost: {paragraph:.200}"))
            .collect();
        let bare = Regex::new(r"\]\([^)]*\)|<[^>]*>")
            .unwrap()
            .replace_all(written, "");
        let sources = [
            letters(&paragraphs.join("\n")),
            letters(written),
            letters(&bare),
        ];
        let invented = text
            .lines()
            .filter(|line| !sources.iter().any(|source| source.contains(&letters(line))));
        faults.extend(invented.map(|line| format!("invented: {line:.200}")));
        faults
    }

    /// True if all that has no field of its own is there as it was, and nothing else is.
    fn extra(&self) -> Vec<String> {
        let extra = self.article["extra"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        let wanted = self.record.get("source_file");
        let mut faults = Vec::new();
        if extra.get("source_file") != wanted {
            faults.push(format!("source_file: {wanted:?} is missing in {extra:?}"));
        }
        for (name, value) in &extra {
            let stems_from_the_record =
                self.record[name] == *value || (name == "original" && value.is_object());
            if !stems_from_the_record {
                faults.push(format!("extra.{name} is {value}"));
            }
        }
        faults
    }
}
