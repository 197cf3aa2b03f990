//! Shortcodes as plugins of WordPress write them.

use super::*;

fn expanded(content: &str) -> String {
    expansion(content).0
}

/// The HTML of a content, and what is told of it.
fn expansion(content: &str) -> (String, Vec<String>) {
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
    let mut unkept = Unkept::default();
    let html = expand(content, &site, "1", &mut unkept);
    let html = html.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = unkept.findings().map(|finding| finding.detail).collect();
    (html, told)
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

#[test]
fn shortcodes_of_which_something_is_lost_are_told_as_they_are_written() {
    for (content, told) in [
        (
            "a [contact-form-7 id=\"1\" title=\"Mail us\"] b [recent_posts]",
            "[contact-form-7 id=\"1\" title=\"Mail us\"], [recent_posts]",
        ),
        (
            "[tab title=\"Opening hours\"]Nine to five[/tab]",
            "[tab title=\"Opening hours\"]",
        ),
        ("[form][/form]", "[form]"),
        ("[spacer /]", "[spacer /]"),
        ("[gallery id=\"5\"]", "[gallery id=\"5\"]"),
        (
            "[playlist id=\"1\" exclude=\"9\"][/playlist]",
            "[playlist id=\"1\" exclude=\"9\"]",
        ),
        ("[soundcloud params=\"a=b\"]", "[soundcloud params=\"a=b\"]"),
        ("[video width=\"5\"][/video]", "[video width=\"5\"]"),
    ] {
        let lost =
            format!("shortcodes of which no more than the words within them are kept: {told}");
        assert_eq!(expansion(content).1, [lost], "{content}");
    }
    for content in [
        "[box]Words[/box] [b]inside [i]twice[/i][/b]",
        "[gallery ids=\"7,8\"][youtube abc][caption]<img src=\"/a.jpg\">[/caption]",
        "<pre>[contact-form-7 id=\"1\"]</pre> [[gallery]] [sic]",
    ] {
        assert_eq!(expansion(content).1, Vec::<String>::new(), "{content}");
    }
}

#[test]
fn attachments_that_the_export_lacks_are_told_by_number() {
    let (html, told) = expansion("[gallery ids=\"7, 98,99\"] [playlist ids=\"9,97\"]");
    assert!(html.contains("a.jpg") && html.contains("c.mp3"));
    assert_eq!(
        told,
        ["attachments of galleries and playlists that are not in the export: 98, 99, 97"]
    );
    assert_eq!(expansion("[gallery ids=\"98\"]").1.len(), 2);
}
