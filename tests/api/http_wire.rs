//! Requests as old clients, proxies and strangers put them on the wire.

use masthead::domain::access::Role;
use masthead::domain::article::Status;

use super::builders::Article;
use super::client::{send_and_end, send_raw};
use super::harness::TestServer;

api_test! {
    fn a_post_of_http_1_0_without_content_is_answered_like_any_other(server) {
        let key = server.key(Role::Editor);
        let id = server.article(Article::new("Draft").status(Status::Draft));
        let post = |path: &str, fields: &str| {
            let text = format!("POST {path} HTTP/1.0\r\nAuthorization: Bearer {key}\r\n{fields}\r\n");
            send_raw(server.address, text.as_bytes())
        };
        let published = post(&format!("/api/articles/{id}/publish"), "");
        assert_eq!((published.status, &published.json()["data"]["status"]), (200, &"published".into()));
        let withdrawn = post(&format!("/api/articles/{id}/unpublish"), "Content-Length: 0\r\n");
        assert_eq!((withdrawn.status, &withdrawn.json()["data"]["status"]), (200, &"draft".into()));
        let refused = post("/api/articles", "Content-Type: application/json\r\n");
        assert!(refused.status >= 400 && refused.json()["detail"].is_string());
    }

    fn an_answer_of_unknown_length_to_http_1_0_is_not_chunked_and_ends_with_the_connection(server) {
        server.article(Article::new("Any"));
        let key = server.key(Role::Editor);
        let line = "{\"op\":\"create\",\"data\":{\"lang\":\"en\",\"title\":\"Old\"}}\n";
        for more in ["", "Connection: keep-alive\r\n"] {
            let text = format!(
                "POST /api/bulk HTTP/1.0\r\nAuthorization: Bearer {key}\r\n{more}Content-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n{line}",
                line.len()
            );
            let answer = send_raw(server.address, text.as_bytes());
            assert_eq!((answer.status, answer.header("transfer-encoding"), answer.header("content-length")), (200, "", ""));
            assert_eq!(answer.header("connection"), "");
            assert_eq!(answer.json()["status"], 201, "{}", answer.text());
        }
        let modern = format!(
            "POST /api/bulk HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {key}\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n{line}",
            line.len()
        );
        assert_eq!(send_raw(server.address, modern.as_bytes()).header("transfer-encoding"), "chunked");
    }

    fn content_in_broken_chunks_is_answered(server) {
        let key = server.key(Role::Editor);
        let article = format!("/api/articles/{}", server.article(Article::new("Kept")));
        let send = |method: &str, path: &str, media_type: &str, content: &str| {
            let text = format!(
                "{method} {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nIf-Match: *\r\nContent-Type: {media_type}\r\n\
                 Transfer-Encoding: chunked\r\n\r\n{content}"
            );
            send_raw(server.address, text.as_bytes())
        };
        let broken = ["FFFFFFFFFFFFFFFFF\r\n{}", "zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}x\r\n0\r\n\r\n"];
        for content in broken {
            for (method, path, media_type) in [
                ("POST", "/api/articles", "application/json"),
                ("PATCH", &*article, "application/merge-patch+json"),
                ("POST", "/api/media", "multipart/form-data; boundary=b"),
            ] {
                let answer = send(method, path, media_type, content);
                assert_eq!((answer.status, answer.problem().as_str()), (400, "malformed_request"), "{path} {content:?}");
            }
        }
        // Answers of lines have begun before the content ends: what came whole is done.
        let line = "{\"op\":\"create\",\"data\":{\"lang\":\"en\",\"title\":\"Whole\"}}\n";
        for content in broken {
            let content = format!("{:x}\r\n{line}\r\n{content}", line.len());
            let answer = send("POST", "/api/bulk", "application/x-ndjson", &content);
            let told = answer.text();
            assert_eq!((told.matches("\"status\":201").count(), told.matches("\"malformed_request\"").count()), (1, 1), "{told}");
        }
        let stored = server.request("GET", "/api/articles?status=draft,published").key(&key).send();
        assert_eq!(stored.json()["data"].as_array().unwrap().len(), 1 + broken.len());
    }

    fn content_that_ends_early_is_answered_and_whole_lines_are_done(server) {
        server.article(Article::new("Any"));
        let key = server.key(Role::Editor);
        let line = "{\"op\":\"create\",\"data\":{\"lang\":\"en\",\"title\":\"Whole\"}}\n";
        let chunk = format!("{:x}\r\n{line}\r\n", line.len());
        let length = "Content-Length: 5000";
        let chunked = "Transfer-Encoding: chunked";
        for (path, media_type, framing, content) in [
            ("/api/articles", "application/json", length, "{"),
            ("/api/articles", "application/json", chunked, "5\r\n{"),
            ("/api/bulk", "application/x-ndjson", length, line),
            ("/api/bulk", "application/x-ndjson", chunked, &chunk),
        ] {
            let text = format!(
                "POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nContent-Type: {media_type}\r\n{framing}\r\n\r\n{content}"
            );
            let answer = send_and_end(server.address, text.as_bytes());
            let told = answer.text();
            assert_eq!(told.matches("\"malformed_request\"").count(), 1, "{path} {framing}: {told}");
            let done = usize::from(path == "/api/bulk");
            assert_eq!(told.matches("\"status\":201").count(), done, "{path} {framing}: {told}");
        }
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases, or one story")]
fn requests_that_cannot_be_read_are_problems_that_the_log_and_the_numbers_know() {
    let server = TestServer::on_sqlite();
    let long = format!(
        "GET /a HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n",
        "a".repeat(140_000)
    );
    let many = format!(
        "GET /a HTTP/1.1\r\nhost: a\r\n{}\r\n",
        "x: y\r\n".repeat(100)
    );
    for (text, status, code, words) in [
        ("GET /a HTTP/1.1\r\n\r\n", 400, "malformed_request", "Host"),
        (
            "GET /a HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
            400,
            "malformed_request",
            "one Host",
        ),
        (
            "GET /a b HTTP/1.1\r\nhost: a\r\n\r\n",
            400,
            "malformed_request",
            "version",
        ),
        (
            "GET /a HTTP/1.1\r\nhost: a\r\nx y: z\r\n\r\n",
            400,
            "malformed_request",
            "header name",
        ),
        (
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            400,
            "malformed_request",
            "version",
        ),
        (
            "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n",
            400,
            "malformed_request",
            "Content-Length",
        ),
        (
            "POST /a HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n",
            400,
            "malformed_request",
            "HTTP/1.0",
        ),
        (
            "\u{16}\u{3}\u{1}\u{2} hello\r\n\r\n",
            400,
            "malformed_request",
            "TLS",
        ),
        (&*many, 431, "head_too_large", "96"),
        (&*long, 431, "head_too_large", "128 kB"),
    ] {
        let refused = send_raw(server.address, text.as_bytes());
        let start: String = text.chars().take(40).collect();
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (status, code),
            "{start}"
        );
        let json = refused.json();
        assert!(
            json["detail"].as_str().unwrap().contains(words),
            "{start}: {json}"
        );
        assert_eq!(
            refused.header("x-request-id"),
            json["request_id"],
            "{start}"
        );
        assert_eq!(
            refused.header("content-length"),
            refused.body.len().to_string()
        );
        assert_eq!(
            (
                refused.header("connection"),
                refused.header("cache-control")
            ),
            ("close", "no-store")
        );
    }
    let numbers = server.ok("/metrics").text().to_owned();
    let counted = |method: &str, status: u16| {
        numbers.contains(&format!(
            "requests_total{{caller=\"public\",method=\"{method}\",route=\"none\",status=\"{status}\"}}"
        ))
    };
    assert!(
        counted("GET", 400) && counted("POST", 400) && counted("other", 400) && counted("GET", 431),
        "{numbers}"
    );
}

#[test]
fn a_head_that_does_not_come_in_time_is_a_problem_too() {
    let server = TestServer::on_sqlite_with(|config| config.header_timeout_seconds = 1);
    let refused = send_raw(server.address, b"GET /api/articles HTTP/1.1\r\nhost: a\r\n");
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (408, "request_timeout")
    );
    assert_eq!(refused.json()["instance"], "/api/articles");
}

#[test]
fn an_answer_to_an_earlier_request_comes_whole_before_the_refusal_of_the_next() {
    let server = TestServer::on_sqlite();
    let both = b"GET /health/live HTTP/1.1\r\nhost: a\r\n\r\nGET nonsense\r\n\r\n";
    let first = send_raw(server.address, both);
    assert_eq!(first.status, 200);
    let text = String::from_utf8_lossy(&first.body).into_owned();
    let (_, second) = text.split_once("HTTP/1.1 400 Bad Request\r\n").unwrap();
    assert!(
        second.contains("x-request-id:") && second.contains("\"malformed_request\""),
        "{second}"
    );
}
