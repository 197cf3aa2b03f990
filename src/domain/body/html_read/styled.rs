//! Styles that elements have by their `style` attribute, from their start to their end: HTML leaves out many end tags (HTML,
//! section 13.1.2.4).

use super::super::blocks::Style;
use super::super::warnings::Change;
use super::HtmlReader;
use super::attributes::Attributes;
use super::elements::{css_styles, is_block};

/// Elements that are followed at once.
const MAX_OPEN: usize = 100;

/// An open element, and the styles that it has by its attribute.
pub(super) struct Styled {
    name: &'static str,
    styles: Vec<Style>,
}

impl HtmlReader {
    /// Ends the styles of the elements that the start of another ends.
    pub(super) fn end_implied(&mut self, tag: &[u8]) {
        let (names, around): (&[&str], &[&str]) = match tag {
            b"li" => (&["li"], &["ul", "ol"]),
            b"dt" | b"dd" => (&["dt", "dd"], &["dl"]),
            b"td" | b"th" => (&["td", "th"], &["table"]),
            b"tr" | b"thead" | b"tbody" | b"tfoot" => (&["tr", "td", "th"], &["table"]),
            _ => (&[], &[]),
        };
        let open = self.styled.iter().rev();
        let count = open.take_while(|open| !around.contains(&open.name)).count();
        let floor = self.styled.len() - count;
        let ended = self.styled[floor..].iter();
        if let Some(at) = ended.clone().position(|open| names.contains(&open.name)) {
            self.end_styles_from(floor + at);
        }
        if !is_block(tag) {
            return;
        }
        let inline = self.styled.iter().rev();
        let inline = inline.take_while(|open| !is_block(open.name.as_bytes()) || open.name == "p");
        let count = inline.count();
        let floor = self.styled.len() - count;
        let paragraph = self.styled[floor..]
            .iter()
            .position(|open| open.name == "p");
        if let Some(at) = paragraph {
            self.end_styles_from(floor + at);
        }
    }

    /// Opens the styles that an element has by its attribute.
    pub(super) fn start_styles(&mut self, tag: &[u8], attributes: &Attributes) {
        let Some(name) = followed(tag).filter(|_| self.styled.len() < MAX_OPEN) else {
            return;
        };
        let css = attributes.get("style").map(css_styles).unwrap_or_default();
        let mut styles = css.styles;
        // A heading is bold as it is.
        let is_bold = matches!(
            name,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "th" | "b" | "strong"
        );
        styles.retain(|style| *style != Style::Strong || !is_bold);
        styles
            .iter()
            .for_each(|style| self.builder.open_style(*style));
        if css.is_underlined && !self.builder.is_in_link() {
            let warnings = &mut self.builder.warnings;
            warnings.add(Change::ElementUnwrapped, "underlined text", "plain text");
        }
        self.styled.push(Styled { name, styles });
    }

    /// Ends the styles of an element that has an end tag.
    pub(super) fn end_styles(&mut self, tag: &[u8]) {
        let mut open = self.styled.iter();
        if let Some(at) = open.rposition(|open| open.name.as_bytes() == tag) {
            self.end_styles_from(at);
        }
    }

    fn end_styles_from(&mut self, at: usize) {
        for style in self.styled.drain(at..).flat_map(|open| open.styles) {
            self.builder.close_style(style);
        }
    }
}

/// The name of an element whose end is known.
fn followed(tag: &[u8]) -> Option<&'static str> {
    const NAMES: [&str; 49] = [
        "span",
        "font",
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "td",
        "th",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "a",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "ins",
        "mark",
        "small",
        "label",
        "blockquote",
        "section",
        "article",
        "main",
        "header",
        "footer",
        "aside",
        "center",
        "dl",
        "dt",
        "dd",
        "figcaption",
        "caption",
        "address",
        "cite",
        "sub",
        "sup",
        "s",
        "del",
        "summary",
        "details",
        "abbr",
    ];
    NAMES.into_iter().find(|name| name.as_bytes() == tag)
}
