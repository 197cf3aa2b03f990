//! Feeds and what the public may not see: it is in none, and what was taken down is a deleted entry.

use masthead::domain::article::Status;
use masthead::domain::time::Timestamp;
use roxmltree::Document;

use super::{FILES, titles};
use crate::builders::Article;
use crate::harness::START;

fn deleted(text: &str) -> Vec<String> {
    let document = Document::parse(text).unwrap();
    let nodes = document
        .descendants()
        .filter(|node| node.tag_name().name() == "deleted-entry");
    nodes
        .map(|node| node.attribute("ref").unwrap().to_owned())
        .collect()
}

api_test! {
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
}
