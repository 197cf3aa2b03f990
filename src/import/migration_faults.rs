//! Broken and hostile input of foreign formats: what can come in comes in, and what cannot is named with its place.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::domain::bases::Bases;
use crate::domain::language::LanguageTag;
use crate::import::Format;
use crate::import::inputs::Input;
use crate::import::reader::{self, Item, LeftOut, Options};
use crate::import::record::{ArticleRecord, Record};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><title>S</title><language>en</language><wp:base_blog_url>https://s.example</wp:base_blog_url>";

fn post(id: u32, title: &str, content: &str) -> String {
    format!(
        "<item><title>{title}</title><content:encoded>{content}</content:encoded><wp:post_id>{id}</wp:post_id>\
         <wp:post_date_gmt>2020-01-02 03:04:05</wp:post_date_gmt><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>\n"
    )
}

#[derive(Default)]
struct Taken {
    articles: Vec<ArticleRecord>,
    codes: Vec<&'static str>,
    notes: Vec<&'static str>,
    left_out: Vec<LeftOut>,
    /// The places of what is refused, without the name of the file.
    places: Vec<String>,
}

fn read(format: Format, bytes: &[u8]) -> Taken {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let options = Options {
        format,
        lang: LanguageTag::parse("en").ok(),
        bases: Bases::default(),
    };
    let mut taken = Taken::default();
    for batch in reader::read(vec![Input::File(file.path().to_owned())], options).unwrap() {
        taken.left_out.extend(batch.left_out);
        for Item { place, outcome, .. } in batch.items {
            match outcome {
                Err(finding) => {
                    let place = place.to_string();
                    let at = place.split_once(", ").map_or("", |(_, at)| at);
                    taken.places.push(at.to_owned());
                    taken.codes.push(finding.code);
                }
                Ok(parsed) => {
                    taken
                        .notes
                        .extend(parsed.notes.iter().map(|note| note.code));
                    let Record::Article(article) = parsed.record else {
                        panic!("an article")
                    };
                    taken.articles.push(*article);
                }
            }
        }
    }
    taken
}

fn titles(taken: &Taken) -> Vec<&str> {
    taken
        .articles
        .iter()
        .map(|article| article.title.as_str())
        .collect()
}

#[test]
fn of_a_truncated_file_what_stands_before_the_cut_comes_in() {
    let whole = format!(
        "{HEAD}{}{}{}</channel></rss>",
        post(1, "one", "a"),
        post(2, "two", "b"),
        post(3, "three", "c")
    );
    let cut = whole.find("three").unwrap() + 2;
    let taken = read(Format::Wxr, &whole.as_bytes()[..cut]);
    assert_eq!(
        (titles(&taken), taken.codes.clone()),
        (vec!["one", "two"], vec!["truncated"])
    );
    let ghost = r#"{"db":[{"meta":{},"data":{"posts":[{"id":"1","title":"one","status":"draft"},{"id":"2","title":"two","status":"draft"}]}}]}"#;
    let taken = read(
        Format::Ghost,
        &ghost.as_bytes()[..ghost.find("two").unwrap()],
    );
    assert_eq!(
        (titles(&taken), taken.codes.clone()),
        (vec!["one"], vec!["truncated"])
    );
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all((whole + &"<!-- filler -->".repeat(50_000)).as_bytes())
        .unwrap();
    let gzip = gzip.finish().unwrap();
    let taken = read(Format::Wxr, &gzip[..gzip.len() - 20]);
    assert!(taken.codes.contains(&"truncated"), "{:?}", taken.codes);
}

#[test]
fn stray_bytes_and_control_characters_cost_their_own_place() {
    let mut file = format!(
        "{HEAD}{}",
        post(1, "caf\u{e9} \u{e0} la carte", "<![CDATA[text]]>")
    )
    .into_bytes();
    let mut latin = post(2, "na\u{ef}ve", "&#0;x\u{1}").into_bytes();
    let at = latin
        .windows(2)
        .position(|pair| pair == "\u{ef}".as_bytes())
        .unwrap();
    latin.splice(at..at + 2, [0xef]);
    file.extend(latin);
    file.extend(b"<item><title>\0</title><wp:post_id>3</wp:post_id></item>");
    file.extend(post(4, "last", "x").into_bytes());
    let taken = read(Format::Wxr, &file);
    assert_eq!(
        titles(&taken),
        ["caf\u{e9} \u{e0} la carte", "nave", "last"]
    );
    assert_eq!(taken.codes.len(), 1);
    for code in ["invalid_utf8", "control_character"] {
        assert!(taken.notes.contains(&code), "{:?}", taken.notes);
    }
    let taken = read(
        Format::Ghost,
        b"{\"posts\":[{\"id\":\"1\",\"title\":\"a\0b\\ud800c\nd\",\"status\":\"draft\"}]}",
    );
    assert_eq!(titles(&taken), ["a b\u{fffd}c d"]);
}

#[test]
fn entities_are_not_expanded_and_nothing_is_fetched() {
    let laughs: String = (1..20)
        .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
        .collect();
    let file = format!(
        "<!DOCTYPE rss [<!ENTITY l0 \"lol\">{laughs}<!ENTITY f SYSTEM \"file:///etc/passwd\">]>{HEAD}{}",
        post(1, "a &l19; &f; &bogus;", "x")
    );
    let taken = read(Format::Wxr, file.as_bytes());
    assert_eq!(titles(&taken), ["a &l19; &f; &bogus;"]);
    let taken = read(Format::Feed, file.as_bytes());
    assert_eq!(titles(&taken), ["a &l19; &f; &bogus;"]);
}

#[test]
fn nesting_without_end_is_read_as_far_as_it_goes() {
    let deep = format!("{}deep{}", "<b>".repeat(10_000), "</b>".repeat(10_000));
    let file = format!(
        "{HEAD}{}{}{}",
        post(1, "one", &format!("<![CDATA[{deep}]]>")),
        post(2, "two", &deep),
        post(3, "three", "x")
    );
    let taken = read(Format::Wxr, file.as_bytes());
    assert_eq!(titles(&taken), ["one", "two", "three"]);
    let ghost = format!(
        "{{\"posts\":[{{\"id\":\"1\",\"title\":\"t\",\"status\":\"draft\",\"x\":{}",
        "[".repeat(100_000)
    );
    assert_eq!(
        read(Format::Ghost, ghost.as_bytes()).codes,
        ["invalid_json"]
    );
}

#[test]
fn a_compressed_file_that_expands_without_end_is_told() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(format!("{HEAD}{}", post(1, "one", "x")).as_bytes())
        .unwrap();
    let zeros = vec![b' '; 16 * 1024 * 1024];
    (0..2).for_each(|_| gzip.write_all(&zeros).unwrap());
    let taken = read(Format::Wxr, &gzip.finish().unwrap());
    assert_eq!(
        (titles(&taken), taken.codes.clone()),
        (vec!["one"], vec!["expands_too_much"])
    );
}

#[test]
fn a_ring_of_categories_and_an_unknown_writer_cost_nothing() {
    let category = |slug: &str, parent: &str| {
        format!(
            "<wp:category><wp:category_nicename>{slug}</wp:category_nicename><wp:category_parent>{parent}</wp:category_parent><wp:cat_name>{slug}</wp:cat_name></wp:category>"
        )
    };
    let item = post(1, "one", "x").replace("<title>", "<dc:creator>gone</dc:creator><category domain=\"category\" nicename=\"a\">A</category><title>");
    let file = format!("{HEAD}{}{}{item}", category("a", "b"), category("b", "a"));
    let taken = read(Format::Wxr, file.as_bytes());
    assert_eq!(
        (
            taken.articles[0].section_path.clone(),
            taken.articles[0].authors[0].name.as_str()
        ),
        (vec!["a".to_owned()], "gone")
    );
}

#[test]
fn what_is_no_export_is_refused_once() {
    for (format, text) in [
        (Format::Wxr, "<html><p>x</p></html>"),
        (Format::Ghost, "{\"a\":1}"),
        (Format::Feed, "<html><p>x</p></html>"),
        (Format::Feed, "{\"a\":1}"),
    ] {
        let taken = read(format, text.as_bytes());
        assert_eq!(
            (taken.codes, taken.articles.len(), taken.left_out.len()),
            (vec!["no_items"], 0, 0),
            "{text}"
        );
    }
    assert_eq!(
        read(Format::Auto, b"{\n \"a\": 1\n}").codes,
        ["unknown_format"]
    );
}

#[test]
fn hidden_posts_are_drafts() {
    let hidden = |from: &str, to: &str| format!("{HEAD}{}", post(1, "one", "x").replace(from, to));
    for file in [
        hidden("<wp:status>publish", "<wp:status>private"),
        hidden("<wp:status>publish", "<wp:status>pending"),
        hidden("<wp:status>publish", "<wp:status>acf-disabled"),
        hidden(
            "<wp:status>publish</wp:status>",
            "<wp:status>publish</wp:status><wp:post_password>x</wp:post_password>",
        ),
    ] {
        let taken = read(Format::Wxr, file.as_bytes());
        assert_eq!(
            taken.articles[0].initial_status().as_str(),
            "draft",
            "{file}"
        );
    }
    for fields in [
        "\"visibility\":\"members\"",
        "\"visibility\":\"paid\"",
        "\"visibility\":\"tiers\"",
        "\"status\":\"sent\"",
        "\"status\":\"new\"",
    ] {
        let file = format!(
            "{{\"posts\":[{{\"id\":\"1\",\"title\":\"t\",\"status\":\"published\",\"published_at\":\"2020-01-01 00:00:00\",{fields}}}]}}"
        );
        let taken = read(Format::Ghost, file.as_bytes());
        assert_eq!(
            taken.articles[0].initial_status().as_str(),
            "draft",
            "{file}"
        );
    }
}

#[test]
fn what_cannot_come_in_is_named_with_its_place() {
    let file = format!(
        "{HEAD}\n{}{}{}<item><title>cut",
        post(1, "one", "a"),
        post(2, "", "b"),
        post(3, "three", "c")
    );
    for format in [Format::Wxr, Format::Feed] {
        let taken = read(format, file.as_bytes());
        assert_eq!(titles(&taken), ["one", "three"], "{format:?}");
        assert_eq!(taken.codes, ["required", "truncated"], "{format:?}");
        assert_eq!(taken.places, ["line 3", "line 5"], "{format:?}");
    }
    let ghost = r#"{"posts":[{"id":"1","title":"one","status":"draft"},{"id":"2","title":"","status":"draft"},{"id":"3","title":"three","status":"draft"},{"id":"4""#;
    let taken = read(Format::Ghost, ghost.as_bytes());
    assert_eq!(titles(&taken), ["one", "three"]);
    assert_eq!(taken.codes, ["required", "truncated"]);
    assert_eq!(taken.places[0], "item 2");
}

#[test]
fn two_encodings_and_the_zero_character_in_a_feed_cost_their_own_place() {
    let mut file = format!("{HEAD}{}", post(1, "caf\u{e9}", "x")).into_bytes();
    let latin = post(2, "na-ve", "&#0;y\u{1}").replace('-', "\u{0}");
    file.extend(
        latin
            .bytes()
            .map(|byte| if byte == 0 { 0xef } else { byte }),
    );
    file.extend(post(3, "z\u{0}ero", "x").into_bytes());
    file.extend(post(4, "last", "x").into_bytes());
    let taken = read(Format::Feed, &file);
    assert_eq!(titles(&taken), ["caf\u{e9}", "nave", "z ero", "last"]);
    assert!(taken.codes.is_empty(), "{:?}", taken.codes);
    for code in ["invalid_utf8", "control_character"] {
        assert!(taken.notes.contains(&code), "{:?}", taken.notes);
    }
}

#[test]
fn nesting_without_end_costs_its_own_item_in_every_format() {
    let deep = |tag: &str| {
        format!(
            "{}deep{}",
            format!("<{tag}>").repeat(10_000),
            format!("</{tag}>").repeat(10_000)
        )
    };
    let escaped = deep("i").replace('<', "&lt;");
    let rss = format!("{HEAD}{}{}", post(1, "one", &escaped), post(2, "two", "x"));
    let entry = |id: u32, content: &str| {
        format!(
            "<entry><id>e{id}</id><title>e{id}</title><updated>2020-01-02T03:04:05Z</updated><content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">{content}</div></content></entry>"
        )
    };
    let atom = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>S</title>{}{}</feed>",
        entry(1, &deep("em")),
        entry(2, "x")
    );
    let ghost = |name: &str, value: &str| {
        let post = serde_json::json!({"id": "1", "title": "one", "status": "draft", (name): value});
        format!("{{\"posts\":[{post},{{\"id\":\"2\",\"title\":\"two\",\"status\":\"draft\"}}]}}")
    };
    let lexical = format!(
        "{{\"root\":{}{{}}{}}}",
        "{\"children\":[".repeat(10_000),
        "]}".repeat(10_000)
    );
    for (format, file) in [
        (Format::Feed, rss),
        (Format::Feed, atom),
        (Format::Ghost, ghost("html", &deep("b"))),
        (Format::Ghost, ghost("lexical", &lexical)),
        (Format::Ghost, ghost("mobiledoc", &"[".repeat(10_000))),
    ] {
        let taken = read(format, file.as_bytes());
        let all = taken.articles.len() + taken.codes.len();
        assert_eq!(all, 2, "{format:?}: {:?} {:?}", titles(&taken), taken.codes);
        let last = taken.articles.last().map_or("", |last| last.title.as_str());
        assert!(["two", "e2"].contains(&last), "{format:?}: {last}");
    }
    let page = format!(
        "<html><title>t</title><h1>A page</h1><p>{}</p></html>",
        deep("div")
    );
    let taken = read(Format::Html, page.as_bytes());
    assert!(taken.articles.is_empty());
    assert_eq!(taken.codes, ["no_article"]);
}

#[test]
fn every_format_that_is_compressed_has_an_end() {
    let spaces = vec![b' '; 16 * 1024 * 1024];
    for (format, head, code) in [
        (
            Format::Feed,
            format!("{HEAD}{}", post(1, "one", "x")),
            "expands_too_much",
        ),
        (
            Format::Ghost,
            "{\"posts\":[{\"id\":\"1\",\"title\":\"one\",\"status\":\"draft\"}".to_owned(),
            "too_long",
        ),
        (
            Format::Html,
            "<html><title>one</title>".to_owned(),
            "expands_too_much",
        ),
    ] {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(head.as_bytes()).unwrap();
        (0..2).for_each(|_| gzip.write_all(&spaces).unwrap());
        let taken = read(format, &gzip.finish().unwrap());
        let told = (format, titles(&taken), taken.codes.clone());
        assert!(taken.codes.contains(&code), "{told:?}");
        assert!(format == Format::Html || told.1 == ["one"], "{told:?}");
    }
}

#[test]
fn an_account_that_is_gone_costs_a_post_of_ghost_its_name_alone() {
    let file = r#"{"posts":[{"id":"1","title":"one","status":"draft"}],"users":[{"id":"u","name":"Mina Okafor"}],
        "posts_authors":[{"post_id":"1","author_id":"gone","sort_order":0},{"post_id":"1","author_id":"u","sort_order":1}]}"#;
    let taken = read(Format::Ghost, file.as_bytes());
    let names: Vec<&str> = taken.articles[0]
        .authors
        .iter()
        .map(|author| author.name.as_str())
        .collect();
    assert_eq!(names, ["Mina Okafor"]);
}
