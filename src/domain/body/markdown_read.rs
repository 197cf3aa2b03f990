//! Markdown into a tree: CommonMark with GFM's tables, strikethrough, footnotes and task lists, each read as the HTML element that
//! it stands for; raw HTML in it meets the same reader.

use std::collections::HashSet;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd};

use super::builder::Builder;
use super::embed;
use super::error::{BodyError, MAX_DEPTH};
use super::front_matter;
use super::html_read::{HtmlReader, language_name};
use super::markdown_survey::{Survey, options};
use super::typography::Typography;
use super::warnings::Change;

/// Quotes and list items opened on one line: the parser looks at each of them again on every lazy line that follows.
const MAX_MARKERS: usize = 4 * MAX_DEPTH;

/// Number of markers of quotes, list items and footnotes at the beginning of a line.
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

/// The address in angle brackets that is all of a paragraph's source. CommonMark knows no relative one.
fn address_alone(source: &str) -> Option<&str> {
    let address = source.trim().strip_prefix('<')?.strip_suffix('>')?;
    let is_whole = ["http:", "https:"].iter().any(|scheme| {
        let start = address.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let is_relative = address.starts_with(['/', '.']) && embed::fits_brackets(address);
    let is_one = !address.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
    (is_one && (is_whole || is_relative)).then_some(address)
}

/// A code span with the line ends that it has in its source; the parser makes them spaces.
fn with_line_ends<'e>(event: Event<'e>, source: &str) -> Event<'e> {
    match event {
        Event::Code(code) if source.contains('\n') => {
            let written = line_ends(&code, source.trim_matches('`'));
            Event::Code(written.map_or(code, CowStr::from))
        }
        event => event,
    }
}

/// The code of a span, in which each line of the source is found again; `None` where one is not.
fn line_ends(code: &str, source: &str) -> Option<String> {
    let mut lines = source.lines();
    let first = lines.next().unwrap_or("");
    let first = if code.starts_with(first) {
        first
    } else {
        first.strip_prefix(' ')?
    };
    let mut rest = code.strip_prefix(first)?;
    let mut written = first.to_owned();
    for line in lines {
        rest = rest.strip_prefix(' ')?;
        // The signs of the quotes and items around a paragraph are no part of it.
        let signs = |at: &usize| line[..*at].chars().all(|c| matches!(c, ' ' | '\t' | '>'));
        let mut starts = line.char_indices().map(|(at, _)| at).take_while(signs);
        let line = &line[starts.find(|at| rest.starts_with(line[*at..].trim_end()))?..];
        let end = rest.len().min(line.len());
        written.push('\n');
        written.push_str(rest.get(..end)?);
        rest = &rest[end..];
    }
    Some(written + rest)
}

/// An image whose alternative text is still being read.
struct OpenImage {
    src: String,
    title: String,
    alt: String,
    depth: usize,
}

/// Reads Markdown as the HTML that it stands for, so that both notations have one reader.
pub(super) struct MarkdownReader {
    html: HtmlReader,
    survey: Survey,
    /// Footnotes that a text has referred to.
    referenced: HashSet<usize>,
    raw: String,
    image: Option<OpenImage>,
    /// Lists that are open.
    lists: usize,
}

impl MarkdownReader {
    pub(super) fn new(typography: Typography) -> Self {
        Self {
            html: HtmlReader::new(typography),
            survey: Survey::default(),
            referenced: HashSet::new(),
            raw: String::new(),
            image: None,
            lists: 0,
        }
    }

    pub(super) fn read(&mut self, markdown: &str) {
        if markdown.lines().any(|line| markers(line) > MAX_MARKERS) {
            return self.html.builder.fail(BodyError::TooDeep);
        }
        let (front, markdown) = front_matter::part(markdown).unwrap_or(("", markdown));
        if !front.is_empty() {
            let warnings = &mut self.html.builder.warnings;
            warnings.add_sampled(Change::ElementRemoved, "front matter", "", front);
        }
        self.survey = Survey::of(markdown);
        self.tell_cells();
        let completed = self.survey.completed(markdown);
        let markdown = completed.as_deref().unwrap_or(markdown);
        let mut events = Parser::new_ext(markdown, options()).into_offset_iter();
        while let Some((event, range)) = events.next() {
            if self.html.builder.has_failed() {
                return;
            }
            let source = &markdown[range];
            let is_paragraph = matches!(event, Event::Start(Tag::Paragraph)) && self.lists == 0;
            match address_alone(source).filter(|_| is_paragraph) {
                Some(address) => {
                    self.embed(address);
                    let is_end = |event: &Event<'_>| matches!(event, Event::End(TagEnd::Paragraph));
                    events.by_ref().find(|(event, _)| is_end(event));
                }
                None => self.event(with_line_ends(event, source)),
            }
        }
    }

    pub(super) fn finish(self) -> Builder {
        self.html.finish()
    }

    /// Tells of cells under no heading.
    fn tell_cells(&mut self) {
        let warnings = &mut self.html.builder.warnings;
        let what = "a cell of a table under no heading";
        for _ in 0..self.survey.widened {
            warnings.add(Change::ElementConverted, what, "one under a blank heading");
        }
        if let Some((count, sample)) = &self.survey.lost {
            (0..*count)
                .for_each(|_| warnings.add_sampled(Change::ElementRemoved, what, "", sample));
        }
    }

    /// An address alone in a paragraph, in angle brackets.
    fn embed(&mut self, address: &str) {
        self.html.open("figure", &[("class", "embed")]);
        self.html.open("a", &[("href", address)]);
        self.html.text(address);
        self.html.close("a");
        self.html.close("figure");
    }

    fn event(&mut self, event: Event<'_>) {
        if self.image.is_some() {
            return self.image_event(event);
        }
        match event {
            Event::Html(html) => self.raw.push_str(&html),
            Event::InlineHtml(html) => self.html.read_within(&html),
            Event::Start(Tag::HtmlBlock) => self.html.open("div", &[]),
            Event::End(TagEnd::HtmlBlock) => {
                let raw = std::mem::take(&mut self.raw);
                self.html.read_within(&raw);
                self.html.close("div");
            }
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            event => self.inline(event),
        }
    }

    fn inline(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) => self.html.text(&text),
            Event::Code(code) => {
                self.html.open("code", &[]);
                self.html.text(&code);
                self.html.close("code");
            }
            Event::SoftBreak => self.html.text("\n"),
            Event::HardBreak => self.html.open("br", &[]),
            Event::TaskListMarker(is_done) => self.html.task(is_done),
            Event::Rule => self.html.open("hr", &[]),
            Event::FootnoteReference(name) => {
                let (number, _) = self.survey.note(&name);
                let id = self
                    .referenced
                    .insert(number)
                    .then(|| format!("fnref-{number}"));
                self.note_link(number, id.as_deref(), &format!("#fn-{number}"));
            }
            _ => {}
        }
    }

    /// The number of a footnote, which leads to the note or back from it.
    fn note_link(&mut self, number: usize, id: Option<&str>, href: &str) {
        self.html.open("sup", &[("id", id.unwrap_or(""))]);
        self.html.open("a", &[("href", href)]);
        self.html.text(&format!("[{number}]"));
        self.html.close("a");
        self.html.close("sup");
    }

    /// A footnote, with a link back to where a text first refers to it.
    fn note(&mut self, name: &str) {
        let (number, is_referenced) = self.survey.note(name);
        self.html.open("p", &[("id", &format!("fn-{number}"))]);
        if is_referenced {
            self.note_link(number, None, &format!("#fnref-{number}"));
        } else {
            self.html.text(&format!("[{number}]"));
        }
        self.html.text(" ");
    }

    fn start(&mut self, tag: Tag<'_>) {
        let html = &mut self.html;
        match tag {
            Tag::CodeBlock(kind) => {
                let name = match kind {
                    CodeBlockKind::Fenced(info) => language_name(&info),
                    CodeBlockKind::Indented => None,
                };
                let class = name.map(|name| format!("language-{name}"));
                html.open("pre", &[("class", class.as_deref().unwrap_or(""))]);
            }
            Tag::List(start) => {
                self.lists += 1;
                match start {
                    Some(start) => html.open("ol", &[("start", &start.to_string())]),
                    None => html.open("ul", &[]),
                }
            }
            Tag::FootnoteDefinition(name) => self.note(&name),
            Tag::Table(columns) => {
                html.open("table", &[]);
                let is_aligned =
                    |column: &&Alignment| matches!(column, Alignment::Center | Alignment::Right);
                for _ in columns.iter().filter(is_aligned) {
                    let what = "the alignment of a column";
                    html.builder
                        .warnings
                        .add(Change::AttributeRemoved, what, "");
                }
            }
            Tag::TableHead => {
                html.open("thead", &[]);
                html.open("tr", &[]);
            }
            Tag::Link {
                dest_url, title, ..
            } => html.open("a", &[("href", &dest_url), ("title", &title)]),
            Tag::Image {
                dest_url, title, ..
            } => self.open_image(&dest_url, &title),
            // A footnote's text goes on behind its number.
            Tag::Paragraph => {}
            tag => html.open(element(tag.to_end()), &[]),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if matches!(tag, TagEnd::List(_)) {
            self.lists = self.lists.saturating_sub(1);
        }
        self.html.close(element(tag));
    }

    fn open_image(&mut self, src: &CowStr<'_>, title: &CowStr<'_>) {
        self.image = Some(OpenImage {
            src: src.to_string(),
            title: title.to_string(),
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
                let OpenImage {
                    src, title, alt, ..
                } = &image;
                return self
                    .html
                    .open("img", &[("src", src), ("title", title), ("alt", alt)]);
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

/// The element of HTML that a sign of Markdown stands for.
fn element(tag: TagEnd) -> &'static str {
    match tag {
        TagEnd::Heading(level) => {
            ["h1", "h2", "h3", "h4", "h5", "h6"][(level as usize).clamp(1, 6) - 1]
        }
        TagEnd::BlockQuote(_) => "blockquote",
        TagEnd::CodeBlock => "pre",
        TagEnd::List(true) => "ol",
        TagEnd::List(false) => "ul",
        TagEnd::Item => "li",
        TagEnd::Table => "table",
        TagEnd::TableHead => "thead",
        TagEnd::TableRow => "tr",
        TagEnd::TableCell => "td",
        TagEnd::Emphasis => "em",
        TagEnd::Strong => "strong",
        TagEnd::Strikethrough => "del",
        TagEnd::Link => "a",
        _ => "p",
    }
}
