//! Faults are told as problems, whoever finds them.

use super::builders::Article;
use super::harness::TestServer;

api_test! {
    fn a_method_that_a_path_does_not_have_is_405_with_its_own_allow(server) {
        const READ: &str = "GET, HEAD, OPTIONS";
        const CHANGE: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, PUT";
        for (path, allow) in [
            ("/api/articles", "GET, HEAD, OPTIONS, POST"), ("/api/articles/x", CHANGE), ("/api/sections/a/b", CHANGE),
            ("/api/articles/x/publish", "OPTIONS, POST"), ("/api/tags", "GET, HEAD, OPTIONS, POST"), ("/", READ),
            ("/docs", READ), ("/health/live", READ), ("/problems", READ), ("/sitemap.xml", READ),
        ] {
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "PROPFIND"] {
                if allow.split(", ").any(|allowed| allowed == method) {
                    continue;
                }
                let refused = server.request(method, path).send();
                assert_eq!(refused.problem(), "method_not_allowed", "{method} {path}");
                assert_eq!(refused.header("allow"), allow, "{path}");
            }
        }
        for method in ["GET", "POST", "OPTIONS", "QUERY"] {
            assert_eq!(server.request(method, "/api/nothing").send().problem(), "not_found", "{method}");
        }
    }

    fn a_moved_slug_redirects_with_the_query_that_came(server) {
        let id = server.article(Article::new("Old name"));
        server.change(id, |content| content.slug = masthead::domain::slug::Slug::from_text("中国 news"));
        let moved = server.get("/api/articles/old-name?body=text");
        assert_eq!((moved.status, moved.header("location")), (308, "/api/articles/%E4%B8%AD%E5%9B%BD-news?body=text"));
        assert_eq!(server.ok(moved.header("location")).json()["data"]["id"], id.to_string());
        assert_eq!(server.get("/api/articles/old-name/related").status, 200);
    }

    fn a_withdrawn_article_leaves_its_tombstone(server) {
        let id = server.article(Article::new("Gone").slug("gone"));
        server.ok("/api/articles/gone");
        server.pass(60);
        server.withdraw(id);
        for path in [format!("/api/articles/{id}"), "/api/articles/gone".to_owned(), format!("/api/articles/{id}/related")] {
            let gone = server.get(&path);
            assert_eq!((gone.status, gone.problem().as_str()), (410, "withdrawn"));
            let json = gone.json();
            assert_eq!((&json["id"], &json["lang"], &json["reason"]), (&id.to_string().into(), &"en".into(), &"legal".into()));
            assert_eq!(json["withdrawn_at"], "2025-06-01T12:01:00Z");
            assert!(!gone.text().contains("desk"));
        }
        assert!(server.ok("/api/articles").column("title").is_empty());
    }

    fn malformed_addresses_are_told_apart_from_unknown_ones(server) {
        for target in ["/api/articles/%zz", "/api/articles/%ff", "/api/articles/a%00b", "/%c3%28"] {
            assert_eq!(server.get(target).problem(), "malformed_url", "{target}");
        }
        let long = |bytes: usize| server.get(&format!("/api/articles?tag={}", "a".repeat(bytes)));
        assert_eq!((long(40_000).status, long(40_000).problem().as_str()), (414, "uri_too_long"));
        assert_eq!((long(30_000).status, long(30_000).problem().as_str()), (400, "invalid_parameter"));
        for target in ["/api/articles/", "//api/articles", "/api//articles", "/api/articles/a/b", "/API/articles", "/api/articles/%2e%2e", "/docs/../x"] {
            assert_eq!(server.get(target).status, 404, "{target}");
        }
        let large = server.request("GET", "/api/articles").header("content-length", "99999999").send();
        assert_eq!((large.status, large.problem().as_str()), (413, "content_too_large"));
    }

    fn problems_name_the_request_and_are_explained(server) {
        let problem = server.request("GET", "/api/articles/none?lang=en").header("x-request-id", "mine-1").send();
        let json = problem.json();
        assert_eq!(json["request_id"], "mine-1");
        assert_eq!(json["instance"], "/api/articles/none");
        let page = server.ok(json["type"].as_str().unwrap());
        assert!(page.text().contains("not_found"));
        assert!(server.ok("/problems").text().contains("invalid_parameter"));
        assert_eq!(server.get("/problems/nonsense").status, 404);
        assert_eq!(problem.header("cache-control"), "no-store");
        assert_ne!(server.request("GET", "/x").header("x-request-id", "a b").send().header("x-request-id"), "a b");
    }

    fn a_client_that_takes_no_json_is_told_so(server) {
        for (accept, status) in [("*/*", 200), ("application/*;q=0.1", 200), ("text/html", 406), ("application/json;q=0", 406), ("image/png, */*;q=0", 406)] {
            let answer = server.request("GET", "/api/articles").header("accept", accept).send();
            assert_eq!(answer.status, status, "{accept}");
        }
    }

    fn browsers_on_other_origins_may_read(server) {
        let read = server.request("GET", "/api/articles").header("origin", "https://a.example").send();
        assert_eq!(read.header("access-control-allow-origin"), "*");
        assert!(read.header("access-control-expose-headers").contains("ETag"));
        let preflight = server
            .request("OPTIONS", "/api/articles")
            .header("origin", "https://a.example")
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "authorization")
            .send();
        assert_eq!((preflight.status, preflight.body.len()), (204, 0));
        assert_eq!(preflight.header("access-control-allow-methods"), "GET, HEAD, OPTIONS, POST");
        assert!(preflight.header("access-control-allow-headers").contains("Authorization"));
        let plain = server.request("OPTIONS", "/api/sections/a/b").send();
        assert_eq!((plain.status, plain.header("allow")), (204, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"));
        assert_eq!(server.get("/api/articles/none").header("access-control-allow-origin"), "*");
    }
}

#[test]
fn a_database_that_is_gone_is_503_and_the_process_stays_alive() {
    let Some(server) = TestServer::on_postgres() else {
        return;
    };
    server.ok("/health/ready");
    super::postgres::take_away(&server.database);
    for path in ["/api/tags", "/health/ready"] {
        let answer = server.get(path);
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (503, "unavailable"),
            "{path}"
        );
        assert_eq!(answer.header("retry-after"), "5");
        assert!(!answer.text().contains("connection"));
    }
    server.ok("/health/live");
}
