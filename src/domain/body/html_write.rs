//! The tree as canonical HTML: one way to write each tree, and nothing but the subset.

use std::fmt::Write;

use super::blocks::{Block, Cell, Inline, Picture};
use super::nesting::{Element, Step, steps};

/// Writes blocks as canonical HTML.
pub(super) fn blocks(out: &mut String, list: &[Block]) {
    for one in list {
        block(out, one);
    }
}

pub(super) fn block(out: &mut String, block: &Block) {
    match block {
        Block::Paragraph { id, content } => wrapped(out, "p", id.as_deref(), content),
        Block::Heading { id, level, content } => {
            wrapped(out, &format!("h{level}"), id.as_deref(), content);
        }
        Block::List {
            ordered,
            start,
            items,
        } => list(out, *ordered, *start, items),
        Block::Quote { blocks: quoted } => {
            out.push_str("<blockquote>");
            blocks(out, quoted);
            out.push_str("</blockquote>");
        }
        Block::Image { .. } | Block::Embed { .. } | Block::Gallery { .. } => figure(out, block),
        Block::Table { id, head, body } => table(out, id.as_deref(), head, body),
        Block::Code { language, text } => code(out, language.as_deref(), text),
        Block::Rule {} => out.push_str("<hr>"),
    }
}

fn wrapped(out: &mut String, element: &str, id: Option<&str>, content: &[Inline]) {
    start(out, element, None, id);
    inline(out, content);
    let _ = write!(out, "</{element}>");
}

/// A start tag with a class and an id.
fn start(out: &mut String, element: &str, class: Option<&str>, id: Option<&str>) {
    out.push('<');
    out.push_str(element);
    for (name, value) in [("class", class), ("id", id)] {
        if let Some(value) = value {
            attribute(out, name, value);
        }
    }
    out.push('>');
}

fn figure(out: &mut String, block: &Block) {
    match block {
        Block::Image {
            id,
            src,
            alt,
            width,
            height,
            link,
            caption,
        } => {
            start(out, "figure", None, id.as_deref());
            linked_image(out, [src, alt], [*width, *height], link.as_deref());
            end_figure(out, caption);
        }
        Block::Embed {
            id, url, caption, ..
        } => {
            start(out, "figure", Some("embed"), id.as_deref());
            out.push_str("<a");
            attribute(out, "href", url);
            out.push('>');
            escape(out, url);
            out.push_str("</a>");
            end_figure(out, caption);
        }
        Block::Gallery {
            id,
            images,
            caption,
        } => {
            start(out, "figure", Some("gallery"), id.as_deref());
            images.iter().for_each(|image| gallery_image(out, image));
            end_figure(out, caption);
        }
        _ => {}
    }
}

/// An image of a gallery: one with a caption is a figure of its own.
fn gallery_image(out: &mut String, image: &Picture) {
    let Picture {
        src,
        alt,
        width,
        height,
        link,
        caption,
    } = image;
    if !caption.is_empty() {
        out.push_str("<figure>");
    }
    linked_image(out, [src, alt], [*width, *height], link.as_deref());
    if !caption.is_empty() {
        end_figure(out, caption);
    }
}

fn end_figure(out: &mut String, caption: &[Inline]) {
    if !caption.is_empty() {
        wrapped(out, "figcaption", None, caption);
    }
    out.push_str("</figure>");
}

fn linked_image(out: &mut String, texts: [&str; 2], sizes: [Option<u32>; 2], link: Option<&str>) {
    if let Some(link) = link {
        out.push_str("<a");
        attribute(out, "href", link);
        out.push('>');
    }
    image(out, texts, sizes);
    if link.is_some() {
        out.push_str("</a>");
    }
}

/// Writes inline text; a line break is `<br>`.
pub(super) fn inline(out: &mut String, content: &[Inline]) {
    for step in steps(content, false) {
        match step {
            Step::Open(element) => open(out, element),
            Step::Close(Element::Link(_)) => out.push_str("</a>"),
            Step::Close(Element::Style(style)) => {
                let _ = write!(out, "</{}>", style.element());
            }
            Step::Text(text, _) => escape_lines(out, text),
        }
    }
}

/// The start tag of a mark.
pub(super) fn open(out: &mut String, element: Element<'_>) {
    match element {
        Element::Style(style) => {
            let _ = write!(out, "<{}>", style.element());
        }
        Element::Link(link) => {
            out.push_str("<a");
            attribute(out, "href", &link.href);
            if let Some(title) = &link.title {
                attribute(out, "title", title);
            }
            out.push('>');
        }
    }
}

/// An item whose text is one paragraph, followed by nothing but lists; a list of such items needs no `<p>`.
pub(super) fn is_tight(item: &[Block]) -> bool {
    let (paragraph, rest) = match item {
        [Block::Paragraph { .. }, rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    rest.iter().all(|block| matches!(block, Block::List { .. })) && (paragraph || !rest.is_empty())
}

fn list(out: &mut String, ordered: bool, number: Option<u32>, items: &[Vec<Block>]) {
    let element = if ordered { "ol" } else { "ul" };
    match number {
        Some(number) => {
            let _ = write!(out, "<{element} start=\"{number}\">");
        }
        None => {
            let _ = write!(out, "<{element}>");
        }
    }
    let tight = items.iter().all(|item| is_tight(item));
    for item in items {
        match item.as_slice() {
            [Block::Paragraph { id, content }, rest @ ..] if tight => {
                start(out, "li", None, id.as_deref());
                inline(out, content);
                blocks(out, rest);
            }
            item => {
                out.push_str("<li>");
                blocks(out, item);
            }
        }
        out.push_str("</li>");
    }
    let _ = write!(out, "</{element}>");
}

fn image(out: &mut String, [src, alt]: [&str; 2], [width, height]: [Option<u32>; 2]) {
    out.push_str("<img");
    attribute(out, "src", src);
    attribute(out, "alt", alt);
    for (name, size) in [("width", width), ("height", height)] {
        if let Some(size) = size {
            let _ = write!(out, " {name}=\"{size}\"");
        }
    }
    out.push('>');
}

fn table(out: &mut String, id: Option<&str>, head: &[Vec<Cell>], body: &[Vec<Cell>]) {
    start(out, "table", None, id);
    for (part, rows) in [("thead", head), ("tbody", body)] {
        if rows.is_empty() {
            continue;
        }
        let _ = write!(out, "<{part}>");
        for row in rows {
            out.push_str("<tr>");
            for cell in row {
                let element = if cell.header { "th" } else { "td" };
                wrapped(out, element, None, &cell.content);
            }
            out.push_str("</tr>");
        }
        let _ = write!(out, "</{part}>");
    }
    out.push_str("</table>");
}

fn code(out: &mut String, language: Option<&str>, text: &str) {
    out.push_str("<pre><code");
    if let Some(language) = language {
        attribute(out, "class", &format!("language-{language}"));
    }
    out.push('>');
    escape(out, text);
    out.push_str("</code></pre>");
}

fn attribute(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, " {name}=\"");
    escape_attribute(out, value);
    out.push('"');
}

/// Escapes the value of an attribute.
pub(super) fn escape_attribute(out: &mut String, value: &str) {
    escape_bytes(out, value, |byte| matches!(byte, b'&' | b'<' | b'>' | b'"'));
}

fn escape_lines(out: &mut String, text: &str) {
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push_str("<br>");
        }
        escape(out, line);
    }
}

/// Escapes the text of an element.
pub(super) fn escape(out: &mut String, text: &str) {
    escape_bytes(out, text, |byte| matches!(byte, b'&' | b'<' | b'>'));
}

fn escape_bytes(out: &mut String, text: &str, is_special: fn(u8) -> bool) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(is_special) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}
