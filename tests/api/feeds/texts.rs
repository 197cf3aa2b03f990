//! Texts in feeds: hostile and real ones, whole or as summaries.

use masthead::config::FeedContent;
use serde_json::Value;

use super::{FILES, in_xml};
use crate::builders::Article;
use crate::corpus;
use crate::harness::TestServer;
use crate::shared::shared;

api_test! {
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
