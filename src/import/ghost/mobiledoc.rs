//! Mobiledoc, the document of Ghost's editor up to version 4, as HTML.

use serde_json::Value;

use crate::domain::text::escape_html;

use super::cards;
use super::gates::Gates;

/// Kinds of sections and markers (Mobiledoc 0.3).
const MARKUP: u64 = 1;
const IMAGE: u64 = 2;
const LIST: u64 = 3;
const CARD: u64 = 10;

/// The HTML of a document; `None` where it is none.
pub(super) fn html(document: &str, gates: &mut Gates) -> Option<String> {
    let document: Value = serde_json::from_str(document).ok()?;
    let sections = document["sections"].as_array()?;
    let mut out = String::new();
    for section in sections {
        write(&document, section, &mut out, gates);
    }
    Some(out)
}

fn write(document: &Value, section: &Value, out: &mut String, gates: &mut Gates) {
    match section[0].as_u64() {
        Some(MARKUP) => wrapped(document, &section[2], tag(&section[1], "p"), out),
        Some(IMAGE) => {
            let card = serde_json::json!({ "src": section[1] });
            out.push_str(&cards::html("image", &card, &mut gates.unkept));
        }
        Some(LIST) => {
            let list = tag(&section[1], "ul");
            out.extend(["<", list, ">"]);
            for item in items(&section[2]) {
                wrapped(document, item, "li", out);
            }
            out.extend(["</", list, ">"]);
        }
        Some(CARD) => {
            let card = at(&document["cards"], &section[1]);
            let kind = card[0].as_str().unwrap_or_default();
            if gates.opens(kind, &card[1]) {
                out.push_str(&cards::html(kind, &card[1], &mut gates.unkept));
            }
        }
        _ => {}
    }
}

fn wrapped(document: &Value, markers: &Value, tag: &str, out: &mut String) {
    out.extend(["<", tag, ">"]);
    let mut open: Vec<&str> = Vec::new();
    for marker in items(markers) {
        for markup in items(&marker[1]) {
            let markup = at(&document["markups"], markup);
            let name = self::tag(&markup[0], "span");
            out.extend(["<", name, &attributes(&markup[1]), ">"]);
            open.push(name);
        }
        match marker[0].as_u64() {
            Some(1) => atom(at(&document["atoms"], &marker[3]), out),
            _ => out.push_str(&escape_html(marker[3].as_str().unwrap_or_default())),
        }
        for _ in 0..marker[2].as_u64().unwrap_or_default() {
            let Some(name) = open.pop() else { break };
            out.extend(["</", name, ">"]);
        }
    }
    out.extend(["</", tag, ">"]);
}

fn atom(atom: &Value, out: &mut String) {
    match atom[0].as_str() {
        Some("soft-return") => out.push_str("<br>"),
        _ => out.push_str(&escape_html(atom[1].as_str().unwrap_or_default())),
    }
}

/// The attributes of a markup: names and values in turn.
fn attributes(list: &Value) -> String {
    let pairs = items(list)
        .chunks_exact(2)
        .filter(|pair| matches!(pair[0].as_str(), Some("href" | "title")));
    let written = pairs.map(|pair| {
        let value = escape_html(pair[1].as_str().unwrap_or_default());
        format!(" {}=\"{value}\"", pair[0].as_str().unwrap_or_default())
    });
    written.collect()
}

/// A tag that a document names, if it is a known one.
fn tag<'v>(name: &'v Value, other: &'v str) -> &'v str {
    const KNOWN: [&str; 24] = [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "aside",
        "pull-quote",
        "ul",
        "ol",
        "a",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "s",
        "del",
        "code",
        "sub",
        "sup",
        "strike",
    ];
    match name.as_str().filter(|name| KNOWN.contains(name)) {
        Some("aside" | "pull-quote") => "blockquote",
        Some(name) => name,
        None => other,
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn at<'v>(list: &'v Value, index: &Value) -> &'v Value {
    static NONE: Value = Value::Null;
    let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
    index.and_then(|index| list.get(index)).unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
    use crate::domain::body::Body;

    use super::*;

    fn html(document: &str) -> Option<String> {
        super::html(document, &mut Gates::default())
    }

    #[test]
    fn a_document_is_its_sections_with_their_marks() {
        let document = r#"{"version":"0.3.1","atoms":[["soft-return","",{}]],"cards":[["hr",{}],["markdown",{"markdown":"*m*"}]],
            "markups":[["strong"],["a",["href","/x"]]],"sections":[[1,"p",[[0,[],0,"a "],[0,[0,1],1,"b"],[0,[],1,"c"],[1,[],0,0],[0,[],0,"< d"]]],
            [10,0],[3,"ol",[[[0,[],0,"one"]]]],[10,1],[10,9],[1,"script",[[0,[],0,"s"]]],[2,"/i.jpg"]]}"#;
        let body = Body::from_html(&html(document).unwrap()).unwrap();
        assert_eq!(
            body.html(),
            "<p>a <strong><a href=\"/x\">b</a></strong><a href=\"/x\"></a></p>".replace(
                "<strong><a href=\"/x\">b</a></strong><a href=\"/x\"></a>",
                "<strong><a href=\"/x\">b</a>c</strong><br>&lt; d"
            ) + "<hr><ol><li>one</li></ol><p><em>m</em></p><p>s</p><figure><img src=\"/i.jpg\" alt=\"\"></figure>"
        );
        assert_eq!(html("[]"), None);
    }
}
