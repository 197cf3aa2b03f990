//! Bodies under attack and under load: every hostile payload through every door, judged by parsing what comes out.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use html5ever::tendril::TendrilSink;
use html5ever::{QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use masthead::domain::body::{Block, Body, BodyError, Cell, Inline, Link, Mark, Picture};
use pulldown_cmark::{Options, Parser};
use serde_json::Value;

use super::shared::shared;

const ELEMENTS: &str = " html p h2 h3 h4 h5 h6 strong em a ul ol li blockquote figure figcaption img pre code table thead tbody tr \
                        th td br hr sub sup del ";

fn shared_text(name: &str) -> Option<String> {
    std::fs::read_to_string(shared(name)?).ok()
}

pub(crate) fn payloads() -> Vec<String> {
    let lines = shared_text("hostile/xss-payloads.txt").unwrap_or_default();
    let naughty = shared_text("hostile/naughty-strings.json").unwrap_or_else(|| "[]".to_owned());
    let naughty: Vec<String> = serde_json::from_str(&naughty).expect("a list of strings");
    let own = [
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "<a href='java\nscript:x'>y</a>",
        "\u{0}<script>",
    ];
    own.into_iter()
        .chain(lines.lines())
        .map(str::to_owned)
        .chain(naughty)
        .collect()
}

fn is_allowed_address(element: &str, raw: &str) -> bool {
    let scheme = raw
        .split(['/', '?', '#'])
        .next()
        .unwrap_or("")
        .split_once(':');
    let is_clean = !raw.is_empty() && !raw.contains(|c: char| c.is_control() || c.is_whitespace());
    is_clean
        && match scheme {
            None => true,
            Some(("http" | "https", _)) => true,
            Some(("mailto" | "tel", _)) => element == "a",
            Some(_) => false,
        }
}

fn is_allowed_attribute(element: &str, name: &str, value: &str) -> bool {
    match (element, name) {
        ("a", "href") | ("img", "src") => is_allowed_address(element, value),
        ("a", "title") | ("img", "alt") => true,
        ("figure", "class") => matches!(value, "embed" | "gallery"),
        ("p" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "figure" | "table", "id") => value
            .chars()
            .all(|c| c.is_alphanumeric() || "-_.:".contains(c)),
        ("img", "width" | "height") | ("ol", "start") => value.parse::<u32>().is_ok(),
        ("code", "class") => value.strip_prefix("language-").is_some_and(|name| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "+#._-".contains(c))
        }),
        _ => false,
    }
}

pub(crate) fn assert_harmless(html: &str, given: &str) {
    let context = QualName::new(None, ns!(html), local_name!("body"));
    let dom = parse_fragment(
        RcDom::default(),
        Default::default(),
        context,
        Vec::new(),
        false,
    )
    .one(html);
    assert_harmless_node(&dom.document, html, given);
}

fn assert_harmless_node(node: &Handle, html: &str, given: &str) {
    match &node.data {
        NodeData::Document => {}
        NodeData::Element { name, attrs, .. } => {
            let element = &*name.local;
            let listed = ELEMENTS.contains(&format!(" {element} "));
            assert!(listed, "<{element}> from {given:?}: {html}");
            for attribute in attrs.borrow().iter() {
                let (name, value) = (&*attribute.name.local, &*attribute.value);
                let allowed = is_allowed_attribute(element, name, value);
                assert!(allowed, "{name}={value:?} from {given:?}: {html}");
            }
        }
        NodeData::Text { contents } => {
            let contents = contents.borrow();
            let control = contents.contains(|c: char| c.is_control() && c != '\n' && c != '\t');
            assert!(!control, "{given:?}");
        }
        other => panic!("{other:?} from {given:?}: {html}"),
    }
    for child in node.children.borrow().iter() {
        assert_harmless_node(child, html, given);
    }
}

fn assert_harmless_marks(content: &[Inline], given: &str) {
    for link in content.iter().filter_map(|run| run.marks.link()) {
        assert!(
            is_allowed_address("a", &link.href),
            "{:?} from {given:?}",
            link.href
        );
    }
}

fn assert_harmless_blocks(blocks: &[Block], given: &str) {
    for block in blocks {
        match block {
            Block::Paragraph { content, .. } | Block::Heading { content, .. } => {
                assert_harmless_marks(content, given)
            }
            Block::List { items, .. } => items
                .iter()
                .for_each(|item| assert_harmless_blocks(item, given)),
            Block::Quote { blocks } => assert_harmless_blocks(blocks, given),
            Block::Image {
                src, link, caption, ..
            } => {
                assert!(is_allowed_address("img", src), "{src:?} from {given:?}");
                let link = link.as_deref().unwrap_or("/");
                assert!(is_allowed_address("a", link), "{link:?} from {given:?}");
                assert_harmless_marks(caption, given);
            }
            Block::Embed { url, caption, .. } => {
                let head = url.split(['/', '?', '#']).next().unwrap_or("");
                let is_relative = !head.contains(':');
                let is_http = url.starts_with("http://") || url.starts_with("https://");
                let allowed = (is_http || is_relative) && is_allowed_address("a", url);
                assert!(allowed, "{url:?} from {given:?}");
                assert_harmless_marks(caption, given);
            }
            Block::Gallery {
                images, caption, ..
            } => {
                let images = images.iter().cloned().map(Block::from);
                assert_harmless_blocks(&images.collect::<Vec<_>>(), given);
                assert_harmless_marks(caption, given);
            }
            Block::Table { head, body, .. } => {
                head.iter()
                    .chain(body)
                    .flatten()
                    .for_each(|cell| assert_harmless_marks(&cell.content, given));
            }
            Block::Code { language, .. } => {
                let class = language.as_ref().map(|name| format!("language-{name}"));
                assert!(
                    class.is_none_or(|class| is_allowed_attribute("code", "class", &class)),
                    "{given:?}"
                );
            }
            Block::Rule {} => {}
        }
    }
}

/// Renders Markdown as a site that trusts it would, with every extension but mathematics on.
fn rendered(markdown: &str) -> String {
    let mut html = String::new();
    let options = Options::all() - Options::ENABLE_MATH - Options::ENABLE_OLD_FOOTNOTES;
    pulldown_cmark::html::push_html(&mut html, Parser::new_ext(markdown, options));
    html
}

fn assert_body_harmless(body: &Body, given: &str) {
    assert_harmless(body.html(), given);
    assert_harmless(&rendered(&body.markdown()), given);
    assert_harmless_blocks(&body.blocks(), given);
    assert_eq!(
        Body::from_html(body.html()).as_ref(),
        Ok(body),
        "canonical: {given:?}"
    );
    assert_eq!(
        Body::from_blocks(&body.blocks()).as_ref(),
        Ok(body),
        "blocks: {given:?}"
    );
    assert_eq!(
        Body::from_markdown(&body.markdown()).as_ref(),
        Ok(body),
        "markdown: {given:?}"
    );
}

#[test]
fn no_payload_survives_in_html() {
    for (n, given) in payloads().into_iter().enumerate() {
        let wrapped = [
            given.clone(),
            format!("<p>{given}</p>"),
            format!("<table><tr><td>{given}"),
            format!("<a href=\"{given}\" title='{given}'>x</a><img src='{given}' alt=\"{given}\">"),
            format!("<pre class=language-{given}>{given}"),
            format!("<svg><style>{given}</style>{given}"),
            format!("<figure><img src=/x><figcaption>{given}"),
            format!(
                "<iframe src=\"{given}\"></iframe><figure class=embed>{given}</figure><figure class=gallery>{given}"
            ),
            format!(
                "<blockquote class=twitter-tweet cite=\"{given}\">{given}</blockquote><noscript>{given}</noscript><p id=\"{given}\">x"
            ),
        ];
        // Each payload in a third of them: every kind of place meets hundreds of payloads.
        for html in wrapped.into_iter().skip(n % 3).step_by(3) {
            assert_body_harmless(&Body::from_html(&html).expect("a body"), &html);
        }
    }
}

#[test]
fn no_payload_survives_in_markdown() {
    for given in payloads() {
        for markdown in [
            given.clone(),
            format!("[x]({given} \"{given}\") ![{given}]({given})"),
            format!("[x](<{given}>)\n\n[x]: {given}\n\n```{given}\n{given}"),
            format!("| {given} |\n|-|\n| {given} |"),
            format!("- > # {given}"),
        ] {
            assert_body_harmless(&Body::from_markdown(&markdown).expect("a body"), &markdown);
        }
    }
}

#[test]
fn every_payload_is_plain_letters_in_text() {
    for given in payloads() {
        let body = Body::from_text(&given).expect("a body");
        assert_body_harmless(&body, &given);
        let folded = |text: &str| {
            text.chars()
                .filter(|c| !c.is_control() && *c != ' ')
                .collect::<String>()
        };
        assert_eq!(folded(&body.text()), folded(&given));
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases, or one story")]
fn no_payload_survives_in_blocks() {
    for given in payloads() {
        let link = Link {
            href: given.clone(),
            title: Some(given.clone()),
        };
        let content = vec![
            Inline {
                text: given.clone(),
                marks: vec![Mark::Link(link)].into(),
            },
            Inline {
                text: given.clone(),
                ..Inline::default()
            },
        ];
        let cell = Cell {
            header: false,
            content: content.clone(),
        };
        let picture = Picture {
            src: "/x".to_owned(),
            link: Some(given.clone()),
            caption: content.clone(),
            ..Picture::default()
        };
        let blocks = [
            Block::Paragraph {
                id: Some(given.clone()),
                content: content.clone(),
            },
            Block::Heading {
                id: None,
                level: 2,
                content: content.clone(),
            },
            Block::Embed {
                id: None,
                url: given.clone(),
                provider: Some(given.clone()),
                caption: content.clone(),
            },
            Block::Gallery {
                id: None,
                images: vec![picture.clone(), picture],
                caption: content.clone(),
            },
            Block::Image {
                id: None,
                link: Some(given.clone()),
                src: given.clone(),
                alt: given.clone(),
                width: Some(0),
                height: Some(u32::MAX),
                caption: content.clone(),
            },
            Block::Image {
                id: None,
                link: None,
                src: "/x".to_owned(),
                alt: given.clone(),
                width: Some(1),
                height: None,
                caption: content,
            },
            Block::Table {
                id: None,
                head: vec![vec![cell.clone()]],
                body: vec![vec![cell]],
            },
            Block::Code {
                language: Some(given.clone()),
                text: given.clone(),
            },
        ];
        assert_body_harmless(&Body::from_blocks(&blocks).expect("a body"), &given);
    }
}

/// Sizes of the same hostile input, in bytes. An input of 2 MB that is read in linear time takes some seconds at most.
const SMALL: usize = 16_000;
const LARGE: usize = 8 * SMALL;

/// The processor time of this thread so far; the time that passed, where the system does not tell.
fn processor_time(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// The processor time that reading a body and showing it in every form take.
fn cost(read: impl FnOnce() -> Result<Body, BodyError>) -> Duration {
    let start = Instant::now();
    let before = processor_time(start);
    if let Ok(body) = read() {
        let sizes = [body.text().len(), body.markdown().len()];
        std::hint::black_box((sizes, body.blocks().len(), body.length().words));
    }
    processor_time(start).saturating_sub(before)
}

/// Fails where eight times the input takes much more than eight times as long; where each byte is read once for every other
/// it would take 64 times.
fn assert_linear(
    name: &str,
    input: impl Fn(usize) -> String,
    read: impl Fn(&str) -> Result<Body, BodyError>,
) {
    let [small, large] = [SMALL, LARGE].map(|bytes| {
        let text = input(bytes);
        cost(|| read(&text))
    });
    let limit = small * 32 + Duration::from_millis(30);
    assert!(
        large < limit,
        "{name}: {SMALL} bytes took {small:?}, {LARGE} took {large:?}"
    );
}

fn filled(unit: &str) -> impl Fn(usize) -> String {
    move |bytes| unit.repeat(bytes / unit.len())
}

const HTML_UNITS: &[&str] = &[
    "<div>",
    "<b>",
    "<b><p>",
    "<i><b>x",
    "<a href=/x>x",
    "<blockquote>",
    "<ul><li>",
    "<ul>",
    "<li>x",
    "<table>",
    "<table><tr><td>",
    "<table><tr><td>x</table>",
    "<td>",
    "<tr><td>x",
    "<figure>",
    "<figcaption>",
    "<svg>",
    "<select>",
    "<button>",
    "<object>",
    "<h2>x",
    "<p>x",
    "</p>",
    "</b>x<b>",
    "<img src=/x>",
    "x<img src=/x>",
    "<br>",
    "x<br>",
    "<pre>",
    "<pre>x</pre>",
    "<code>x",
    "<!--",
    "<!-->",
    "&",
    "&amp",
    "<",
    "</",
    "<a b=",
    "x ",
    "<hr>",
    "<b>x</b><i>y</i>",
    "<code>]</code>x",
    "<a href=/x><code>]</code></a>x",
    "<table><tr><td rowspan=65534 colspan=1000000000>x",
    "<td colspan=1000>x",
    "<tr><td rowspan=60000>x",
    "<table><tr><td colspan=1000>x</table>",
    "<q>x",
    "<q><p>x",
    "<ruby><rt>x",
    "<noscript><img src=/x></noscript>",
    "<noscript>",
    "<figure class=gallery><img src=/x>",
    "<div class=gallery><img src=/x>",
    "<ol reversed><li>x",
    "<li value=5>x",
    "<a href=#a id=a>x",
    "<a href=#a id=b></a>",
    "<p><a href=#b>x</a><i id=b></i><i id=c></i><a href=#c>x</a>",
    "<iframe src=https://a.b/c></iframe>",
    "<iframe src=https://a.b/c></iframe><p id=a>",
    "<math><mfrac>x",
    "<span style=font-weight:bold>x",
    "https://youtu.be/a<br>",
    "https://youtu.be/a<br>x<br>",
    "<blockquote class=twitter-tweet><a href=https://x.com/a/status/1>x</a></blockquote>",
    "<picture><source srcset='/a 1w,/b 2w'>",
    "<img srcset='/a 1w'>",
    "<input type=checkbox>",
    "<p style='mso-list:l0 level9 lfo1'>x",
    "<li data-list=bullet>x<li data-list=ordered>x",
    "<u style=font-weight:bold><p>",
];

#[test]
fn hostile_html_is_read_in_linear_time() {
    let html = |name: &str, input: &dyn Fn(usize) -> String| {
        assert_linear(name, input, Body::from_html);
    };
    for unit in HTML_UNITS {
        html(unit, &filled(unit));
    }
    let numbered = |bytes: usize| (0..bytes / 8).map(|n| format!("{n:x}"));
    html("attributes", &|bytes| {
        format!("<p {}>x", numbered(bytes).collect::<Vec<_>>().join(" "))
    });
    html("names", &|bytes| {
        numbered(bytes).map(|n| format!("<x{n}>")).collect()
    });
    html("ragged table", &|bytes| {
        format!(
            "<table><tr>{}{}",
            "<td>".repeat(bytes / 200),
            "<tr><td>x".repeat(bytes / 10)
        )
    });
    html("set", &|bytes| {
        format!("<img srcset='{}'>", "/a 1w,".repeat(bytes / 6))
    });
    html("nested", &|bytes| {
        format!(
            "{}a{}",
            "<div>".repeat(bytes / 11),
            "</div>".repeat(bytes / 11)
        )
    });
}

const MARKDOWN_UNITS: &[&str] = &[
    "[",
    "]",
    "![",
    "[a](",
    "[a][",
    "[a]: b\n",
    "[^a]",
    "[^a]: ",
    ">",
    "> ",
    ">\n",
    "> a\n",
    "- ",
    "-\n",
    "- a\n",
    "1. ",
    "*",
    "**a",
    "*a_",
    "_",
    "~~a",
    "`",
    "``a",
    "`a``",
    "<",
    "<a",
    "<b>",
    "<!--",
    "<?",
    "<![CDATA[",
    "&",
    "\\",
    "#",
    "# a\n",
    "|",
    "|a",
    "|-",
    "a|b\n-|-\n",
    "||\n|-|-|\n",
    "=\n",
    "a\n=\n",
    "\t",
    "    a\n",
    "```\n",
    "~~~a\n",
    "- - ",
    "*\t",
    "<div>\n",
    "a\\\n",
    "a  \n",
    "{",
    "$",
    "a\n\n",
    "***\n",
    "[a]\n",
    "[](<",
    "![](",
    "http://a ",
    "a@b.c ",
];

#[test]
fn hostile_markdown_is_read_in_linear_time() {
    for unit in MARKDOWN_UNITS {
        assert_linear(unit, filled(unit), Body::from_markdown);
    }
    for marker in [">", "- ", "1. ", "> - ", "[^a]: > "] {
        let lazy = |bytes: usize| {
            let (marked, plain) = (bytes / 8 / marker.len(), bytes / 4);
            format!("{}a\n{}", marker.repeat(marked), "a\n".repeat(plain))
        };
        assert_linear(marker, lazy, Body::from_markdown);
    }
}

fn corpus() -> Vec<PathBuf> {
    let files = shared("corpus")
        .map(std::fs::read_dir)
        .and_then(Result::ok)
        .into_iter()
        .flatten()
        .flatten();
    files
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|end| end == "gz"))
        .collect()
}

fn body_of(record: &Value) -> Result<Body, BodyError> {
    let text = |name: &str| record[name].as_str();
    if let Some(html) = text("body_html") {
        Body::from_html(html)
    } else if let Some(markdown) = text("body_markdown") {
        Body::from_markdown(markdown)
    } else {
        let paragraphs = record["body_paragraphs"].as_array().into_iter().flatten();
        Body::from_paragraphs(paragraphs.filter_map(Value::as_str))
    }
}

#[test]
fn all_forms_of_real_articles_agree() {
    for path in corpus() {
        let file = std::fs::File::open(&path).expect("a file of the corpus");
        for line in BufReader::new(GzDecoder::new(file)).lines().step_by(7) {
            let record: Value = serde_json::from_str(&line.expect("a line")).expect("a record");
            let body = body_of(&record).expect("a body");
            let title = &record["title"];
            assert_harmless(body.html(), body.html());
            assert_eq!(
                Body::from_html(body.html()).as_ref(),
                Ok(&body),
                "html of {title}"
            );
            assert_eq!(
                Body::from_blocks(&body.blocks()).as_ref(),
                Ok(&body),
                "blocks of {title}"
            );
            assert_eq!(
                Body::from_markdown(&body.markdown()).as_ref(),
                Ok(&body),
                "markdown of {title}"
            );
            assert_eq!(
                body.is_empty(),
                body.length().words == 0,
                "words of {title}"
            );
        }
    }
}
