//! Bodies under attack and under load: every hostile payload through every door, judged by parsing what comes out.

mod cost;
mod doors;
mod forms;

use html5ever::tendril::TendrilSink;
use html5ever::{QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use super::shared::shared;

const ELEMENTS: &str = " html p h2 h3 h4 h5 h6 strong em a ul ol li blockquote figure figcaption img pre code table thead tbody tr \
                        th td br hr sub sup del ";

fn shared_text(name: &str) -> Option<String> {
    std::fs::read_to_string(shared(name)?).ok()
}

pub(crate) fn payloads() -> Vec<String> {
    let lines = shared_text("hostile/xss-payloads.txt").unwrap_or_default();
    let naughty = shared_text("hostile/naughty-strings.json").unwrap_or_else(|| "[]".to_owned());
    let naughty: Vec<String> = serde_json::from_str(&naughty).expect("a list of strings");
    let own = [
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "<a href='java\nscript:x'>y</a>",
        "\u{0}<script>",
    ];
    own.into_iter()
        .chain(lines.lines())
        .map(str::to_owned)
        .chain(naughty)
        .collect()
}

fn is_allowed_address(element: &str, raw: &str) -> bool {
    let scheme = raw
        .split(['/', '?', '#'])
        .next()
        .unwrap_or("")
        .split_once(':');
    let is_clean = !raw.is_empty() && !raw.contains(|c: char| c.is_control() || c.is_whitespace());
    is_clean
        && match scheme {
            None => true,
            Some(("http" | "https", _)) => true,
            Some(("mailto" | "tel", _)) => element == "a",
            Some(_) => false,
        }
}

fn is_allowed_attribute(element: &str, name: &str, value: &str) -> bool {
    match (element, name) {
        ("a", "href") | ("img", "src") => is_allowed_address(element, value),
        ("a", "title") | ("img", "alt") => true,
        ("figure", "class") => matches!(value, "embed" | "gallery"),
        ("p" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "figure" | "table", "id") => value
            .chars()
            .all(|c| c.is_alphanumeric() || "-_.:".contains(c)),
        ("img", "width" | "height") | ("ol", "start") => value.parse::<u32>().is_ok(),
        ("code", "class") => value.strip_prefix("language-").is_some_and(|name| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "+#._-".contains(c))
        }),
        _ => false,
    }
}

pub(crate) fn assert_harmless(html: &str, given: &str) {
    let context = QualName::new(None, ns!(html), local_name!("body"));
    let dom = parse_fragment(
        RcDom::default(),
        Default::default(),
        context,
        Vec::new(),
        false,
    )
    .one(html);
    assert_harmless_node(&dom.document, html, given);
}

fn assert_harmless_node(node: &Handle, html: &str, given: &str) {
    match &node.data {
        NodeData::Document => {}
        NodeData::Element { name, attrs, .. } => {
            let element = &*name.local;
            let listed = ELEMENTS.contains(&format!(" {element} "));
            assert!(listed, "<{element}> from {given:?}: {html}");
            for attribute in attrs.borrow().iter() {
                let (name, value) = (&*attribute.name.local, &*attribute.value);
                let allowed = is_allowed_attribute(element, name, value);
                assert!(allowed, "{name}={value:?} from {given:?}: {html}");
            }
        }
        NodeData::Text { contents } => {
            let contents = contents.borrow();
            let control = contents.contains(|c: char| c.is_control() && c != '\n' && c != '\t');
            assert!(!control, "{given:?}");
        }
        other => panic!("{other:?} from {given:?}: {html}"),
    }
    for child in node.children.borrow().iter() {
        assert_harmless_node(child, html, given);
    }
}
