//! Feeds: every reader gets the same articles, in each format, in pages, under identities that never change.

use std::collections::{BTreeMap, BTreeSet};

use masthead::config::FeedContent;
use masthead::domain::article::Status;
use masthead::domain::id::Id;
use masthead::domain::time::Timestamp;
use roxmltree::{Document, Node};
use serde_json::Value;

use super::builders::Article;
use super::corpus;
use super::harness::{START, TestServer};
use super::receiver::{Behaviour, Receiver, eventually};
use super::shared::shared;

const FILES: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];

/// An item as a reader sees it.
#[derive(Debug, PartialEq, Eq)]
struct Item {
    id: String,
    title: String,
    url: String,
}

/// A page of a feed as a reader sees it.
#[derive(Debug)]
struct Page {
    items: Vec<Item>,
    title: String,
    next: Option<String>,
    previous: Option<String>,
    text: String,
}

fn text_of(node: Node<'_, '_>, name: &str) -> String {
    let found = node
        .children()
        .find(|child| child.has_tag_name(name) || child.tag_name().name() == name);
    found
        .and_then(|child| child.text())
        .unwrap_or_default()
        .to_owned()
}

fn link(node: Node<'_, '_>, rel: &str) -> Option<String> {
    let links = node
        .children()
        .filter(|child| child.tag_name().name() == "link");
    links
        .filter(|link| link.attribute("rel") == Some(rel))
        .find_map(|link| Some(link.attribute("href")?.to_owned()))
}

fn read_rss(text: &str) -> Page {
    let document = Document::parse(text).unwrap();
    let channel = document.root_element().first_element_child().unwrap();
    let items = channel.children().filter(|node| node.has_tag_name("item"));
    Page {
        items: items
            .map(|item| Item {
                id: text_of(item, "guid"),
                title: text_of(item, "title"),
                url: text_of(item, "link"),
            })
            .collect(),
        title: text_of(channel, "title"),
        next: link(channel, "next"),
        previous: link(channel, "previous"),
        text: text.to_owned(),
    }
}

fn read_atom(text: &str) -> Page {
    let document = Document::parse(text).unwrap();
    let feed = document.root_element();
    let entries = feed
        .children()
        .filter(|node| node.tag_name().name() == "entry");
    Page {
        items: entries
            .map(|entry| Item {
                id: text_of(entry, "id"),
                title: text_of(entry, "title"),
                url: link(entry, "alternate").unwrap(),
            })
            .collect(),
        title: text_of(feed, "title"),
        next: link(feed, "next"),
        previous: link(feed, "previous"),
        text: text.to_owned(),
    }
}

fn read_json(text: &str) -> Page {
    let feed: Value = serde_json::from_str(text).unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let items = feed["items"].as_array().unwrap().iter();
    Page {
        items: items
            .map(|item| Item {
                id: word(&item["id"]),
                title: word(&item["title"]),
                url: word(&item["url"]),
            })
            .collect(),
        title: word(&feed["title"]),
        next: feed["next_url"].as_str().map(str::to_owned),
        previous: None,
        text: text.to_owned(),
    }
}

impl TestServer {
    fn feed(&self, target: &str) -> Page {
        let answer = self.ok(target);
        let text = answer.text();
        match target
            .split('?')
            .next()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
        {
            "rss.xml" => read_rss(text),
            "atom.xml" => read_atom(text),
            _ => read_json(text),
        }
    }

    /// The path of an absolute address of this service.
    fn path_of(&self, url: &str) -> String {
        let base = format!("http://{}", self.address);
        url.strip_prefix(&base)
            .unwrap_or_else(|| panic!("{url} is elsewhere"))
            .to_owned()
    }

    fn walk(&self, first: &str) -> Vec<Item> {
        let mut items = Vec::new();
        let mut target = Some(first.to_owned());
        while let Some(at) = target {
            let page = self.feed(&at);
            items.extend(page.items);
            target = page.next.map(|next| self.path_of(&next));
        }
        items
    }
}

fn titles(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.title.as_str()).collect()
}

fn deleted(text: &str) -> Vec<String> {
    let document = Document::parse(text).unwrap();
    let nodes = document
        .descendants()
        .filter(|node| node.tag_name().name() == "deleted-entry");
    nodes
        .map(|node| node.attribute("ref").unwrap().to_owned())
        .collect()
}

/// Characters that XML 1.0 has a place for.
pub(crate) fn in_xml(text: &str) -> String {
    let may = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(may).collect()
}

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

    fn nothing_that_is_not_public_is_in_any_feed(server) {
        let later = Timestamp::from_millis(START + 3_600_000);
        server.article(Article::new("Open").section(&["World"]).author("Anna Weber").source("The Post").tag("news"));
        let part = |title: &str| Article::new(title).section(&["World"]).author("Anna Weber").source("The Post").tag("news");
        let draft = server.article(part("Secret draft").status(Status::Draft));
        server.article(part("Secret plan").status(Status::Scheduled));
        let embargoed = server.article(part("Secret embargo").embargo_until(later));
        let never = server.article(part("Secret past").status(Status::Draft));
        server.withdraw(never);
        let gone = server.article(part("Secret gone"));
        server.withdraw(gone);
        let unpublished = server.article(part("Secret retreat"));
        server.unpublish(unpublished);
        for below in ["", "sections/world/", "authors/anna-weber/", "sources/the-post/", "tags/news/"] {
            for file in FILES {
                let page = server.feed(&format!("/feeds/en/{below}{file}"));
                assert_eq!(titles(&page.items), ["Open"], "{below}{file}");
                assert!(!page.text.contains("Secret") && !page.text.contains("for the desk only"), "{below}{file}");
                for id in [draft, embargoed, never, unpublished] {
                    assert!(!page.text.contains(&id.to_string()), "{below}{file}");
                }
                assert_eq!(page.text.contains(&gone.to_string()), file == "atom.xml", "{below}{file}");
            }
        }
        server.pass(3_700);
        for _ in 0..50 {
            if server.feed("/feeds/en/rss.xml").items.len() == 2 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
            server.refresh();
        }
        panic!("the embargo has passed, but the feed does not show it");
    }

    fn an_edit_of_what_is_withdrawn_moves_nothing_in_a_feed(server) {
        let [first, second] = ["First", "Second"].map(|title| {
            let id = server.article(Article::new(title));
            server.pass(60);
            server.withdraw(id);
            id
        });
        let told = || deleted(&server.feed("/feeds/en/atom.xml").text);
        let before = told();
        assert!(before[0].contains(&second.to_string()) && before[1].contains(&first.to_string()), "{before:?}");
        server.pass(60);
        server.change(first, |content| content.title = "First, renamed".to_owned());
        server.article(Article::new("Third"));
        assert_eq!(told(), before);
    }

    fn what_was_taken_down_is_a_deleted_entry_in_the_feeds_that_it_was_in(server) {
        let gone = server.article(Article::new("Gone").section(&["World", "Asia"]).author("Anna Weber").tag("news"));
        server.article(Article::new("Here").section(&["Home"]).author("Anna Weber").tag("news").published_at("2025-02-01T00:00:00Z"));
        server.article(Article::new("Là").lang("fr"));
        assert_eq!(deleted(&server.feed("/feeds/en/atom.xml").text), [""; 0]);
        server.pass(60);
        server.withdraw(gone);
        for (path, is_in) in [
            ("/feeds/en/atom.xml", true), ("/feeds/en/sections/world/atom.xml", true), ("/feeds/en/sections/world/asia/atom.xml", true),
            ("/feeds/en/authors/anna-weber/atom.xml", true), ("/feeds/en/tags/news/atom.xml", true),
            ("/feeds/en/sections/home/atom.xml", false), ("/feeds/fr/atom.xml", false),
        ] {
            let page = server.feed(path);
            let expected: Vec<String> = is_in.then(|| format!("urn:uuid:{gone}")).into_iter().collect();
            assert_eq!(deleted(&page.text), expected, "{path}");
            if is_in {
                assert!(page.text.contains("when=\"2025-06-01T12:01:00Z\"") && page.text.contains("<at:comment>legal</at:comment>"), "{path}");
                assert!(page.text.contains("<updated>2025-06-01T12:01:00Z</updated>"), "{path}");
            }
        }
    }

    fn editions_of_a_feed_and_of_an_article_point_at_each_other(server) {
        server.edition_at("en", "https://example.org/{lang}/{section_path}/{slug}");
        server.edition_at("fr", "https://exemple.org/{year}/{month}/{day}/{slug}");
        let id = server.article(Article::new("Work").section(&["World"]).author("Anna Weber"));
        server.article(Article::new("Œuvre").lang("fr").author("Anna Weber").of_work(server.work_of(id)));
        let base = format!("http://{}", server.address);
        let atom = server.feed("/feeds/en/authors/anna-weber/atom.xml").text;
        assert!(atom.contains(&format!("hreflang=\"fr\" href=\"{base}/feeds/fr/authors/anna-weber/atom.xml\"")), "{atom}");
        for file in ["rss.xml", "atom.xml"] {
            let text = server.feed(&format!("/feeds/en/{file}")).text;
            assert!(text.contains("hreflang=\"fr\" href=\"https://exemple.org/2025/01/01/"), "{text}");
        }
        let json: Value = serde_json::from_str(&server.feed("/feeds/en/feed.json").text).unwrap();
        assert_eq!(json["items"][0]["_alternates"]["fr"], server.feed("/feeds/fr/feed.json").items[0].url);
        assert_eq!(json["_alternates"]["fr"], format!("{base}/feeds/fr/feed.json"));
        assert_eq!(json["home_page_url"], "https://example.org/en");
    }

    fn other_languages_are_related_so_that_the_only_alternate_is_a_page_of_its_own(server) {
        server.edition_at("en", "https://example.org/{lang}/{slug}");
        server.edition_at("zh", "https://example.org/{lang}/{slug}");
        let id = server.article(Article::new("Work").section(&["World"]).author("Anna Weber").source("Daily").tag("maps"));
        let (work, section) = (server.work_of(id), ["World"]);
        server.article(Article::new("作品").lang("zh").section(&section).author("Anna Weber").source("Daily").tag("maps").of_work(work));
        for below in ["", "/sections/world", "/authors/anna-weber", "/sources/daily", "/tags/maps"] {
            for file in ["rss.xml", "atom.xml"] {
                let target = format!("/feeds/en{below}/{file}");
                let answer = server.ok(&target);
                let document = Document::parse(answer.text()).unwrap();
                let links = document.descendants().filter(|node| node.tag_name().name() == "link" && node.attribute("href").is_some());
                for link in links {
                    let (rel, href) = (link.attribute("rel").unwrap(), link.attribute("href").unwrap());
                    match rel {
                        "alternate" => assert!(!href.contains("/zh"), "{target}: {href}"),
                        "related" => assert_eq!(link.attribute("hreflang"), Some("zh"), "{target}: {href}"),
                        _ => {}
                    }
                }
                let related = answer.text().matches("rel=\"related\"").count();
                assert!(related >= 1, "{target}");
            }
        }
    }

    fn hostile_text_is_read_back_as_it_is_in_every_format(server) {
        let Some(naughty) = shared("hostile/naughty-strings.json") else { return };
        let naughty: Vec<String> = serde_json::from_slice(&std::fs::read(naughty).unwrap()).unwrap();
        let payloads = std::fs::read_to_string(shared("hostile/xss-payloads.txt").unwrap()).unwrap();
        let odd = ["<SRD>", "<strong>bold</strong> & &amp; &lt;", "]]>", "a\u{b}b\u{fffe}c\u{ffff}\u{1f}\u{7f}\r\nd\te", "\u{202e}abc", "&#0;&#x1F;"].map(str::to_owned);
        let all: Vec<String> = odd.into_iter().chain(naughty).chain(payloads.lines().step_by(20).map(str::to_owned)).collect();
        let all: Vec<String> = all.iter().enumerate().map(|(n, text)| format!("{n} {}", text.replace('\0', ""))).collect();
        for part in all.chunks(200) {
            let articles = part.iter().map(|title| {
                let slug = format!("s{}", title.split(' ').next().unwrap());
                Article::new(title).slug(&slug).body(&format!("<p>{title}</p>")).author(&format!("{title}."))
            });
            for id in server.articles(articles.collect()) {
                server.change(id, |content| content.summary = Some(content.title.clone()));
            }
        }
        for file in FILES {
            let mut read: Vec<String> = server.walk(&format!("/feeds/en/{file}?limit=100")).into_iter().map(|item| item.title).collect();
            let mut expected: Vec<String> = all.iter().map(|title| if file == "feed.json" { title.clone() } else { in_xml(title) }).collect();
            read.sort();
            expected.sort();
            assert_eq!(read, expected, "{file}");
        }
    }

    fn feeds_of_real_articles_are_well_formed_and_whole(server) {
        let Some(files) = corpus::corpus() else { return };
        for file in files {
            let some: Vec<Value> = corpus::sample(&file).into_iter().step_by(5).collect();
            server.import(&some);
        }
        let mut found = 0;
        for lang in server.ok("/api/editions").column("lang") {
            let count = server.ok(&format!("/api/articles?lang={lang}&count=exact&limit=1")).json()["meta"]["total"].as_u64().unwrap();
            for file in FILES {
                let items = server.walk(&format!("/feeds/{lang}/{file}?limit=100"));
                assert_eq!(items.len() as u64, count, "{lang} {file}");
            }
            found += count;
        }
        assert!(found > 50, "only {found} articles");
    }
}

#[test]
fn a_feed_of_summaries_carries_no_text_and_a_hub_is_named_where_one_is_set() {
    let server = TestServer::on_sqlite_with(|config| {
        config.feed_content = FeedContent::Summary;
        config.websub_hub = Some("https://hub.example.org/".to_owned());
    });
    let id = server.article(Article::new("A").body("<p>The whole text.</p>"));
    server.change(id, |content| {
        content.summary = Some("In <short> & plain".to_owned())
    });
    server.article(Article::new("B"));
    for file in FILES {
        let path = format!("/feeds/en/{file}?limit=1");
        let answer = server.ok(&path);
        assert!(
            !answer.text().contains("whole text")
                && answer.text().contains("https://hub.example.org/"),
            "{file}"
        );
        let links: Vec<&str> = answer
            .headers
            .iter()
            .filter(|(name, _)| name == "link")
            .map(|(_, value)| value.as_str())
            .collect();
        assert_eq!(links[0], "<https://hub.example.org/>; rel=\"hub\"");
        assert_eq!(
            links[1],
            format!("<http://{}{path}>; rel=\"self\"", server.address)
        );
        let next = server.path_of(&server.feed(&path).next.unwrap());
        assert!(
            !server.ok(&next).text().contains("hub.example.org"),
            "{file}"
        );
    }
    let rss = server.ok("/feeds/en/rss.xml");
    assert!(
        rss.text()
            .contains("<description>In &amp;lt;short&amp;gt; &amp;amp; plain</description>")
    );
    let json = server.ok("/feeds/en/feed.json").json();
    let items = json["items"].as_array().unwrap();
    assert!(
        items
            .iter()
            .any(|item| item["content_text"] == "In <short> & plain")
    );
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
fn the_hub_is_told_of_every_edition_at_the_start_and_then_of_those_that_change() {
    let hub = Receiver::start();
    hub.first(&[Behaviour::Answer(500)]);
    let server = TestServer::on_sqlite_with(|config| config.websub_hub = Some(hub.url()));
    server.article(Article::new("One").lang("fr"));
    let topic = |file: &str| {
        let topic = format!("http://{}/feeds/fr/{file}", server.address);
        let topic = url::form_urlencoded::byte_serialize(topic.as_bytes()).collect::<String>();
        format!("hub.mode=publish&hub.url={topic}")
    };
    let told = |file: &str| {
        hub.messages()
            .iter()
            .filter(|m| m.body == topic(file))
            .count()
    };
    eventually("the first message fails", || !hub.messages().is_empty());
    assert_eq!(hub.settle().len(), 1, "a hub that fails is left alone");
    server.pass(3);
    eventually("a failure is made good", || {
        FILES.iter().all(|file| told(file) >= 1)
    });
    let before = hub.settle().len();
    server.article(Article::new("A draft").lang("fr").status(Status::Draft));
    assert_eq!(hub.settle().len(), before, "the public sees no change");
    server.article(Article::new("Two").lang("fr"));
    hub.wait_for(before + 3);
}

#[test]
fn a_hub_is_left_alone_for_as_long_as_it_asks() {
    let hub = Receiver::start();
    let server = TestServer::on_sqlite_with(|config| config.websub_hub = Some(hub.url()));
    server.article(Article::new("Before"));
    hub.wait_for(FILES.len());
    let at = Timestamp::from_millis(server.now().millis() + 600_000);
    let mut before = hub.settle().len();
    for asked in [at.to_http_date(), "600".to_owned()] {
        hub.first(&[Behaviour::Later(asked.clone())]);
        server.article(Article::new(&asked));
        hub.wait_for(before + 1);
        server.pass(590);
        assert_eq!(hub.settle().len(), before + 1, "ten minutes are not over");
        server.pass(11);
        hub.wait_for(before + 1 + FILES.len());
        before = hub.settle().len();
    }
}

/// The feeds that a hub is told of, each once, without the file and the part that all share.
fn feeds_told(server: &TestServer, messages: &[super::receiver::Message]) -> BTreeSet<String> {
    let topics = messages.iter().map(|message| {
        let pairs: BTreeMap<String, String> = url::form_urlencoded::parse(message.body.as_bytes())
            .into_owned()
            .collect();
        assert_eq!(pairs["hub.mode"], "publish");
        let topic = server.path_of(&pairs["hub.url"]);
        let answer = server.get(&topic);
        let named = answer.header("link").contains("rel=\"hub\"");
        assert!(named || answer.status == 404, "{topic}");
        let (feed, file) = topic.rsplit_once('/').unwrap();
        assert!(FILES.contains(&file), "{topic}");
        feed.trim_start_matches("/feeds/").to_owned()
    });
    topics.collect()
}

#[test]
fn the_hub_is_told_of_every_feed_that_a_change_concerns_and_of_those_that_the_article_left() {
    let hub = Receiver::start();
    let server = TestServer::on_sqlite_with(|config| config.websub_hub = Some(hub.url()));
    let told = |count: usize, change: &dyn Fn(&TestServer)| {
        let before = hub.settle().len();
        change(&server);
        hub.wait_for(before + count * FILES.len());
        feeds_told(&server, &hub.settle()[before..])
    };
    let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    server.article(Article::new("Other").section(&["Sport"]));
    let article = Article::new("One")
        .section(&["World", "Été"])
        .author("Ann Lee")
        .source("Daily")
        .tag("Maps");
    let first: BTreeSet<String> = all(&[
        "en",
        "en/sections/world",
        "en/sections/world/%C3%A9t%C3%A9",
        "en/authors/ann-lee",
        "en/sources/daily",
        "en/tags/maps",
    ]);
    assert_eq!(
        told(6, &|server| {
            server.article(article.clone());
        }),
        first
    );
    let found = server.ok("/api/articles/one").json();
    let id = Id::parse(found["data"]["id"].as_str().unwrap()).unwrap();
    let mut moved = first.clone();
    moved.insert("en/sections/sport".to_owned());
    let sport = server.section_at("sport").id;
    assert_eq!(
        told(7, &|server| server
            .change(id, |content| content.section = Some(sport))),
        moved
    );
    assert_eq!(told(7, &|server| server.withdraw(id)), moved);
}

#[test]
fn a_mass_change_is_told_for_the_editions_alone() {
    let hub = Receiver::start();
    let server = TestServer::on_sqlite_with(|config| config.websub_hub = Some(hub.url()));
    let before = hub.settle().len();
    let many = (0..600).map(|n| Article::new(&format!("Mass {n}")).tag(&format!("tag {n}")));
    server.articles(many.collect());
    hub.wait_for(before + FILES.len());
    let told = feeds_told(&server, &hub.settle()[before..]);
    assert_eq!(told.into_iter().collect::<Vec<_>>(), ["en"]);
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
