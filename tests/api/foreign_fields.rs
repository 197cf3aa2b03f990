//! Fields of foreign records that are written otherwise than ours: languages, dates, slugs, addresses. None sinks its record, and
//! each change is told with its value.

use std::fs;

use masthead::import::Format;
use serde_json::{Value, json};

use super::harness::TestServer;

fn import(
    server: &TestServer,
    file: &str,
    text: &str,
    format: Format,
) -> (u64, Vec<(String, String)>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(file), text).unwrap();
    let told = server.import_from(folder.path(), format);
    let word = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let lines = told
        .lines
        .iter()
        .map(|line| (word(line, "code"), word(line, "detail")));
    (told.summary.refused(), lines.collect())
}

fn told<'l>(lines: &'l [(String, String)], code: &str) -> Vec<&'l str> {
    let of_code = lines.iter().filter(|line| line.0 == code);
    of_code.map(|line| line.1.as_str()).collect()
}

fn wxr(lang: &str) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel>\
         <title>S</title><language>{lang}</language><wp:base_blog_url>https://s.example</wp:base_blog_url><item><title>W</title>\
         <content:encoded>x</content:encoded><wp:post_id>1</wp:post_id><wp:post_name>caf%C3%A9 bar</wp:post_name><wp:post_date_gmt>2020-01-02 03:04:05</wp:post_date_gmt>\
         <wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>"
    )
}

fn feed(lang: &str, items: &str) -> String {
    format!(
        "<rss version=\"2.0\"><channel><title>Old</title><language>{lang}</language>{items}</channel></rss>"
    )
}

const ITEM: &str = "<item><title>F</title><guid>g1</guid><pubDate>Mon, 03 Jun 2024 08:00:00 GMT</pubDate><description>x</description></item>";

fn ghost(locale: &str) -> String {
    json!({"db": [{"meta": {"version": "5.0"}, "data": {
        "settings": [{"key": "locale", "value": locale}],
        "posts": [{"id": "1", "title": "G", "slug": "g", "html": "<p>x</p>", "status": "published", "visibility": "public", "type": "post",
                   "published_at": "2013-01-01T00:00:00.000Z"}],
    }}]})
    .to_string()
}

fn json_feed(lang: &str) -> String {
    json!({"version": "https://jsonfeed.org/version/1.1", "title": "J", "language": lang,
           "items": [{"id": "https://j.example/1", "title": "J", "content_text": "x", "date_published": "2024-06-03"}]})
    .to_string()
}

api_test! {
    fn the_name_of_a_language_is_read_in_every_format(server) {
        for (file, text, format) in [
            ("a.xml", wxr("english"), Format::Wxr),
            ("a.xml", feed("English", ITEM), Format::Feed),
            ("a.json", json_feed("english"), Format::Feed),
            ("a.json", ghost("english"), Format::Ghost),
            ("a.ndjson", json!({"lang": "anglais", "title": "N", "published_at": "2024-05-01"}).to_string(), Format::Ndjson),
        ] {
            let (refused, lines) = import(server, file, &text, format);
            assert_eq!(refused, 0, "{lines:?}");
            let told = told(&lines, "language_read");
            assert!(matches!(told.as_slice(), [one] if one.ends_with("is taken as en")), "{lines:?}");
        }
        assert_eq!(server.ok("/api/articles?lang=en").json()["data"].as_array().unwrap().len(), 5);
        assert_eq!(server.ok("/api/editions").column("lang"), ["en"]);
    }

    fn a_language_that_nobody_knows_is_told_with_its_value(server) {
        for (file, text, format) in [
            ("a.xml", wxr("klingonese"), Format::Wxr),
            ("a.xml", feed("klingonese", ITEM), Format::Feed),
            ("a.json", json_feed("klingonese"), Format::Feed),
            ("a.json", ghost("klingonese"), Format::Ghost),
        ] {
            let (refused, lines) = import(server, file, &text, format);
            assert_eq!(refused, 1, "{lines:?}");
            let told = told(&lines, "invalid_language");
            assert!(matches!(told.as_slice(), [one] if one.contains("klingonese")), "{lines:?}");
        }
        // The language of the import stands in for it.
        let (refused, lines) = import(server, "a.ndjson", &json!({"lang": "klingonese", "title": "N", "published_at": "2024-05-01"}).to_string(), Format::Ndjson);
        assert_eq!((refused, told(&lines, "invalid_language").len()), (0, 1), "{lines:?}");
    }

    fn a_date_of_a_feed_that_is_none_is_told_with_its_value(server) {
        let item = |id: &str, dates: &str| format!("<item><title>{id}</title><guid>{id}</guid>{dates}<description>x</description></item>");
        let items = item("a", "<pubDate>sometime</pubDate>")
            + &item("b", "<pubDate>lun., 03 juin 2024 08:00:00 +0200</pubDate>")
            + &item("c", "<pubDate>sometime</pubDate><updated>2024-06-03T08:00:00Z</updated>")
            + &item("d", "<pubDate>2024-06-03</pubDate><updated>lately</updated>")
            + &item("e", "");
        let (refused, lines) = import(server, "a.xml", &feed("en", &items), Format::Feed);
        assert_eq!(refused, 0, "{lines:?}");
        let dates = told(&lines, "invalid_date");
        let values = ["sometime", "lun., 03 juin 2024 08:00:00 +0200", "sometime", "lately"];
        assert_eq!(dates.len(), values.len(), "{lines:?}");
        for (detail, value) in dates.iter().zip(values) {
            assert!(detail.contains(value), "{detail}");
        }
        // A change behind a publication that nobody knows does not stand in for it.
        assert_eq!(told(&lines, "no_date").len(), 4, "{lines:?}");
    }

    fn a_slug_of_words_is_decoded(server) {
        let records = [
            json!({"lang": "en", "title": "a", "slug": "caf%C3%A9 bar", "published_at": "2024-05-01"}),
            json!({"lang": "en", "title": "b", "slug": "100% wool", "published_at": "2024-05-01"}),
            json!({"type": "tag", "name": "c", "slug": "th%C3%A9 vert"}),
        ];
        let told = server.import(&records);
        let became: Vec<_> = told.lines.iter().filter(|line| line["code"] == "slug_changed").map(|line| line["detail"].as_str().unwrap()).collect();
        assert_eq!(became, ["caf%C3%A9 bar became café-bar", "100% wool became 100-wool", "th%C3%A9 vert became thé-vert"]);
        import(server, "a.xml", &wxr("en"), Format::Wxr);
        assert_eq!(server.ok("/api/articles/caf%C3%A9-bar-2").json()["data"]["title"], "W");
    }

    fn a_field_is_near_to_what_others_call_it(server) {
        let told = server.import(&[json!({"lang": "en", "title": "a", "published_at": "2024-05-01", "body_text": "x", "summary_text": "y"})]);
        let details = told.lines.iter().map(|line| line["detail"].as_str().unwrap());
        let near: Vec<_> = details.filter(|detail| detail.contains("nearest")).collect();
        assert_eq!(near, ["body_text is not read; the nearest field is body", "summary_text is not read; the nearest field is summary"]);
    }

    fn an_address_of_import_is_found_in_every_normal_form(server) {
        let urls = ["https://old.example/caf%C3%A9/index.html", "https://old.example/the%CC%81?q=e%CC%81"];
        let records = urls.map(|url| json!({"lang": "en", "title": url, "url": url, "published_at": "2024-05-01"}));
        assert_eq!(server.import(&records).summary.refused(), 0);
        for (url, title) in [
            ("https://old.example/cafe%25CC%2581/index.html", urls[0]),
            ("https://old.example/cafe%CC%81/index.html", urls[0]),
            ("/caf%C3%A9/index.html", urls[0]),
            ("https://old.example/th%C3%A9?q=%C3%A9", urls[1]),
            ("https://old.example/the%CC%81?q=e%CC%81", urls[1]),
        ] {
            let found = server.ok(&format!("/api/resolve?url={}", url.replace('&', "%26"))).json()["data"].clone();
            let article = server.ok(found["links"]["self"].as_str().unwrap()).json();
            assert_eq!(article["data"]["title"], title, "{url}");
        }
    }
}
