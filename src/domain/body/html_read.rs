//! HTML into a tree: a WHATWG tokenizer reads the tags, an allow-list says what each means to the builder.
//!
//! The tokenizer (html5gum) alone is used and no tree construction: the builder makes a smaller tree than HTML's, the
//! output is written from that tree and never copied from the input, so a parser's and our reading of broken markup may
//! differ in shape but never in safety. It also keeps the time linear, which HTML's adoption agency is not.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::blocks::Style;
use super::builder::Builder;

/// The attributes that mean something, of the tag that is being read.
#[derive(Default)]
struct Attributes {
    class: Option<String>,
    href: Option<String>,
    src: Option<String>,
    alt: Option<String>,
    title: Option<String>,
    width: Option<String>,
    height: Option<String>,
    start: Option<String>,
}

impl Attributes {
    fn slot(&mut self, name: &[u8]) -> Option<&mut Option<String>> {
        Some(match name {
            b"class" => &mut self.class,
            b"href" => &mut self.href,
            b"src" => &mut self.src,
            b"alt" => &mut self.alt,
            b"title" => &mut self.title,
            b"width" => &mut self.width,
            b"height" => &mut self.height,
            b"start" => &mut self.start,
            _ => return None,
        })
    }
}

/// An element whose content is being dropped, and how many of its name are open.
struct Dropped {
    name: &'static str,
    open: usize,
}

/// Reads HTML, in one piece or in several, into a builder.
pub(super) struct HtmlReader {
    pub(super) builder: Builder,
    tag: Vec<u8>,
    attributes: Attributes,
    attribute: Vec<u8>,
    dropped: Option<Dropped>,
}

impl HtmlReader {
    pub(super) fn new() -> Self {
        Self {
            builder: Builder::new(),
            tag: Vec::new(),
            attributes: Attributes::default(),
            attribute: Vec::new(),
            dropped: None,
        }
    }

    /// Reads a piece of HTML; no tag runs from one piece into the next, but open elements do.
    pub(super) fn read(&mut self, html: &str) {
        let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| {
            self.event(event);
            None::<Infallible>
        });
        emitter.naively_switch_states(true);
        let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish();
    }

    /// Whether what is met now belongs to an element that is dropped.
    pub(super) fn is_dropping(&self) -> bool {
        self.dropped.is_some()
    }

    fn event(&mut self, event: CallbackEvent<'_>) {
        if self.builder.has_failed() {
            return;
        }
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag.clear();
                self.tag.extend(name);
                self.attributes = Attributes::default();
            }
            CallbackEvent::AttributeName { name } => self.name_attribute(name),
            CallbackEvent::AttributeValue { value } => self.set_attribute(value),
            CallbackEvent::CloseStartTag { self_closing } => self.start_tag(self_closing),
            CallbackEvent::EndTag { name } => self.end_tag(name),
            CallbackEvent::String { value } if !self.is_dropping() => {
                self.builder.text(&String::from_utf8_lossy(value));
            }
            _ => {}
        }
    }

    /// Of attributes with the same name the first counts (HTML, section 13.2.5.33).
    fn name_attribute(&mut self, name: &[u8]) {
        self.attribute.clear();
        if let Some(slot @ None) = self.attributes.slot(name) {
            *slot = Some(String::new());
            self.attribute.extend(name);
        }
    }

    fn set_attribute(&mut self, value: &[u8]) {
        if let Some(slot) = self.attributes.slot(&self.attribute) {
            *slot = Some(String::from_utf8_lossy(value).into_owned());
        }
    }

    fn start_tag(&mut self, self_closing: bool) {
        let tag = std::mem::take(&mut self.tag);
        if self.starts_dropped(&tag, self_closing) {
            return;
        }
        let builder = &mut self.builder;
        let attributes = std::mem::take(&mut self.attributes);
        if let Some(style) = style(&tag) {
            start_style(builder, style, &attributes);
        } else if !start_inline(builder, &tag, &attributes)
            && !start_block(builder, &tag, &attributes)
            && is_block(&tag)
        {
            builder.boundary();
        }
    }

    /// Whether the tag, or what it stands in, is dropped.
    fn starts_dropped(&mut self, tag: &[u8], self_closing: bool) -> bool {
        if let Some(dropped) = &mut self.dropped {
            // HTML elements end foreign content (HTML, section 13.2.6.5), so an unclosed <svg> costs no text.
            if matches!(dropped.name, "svg" | "math") && (is_block(tag) || tag == b"img") {
                self.dropped = None;
                return false;
            }
            dropped.open += usize::from(dropped.name.as_bytes() == tag && !self_closing);
            return true;
        }
        let Some((name, is_void)) = dropped_element(tag) else {
            return false;
        };
        self.builder.altered.removed_tags.insert(name);
        let closed = is_void || self_closing && matches!(name, "svg" | "math");
        self.dropped = (!closed).then_some(Dropped { name, open: 1 });
        true
    }

    fn end_tag(&mut self, tag: &[u8]) {
        if let Some(dropped) = &mut self.dropped {
            if dropped.name.as_bytes() == tag {
                dropped.open -= 1;
            }
            if dropped.open == 0 {
                self.dropped = None;
            }
            return;
        }
        let builder = &mut self.builder;
        if let Some(style) = style(tag) {
            builder.close_style(style);
        } else if tag == b"a" {
            builder.close_link();
        } else if !end_block(builder, tag) && is_block(tag) {
            builder.boundary();
        }
    }
}

fn style(tag: &[u8]) -> Option<Style> {
    Some(match tag {
        b"strong" | b"b" => Style::Strong,
        b"em" | b"i" => Style::Em,
        b"del" | b"s" | b"strike" => Style::Del,
        b"sub" => Style::Sub,
        b"sup" => Style::Sup,
        b"code" | b"kbd" | b"samp" | b"tt" => Style::Code,
        _ => return None,
    })
}

fn start_style(builder: &mut Builder, style: Style, attributes: &Attributes) {
    if style == Style::Code {
        builder.name_language(attributes.class.as_deref().and_then(language));
    }
    builder.open_style(style);
}

fn start_inline(builder: &mut Builder, tag: &[u8], attributes: &Attributes) -> bool {
    match tag {
        b"a" => match &attributes.href {
            Some(href) => builder.open_link(href, attributes.title.as_deref()),
            None => builder.close_link(),
        },
        b"br" => builder.line_break(),
        b"img" | b"image" => builder.image(
            attributes.src.as_deref().unwrap_or(""),
            attributes.alt.as_deref().unwrap_or(""),
            attributes.width.as_deref().and_then(pixels),
            attributes.height.as_deref().and_then(pixels),
        ),
        _ => return false,
    }
    true
}

fn start_block(builder: &mut Builder, tag: &[u8], attributes: &Attributes) -> bool {
    match tag {
        b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => builder.open_heading(tag[1] - b'0'),
        b"ul" | b"menu" | b"dir" => builder.open_list(false, None),
        b"ol" => builder.open_list(
            true,
            attributes
                .start
                .as_deref()
                .and_then(|start| start.trim().parse().ok()),
        ),
        b"li" => builder.open_item(),
        b"blockquote" => builder.open_quote(),
        b"figure" => builder.open_figure(),
        b"figcaption" => builder.open_caption(),
        b"pre" | b"listing" => builder.open_pre(attributes.class.as_deref().and_then(language)),
        b"hr" => builder.rule(),
        b"table" => builder.open_table(),
        b"thead" => builder.table_part(true),
        b"tbody" | b"tfoot" => builder.table_part(false),
        b"tr" => builder.open_row(),
        b"th" => builder.open_cell(true),
        b"td" => builder.open_cell(false),
        _ => return false,
    }
    true
}

fn end_block(builder: &mut Builder, tag: &[u8]) -> bool {
    match tag {
        b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => builder.close_heading(),
        b"ul" | b"ol" | b"menu" | b"dir" => builder.close_list(),
        b"li" => builder.close_item(),
        b"blockquote" => builder.close_quote(),
        b"figure" => builder.close_figure(),
        b"figcaption" => builder.close_caption(),
        b"pre" | b"listing" => builder.close_pre(),
        b"table" => builder.close_table(),
        b"thead" | b"tbody" | b"tfoot" => builder.table_part(false),
        b"tr" => builder.close_row(),
        b"th" | b"td" => builder.close_cell(),
        _ => return false,
    }
    true
}

/// Elements that are unwrapped but part paragraphs, and the ones that have a meaning of their own.
fn is_block(tag: &[u8]) -> bool {
    const NAMES: [&str; 56] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "listing",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "p",
        "plaintext",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "xmp",
        "frameset",
        "noframes",
        "frame",
    ];
    std::str::from_utf8(tag).is_ok_and(|tag| NAMES.contains(&tag))
}

/// Elements that are dropped with their content, and whether they have any.
fn dropped_element(tag: &[u8]) -> Option<(&'static str, bool)> {
    const WITH_CONTENT: [&str; 20] = [
        "script", "style", "iframe", "noscript", "object", "applet", "svg", "math", "canvas",
        "audio", "video", "template", "select", "datalist", "button", "textarea", "title",
        "noembed", "noframes", "frameset",
    ];
    const VOID: [&str; 3] = ["embed", "input", "frame"];
    let find = |names: &'static [&str]| names.iter().find(|name| name.as_bytes() == tag).copied();
    find(&WITH_CONTENT)
        .map(|name| (name, false))
        .or_else(|| find(&VOID).map(|name| (name, true)))
}

/// The language of a `language-*` class (HTML, section 4.5.15), cut to the characters that a name has.
pub(super) fn language(class: &str) -> Option<String> {
    class.split_ascii_whitespace().find_map(|name| {
        let name = name
            .strip_prefix("language-")
            .or_else(|| name.strip_prefix("lang-"))?;
        language_name(name)
    })
}

/// The part of `raw` that can be a language's name, at most 40 characters.
pub(super) fn language_name(raw: &str) -> Option<String> {
    let is_part = |c: &char| c.is_ascii_alphanumeric() || "+#._-".contains(*c);
    let name: String = raw.trim().chars().take_while(is_part).take(40).collect();
    (!name.is_empty()).then_some(name)
}

/// A length in CSS pixels: `640` or `640px`, but no percentage.
fn pixels(raw: &str) -> Option<u32> {
    let digits: Cow<'_, str> = raw.trim().trim_end_matches("px").into();
    digits
        .parse()
        .ok()
        .filter(|pixels| (1..=100_000).contains(pixels))
}
