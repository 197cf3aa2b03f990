//! Bounds of nesting. Whatever builds or reads a tree of elements looks, for each of them, at all that are open around it.
//!
//! Elements that lie deeper than [`DEPTH_MAX`] are put beside each other, as browsers do from 512 on, and formatting elements
//! end with the block that they began in: HTML opens those without an end tag again in each block that follows (HTML, section
//! 13.2.4.3). Text and its order stay.

use std::collections::HashMap;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// Elements within one another.
const DEPTH_MAX: usize = 128;

/// Formatting elements without an end tag.
const UNENDED_MAX: usize = 16;

/// Open elements that are looked at for one that a tag ends.
const REACH: usize = 64;

const VOID: [&[u8]; 16] = [
    b"area", b"base", b"br", b"col", b"embed", b"frame", b"hr", b"image", b"img", b"input",
    b"link", b"meta", b"param", b"source", b"track", b"wbr",
];

const FORMATTING: [&[u8]; 14] = [
    b"a", b"b", b"big", b"code", b"em", b"font", b"i", b"nobr", b"s", b"small", b"strike",
    b"strong", b"tt", b"u",
];

/// Elements in a line of text, beside the formatting ones.
const INLINE: [&[u8]; 10] = [
    b"abbr", b"cite", b"del", b"ins", b"label", b"mark", b"q", b"span", b"sub", b"sup",
];

/// Elements whose content is text as it stands.
const RAW: [&[u8]; 7] = [
    b"script",
    b"style",
    b"iframe",
    b"noembed",
    b"noframes",
    b"xmp",
    b"plaintext",
];

/// The page with its nesting bounded; `None` where it is so already.
pub(super) fn bounded(html: &str) -> Option<String> {
    let nesting = read(html, true);
    (nesting.is_deep || nesting.unended > UNENDED_MAX).then_some(nesting.out)
}

fn read(html: &str, has_raw_text: bool) -> Nesting {
    let mut nesting = Nesting::default();
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| {
        nesting.event(event);
        None::<Infallible>
    });
    emitter.naively_switch_states(has_raw_text);
    let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish();
    nesting.pop_to(0);
    nesting
}

#[derive(Default)]
struct Nesting {
    out: String,
    open: Vec<Vec<u8>>,
    /// Number of open elements of each name.
    counts: HashMap<Vec<u8>, usize>,
    name: Vec<u8>,
    /// The start tag that is being read, as it is written.
    tag: String,
    has_attribute: bool,
    /// The innermost element below the bound whose tag waits for content, and its place.
    waiting: Option<(usize, String)>,
    /// The place of the element below the bound whose tag is written.
    shown: Option<usize>,
    is_deep: bool,
    /// Formatting elements that ended without an end tag.
    unended: usize,
}

impl Nesting {
    fn event(&mut self, event: CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.name = name.to_vec();
                self.tag = format!("<{}", String::from_utf8_lossy(name));
            }
            CallbackEvent::AttributeName { name } => {
                self.end_attribute();
                self.tag.push(' ');
                self.tag.push_str(&String::from_utf8_lossy(name));
                self.has_attribute = true;
            }
            CallbackEvent::AttributeValue { value } => {
                let value = String::from_utf8_lossy(value);
                let value = value.replace('&', "&amp;").replace('"', "&quot;");
                self.tag.push_str(&format!("=\"{value}\""));
                self.has_attribute = false;
            }
            CallbackEvent::CloseStartTag { self_closing } => self.start(self_closing),
            CallbackEvent::EndTag { name } => self.end(name),
            CallbackEvent::String { value } => self.text(&String::from_utf8_lossy(value)),
            _ => {}
        }
    }

    fn end_attribute(&mut self) {
        if std::mem::take(&mut self.has_attribute) {
            self.tag.push_str("=\"\"");
        }
    }

    fn start(&mut self, self_closing: bool) {
        self.end_attribute();
        self.tag.push('>');
        let (name, tag) = (
            std::mem::take(&mut self.name),
            std::mem::take(&mut self.tag),
        );
        if let Some(at) = self.ended_by(&name) {
            self.pop_to(at);
        }
        let is_foreign = || [&b"svg"[..], b"math"].iter().any(|name| self.is_open(name));
        if VOID.contains(&name.as_slice()) {
            self.content();
            self.out.push_str(&tag);
        } else if self_closing && is_foreign() {
            self.content();
            self.out.push_str(&tag);
            self.end_tag_of(&name);
        } else {
            self.push(name, tag);
        }
    }

    fn push(&mut self, name: Vec<u8>, tag: String) {
        if self.open.len() < DEPTH_MAX {
            self.out.push_str(&tag);
        } else {
            self.is_deep = true;
            self.waiting = Some((self.open.len(), tag));
        }
        *self.counts.entry(name.clone()).or_default() += 1;
        self.open.push(name);
    }

    /// The place of the open element that the start of another ends (HTML, section 13.1.2.4).
    fn ended_by(&self, name: &[u8]) -> Option<usize> {
        let (ended, around): (&[&[u8]], &[&[u8]]) = match name {
            b"li" => (&[b"li"], &[b"ul", b"ol", b"menu"]),
            b"dt" | b"dd" => (&[b"dt", b"dd"], &[b"dl"]),
            b"td" | b"th" => (&[b"td", b"th"], &[b"tr", b"table"]),
            b"tr" => (&[b"tr"], &[b"table"]),
            b"tbody" | b"thead" | b"tfoot" => (&[b"tbody", b"thead", b"tfoot"], &[b"table"]),
            b"option" => (&[b"option"], &[b"select"]),
            _ if is_inline(name) || VOID.contains(&name) && name != b"hr" => return None,
            _ => (&[b"p"], &[b"table", b"td", b"th", b"caption", b"button"]),
        };
        let innermost = self.open.iter().enumerate().rev().take(REACH);
        let mut within = innermost.take_while(|(_, open)| !around.contains(&open.as_slice()));
        let found = within.find(|(_, open)| ended.contains(&open.as_slice()));
        found.map(|(at, _)| at)
    }

    /// An end tag; one of a formatting element does not end the blocks that have begun in it.
    fn end(&mut self, name: &[u8]) {
        if !self.is_open(name) {
            return;
        }
        let at = self.open.iter().rposition(|open| open == name);
        let Some(at) = at else { return };
        let holds_block = || self.open[at + 1..].iter().any(|open| !is_inline(open));
        if !(is_inline(name) && self.open.len() - at <= REACH && holds_block()) {
            self.pop_to(at + 1);
            self.pop();
        }
    }

    fn is_open(&self, name: &[u8]) -> bool {
        self.counts.get(name).is_some_and(|count| *count > 0)
    }

    /// Ends the elements from a place on.
    fn pop_to(&mut self, place: usize) {
        while self.open.len() > place {
            let name = self.open.last().map_or(&[][..], Vec::as_slice);
            let is_unended = name != b"a" && FORMATTING.contains(&name);
            self.unended += usize::from(is_unended);
            self.pop();
        }
    }

    fn pop(&mut self) {
        let Some(name) = self.open.pop() else { return };
        let place = self.open.len();
        if let Some(count) = self.counts.get_mut(&name) {
            *count -= 1;
        }
        self.waiting.take_if(|(at, _)| *at == place);
        if place < DEPTH_MAX || self.shown.take_if(|at| *at == place).is_some() {
            self.end_tag_of(&name);
        }
    }

    fn end_tag_of(&mut self, name: &[u8]) {
        self.out.push_str("</");
        self.out.push_str(&String::from_utf8_lossy(name));
        self.out.push('>');
    }

    fn text(&mut self, text: &str) {
        if !text.trim_ascii().is_empty() {
            self.content();
        }
        let around = self.open.last().map_or(&[][..], Vec::as_slice);
        if around == b"noscript" {
            // Its text is markup where scripts do not run.
            let inner = read(text, false);
            self.is_deep |= inner.is_deep;
            self.unended += inner.unended;
            self.out.push_str(&inner.out);
        } else if RAW.contains(&around) {
            self.out.push_str(text);
        } else {
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            self.out.push_str(&text);
        }
    }

    /// Content comes: writes the tag that waits for it, in place of the last one below the bound.
    fn content(&mut self) {
        let Some((place, tag)) = self.waiting.take() else {
            return;
        };
        if let Some(name) = self.shown.take().and_then(|at| self.open.get(at)).cloned() {
            self.end_tag_of(&name);
        }
        self.out.push_str(&tag);
        self.shown = Some(place);
    }
}

fn is_inline(name: &[u8]) -> bool {
    FORMATTING.contains(&name) || INLINE.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_usual_depth_stay_as_they_are() {
        let item = "<li><p>One <b>two <i>three</i></b><p>Four";
        for html in [
            format!("<ul>{}</ul>", item.repeat(5_000)),
            format!("<table>{}</table>", "<tr><td>1<td>2".repeat(5_000)),
            "<div>".repeat(DEPTH_MAX) + "text",
            "<p><font size=2>One</p>".repeat(UNENDED_MAX),
        ] {
            assert_eq!(bounded(&html), None, "{}", &html[..60]);
        }
    }

    #[test]
    fn what_lies_deeper_is_put_beside_each_other() {
        let depth = DEPTH_MAX + 3;
        let html = format!(
            "{}<b>a</b>{}<p>b &amp; c",
            "<div>".repeat(depth),
            "</div>".repeat(depth)
        );
        let (open, ended) = ("<div>".repeat(DEPTH_MAX), "</div>".repeat(DEPTH_MAX));
        let expected = format!("{open}<b>a</b>{ended}<p>b &amp; c</p>");
        assert_eq!(bounded(&html), Some(expected));
        let html = format!("{open}<p id=\"x\">a<br><div>b</div>c{}", "</div>".repeat(9));
        let expected = format!("{open}<p id=\"x\">a<br></p><div>b</div>c{ended}");
        assert_eq!(bounded(&html), Some(expected));
    }

    #[test]
    fn formatting_ends_with_its_block() {
        let html = "<p><font size=2>a</p>".repeat(UNENDED_MAX + 1);
        let expected = "<p><font size=\"2\">a</font></p>".repeat(UNENDED_MAX + 1);
        assert_eq!(bounded(&html), Some(expected));
    }

    #[test]
    fn scripts_stay_and_the_text_of_noscript_is_markup() {
        let html = format!(
            "<script>a < b && \"</div>\"</script><noscript>{}x</noscript>",
            "<i>".repeat(DEPTH_MAX + 1)
        );
        let read = bounded(&html).unwrap();
        assert!(
            read.starts_with("<script>a < b && \"</div>\"</script><noscript><i><i>"),
            "{read}"
        );
        assert_eq!(read.matches("<i>").count(), DEPTH_MAX + 1);
    }
}
