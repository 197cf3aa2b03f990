//! Validators, conditional requests, content codings, and the cache of finished answers.

use masthead::domain::access::Role;
use serde_json::json;

use super::builders::Article;
use super::harness::TestServer;

fn long_article(server: &TestServer) -> String {
    let id =
        server.article(Article::new("Long").body(&format!("<p>{}</p>", "word ".repeat(2_000))));
    format!("/api/articles/{id}")
}

api_test! {
    fn a_read_carries_its_validators_and_says_who_may_keep_it(server) {
        let id = server.article(Article::new("A").section(&["World"]).author("Anna Weber"));
        let read = server.ok(&format!("/api/articles/{id}"));
        assert!(read.header("etag").starts_with("\"v1-"));
        assert_eq!(read.header("last-modified"), "Sun, 01 Jun 2025 12:00:00 GMT");
        assert_eq!(read.header("vary"), "Accept-Encoding, Authorization, Accept");
        assert_eq!(read.header("cache-control"), "max-age=60, stale-while-revalidate=60, stale-if-error=600");
        let keys: Vec<&str> = read.header("surrogate-key").split(' ').collect();
        assert!(keys.contains(&format!("article:{id}").as_str()) && keys.contains(&"articles") && keys.contains(&"edition:en"));
        assert!(keys.iter().any(|key| key.starts_with("section:")) && keys.iter().any(|key| key.starts_with("author:")));
        assert_eq!(read.header("cache-tag"), "");
        assert_eq!(server.ok("/api/articles").header("last-modified"), "Sun, 01 Jun 2025 12:00:00 GMT");
    }

    fn what_no_change_has_touched_dates_from_the_start_of_the_service(server) {
        server.pass(60);
        for path in ["/", "/openapi.json", "/docs", "/problems", "/problems/not_found", "/api/articles", "/api/tags"] {
            let read = server.ok(path);
            assert_eq!(read.header("last-modified"), "Sun, 01 Jun 2025 12:00:00 GMT", "{path}");
            let kept = server.request("GET", path).header("if-modified-since", read.header("last-modified")).send();
            assert_eq!(kept.status, 304, "{path}");
        }
    }

    fn what_is_true_only_now_dates_from_now(server) {
        server.pass(60);
        for path in ["/health/live", "/health/ready", "/metrics"] {
            let read = server.ok(path);
            assert_eq!(read.header("last-modified"), "Sun, 01 Jun 2025 12:01:00 GMT", "{path}");
            assert_eq!(read.header("cache-control"), "no-store", "{path}");
            assert!(read.header("etag").starts_with('"'), "{path}");
        }
    }

    fn accounts_and_logs_that_no_change_of_content_dates_are_dated_now(server) {
        let key = server.key(Role::Admin);
        server.pass(60);
        let made = server.request("POST", "/api/webhooks").key(&key).json(&json!({"name": "Courier", "url": "https://partner.example.org/hook"})).send();
        assert_eq!(made.status, 201, "{}", made.text());
        let hook = format!("/api/webhooks/{}", made.json()["data"]["id"].as_str().unwrap());
        let article = server.article(Article::new("A"));
        server.pass(60);
        for path in ["/api/usage", "/api/webhooks", &hook, &format!("{hook}/deliveries"), &format!("/api/articles/{article}/reach")] {
            let read = server.request("GET", path).key(&key).send();
            assert_eq!((read.status, read.header("last-modified")), (200, "Sun, 01 Jun 2025 12:02:00 GMT"), "{path}");
        }
    }

    fn a_client_that_has_the_present_bytes_gets_304_with_the_same_fields(server) {
        let path = long_article(server);
        let full = server.request("GET", &path).header("accept-encoding", "gzip").send();
        let ask = |name: &str, value: &str| {
            server.request("GET", &path).header("accept-encoding", "gzip").header("cache-control", "no-cache").header(name, value).send()
        };
        let kept = ask("if-none-match", full.header("etag"));
        assert_eq!((kept.status, kept.body.len()), (304, 0));
        for name in ["etag", "last-modified", "cache-control", "vary", "surrogate-key"] {
            assert_eq!(kept.header(name), full.header(name), "{name}");
        }
        assert_eq!(ask("if-none-match", "W/\"x\", *").status, 304);
        assert_eq!(ask("if-modified-since", full.header("last-modified")).status, 304);
        assert_eq!(ask("if-none-match", "\"x\"").status, 200);
        assert_eq!(ask("if-match", "\"x\"").problem(), "precondition_failed");
        server.pass(1);
        server.article(Article::new("Another"));
        assert_eq!(ask("if-none-match", full.header("etag")).status, 304);
    }

    fn each_coding_has_a_tag_of_its_own_and_nothing_is_coded_unasked(server) {
        let path = long_article(server);
        let ask = |accept: &str| server.request("GET", &path).header("accept-encoding", accept).send();
        let plain = server.ok(&path);
        assert_eq!(plain.header("content-encoding"), "");
        let mut tags = vec![plain.header("etag").to_owned()];
        for (accept, coding) in [("br", "br"), ("zstd;q=0.9, br;q=0.1", "zstd"), ("gzip, identity;q=0", "gzip")] {
            let coded = ask(accept);
            assert_eq!(coded.header("content-encoding"), coding);
            assert!(coded.body.len() < plain.body.len());
            assert_eq!(coded.header("content-length"), coded.body.len().to_string());
            tags.push(coded.header("etag").to_owned());
        }
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 4);
        assert_eq!(ask("identity").header("content-encoding"), "");
        assert_eq!(ask("gzip;q=0").header("content-encoding"), "");
        assert_eq!(ask("*;q=0").problem(), "not_acceptable");
        let tiny = server.request("GET", "/health/live").header("accept-encoding", "br").send();
        assert_eq!(tiny.header("content-encoding"), "");
    }

    fn head_is_get_without_the_body(server) {
        let path = long_article(server);
        for path in [path.as_str(), "/api/articles", "/", "/docs", "/openapi.json", "/health/live", "/metrics", "/problems/not_found", "/api/articles/none"] {
            let get = server.get(path);
            let head = server.request("HEAD", path).send();
            assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
            let names = |r: &super::client::Response| {
                let mut names: Vec<String> = r.headers.iter().map(|(name, _)| name.clone()).collect();
                names.sort();
                names
            };
            assert_eq!(names(&head), names(&get), "{path}");
            if path != "/metrics" {
                assert_eq!(head.header("content-length"), get.body.len().to_string(), "{path}");
            }
        }
    }

    fn head_has_no_body_even_where_another_request_follows_at_once(server) {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(server.address).unwrap();
        let head = "HEAD /openapi.json HTTP/1.1\r\nhost: t\r\n\r\n";
        let get = "GET /health/live HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n";
        stream.write_all(format!("{head}{get}").as_bytes()).unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        assert!(answers.starts_with("HTTP/1.1 200") && !answers.contains("\"openapi\""));
    }

    fn a_change_shows_at_once_on_this_node_and_within_a_second_from_another_process(server) {
        let id = server.article(Article::new("Old"));
        let title = || server.ok(&format!("/api/articles/{id}")).json()["data"]["title"].clone();
        assert_eq!((title(), title()), ("Old".into(), "Old".into()));
        server.change(id, |content| content.title = "New".to_owned());
        assert_eq!(title(), "New");
        let other = masthead::store::Store::open(&server.database).unwrap();
        masthead::service::commit(&other, &server.app.clock, masthead::service::Actor::Operator, |tx| {
            let before = masthead::store::articles::load_stored(tx.conn(), &[id])?.remove(0);
            let mut content = before.content.clone();
            content.title = "From elsewhere".to_owned();
            let draft = masthead::service::articles::Draft {
                length: masthead::domain::body::Body::from_html(&content.body).unwrap().length(),
                content,
                import_digest: None,
                provenance: None,
            };
            masthead::service::articles::update_article(tx, &before, draft).map(|_| ())
        })
        .unwrap();
        std::thread::sleep(std::time::Duration::from_secs(1));
        assert_eq!(title(), "From elsewhere");
    }

    fn the_cache_answers_as_the_handler_does(server) {
        let path = long_article(server);
        let strip = |mut r: super::client::Response| {
            r.headers.retain(|(name, _)| name != "x-request-id" && name != "date");
            r.headers.sort();
            (r.status, r.headers, r.body)
        };
        let ask = || strip(server.request("GET", &path).header("accept-encoding", "br").send());
        assert_eq!(ask(), ask());
        assert_eq!(server.request("GET", &path).header("accept", "text/html").send().problem(), "not_acceptable");
        assert_eq!(server.request("GET", &path).key("mh_wrong").send().problem(), "invalid_key");
        let numbers = server.ok("/metrics").text().to_owned();
        assert!(numbers.contains("masthead_cache_lookups_total{result=\"hit\"} 1"), "{numbers}");
        assert!(numbers.contains("route=\"/api/articles/{id}\""));
    }
}
