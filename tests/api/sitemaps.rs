//! Sitemaps: every published article once, where readers find it, with its languages and its last change.

use masthead::domain::article::Status;
use masthead::domain::time::Timestamp;
use masthead::store::listing::{sitemap_files, sitemap_pages};
use roxmltree::{Document, Node};

use super::builders::{Article, lang};
use super::harness::{START, TestServer};

fn child<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    let found = node
        .descendants()
        .find(|child| child.tag_name().name() == name);
    found.and_then(|child| child.text()).unwrap_or_default()
}

/// `loc` and `lastmod` of an entry, and its links with their languages.
type Entry = (String, String, Vec<(String, String)>);

/// The entries of a sitemap.
fn entries(text: &str) -> Vec<Entry> {
    let document = Document::parse(text).unwrap();
    let entries = document.root_element().children().filter(Node::is_element);
    entries
        .map(|entry| {
            let links = entry
                .children()
                .filter(|node| node.tag_name().name() == "link");
            let links = links.map(|link| {
                (
                    link.attribute("hreflang").unwrap().to_owned(),
                    link.attribute("href").unwrap().to_owned(),
                )
            });
            (
                child(entry, "loc").to_owned(),
                child(entry, "lastmod").to_owned(),
                links.collect(),
            )
        })
        .collect()
}

fn locations(server: &TestServer, path: &str) -> Vec<String> {
    entries(server.ok(path).text())
        .into_iter()
        .map(|(url, ..)| url)
        .collect()
}

api_test! {
    fn the_index_leads_to_every_published_article_and_to_nothing_else(server) {
        assert!(entries(server.ok("/sitemap.xml").text()).is_empty());
        server.edition_at("en", "https://example.org/{lang}/{section_path}/{slug}");
        server.edition_at("zh-Hans", "https://example.cn/{id}");
        let work = server.article(Article::new("Forum").section(&["International", "Events"]));
        server.pass(60);
        let chinese = server.article(Article::new("论坛").lang("zh-Hans").of_work(server.work_of(work)));
        let alone = server.article(Article::new("Alone").lang("fr"));
        for status in [Status::Draft, Status::Scheduled] {
            server.article(Article::new("Secret").slug(status.as_str()).status(status).of_work(server.work_of(alone)).lang(if status == Status::Draft { "en" } else { "de" }));
        }
        server.article(Article::new("Secret later").embargo_until(Timestamp::from_millis(START + 3_600_000)));
        let gone = server.article(Article::new("Secret gone"));
        server.withdraw(gone);
        let index = entries(server.ok("/sitemap.xml").text());
        let base = format!("http://{}", server.address);
        let files: Vec<&str> = index.iter().map(|(url, ..)| url.strip_prefix(&base).unwrap()).collect();
        assert_eq!(files, ["/sitemaps/en-1.xml", "/sitemaps/fr-1.xml", "/sitemaps/zh-Hans-1.xml"]);
        assert_eq!(index[0].1, "2025-06-01T12:00:00Z");
        assert_eq!(index[2].1, "2025-06-01T12:01:00Z");
        let english = "https://example.org/en/international/events/forum".to_owned();
        let chinese = format!("https://example.cn/{chinese}");
        let both = vec![("en".to_owned(), english.clone()), ("zh-Hans".to_owned(), chinese.clone())];
        assert_eq!(entries(server.ok("/sitemaps/en-1.xml").text()), [(english, "2025-06-01T12:00:00Z".to_owned(), both.clone())]);
        assert_eq!(entries(server.ok("/sitemaps/zh-hans-1.xml").text()), [(chinese, "2025-06-01T12:01:00Z".to_owned(), both)]);
        assert_eq!(entries(server.ok("/sitemaps/fr-1.xml").text()), [(format!("{base}/api/articles/{alone}"), "2025-06-01T12:01:00Z".to_owned(), Vec::new())]);
        for path in ["/sitemaps/en-0.xml", "/sitemaps/en-2.xml", "/sitemaps/de-1.xml", "/sitemaps/en-99999999999999999999.xml", "/sitemaps/e_n-1.xml", "/sitemaps/en.xml"] {
            assert_eq!(server.get(path).problem(), "not_found", "{path}");
        }
        assert_eq!(server.get("/sitemap.xml?page=2").problem(), "invalid_parameter");
    }

    fn files_are_full_in_order_and_what_is_new_goes_to_the_last(server) {
        let article = |n: i32| Article::new(&format!("Number {n}")).published_at(&format!("2025-01-{:02}T00:00:00Z", 1 + n / 3));
        server.articles((0..25).map(article).collect());
        let english = lang("en");
        let walk = || {
            let store = &server.app.store;
            let files = store.read(|c| sitemap_files(c, &english, 10)).unwrap();
            files.iter().map(|(n, at)| (store.read(|c| sitemap_pages(c, &english, u32::try_from(*n).unwrap(), 10)).unwrap(), *at)).collect::<Vec<_>>()
        };
        let before = walk();
        assert_eq!(before.iter().map(|(pages, _)| pages.len()).collect::<Vec<_>>(), [10, 10, 5]);
        let mut slugs: Vec<String> = before.iter().flat_map(|(pages, _)| pages.iter().map(|page| page.place.slug.clone())).collect();
        slugs.sort();
        slugs.dedup();
        assert_eq!(slugs.len(), 25);
        server.pass(60);
        server.article(Article::new("New").published_at("2025-05-01T00:00:00Z"));
        let after = walk();
        assert_eq!(after[..2], before[..2]);
        assert_eq!(after[2].0.len(), 6);
        for (pages, at) in &after {
            assert_eq!(*at, pages.iter().map(|page| page.updated_at).max());
        }
        assert!(server.app.store.read(|c| sitemap_pages(c, &english, 4, 10)).unwrap().is_empty());
    }

    fn a_sitemap_carries_validators_and_needs_no_key(server) {
        server.article(Article::new("A").published_at("2025-06-01T11:00:00Z"));
        for path in ["/sitemap.xml", "/sitemaps/en-1.xml", "/sitemap-news.xml"] {
            let read = server.ok(path);
            assert_eq!(read.header("content-type"), "text/xml; charset=utf-8");
            assert_eq!(read.header("vary"), "Accept-Encoding");
            assert!(read.header("surrogate-key").starts_with("articles"));
            let again = server.request("GET", path).header("if-none-match", read.header("etag")).send();
            assert_eq!((again.status, again.header("etag")), (304, read.header("etag")));
            let again = server.request("GET", path).header("if-modified-since", read.header("last-modified")).send();
            assert_eq!(again.status, 304);
            assert_eq!(server.request("HEAD", path).send().status, 200);
            let refused = server.request("PUT", path).send();
            assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD, OPTIONS"));
            assert_eq!(server.request("GET", path).header("accept", "text/html").send().status, 200);
        }
    }

    fn news_is_what_was_published_within_two_days(server) {
        assert_eq!(server.get("/sitemap-news.xml").problem(), "not_found");
        server.edition_at("zh-Hant", "https://example.org/{slug}");
        server.article(Article::new("Old").published_at("2025-05-30T11:59:59Z"));
        server.article(Article::new("Ahead").published_at("2025-06-02T00:00:00Z"));
        server.article(Article::new("Draft").status(Status::Draft).published_at("2025-06-01T00:00:00Z"));
        assert_eq!(server.get("/sitemap-news.xml").status, 404);
        server.article(Article::new("Rags & <SRD>").published_at("2025-06-01T11:00:00Z"));
        server.article(Article::new("新").lang("zh-Hant").slug("x").published_at("2025-06-01T11:30:00Z"));
        let read = server.ok("/sitemap-news.xml");
        let document = Document::parse(read.text()).unwrap();
        let urls: Vec<Node<'_, '_>> = document.root_element().children().filter(Node::is_element).collect();
        assert_eq!(urls.len(), 2);
        assert_eq!((child(urls[0], "loc"), child(urls[0], "language")), ("https://example.org/x", "zh-tw"));
        assert_eq!((child(urls[1], "title"), child(urls[1], "language")), ("Rags & <SRD>", "en"));
        assert_eq!((child(urls[1], "name"), child(urls[1], "publication_date")), ("English", "2025-06-01T11:00:00Z"));
        server.release(86_400);
        let moved = server.request("GET", "/sitemap-news.xml").header("if-modified-since", read.header("last-modified")).send();
        assert_eq!(moved.status, 200);
        assert_eq!(locations(server, "/sitemap-news.xml").len(), 3);
        server.pass(86_400);
        assert_eq!(locations(server, "/sitemap-news.xml").len(), 1);
        server.pass(86_400);
        assert_eq!(server.get("/sitemap-news.xml").status, 404);
    }

    fn news_ends_after_a_thousand_articles(server) {
        let article = |n: i32| Article::new(&format!("Number {n}")).body("").published_at(&format!("2025-06-01T{:02}:{:02}:{:02}Z", n / 3600, n / 60 % 60, n % 60));
        server.articles((0..1_010).map(article).collect());
        let found = locations(server, "/sitemap-news.xml");
        assert_eq!(found.len(), 1_000);
        let pages = ["/sitemaps/en-1.xml", "/sitemaps/en-2.xml"].map(|path| locations(server, path).len());
        assert_eq!(pages, [1_000, 10]);
    }

    fn an_address_made_by_a_template_resolves_to_its_article(server) {
        server.edition_at("en", "https://example.org/{year}/{section_path}/{slug}.html");
        server.edition_at("zh", "https://example.org/zh/{id}");
        let english = server.article(Article::new("Forum").section(&["World"]));
        let bare = server.article(Article::new("Bare"));
        let chinese = server.article(Article::new("论坛").lang("zh"));
        let draft = server.article(Article::new("Draft").status(Status::Draft));
        for url in locations(server, "/sitemaps/en-1.xml").iter().chain(&locations(server, "/sitemaps/zh-1.xml")) {
            let found = server.ok(&format!("/api/resolve?url={url}")).json()["data"]["id"].as_str().unwrap().to_owned();
            assert!([english, bare, chinese].iter().any(|id| id.to_string() == found), "{url}");
        }
        server.change(english, |content| content.slug = masthead::domain::slug::Slug::from_text("congress"));
        for url in ["https://example.org/2025/world/forum.html", "http://example.org/2025/world/congress.html?utm=x#top"] {
            let url = url.replace('#', "%23");
            assert_eq!(server.ok(&format!("/api/resolve?url={url}")).json()["data"]["id"], english.to_string(), "{url}");
        }
        for url in [format!("https://example.org/zh/{draft}"), "https://example.org/2025/draft.html".to_owned(), "https://example.net/2025/bare.html".to_owned()] {
            assert_eq!(server.get(&format!("/api/resolve?url={url}")).status, 404, "{url}");
        }
        assert_eq!(server.ok("/api/editions/en").json()["data"]["url_template"], "https://example.org/{year}/{section_path}/{slug}.html");
    }
}
