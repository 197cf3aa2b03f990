//! Hostile payloads through every door: none survives.

use masthead::domain::body::{Block, Body, Cell, Inline, Link, Mark, Picture};
use pulldown_cmark::{Options, Parser};

use super::{assert_harmless, is_allowed_address, is_allowed_attribute, payloads};

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
