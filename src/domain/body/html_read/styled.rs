//! Styles that elements have by their `style` attribute, from their start to their end: HTML leaves out many end tags (HTML,
//! section 13.1.2.4).

use super::super::blocks::Style;
use super::super::warnings::Change;
use super::HtmlReader;
use super::attributes::Attributes;
use super::elements::{code_language, css_styles, is_block, level_sign};
use super::open::Styled;

/// Elements that are followed at once.
const MAX_OPEN: usize = 100;

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
        if !names.is_empty() {
            let is_within = |open: &&Styled| !around.contains(&open.name);
            self.end_first(is_within, |open| names.contains(&open.name));
        }
        if is_block(tag) {
            let is_within = |open: &&Styled| !open.is_block || open.name == "p";
            self.end_first(is_within, |open| open.name == "p");
        }
    }

    /// Ends the outermost of some elements among the innermost of a kind, and all that is open in it.
    fn end_first(&mut self, is_within: impl Fn(&&Styled) -> bool, is: impl Fn(&Styled) -> bool) {
        let innermost = self.styled.iter().rev().take_while(is_within);
        let floor = self.styled.len() - innermost.count();
        if let Some(at) = self.styled[floor..].iter().position(is) {
            self.end_styles_from(floor + at);
        }
    }

    /// Opens the style that an element has by its name.
    pub(super) fn start_style(&mut self, tag: &[u8], style: Style, attributes: &Attributes) {
        let is_off = || css_styles(attributes.get("style").unwrap_or("")).bold == Some(false);
        if self.builder.is_preformatted() && style != Style::Code {
            let (what, into) = ("emphasis in preformatted text", "plain text");
            let warnings = &mut self.builder.warnings;
            warnings.add(Change::ElementUnwrapped, what, into);
        }
        if let Some(sign) = level_sign(style).filter(|_| self.builder.has_text_of(style)) {
            self.converted(
                "<sup> or <sub> within itself",
                "one level with ^ or _ in it",
            );
            self.builder.text(sign);
        }
        if style == Style::Code {
            self.builder.name_language(code_language(attributes));
        }
        // Google Docs puts a whole text into a <b> that is not bold.
        if tag != b"b" || !is_off() {
            self.builder.open_style(style);
        }
    }

    /// Opens the styles that an element has by its attribute.
    pub(super) fn start_styles(&mut self, tag: &[u8], attributes: &Attributes) {
        let Some(name) = followed(tag).filter(|_| self.styled.len() < MAX_OPEN) else {
            if is_heading_by_role(tag, attributes) {
                let (what, warnings) = ("a heading by its role", &mut self.builder.warnings);
                warnings.add(Change::ElementUnwrapped, what, "plain text");
            }
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
        let is_block = is_block(tag);
        let is_heading = is_heading_by_role(tag, attributes);
        if is_heading {
            self.heading(tag, attributes);
        }
        self.styled.push(Styled {
            name,
            is_block,
            styles,
            is_heading,
            keeps_lines: css.keeps_lines.or((name == "textarea").then_some(true)),
        });
    }

    /// True if a line end in the source is a line break here.
    pub(super) fn keeps_lines(&self) -> bool {
        let mut open = self.styled.iter().rev();
        open.find_map(|open| open.keeps_lines) == Some(true)
    }

    /// Text whose line ends are line breaks. White space between blocks shows none.
    pub(super) fn lines(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 && self.builder.last_char().is_some() {
                self.builder.line_break();
            }
            self.builder.text(line);
        }
    }

    /// Ends the styles of an element that has an end tag.
    pub(super) fn end_styles(&mut self, tag: &[u8]) {
        let mut open = self.styled.iter();
        if let Some(at) = open.rposition(|open| open.name.as_bytes() == tag) {
            self.end_styles_from(at);
        }
    }

    fn end_styles_from(&mut self, at: usize) {
        for open in self.styled.drain(at..).rev() {
            let styles = open.styles.into_iter();
            styles.for_each(|style| self.builder.close_style(style));
            if open.is_heading {
                self.builder.close_heading();
            }
        }
    }
}

/// True if an element that is no heading by its name is one.
fn is_heading_by_role(tag: &[u8], attributes: &Attributes) -> bool {
    attributes.has_role("heading") && !matches!(tag, [b'h', b'1'..=b'6'])
}

/// The name of an element whose end is known.
fn followed(tag: &[u8]) -> Option<&'static str> {
    const NAMES: [&str; 50] = [
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
        "textarea",
    ];
    NAMES.into_iter().find(|name| name.as_bytes() == tag)
}
