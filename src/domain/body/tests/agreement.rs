//! All forms of a body agree, whatever it is made of.

use super::*;

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
