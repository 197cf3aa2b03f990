//! Records of one import that stand for the same article, or name the same address: none is lost without a word.

use std::fs;

use masthead::import::Format;
use serde_json::{Value, json};

use super::harness::TestServer;
use super::imports::Told;

/// The outcome and code of each line of a report that has a place.
fn told(told: &Told) -> Vec<String> {
    let placed = told.lines.iter().filter(|line| line.get("file").is_some());
    let word = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let words = |line| format!("{} {}", word(line, "outcome"), word(line, "code"));
    placed.map(words).collect()
}

fn has(told_of: &Told, words: &str) -> bool {
    told(told_of).iter().any(|line| line == words)
}

impl TestServer {
    /// Imports files of one format.
    fn import_files(&self, files: &[(&str, &str)], format: Format) -> Told {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        self.import_from(folder.path(), format)
    }
}

/// Checks that the second of two records stays out and is told, that the counts agree, and that a second run changes nothing.
fn second_stays_out(server: &TestServer, files: &[(&str, &str)], format: Format) {
    let first = server.import_files(files, format);
    let counts = first.summary.kinds["article"];
    assert_eq!(
        (counts.created, counts.updated, counts.repeated),
        (1, 0, 1),
        "{:?}",
        first.lines
    );
    assert_eq!((counts.total(), first.summary.exit_code()), (2, 0));
    assert!(
        first.summary.to_string().contains("1 repeated"),
        "{}",
        first.summary
    );
    assert!(
        has(&first, "left_out repeated_identity"),
        "{:?}",
        first.lines
    );
    let seq = server.latest_change();
    let again = server.import_files(files, format).summary.kinds["article"];
    assert_eq!((again.unchanged, again.repeated, again.total()), (1, 1, 2));
    assert_eq!(server.latest_change(), seq);
    assert_eq!(server.titles(), ["First"]);
}

fn line(of: &Value) -> String {
    let mut record =
        json!({"lang": "en", "published_at": "2024-05-01", "body_paragraphs": ["A text."]});
    record
        .as_object_mut()
        .unwrap()
        .extend(of.as_object().unwrap().clone());
    format!("{record}\n")
}

fn page(title: &str) -> String {
    let text =
        "The bridge over the river was opened again this morning, forty winters after the flood. "
            .repeat(6);
    format!(
        "<html lang=en><head><link rel=canonical href=https://a.example/one><title>{title}</title><meta property=og:type content=article><meta property=article:published_time content=2024-05-01></head><body><article><h1>{title}</h1><p>{text}</p><p>{text}</p></article></body></html>"
    )
}

api_test! {
    fn a_later_line_of_an_article_updates_it_and_is_told(server) {
        let by_id = |title: &str| line(&json!({"id": "x", "title": title}));
        let by_address = |title: &str| line(&json!({"url": "https://a.example/one", "title": title}));
        for (name, [first, second]) in [("id", ["First", "Second"].map(by_id)), ("address", ["Third", "Fourth"].map(by_address))] {
            let done = server.import_files(&[("a.ndjson", &[first, second.clone(), second].concat())], Format::Ndjson);
            let counts = done.summary.kinds["article"];
            assert_eq!((counts.created, counts.updated, counts.unchanged, counts.total()), (1, 1, 1, 3), "{name}: {:?}", done.lines);
            assert_eq!(told(&done), ["altered repeated_identity"], "{name}: {:?}", done.lines);
        }
        let mut titles = server.titles();
        titles.sort();
        assert_eq!(titles, ["Fourth", "Second"]);
    }

    fn a_page_with_the_address_of_another_stays_out_and_is_told(server) {
        second_stays_out(server, &[("a.html", &page("First")), ("b.html", &page("Second"))], Format::Html);
    }

    fn so_is_an_item_of_a_feed_with_the_guid_of_another(server) {
        let item = |title: &str| format!("<item><title>{title}</title><guid>https://a.example/one</guid><pubDate>Wed, 01 May 2024 08:00:00 GMT</pubDate><description>A text.</description></item>");
        let feed = format!("<rss version=\"2.0\"><channel><title>A</title><link>https://a.example/</link><language>en</language>{}{}</channel></rss>", item("First"), item("Second"));
        second_stays_out(server, &[("a.xml", &feed)], Format::Feed);
    }

    fn articles_that_share_an_address_are_told(server) {
        let of = |id: u8, title: &str| line(&json!({"id": id.to_string(), "url": "https://a.example/One", "title": title}));
        let lines = [of(1, "First"), of(2, "Second").replace("a.example", "A.example"), of(3, "Third").replace("One", "other")].concat();
        let first = server.import_files(&[("a.ndjson", &lines)], Format::Ndjson);
        assert_eq!(told(&first), ["altered repeated_address"], "{:?}", first.lines);
        assert_eq!(first.summary.kinds["article"].created, 3);
    }

    fn items_of_wordpress_that_share_a_link_are_told(server) {
        let item = |id: u8, title: &str, password: &str| format!("<item><title>{title}</title><link>https://a.example/one</link><wp:post_id>{id}</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status><wp:post_date_gmt>2024-05-01 08:00:00</wp:post_date_gmt>{password}<content:encoded><![CDATA[A text.]]></content:encoded></item>");
        let wxr = |items: &str| format!("<rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>A</title><link>https://a.example</link><language>en</language><wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://a.example</wp:base_site_url><wp:base_blog_url>https://a.example</wp:base_blog_url>{items}</channel></rss>");
        let two = wxr(&[item(1, "First", ""), item(2, "Second", "<wp:post_password>\n</wp:post_password>")].concat());
        let first = server.import_files(&[("a.xml", &two)], Format::Wxr);
        assert!(has(&first, "altered repeated_address"), "{:?}", first.lines);
        assert_eq!(server.titles().len(), 2);
        let blank = wxr(&item(3, "Third", "<wp:post_password><![CDATA[ ]]></wp:post_password>"));
        let hidden = server.import_files(&[("b.xml", &blank)], Format::Wxr);
        assert!(has(&hidden, "altered password_protected"), "{:?}", hidden.lines);
        assert_eq!(server.titles().len(), 2, "a blank is a password");
    }

    fn sections_are_made_of_names_and_parents(server) {
        let records = [
            json!({"type": "section", "lang": "en", "name": "World News", "slug": "world"}),
            json!({"type": "section", "lang": "en", "name": "Asia & Pacific", "parent": "world"}),
            json!({"type": "section", "lang": "en", "name": "Japan", "slug": "japan", "parent": "asia-pacific"}),
            json!({"type": "section", "lang": "en", "name": "Tokyo", "parent": {"path": "world/asia-pacific/japan"}}),
            json!({"type": "section", "lang": "en", "name": "Arts", "parent": "culture"}),
        ];
        let told = server.import(&records);
        assert_eq!(told.summary.refused(), 0, "{:?}", told.lines);
        let mut paths = server.ok("/api/sections?lang=en&limit=100").column("path");
        paths.sort();
        assert_eq!(paths, ["culture", "culture/arts", "world", "world/asia-pacific", "world/asia-pacific/japan", "world/asia-pacific/japan/tokyo"]);
        let by_id = server.ok("/api/sections/world?lang=en").json()["data"]["id"].clone();
        server.import(&[json!({"type": "section", "lang": "en", "name": "Africa", "parent_id": by_id})]);
        assert_eq!(server.ok("/api/sections/world/africa?lang=en").json()["data"]["name"], "Africa");
    }

    fn a_number_that_is_too_large_costs_itself_alone(server) {
        let record = r#"{"id":"a","lang":"en","title":"First","published_at":"2024-05-01","body_paragraphs":["x"],"word_count":1e400,"extra":{"n":-1e999}}"#;
        let told = server.import_bytes(record.as_bytes());
        assert_eq!((told.summary.kinds["article"].created, told.summary.refused()), (1, 0), "{:?}", told.lines);
    }
}
