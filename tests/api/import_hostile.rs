//! Hostile bodies within every format that is imported end as inert as those that come by the API: judged by parsing.

use std::fs;

use masthead::domain::bases::Bases;
use masthead::import::Format;
use masthead::import::inputs::collect;
use masthead::import::reader::{self, Options};
use masthead::import::record::Record;
use serde_json::json;

use super::body::{assert_harmless, payloads};
use super::builders::lang;

/// The bodies of the articles that a file has, and the number of items that were refused.
fn bodies(name: &str, text: &str, format: Format) -> (Vec<String>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, text).unwrap();
    let inputs = collect(&[file], format, None).unwrap();
    let options = Options {
        format,
        lang: Some(lang("en")),
        bases: Bases::default(),
    };
    let (mut bodies, mut refused) = (Vec::new(), 0);
    for batch in reader::read(inputs.list, options).unwrap() {
        for item in batch.items {
            match item.outcome.map(|parsed| parsed.record) {
                Ok(Record::Article(article)) => bodies.push(article.body.html().to_owned()),
                Ok(other) => panic!("a {}", other.kind()),
                Err(_) => refused += 1,
            }
        }
    }
    (bodies, refused)
}

fn cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn wxr(payloads: &[&String]) -> String {
    let items: String = payloads
        .iter()
        .enumerate()
        .map(|(n, payload)| {
            format!(
                "<item><title>T {n}</title><link>https://a.example/{n}</link><content:encoded>{}</content:encoded><wp:post_id>{n}</wp:post_id>\
                 <wp:post_date_gmt>2020-01-01 00:00:00</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>",
                cdata(payload)
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:wp=\"http://wordpress.org/export/1.2/\">\
         <channel><title>Old</title><language>en</language><wp:wxr_version>1.2</wp:wxr_version>{items}</channel></rss>"
    )
}

fn feed(payloads: &[&String]) -> String {
    let items: String = payloads
        .iter()
        .enumerate()
        .map(|(n, payload)| {
            format!("<item><title>T {n}</title><link>https://a.example/{n}</link><description>{}</description></item>", escaped(payload))
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>F</title>{items}</channel></rss>"
    )
}

fn ghost(payloads: &[&String]) -> String {
    let posts: Vec<_> = payloads
        .iter()
        .enumerate()
        .map(|(n, payload)| {
            json!({"id": n.to_string(), "title": format!("T {n}"), "slug": format!("t-{n}"), "status": "published", "visibility": "public",
                "type": "post", "published_at": "2020-01-01T00:00:00.000Z", "html": payload})
        })
        .collect();
    json!({"db": [{"meta": {"version": "5.0.0"}, "data": {"posts": posts}}]}).to_string()
}

fn lines(payloads: &[&String]) -> String {
    let forms = ["body_html", "body_markdown", "body"];
    let lines = payloads.iter().enumerate().map(|(n, payload)| {
        let mut line =
            json!({"id": n.to_string(), "title": format!("T {n}"), "published_at": "2020-01-01"});
        line[forms[n % forms.len()]] = json!(payload);
        format!("{line}\n")
    });
    lines.collect()
}

fn page(payloads: &[&String]) -> String {
    let words = "A long paragraph of plain words, which makes this page an article, and not a list of links. ".repeat(5);
    let parts: String = payloads
        .iter()
        .map(|payload| format!("<p>{words}{payload}</p>"))
        .collect();
    format!(
        "<!doctype html><html lang=\"en\"><head><title>T</title></head><body><article><h1>T</h1>{parts}</article></body></html>"
    )
}

#[test]
fn hostile_bodies_in_every_format_end_inert() {
    let all = payloads();
    let every = |start: usize| all.iter().skip(start).step_by(3).collect::<Vec<_>>();
    for (name, format, text, items) in [
        ("a.xml", Format::Wxr, wxr(&every(0)), every(0).len()),
        ("a.xml", Format::Feed, feed(&every(1)), every(1).len()),
        ("a.json", Format::Ghost, ghost(&every(2)), every(2).len()),
        ("a.ndjson", Format::Ndjson, lines(&every(0)), every(0).len()),
    ] {
        let (found, refused) = bodies(name, &text, format);
        assert_eq!(found.len() + refused, items, "{format:?}");
        assert!(
            refused <= items / 100,
            "{format:?}: {refused} of {items} are refused"
        );
        for body in &found {
            assert_harmless(body, name);
        }
    }
    for some in every(1).chunks(60).step_by(4) {
        let (found, refused) = bodies("a.html", &page(some), Format::Html);
        assert_eq!(found.len() + refused, 1);
        found
            .iter()
            .for_each(|body| assert_harmless(body, "a.html"));
    }
}
