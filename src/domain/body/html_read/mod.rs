//! HTML into a tree: a WHATWG tokenizer reads the tags, an allow-list says what each means to the builder.
//!
//! The tokenizer (html5gum) alone is used and no tree construction: the builder makes a smaller tree than HTML's, the
//! output is written from that tree and never copied from the input, so a parser's and our reading of broken markup may
//! differ in shape but never in safety. It also keeps the time linear, which HTML's adoption agency is not.

mod attributes;
mod classes;
mod dropped;
mod elements;
mod embeds;
mod hidden;
mod ids;
mod inline;
mod math;
mod open;
mod outline;
mod pictures;
mod placeholders;
mod readings;
mod ruby;
mod standing_in;
mod styled;
mod terms;

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::builder::{Builder, TablePart};
use super::typography::Typography;
use super::warnings::Change;
use attributes::Attributes;
use classes::{figure_kind, post};
pub(super) use elements::language_name;
use elements::{code_language, is_block, is_fallback, parts_box, style, unwrapped};
use hidden::End;
use open::{Dropped, Images, Noscript, Outline, Region, Styled};
use placeholders::{Graphic, Placeholder};
use ruby::Ruby;

/// Reads HTML, in one piece or in several, into a builder.
pub(super) struct HtmlReader {
    pub(super) builder: Builder,
    tag: Vec<u8>,
    attributes: Attributes,
    dropped: Option<Dropped>,
    /// The `noscript` that is being read.
    noscript: Option<Noscript>,
    /// True if a term of a list or a summary is open.
    is_in_term: bool,
    /// The value of the open gauge; empty where its text shows it.
    gauge: Option<String>,
    /// The address of what was embedded last in the open `object`.
    object: Option<String>,
    /// The player of AMP that is open, if its address may stand in it.
    player: Option<&'static str>,
    /// `q` elements that are open.
    quotations: usize,
    /// Texts with readings that are open, each within the one before.
    rubies: Vec<Ruby>,
    /// The box of a form that waits for its text.
    waiting_box: Option<&'static str>,
    /// The list of paragraphs that is open.
    outline: Outline,
    /// The element that nothing has followed yet, if a script may show something in its place.
    just_opened: Option<Placeholder>,
    /// The graphic of Tableau that is open.
    graphic: Option<Graphic>,
    /// True if the box that waits is the state of an item.
    is_box_of_item: bool,
    /// The open elements that may have styles by an attribute.
    styled: Vec<Styled>,
    regions: Vec<Region>,
    /// The element that is a caption by its class, while it is open.
    caption: Option<&'static str>,
    images: Images,
}

impl HtmlReader {
    pub(super) fn new(typography: Typography) -> Self {
        Self {
            builder: Builder::new(typography),
            tag: Vec::new(),
            attributes: Attributes::default(),
            dropped: None,
            noscript: None,
            is_in_term: false,
            gauge: None,
            object: None,
            player: None,
            quotations: 0,
            rubies: Vec::new(),
            waiting_box: None,
            outline: Outline::default(),
            just_opened: None,
            graphic: None,
            is_box_of_item: false,
            styled: Vec::new(),
            regions: Vec::new(),
            caption: None,
            images: Images::default(),
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

    /// Ends what is open.
    pub(super) fn finish(mut self) -> Builder {
        if let Some(dropped) = self.dropped.take() {
            self.end_dropped(dropped);
        }
        self.end_signs();
        self.end_graphic();
        self.show_box();
        self.tell_missing_image();
        self.builder
    }

    /// Reads HTML that stands in another notation. In an element whose text is no markup, its end tag alone is one.
    pub(super) fn read_within(&mut self, html: &str) {
        let markup = match &mut self.dropped {
            Some(dropped) if dropped.is_raw() => {
                let (text, markup) = html.split_at(dropped.end_in(html));
                dropped.text(text);
                markup
            }
            _ => html,
        };
        self.read(markup);
    }

    /// An element begins.
    pub(super) fn open(&mut self, tag: &str, attributes: &[(&'static str, &str)]) {
        self.element(tag.as_bytes(), &Attributes::of(attributes), false);
    }

    /// An element ends.
    pub(super) fn close(&mut self, tag: &str) {
        self.end_tag(tag.as_bytes());
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
            CallbackEvent::AttributeName { name } => self.attributes.name(name),
            CallbackEvent::AttributeValue { value } => self.attributes.value(value),
            CallbackEvent::CloseStartTag { self_closing } => self.start_tag(self_closing),
            CallbackEvent::EndTag { name } => self.end_tag(name),
            CallbackEvent::String { value } => self.text(&String::from_utf8_lossy(value)),
            _ => {}
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(dropped) = &mut self.dropped {
            return dropped.text(text);
        }
        if let Some(noscript) = &mut self.noscript {
            return noscript.text(text);
        }
        if self.bracket_text(text) || self.outline_text(text) {
            return;
        }
        if !text.trim_ascii().is_empty() {
            self.just_opened = None;
            self.images.just_placed = false;
            self.tell_missing_image();
            self.begin_reading();
            self.show_box();
            self.gauge.as_mut().map(String::clear);
        }
        if self.keeps_lines() && !self.builder.is_preformatted() {
            return self.lines(text);
        }
        self.builder.text(text);
    }

    fn start_tag(&mut self, self_closing: bool) {
        let tag = std::mem::take(&mut self.tag);
        let attributes = std::mem::take(&mut self.attributes);
        self.element(&tag, &attributes, self_closing);
    }

    fn element(&mut self, tag: &[u8], attributes: &Attributes, self_closing: bool) {
        if self.starts_dropped(tag, attributes, self_closing) {
            return;
        }
        self.images.just_placed = false;
        self.tell_missing_image();
        if is_block(tag) {
            self.end_signs();
        }
        if parts_box(tag) {
            self.show_box();
        }
        self.end_implied(tag);
        self.start_outline(tag, attributes);
        self.just_opened = Placeholder::of(tag, attributes);
        // The id of what becomes a block of its own at once is of that block.
        if !is_block(tag) {
            self.take_ids(tag, attributes);
        }
        self.start_element(tag, attributes);
        self.start_styles(tag, attributes);
        self.tell_attributes(tag, attributes);
        self.background(tag, attributes);
        if is_block(tag) {
            self.take_ids(tag, attributes);
        }
    }

    fn start_element(&mut self, tag: &[u8], attributes: &Attributes) {
        if let Some(style) = style(tag) {
            self.start_style(tag, style, attributes);
        } else if !self.start_region(tag, attributes)
            && !self.start_inline(tag, attributes)
            && !self.start_sign(tag, attributes)
            && !self.start_term(tag, attributes)
            && !self.start_embed(tag, attributes)
            && !self.start_block(tag, attributes)
            && is_block(tag)
        {
            self.builder.boundary();
        }
        if let Some(what) = unwrapped(tag) {
            let warnings = &mut self.builder.warnings;
            warnings.add(Change::ElementUnwrapped, what, "plain text");
        }
        match tag {
            b"abbr" => self.tell_title("the title of <abbr>", attributes),
            b"acronym" => self.tell_title("the title of <acronym>", attributes),
            b"dfn" => self.tell_title("the title of <dfn>", attributes),
            // Of a link and of a picture it stays, or is told.
            b"a" | b"img" | b"image" | b"amp-img" | b"object" | b"embed" | b"input" => {}
            _ => self.tell_title("the title of an element", attributes),
        }
    }

    fn end_tag(&mut self, tag: &[u8]) {
        if let Some(dropped) = &mut self.dropped {
            let end = dropped.end(tag);
            if end != End::Later
                && let Some(dropped) = self.dropped.take()
            {
                self.end_dropped(dropped);
            }
            if end != End::Before {
                return;
            }
        }
        if self.noscript.is_some() {
            return;
        }
        if is_block(tag) {
            self.end_signs();
        }
        if parts_box(tag) {
            self.show_box();
        }
        self.end_styles(tag);
        self.end_of_marker(tag);
        self.end_placeholder(tag);
        if let Some(style) = style(tag) {
            self.builder.close_style(style);
        } else if tag == b"a" {
            self.builder.close_link();
        } else if !self.end_sign(tag)
            && !self.end_inline(tag)
            && !self.end_of_term(tag)
            && !self.end_block(tag)
            && is_block(tag)
        {
            self.builder.boundary();
        }
        self.end_region(tag);
    }

    fn start_inline(&mut self, tag: &[u8], attributes: &Attributes) -> bool {
        match tag {
            b"a" => self.link(attributes),
            b"br" => self.builder.line_break(),
            b"amp-img" if is_fallback(attributes) => self.fallback(attributes),
            b"img" | b"image" | b"amp-img" => self.picture(attributes),
            b"picture" => self.images.source = Some(None),
            b"source" if self.player.is_some() => self.source_of_player(attributes),
            b"source" => self.source(attributes),
            b"area" => self.area(attributes),
            b"base" => self.builder.set_base(attributes.filled("href")),
            _ => return false,
        }
        true
    }

    fn end_inline(&mut self, tag: &[u8]) -> bool {
        match tag {
            b"picture" => self.end_picture(),
            b"amp-video" | b"amp-audio" => self.end_player(),
            b"object" => {
                self.object = None;
                self.end_graphic();
            }
            _ => return false,
        }
        true
    }

    fn start_block(&mut self, tag: &[u8], attributes: &Attributes) -> bool {
        let builder = &mut self.builder;
        match tag {
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => self.heading(tag, attributes),
            b"ul" | b"menu" | b"dir" => builder.open_list(false, None, false),
            b"ol" => self.ordered_list(attributes),
            b"li" => {
                match attributes.filled("data-list") {
                    Some("bullet" | "checked" | "unchecked") => builder.turn_list(false),
                    Some("ordered") => builder.turn_list(true),
                    _ => {}
                }
                builder.open_item(attributes.number("value"));
                self.box_of_item(attributes);
            }
            b"div" if attributes.has_class(&["checkbox-on", "checkbox-off"]) => {
                self.box_of_item(attributes);
            }
            b"blockquote" => builder.open_quote(post(attributes)),
            b"figure" => builder.open_figure(figure_kind(attributes)),
            b"figcaption" => builder.open_caption(),
            b"pre" | b"listing" | b"xmp" => {
                builder.open_pre(code_language(attributes));
            }
            b"hr" => builder.rule(),
            b"div" | b"p" | b"span" if attributes.has_role("separator") => builder.rule(),
            b"table" => builder.open_table(),
            b"thead" => builder.table_part(TablePart::Head),
            b"tbody" => builder.table_part(TablePart::Body),
            b"tfoot" => builder.table_part(TablePart::Foot),
            b"tr" => builder.open_row(),
            b"th" | b"td" => {
                let span = |name| attributes.number(name).unwrap_or(1);
                builder.open_cell(tag == b"th", [span("colspan"), span("rowspan")]);
            }
            _ => return false,
        }
        true
    }

    fn end_block(&mut self, tag: &[u8]) -> bool {
        let builder = &mut self.builder;
        match tag {
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => builder.close_heading(),
            b"ul" | b"ol" | b"menu" | b"dir" => builder.close_list(),
            b"li" => builder.close_item(),
            b"blockquote" => builder.close_quote(),
            b"figure" => builder.close_figure(),
            b"figcaption" => builder.close_caption(),
            b"pre" | b"listing" | b"xmp" => builder.close_pre(),
            b"table" => builder.close_table(),
            b"thead" | b"tbody" | b"tfoot" => builder.table_part(TablePart::Body),
            b"tr" => builder.close_row(),
            b"th" | b"td" => builder.close_cell(),
            _ => return false,
        }
        true
    }
}
