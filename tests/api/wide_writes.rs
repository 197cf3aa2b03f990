//! Writes that touch very many articles let others in between.

use serde_json::json;

use super::builders::Article;
use super::consistency::assert_consistent;
use super::database::Database;
use super::harness::TestServer;
use masthead::domain::access::Role;

/// Number of entries of other articles between two of the articles that `author` has.
fn gaps(database: &mut Database, after: i64, author: &str) -> i64 {
    database.number(&format!(
        "SELECT count(*) AS n FROM changes c WHERE c.seq > {after} AND c.kind = 'article' \
         AND NOT EXISTS (SELECT 1 FROM article_people p WHERE p.article_id = c.id AND p.author_id = '{author}') \
         AND EXISTS (SELECT 1 FROM changes d JOIN article_people p ON p.article_id = d.id WHERE d.seq > c.seq AND p.author_id = '{author}')"
    ))
}

fn posted_meanwhile(server: &TestServer, key: &str, merge: impl Fn() -> u16 + Sync) {
    for n in 0..500 {
        server.article(Article::new(&format!("Article {n}")).author("Anna"));
    }
    server.article(Article::new("Other").author("Anna Weber"));
    let mut database = Database::open(&server.database);
    let after = database.number("SELECT max(seq) AS n FROM changes");
    std::thread::scope(|scope| {
        let merged = scope.spawn(&merge);
        while !merged.is_finished() {
            let content = json!({"lang": "en", "title": "Meanwhile"});
            let request = server.request("POST", "/api/articles").key(key);
            assert_eq!(request.json(&content).send().status, 201);
        }
        assert_eq!(merged.join().unwrap(), 200);
    });
    let authors = server.ok("/api/authors?fields=slug&limit=10");
    assert_eq!(authors.column("slug"), ["anna-weber"]);
    let id = authors.json()["data"][0]["id"].as_str().unwrap().to_owned();
    let list = server.ok("/api/articles?author=anna-weber&count=exact&limit=1");
    assert_eq!(list.json()["meta"]["total"], 501);
    assert!(gaps(&mut database, after, &id) > 0, "nobody got in between");
    assert_consistent(&server.database);
}

api_test! {
    fn a_merge_of_many_articles_lets_other_writes_in(server) {
        let key = server.key(Role::Admin);
        posted_meanwhile(server, &key, || {
            let request = server.request("POST", "/api/authors/anna/merge").key(&key);
            request.json(&json!({"into": "anna-weber"})).send().status
        });
    }

    fn a_merge_in_a_bulk_lets_other_writes_in(server) {
        let key = server.key(Role::Admin);
        posted_meanwhile(server, &key, || {
            let line = json!({"op": "merge", "type": "author", "id": "anna", "data": {"into": "anna-weber"}});
            let request = server.request("POST", "/api/bulk").key(&key);
            let response = request.content("application/x-ndjson", format!("{line}\n")).send();
            assert!(response.text().contains("\"status\":200"), "{}", response.text());
            response.status
        });
    }
}
