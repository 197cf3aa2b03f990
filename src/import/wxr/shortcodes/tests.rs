//! Shortcodes as plugins of WordPress write them.

use super::*;

fn expanded(content: &str) -> String {
    let mut site = Site::default();
    for (id, parent, name) in [
        ("7", "1", "a.jpg"),
        ("8", "1", "b.png"),
        ("9", "2", "c.mp3"),
    ] {
        let url = format!("https://e.org/{name}");
        site.add_attachment(
            id,
            parent,
            Attachment {
                url,
                alt: name.to_owned(),
                ..Attachment::default()
            },
        );
    }
    expand(content, &site, "1")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn known_shortcodes_become_html() {
    let gallery = "<figure class=\"gallery\"><img src=\"https://e.org/a.jpg\" alt=\"a.jpg\"><img src=\"https://e.org/b.png\" alt=\"b.png\"></figure>";
    for (content, html) in [
        (
            "[caption id=\"x\" width=\"300\"]<a href=\"/b\"><img src=\"/a.jpg\" /></a> The <em>bridge</em>[/caption]",
            "<figure><a href=\"/b\"><img src=\"/a.jpg\" /></a><figcaption>The <em>bridge</em></figcaption></figure>",
        ),
        (
            "[caption caption='Old']<img src=\"/a.jpg\">[/caption]",
            "<figure><img src=\"/a.jpg\"><figcaption>Old</figcaption></figure>",
        ),
        ("[gallery ids=\"7, 8,99\"]", gallery),
        ("[gallery columns=2]", gallery),
        (
            "[playlist ids=9]",
            "<figure class=\"embed\"><a href=\"https://e.org/c.mp3\">https://e.org/c.mp3</a></figure>",
        ),
        (
            "[embed width=\"1\"]https://vimeo.com/1?a=1&amp;b=2[/embed]",
            "<figure class=\"embed\"><a href=\"https://vimeo.com/1?a=1&amp;b=2\">https://vimeo.com/1?a=1&amp;b=2</a></figure>",
        ),
        (
            "[audio mp3=\"https://e.org/c.mp3\"][/audio]x",
            "<audio src=\"https://e.org/c.mp3\"></audio> x",
        ),
        (
            "[youtube=https://youtu.be/abc]",
            "<figure class=\"embed\"><a href=\"https://youtu.be/abc\">https://youtu.be/abc</a></figure>",
        ),
        (
            "[vimeo 123]",
            "<figure class=\"embed\"><a href=\"https://vimeo.com/123\">https://vimeo.com/123</a></figure>",
        ),
    ] {
        assert_eq!(expanded(content), html, "{content}");
    }
}

#[test]
fn unknown_shortcodes_go_and_their_words_stay() {
    for (content, html) in [
        ("a [contact-form-7 id=\"1\" title=\"x ] y\"] b", "a b"),
        (
            "[su_box title=\"Note\"]Words [b]inside[/b].[/su_box]",
            "Words inside.",
        ),
        ("[spacer /][recent_posts]x", "x"),
        ("[quote author=&quot;A&quot;]x[/quote]", "x"),
    ] {
        assert_eq!(expanded(content), html, "{content}");
    }
}

#[test]
fn brackets_that_are_no_shortcodes_stay() {
    for content in [
        "he [sic] said [the then-president] it's [post-war] array[0] [p value=0.05] [1] [/x] [",
        "<pre>print(\"[gallery]\", [x a=\"1\"])</pre>",
        "<a title=\"[gallery]\">x</a> <!-- [gallery] -->",
    ] {
        assert_eq!(expanded(content), content);
    }
    assert_eq!(
        expanded("[[gallery ids=\"7\"]] shows"),
        "[gallery ids=\"7\"] shows"
    );
}
