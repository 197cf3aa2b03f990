//! Export, import into an empty database, export again: the same bytes, on each database and across them.

use masthead::domain::access::Role;
use masthead::domain::article::{Notice, NoticeKind, Status};
use masthead::domain::body::Body;
use masthead::domain::id::Id;
use masthead::domain::slug::Slug;
use masthead::domain::time::Timestamp;
use masthead::import::record::Record;
use serde_json::{Value, json};

use super::builders::Article;
use super::command;
use super::harness::{START, TestServer};
use super::taxonomy_writes::send;

/// Past the dates of the demo, so that all of it is as it is meant to be.
const DEMO_DAYS: i64 = 505;

fn at(hours: i64) -> Timestamp {
    Timestamp::from_millis(START + (DEMO_DAYS * 24 + hours) * 3_600_000)
}

/// The demo and everything that a publication gathers in its life: versions, moves, tombstones, drafts, waiting articles.
fn fill(server: &TestServer) {
    server.pass(DEMO_DAYS * 86_400);
    masthead::demo::fill(&server.app.store, &server.app.clock).unwrap();
    server.refresh();
    import_odd_records(server);
    change_what_is_there(server);
    write_hidden_articles(server);
    move_names_and_branches(server);
}

fn move_names_and_branches(server: &TestServer) {
    let key = server.key(Role::Admin);
    let write = |method: &str, target: &str, content: Value| {
        let response = send(server, &key, method, target, &content);
        assert!(response.status < 300, "{target}: {}", response.text());
        response.json()["data"].clone()
    };
    server.pass(60);
    write(
        "POST",
        "/api/authors/nobody-yet/merge",
        json!({"into": "ottilie-marchbank"}),
    );
    write(
        "PATCH",
        "/api/authors/ottilie-marchbank",
        json!({"slug": "o-marchbank"}),
    );
    write(
        "PATCH",
        "/api/sources/the-empty-journal",
        json!({"slug": "empty-journal"}),
    );
    write("PATCH", "/api/tags/unused", json!({"slug": "still-unused"}));
    write(
        "PATCH",
        "/api/sections/international/events?lang=en",
        json!({"parent": "society", "slug": "gatherings"}),
    );
    let alone = write(
        "POST",
        "/api/sections",
        json!({"lang": "en", "name": "Alone  here"}),
    );
    write(
        "POST",
        "/api/sections",
        json!({"lang": "fr", "name": "Seule", "translation_of": alone["id"]}),
    );
    for template in ["https://a.example/{slug}", "https://b.example/{slug}"] {
        let content = json!({"url_template": template, "home_path": template.replace("https://", "/").replace("{slug}", "")});
        write("PATCH", "/api/editions/fr", content);
    }
    write(
        "PUT",
        "/api/editions/zh-Hant",
        json!({"time_zone": "Asia/Taipei"}),
    );
}

fn import_odd_records(server: &TestServer) {
    let told = server.import(&[
        json!({"id": "odd/1", "lang": "en", "title": "<SRD> \u{1F600} & \"more\"", "slug": "An odd « slug »", "published_at": "2013-10", "updated": "2014-01-02T03:04:05.678Z",
            "source": "Wire", "url": "https://example.org/odd?x=1", "odd": {"deep": [1, 2.5, null, {"a": "b"}], "empty": []}, "type_of": "x", "image": "https://example.org/a.jpg",
            "notices": [{"kind": "retraction", "text": "It does not stand."}], "contributors": [{"role": "chef", "name": "C", "phone": "1"}, {"role": "editor", "name": "Ed"}],
            "license": "CC0", "original": {"lang": "de", "title": "Seltsam", "selected_on": "2013-09-01"}, "body_markdown": "# Head\n\n1. one\n2. two\n\n```rust\nfn main() {}\n```\n"}),
        json!({"id": "odd/1", "lang": "en", "title": "The same id elsewhere", "source": "Post", "published_at": "2024-05-01", "translation_key": "odd-key"}),
        json!({"lang": "fr", "title": "Sans date", "translation_key": "odd-key", "body_paragraphs": ["Un", "Deux"]}),
        json!({"lang": "zh-Hant", "title": "沒有編號的文章", "url": "https://example.org/zh", "published_at": "2024-05-01", "section_path": ["新聞", "國際"], "tags": ["Trade"]}),
        json!({"id": "gone", "lang": "en", "title": "Taken down", "published_at": "2020-01-01", "status": "withdrawn", "withdrawn": {"reason": "privacy", "note": "for the desk", "at": "2020-02-02T00:00:00Z"}}),
        json!({"id": "never", "lang": "en", "title": "Never public", "status": "withdrawn"}),
        json!({"type": "author", "name": "Nobody Yet", "names": {"zh": "無名"}, "bio": "Writes nothing.", "url": "https://example.org/nobody"}),
        json!({"type": "source", "name": "The Empty Journal", "kind": "journal", "rights": {"licence": "CC BY 4.0"}}),
        json!({"type": "tag", "slug": "unused", "name": "Unused"}),
        json!({"type": "section", "lang": "en", "path": "empty/below", "name": "Below", "position": 7}),
    ]);
    assert_eq!(told.summary.refused(), 0, "{:?}", told.lines);
}

fn change_what_is_there(server: &TestServer) {
    let ids = server
        .ok("/api/articles?lang=en&sort=published_at&limit=8")
        .column("id");
    let ids: Vec<Id> = ids.iter().map(|id| Id::parse(id).unwrap()).collect();
    for n in 0..4 {
        server.pass(61);
        server.change(ids[0], |content| content.title = format!("Version {n}"));
        server.change(ids[1], |content| {
            content.slug = Slug::from_text(&format!("moved {n}"))
        });
    }
    server.change(ids[2], |content| {
        content.body = Body::from_html("<p>Another <em>text</em></p>")
            .unwrap()
            .html()
            .to_owned();
        content.details.notices.push(Notice {
            id: Id::new(at(1)),
            kind: NoticeKind::Correction,
            text: "Mended.".to_owned(),
            at: at(1),
        });
        content.tags.reverse();
    });
    server.pass(3_600);
    server.withdraw(ids[3]);
    server.unpublish(ids[4]);
    server.change(ids[5], |content| content.slug = Slug::from_text("there"));
    server.change(ids[5], |content| content.slug = Slug::from_text("and back"));
    server.change(ids[5], |content| content.slug = Slug::from_text("there"));
    server.unpublish(ids[6]);
    server.change(ids[6], |content| content.status = Status::Published);
}

fn write_hidden_articles(server: &TestServer) {
    let key = server.key_within(Role::Author, Default::default()).1;
    server.article(
        Article::new("An author's draft")
            .status(Status::Draft)
            .undated()
            .created_by(key),
    );
    server.article(
        Article::new("Under embargo")
            .embargo_until(at(24))
            .author("Nobody Yet"),
    );
    let planned = server.article(Article::new("Planned").status(Status::Scheduled).undated());
    server.change(planned, |content| content.publish_at = Some(at(48)));
    server.article(Article::new("No text").body("").slug("no-text"));
}

/// The first line in which two exports differ.
fn difference<'a>(before: &'a str, after: &'a str) -> Option<(&'a str, &'a str)> {
    let mut pairs = before.lines().zip(after.lines());
    pairs
        .find(|(a, b)| a != b)
        .or_else(|| (before.len() != after.len()).then_some(("another", "length")))
}

fn assert_same(before: &str, after: &str) {
    assert_eq!(difference(before, after), None);
    assert_eq!(before.len(), after.len());
}

/// The first difference of two answers, as a path of names.
fn first_difference(a: &Value, b: &Value) -> Option<String> {
    let deeper =
        |name: &str, a: &Value, b: &Value| Some(format!("{name}/{}", first_difference(a, b)?));
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => a
            .iter()
            .find_map(|(name, value)| deeper(name, value, &b[name])),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            (0..a.len()).find_map(|n| deeper(&n.to_string(), &a[n], &b[n]))
        }
        _ => (a != b).then(|| format!(": {a} is not {b}")),
    }
}

/// Imports an export and compares the export of that, and what both servers answer.
fn assert_copies(server: &TestServer, copy: &TestServer) {
    copy.pass(DEMO_DAYS * 86_400 + 12 * 3_600);
    let export = server.exported();
    copy.pass(7_200);
    let records: Vec<Value> = export
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let told = copy.import(&records);
    assert_eq!(told.summary.refused(), 0, "{:?}", told.lines);
    assert_eq!(
        told.lines,
        Vec::<Value>::new(),
        "an export is taken back as it is"
    );
    assert_same(&export, &copy.exported());
    assert_answers_are_the_same(server, copy);
}

fn assert_answers_are_the_same(server: &TestServer, copy: &TestServer) {
    let (key, copy_key) = (server.key(Role::Admin), copy.key(Role::Admin));
    for path in [
        "/api/articles?limit=100&count=exact&include=body,related",
        "/api/articles?limit=100&sort=updated_at&status=draft,scheduled,published,withdrawn&body=blocks&count=exact",
        "/api/articles?limit=100&lang=zh,fr,en&sort=title",
        "/api/editions",
        "/api/sections?include=article_count&limit=100",
        "/api/sections?lang=en&tree=true",
        "/api/authors?include=article_count&limit=100",
        "/api/sources?include=article_count&limit=100",
        "/api/tags?include=article_count&limit=100",
        "/api/articles/moved-0",
        "/api/articles/moved-3",
        "/api/articles/An%20odd%20%C2%AB%20slug%20%C2%BB",
        "/api/articles/taken-down",
        "/api/articles/and-back",
        "/api/articles/never-public",
        "/api/resolve?url=http://example.org/odd?x=1",
        "/api/articles/sans-date?lang=fr",
        "/api/authors/nobody-yet",
        "/api/authors/ottilie-marchbank",
        "/api/sources/empty-journal",
        "/api/sources/the-empty-journal",
        "/api/tags/unused",
        "/api/sections/international/events/forums",
        "/api/sections/seule",
    ] {
        let ask = |server: &TestServer, key: Option<&String>| {
            let request = server.request("GET", path).header("x-request-id", "same");
            let answer = match key {
                Some(key) => request.key(key).send(),
                None => request.send(),
            };
            let body = if answer.body.is_empty() {
                Value::Null
            } else {
                // Each copy has an address of its own.
                let text = answer
                    .text()
                    .replace(&server.app.base_url(), "http://masthead");
                serde_json::from_str(&text).unwrap()
            };
            json!({"status": answer.status, "location": answer.header("location"), "body": body})
        };
        let (here, there) = (ask(server, Some(&key)), ask(copy, Some(&copy_key)));
        assert_eq!(first_difference(&here, &there), None, "{path} with a key");
        let (here, there) = (ask(server, None), ask(copy, None));
        assert_eq!(first_difference(&here, &there), None, "{path}");
    }
}

#[test]
fn an_export_is_the_same_after_an_import_into_sqlite() {
    let server = TestServer::on_sqlite();
    fill(&server);
    assert_copies(&server, &TestServer::on_sqlite());
}

#[test]
fn an_export_is_the_same_after_an_import_into_postgresql_and_back() {
    let (Some(there), server) = (TestServer::on_postgres(), TestServer::on_sqlite()) else {
        return;
    };
    fill(&server);
    assert_copies(&server, &there);
    assert_copies(&there, &TestServer::on_sqlite());
}

#[test]
fn an_export_of_postgresql_is_the_same_after_an_import_into_postgresql() {
    let (Some(server), Some(copy)) = (TestServer::on_postgres(), TestServer::on_postgres()) else {
        return;
    };
    fill(&server);
    assert_copies(&server, &copy);
}

api_test! {
    fn an_export_says_everything_but_keys(server) {
        fill(server);
        let export = server.exported();
        let lines: Vec<Value> = export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).collect::<Vec<_>>();
        for kind in Record::KINDS.iter().filter(|kind| **kind != "medium") {
            assert!(!of(kind).is_empty(), "{kind}");
        }
        assert_eq!(lines.len(), Record::KINDS.iter().map(|kind| of(kind).len()).sum::<usize>());
        assert!(!export.contains("mh_") && !export.contains("secret"));
        let states = ["draft", "scheduled", "published", "withdrawn"].map(|state| of("article").iter().filter(|line| line["status"] == state).count());
        assert!(states.iter().all(|count| *count > 0), "{states:?}");
        let versions: i64 = of("article").iter().map(|line| line["version"].as_i64().unwrap()).sum();
        assert_eq!(of("revision").len() as i64, versions);
    }

    fn an_export_imported_where_it_came_from_changes_nothing(server) {
        fill(server);
        let export = server.exported();
        let seq = server.app.store.read(masthead::store::changes::latest_seq).unwrap();
        server.pass(3_600);
        let records: Vec<Value> = export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told = server.import(&records);
        assert_eq!(told.summary.kinds.values().map(|counts| counts.created + counts.updated + counts.refused).sum::<u64>(), 0, "{:?}", told.summary);
        assert_same(&export, &server.exported());
        assert_eq!(server.app.store.read(masthead::store::changes::latest_seq).unwrap(), seq);
    }

    fn the_commands_write_an_export_and_take_it_back(server) {
        fill(server);
        let folder = tempfile::tempdir().unwrap();
        let ended = command::run(&server.database, folder.path(), &["export", "all.ndjson.gz"]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let copy = format!("sqlite://{}", folder.path().join("copy.db").display());
        let ended = command::run(&copy, folder.path(), &["import", "all.ndjson.gz"]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let ended = command::run(&copy, folder.path(), &["export", "-"]);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert_same(&server.exported(), &ended.out);
    }
}
