//! The heads of answers: short enough for a stock nginx, and surrogate keys only where a shared cache may keep the answer.

use masthead::config::SurrogateHeader;
use masthead::demo;
use masthead::domain::access::Role;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::builders::Article;
use super::client::Response;
use super::harness::TestServer;

/// The longest head, in bytes.
const LONGEST: usize = 3_500;

/// The bytes of the status line and all fields.
fn head_length(answer: &Response) -> usize {
    let fields = answer
        .headers
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4);
    fields.sum::<usize>() + "HTTP/1.1 503 Service Unavailable\r\n\r\n".len()
}

/// The demo, and a hundred articles with everything that surrogate keys name.
fn fill(server: &TestServer) {
    demo::fill(&server.app.store, &server.app.clock).unwrap();
    let articles = (0..110).map(|n| {
        let article = Article::new(&format!("长标题 {n}"))
            .section(&["International", &format!("Events {n}")])
            .author(&format!("Author {n}"))
            .author(&format!("Second author {n}"))
            .source(&format!("Source {n}"));
        (0..10).fold(article, |article, tag| {
            article.tag(&format!("一个很长的标签 {n} {tag}"))
        })
    });
    server.articles(articles.collect());
}

/// Every documented GET with the examples of its path, whole pages where it has pages.
fn documented_reads(document: &Value) -> Vec<String> {
    let mut targets = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        if operation.is_null() || path.ends_with("/stream") {
            continue;
        }
        let mut target = path.clone();
        let mut has_limit = false;
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            has_limit |= name == "limit";
            if parameter["in"] == "path" {
                let example = &parameter["example"];
                let text = example
                    .as_str()
                    .map_or_else(|| example.to_string(), str::to_owned);
                target = target.replace(&format!("{{{name}}}"), &text);
            }
        }
        targets.push(target.clone());
        if has_limit {
            targets.push(format!("{target}?limit=100"));
        }
    }
    targets
}

fn more_reads(server: &TestServer) -> Vec<String> {
    let many = utf8_percent_encode("一个很长的标签", NON_ALPHANUMERIC).to_string();
    let long = format!("tag={}", vec![many.as_str(); 60].join(","));
    let article = server.ok("/api/articles?limit=1&fields=id").json()["data"][0]["id"].clone();
    let article = article.as_str().unwrap();
    let mut targets = vec![
        format!("/api/articles/{article}?include=related,body"),
        format!("/api/articles?{long}&limit=1"),
        format!("/api/articles?{long}&limit=1&count=exact&page=1"),
        format!("/api/articles/{article}?format=jsonld"),
        "/api/resolve?url=https://elsewhere.example/".to_owned(),
        "/docs".to_owned(),
        "/".to_owned(),
        "/problems".to_owned(),
        "/api/nothing".to_owned(),
    ];
    for format in ["jsonld", "ninjs"] {
        targets.push(format!("/api/articles?limit=100&format={format}"));
        targets.push(format!("/api/articles?limit=1&format={format}&{long}"));
    }
    for file in ["rss.xml", "atom.xml", "feed.json"] {
        targets.push(format!("/feeds/en/{file}?limit=100"));
    }
    targets
}

fn walk(server: &TestServer) {
    fill(server);
    let key = server.key(Role::Admin);
    let targets = [documented_reads(&server.app.document), more_reads(server)].concat();
    let (mut named, id) = (0, "x".repeat(128));
    for target in targets {
        for key in [None, Some(&key)] {
            let request = server.request("GET", &target).header("x-request-id", &id);
            let request = request.header("origin", "https://www.example.org");
            let answer = match key {
                Some(key) => request.key(key).send(),
                None => request.send(),
            };
            let length = head_length(&answer);
            assert!(
                length < LONGEST,
                "{length} bytes: {target} {:?}",
                answer.headers
            );
            let keys = [answer.header("surrogate-key"), answer.header("cache-tag")].concat();
            let shared = !["no-store", "no-cache", "private"]
                .iter()
                .any(|never| answer.header("cache-control").contains(never));
            assert!(keys.is_empty() || shared, "{target}: {keys}");
            named += usize::from(!keys.is_empty());
        }
    }
    assert!(named > 20, "{named} answers have keys");
}

#[test]
fn every_documented_read_has_a_head_that_a_stock_nginx_passes() {
    walk(&TestServer::on_sqlite());
}

#[test]
fn two_header_fields_of_keys_have_room_too() {
    walk(&TestServer::on_sqlite_with(|config| {
        config.surrogate_header = SurrogateHeader::Both;
        config.websub_hub = Some("http://127.0.0.1:9/hub".to_owned());
    }));
}

api_test! {
    fn lists_stand_for_the_keys_that_have_no_room_and_one_article_keeps_its_own(server) {
        let articles = (0..100).map(|n| Article::new(&format!("A {n}")).author(&format!("Author {n}")));
        server.articles(articles.collect());
        let read = server.ok("/api/articles?limit=100");
        assert_eq!(read.header("surrogate-key"), "articles edition:en");
        let few = server.ok("/api/articles?limit=2");
        assert!(few.header("surrogate-key").contains(" article:") && few.header("surrogate-key").contains(" author:"));
        let tagged = (0..100).fold(Article::new("Tagged"), |article, n| article.tag(&format!("标签 {n}")));
        let id = server.article(tagged);
        assert_eq!(server.ok(&format!("/api/articles/{id}")).header("surrogate-key"), format!("article:{id} articles edition:en"));
        assert_eq!(server.ok("/api/changes?limit=100").header("surrogate-key"), "");
    }

    fn a_redirect_that_is_too_long_for_a_head_says_where_to_ask(server) {
        let id = server.article(Article::new("Old name"));
        server.change(id, |content| content.slug = masthead::domain::slug::Slug::from_text("新"));
        let fields = vec!["title"; 400].join(",");
        let refused = server.get(&format!("/api/articles/old-name?fields={fields}"));
        assert_eq!(refused.problem(), "malformed_url");
        assert!(refused.json()["detail"].as_str().unwrap().contains("/api/articles/%E6%96%B0"));
        assert!(head_length(&refused) < LONGEST);
    }
}

#[test]
fn a_setting_names_the_header_field_of_keys() {
    for (setting, fields) in [
        (SurrogateHeader::SurrogateKey, ["articles edition:en", ""]),
        (SurrogateHeader::CacheTag, ["", "articles,edition:en"]),
        (
            SurrogateHeader::Both,
            ["articles edition:en", "articles,edition:en"],
        ),
        (SurrogateHeader::None, ["", ""]),
    ] {
        let server = TestServer::on_sqlite_with(|config| config.surrogate_header = setting);
        server.article(Article::new("A"));
        let read = server.ok("/sitemaps/en-1.xml");
        assert_eq!(
            [read.header("surrogate-key"), read.header("cache-tag")],
            fields
        );
    }
}
