//! Cards of Ghost's editors as HTML, from Lexical's nodes and Mobiledoc's payloads alike.

use serde_json::Value;

use crate::domain::body::Body;
use crate::domain::text::escape_html;
use crate::import::unkept::Unkept;

/// Kinds of what cannot be kept.
const FORMS: &str = "forms of the site, which are left out";
const MAIL: &str = "cards for mail only, which are left out";
const UNKNOWN: &str = "cards of unknown types, of which no more than HTML or an address is kept";

/// The HTML of a card; empty for one that is for mail only. What of it cannot be kept is noted.
pub(super) fn html(kind: &str, card: &Value, unkept: &mut Unkept) -> String {
    match kind {
        "image" => figure(&picture(card), card),
        "gallery" => gallery(card),
        "embed" => embed(card),
        "video" | "audio" => player(kind, card),
        "bookmark" => bookmark(card),
        "callout" => {
            let words = unwrapped(text(card, "calloutText"));
            paragraph(&format!(
                "{} {words}",
                escape_html(text(card, "calloutEmoji"))
            ))
        }
        "toggle" => format!(
            "<h4>{}</h4>{}",
            text(card, "heading"),
            block(text(card, "content"))
        ),
        "button" => link(attribute(card, "buttonUrl"), text(card, "buttonText")),
        "file" => file(card),
        "html" => text(card, "html").to_owned(),
        "markdown" | "card-markdown" => {
            let markdown = Body::from_markdown(text(card, "markdown"));
            markdown.map_or_else(|_| escape_html(text(card, "markdown")), Body::into_html)
        }
        "codeblock" | "code" | "code-block" => {
            let code = format!(
                "<pre><code class=\"language-{}\">{}</code></pre>",
                attribute(card, "language"),
                escape_html(text(card, "code"))
            );
            format!("{code}{}", after(card))
        }
        "horizontalrule" | "hr" => "<hr>".to_owned(),
        "header" => {
            let button = button(card, "buttonEnabled");
            format!("{}{button}", banner(card))
        }
        "signup" => {
            unkept.add(FORMS, &format!("{kind} ({})", text(card, "buttonText")));
            format!("{}{}", banner(card), block(text(card, "disclaimer")))
        }
        "call-to-action" => call_to_action(card),
        "product" => product(card),
        "paywall" => String::new(),
        "email" | "email-cta" => {
            unkept.add(MAIL, kind);
            String::new()
        }
        _ => unknown(kind, card, unkept),
    }
}

/// A card that nothing is known of, as its HTML or its address.
fn unknown(kind: &str, card: &Value, unkept: &mut Unkept) -> String {
    let name = if kind.is_empty() { "no type" } else { kind };
    unkept.add(UNKNOWN, name);
    match text(card, "html").trim().is_empty() && !text(card, "url").is_empty() {
        true => embed(card),
        false => block(text(card, "html")),
    }
}

/// The picture behind a headline, and the words on it.
fn banner(card: &Value) -> String {
    let head = match text(card, "header") {
        "" => String::new(),
        words => format!("<h2>{words}</h2>"),
    };
    let picture = picture_of(card, "backgroundImageSrc");
    format!("{picture}{head}{}", block(text(card, "subheader")))
}

fn call_to_action(card: &Value) -> String {
    let sponsor = match card["hasSponsorLabel"] == false {
        true => "",
        false => text(card, "sponsorLabel"),
    };
    let button = button(card, "showButton");
    format!(
        "{}{}{}{button}",
        block(sponsor),
        picture_of(card, "imageUrl"),
        block(text(card, "textValue"))
    )
}

/// A picture that a card has under a name of its own.
fn picture_of(card: &Value, name: &str) -> String {
    match text(card, name) {
        "" => String::new(),
        _ => format!(
            "<figure><img src=\"{}\" alt=\"\"></figure>",
            attribute(card, name)
        ),
    }
}

/// The button of a card, unless a field of it says that it shows none.
fn button(card: &Value, shown: &str) -> String {
    match card[shown] == false {
        true => String::new(),
        false => link(attribute(card, "buttonUrl"), text(card, "buttonText")),
    }
}

fn text<'c>(card: &'c Value, name: &str) -> &'c str {
    card[name].as_str().unwrap_or_default()
}

fn attribute(card: &Value, name: &str) -> String {
    escape_html(text(card, name))
}

fn picture(card: &Value) -> String {
    let size = |name| {
        card[name]
            .as_u64()
            .map_or_else(String::new, |size| format!(" {name}=\"{size}\""))
    };
    let picture = format!(
        "<img src=\"{}\" alt=\"{}\"{}{}>",
        attribute(card, "src"),
        attribute(card, "alt"),
        size("width"),
        size("height")
    );
    match text(card, "href") {
        "" => picture,
        _ => format!("<a href=\"{}\">{picture}</a>", attribute(card, "href")),
    }
}

fn caption(card: &Value) -> String {
    match text(card, "caption") {
        "" => String::new(),
        words => format!("<figcaption>{words}</figcaption>"),
    }
}

/// The caption of what cannot have one.
fn after(card: &Value) -> String {
    block(text(card, "caption"))
}

fn figure(content: &str, card: &Value) -> String {
    format!("<figure>{content}{}</figure>", caption(card))
}

fn gallery(card: &Value) -> String {
    let pictures = card["images"].as_array().into_iter().flatten();
    let pictures: String = pictures.map(picture).collect();
    format!(
        "<figure class=\"gallery\">{pictures}{}</figure>",
        caption(card)
    )
}

fn player(kind: &str, card: &Value) -> String {
    let player = format!("<{kind} src=\"{}\"></{kind}>", attribute(card, "src"));
    let title = match text(card, "title") {
        "" => String::new(),
        title => format!("<p>{}</p>", escape_html(title)),
    };
    format!("{title}{}", figure(&player, card))
}

fn file(card: &Value) -> String {
    let words = [text(card, "fileCaption"), text(card, "fileName")];
    let words = words.iter().filter(|words| !words.is_empty());
    let words: String = words
        .map(|words| format!("<p>{}</p>", escape_html(words)))
        .collect();
    let title = match text(card, "fileTitle") {
        "" => text(card, "fileName"),
        title => title,
    };
    format!("{}{words}", link(attribute(card, "src"), title))
}

/// An address that the site could not embed is shown by HTML of its own.
fn embed(card: &Value) -> String {
    let address = attribute(card, "url");
    if address.is_empty() {
        return figure(text(card, "html"), card);
    }
    format!(
        "<figure class=\"embed\"><a href=\"{address}\">{address}</a>{}</figure>",
        caption(card)
    )
}

fn bookmark(card: &Value) -> String {
    let meta = if card["metadata"].is_object() {
        &card["metadata"]
    } else {
        card
    };
    let title = if text(meta, "title").is_empty() {
        text(card, "url")
    } else {
        text(meta, "title")
    };
    let parts = [
        text(meta, "description"),
        text(meta, "author"),
        text(meta, "publisher"),
    ];
    let parts = parts.iter().filter(|part| !part.is_empty());
    let parts: String = parts
        .map(|part| format!("<p>{}</p>", escape_html(part)))
        .collect();
    format!(
        "{}{parts}{}",
        link(attribute(card, "url"), title),
        after(card)
    )
}

fn product(card: &Value) -> String {
    let picture = picture_of(card, "productImageSrc");
    let button = link(attribute(card, "productUrl"), text(card, "productButton"));
    format!(
        "{picture}<h4>{}</h4>{}{button}",
        text(card, "productTitle"),
        block(text(card, "productDescription"))
    )
}

fn link(address: String, words: &str) -> String {
    match (address.is_empty(), words.is_empty()) {
        (_, true) => String::new(),
        (true, _) => format!("<p>{}</p>", escape_html(words)),
        _ => format!("<p><a href=\"{address}\">{}</a></p>", escape_html(words)),
    }
}

fn block(html: &str) -> String {
    match html.trim().is_empty() {
        true => String::new(),
        false => format!("<div>{html}</div>"),
    }
}

fn paragraph(html: &str) -> String {
    format!("<p>{}</p>", html.trim())
}

/// The content of what is one paragraph.
fn unwrapped(html: &str) -> &str {
    let inner = html
        .trim()
        .strip_prefix("<p>")
        .and_then(|inner| inner.strip_suffix("</p>"));
    inner.filter(|inner| !inner.contains("<p")).unwrap_or(html)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::domain::body::Body;

    use super::*;

    /// The body of a card, and what is told of it.
    fn read(kind: &str, card: &Value) -> (String, Vec<String>) {
        let mut unkept = Unkept::default();
        let html = html(kind, card, &mut unkept);
        let html = Body::from_html(&html).unwrap().into_html();
        let told = unkept.findings().map(|finding| finding.detail).collect();
        (html, told)
    }

    #[test]
    fn cards_with_words_keep_them_and_their_buttons_and_pictures() {
        let picture = "<figure><img src=\"https://e.org/p.jpg\" alt=\"\"></figure>";
        let button = "<p><a href=\"https://e.org/go\">Go</a></p>";
        let action = json!({"hasSponsorLabel": true, "sponsorLabel": "<p>SPONSORED</p>", "textValue": "<p>Read <b>this</b>.</p>",
            "showButton": true, "buttonText": "Go", "buttonUrl": "https://e.org/go", "imageUrl": "https://e.org/p.jpg"});
        let plain = json!({"hasSponsorLabel": false, "sponsorLabel": "<p>SPONSORED</p>", "textValue": "<p>x</p>",
            "showButton": false, "buttonText": "Go", "buttonUrl": "https://e.org/go", "imageUrl": ""});
        let header = json!({"header": "Head", "subheader": "Sub", "backgroundImageSrc": "https://e.org/p.jpg",
            "buttonEnabled": true, "buttonText": "Go", "buttonUrl": "https://e.org/go"});
        for (kind, card, expected) in [
            (
                "call-to-action",
                action,
                format!("<p>SPONSORED</p>{picture}<p>Read <strong>this</strong>.</p>{button}"),
            ),
            ("call-to-action", plain, "<p>x</p>".to_owned()),
            (
                "header",
                header,
                format!("{picture}<h2>Head</h2><p>Sub</p>{button}"),
            ),
        ] {
            assert_eq!(read(kind, &card), (expected, Vec::new()), "{card}");
        }
    }

    #[test]
    fn of_a_form_the_words_around_it_stay_and_it_is_told() {
        let card = json!({"header": "Letters", "subheader": "<p>Each week</p>", "disclaimer": "<p>No spam.</p>",
            "buttonText": "Subscribe", "backgroundImageSrc": ""});
        assert_eq!(
            read("signup", &card),
            (
                "<h2>Letters</h2><p>Each week</p><p>No spam.</p>".to_owned(),
                vec![format!("{FORMS}: signup (Subscribe)")]
            )
        );
    }

    #[test]
    fn cards_of_unknown_types_are_told_whatever_is_kept_of_them() {
        let address = "https://e.org/1";
        let embed = format!("<figure class=\"embed\"><a href=\"{address}\">{address}</a></figure>");
        for (kind, card, kept, name) in [
            (
                "transistor",
                json!({"url": address}),
                embed.as_str(),
                "transistor",
            ),
            (
                "transistor",
                json!({"accentColor": "#fff"}),
                "",
                "transistor",
            ),
            (
                "nft",
                json!({"html": "<p>x</p>", "url": address}),
                "<p>x</p>",
                "nft",
            ),
            ("", json!({"x": 1}), "", "no type"),
        ] {
            let told = format!("{UNKNOWN}: {name}");
            assert_eq!(read(kind, &card), (kept.to_owned(), vec![told]), "{card}");
        }
        let mail = read("email", &json!({"html": "<p>mail</p>"}));
        assert_eq!(mail, (String::new(), vec![format!("{MAIL}: email")]));
    }
}
