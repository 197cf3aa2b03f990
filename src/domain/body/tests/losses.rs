//! Markup that shows its meaning in other ways: the part that a body keeps, and warnings about the rest.

use super::super::Body;

fn read(html: &str) -> (String, Vec<&'static str>) {
    let (body, warnings) = Body::from_html_reporting(html, None).expect("a body");
    super::assert_agrees(&body);
    let codes = warnings.iter().map(|(code, _)| code).collect();
    (body.into_html(), codes)
}

#[test]
fn line_ends_that_a_page_shows_are_line_breaks() {
    for value in [
        "pre",
        "pre-wrap",
        "PRE-LINE",
        "break-spaces",
        "pre-line !important",
    ] {
        let html = format!("<p style=\"color:red; white-space: {value}\">\nRoses\n  Violets\n</p>");
        assert_eq!(read(&html).0, "<p>Roses<br>Violets</p>", "{value}");
    }
    for (html, kept) in [
        (
            "<div style='white-space:pre-line'>\n<p>a\nb</p>\n<p>c <span>d\ne</span></p>\n</div>\n<p>f\ng</p>",
            "<p>a<br>b</p><p>c d<br>e</p><p>f g</p>",
        ),
        (
            "<p>a <span style='white-space:pre'>b\nc</span> d\ne</p>",
            "<p>a b<br>c d e</p>",
        ),
        (
            "<p style='white-space:pre-wrap'>a\n\nb</p>",
            "<p>a</p><p>b</p>",
        ),
        (
            "<div style='white-space:pre-line'>a\nb<p style='white-space:normal'>c\nd</p></div>",
            "<p>a<br>b</p><p>c d</p>",
        ),
        ("<textarea>a\nb</textarea>", "<p>a<br>b</p>"),
        (
            "<pre style='white-space:pre-wrap'>a\n\nb</pre>",
            "<pre><code>a\n\nb</code></pre>",
        ),
        ("<p style='white-space:nowrap'>a\nb</p>", "<p>a b</p>"),
    ] {
        assert_eq!(read(html).0, kept, "{html}");
    }
}

#[test]
fn a_picture_or_player_of_amp_comes_once() {
    let image = "<figure><img src=\"https://x.org/a.jpg\" alt=\"A\"></figure>";
    for html in [
        "<amp-img src='https://x.org/a.jpg' alt='A'></amp-img>",
        "<amp-img src='https://x.org/a.jpg' alt='A'> </amp-img>",
        "<amp-img src='https://x.org/a.jpg' alt='A'/>",
        "<amp-img src='https://x.org/a.jpg' alt='A'><noscript><img src='https://x.org/a.jpg' alt='A'></noscript></amp-img>",
        "<amp-img src='https://x.org/a.jpg' alt='A'><amp-img fallback src='https://x.org/a.png' alt='A'></amp-img></amp-img>",
    ] {
        assert_eq!(read(html).0, image, "{html}");
    }
    for (html, address) in [
        (
            "<amp-video src='https://x.org/a.mp4'></amp-video>",
            "https://x.org/a.mp4",
        ),
        (
            "<amp-video><source src='https://x.org/a.mp4'></amp-video>",
            "https://x.org/a.mp4",
        ),
        (
            "<amp-iframe src='https://www.youtube.com/embed/dQw4w9WgXcQ'></amp-iframe>",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        (
            "<amp-youtube data-videoid='dQw4w9WgXcQ'></amp-youtube>",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        (
            "<amp-iframe src='https://www.youtube.com/embed/dQw4w9WgXcQ'><amp-img placeholder src='https://x.org/a.jpg' alt='A'></amp-img></amp-iframe>",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
    ] {
        let (kept, _) = read(html);
        assert_eq!(kept.matches("<figure").count(), 1, "{html}: {kept}");
        assert!(kept.contains(address), "{html}: {kept}");
    }
}

#[test]
fn what_loses_its_look_or_its_level_is_told() {
    for (html, kept, code) in [
        (
            "<p>a <small>b</small></p>",
            "<p>a b</p>",
            "element_unwrapped",
        ),
        ("<p>a <big>b</big></p>", "<p>a b</p>", "element_unwrapped"),
        (
            "<p>a <font color='red'>b</font></p>",
            "<p>a b</p>",
            "element_unwrapped",
        ),
        ("<h1>a</h1>", "<h2>a</h2>", "element_converted"),
    ] {
        assert_eq!(read(html), (kept.to_owned(), vec![code]), "{html}");
    }
    assert_eq!(read("<p>a <font>b</font></p>").1, Vec::<&str>::new());
}
