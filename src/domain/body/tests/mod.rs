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

mod agreement;
mod blocks;
mod captions;
mod losses;

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
