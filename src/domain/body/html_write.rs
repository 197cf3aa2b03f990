//! The tree as canonical HTML: one way to write each tree, and nothing but the subset.

use std::fmt::Write;

use super::blocks::{Block, Cell, Inline};
use super::nesting::{Element, Step, steps};

/// Writes blocks as canonical HTML.
pub(super) fn blocks(out: &mut String, list: &[Block]) {
    for one in list {
        block(out, one);
    }
}

pub(super) fn block(out: &mut String, block: &Block) {
    match block {
        Block::Paragraph { content } => wrapped(out, "p", content),
        Block::Heading { level, content } => wrapped(out, &format!("h{level}"), content),
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
        Block::Image {
            src,
            alt,
            width,
            height,
            caption,
        } => {
            out.push_str("<figure>");
            image(out, src, alt, [("width", *width), ("height", *height)]);
            if !caption.is_empty() {
                wrapped(out, "figcaption", caption);
            }
            out.push_str("</figure>");
        }
        Block::Table { head, body } => table(out, head, body),
        Block::Code { language, text } => code(out, language.as_deref(), text),
        Block::Rule {} => out.push_str("<hr>"),
    }
}

fn wrapped(out: &mut String, element: &str, content: &[Inline]) {
    let _ = write!(out, "<{element}>");
    inline(out, content);
    let _ = write!(out, "</{element}>");
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

fn list(out: &mut String, ordered: bool, start: Option<u32>, items: &[Vec<Block>]) {
    let element = if ordered { "ol" } else { "ul" };
    match start {
        Some(start) => {
            let _ = write!(out, "<{element} start=\"{start}\">");
        }
        None => {
            let _ = write!(out, "<{element}>");
        }
    }
    let tight = items.iter().all(|item| is_tight(item));
    for item in items {
        out.push_str("<li>");
        match item.as_slice() {
            [Block::Paragraph { content }, rest @ ..] if tight => {
                inline(out, content);
                blocks(out, rest);
            }
            item => blocks(out, item),
        }
        out.push_str("</li>");
    }
    let _ = write!(out, "</{element}>");
}

fn image(out: &mut String, src: &str, alt: &str, sizes: [(&str, Option<u32>); 2]) {
    out.push_str("<img");
    attribute(out, "src", src);
    attribute(out, "alt", alt);
    for (name, size) in sizes {
        if let Some(size) = size {
            let _ = write!(out, " {name}=\"{size}\"");
        }
    }
    out.push('>');
}

fn table(out: &mut String, head: &[Vec<Cell>], body: &[Vec<Cell>]) {
    out.push_str("<table>");
    for (part, rows) in [("thead", head), ("tbody", body)] {
        if rows.is_empty() {
            continue;
        }
        let _ = write!(out, "<{part}>");
        for row in rows {
            out.push_str("<tr>");
            for cell in row {
                wrapped(out, if cell.header { "th" } else { "td" }, &cell.content);
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
