//! Real articles, a sample of every file of the shared corpus: over HTTP each is as it went in, nothing lost and nothing invented.

mod pair;

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use masthead::domain::access::Role;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::harness::TestServer;
use pair::Pair;

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
