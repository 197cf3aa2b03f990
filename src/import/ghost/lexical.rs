//! Lexical, the document of Ghost's editor since version 5, as HTML.

use serde_json::Value;

use crate::domain::text::escape_html;

use super::cards;
use super::gates::Gates;

/// Nodes within one another.
const DEPTH_MAX: usize = 100;

/// The formats of text by their bit, and the elements that show them.
const FORMATS: [(u64, &str); 7] = [
    (16, "code"),
    (1, "strong"),
    (2, "em"),
    (4, "s"),
    (8, "u"),
    (32, "sub"),
    (64, "sup"),
];

/// The HTML of a document; `None` where it is none.
pub(super) fn html(document: &str, gates: &mut Gates) -> Option<String> {
    let document: Value = serde_json::from_str(document).ok()?;
    let mut out = Out {
        html: String::new(),
        gates,
    };
    children(&document["root"], &mut out, 0);
    document["root"].is_object().then_some(out.html)
}

/// The HTML while it is written.
struct Out<'g> {
    html: String,
    gates: &'g mut Gates,
}

impl Out<'_> {
    fn push_str(&mut self, html: &str) {
        self.html.push_str(html);
    }

    fn extend<const PARTS: usize>(&mut self, parts: [&str; PARTS]) {
        self.html.extend(parts);
    }
}

fn children(node: &Value, out: &mut Out<'_>, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    let children = node["children"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    for child in children {
        write(child, out, depth + 1);
    }
}

fn wrapped(node: &Value, tag: &str, out: &mut Out<'_>, depth: usize) {
    out.extend(["<", tag, ">"]);
    children(node, out, depth);
    out.extend(["</", tag, ">"]);
}

fn write(node: &Value, out: &mut Out<'_>, depth: usize) {
    let kind = node["type"].as_str().unwrap_or_default();
    if !out.gates.opens(kind, node) {
        return;
    }
    match kind {
        "text" | "extended-text" | "code-highlight" | "tk" => text(node, out),
        // A place for the cursor, which shows nothing.
        "zwnj" => {}
        "linebreak" => out.push_str("<br>"),
        "tab" => out.push_str("\t"),
        "paragraph" => wrapped(node, "p", out, depth),
        "heading" | "extended-heading" => {
            let tag = node["tag"]
                .as_str()
                .filter(|tag| matches!(*tag, "h1" | "h2" | "h3" | "h4" | "h5" | "h6"));
            wrapped(node, tag.unwrap_or("h2"), out, depth);
        }
        "quote" | "extended-quote" | "aside" => wrapped(node, "blockquote", out, depth),
        "list" => list(node, out, depth),
        "listitem" => wrapped(node, "li", out, depth),
        "link" | "autolink" => {
            let address = escape_html(node["url"].as_str().unwrap_or_default());
            out.extend(["<a href=\"", &address, "\">"]);
            children(node, out, depth);
            out.push_str("</a>");
        }
        // An address that the editor shows as a link with a title of its own.
        "at-link" => {
            let address = escape_html(node["href"].as_str().unwrap_or_default());
            out.extend(["<a href=\"", &address, "\">"]);
            children(node, out, depth);
            out.push_str("</a>");
        }
        "code" if node["children"].is_array() => {
            out.push_str("<pre>");
            children(node, out, depth);
            out.push_str("</pre>");
        }
        _ if node["children"].is_array() => wrapped(node, "div", out, depth),
        kind => {
            let card = cards::html(kind, node, &mut out.gates.unkept);
            out.push_str(&card);
        }
    }
}

fn list(node: &Value, out: &mut Out<'_>, depth: usize) {
    let is_ordered = node["listType"] == "number" || node["tag"] == "ol";
    let start = node["start"].as_u64().filter(|start| *start != 1);
    match (is_ordered, start) {
        (true, Some(start)) => out.push_str(&format!("<ol start=\"{start}\">")),
        (true, None) => out.push_str("<ol>"),
        (false, _) => out.push_str("<ul>"),
    }
    items(node, out, depth);
    out.push_str(if is_ordered { "</ol>" } else { "</ul>" });
}

/// The items of a list. One that holds nothing but a list goes into the item before it, as the editor shows it.
fn items(node: &Value, out: &mut Out<'_>, depth: usize) {
    let items = node["children"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut is_open = false;
    for item in items {
        let is_nested = item["children"].as_array().is_some_and(|inner| {
            !inner.is_empty() && inner.iter().all(|one| one["type"] == "list")
        });
        if !is_nested || !is_open {
            out.push_str(if is_open { "</li><li>" } else { "<li>" });
            is_open = true;
        }
        children(item, out, depth + 1);
    }
    out.push_str(if is_open { "</li>" } else { "" });
}

fn text(node: &Value, out: &mut Out<'_>) {
    let format = node["format"].as_u64().unwrap_or_default();
    let tags: Vec<&str> = FORMATS
        .iter()
        .filter(|(bit, _)| format & bit != 0)
        .map(|(_, tag)| *tag)
        .collect();
    tags.iter().for_each(|tag| out.extend(["<", tag, ">"]));
    out.push_str(&escape_html(node["text"].as_str().unwrap_or_default()));
    tags.iter()
        .rev()
        .for_each(|tag| out.extend(["</", tag, ">"]));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::domain::body::Body;

    use super::*;

    fn html(document: &str) -> Option<String> {
        super::html(document, &mut Gates::default())
    }

    #[test]
    fn a_document_is_its_blocks_with_their_marks() {
        let text = |text: &str, format: u64| json!({"type": "extended-text", "text": text, "format": format});
        let document = json!({"root": {"children": [
            {"type": "paragraph", "children": [text("a < b ", 0), text("bold", 3), {"type": "linebreak"},
                {"type": "link", "url": "https://e.org/?a=1&b=\"", "children": [text("link", 0)]}]},
            {"type": "extended-heading", "tag": "h3", "children": [text("Head", 0)]},
            {"type": "list", "listType": "number", "start": 3, "children": [
                {"type": "listitem", "children": [text("one", 0)]},
                {"type": "listitem", "children": [{"type": "list", "listType": "bullet", "children": [{"type": "listitem", "children": [text("two", 16)]}]}]}]},
            {"type": "email", "html": "<p>mail</p>"},
            {"type": "unknown", "children": [{"type": "paragraph", "children": [text("kept", 0)]}]},
            {"type": "gallery", "images": [{"src": "/a.jpg", "alt": "A"}, {"src": "/b.jpg"}], "caption": "Both"},
        ]}});
        let html = html(&document.to_string()).unwrap();
        let body = Body::from_html(&html).unwrap();
        assert_eq!(
            body.html(),
            "<p>a &lt; b <strong><em>bold</em></strong><br><a href=\"https://e.org/?a=1&amp;b=%22\">link</a></p><h3>Head</h3>\
             <ol start=\"3\"><li>one<ul><li><code>two</code></li></ul></li></ol><p>kept</p>\
             <figure class=\"gallery\"><img src=\"/a.jpg\" alt=\"A\"><img src=\"/b.jpg\" alt=\"\"><figcaption>Both</figcaption></figure>"
        );
    }

    #[test]
    fn a_card_that_is_not_for_everybody_is_left_out() {
        let card = |html: &str, visibility: serde_json::Value| json!({"type": "html", "html": html, "visibility": visibility});
        let document = json!({"root": {"children": [
            card("<p>all</p>", json!({"web": {"nonMember": true}})),
            card("<p>members</p>", json!({"web": {"nonMember": false}})),
            {"type": "callout", "calloutText": "mail", "visibility": {"showOnWeb": false}},
            {"type": "product", "productTitle": "paid", "visibility": {"web": {"nonMember": false}}},
            {"type": "paywall"},
        ]}});
        let mut gates = Gates::default();
        let html = super::html(&document.to_string(), &mut gates).unwrap();
        assert_eq!(html, "<p>all</p>");
        assert!(
            gates.has_paywall
                && gates
                    .findings()
                    .next()
                    .unwrap()
                    .detail
                    .starts_with("3 parts")
        );
    }

    #[test]
    fn a_card_of_an_unknown_type_is_told_and_what_shows_nothing_is_not() {
        let document = json!({"root": {"children": [
            {"type": "paragraph", "children": [{"type": "zwnj", "text": "\u{200c}"}, {"type": "tk", "text": "TK"}]},
            {"type": "transistor"},
        ]}});
        let mut gates = Gates::default();
        let html = super::html(&document.to_string(), &mut gates).unwrap();
        let told: Vec<String> = gates.findings().map(|finding| finding.detail).collect();
        assert_eq!((html.as_str(), told.len()), ("<p>TK</p>", 1));
        assert!(told[0].ends_with(": transistor"), "{told:?}");
    }

    #[test]
    fn what_is_no_document_is_none_and_depth_has_an_end() {
        assert_eq!(html("no"), None);
        assert_eq!(html("{}"), None);
        let mut node = json!({"type": "text", "text": "deep"});
        for _ in 0..120 {
            node = json!({"type": "quote", "children": [node]});
        }
        assert!(
            html(&json!({"root": {"children": [node]}}).to_string())
                .is_none_or(|html| !html.contains("deep"))
        );
    }
}
