//! Feeds in several languages: editions point at each other.

use roxmltree::Document;
use serde_json::Value;

use crate::builders::Article;

api_test! {
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
}
