//! Imports: what is broken is told, everything else goes in, and coming again changes nothing.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use masthead::domain::access::Role;
use masthead::import::Format;
use masthead::import::inputs::collect;
use masthead::import::progress::Progress;
use masthead::import::reader::{self, Options};
use masthead::import::report::{Report, Summary};
use masthead::import::run::{self, Target};
use masthead::service::Actor;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::builders::lang;
use super::command;
use super::database::Database;
use super::harness::TestServer;

/// The output of an import.
pub(crate) struct Told {
    pub(crate) summary: Summary,
    pub(crate) lines: Vec<Value>,
}

impl Told {
    /// The outcome of each line, and its reason.
    fn verdicts(&self) -> Vec<(u64, &str, &str)> {
        let told = self.lines.iter().filter(|line| line.get("file").is_some());
        told.map(|line| {
            let word = |name: &str| line[name].as_str().unwrap();
            (
                line["line"].as_u64().unwrap_or(0),
                word("outcome"),
                word("code"),
            )
        })
        .collect()
    }

    fn created(&self) -> u64 {
        self.summary
            .kinds
            .values()
            .map(|counts| counts.created)
            .sum()
    }

    fn updated(&self) -> u64 {
        self.summary
            .kinds
            .values()
            .map(|counts| counts.updated)
            .sum()
    }

    fn unchanged(&self) -> u64 {
        self.summary
            .kinds
            .values()
            .map(|counts| counts.unchanged)
            .sum()
    }
}

fn read_report(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

impl TestServer {
    /// Imports records, one a line, as the command does.
    pub(crate) fn import(&self, records: &[Value]) -> Told {
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        self.import_bytes(text.as_bytes())
    }

    /// Imports article pages, each with its file's name, in the order of the names.
    pub(crate) fn import_pages(&self, pages: &[(&str, &str)]) -> Told {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in pages {
            fs::write(folder.path().join(format!("{name}.txt")), text).unwrap();
        }
        self.import_from(folder.path(), Format::Page)
    }

    pub(crate) fn import_bytes(&self, bytes: &[u8]) -> Told {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("input.ndjson");
        fs::write(&file, bytes).unwrap();
        self.import_from(&file, Format::Ndjson)
    }

    pub(crate) fn import_from(&self, path: &Path, format: Format) -> Told {
        let inputs = collect(&[path.to_owned()], format, None).unwrap();
        let lang = (format == Format::Ndjson).then(|| lang("en"));
        let bases = self.app.bases.as_ref().clone();
        let options = Options {
            format,
            lang,
            bases,
        };
        let batches = reader::read(inputs.list, options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        let mut report = Report::open(Some(&path)).unwrap();
        let target = Target {
            store: &self.app.store,
            clock: &self.app.clock,
            actor: Actor::Import,
        };
        run::run(&target, batches, &mut report, &mut Progress::hidden()).unwrap();
        let summary = report.finish().unwrap();
        self.refresh();
        Told {
            summary,
            lines: read_report(&path),
        }
    }

    /// Everything that is stored, as an export tells it.
    pub(crate) fn exported(&self) -> String {
        let mut bytes = Vec::new();
        masthead::export::export(&self.app.store, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    pub(crate) fn latest_change(&self) -> i64 {
        self.app
            .store
            .read(masthead::store::changes::latest_seq)
            .unwrap()
    }

    pub(crate) fn titles(&self) -> Vec<String> {
        self.ok("/api/articles?sort=title&limit=100")
            .column("title")
    }

    fn article_at(&self, slug: &str) -> Value {
        self.ok(&format!("/api/articles/{slug}")).json()["data"].clone()
    }

    fn with_key(&self, key: &str, target: &str) -> Value {
        self.request("GET", target).key(key).send().json()
    }
}

fn record(id: &str, title: &str) -> Value {
    json!({"id": id, "lang": "en", "title": title, "published_at": "2024-05-01T08:00:00Z", "body_paragraphs": [format!("Text of {title}.")]})
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Records whose gzip form is long, because they have little in common.
fn distinct_records(count: usize) -> String {
    let mut state = 7_u64;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        format!("{:x}", state >> 16)
    };
    let mut text = String::new();
    for n in 0..count {
        let words: Vec<String> = (0..30).map(|_| noise()).collect();
        let record = json!({"id": format!("r{n}"), "lang": "en", "title": format!("Record {n}"), "source": "Wire", "authors": [format!("Author {}", n % 50)],
            "section_path": ["News", format!("Part {}", n % 7)], "tags": [format!("tag {}", n % 20)], "published_at": "2024-05-01", "body_paragraphs": [words.join(" ")]});
        text += &format!("{record}\n");
    }
    text
}

/// Every way in which a line can be broken so that nothing of it goes in, with what the report calls it, between lines that
/// are whole.
fn broken_lines() -> (Vec<u8>, Vec<(u64, &'static str)>) {
    let long = format!(
        r#"{{"lang":"en","title":"long","x":"{}"}}"#,
        "y".repeat(17 * 1024 * 1024)
    );
    let broken: Vec<(Vec<u8>, &str)> = vec![
        (b"\xff\xfe\xff".to_vec(), "invalid_utf8"),
        (b"{\"lang\":\"en\",\"title\":".to_vec(), "invalid_json"),
        (b"not json at all".to_vec(), "invalid_json"),
        (b"[1, 2]".to_vec(), "not_an_object"),
        (b"null".to_vec(), "not_an_object"),
        (
            br#"{"type":"podcast","title":"x"}"#.to_vec(),
            "unknown_type",
        ),
        (br#"{"type":7,"title":"x"}"#.to_vec(), "unknown_type"),
        (
            br#"{"lang":"en","published_at":"2024-05-01"}"#.to_vec(),
            "required",
        ),
        (br#"{"lang":"en","title":["x"]}"#.to_vec(), "wrong_type"),
        (
            br#"{"type":"redirect","lang":"en","slug":"x","article":"nowhere"}"#.to_vec(),
            "unknown_article",
        ),
        (long.into_bytes(), "line_too_long"),
    ];
    let mut bytes = format!("{}\n", record("first", "First")).into_bytes();
    let mut expected = Vec::new();
    for (n, (line, code)) in (2..).zip(broken) {
        bytes.extend(line);
        bytes.push(b'\n');
        expected.push((n, code));
    }
    bytes.extend(record("last", "Last").to_string().into_bytes());
    (bytes, expected)
}

api_test! {
    fn whatever_is_wrong_with_a_line_everything_else_goes_in(server) {
        let (bytes, expected) = broken_lines();
        let told = server.import_bytes(&bytes);
        let expected: Vec<_> = expected.into_iter().map(|(line, code)| (line, "refused", code)).collect();
        assert_eq!(told.verdicts(), expected);
        for line in &told.lines {
            assert!(!line["detail"].as_str().unwrap().is_empty());
            assert!(line["file"].as_str().unwrap().ends_with("input.ndjson"));
        }
        assert_eq!(server.titles(), ["First", "Last"]);
        assert_eq!((told.summary.refused(), told.summary.exit_code()), (expected.len() as u64, 1));
    }

    fn the_command_ends_with_one_when_something_was_refused(server) {
        let folder = tempfile::tempdir().unwrap();
        let (bytes, expected) = broken_lines();
        fs::write(folder.path().join("mixed.ndjson"), bytes).unwrap();
        let ended = command::run(&server.database, folder.path(), &["import", "--report", "told", "mixed.ndjson"]);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(ended.err.contains(&format!("{} records", expected.len() + 2)), "{}", ended.err);
        assert!(ended.out.is_empty());
        let lines = read_report(&folder.path().join("told"));
        let told: Vec<_> = lines.iter().map(|line| (line["line"].as_u64().unwrap(), line["code"].as_str().unwrap())).collect();
        assert_eq!(told, expected);
        server.refresh();
        assert_eq!(server.titles(), ["First", "Last"]);
    }

    fn of_a_truncated_gzip_file_all_comes_in_that_stands_before_the_break(server) {
        let folder = tempfile::tempdir().unwrap();
        let whole = gzip(distinct_records(400).as_bytes());
        fs::write(folder.path().join("a.ndjson.gz"), &whole[..whole.len() / 2]).unwrap();
        fs::write(folder.path().join("b.ndjson.gz"), gzip(record("after", "After").to_string().as_bytes())).unwrap();
        let mut spoilt = gzip(distinct_records(50).as_bytes());
        let middle = spoilt.len() / 2;
        spoilt[middle..].iter_mut().for_each(|byte| *byte ^= 0x55);
        fs::write(folder.path().join("c.jsonl.gz"), spoilt).unwrap();
        let ended = command::run(&server.database, folder.path(), &["import", "--report", "told", "."]);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        let told = read_report(&folder.path().join("told"));
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!((&told[0]["code"], &told[1]["code"]), (&json!("truncated"), &json!("corrupt")));
        let broke_at = told[0]["line"].as_u64().unwrap();
        assert!((100..300).contains(&broke_at), "{broke_at}");
        server.refresh();
        assert_eq!(server.ok("/api/articles?tag=tag-0&count=exact").json()["meta"]["total"], (broke_at - 1).div_ceil(20));
        assert_eq!(server.ok("/api/articles/after").json()["data"]["title"], "After");
    }

    fn what_cannot_start_ends_with_two_and_writes_nothing(server) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("good.ndjson"), record("a", "A").to_string()).unwrap();
        fs::write(folder.path().join("precious.txt"), "not a report").unwrap();
        for (arguments, word) in [
            (&["import", "missing.ndjson"][..], "missing.ndjson"),
            (&["import", "good.ndjson", "missing.ndjson"], "missing.ndjson"),
            (&["import"], "PATH"),
            (&["import", "--format", "csv", "good.ndjson"], "csv"),
            (&["import", "--lang", "e_n", "good.ndjson"], "e_n"),
            (&["import", "--report", "precious.txt", "good.ndjson"], "precious.txt"),
            (&["import", "--report", "no/such/folder/report", "good.ndjson"], "no/such/folder/report"),
            (&["--database-url", "mysql://x", "import", "good.ndjson"], "DATABASE_URL"),
        ] {
            let ended = command::run(&server.database, folder.path(), arguments);
            assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.err);
            assert!(ended.err.contains(word), "{arguments:?}: {}", ended.err);
        }
        assert_eq!(server.latest_change(), 0);
        assert_eq!(fs::read_to_string(folder.path().join("precious.txt")).unwrap(), "not a report");
    }

    fn the_command_reads_files_folders_and_its_standard_input(server) {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("in/deeper");
        fs::create_dir_all(&inner).unwrap();
        fs::write(inner.join("a.jsonl"), record("a", "A").to_string()).unwrap();
        fs::write(inner.join("b.ndjson.gz"), gzip(record("b", "B").to_string().as_bytes())).unwrap();
        fs::write(inner.join("notes.txt"), "no input").unwrap();
        fs::write(folder.path().join("named.anything"), record("c", "C").to_string()).unwrap();
        let piped = "{\"title\":\"D\",\"published_at\":\"2024\"}\n";
        let arguments = ["import", "--lang", "fr", "in", "named.anything", "-"];
        let ended = command::run_with_input(&server.database, folder.path(), &arguments, piped.as_bytes());
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        server.refresh();
        assert_eq!(server.titles(), ["A", "B", "C", "D"]);
        assert_eq!(server.article_at("d?lang=fr")["published_at"], "2024-01-01T00:00:00Z");
    }

    fn a_dry_run_writes_nothing_and_reports_what_would_happen(server) {
        server.import(&[record("kept", "Kept"), record("changed", "Before")]);
        let mut changed = record("changed", "After");
        changed["slug"] = json!("After it ");
        let records = [record("kept", "Kept"), changed, json!({"lang": "en", "title": "Undated", "odd": 1}), json!({"lang": "en"}), record("new", "Kept"), record("new", "Kept")];
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("in.ndjson"), &text).unwrap();
        let arguments = ["import", "--lang", "en", "--report", "dry.report", "in.ndjson", "--dry-run"];
        let (before, seq) = (server.exported(), server.latest_change());
        // Nobody waits for a dry run, and it waits for nobody.
        let held = server.app.store.write(|_| Ok::<_, masthead::store::StoreError>(command::run(&server.database, folder.path(), &arguments)));
        let dry = held.unwrap();
        assert_eq!((server.exported(), server.latest_change()), (before, seq));
        let arguments = arguments.map(|argument| argument.replace("dry.report", "real.report"));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| *argument != "--dry-run").collect();
        let real = command::run(&server.database, folder.path(), &arguments);
        assert_eq!((dry.code, real.code), (Some(1), Some(1)), "{}", dry.err);
        assert_eq!(read_report(&folder.path().join("dry.report")), read_report(&folder.path().join("real.report")));
        let told = |err: &str| err.lines().filter(|line| line.starts_with(' ')).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(told(&dry.err), told(&real.err));
        assert!(real.err.contains("2 created"), "{}", real.err);
        assert!(server.latest_change() > seq);
    }

    fn the_command_says_that_a_dry_run_wrote_nothing(server) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("good.ndjson"), record("a", "A").to_string()).unwrap();
        let ended = command::run(&server.database, folder.path(), &["import", "--dry-run", "good.ndjson"]);
        assert_eq!(ended.code, Some(0));
        assert!(ended.err.contains("1 created") && ended.err.contains("dry run"), "{}", ended.err);
        assert_eq!(server.latest_change(), 0);
    }

    fn importing_again_changes_nothing(server) {
        let text = distinct_records(60);
        let first = server.import_bytes(text.as_bytes());
        assert_eq!(first.created(), 60);
        let (before, seq) = (server.exported(), server.latest_change());
        server.pass(3_600);
        let again = server.import_bytes(text.as_bytes());
        assert_eq!((again.created(), again.updated(), again.unchanged()), (0, 0, 60));
        assert_eq!((server.exported(), server.latest_change()), (before, seq));
        assert!(again.verdicts().is_empty());
    }

    fn the_same_record_written_otherwise_changes_nothing(server) {
        server.import(&[json!({"id": "a", "lang": "en", "title": "T", "published_at": "2024-05-01T08:00:00Z", "tags": ["x"]})]);
        let seq = server.latest_change();
        let same = r#"  { "tags":["x"],"published_at":"2024-05-01T10:00:00+02:00", "title" : " T ", "lang":"EN", "id":"a", "subtitle": null }"#;
        let told = server.import_bytes(same.as_bytes());
        assert_eq!((told.updated(), told.unchanged()), (0, 1));
        assert_eq!(server.latest_change(), seq);
    }

    fn a_changed_record_is_a_new_version_and_its_old_slug_leads_on(server) {
        let mut changed = record("a", "Old title");
        changed["slug"] = json!("old-slug");
        server.import(&[changed.clone()]);
        let id = server.article_at("old-slug")["id"].clone();
        server.pass(60);
        changed["title"] = json!("New title");
        changed["slug"] = json!("new-slug");
        assert_eq!(server.import(&[changed]).updated(), 1);
        let moved = server.get("/api/articles/old-slug");
        assert_eq!((moved.status, moved.header("location")), (308, "/api/articles/new-slug"));
        let now = server.article_at("new-slug");
        assert_eq!((&now["id"], &now["version"], &now["title"]), (&id, &json!(2), &json!("New title")));
        assert_eq!(server.titles(), ["New title"]);
    }

    fn a_new_title_alone_leaves_the_slug_as_it_is(server) {
        server.import(&[record("a", "Old title")]);
        server.import(&[record("a", "New title")]);
        assert_eq!(server.article_at("old-title")["title"], "New title");
    }

    fn a_record_without_a_date_is_a_draft_until_it_has_one(server) {
        let mut undated = record("a", "Undated");
        undated["published_at"] = Value::Null;
        let told = server.import(&[undated]);
        assert_eq!(told.verdicts(), [(1, "altered", "no_date")]);
        assert_eq!((told.lines[0]["field"].clone(), told.lines[0]["id"].clone()), (json!("/published_at"), json!("a")));
        assert_eq!(told.summary.exit_code(), 0);
        assert_eq!(server.get("/api/articles/undated").status, 404);
        let key = server.key(Role::Editor);
        assert_eq!(server.with_key(&key, "/api/articles/undated")["data"]["status"], "draft");
        server.import(&[record("a", "Undated")]);
        assert_eq!(server.article_at("undated")["status"], "published");
    }

    fn records_of_one_translation_key_are_one_work(server) {
        let keyed = |id: &str, lang: &str, title: &str| {
            let mut keyed = record(id, title);
            keyed["lang"] = json!(lang);
            keyed["translation_key"] = json!("forum");
            keyed
        };
        server.import(&[keyed("1", "en", "Forum"), keyed("2", "zh-Hans", "论坛")]);
        let told = server.import(&[keyed("3", "fr", "Le forum"), keyed("4", "en", "Forum again")]);
        assert_eq!(told.verdicts(), [(2, "altered", "translation_taken")]);
        let others = |slug: &str| {
            let article = server.article_at(slug);
            let others = article["translations"].as_array().unwrap().clone();
            others.iter().map(|other| other["lang"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(others("forum"), ["fr", "zh-Hans"]);
        assert_eq!(others("le-forum"), ["en", "zh-Hans"]);
        assert!(others("forum-again").is_empty());
        assert_eq!(server.ok("/api/articles?lang=zh,fr,en&count=exact").json()["meta"]["total"], 2);
    }

    fn what_has_no_field_is_kept_in_extra_for_keys_that_may_write(server) {
        let odd = json!({"type": "recipe", "difficulty": 3, "steps": [{"say": "stir", "secret": "whisk"}]});
        let mut first = record("a", "A");
        first["odd"] = odd.clone();
        first["source_file"] = json!("content/a.md");
        let mut second = record("b", "B");
        second["source_file"] = json!("content/b.md");
        let told = server.import(&[first, second]);
        let kept: Vec<_> = told.lines.iter().map(|line| (line["outcome"].as_str().unwrap(), line["field"].as_str().unwrap(), line["records"].as_u64().unwrap())).collect();
        assert_eq!(kept, [("kept", "odd", 1), ("kept", "source_file", 2)]);
        for (role, sees) in [(Role::Partner, false), (Role::Author, true), (Role::Editor, true), (Role::Admin, true)] {
            let key = server.key(role);
            for address in ["/api/articles/a", "/api/articles?tag=none&sort=title", "/api/articles?sort=title", "/api/articles/a/related"] {
                let answer = server.with_key(&key, address).to_string();
                assert!(sees || !answer.contains("whisk"), "{role:?} {address}");
            }
            let article = server.with_key(&key, "/api/articles/a")["data"].clone();
            assert_eq!(article["extra"]["odd"], if sees { odd.clone() } else { Value::Null }, "{role:?}");
        }
        assert!(!server.ok("/api/articles/a").text().contains("whisk"));
        assert!(!server.ok("/api/articles?include=body,related").text().contains("content/a.md"));
    }

    fn an_external_id_is_one_per_source(server) {
        let of = |source: Option<&str>, title: &str| {
            let mut record = record("42", title);
            record["source"] = json!(source);
            record
        };
        let told = server.import(&[of(Some("Wire"), "By wire"), of(Some("Post"), "By post"), of(None, "By hand"), of(Some("Wire"), "By wire again")]);
        assert_eq!((told.created(), told.updated()), (3, 1));
        assert_eq!(server.titles(), ["By hand", "By post", "By wire again"]);
        let again = server.import(&[of(Some("Post"), "By post"), of(None, "By hand, changed")]);
        assert_eq!((again.unchanged(), again.updated()), (1, 1));
    }

    fn an_id_of_ours_is_the_article_s_own_and_any_other_is_external(server) {
        let own = "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b";
        let foreign = "018a0b1c-2d3e-4f40-8a1b-2c3d4e5f6a7b";
        server.import(&[record(own, "Ours"), record(foreign, "Theirs")]);
        assert_eq!(server.article_at("ours")["id"], own);
        assert_ne!(server.article_at("theirs")["id"], foreign);
        let told = server.import(&[json!({"id": own, "external_id": "x", "lang": "en", "title": "Ours", "published_at": "2024-05-01T08:00:00Z"})]);
        assert_eq!(told.updated(), 1);
        assert_eq!(server.titles(), ["Ours", "Theirs"]);
        let lines: Vec<Value> = server.exported().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let articles: Vec<_> = lines.iter().filter(|line| line["type"] == "article").map(|line| (&line["id"], &line["external_id"])).collect();
        assert!(articles.contains(&(&json!(own), &json!("x"))));
        assert!(articles.iter().any(|(id, external)| *id != foreign && *external == foreign));
    }

    fn records_without_any_identity_do_not_double_when_they_come_again(server) {
        let nameless = [
            json!({"lang": "en", "title": "By address", "url": "https://example.org/1", "published_at": "2024-05-01"}),
            json!({"lang": "fr", "title": "Par adresse", "url": "https://example.org/1", "published_at": "2024-05-01"}),
            json!({"lang": "en", "title": "By nothing", "published_at": "2024-05-01"}),
        ];
        assert_eq!(server.import(&nameless).created(), 3);
        assert_eq!(server.import(&nameless).unchanged(), 3);
        let changed = json!({"lang": "en", "title": "By address, changed", "url": "https://example.org/1", "published_at": "2024-05-01"});
        assert_eq!(server.import(&[changed]).updated(), 1);
        assert_eq!(server.titles(), ["By address, changed", "By nothing", "Par adresse"]);
    }

    fn a_slug_that_had_to_change_is_reported_and_the_written_one_resolves(server) {
        let with_slug = |id: &str, title: &str, slug: &str| {
            let mut record = record(id, title);
            record["slug"] = json!(slug);
            record
        };
        let told = server.import(&[
            with_slug("1", "One", "Le « Forum »: l’été "),
            with_slug("2", "Two", "taken"),
            with_slug("3", "Three", "taken"),
            with_slug("4", "Four", "???"),
        ]);
        assert_eq!(told.verdicts(), [(1, "altered", "slug_changed"), (3, "altered", "slug_changed"), (4, "altered", "slug_changed")]);
        let leads = |written: &str, to: &str| {
            let moved = server.get(&format!("/api/articles/{written}"));
            assert_eq!((moved.status, moved.header("location")), (308, format!("/api/articles/{to}").as_str()), "{written}");
            server.ok(moved.header("location"));
        };
        leads("Le%20%C2%AB%20Forum%20%C2%BB%3A%20l%E2%80%99%C3%A9t%C3%A9%20", "le-forum-l-%C3%A9t%C3%A9");
        leads("%3F%3F%3F", "four");
        assert_eq!(server.article_at("taken")["title"], "Two");
        assert_eq!(server.article_at("taken-2")["title"], "Three");
    }

    fn a_written_slug_goes_on_leading_to_the_first_article_that_had_it(server) {
        let with_slug = |id: &str, title: &str| {
            let mut record = record(id, title);
            record["slug"] = json!("Same Slug");
            record
        };
        server.import(&[with_slug("1", "One"), with_slug("2", "Two")]);
        assert_eq!(server.article_at("same-slug-2")["title"], "Two");
        assert_eq!(server.get("/api/articles/Same%20Slug").header("location"), "/api/articles/same-slug");
    }

    fn a_home_path_that_is_no_path_of_the_site_is_left_out_and_told(server) {
        let told = server.import(&[json!({"type": "edition", "lang": "en", "home_path": "javascript:alert(1)"}), json!({"type": "edition", "lang": "fr", "home_path": "//evil.example"})]);
        let lines: Vec<_> = told.lines.iter().map(|line| line["field"].as_str().unwrap_or_default().to_owned()).collect();
        assert_eq!(lines, ["/home_path", "/home_path"], "{:?}", told.lines);
        for lang in ["en", "fr"] {
            assert_eq!(server.ok(&format!("/api/editions/{lang}")).json()["data"]["home_path"], format!("/{lang}"));
        }
    }

    fn many_articles_of_one_title_get_a_slug_each(server) {
        let records: Vec<Value> = (0..30).map(|n| record(&format!("r{n}"), "Market report")).collect();
        let told = server.import(&records);
        assert_eq!((told.created(), told.verdicts().len()), (30, 0));
        let mut slugs = server.ok("/api/articles?limit=100").column("slug");
        slugs.sort();
        slugs.dedup();
        assert_eq!(slugs.len(), 30);
        assert!(slugs.contains(&"market-report".to_owned()) && slugs.contains(&"market-report-30".to_owned()));
    }

    fn an_address_of_a_record_resolves_to_its_article(server) {
        let mut public = record("a", "A");
        public["url"] = json!("https://Example.org/2024/É-a?b=1#top");
        let mut hidden = record("b", "B");
        hidden["url"] = json!("https://example.org/hidden");
        hidden["status"] = json!("draft");
        server.import(&[public, hidden]);
        let id = server.article_at("a")["id"].clone();
        for written in ["https://Example.org/2024/É-a?b=1", "http://example.org/2024/%C3%89-a?b=1", "https://example.org:443/2024/%C3%89-a?b=1%23x"] {
            let encoded = percent_encoding::utf8_percent_encode(written, percent_encoding::NON_ALPHANUMERIC);
            let found = server.get(&format!("/api/resolve?url={encoded}"));
            let wanted = if written.ends_with("%23x") { Value::Null } else { id.clone() };
            assert_eq!(found.json()["data"]["id"], wanted, "{written}");
        }
        assert_eq!(server.get("/api/resolve?url=https://example.org/hidden").status, 404);
    }

    fn every_field_of_a_record_ends_where_readers_look_for_it(server) {
        server.edition("en", "America/New_York");
        server.import(&[json!({
            "id": "a", "lang": "en", "title": " The <SRD> & more ", "subtitle": "Sub", "summary": "Sum", "slug": "the-slug", "url": "https://example.org/a",
            "authors": ["Anna  Weber", "Anna Weber", "Bo"], "byline_raw": "By Anna Weber and Bo", "dateline": "PARIS, May 1",
            "contributors": [{"role": "Editor", "name": "Edna"}, {"role": "translator", "name": "Tara"}, {"role": "photographer", "name": "Phil"}],
            "source": "The Wire", "section_path": ["WORLD", "Asia"], "published_at": "2018-03-09 09:00:00", "tags": ["Trade", "trade", "中国"],
            "license": "CC BY 4.0", "original": {"lang": "fr", "title": "Le titre", "url": "https://example.org/fr"}, "image": "https://example.org/a.jpg", "image_alt": "A bridge",
            "notices": [{"kind": "correction", "text": "A name was wrong."}], "body_html": "<p>One</p><script>x</script>", "body_paragraphs": ["One"],
        })]);
        let article = server.article_at("the-slug");
        let names = |field: &str| article[field].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!((article["title"].as_str(), article["subtitle"].as_str(), article["summary"].as_str()), (Some("The <SRD> & more"), Some("Sub"), Some("Sum")));
        assert_eq!((names("authors"), names("editors"), names("translators")), (vec!["Anna Weber".to_owned(), "Bo".to_owned()], vec!["Edna".to_owned()], vec!["Tara".to_owned()]));
        assert_eq!(article["credits"], json!([{"role": "photographer", "name": "Phil"}]));
        assert_eq!((article["byline_raw"].as_str(), article["dateline"].as_str()), (Some("By Anna Weber and Bo"), Some("PARIS, May 1")));
        assert_eq!((&article["source"]["name"], &article["section"]["path"]), (&json!("The Wire"), &json!("world/asia")));
        assert_eq!((&article["published_at"], &article["published_on"]), (&json!("2018-03-09T14:00:00Z"), &json!("2018-03-09")));
        assert_eq!((names("tags"), &article["rights"]["licence"]), (vec!["Trade".to_owned(), "中国".to_owned()], &json!("CC BY 4.0")));
        assert_eq!(article["original"], json!({"lang": "fr", "title": "Le titre", "url": "https://example.org/fr"}));
        assert_eq!((&article["media"][0]["url"], &article["media"][0]["alt"]), (&json!("https://example.org/a.jpg"), &json!("A bridge")));
        assert_eq!((&article["notices"][0]["kind"], &article["notices"][0]["at"]), (&json!("correction"), &json!("2025-06-01T12:00:00Z")));
        assert_eq!(article["body"]["content"], "<p>One</p>");
    }

    fn whatever_a_record_holds_it_is_refused_or_found_again(server) {
        let mut records = Vec::new();
        let mut marks = Vec::new();
        for (n, name) in NAMES.into_iter().enumerate() {
            for (shape, (mark, value)) in shapes(n).into_iter().enumerate() {
                let mut record = json!({"id": format!("{n}/{shape}"), "lang": "en", "title": "T", "published_at": "2024-05-01", "body_paragraphs": ["Text"]});
                record[name] = value;
                records.push(record);
                marks.push((name, mark));
            }
        }
        let told = server.import(&records);
        let refused: Vec<u64> = told.verdicts().iter().filter(|(_, outcome, _)| *outcome == "refused").map(|(line, ..)| *line).collect();
        assert!(told.verdicts().iter().all(|(.., code)| *code != "not_stored"), "{:?}", told.lines);
        let export = server.exported();
        let mut lost = Vec::new();
        for (line, (record, (name, mark))) in (1..).zip(records.iter().zip(&marks)) {
            if !refused.contains(&line) && !export.contains(mark) {
                lost.push(format!("{name}: {}", record[*name]));
            }
        }
        assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
        let others: Vec<_> = refused.iter().map(|line| marks[*line as usize - 1].0).filter(|name| NAMES[OURS..].contains(name)).collect();
        assert_eq!(others, Vec::<&str>::new(), "names that are not ours refuse no record");
    }

    fn long_addresses_and_names_are_stored_on_both_databases(server) {
        let varied = |seed: u32, count: u32| (1..=count).map(|n| char::from_u32(0x4e00 + (n * 7_919 + seed * 3_571 + n * n * 31) % 20_000).unwrap()).collect::<String>();
        let mut long = record(&varied(1, 499), "Long");
        long["url"] = json!(format!("https://example.org/{}", varied(2, 650)));
        long["translation_key"] = json!(varied(3, 500));
        long["slug"] = json!(format!("{} ", varied(4, 480)));
        long["authors"] = json!([varied(5, 300)]);
        long["tags"] = json!([varied(6, 299)]);
        long["source"] = json!(varied(7, 298));
        let mut deep = record("deep", "Deep");
        deep["section_path"] = json!((0..20).map(|n| varied(n, 30)).collect::<Vec<_>>());
        let mut too_deep = record("too deep", "Too deep");
        too_deep["section_path"] = json!((0..20).map(|n| varied(n, 200)).collect::<Vec<_>>());
        let told = server.import(&[long.clone(), deep, too_deep]);
        assert_eq!(told.verdicts(), [(1, "altered", "slug_changed"), (3, "altered", "too_long")]);
        let url = percent_encoding::utf8_percent_encode(long["url"].as_str().unwrap(), percent_encoding::NON_ALPHANUMERIC).to_string();
        let resolved = server.get(&format!("/api/resolve?url={url}"));
        assert_eq!(resolved.status, 200, "{}", resolved.text());
        assert_eq!(server.titles(), ["Deep", "Long", "Too deep"]);
    }

    fn a_version_without_end_does_not_overflow(server) {
        let own = "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b";
        let mut record = record(own, "A");
        for (name, value) in [("version", json!(i64::MAX)), ("created_at", json!("2024-01-01T00:00:00Z")), ("updated_at", json!("2024-01-01T00:00:00Z"))] {
            record[name] = value;
        }
        assert_eq!(server.import(std::slice::from_ref(&record)).verdicts(), [(1, "altered", "invalid_value")]);
        record["version"] = json!(1_000_000_000);
        record["id"] = json!("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7c");
        record["slug"] = json!("b");
        server.import(std::slice::from_ref(&record));
        record["title"] = json!("B");
        server.import(&[record]);
        assert_eq!(server.article_at("b")["version"], 1_000_000_001);
    }

    fn a_record_that_is_refused_half_way_leaves_nothing_behind(server) {
        let path = (0..30).map(|n| format!("level-{n}")).collect::<Vec<_>>().join("/");
        let deep = json!({"type": "section", "lang": "fr", "path": path});
        let told = server.import(&[record("a", "A"), deep, record("b", "B")]);
        assert_eq!(told.verdicts(), [(2, "refused", "too_deep")]);
        assert_eq!((told.created(), server.titles()), (2, vec!["A".to_owned(), "B".to_owned()]));
        assert!(server.ok("/api/sections").column("path").is_empty());
        assert_eq!(server.ok("/api/editions").column("lang"), ["en"]);
        assert!(!server.exported().contains("Ghost"));
    }

    fn a_report_is_never_read_as_input(server) {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("a.ndjson", &format!("{}\n{{\"lang\":\"en\"}}\n", record("a", "A")));
        let run = |report: &str| command::run(&server.database, folder.path(), &["import", "--report", report, "."]);
        assert_eq!(run("report.ndjson").code, Some(1));
        assert_eq!(read_report(&folder.path().join("report.ndjson")).len(), 1);
        let again = run("report.ndjson");
        assert!(again.err.contains("2 records"), "{}", again.err);
        let other = run("another.ndjson");
        assert!(other.err.contains("2 records"), "{}", other.err);
        let named = command::run(&server.database, folder.path(), &["import", "report.ndjson"]);
        assert_eq!(named.code, Some(0), "{}", named.err);
        assert!(named.err.contains("0 records"), "{}", named.err);
    }

    fn an_import_that_is_killed_half_way_is_completed_by_running_it_again(server) {
        const RECORDS: usize = 3_000;
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("all.ndjson"), distinct_records(RECORDS)).unwrap();
        let mut stored = Database::open(&server.database);
        kill_when_some_is_there(server, &folder, &mut stored);
        let held = stored.count("articles");
        assert!(held < RECORDS as i64, "it was not killed half-way");
        assert_whole(&mut stored, held);
        let again = command::run(&server.database, folder.path(), &["import", "all.ndjson"]);
        assert_eq!(again.code, Some(0), "{}", again.err);
        assert!(again.err.contains(&format!("{held} unchanged")), "{}", again.err);
        assert_whole(&mut stored, RECORDS as i64);
        server.refresh();
        assert_eq!(server.ok("/api/articles?count=exact").json()["meta"]["total"], RECORDS);
        assert_eq!(server.ok("/api/authors?count=exact").json()["meta"]["total"], 50);
    }
}

/// Every name that a line of an article may carry, and some that none of ours do.
const NAMES: [&str; 46] = [
    "id",
    "lang",
    "title",
    "subtitle",
    "summary",
    "slug",
    "url",
    "authors",
    "contributors",
    "byline_raw",
    "source",
    "section_path",
    "published_at",
    "updated",
    "tags",
    "translation_key",
    "body_html",
    "body_markdown",
    "body_paragraphs",
    "status",
    "rights",
    "license",
    "dateline",
    "original",
    "image",
    "image_alt",
    "notices",
    "external_id",
    "publish_at",
    "embargo_until",
    "withdrawn",
    "canonical_url",
    "media",
    "work",
    "version",
    "created_at",
    "updated_at",
    "created_by",
    "extra",
    "body",
    "section",
    "editors",
    "public",
    "word_count",
    "type_of",
    "a/b~c",
];
/// Number of them that are ours alone.
const OURS: usize = 33;

/// Values of every shape, each with a word that is found again if it was kept.
fn shapes(n: usize) -> Vec<(String, Value)> {
    let word = |shape: usize| format!("w{n}x{shape}y");
    let number = 7_000_000_000_000 + n as u64;
    vec![
        (word(0), json!(word(0))),
        (word(1), json!([word(1)])),
        (word(2), json!({"inner": word(2)})),
        (
            word(3),
            json!([{"role": word(3), "name": "Name", "kind": "image", "url": "u", "text": "t"}]),
        ),
        (word(4), json!([[{"deep": [word(4)]}]])),
        (number.to_string(), json!(number)),
        (format!("{number}.5"), json!(number as f64 + 0.5)),
        (word(5), json!(format!("\u{0}\u{7} {}\u{1b}", word(5)))),
        (
            word(6),
            json!({"reason": "legal", "lang": "fr", "licence": word(6), "en": word(6)}),
        ),
        (word(7), json!({word(7): null, "x": false})),
    ]
}

fn kill_when_some_is_there(server: &TestServer, folder: &TempDir, stored: &mut Database) {
    let mut command = command::masthead(&server.database, folder.path());
    command.args(["import", "all.ndjson"]).stderr(Stdio::null());
    let mut importer = command.spawn().unwrap();
    while stored.count("articles") < 400 {
        assert!(importer.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(5));
    }
    importer.kill().unwrap();
    importer.wait().unwrap();
}

/// Each article has one row, one revision and one entry in the change log, and no record came twice.
fn assert_whole(stored: &mut Database, articles: i64) {
    assert_eq!(stored.count("articles"), articles);
    assert_eq!(
        stored.number("SELECT count(DISTINCT external_id) AS n FROM articles"),
        articles
    );
    assert_eq!(stored.count("revisions"), articles);
    assert_eq!(stored.count("article_bodies"), articles);
    assert_eq!(stored.count("changes WHERE kind = 'article'"), articles);
    let torn = "articles a WHERE NOT EXISTS (SELECT 1 FROM revisions r WHERE r.article_id = a.id AND r.version = a.version) \
         OR NOT EXISTS (SELECT 1 FROM changes c WHERE c.id = a.id AND c.kind = 'article' AND c.version = a.version)";
    assert_eq!(stored.count(torn), 0);
    let counted = stored
        .number("SELECT CAST(articles AS BIGINT) AS n FROM facets WHERE kind = 'all' AND public");
    assert_eq!(counted, articles);
}
