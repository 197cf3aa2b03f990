//! Addresses of embeds, as other sites write them.

use super::{address_alone, embed_address, fits_brackets, provider};

#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases, or one story")]
fn a_players_address_leads_to_the_one_that_a_person_opens() {
    for (player, opened, site) in [
        (
            "https://www.youtube.com/embed/dQw4w9WgXcQ?feature=oembed",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            Some("youtube"),
        ),
        (
            "//www.youtube-nocookie.com/embed/dQw4w9WgXcQ?start=30",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=30s",
            Some("youtube"),
        ),
        (
            "http://www.youtube.com/v/dQw4w9WgXcQ&hl=en",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            Some("youtube"),
        ),
        (
            "https://www.youtube.com/embed/videoseries?list=PL1",
            "https://www.youtube.com/playlist?list=PL1",
            Some("youtube"),
        ),
        (
            "https://youtu.be/dQw4w9WgXcQ",
            "https://youtu.be/dQw4w9WgXcQ",
            Some("youtube"),
        ),
        (
            "https://player.vimeo.com/video/123?dnt=1",
            "https://vimeo.com/123",
            Some("vimeo"),
        ),
        (
            "https://player.vimeo.com/video/123?h=ab12",
            "https://vimeo.com/123/ab12",
            Some("vimeo"),
        ),
        (
            "https://www.dailymotion.com/embed/video/x8a",
            "https://www.dailymotion.com/video/x8a",
            Some("dailymotion"),
        ),
        (
            "https://geo.dailymotion.com/player.html?video=x8a",
            "https://www.dailymotion.com/video/x8a",
            Some("dailymotion"),
        ),
        (
            "https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b&color=x",
            "https://soundcloud.com/a/b",
            Some("soundcloud"),
        ),
        (
            "https://open.spotify.com/embed/track/7x?utm=1",
            "https://open.spotify.com/track/7x",
            Some("spotify"),
        ),
        (
            "https://platform.twitter.com/embed/Tweet.html?id=20",
            "https://twitter.com/i/status/20",
            Some("twitter"),
        ),
        (
            "https://www.facebook.com/plugins/post.php?href=https%3A%2F%2Fwww.facebook.com%2Fa%2Fposts%2F1",
            "https://www.facebook.com/a/posts/1",
            Some("facebook"),
        ),
        (
            "https://www.instagram.com/p/Ab1/embed/captioned/",
            "https://www.instagram.com/p/Ab1/",
            Some("instagram"),
        ),
        (
            "//player.bilibili.com/player.html?aid=1&bvid=BV1x&page=1",
            "https://www.bilibili.com/video/BV1x/",
            Some("bilibili"),
        ),
        (
            "https://player.youku.com/embed/XMg==",
            "https://v.youku.com/v_show/id_XMg==.html",
            Some("youku"),
        ),
        (
            "https://v.qq.com/txp/iframe/player.html?vid=a1",
            "https://v.qq.com/x/page/a1.html",
            Some("qq"),
        ),
        (
            "https://mastodon.example/@a/112233445566778899/embed",
            "https://mastodon.example/@a/112233445566778899",
            Some("mastodon"),
        ),
        (
            "https://example.org/post/embed/#?secret=x",
            "https://example.org/post/",
            None,
        ),
        (
            "https://embed.bsky.app/embed/did:plc:a/app.bsky.feed.post/3k",
            "https://bsky.app/profile/did:plc:a/post/3k",
            Some("bluesky"),
        ),
        (
            "https://www.google.com/maps/embed?pb=x",
            "https://www.google.com/maps/embed?pb=x",
            Some("google_maps"),
        ),
        (
            "https://example.org/chart",
            "https://example.org/chart",
            None,
        ),
        (
            "https://notyoutube.com/embed/x",
            "https://notyoutube.com/embed/x",
            None,
        ),
    ] {
        assert_eq!(embed_address(player).as_deref(), Some(opened));
        assert_eq!(provider(opened), site, "{opened}");
        assert_eq!(
            embed_address(opened).as_deref(),
            Some(opened),
            "a person's address stays"
        );
    }
}

#[test]
fn an_embed_has_no_other_address_than_http_or_https() {
    for address in [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "about:blank",
        "#video",
        "mailto:a@b.c",
        "https://w.soundcloud.com/player/?url=javascript:x",
    ] {
        let found = embed_address(address);
        assert!(
            found
                .as_deref()
                .is_none_or(|found| found.starts_with("https://")),
            "{found:?}"
        );
    }
}

#[test]
fn a_relative_address_is_one_of_the_site_itself() {
    for address in ["/v.mp4", "v.mp4", "../v.mp4?x=1:2", "?film=3", "/@anna/1"] {
        assert_eq!(embed_address(address).as_deref(), Some(address));
        assert_eq!(provider(address), None);
    }
    for (address, fits) in [
        ("/v.mp4", true),
        ("/a/b", true),
        ("./v", true),
        ("/v", false),
        ("/p/", false),
        ("/", false),
        ("v.mp4", false),
        ("?film=3", false),
        ("https://a.example/v", true),
    ] {
        assert_eq!(fits_brackets(address), fits, "{address}");
    }
}

#[test]
fn only_the_address_of_a_known_site_alone_on_a_line_is_an_embed() {
    assert!(address_alone(" https://youtu.be/x ").is_some());
    for line in [
        "https://example.org/x",
        "see https://youtu.be/x",
        "https://www.youtube.com/",
        "youtu.be/x",
    ] {
        assert_eq!(address_alone(line), None, "{line}");
    }
}
