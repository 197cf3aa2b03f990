//! `masthead check` and `masthead reindex`: what is wrong is told, and what is derived is made anew.

mod questions;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use masthead::domain::access::{Limits, Role};
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use serde_json::{Value, json};

use super::builders::Article;
use super::command::{Ended, run};
use super::consistency::{ask, assert_consistent};
use super::database::Database;
use super::harness::TestServer;
use super::media::{Form, photo};

fn masthead(server: &TestServer, arguments: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    run(&server.database, folder.path(), arguments)
}

fn check(server: &TestServer) -> Ended {
    masthead(server, &["check", "--without-files"])
}

/// The names of the questions whose answers are wrong.
fn faults(url: &str) -> BTreeSet<String> {
    let answers = ask(url);
    answers.faults().map(|answer| answer.name.clone()).collect()
}

fn article(n: i64) -> Article {
    Article::new(&format!("Article {n}"))
        .section(&["World", "Asia"])
        .author("Ann Lee")
        .editor("Bo Chu")
        .translator("Cy Dee")
        .source("Gazette")
        .tag("bridges")
}

/// A publication with rows in every table that is asked about. Articles are named `article-1` and so on.
fn publication(server: &TestServer, articles: i64) {
    server.articles((1..=articles).map(article).collect());
    let key = server.key(Role::Admin);
    let form = Form::default().file(&photo(16, 16, 7));
    let uploaded = form.request(server.address, &key).send();
    let medium = uploaded.json()["data"]["id"].clone();
    let patch = |target: &str, content: &Value| {
        let request = server.request("PATCH", target).key(&key).if_match("*");
        let content = content.to_string();
        let answer = request
            .content("application/merge-patch+json", content)
            .send();
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    patch(
        "/api/articles/article-1",
        &json!({"media": [{"id": medium}]}),
    );
    patch(
        "/api/articles/article-2",
        &json!({"slug": "article-two", "tags": []}),
    );
    patch("/api/tags/bridges", &json!({"slug": "spans"}));
    let notice = json!({"kind": "correction", "text": "Not so."});
    let request = server.request("POST", "/api/articles/article-3/notices");
    let noted = request.key(&key).if_match("*").json(&notice).send();
    assert!(noted.status < 300, "{}", noted.text());
    let webhook =
        json!({"name": "w", "url": "http://127.0.0.1:9/", "events": ["article.published"]});
    let made = server
        .request("POST", "/api/webhooks")
        .key(&key)
        .json(&webhook)
        .send();
    assert_eq!(made.status, 201, "{}", made.text());
    let (partner, _) = server.partner(Limits::default(), Contract::default());
    let read = server.request("GET", "/api/changes").key(&partner).send();
    assert_eq!(read.status, 200);
}

/// Runs statements that no rule of the database stops.
fn break_rows(database: &mut Database, statements: &str) {
    let lifted = match database {
        Database::Sqlite(_) => "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;",
        Database::Postgres(_) => "SET session_replication_role = replica;",
    };
    database.run(&format!("{lifted} {statements}"));
}

api_test! {
    fn a_check_tells_what_is_wrong_and_a_reindex_mends_what_is_derived(server) {
        publication(server, 5);
        let right = check(server);
        assert_eq!(right.code, Some(0), "{right:?}");
        assert!(right.out.contains("every answer is right"), "{}", right.out);
        let mut database = Database::open(&server.database);
        let list = |query: &str| server.ok(&format!("/api/articles?{query}&count=exact&sort=title")).json();
        // The renditions of the picture are made in the background.
        let made = |list: &Value| list["data"][0]["media"][0]["renditions"].as_array().is_some_and(|made| !made.is_empty());
        let mut before = list("author=ann-lee");
        for _ in 0..400 {
            if made(&before) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
            server.refresh();
            before = list("author=ann-lee");
        }
        assert!(made(&before), "{before}");
        let end = database.number("SELECT max(seq) AS n FROM changes");
        let of = |slug: &str| format!("(SELECT id FROM articles WHERE slug = '{slug}')");
        break_rows(&mut database, &format!(
            "UPDATE articles SET word_count = 4711, url_key = 'example.org/x' WHERE slug = 'article-1';
             DELETE FROM article_media;
             DELETE FROM article_facets WHERE article_id = {};
             UPDATE article_facets SET title_key = 'zzz' WHERE article_id = {};
             UPDATE article_facets SET facet_id = 4711 WHERE article_id = {} AND facet_id = (SELECT id FROM facets WHERE kind = 'author' AND public);
             DELETE FROM facet_sets WHERE article_id = {};
             UPDATE facet_sets SET published = ' xx ', facets = ' 1 ' WHERE article_id = {};
             INSERT INTO article_facets (article_id, facet_id, published_at, updated_at, title_key) VALUES ('none', 1, 0, 0, '');
             UPDATE facets SET articles = 77 WHERE kind = 'lang';
             UPDATE sections SET trail = '[]', path = 'lost' WHERE slug = 'asia';
             UPDATE authors SET name_key = 'nobody' WHERE slug = 'ann-lee';
             UPDATE sources SET name_key = 'nobody'; UPDATE tags SET name_key = 'nobody';",
            of("article-1"), of("article-3"), of("article-3"), of("article-4"), of("article-5"),
        ));
        let wrong = check(server);
        assert_eq!(wrong.code, Some(1), "{wrong:?}");
        assert!(wrong.out.contains("words: an article's word count or reading time is not that of its body: 1 row\n"), "{}", wrong.out);
        let id = database.texts("SELECT id AS t FROM articles WHERE slug = 'article-1'").remove(0);
        assert!(wrong.out.contains(&format!("\n  {id}\n")), "{}", wrong.out);
        let json: Value = serde_json::from_str(&masthead(server, &["check", "--json", "--without-files"]).out).unwrap();
        assert_eq!(json["consistent"], false);
        let words = json["questions"].as_array().unwrap().iter().find(|one| one["name"] == "words").unwrap();
        assert_eq!((&words["wrong"], &words["rows"]), (&json!(1), &json!([id])));

        let words_only = masthead(server, &["reindex", "--words"]);
        assert_eq!(words_only.code, Some(0), "{words_only:?}");
        let left = faults(&server.database);
        assert!(!left.contains("words") && left.contains("addresses") && left.contains("facets"), "{left:?}");
        let reindexed = masthead(server, &["reindex"]);
        assert_eq!(reindexed.code, Some(0), "{reindexed:?}");
        assert_consistent(&server.database);
        assert_eq!(check(server).code, Some(0));
        assert_eq!(database.number("SELECT max(seq) AS n FROM changes"), end, "the change log has said something");
        server.app.forgetting.forget();
        assert_eq!(list("author=ann-lee"), before);
        let again = masthead(server, &["reindex"]);
        assert!(again.err.contains("0 rows were wrong"), "{}", again.err);
    }

    fn a_reindex_goes_on_beside_writers_and_neither_harms_the_other(server) {
        server.articles((1..=150).map(article).collect());
        let key = server.key(Role::Admin);
        let mut database = Database::open(&server.database);
        break_rows(&mut database, "UPDATE articles SET word_count = 4711; UPDATE article_facets SET title_key = 'zzz';
            UPDATE facets SET articles = articles + 5;");
        let done = AtomicBool::new(false);
        let written = std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut written = 0;
                while !done.load(Ordering::SeqCst) || written < 5 {
                    let (of, tag) = (1 + written % 150, format!("tag {written}"));
                    let request = server.request("PATCH", &format!("/api/articles/article-{of}")).key(&key).if_match("*");
                    let content = json!({"title": format!("Changed {written}"), "tags": [tag]}).to_string();
                    let answer = request.content("application/merge-patch+json", content).send();
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    written += 1;
                }
                written
            });
            let reindexed = masthead(server, &["reindex"]);
            done.store(true, Ordering::SeqCst);
            assert_eq!(reindexed.code, Some(0), "{reindexed:?}");
            writer.join().unwrap()
        });
        assert!(written >= 5);
        assert_consistent(&server.database);
    }

    fn a_check_goes_on_beside_writers_and_finds_nothing(server) {
        server.articles((1..=300).map(article).collect());
        let key = server.key(Role::Admin);
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0.. {
                    let name = json!({"name": format!("Asia {n}")}).to_string();
                    let request = server.request("PATCH", "/api/sections/world/asia?lang=en").key(&key).if_match("*");
                    assert_eq!(request.content("application/merge-patch+json", name).send().status, 200);
                    let content = json!({"lang": "en", "title": format!("Meanwhile {n}"), "tags": [format!("t{n}")], "status": "published"});
                    assert_eq!(server.request("POST", "/api/articles").key(&key).json(&content).send().status, 201);
                    if done.load(Ordering::SeqCst) {
                        break;
                    }
                }
            });
            for _ in 0..2 {
                assert_consistent(&server.database);
            }
            done.store(true, Ordering::SeqCst);
        });
    }

    fn a_file_that_the_storage_lacks_is_told(server) {
        let key = server.key(Role::Admin);
        let uploaded = Form::default().file(&photo(16, 16, 7)).request(server.address, &key).send();
        assert_eq!(uploaded.status, 201, "{}", uploaded.text());
        let place = server.app.config.media_place().to_string();
        let asked = |code: i32| {
            let ended = masthead(server, &["check", "--media-store", &place]);
            assert_eq!(ended.code, Some(code), "{ended:?}");
            ended.out
        };
        asked(0);
        let mut database = Database::open(&server.database);
        let id: Id = Id::parse(&database.texts("SELECT id AS t FROM media_files").remove(0)).unwrap();
        let upload = Path::new(&place).join(id.to_string()).join("upload");
        let mut longer = std::fs::read(&upload).unwrap();
        longer.push(0);
        for other in [b"half".as_slice(), b"", &longer] {
            std::fs::write(&upload, other).unwrap();
            assert!(asked(1).contains(&format!("file-stored: the storage lacks an upload or a rendition, or holds it in another size: 1 row\n  {id}")));
        }
        std::fs::remove_dir_all(&place).unwrap();
        asked(1);
    }
}

#[test]
fn a_check_of_no_database_cannot_start() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["check", "reindex"] {
        let ended = run("sqlite://missing.db", folder.path(), &[command]);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(!folder.path().join("missing.db").exists());
    }
}
