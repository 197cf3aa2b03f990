//! Places of feeds: which there are, their pages, and their addresses.

use masthead::domain::article::Status;

use super::{FILES, Item, titles};
use crate::builders::Article;
use crate::harness::TestServer;

api_test! {
    fn an_article_is_in_the_feeds_of_its_edition_section_author_source_and_tag(server) {
        let id = server.article(
            Article::new("Rags & <SRD>").slug("rags").section(&["International", "Events"]).author("Anna Weber").source("The Post").tag("中国 news"),
        );
        server.article(Article::new("Elsewhere").published_at("2024-01-01T00:00:00Z"));
        server.article(Article::new("Ailleurs").lang("fr").author("Anna Weber"));
        for file in FILES {
            assert_eq!(titles(&server.feed(&format!("/feeds/en/{file}")).items), ["Rags & <SRD>", "Elsewhere"]);
            for below in [
                "sections/international", "sections/international/events", "sections/international%2Fevents", "authors/anna-weber",
                "sources/the-post", "tags/%E4%B8%AD%E5%9B%BD-news"
            ] {
                let page = server.feed(&format!("/feeds/en/{below}/{file}"));
                let url = format!("http://{}/api/articles/{id}", server.address);
                let item = Item { id: format!("urn:uuid:{id}"), title: "Rags & <SRD>".to_owned(), url };
                assert_eq!(page.items, [item], "{below} {file}");
            }
        }
        assert_eq!(server.feed("/feeds/en/authors/anna-weber/rss.xml").title, "Anna Weber – English");
        assert_eq!(titles(&server.feed("/feeds/fr/authors/anna-weber/rss.xml").items), ["Ailleurs"]);
        assert!(server.feed("/feeds/fr/sources/the-post/atom.xml").items.is_empty());
    }

    fn a_feed_names_its_kind_and_carries_validators_like_every_read(server) {
        server.article(Article::new("A").section(&["World"]).body(&format!("<p>{}</p>", "word ".repeat(500))));
        for (file, kind) in [("rss.xml", "application/rss+xml; charset=utf-8"), ("atom.xml", "application/atom+xml; charset=utf-8"), ("feed.json", "application/feed+json")] {
            let path = format!("/feeds/en/sections/world/{file}");
            for accept in ["*/*", "text/html", "application/json;q=0"] {
                let read = server.request("GET", &path).header("accept", accept).send();
                assert_eq!((read.status, read.header("content-type")), (200, kind), "{accept}");
            }
            let read = server.request("GET", &path).header("accept-encoding", "gzip").send();
            assert_eq!(read.header("content-encoding"), "gzip");
            assert_eq!(read.header("last-modified"), server.now().to_http_date());
            assert_eq!(read.header("content-language"), "en");
            assert_eq!(read.header("vary"), "Accept-Encoding, Authorization");
            assert!(read.header("surrogate-key").starts_with("articles edition:en section:"));
            let again = |name: &str, value: &str| server.request("GET", &path).header(name, value).send().status;
            assert_eq!(again("if-none-match", read.header("etag")), 304);
            assert_eq!(again("if-modified-since", read.header("last-modified")), 304);
            let head = server.request("HEAD", &path).send();
            assert_eq!((head.status, head.body.len()), (200, 0));
            assert_eq!(head.header("content-length"), server.ok(&path).body.len().to_string());
            let refused = server.request("POST", &path).send();
            assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD, OPTIONS"));
            assert_eq!(server.request("OPTIONS", &path).send().header("allow"), "GET, HEAD, OPTIONS");
            let before = server.ok(&path).header("etag").to_owned();
            server.pass(60);
            server.article(Article::new(&format!("B {file}")).section(&["World"]));
            assert_ne!(server.ok(&path).header("etag"), before);
        }
    }

    fn an_identity_outlives_the_address(server) {
        server.edition_at("en", "https://example.org/{section_path}/{slug}");
        let id = server.article(Article::new("Moving").section(&["World"]));
        let before = server.feed("/feeds/en/atom.xml").items;
        assert_eq!(before[0].url, "https://example.org/world/moving");
        server.change(id, |content| content.slug = masthead::domain::slug::Slug::from_text("moved"));
        for file in FILES {
            let after = server.feed(&format!("/feeds/en/{file}")).items;
            assert_eq!((after[0].id.as_str(), after[0].url.as_str()), (before[0].id.as_str(), "https://example.org/world/moved"));
        }
    }

    fn pages_lead_through_a_feed_and_back(server) {
        let articles = (0..23).map(|n| Article::new(&format!("Number {n}")).published_at(&format!("2025-01-{:02}T00:00:00Z", 1 + n / 2)));
        server.articles(articles.collect());
        let whole: Vec<String> = server.walk("/feeds/en/rss.xml?limit=100").into_iter().map(|item| item.id).collect();
        assert_eq!(whole.len(), 23);
        for file in FILES {
            let walked: Vec<String> = server.walk(&format!("/feeds/en/{file}?limit=5")).into_iter().map(|item| item.id).collect();
            assert_eq!(walked, whole, "{file}");
        }
        let first = server.feed("/feeds/en/atom.xml?limit=10");
        assert!(first.previous.is_none() && !first.text.contains("rel=\"first\""));
        let second = server.feed(&server.path_of(&first.next.unwrap()));
        assert!(second.text.contains(&format!("rel=\"first\" href=\"http://{}/feeds/en/atom.xml?limit=10\"", server.address)));
        let third = server.feed(&server.path_of(&second.next.unwrap()));
        assert!(third.next.is_none());
        let back = server.feed(&server.path_of(&third.previous.unwrap()));
        assert_eq!(back.items, second.items);
        let front = server.feed(&server.path_of(&back.previous.unwrap()));
        assert_eq!(front.items, first.items);
        assert!(front.previous.is_none() && front.next.is_some());
    }

    fn what_is_not_there_is_not_found_and_what_is_wrong_is_named(server) {
        server.article(Article::new("A").section(&["World"]).author("Anna Weber"));
        server.article(Article::new("Draft").status(Status::Draft).author("Hidden Hand").tag("hush").source("Leak"));
        for path in [
            "/feeds/fr/rss.xml", "/feeds/e_n/rss.xml", "/feeds/en/rss", "/feeds/en/feed.xml", "/feeds/en/sections/none/rss.xml", "/feeds/en/sections/rss.xml",
            "/feeds/en/authors/hidden-hand/atom.xml", "/feeds/en/tags/hush/feed.json", "/feeds/en/sources/leak/rss.xml", "/feeds/en/authors/none/atom.xml",
            "/feeds/en/people/anna-weber/atom.xml", "/feeds",
        ] {
            assert_eq!(server.get(path).problem(), "not_found", "{path}");
        }
        let cursor = "AAAAAAAAAAAA";
        for (query, name) in [
            ("limit=0", "limit"), ("limit=101", "limit"), ("page=2", "page"), ("cursor=x", "cursor"), ("before=x", "before"),
            (&format!("cursor={cursor}&before={cursor}"), "before"), ("lang=fr", "lang"), ("cursor=", "cursor"),
        ] {
            let refused = server.get(&format!("/feeds/en/rss.xml?{query}"));
            assert_eq!((refused.status, refused.problem().as_str()), (400, "invalid_parameter"), "{query}");
            assert!(refused.wrong_parameters().iter().any(|wrong| wrong == name), "{query}");
        }
        server.article(Article::new("B").section(&["World"]));
        let next = server.feed("/feeds/en/rss.xml?limit=1").next.unwrap();
        let foreign = server.path_of(&next).replace("/feeds/en/", "/feeds/en/sections/world/");
        assert_eq!(server.get(&foreign).problem(), "invalid_parameter");
        assert_eq!(server.request("GET", "/feeds/en/rss.xml").key("mh_nothing").send().problem(), "invalid_key");
    }
}

#[test]
fn absolute_addresses_come_from_the_settings_and_never_from_the_request() {
    let server = TestServer::on_sqlite_with(|config| {
        config.public_url = Some("https://content.example.org".to_owned());
        config.path_prefix = Some("/pub".to_owned());
    });
    let id = server.article(Article::new("A"));
    let answer = server
        .request("GET", "/feeds/en/feed.json")
        .header("x-forwarded-host", "evil.example")
        .send();
    assert_eq!(
        answer.json()["feed_url"],
        "https://content.example.org/pub/feeds/en/feed.json"
    );
    assert_eq!(
        answer.json()["items"][0]["url"],
        format!("https://content.example.org/pub/api/articles/{id}")
    );
    let index = server.ok("/sitemap.xml");
    assert!(
        index
            .text()
            .contains("<loc>https://content.example.org/pub/sitemaps/en-1.xml</loc>")
    );
}

#[test]
fn a_feed_stays_where_its_subscribers_know_it_when_its_slug_changes() {
    let server = TestServer::on_sqlite();
    server.article(
        Article::new("One")
            .author("Ann Lee")
            .source("Daily")
            .tag("Maps"),
    );
    let key = server.key(masthead::domain::access::Role::Editor);
    for (plural, slug) in [
        ("authors", "ann-lee"),
        ("sources", "daily"),
        ("tags", "maps"),
    ] {
        let request = server
            .request("PATCH", &format!("/api/{plural}/{slug}"))
            .key(&key);
        let renamed = request
            .if_match("*")
            .json(&serde_json::json!({"slug": "other"}));
        assert_eq!(renamed.send().status, 200);
        for slug in [slug, "other"] {
            let page = server.feed(&format!("/feeds/en/{plural}/{slug}/atom.xml"));
            assert_eq!(page.items.len(), 1, "{plural}/{slug}");
        }
    }
}
