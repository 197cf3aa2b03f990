//! Pages whose text means what it means by every other way in.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use crate::domain::body::Body;
use crate::domain::language::LanguageTag;
use crate::import::found::Found;
use crate::import::record::Finding;

fn read(page: &str) -> (Map<String, Value>, Vec<Finding>) {
    let mut taken = None;
    let mut sink = |found, _| {
        taken = Some(found);
        Ok(())
    };
    assert!(super::read(page.as_bytes(), None, &mut sink).is_ok());
    match taken.unwrap() {
        Found::Article { fields, notes, .. } => (fields, notes),
        Found::Refused { finding, .. } => panic!("{finding:?}"),
        Found::LeftOut { .. } => panic!("left out"),
    }
}

fn paragraph(number: usize) -> String {
    format!(
        "<p>A paragraph of plain text, long enough for an extraction that looks for density, with commas, and with full stops. \
         Another sentence of it, number {number}.</p>"
    )
}

fn around(snippet: &str) -> String {
    let [one, two, three, four] = [1, 2, 3, 4].map(paragraph);
    format!("{one}{two}{snippet}{three}{four}")
}

fn page(text: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><title>Headline of it - Site</title><link rel=canonical href=\"https://x.org/a/p\">\
         <meta property=\"article:published_time\" content=\"2020-01-01T00:00:00Z\"></head><body><article><h1>Headline of it</h1>{text}</article></body></html>"
    )
}

/// The body of a page and what reading it changed, beside the findings of the page.
fn body(page: &str) -> (String, Vec<String>, Vec<Finding>) {
    let (fields, notes) = read(page);
    let (html, warnings) = of_html(fields["body_html"].as_str().unwrap());
    (html, warnings, notes)
}

fn of_html(html: &str) -> (String, Vec<String>) {
    let lang = LanguageTag::parse("en").unwrap();
    let (body, warnings) = Body::from_html_reporting(html, Some(&lang)).unwrap();
    let told = warnings
        .iter()
        .map(|(code, detail)| format!("{code}: {detail}"));
    (body.into_html(), told.collect())
}

#[test]
fn a_page_says_what_its_html_says_by_every_other_way_in() {
    for snippet in [
        "<ul><li><input type=checkbox checked> done</li><li><input type=checkbox> open</li></ul>",
        "<blockquote class=\"twitter-tweet\"><p>hi there tweet</p>&mdash; A <a href=\"https://twitter.com/a/status/1\">d</a></blockquote>",
        "<blockquote class=\"instagram-media\" data-instgrm-permalink=\"https://www.instagram.com/p/abc/\"><a href=\"https://www.instagram.com/p/abc/\">See</a></blockquote>",
        "<p>He said <q>hi</q> to all of us here.</p>",
        "<details><summary>S um</summary><p>Words of the details.</p></details>",
        "<dl><dt>T</dt><dd>D</dd></dl>",
        "<figure class=\"gallery\"><img src=\"https://x.org/1.jpg\" alt=a><img src=\"https://x.org/2.jpg\" alt=b></figure>",
        "<p>x<sup><a href=\"#fn1\" id=\"r1\">1</a></sup> words of it.</p><ol class=footnotes><li id=\"fn1\">note <a href=\"#r1\">back</a></li></ol>",
        "<div class=\"video\"><iframe src=\"https://player.vimeo.com/video/12\"></iframe></div>",
        "<div><iframe src=\"https://maps.example.org/1\"></iframe><iframe src=\"https://maps.example.org/2\"></iframe></div>",
        "<figure><img class=lazy src=\"data:image/gif;base64,R0lGODlhAQABAAAAACw=\" data-src=\"https://x.org/r.jpg\" alt=z><noscript><img src=\"https://x.org/r.jpg\" alt=z></noscript><figcaption>cap</figcaption></figure>",
        "<noscript><img src=\"https://x.org/ns.jpg\" alt=\"ns\"></noscript>",
        "<img srcset=\"https://x.org/s.jpg 320w, https://x.org/l.jpg 1280w\" alt=x>",
        "<picture><source srcset=\"https://x.org/p.webp 1x\"><img alt=pp></picture>",
        "<amp-img src=\"https://x.org/amp.jpg\" alt=amp></amp-img>",
        "<audio><source src=\"https://x.org/a.mp3\"></audio>",
        "<video src=\"/v.mp4\" poster=\"https://x.org/p.jpg\"></video>",
        "<object data=\"https://x.org/a.pdf\"><p>fallback words</p></object>",
        "<h2>A heading</h2>",
        "<p><math><mi>x</mi><mo>=</mo><mn>1</mn></math> formula</p>",
        "<p>The <abbr title=\"World Health\">WHO</abbr> says so.</p>",
        "<p>m <mark>marked</mark> <u>under</u> <ins>ins</ins> <s>gone</s> <font color=red>red</font></p>",
        "<p><a href=\"https://l.org/\"><img src=\"https://x.org/b.jpg\" alt=b></a></p>",
        "<table><caption>Cap</caption><thead><tr><th rowspan=2>H</th><th colspan=2>I</th></tr><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td><td>3</td></tr></tbody></table>",
        "<div style=\"background-image:url(https://x.org/bg.jpg)\"></div>",
        "<p>https://www.youtube.com/watch?v=zzz</p>",
        "<pre class=\"brush: js\">a\n  b</pre>",
        "<pre><code class=\"language-rust\">fn a() {}</code></pre>",
        "<ol start=4><li value=7>a<ul><li>b</li></ul></li></ol><ol reversed><li>c</li><li>d</li></ol>",
        "<p><a name=\"top1\"></a>para with an anchor</p><p><a href=\"#top1\">go up there</a></p>",
        "<p id=\"a b\">one</p><p><a href=\"#a b\">go up there</a></p>",
        "<p hidden>hidden words</p><p style=\"display:none\">more of them</p>",
        "<p>Pick <select><option>o1</select> one.</p>",
        "<p>A drawing <svg><text>svgtext</text></svg> it is.</p>",
        "<p>漢 <ruby>漢<rt>kan</rt></ruby> is it.</p>",
        "<blockquote><p>The words of a quote.</p><footer>Whoever <cite>said</cite> it</footer></blockquote>",
        "<p>First line<br>second line<br><br>third one</p>",
        "<hr>",
        "<div data-oembed-url=\"https://vimeo.com/76979871\"></div>",
    ] {
        let text = around(snippet);
        let (html, warnings, notes) = body(&page(&text));
        let base = "<base href=\"https://x.org/a/p\">";
        assert_eq!(
            (html, warnings),
            of_html(&format!("{base}{text}")),
            "{snippet}"
        );
        assert_eq!(notes, [], "{snippet}");
    }
}

/// Snippets that are parts of an article wherever they stand in it.
const PARTS: [&str; 12] = [
    "<table><thead><tr><th>Year</th><th>Count</th></tr></thead><tbody><tr><td>2019</td><td>1</td></tr><tr><td>2020</td><td>2</td></tr><tr><td>2021</td><td>3</td></tr></tbody></table>",
    "<div class=\"table-responsive\"><table><tr><td>2019</td><td>1</td></tr><tr><td>2020</td><td>2</td></tr></table></div>",
    "<ul><li>One</li><li>Two</li></ul>",
    "<ol><li>One</li><li>Two</li></ol>",
    "<dl><dt>One</dt><dd>Two</dd></dl>",
    "<blockquote><p>Short words of a quote</p></blockquote>",
    "<pre><code>fn a() {}</code></pre>",
    "<p>Hello.</p>",
    "<p><strong>A bold line</strong></p>",
    "<h2>Coda</h2><p>The end.</p>",
    "<section><h2>Coda</h2><p>The end.</p></section>",
    "<h2>Figures</h2><p>They are:</p><ul><li>One</li></ul><p>So it is.</p>",
];

#[test]
fn short_pieces_directly_around_the_paragraphs_are_parts_of_the_text() {
    let paragraphs: String = (1..=6).map(paragraph).collect();
    for part in PARTS {
        for text in [
            format!("{paragraphs}{part}"),
            format!("{part}{paragraphs}"),
            format!("{paragraphs}{part}<p>The end.</p>"),
            format!("<div class=story>{paragraphs}{part}</div>"),
        ] {
            let (html, _, notes) = body(&page(&text));
            assert_eq!(html, of_html(&text).0, "{text}");
            assert_eq!(notes, [], "{text}");
        }
    }
}

#[test]
fn notes_behind_the_text_are_parts_of_it() {
    let paragraphs: String = (1..=5).map(paragraph).collect();
    let text = format!(
        "{paragraphs}<p>A claim with a source, which is told in a note.<sup><a href=\"#n1\">1</a></sup></p>{}\
         <section class=\"footnotes\"><ol><li id=\"n1\">The note.</li></ol></section>",
        paragraph(6)
    );
    let (html, _, notes) = body(&page(&text));
    assert_eq!(
        html,
        of_html(&format!("<base href=\"https://x.org/a/p\">{text}")).0
    );
    assert_eq!(notes, []);
}

#[test]
fn what_every_page_carries_behind_a_text_is_no_part_of_it_and_named_piece_by_piece() {
    let paragraphs: String = (1..=6).map(paragraph).collect();
    for (furniture, told) in [
        (
            "<ul><li>Facebook</li><li>Twitter</li></ul><p>Ann Onymous</p>",
            "3 pieces of the page are no part of the text: Facebook | Twitter | Ann Onymous",
        ),
        (
            "<h3>You may also like</h3><ul><li>Another one.</li></ul><p>And that.</p>",
            "3 pieces of the page are no part of the text: You may also like | Another one. | And that.",
        ),
        (
            "<h3>Elsewhere</h3><ul><li><a href=/1>One</a></li><li><a href=/2>Two</a></li></ul>",
            "3 pieces of the page are no part of the text: Elsewhere | One | Two",
        ),
        (
            "<ul><li>Facebook</li><li>Twitter</li><li>LinkedIn</li><li>WhatsApp</li><li>Email</li><li>Print</li><li>Share</li></ul>",
            "7 pieces of the page are no part of the text: Facebook | Twitter | LinkedIn | WhatsApp | Email | and 2 more",
        ),
    ] {
        let (html, _, notes) = body(&page(&format!("{paragraphs}{furniture}")));
        assert_eq!(html, of_html(&paragraphs).0, "{furniture}");
        assert_eq!(
            notes
                .iter()
                .map(|note| note.detail.as_str())
                .collect::<Vec<_>>(),
            [told]
        );
    }
}

#[test]
fn words_that_are_no_part_of_the_text_are_told() {
    for (snippet, words) in [
        (
            "<aside><p>Words of a box beside the text.</p></aside>",
            "Words of a box",
        ),
        (
            "<div class=\"newsletter-box\"><p>Sign up for our letters, which come daily.</p></div>",
            "Sign up for",
        ),
        (
            "<form><p>Words of a form</p><input name=a><input name=b><textarea>t</textarea></form>",
            "Words of a form",
        ),
        (
            "<p aria-hidden=true>Words that are not read out</p>",
            "Words that are not",
        ),
        (
            "<div class=\"ad\"><a href=\"https://ad.example/\"><img src=\"https://ad.example/1.gif\"></a><iframe src=\"https://ad.example/2\"></iframe></div>",
            "https://ad.example/1.gif",
        ),
    ] {
        let (html, _, notes) = body(&page(&around(snippet)));
        assert_eq!(html, of_html(&around("")).0, "{snippet}");
        let [note] = notes.as_slice() else {
            panic!("{snippet}: {notes:?}")
        };
        assert!(
            note.code == "left_out" && note.detail.contains(words),
            "{note:?}"
        );
    }
}

#[test]
fn a_relative_canonical_address_is_completed_or_told() {
    let page = |head: &str| {
        page(&around("")).replace("<link rel=canonical href=\"https://x.org/a/p\">", head)
    };
    for (head, url) in [
        (
            "<link rel=canonical href=/p><base href=https://x.org/a/>",
            Some("https://x.org/p"),
        ),
        (
            "<link rel=canonical href=p><meta property=og:url content=https://x.org/a/b>",
            Some("https://x.org/a/p"),
        ),
        (
            "<link rel=canonical href=//x.org/p>",
            Some("https://x.org/p"),
        ),
        ("<link rel=canonical href=/p>", None),
        ("<link rel=canonical href=mailto:a@x.org>", None),
    ] {
        let (fields, notes) = read(&page(head));
        assert_eq!(fields.get("url").and_then(Value::as_str), url, "{head}");
        let told: Vec<&str> = notes.iter().map(|note| note.code).collect();
        let expected = url.map_or(vec!["invalid_url"], |_| vec![]);
        assert_eq!(told, expected, "{head}");
    }
}

#[test]
fn a_layout_of_tables_is_no_table_of_the_text() {
    let text = around("<p>A <em>word</em>.</p>");
    let table = format!("<table width=900><tr><td>{text}</td></tr></table>");
    let (html, _, _) = body(&page(&table));
    assert_eq!(html, of_html(&text).0);
}

/// The processor time of this thread so far; the time that passed, where the system does not tell.
fn processor_time(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

fn cost(page: &str) -> Duration {
    let start = Instant::now();
    let before = processor_time(start);
    assert!(super::read(page.as_bytes(), None, &mut |_, _| Ok(())).is_ok());
    processor_time(start).saturating_sub(before)
}

/// Four times the elements take some four times as long; where each is looked at once for every other, it would be sixteen.
#[test]
fn nested_elements_are_read_in_linear_time() {
    for (start, end) in [
        ("<div>", ""),
        ("<div>", "</div>"),
        ("<div>a", "</div>"),
        ("<b>", ""),
        ("<ul><li>", "</li></ul>"),
        ("<blockquote>", ""),
        ("<table><tr><td>", ""),
        ("<span>", "</span>"),
        ("<font size=1><p>", ""),
    ] {
        let [small, large] = [750, 3_000].map(|count| {
            let (start, end) = (start.repeat(count), end.repeat(count));
            cost(&page(&format!("{start}{}{end}", around(""))))
        });
        let limit = small * 8 + Duration::from_millis(60);
        assert!(large < limit, "{start}: {small:?}, then {large:?}");
    }
}

#[test]
fn a_page_s_own_language_comes_before_that_of_the_import_and_is_told_where_it_is_another() {
    let english = LanguageTag::parse("en").unwrap();
    let read = |root: &str, head: &str| {
        let page =
            page(&around("")).replace("<html lang=en><head>", &format!("<html{root}><head>{head}"));
        let (fields, notes) = super::fields::read(
            &dom_query::Document::from(page.as_str()),
            &page,
            Some(&english),
        )
        .unwrap();
        let told = notes.into_iter().find(|note| note.code == "other_language");
        (fields["lang"].clone(), told.map(|note| note.detail))
    };
    let (lang, told) = read(" lang=fr", "");
    assert_eq!(lang, "fr");
    assert!(told.unwrap().contains("in fr"));
    let (lang, told) = read(" lang=français", "<meta property=og:locale content=fr_FR>");
    assert_eq!((lang, told.is_some()), ("fr-FR".into(), true));
    for root in [" lang=en", " lang=en-US", " lang=EN_gb", ""] {
        assert_eq!(read(root, ""), ("en".into(), None), "{root}");
    }
}

#[test]
fn each_picture_of_a_page_keeps_its_caption() {
    let figure = "<figure><img src=\"https://x.org/1.png\" alt=\"\"><figcaption>Photo of A</figcaption><img src=\"https://x.org/2.png\" alt=\"\"><figcaption>Photo of B</figcaption></figure>";
    let (kept, ..) = body(&page(&around(figure)));
    for (at, caption) in [("1", "A"), ("2", "B")] {
        let whole = format!(
            "<figure><img src=\"https://x.org/{at}.png\" alt=\"\"><figcaption>Photo of {caption}</figcaption></figure>"
        );
        assert!(kept.contains(&whole), "{kept}");
    }
}
