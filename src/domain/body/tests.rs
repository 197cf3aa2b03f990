//! The promises of a body, on examples and on random trees.

use html5ever::tendril::TendrilSink;
use html5ever::{QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{
    Block, Body, BodyError, Cell, Inline, Link, MAX_BYTES, MAX_DEPTH, Mark, Picture, Style,
};

fn html(input: &str) -> String {
    let body = Body::from_html(input).expect("a body");
    assert_agrees(&body);
    body.into_html()
}

/// Every form of a body reads back as the same body, and a browser's parser sees the tree that was written.
pub(super) fn assert_agrees(body: &Body) {
    let html = body.html();
    assert_eq!(
        Body::from_html(html).expect("html").html(),
        html,
        "html is canonical"
    );
    assert_eq!(
        Body::from_blocks(&body.blocks()).expect("blocks").html(),
        html,
        "blocks read back"
    );
    let markdown = body.markdown();
    let again = Body::from_markdown(&markdown).expect("markdown");
    assert_eq!(again.html(), html, "markdown reads back: {markdown}");
    assert_eq!(again.text(), body.text());
    let seen = through_a_browser(html);
    assert_eq!(seen, html, "a browser sees the same tree");
    let json = serde_json::to_string(&body.blocks()).expect("json");
    let blocks: Vec<Block> = serde_json::from_str(&json).expect("blocks from json");
    assert_eq!(blocks, body.blocks());
}

/// A fragment as a browser's parser reads it, written out again.
fn through_a_browser(html: &str) -> String {
    let context = QualName::new(None, ns!(html), local_name!("body"));
    let sink = RcDom::default();
    let dom = parse_fragment(sink, Default::default(), context, Vec::new(), false).one(html);
    let root = dom.document.children.borrow()[0].clone();
    root.children.borrow().iter().map(serialised).collect()
}

/// A node of a browser's tree, its attributes in the order in which a body has them.
fn serialised(node: &Handle) -> String {
    let mut out = String::new();
    match &node.data {
        NodeData::Text { contents } => super::html_write::escape(&mut out, &contents.borrow()),
        NodeData::Element { name, attrs, .. } => {
            let attrs = attrs.borrow();
            let attribute = |name: &&str| {
                let found = attrs.iter().find(|attr| &*attr.name.local == *name)?;
                let value = found.value.replace('&', "&amp;").replace('"', "&quot;");
                Some(format!(
                    " {name}=\"{}\"",
                    value.replace('<', "&lt;").replace('>', "&gt;")
                ))
            };
            let names = [
                "class", "id", "href", "src", "alt", "title", "start", "width", "height",
            ];
            let attributes: String = names.iter().filter_map(attribute).collect();
            let name = &name.local;
            out = format!("<{name}{attributes}>");
            out.extend(node.children.borrow().iter().map(serialised));
            if !matches!(&**name, "br" | "hr" | "img") {
                out += &format!("</{name}>");
            }
        }
        other => panic!("neither text nor an element: {other:?}"),
    }
    out
}

#[test]
fn the_subset_stays_as_it_is() {
    for kept in [
        "<p>a</p><h2>b</h2><h6>c</h6>",
        "<p>a<br>b <strong>c</strong> <em>d</em> <del>e</del> H<sub>2</sub>O x<sup>2</sup> <code>f</code></p>",
        "<p><a href=\"https://example.org/?a=1&amp;b=2\" title=\"T &quot;q&quot;\">a</a></p>",
        "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>",
        "<ol start=\"3\"><li><p>a</p><p>b</p></li><li><p>c</p></li></ol>",
        "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>",
        "<figure><img src=\"/a.jpg\" alt=\"A\" width=\"640\" height=\"480\"><figcaption>B <em>c</em></figcaption></figure>",
        "<pre><code class=\"language-rust\">fn  main() {\n\n\t&lt;&gt;&amp;\n}</code></pre>",
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>c</td><td></td></tr></tbody></table>",
        "<table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>",
        "<p>a</p><hr><p>b</p>",
    ] {
        assert_eq!(html(kept), kept);
    }
}

#[test]
fn foreign_elements_are_renamed_unwrapped_or_dropped() {
    for (given, kept) in [
        ("<h1>a</h1>", "<h2>a</h2>"),
        (
            "<b>a</b> <i>b</i> <s>c</s> <strike>d</strike>",
            "<p><strong>a</strong> <em>b</em> <del>c d</del></p>",
        ),
        (
            "<div>a<section>b<span>c</span></section>d</div>",
            "<p>a</p><p>bc</p><p>d</p>",
        ),
        (
            "<p>a<script>alert(1)</script><style>p{}</style><iframe src=data:x>y</iframe>b</p>",
            "<p>ab</p>",
        ),
        ("a<!-- b -->c<![CDATA[d]]>", "<p>ac</p>"),
        ("<p onclick=x id=y class=z style=w>a</p>", "<p>a</p>"),
        ("<svg><p>a</p>", "<p>a</p>"),
        ("a<svg><a>b</a></svg>c<svg/>d", "<p>acd</p>"),
        ("<object><object>a</object>b</object>c", "<p>abc</p>"),
        (
            "<dl><dt>a</dt><dd>b</dd></dl>",
            "<p><strong>a</strong></p><p>b</p>",
        ),
        ("&lt;b&gt; &amp;amp; &copy;", "<p>&lt;b&gt; &amp;amp; ©</p>"),
    ] {
        assert_eq!(html(given), kept, "{given}");
    }
}

#[test]
fn structure_is_mended() {
    for (given, kept) in [
        ("a<p>b<p>c</p>d", "<p>a</p><p>b</p><p>c</p><p>d</p>"),
        (
            "<p>  a \n b\t</p><p> </p><p></p><h2> </h2><ul><li></li></ul>",
            "<p>a b</p>",
        ),
        ("a<br><br>b<br>c<br>", "<p>a</p><p>b<br>c</p>"),
        ("<h2>a<br><br>b</h2>c", "<h2>a<br>b</h2><p>c</p>"),
        (
            "<ul>a<li>b<li>c</ul>d",
            "<ul><li>a</li><li>b</li><li>c</li></ul><p>d</p>",
        ),
        (
            "<ul><li>a</li><ul><li>b</li></ul></ul>",
            "<ul><li>a<ul><li>b</li></ul></li></ul>",
        ),
        ("<li>a<li>b", "<ul><li>a</li><li>b</li></ul>"),
        ("<blockquote>a", "<blockquote><p>a</p></blockquote>"),
        (
            "<ol start=1><li>a</ol><ol start=x><li>b</ol>",
            "<ol><li>a</li></ol><ol><li>b</li></ol>",
        ),
        ("<strong>a: </strong>b", "<p><strong>a:</strong> b</p>"),
        (
            "<a href=/x>a <a href=/y>b</a>",
            "<p><a href=\"/x\">a</a> <a href=\"/y\">b</a></p>",
        ),
        ("<pre>\na\r\n b\n</pre>", "<pre><code>a\n b</code></pre>"),
        (
            "<pre class='lang-c'>a<br><b>b</b></pre>",
            "<pre><code class=\"language-c\">a\nb</code></pre>",
        ),
        ("</p></b></ul></td>a</table>", "<p>a</p>"),
    ] {
        assert_eq!(html(given), kept, "{given}");
    }
}

#[test]
fn tables_are_made_rectangular() {
    for (given, kept) in [
        (
            "<table><tr><th>a<th>b<tr><td>c</table>",
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>c</td><td></td></tr></tbody></table>",
        ),
        (
            "<table>x<caption>y</caption><tr><td><p>a</p><ul><li>b</ul></table>",
            "<p>x</p><p>y</p><table><tbody><tr><td>a<br>b</td></tr></tbody></table>",
        ),
        (
            "<table><tr><td>a<table><tr><td>b<td>c</table>d<td><b>e</table>f",
            "<table><tbody><tr><td>a<br>b<br>c<br>d</td><td><strong>e</strong></td></tr></tbody></table><p>f</p>",
        ),
        ("<table><tr><td> </td></tr></table>a", "<p>a</p>"),
        (
            "<table><tr><td>a<img src=/b></table>",
            "<table><tbody><tr><td>a</td></tr></tbody></table><figure><img src=\"/b\" alt=\"\"></figure>",
        ),
    ] {
        assert_eq!(html(given), kept, "{given}");
    }
}

#[test]
fn images_are_blocks_and_never_lost() {
    let figure = "<figure><img src=\"/i\" alt=\"x\"></figure>";
    for (given, kept) in [
        (
            "<p>a <img src=/i alt=x> b</p>",
            format!("<p>a b</p>{figure}"),
        ),
        ("<p><img src=/i alt=x> a</p>", format!("{figure}<p>a</p>")),
        (
            "<p>a<br><img src=/i alt=x><br>b</p>",
            format!("<p>a</p>{figure}<p>b</p>"),
        ),
        (
            "<h2><img src=/i alt=x>a</h2>",
            format!("{figure}<h2>a</h2>"),
        ),
        (
            "<a href=/y><img src=/i alt=x></a>",
            "<figure><a href=\"/y\"><img src=\"/i\" alt=\"x\"></a></figure>".to_owned(),
        ),
        (
            "<ul><li>a<img src=/i alt=x></ul>",
            format!("<ul><li><p>a</p>{figure}</li></ul>"),
        ),
        ("<img src=data:x><img src=mailto:a@b.c><img>", String::new()),
        (
            "<figure><img src=/i alt=x></figure><figcaption>a</figcaption>",
            format!("{figure}<p>a</p>"),
        ),
    ] {
        assert_eq!(html(given), kept, "{given}");
    }
}

#[test]
fn what_was_taken_out_is_reported() {
    let given =
        "<script>1</script><svg></svg><a href=javascript:x>a\u{1}</a><img src=data:x>&#x7f;\u{c}";
    let (body, warnings) = Body::from_html_reporting(given, None).expect("a body");
    assert_eq!(body.html(), "<p>a</p>");
    let told: Vec<_> = warnings.iter().collect();
    let told: Vec<_> = told
        .iter()
        .map(|(code, said)| (*code, said.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("element_removed", "<script> left out, once"),
            ("element_removed", "<svg> left out, once"),
            (
                "link_removed",
                "the address of a link left out, once: javascript:x"
            ),
            (
                "image_removed",
                "an image without an address that can be kept left out, once"
            ),
            (
                "control_character_removed",
                "control characters left out, 3 times"
            ),
        ]
    );
    assert!(warnings.has_control_characters());
    let plain = "<div class=a style='color:red'>a\tb\r\n<b>c</b></div>";
    let (_, clean) = Body::from_html_reporting(plain, None).expect("a body");
    assert!(clean.is_empty());
}

#[test]
fn plain_text_comes_back_as_it_was() {
    for text in [
        "",
        "a",
        "a\nb",
        "a\n\nb\nc",
        "<b> & \"q\" *x* # [y](z)",
        "1. a\n- b",
        "中文\n\n第二段",
        "e\u{301} \u{a0}x",
    ] {
        let body = Body::from_text(text).expect("a body");
        assert_agrees(&body);
        assert_eq!(body.text(), text);
    }
    let messy = Body::from_text(" a \r\n b\t c \n \n\n\u{0}\n d\u{85}e\u{c}f ").expect("a body");
    assert_eq!(messy.html(), "<p>a<br>b c</p><p>de f</p>");
}

#[test]
fn paragraphs_of_text_are_never_markup() {
    let (body, warnings) =
        Body::from_paragraphs_reporting(["<SRD> & co", "", "a\nb\n\nc\u{7}"].into_iter())
            .expect("a body");
    assert_eq!(
        body.html(),
        "<p>&lt;SRD&gt; &amp; co</p><p>a<br>b</p><p>c</p>"
    );
    assert!(warnings.has_control_characters());
    assert_agrees(&body);
}

#[test]
fn text_has_items_and_rows_on_lines() {
    let body = Body::from_html(
        "<h2>T</h2><p>a <b>b</b><br>c</p><ul><li>d<ol><li>e<br>f</li></ol></li><li><p>g</p><p>h</p></li></ul>\
         <table><tr><th>i<th>j<tr><td>k<td>l</table><pre>m\n\n  n</pre><hr><blockquote><p>o</p><p>p</p></blockquote>\
         <figure><img src=/x alt=no><figcaption>q</figcaption></figure>",
    )
    .expect("a body");
    assert_agrees(&body);
    assert_eq!(
        body.text(),
        "T\n\na b\nc\n\nd\ne f\ng\nh\n\ni\tj\nk\tl\n\nm\n\n  n\n\no\n\np\n\nq"
    );
}

#[test]
fn markdown_is_what_a_writer_would_write() {
    let body = Body::from_html(
        "<h2>T_t</h2><p><strong>Note: </strong>a*b <em>c <strong>d</strong></em>, <a href='/x_(y)' title=z>l</a><br>1. e</p>\
         <ul><li>f<ul><li>g</ul></ul><ul><li>h</ul><ol start=9><li>i<li>j</ol><pre class=language-rs>k`\n```</pre>\
         <table><tr><th>m<th>n|<tr><td>o<br>p<td></table><img src=/q alt='r]'><hr><blockquote>s<p>t</blockquote>",
    )
    .expect("a body");
    assert_agrees(&body);
    let expected = "## T\\_t\n\n**Note:** a\\*b _c **d**_, [l](</x\\_(y)> \"z\")\\\n1\\. e\n\n- f\n  - g\n\n* h\n\n9. i\n10. j\n\n\
                    ````rs\nk`\n```\n````\n\n| m | n\\| |\n| --- | --- |\n| o<br>p |  |\n\n![r\\]](/q)\n\n___\n\n> s\n>\n> t\n";
    assert_eq!(body.markdown(), expected);
}

#[test]
fn a_bracket_in_linked_code_does_not_make_a_definition() {
    let body = Body::from_html("<a href=/x><code>]: a</code></a>").expect("a body");
    assert_agrees(&body);
    assert_eq!(body.markdown(), "[<code>\\]: a</code>](/x)\n");
}

#[test]
fn markdown_is_read_with_tables_strikethrough_footnotes_and_html() {
    for (given, kept) in [
        (
            "# A\n\nb *c* __d__ ~~e~~ `f`",
            "<h2>A</h2><p>b <em>c</em> <strong>d</strong> <del>e</del> <code>f</code></p>",
        ),
        ("a  \nb\nc", "<p>a<br>b c</p>"),
        (
            "|a|b|\n|-|:-:|\n|c|",
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>c</td><td></td></tr></tbody></table>",
        ),
        (
            "x[^1]\n\n[^1]: note *n*",
            "<p id=\"fnref-1\">x<a href=\"#fn-1\"><sup>[1]</sup></a></p>\
             <p id=\"fn-1\"><a href=\"#fnref-1\"><sup>[1]</sup></a> note <em>n</em></p>",
        ),
        (
            "![a *b*](/i \"t\")",
            "<figure><img src=\"/i\" alt=\"a b\"></figure>",
        ),
        (
            "<div onclick=x>a</div>\n\nb <b>c</b> <script>d</script>e",
            "<p>a</p><p>b <strong>c</strong> e</p>",
        ),
        (
            "[a](javascript:x) [b](https://b.org)",
            "<p>a <a href=\"https://b.org\">b</a></p>",
        ),
        (
            "3. a\n\n   b\n4. c",
            "<ol start=\"3\"><li><p>a</p><p>b</p></li><li><p>c</p></li></ol>",
        ),
        (
            "```rust,ignore\na\n```\n\n    b",
            "<pre><code class=\"language-rust\">a</code></pre><pre><code>b</code></pre>",
        ),
    ] {
        let body = Body::from_markdown(given).expect("a body");
        assert_agrees(&body);
        assert_eq!(body.html(), kept, "{given}");
    }
}

#[test]
fn blocks_have_the_documented_shape() {
    let body = Body::from_html(
        "<h3>a</h3><p>b <a href=/x title=t><b>c</b></a></p><ol start=2><li>d</ol><hr>",
    )
    .expect("a body");
    let expected = serde_json::json!([
        {"type": "heading", "level": 3, "content": [{"text": "a", "marks": []}]},
        {"type": "paragraph", "content": [
            {"text": "b ", "marks": []},
            {"text": "c", "marks": ["strong", {"link": "/x", "title": "t"}]}]},
        {"type": "list", "ordered": true, "start": 2, "items": [[{"type": "paragraph", "content": [{"text": "d", "marks": []}]}]]},
        {"type": "rule"},
    ]);
    assert_eq!(serde_json::to_value(body.blocks()).expect("json"), expected);
}

#[test]
fn blocks_with_unknown_names_are_refused() {
    for wrong in [
        r#"{"type":"video"}"#,
        r#"{"type":"rule","x":1}"#,
        r#"{"type":"paragraph","content":[],"x":1}"#,
        r#"{"type":"paragraph","content":[{"text":"a","x":1}]}"#,
        r#"{"type":"paragraph","content":[{"text":"a","marks":["bold"]}]}"#,
        r#"{"type":"paragraph","content":[{"text":"a","marks":[{"link":"/","x":1}]}]}"#,
        r#"{"type":"table","body":[[{"content":[],"x":1}]]}"#,
    ] {
        assert!(serde_json::from_str::<Block>(wrong).is_err(), "{wrong}");
    }
    let wrong = r#"{"type":"paragraph","content":[{"text":"a","marks":["bold"]}]}"#;
    let said = serde_json::from_str::<Block>(wrong)
        .expect_err("refused")
        .to_string();
    assert!(said.starts_with("a mark is one of"), "{said}");
}

#[test]
fn a_heading_outside_2_to_6_is_refused() {
    for level in [0, 1, 7] {
        let error = Body::from_blocks(&[Block::Heading {
            id: None,
            level,
            content: Vec::new(),
        }]);
        assert_eq!(error, Err(BodyError::HeadingLevel(level)));
    }
}

#[test]
fn a_body_over_2_mb_is_refused_in_every_form() {
    let big = "a".repeat(MAX_BYTES + 1);
    let grows = "<".repeat(MAX_BYTES / 2);
    assert_eq!(Body::from_html(&big), Err(BodyError::TooLarge));
    assert_eq!(Body::from_markdown(&big), Err(BodyError::TooLarge));
    assert_eq!(Body::from_text(&big), Err(BodyError::TooLarge));
    assert_eq!(Body::from_text(&grows), Err(BodyError::TooLarge));
    let content = vec![Inline {
        text: big,
        ..Inline::default()
    }];
    assert_eq!(
        Body::from_blocks(&[Block::paragraph(content)]),
        Err(BodyError::TooLarge)
    );
    assert!(Body::from_text(&"a".repeat(MAX_BYTES - 7)).is_ok());
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| "<blockquote>".repeat(depth) + "a";
    assert_agrees(&Body::from_html(&nested(MAX_DEPTH)).expect("as deep as allowed"));
    assert_eq!(
        Body::from_html(&nested(MAX_DEPTH + 1)),
        Err(BodyError::TooDeep)
    );
    let lists = |depth: usize| "<ul><li>a".repeat(depth);
    assert_agrees(&Body::from_html(&lists(MAX_DEPTH)).expect("as deep as allowed"));
    assert_eq!(
        Body::from_html(&lists(MAX_DEPTH + 1)),
        Err(BodyError::TooDeep)
    );
    let lazy = "> - 1. ".repeat(MAX_DEPTH * 2) + "a";
    assert_eq!(Body::from_markdown(&lazy), Err(BodyError::TooDeep));
    assert_eq!(
        Body::from_markdown(&">".repeat(MAX_DEPTH + 1).replace('>', "> a\n>")).err(),
        None
    );
    assert_eq!(
        Body::from_markdown(&(">".repeat(MAX_DEPTH + 1) + "a")),
        Err(BodyError::TooDeep)
    );
}

#[test]
fn an_empty_body_is_empty_in_every_form() {
    let body = Body::default();
    assert!(body.is_empty());
    assert_eq!(Body::from_html(" <p></p> ").expect("a body"), body);
    assert_eq!(Body::from_blocks(&[]).expect("a body"), body);
    assert_eq!(
        (body.text(), body.markdown(), body.blocks()),
        (String::new(), String::new(), Vec::new())
    );
    assert_eq!(body.length(), super::Length::default());
    assert_eq!(Body::from_stored("<p>a</p>".to_owned()).text(), "a");
}

#[test]
fn the_schema_of_blocks_can_be_written() {
    #[derive(utoipa::OpenApi)]
    #[openapi(components(schemas(Block)))]
    struct Doc;
    let json = serde_json::to_value(<Doc as utoipa::OpenApi>::openapi()).expect("json");
    let schemas = &json["components"]["schemas"];
    for name in [
        "Block", "Cell", "Inline", "Mark", "Style", "Link", "Picture",
    ] {
        assert!(schemas[name].is_object(), "{name} is described");
    }
    assert_eq!(schemas["Block"]["oneOf"].as_array().map(Vec::len), Some(10));
}

fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z]{1,4}",
        3 => " {1,2}",
        4 => proptest::sample::select(vec![
            "*", "**", "_", "__", "`", "``", "~", "~~", "[", "]", "(", ")", "<", ">", "&", "&amp;", "&#42;", "#", "##", "+", "-", "--",
            "=", "|", "\\", "!", "![", "](", "1.", "2)", ":", ":--", "{", "}", "^", "[^a]", "\"", "'", "$", "@", "https://a.b/c", "<b>",
            "</p>", "<!--", "\n", "中", "文", "“", "”", "。", "é", "e\u{301}", "\u{a0}", "\u{2003}", "\u{200b}", "\u{feff}", "😀", "\u{7f}", "\t", "%", "www.a.b",
            "https://youtu.be/a1", "\nhttps://vimeo.com/1\n", "<https://a.b/c>", "- [x] ",
        ]).prop_map(str::to_owned),
    ];
    vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn any_mark() -> impl Strategy<Value = Mark> {
    let address = proptest::sample::select(vec![
        "/a",
        "https://a.b/c_d(e)?f=*g*&h=1&amp;i#j",
        "//a",
        "javascript:x",
        "mailto:a@b.c",
        "#a",
        "#b",
        "#c1",
    ]);
    prop_oneof![
        4 => proptest::sample::select(&Style::ALL[..]).prop_map(Mark::Style),
        1 => (address, option::of(any_text())).prop_map(|(href, title)| Mark::Link(Link { href: href.to_owned(), title })),
    ]
}

fn any_line() -> impl Strategy<Value = Vec<Inline>> {
    let run = (any_text(), vec(any_mark(), 0..3)).prop_map(|(text, marks)| Inline {
        text,
        marks: marks.into(),
    });
    vec(run, 0..5)
}

fn any_table() -> impl Strategy<Value = Block> {
    let cell =
        || (any::<bool>(), any_line()).prop_map(|(header, content)| Cell { header, content });
    let rows = |count| vec(vec(cell(), 0..3), 0..count);
    (any_id(), rows(2), rows(4)).prop_map(|(id, head, body)| Block::Table { id, head, body })
}

fn any_id() -> impl Strategy<Value = Option<String>> {
    option::weighted(
        0.3,
        proptest::sample::select(vec!["a", "b", "c1", "b d", "<"]).prop_map(str::to_owned),
    )
}

fn any_picture() -> impl Strategy<Value = Picture> {
    let link = option::weighted(
        0.3,
        proptest::sample::select(vec!["/l", "#a", "javascript:x"]),
    );
    let src = proptest::sample::select(vec!["/i", "https://a.b/i.jpg", "data:x"]);
    (
        src,
        any_text(),
        option::of(0..9_u32),
        link,
        option::of(any_line()),
    )
        .prop_map(|(src, alt, width, link, caption)| Picture {
            src: src.to_owned(),
            alt,
            width,
            height: width,
            link: link.map(str::to_owned),
            caption: caption.unwrap_or_default(),
        })
}

fn any_figure() -> impl Strategy<Value = Block> {
    let url = proptest::sample::select(vec![
        "https://youtu.be/a1",
        "https://www.youtube.com/embed/a1",
        "http://a.b/c_d(e)?f=*g*&h=1&amp;i#j",
        "https://a.b/中文",
        "javascript:x",
        "/a.mp4",
    ]);
    prop_oneof![
        (any_id(), url, option::of(any_line())).prop_map(|(id, url, caption)| Block::Embed {
            id,
            url: url.to_owned(),
            provider: None,
            caption: caption.unwrap_or_default(),
        }),
        (any_id(), vec(any_picture(), 0..4), option::of(any_line())).prop_map(
            |(id, images, caption)| Block::Gallery {
                id,
                images,
                caption: caption.unwrap_or_default(),
            }
        ),
        any_picture().prop_map(Block::from),
    ]
}

fn any_block() -> impl Strategy<Value = Block> {
    let leaf = prop_oneof![
        5 => (any_id(), any_line()).prop_map(|(id, content)| Block::Paragraph { id, content }),
        2 => (any_id(), 2..=6_u8, any_line()).prop_map(|(id, level, content)| Block::Heading { id, level, content }),
        1 => (any_id(), any_text(), any_text(), option::of(0..9_u32), option::of(any_line())).prop_map(|(id, src, alt, width, caption)| {
            Block::Image { id, src, alt, width, height: width, link: None, caption: caption.unwrap_or_default() }
        }),
        2 => any_figure(),
        1 => any_table(),
        1 => (option::of("[a-z+#`. ]{0,4}"), vec(any_text(), 0..4)).prop_map(|(language, lines)| {
            Block::Code { language, text: lines.join("\n  ") }
        }),
        1 => Just(Block::Rule {}),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let blocks = vec(inner, 0..3);
        prop_oneof![
            blocks.clone().prop_map(|blocks| Block::Quote { blocks }),
            (any::<bool>(), option::of(0..12_u32), vec(blocks, 0..3)).prop_map(
                |(ordered, start, items)| Block::List {
                    ordered,
                    start,
                    items
                }
            ),
        ]
    })
}

#[test]
fn an_address_that_stands_alone_but_for_control_characters_is_an_embed() {
    for text in [
        "\u{7f}https://youtu.be/a1",
        "https://youtu.be/a1\u{b}\u{1}",
        "\thttps://you\u{2}tu.be/a1",
    ] {
        let body = Body::from_text(text).expect("a body");
        assert_eq!(
            body,
            Body::from_text("https://youtu.be/a1").expect("a body"),
            "{text:?}"
        );
        assert_agrees(&body);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_forms_of_any_tree_agree(blocks in vec(any_block(), 0..4)) {
        assert_agrees(&Body::from_blocks(&blocks).expect("a body"));
    }

    #[test]
    fn all_forms_of_any_soup_agree(pieces in vec(prop_oneof![any_text(), proptest::sample::select(vec![
        "<p>", "</p>", "<b>", "</b>", "<i>", "</i>", "<a href=/x>", "</a>", "<ul>", "</ul>", "<li>", "</li>", "<ol start=4>", "<table>", "</table>",
        "<thead>", "<tr>", "<td>", "</td>", "<th>", "</tr>", "<caption>", "<blockquote>", "</blockquote>", "<figure>", "</figure>",
        "<figcaption>", "</figcaption>", "<img src=/i>", "<pre>", "</pre>", "<code>", "</code>", "<br>", "<hr>", "<h2>", "</h2>", "<div>", "</div>",
        "<svg>", "</svg>", "<script>", "</script>", "<figure class=embed>", "<figure class=gallery>", "<div class=gallery>", "<iframe src=https://a.b/c>",
        "</iframe>", "<iframe src=/x></iframe>", "<video src=https://a.b/v.mp4>", "</video>", "<blockquote class=twitter-tweet>",
        "<a href=https://x.com/a/status/1>", "<a href=#n>", "<p id=n>", "<i id=m>", "<a href=#m>", "<li value=7>", "<ol reversed>", "<q>", "</q>",
        "<ruby>", "<rt>", "</rt>", "<rp>", "</ruby>", "<td rowspan=2>", "<td colspan=3>", "<tfoot>", "<noscript><img src=/n></noscript>",
        "<img data-src=/d>", "<picture>", "<source srcset='/s 9w'>", "</picture>", "<input type=checkbox checked>", "<math><mi>x</mi>", "</math>",
        "<div class=wp-caption>", "<p class=wp-caption-text>", "<span style='font-weight:bold'>", "</span>", "<oembed url=https://youtu.be/b>",
    ]).prop_map(str::to_owned)], 0..24)) {
        assert_agrees(&Body::from_html(&pieces.concat()).expect("a body"));
    }

    #[test]
    fn any_markdown_gives_a_body_whose_forms_agree(pieces in vec(prop_oneof![any_text(), Just("\n".to_owned()), Just("\n\n".to_owned()), Just("    ".to_owned())], 0..24)) {
        assert_agrees(&Body::from_markdown(&pieces.concat()).expect("a body"));
    }

    #[test]
    fn text_reads_as_the_html_that_it_becomes(text in any_text()) {
        let body = Body::from_text(&text).expect("a body");
        assert_agrees(&body);
        prop_assert_eq!(Body::from_text(&body.text()).expect("a body"), body);
    }
}
