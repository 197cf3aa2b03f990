//! Markdown into a tree: CommonMark with GFM's tables, strikethrough and task lists; raw HTML in it goes through the HTML reader.

use std::collections::VecDeque;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::blocks::Style;
use super::builder::{FigureKind, TablePart};
use super::error::{BodyError, MAX_DEPTH};
use super::html_read::{HtmlReader, language_name};
use super::typography::Typography;

/// The extensions of CommonMark that are read; [`super::markdown_write`] relies on them too.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
}

/// Quotes and list items opened on one line: the parser looks at each of them again on every lazy line that follows.
const MAX_MARKERS: usize = 4 * MAX_DEPTH;

/// How many markers of quotes, list items and footnotes a line begins with.
fn markers(line: &str) -> usize {
    let mut rest = line.trim_start_matches([' ', '\t']);
    let mut count = 0;
    while let Some(behind) = behind_marker(rest) {
        rest = behind.trim_start_matches([' ', '\t']);
        count += 1;
    }
    count
}

fn behind_marker(text: &str) -> Option<&str> {
    let behind_item = || {
        let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let behind = if number.len() < text.len() {
            number.strip_prefix(['.', ')'])
        } else {
            text.strip_prefix(['-', '+', '*'])
        };
        behind.filter(|behind| behind.starts_with([' ', '\t']))
    };
    let behind_note = || Some(text.strip_prefix("[^")?.split_once("]:")?.1);
    text.strip_prefix('>')
        .or_else(behind_item)
        .or_else(behind_note)
}

/// The address in a paragraph that begins with these events and has nothing else in it.
fn address_alone(events: &[Event<'_>]) -> Option<String> {
    let [
        Event::Start(Tag::Link {
            link_type: LinkType::Autolink,
            dest_url,
            ..
        }),
        Event::Text(_),
        Event::End(TagEnd::Link),
        Event::End(TagEnd::Paragraph),
    ] = events
    else {
        return None;
    };
    let scheme = dest_url
        .split(':')
        .next()
        .unwrap_or("")
        .to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https").then(|| dest_url.to_string())
}

/// An image whose alternative text is still being read.
struct OpenImage {
    src: String,
    alt: String,
    depth: usize,
}

/// Reads Markdown into a builder.
pub(super) struct MarkdownReader {
    pub(super) html: HtmlReader,
    raw: String,
    image: Option<OpenImage>,
    /// Lists that are open.
    lists: usize,
}

impl MarkdownReader {
    pub(super) fn new(typography: Typography) -> Self {
        Self {
            html: HtmlReader::new(typography),
            raw: String::new(),
            image: None,
            lists: 0,
        }
    }

    pub(super) fn read(&mut self, markdown: &str) {
        if markdown.lines().any(|line| markers(line) > MAX_MARKERS) {
            return self.html.builder.fail(BodyError::TooDeep);
        }
        let mut events = Parser::new_ext(markdown, options());
        let mut ahead = VecDeque::new();
        while let Some(event) = ahead.pop_front().or_else(|| events.next()) {
            if self.html.builder.has_failed() {
                return;
            }
            if matches!(event, Event::Start(Tag::Paragraph)) && self.lists == 0 {
                ahead.extend(events.by_ref().take(4_usize.saturating_sub(ahead.len())));
                if let Some(address) = address_alone(ahead.make_contiguous()) {
                    self.embed(&address);
                    ahead.drain(..4);
                    continue;
                }
            }
            self.event(event);
        }
    }

    /// An address alone in a paragraph, in angle brackets.
    fn embed(&mut self, address: &str) {
        if self.html.is_dropping() {
            return;
        }
        let builder = &mut self.html.builder;
        builder.open_figure(FigureKind::Embed);
        builder.embed(address);
        builder.close_figure();
    }

    fn event(&mut self, event: Event<'_>) {
        if self.image.is_some() {
            return self.image_event(event);
        }
        match event {
            Event::Html(html) => self.raw.push_str(&html),
            Event::InlineHtml(html) => self.html.read(&html),
            Event::Start(Tag::HtmlBlock) => self.html.builder.boundary(),
            Event::End(TagEnd::HtmlBlock) => {
                let raw = std::mem::take(&mut self.raw);
                self.html.read(&raw);
                self.html.builder.boundary();
            }
            _ if self.html.is_dropping() => {}
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            event => self.inline(event),
        }
    }

    fn inline(&mut self, event: Event<'_>) {
        let builder = &mut self.html.builder;
        match event {
            Event::Text(text) => builder.text(&text),
            Event::Code(code) => {
                builder.open_style(Style::Code);
                builder.text(&code);
                builder.close_style(Style::Code);
            }
            Event::SoftBreak => builder.text("\n"),
            Event::HardBreak => builder.line_break(),
            Event::TaskListMarker(is_done) => builder.text(if is_done { "☑ " } else { "☐ " }),
            Event::Rule => builder.rule(),
            Event::FootnoteReference(name) => builder.text(&format!("[{name}]")),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let builder = &mut self.html.builder;
        match tag {
            Tag::Heading { level, .. } => builder.open_heading(level as u8),
            Tag::BlockQuote(_) => builder.open_quote(None),
            Tag::CodeBlock(kind) => builder.open_pre(match kind {
                CodeBlockKind::Fenced(info) => language_name(&info),
                CodeBlockKind::Indented => None,
            }),
            Tag::List(start) => {
                self.lists += 1;
                let number = start.and_then(|start| start.try_into().ok());
                builder.open_list(start.is_some(), number, false);
            }
            Tag::Item => builder.open_item(None),
            Tag::FootnoteDefinition(name) => {
                builder.boundary();
                builder.text(&format!("[{name}] "));
            }
            Tag::Table(_) => builder.open_table(),
            Tag::TableHead => {
                builder.table_part(TablePart::Head);
                builder.open_row();
            }
            Tag::TableRow => builder.open_row(),
            Tag::TableCell => builder.open_cell(false, [1, 1]),
            Tag::Emphasis => builder.open_style(Style::Em),
            Tag::Strong => builder.open_style(Style::Strong),
            Tag::Strikethrough => builder.open_style(Style::Del),
            Tag::Link {
                dest_url, title, ..
            } => {
                builder.open_link(&dest_url, Some(&*title));
            }
            Tag::Image { dest_url, .. } => self.open_image(&dest_url),
            // A footnote's text goes on behind its number.
            Tag::Paragraph => {}
            _ => builder.boundary(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        let builder = &mut self.html.builder;
        match tag {
            TagEnd::Heading(_) => builder.close_heading(),
            TagEnd::BlockQuote(_) => builder.close_quote(),
            TagEnd::CodeBlock => builder.close_pre(),
            TagEnd::List(_) => {
                self.lists = self.lists.saturating_sub(1);
                builder.close_list();
            }
            TagEnd::Item => builder.close_item(),
            TagEnd::Table => builder.close_table(),
            TagEnd::TableHead => builder.table_part(TablePart::Body),
            TagEnd::TableRow => builder.close_row(),
            TagEnd::TableCell => builder.close_cell(),
            TagEnd::Emphasis => builder.close_style(Style::Em),
            TagEnd::Strong => builder.close_style(Style::Strong),
            TagEnd::Strikethrough => builder.close_style(Style::Del),
            TagEnd::Link => builder.close_link(),
            _ => builder.boundary(),
        }
    }

    fn open_image(&mut self, src: &CowStr<'_>) {
        self.image = Some(OpenImage {
            src: src.to_string(),
            alt: String::new(),
            depth: 0,
        });
    }

    /// Inside an image's brackets stands its alternative text, of which only the letters count.
    fn image_event(&mut self, event: Event<'_>) {
        let Some(mut image) = self.image.take() else {
            return;
        };
        match event {
            Event::End(TagEnd::Image) if image.depth == 0 => {
                if !self.html.is_dropping() {
                    let builder = &mut self.html.builder;
                    builder.image(&image.src, &image.alt, [None, None]);
                }
                return;
            }
            Event::Start(_) => image.depth += 1,
            Event::End(_) => image.depth -= 1,
            Event::Text(text) | Event::Code(text) => image.alt.push_str(&text),
            Event::SoftBreak | Event::HardBreak => image.alt.push('\n'),
            _ => {}
        }
        self.image = Some(image);
    }
}
