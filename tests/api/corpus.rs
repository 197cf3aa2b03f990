//! Real articles, a sample of every file of the shared corpus: over HTTP each is as it went in, nothing lost and nothing invented.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime};
use flate2::bufread::MultiGzDecoder;
use masthead::domain::access::Role;
use masthead::domain::slug::Slug;
use masthead::domain::text::{fold_name, strip_control};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;
use serde_json::{Value, json};

use super::harness::TestServer;

/// The most lines between two of the sample; smaller files give at least ten.
const STEP: usize = 40;
const AT_LEAST: usize = 10;

/// From the start of a test's clock to when no date of the corpus is still to come, in seconds.
pub(crate) const PAST_DATES: i64 = 505 * 86_400;

/// The corpus stands beside the checkout, or where `MASTHEAD_SHARED` says. It is absent from most machines, which is told;
/// `MASTHEAD_REQUIRE_SHARED=1` makes that a failure.
pub(crate) fn corpus() -> Option<Vec<PathBuf>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("MASTHEAD_SHARED")
        .map_or(beside, PathBuf::from)
        .join("corpus");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        let required = std::env::var("MASTHEAD_REQUIRE_SHARED").is_ok_and(|value| value == "1");
        assert!(
            !required,
            "MASTHEAD_REQUIRE_SHARED=1, but there is no corpus at {}",
            folder.display()
        );
        eprintln!(
            "\n**** There is no corpus at {}: real articles are not tested ****\n",
            folder.display()
        );
        return None;
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".ndjson.gz"));
    files.sort();
    Some(files)
}

/// Some of a file's records.
pub(crate) fn sample(file: &Path) -> Vec<Value> {
    let reader = BufReader::new(MultiGzDecoder::new(BufReader::new(
        File::open(file).unwrap(),
    )));
    let lines: Vec<String> = reader.lines().map(Result::unwrap).collect();
    let step = (lines.len() / AT_LEAST).clamp(1, STEP);
    lines
        .iter()
        .step_by(step)
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn word<'r>(record: &'r Value, field: &str) -> Option<&'r str> {
    record[field]
        .as_str()
        .filter(|text| !text.trim().is_empty())
}

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
struct Pair<'r> {
    record: &'r Value,
    article: Value,
}

impl Pair<'_> {
    /// The differences between them: the field, and both values.
    #[expect(clippy::too_many_lines, reason = "a table, one comparison a field")]
    fn faults(&self) -> Vec<String> {
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

fn imported_as(server: &TestServer, record: &Value) -> String {
    let external = record["id"].as_str().unwrap();
    let found = server
        .app
        .store
        .read(|c| masthead::store::articles::find_by_external_id(c, external));
    let found = found.unwrap();
    assert_eq!(found.len(), 1, "{external}");
    found[0].id.to_string()
}

fn article(server: &TestServer, key: &str, id: &str) -> Value {
    let answer = server
        .request("GET", &format!("/api/articles/{id}?body=text"))
        .key(key)
        .send();
    assert_eq!(answer.status, 200, "{id}");
    answer.json()["data"].clone()
}

/// Its address leads to it, and so does the slug that it was written with.
fn assert_is_found(server: &TestServer, key: &str, record: &Value, article: &Value) {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let get = |path: &str| server.request("GET", path).key(key).send();
    if let Some(url) = word(record, "url") {
        let found = get(&format!("/api/resolve?url={}", encoded(url)));
        assert_eq!(found.json()["data"]["id"], article["id"], "{url}");
    }
    if let Some(slug) = record["slug"].as_str() {
        let path = format!(
            "/api/articles/{}?lang={}",
            encoded(slug),
            article["lang"].as_str().unwrap()
        );
        let mut found = get(&path);
        if found.status == 308 {
            let place = found.header("location").to_owned();
            found = get(&place);
        }
        assert_eq!(found.json()["data"]["id"], article["id"], "{path}");
    }
}

/// Records of one translation key know each other, as far as they are published.
fn assert_are_translations(records: &[Value], articles: &[Value]) {
    let mut works: HashMap<&str, Vec<&Value>> = HashMap::new();
    for (record, article) in records.iter().zip(articles) {
        if let Some(key) = word(record, "translation_key") {
            works.entry(key).or_default().push(article);
        }
    }
    for (key, editions) in works {
        for edition in &editions {
            let others = editions
                .iter()
                .filter(|other| other["id"] != edition["id"] && other["status"] == "published");
            let wanted: BTreeSet<&str> =
                others.map(|other| other["id"].as_str().unwrap()).collect();
            let listed = edition["translations"].as_array().unwrap();
            let found: BTreeSet<&str> = listed
                .iter()
                .map(|other| other["id"].as_str().unwrap())
                .collect();
            assert_eq!(found, wanted, "{key}");
        }
    }
}

api_test! {
    fn real_articles_are_served_as_they_went_in(server) {
        let Some(files) = corpus() else { return };
        assert!(files.len() >= 10, "{files:?}");
        server.pass(PAST_DATES);
        let records: Vec<Value> = files.iter().flat_map(|file| sample(file)).collect();
        assert!(records.len() > 600, "{}", records.len());
        let told = server.import(&records);
        assert_eq!(told.summary.refused(), 0, "{:?}", told.lines);
        let key = server.key(Role::Editor);
        let mut articles = Vec::new();
        let mut faults = Vec::new();
        for record in &records {
            let article = article(server, &key, &imported_as(server, record));
            let pair = Pair { record, article };
            faults.extend(pair.faults().into_iter().map(|fault| format!("{}: {fault}", record["id"])));
            assert_is_found(server, &key, record, &pair.article);
            articles.push(pair.article);
        }
        assert!(faults.is_empty(), "{} faults, such as\n{}", faults.len(), faults[..faults.len().min(20)].join("\n"));
        assert_are_translations(&records, &articles);
        let dated = records.iter().filter(|record| word(record, "published_at").is_some()).count();
        assert_eq!(server.ok("/api/articles?count=exact&limit=1").json()["meta"]["total"], dated);
    }
}

#[test]
fn a_fault_would_be_noticed() {
    let record = json!({"id": "a", "lang": "en", "title": "T", "source": "S", "authors": ["A"], "tags": ["x y"], "published_at": "2024-05", "body_paragraphs": ["One", "Two"], "source_file": "f"});
    let right = json!({"lang": "en", "title": "T", "subtitle": null, "summary": null, "byline_raw": null, "dateline": null, "source": {"name": "S"}, "authors": [{"name": "A"}], "editors": [], "translators": [],
        "credits": [], "tags": [{"slug": "x-y"}], "status": "published", "published_on": "2024-05-01", "rights": {"licence": null}, "original": null, "media": [], "notices": [],
        "breadcrumbs": [{"name": "HOME"}, {"name": "T"}], "body": {"content": "One\n\nTwo"}, "extra": {"source_file": "f", "published_at": "2024-05"}});
    let faults = |article: &Value| {
        Pair {
            record: &record,
            article: article.clone(),
        }
        .faults()
    };
    assert_eq!(faults(&right), Vec::<String>::new());
    for (field, wrong) in [
        ("title", json!("t")),
        ("summary", json!("Invented")),
        ("source", json!({"name": "Other"})),
        ("authors", json!([])),
        ("tags", json!([{"slug": "x-y"}, {"slug": "z"}])),
        ("published_on", json!("2024-05-02")),
        (
            "breadcrumbs",
            json!([{"name": "HOME"}, {"name": "News"}, {"name": "T"}]),
        ),
        ("body", json!({"content": "One"})),
        ("extra", json!({})),
        ("notices", json!([1])),
        ("media", json!([{"url": "u", "alt": null}])),
    ] {
        let mut spoilt = right.clone();
        spoilt[field] = wrong;
        assert_eq!(faults(&spoilt).len(), 1, "{field}");
    }
}
