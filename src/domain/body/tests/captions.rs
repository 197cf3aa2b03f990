//! Captions: each stays with the picture that it belongs to.

use super::super::Body;

fn read(html: &str) -> (String, Vec<&'static str>) {
    let (body, warnings) = Body::from_html_reporting(html, None).expect("a body");
    super::assert_agrees(&body);
    let codes = warnings.iter().map(|(code, _)| code).collect();
    (body.into_html(), codes)
}

const PAIR: &str = "<figure class=\"gallery\"><figure><img src=\"/1\" alt=\"\"><figcaption>A</figcaption></figure>\
     <figure><img src=\"/2\" alt=\"\"><figcaption>B</figcaption></figure></figure>";

#[test]
fn each_picture_of_a_figure_keeps_the_caption_beside_it() {
    for html in [
        "<figure><img src=/1><figcaption>A</figcaption><img src=/2><figcaption>B</figcaption></figure>",
        "<figure><figcaption>A</figcaption><img src=/1><figcaption>B</figcaption><img src=/2></figure>",
        "<figure><p><img src=/1></p><figcaption>A</figcaption><div><img src=/2><figcaption>B</div></figure>",
        "<figure><figcaption>A <img src=/1></figcaption><figcaption><img src=/2> B</figcaption></figure>",
        "<figure><figure><img src=/1></figure><figcaption>A</figcaption><figure><img src=/2></figure><figcaption>B</figcaption></figure>",
        "<div class=wp-caption><img src=/1><p class=wp-caption-text>A</p><img src=/2><p class=wp-caption-text>B</p></div>",
        "<figure class=gallery><img src=/1><figcaption>A</figcaption><img src=/2><figcaption>B</figcaption></figure>",
    ] {
        assert_eq!(read(html).0, PAIR, "{html}");
    }
    let third = "<figure><img src=/1><figcaption>A</figcaption><img src=/2><figcaption>B</figcaption><img src=/3></figure>";
    let kept = PAIR.replace(
        "</figure></figure>",
        "</figure><img src=\"/3\" alt=\"\"></figure>",
    );
    assert_eq!(read(third), (kept, vec![]));
}

#[test]
fn one_caption_of_several_pictures_is_that_of_all() {
    let both = "<figure class=\"gallery\"><img src=\"/1\" alt=\"\"><img src=\"/2\" alt=\"\"><figcaption>A</figcaption></figure>";
    for html in [
        "<figure><img src=/1><img src=/2><figcaption>A</figcaption></figure>",
        "<figure><img src=/1><figcaption>A</figcaption><img src=/2></figure>",
        "<figure><figcaption>A</figcaption><img src=/1><img src=/2></figure>",
    ] {
        assert_eq!(read(html), (both.to_owned(), vec![]), "{html}");
    }
    let (kept, _) = read(
        "<figure><img src=/1><img src=/2><figcaption>A</figcaption><img src=/3><figcaption>B</figcaption></figure>",
    );
    let third = "<figure><img src=\"/3\" alt=\"\"><figcaption>B</figcaption></figure>";
    assert_eq!(kept, format!("{both}{third}"));
}

#[test]
fn galleries_with_captions_of_their_own_stay_apart() {
    let gallery = |first: u8, caption: &str| {
        format!(
            "<figure class=\"gallery\"><img src=\"/{first}\" alt=\"\"><img src=\"/{}\" alt=\"\"><figcaption>{caption}</figcaption></figure>",
            first + 1
        )
    };
    let two = gallery(1, "A") + &gallery(3, "B");
    assert_eq!(
        read(&format!("<figure>{two}</figure>")),
        (two.clone(), vec![])
    );
    let single = "<figure><img src=\"/5\" alt=\"\"><figcaption>C</figcaption></figure>";
    let mixed = gallery(1, "A") + single;
    assert_eq!(
        read(&format!("<figure>{mixed}</figure>")),
        (mixed.clone(), vec![])
    );
}

#[test]
fn captions_of_embeds_tables_and_quotes_stay_beside_them() {
    let embed = |address: &str, caption: &str| {
        format!(
            "<figure class=\"embed\"><a href=\"{address}\">{address}</a><figcaption>{caption}</figcaption></figure>"
        )
    };
    let (first, second) = ("https://x.org/1.mp4", "https://x.org/2.mp4");
    let (kept, _) = read(&format!(
        "<figure><video src={first}></video><figcaption>A</figcaption><video src={second}></video><figcaption>B</figcaption></figure>"
    ));
    assert_eq!(kept, embed(first, "A") + &embed(second, "B"));
    let image = "<figure><img src=\"/1\" alt=\"\"><figcaption>A</figcaption></figure>";
    for (html, expected) in [
        (
            "<figure><img src=/1><figcaption>A</figcaption><p>t</p><img src=/2></figure>",
            format!("{image}<p>t</p><figure><img src=\"/2\" alt=\"\"></figure>"),
        ),
        (
            "<figure><p>t</p><figcaption>A</figcaption><p>u</p><figcaption>B</figcaption></figure>",
            "<p>t</p><p>A</p><p>u</p><p>B</p>".to_owned(),
        ),
        (
            "<figure><img src=/1><figcaption>A</figcaption><figcaption>B</figcaption></figure>",
            format!("{image}<p>B</p>"),
        ),
        (
            "<figure><blockquote>t</blockquote><figcaption>A</figcaption></figure>",
            "<blockquote><p>t</p></blockquote><p>A</p>".to_owned(),
        ),
        (
            "<figure><figcaption>A</figcaption><pre>t</pre></figure>",
            "<p>A</p><pre><code>t</code></pre>".to_owned(),
        ),
    ] {
        assert_eq!(read(html).0, expected, "{html}");
    }
}

#[test]
fn a_caption_that_belongs_to_no_picture_is_told() {
    for html in [
        "<figure><img src=/1><figcaption>A</figcaption><figcaption>B</figcaption></figure>",
        "<figure><table><tr><td>t</td></tr></table><figcaption>A</figcaption></figure>",
    ] {
        assert_eq!(read(html).1, ["element_converted"], "{html}");
    }
}
