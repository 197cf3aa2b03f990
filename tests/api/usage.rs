//! Usage: what each key asked for, by day.

use masthead::domain::access::{Limits, Role};
use serde_json::{Value, json};

use super::builders::Article;
use super::database::Database;
use super::harness::TestServer;

fn rows(server: &TestServer, key: &str, query: &str) -> Vec<Value> {
    let answer = server
        .request("GET", &format!("/api/usage{query}"))
        .key(key)
        .send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "private, no-store");
    answer.json()["data"].as_array().unwrap().clone()
}

fn of<'r>(rows: &'r [Value], key: &str, day: &str) -> &'r Value {
    let found = rows
        .iter()
        .find(|row| row["key"] == key && row["day"] == day);
    found.unwrap_or(&Value::Null)
}

/// Holds the turn to write, as another session that writes does, until it is dropped.
fn hold_writes(server: &TestServer) -> Database {
    let mut holder = Database::open(&server.database);
    let hold = match holder {
        Database::Sqlite(_) => "BEGIN IMMEDIATE".to_owned(),
        // The write lane of all nodes: the constant of `store::dialect`.
        Database::Postgres(_) => {
            format!(
                "BEGIN; SELECT pg_advisory_xact_lock({})",
                0x6d61_7374_6865_6164_i64
            )
        }
    };
    holder.run(&hold);
    holder
}

api_test! {
    fn requests_articles_and_bytes_are_counted_by_key_and_day(server) {
        let id = server.article(Article::new("First"));
        server.article(Article::new("Second"));
        let (token, partner) = server.key_within(Role::Partner, Limits::default());
        let admin = server.key(Role::Admin);
        let partner = partner.to_string();
        let ask = |path: &str| server.request("GET", path).key(&token);
        let list = ask("/api/articles").send();
        // The second is answered from memory.
        let again = ask("/api/articles").send();
        let one = ask(&format!("/api/articles/{id}")).send();
        let same = ask(&format!("/api/articles/{id}")).header("if-none-match", one.header("etag")).send();
        assert_eq!(same.status, 304);
        let missing = ask("/api/articles/nothing").send();
        let head = server.request("HEAD", "/api/articles").key(&token).send();
        assert_eq!(head.status, 200);
        let bytes = list.body.len() + again.body.len() + one.body.len() + missing.body.len();
        let today = rows(server, &admin, "");
        assert_eq!(of(&today, &partner, "2025-06-01"), &json!({
            "day": "2025-06-01", "key": partner, "name": "test", "requests": 6, "articles": 5, "bytes": bytes,
        }));
        server.pass(86_400);
        ask("/api/articles").send();
        let both = rows(server, &admin, &format!("?key={partner}"));
        assert_eq!(both.len(), 2);
        assert_eq!((&both[0]["day"], &both[1]["day"]), (&json!("2025-06-02"), &json!("2025-06-01")));
        assert_eq!(of(&both, &partner, "2025-06-02")["requests"], 1);
        assert_eq!(rows(server, &admin, &format!("?key={partner}&from=2025-06-02")).len(), 1);
        assert_eq!(rows(server, &admin, &format!("?key={partner}&to=2025-06-01")).len(), 1);
        assert!(rows(server, &admin, "?from=2024-01-01&to=2024-12-31").is_empty());
    }

    fn a_key_sees_its_own_account_and_an_administrator_every_one(server) {
        let (one, first) = server.key_within(Role::Partner, Limits::default());
        let (two, second) = server.key_within(Role::Author, Limits::default());
        server.request("GET", "/api/articles").key(&one).send();
        server.request("GET", "/api/articles").key(&two).send();
        let own = rows(server, &one, "");
        assert!(own.iter().all(|row| row["key"] == first.to_string()) && own.len() == 1);
        assert_eq!(rows(server, &two, &format!("?key={second}")).len(), 1);
        let refused = server.request("GET", &format!("/api/usage?key={second}")).key(&one).send();
        assert_eq!((refused.status, refused.problem().as_str()), (403, "forbidden"));
        let admin = server.key(Role::Admin);
        let all = rows(server, &admin, "");
        for key in [first, second] {
            assert!(all.iter().any(|row| row["key"] == key.to_string()));
        }
        assert_eq!(server.get("/api/usage").problem(), "key_required");
        for query in ["?from=yesterday", "?to=2025-13-01", "?key=x", "?day=2025-06-01", "?limit=0", "?from=2025-6-1"] {
            let answer = server.request("GET", &format!("/api/usage{query}")).key(&admin).send();
            assert_eq!((answer.status, answer.problem().as_str()), (400, "invalid_parameter"), "{query}");
        }
    }

    fn the_account_pages_like_every_list(server) {
        let (token, _) = server.key_within(Role::Partner, Limits::default());
        for _ in 0..5 {
            server.request("GET", "/api/articles").key(&token).send();
            server.pass(86_400);
        }
        let mut path = "/api/usage?limit=2&count=exact".to_owned();
        let mut days = Vec::new();
        while !path.is_empty() {
            let page = server.request("GET", &path).key(&token).send();
            days.extend(page.column("day"));
            path = page.json()["links"]["next"].as_str().unwrap_or_default().to_owned();
        }
        let counted = ["2025-06-05", "2025-06-04", "2025-06-03", "2025-06-02", "2025-06-01"];
        assert!(days.ends_with(&counted.map(str::to_owned)), "{days:?}");
        let mut once = days.clone();
        once.dedup();
        assert_eq!(once, days);
    }

    fn what_two_nodes_and_a_stop_have_counted_adds_up(server) {
        let (token, key) = server.key_within(Role::Partner, Limits::default());
        let admin = server.key(Role::Admin);
        let other = server.beside();
        for node in [server, &other, server] {
            node.request("GET", "/api/articles").key(&token).send();
        }
        other.app.finish();
        let all = rows(server, &admin, &format!("?key={key}"));
        assert_eq!(all[0]["requests"], 3);
        assert_eq!(all.len(), 1);
    }

    fn the_account_is_read_while_nothing_can_be_written_and_nothing_is_lost_or_counted_twice(server) {
        let (token, key) = server.key_within(Role::Partner, Limits::default());
        let admin = server.key(Role::Admin);
        let ask = || assert_eq!(server.request("GET", "/api/articles").key(&token).send().status, 200);
        let told = || {
            let rows = rows(server, &admin, &format!("?key={key}"));
            rows.iter().map(|row| row["requests"].as_i64().unwrap()).sum::<i64>()
        };
        ask();
        assert_eq!(told(), 1);
        let held = hold_writes(server);
        for _ in 0..3 {
            ask();
            assert_eq!(told(), 1, "what is stored");
        }
        drop(held);
        assert_eq!(told(), 4);
    }
}
