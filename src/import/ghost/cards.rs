//! Cards of Ghost's editors as HTML, from Lexical's nodes and Mobiledoc's payloads alike.

use serde_json::Value;

use crate::domain::body::Body;
use crate::domain::text::escape_html;

/// The HTML of a card; `None` for one that is for mail only or for the site's own forms.
pub(super) fn html(kind: &str, card: &Value) -> Option<String> {
    Some(match kind {
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
            format!(
                "<h2>{}</h2>{}",
                text(card, "header"),
                block(text(card, "subheader"))
            ) + &link(attribute(card, "buttonUrl"), text(card, "buttonText"))
        }
        "product" => product(card),
        "call-to-action" | "email" | "email-cta" | "signup" | "paywall" => return None,
        _ => block(text(card, "html")),
    })
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
    let picture = match text(card, "productImageSrc") {
        "" => String::new(),
        _ => format!(
            "<figure><img src=\"{}\" alt=\"\"></figure>",
            attribute(card, "productImageSrc")
        ),
    };
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
