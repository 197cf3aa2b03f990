//! Pages for people, the description of the API, and life behind a proxy.

use masthead::http::openapi;

use super::builders::Article;
use super::harness::TestServer;

api_test! {
    fn the_front_door_is_json_for_programs_and_a_page_for_browsers(server) {
        let index = server.ok("/");
        assert_eq!(index.json()["links"]["articles"], "/api/articles");
        assert_eq!(index.json()["templates"]["feeds"], "/feeds/{lang}/rss.xml");
        assert_eq!(index.header("vary"), "Accept-Encoding, Accept");
        let page = server.request("GET", "/").header("accept", "text/html,*/*;q=0.8").send();
        assert!(page.text().starts_with("<!doctype html>"));
        for (_, link) in index.json()["links"].as_object().unwrap() {
            assert_eq!(server.get(link.as_str().unwrap()).status, 200, "{link}");
        }
    }

    fn the_front_door_leads_to_every_address_that_is_read_without_a_name(server) {
        let index = server.ok("/").json();
        let links = [&index["links"], &index["templates"]];
        let led_to: Vec<&str> = links
            .into_iter()
            .flat_map(|links| links.as_object().unwrap().values())
            .map(|link| link.as_str().unwrap().split('{').next().unwrap())
            .collect();
        let document = openapi::document();
        for (path, item) in document["paths"].as_object().unwrap() {
            let is_read = !path.contains('{') && item.get("get").is_some();
            assert!(!is_read || led_to.contains(&path.as_str()), "{path}");
        }
    }

    fn the_documentation_is_served_whole_and_without_inline_script(server) {
        let page = server.ok("/docs");
        assert!(!page.text().contains("<script>") && !page.text().contains("http"));
        assert!(page.header("content-security-policy").contains("script-src 'self';"));
        for file in ["swagger-ui.css", "swagger-ui-bundle.js", "start.js", "favicon-32x32.png"] {
            let file = server.ok(&format!("/docs/{file}"));
            assert!(!file.body.is_empty() && file.header("x-content-type-options") == "nosniff");
        }
        assert_eq!(server.get("/docs/").header("location"), "/docs");
        assert_eq!(server.get("/docs/index.html").status, 404);
    }

    fn every_answer_carries_the_fields_that_protect_browsers(server) {
        for path in ["/api/articles", "/api/nothing", "/", "/health/live"] {
            let answer = server.get(path);
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert_eq!(answer.header("referrer-policy"), "no-referrer");
            assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
        }
    }
}

#[test]
fn the_committed_description_is_what_the_code_says() {
    let committed = std::fs::read_to_string("openapi/openapi.json").unwrap_or_default();
    let printed = openapi::printed(&openapi::document());
    assert!(
        committed == printed,
        "run: cargo run -- openapi > openapi/openapi.json"
    );
}

#[test]
fn links_go_below_the_prefix_of_a_trusted_proxy_only() {
    let server = TestServer::on_sqlite_with(|config| {
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    });
    let id = server.article(Article::new("A"));
    let ask = |path: &str| {
        server
            .request("GET", path)
            .header("x-forwarded-prefix", "/pub/m")
            .send()
    };
    let list = ask("/api/articles?limit=1").json();
    assert_eq!(list["links"]["self"], "/pub/m/api/articles?limit=1");
    assert_eq!(
        list["data"][0]["links"]["self"],
        format!("/pub/m/api/articles/{id}")
    );
    assert_eq!(ask("/nothing").json()["type"], "/pub/m/problems/not_found");
    assert_eq!(ask("/").json()["links"]["docs"], "/pub/m/docs");
    assert_eq!(ask("/openapi.json").json()["servers"][0]["url"], "/pub/m");
    assert_eq!(
        server.ok("/api/articles?limit=1").json()["links"]["self"],
        "/api/articles?limit=1"
    );
    let strict = TestServer::on_sqlite();
    let own = strict
        .request("GET", "/")
        .header("x-forwarded-prefix", "/evil")
        .send();
    assert_eq!(own.json()["links"]["docs"], "/docs");
}

#[test]
fn an_article_whose_json_is_kept_is_written_anew_for_another_prefix() {
    let server = TestServer::on_sqlite_with(|config| {
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        config.cache_megabytes = 0;
    });
    let id = server.article(Article::new("A").body("<p><a href=\"/b\">b</a></p>"));
    let own = format!("/api/articles/{id}");
    let ask = |path: &str, prefix: &str| {
        let request = server.request("GET", path);
        request.header("x-forwarded-prefix", prefix).send().json()
    };
    for prefix in ["/a", "/b", "/a", ""] {
        let link = format!("{prefix}{own}");
        let one = ask(&own, prefix)["data"].clone();
        assert_eq!(one["links"]["self"], link);
        assert_eq!(one["body"]["content"], "<p><a href=\"/b\">b</a></p>");
        let list = ask("/api/articles?fields=links,title", prefix)["data"][0].clone();
        assert_eq!(list["links"]["self"], link);
        assert_eq!(list.as_object().unwrap().len(), 4, "{list}");
        let change = ask("/api/changes?body=html", prefix)["data"][0]["article"].clone();
        assert_eq!(change["links"]["self"], link);
        let body = change["body"]["content"].as_str().unwrap();
        assert!(body.starts_with("<p><a href=\"http://"), "{body}");
    }
}

#[test]
fn a_configured_prefix_may_be_passed_on_or_taken_off_by_the_proxy() {
    let server =
        TestServer::on_sqlite_with(|config| config.path_prefix = Some("/content".to_owned()));
    for path in ["/content/api/articles?limit=1", "/api/articles?limit=1"] {
        assert_eq!(
            server.ok(path).json()["links"]["self"],
            "/content/api/articles?limit=1"
        );
    }
    assert_eq!(server.get("/contents/api/articles").status, 404);
    assert_eq!(
        server.get("/content/api/nothing").json()["instance"],
        "/content/api/nothing"
    );
}

#[test]
fn listed_origins_are_the_only_ones_that_may_read() {
    let server = TestServer::on_sqlite_with(|config| {
        config.cors_origins = vec!["https://a.example".to_owned()];
    });
    let ask = |origin: &str| {
        server
            .request("GET", "/api/articles")
            .header("origin", origin)
            .send()
    };
    assert_eq!(
        ask("https://a.example").header("access-control-allow-origin"),
        "https://a.example"
    );
    assert_eq!(
        ask("https://a.example.evil").header("access-control-allow-origin"),
        ""
    );
    assert_eq!(
        ask("https://b.example").header("vary"),
        "Accept-Encoding, Authorization, Accept, Origin"
    );
}
