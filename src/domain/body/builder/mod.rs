//! The one way into a body: whatever the input's format, its reader tells the builder what it met, and the builder
//! keeps the tree well formed.
//!
//! Nothing else makes blocks, so what the tree cannot say (an event handler, a `<p>` in a `<p>`) cannot be in a body.
//! Every step costs bounded time, however hostile the input: marks are counters, and open frames are few.

mod containers;
mod frames;
mod line;
mod preformatted;
mod tables;

use super::address;
use super::blocks::{Block, Link, Marks, Style};
use super::error::{Altered, BodyError, MAX_DEPTH};
use frames::{Frame, captioned};
use line::Line;
use preformatted::{Pre, printable};

/// Frames open at once: a list with its item, a table and wrappers such as nested figures.
const MAX_FRAMES: usize = 4 * MAX_DEPTH;

/// Builds a body's blocks from what a reader meets.
pub(super) struct Builder {
    pub(super) altered: Altered,
    frames: Vec<Frame>,
    depth: usize,
    line: Line,
    heading: Option<u8>,
    pre: Option<Pre>,
    /// Images that stood inside text and follow its block.
    images: Vec<Block>,
    open_styles: [u32; Style::ALL.len()],
    marks: Marks,
    error: Option<BodyError>,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            altered: Altered::default(),
            frames: vec![Frame::Root(Vec::new())],
            depth: 0,
            line: Line::new(),
            heading: None,
            pre: None,
            images: Vec::new(),
            open_styles: [0; Style::ALL.len()],
            marks: Marks::default(),
            error: None,
        }
    }

    /// Closes what is open and gives the blocks.
    pub(super) fn finish(mut self) -> Result<(Vec<Block>, Altered), BodyError> {
        self.end_pre();
        self.close_to(1);
        match (self.error, self.frames.pop()) {
            (None, Some(Frame::Root(blocks))) => Ok((blocks, self.altered)),
            (error, _) => Err(error.unwrap_or(BodyError::TooDeep)),
        }
    }

    /// Whether the body is already refused, so that reading on is idle.
    pub(super) fn has_failed(&self) -> bool {
        self.error.is_some()
    }

    pub(super) fn fail(&mut self, error: BodyError) {
        self.error.get_or_insert(error);
    }

    // Inline content.

    /// Text in which white space is collapsed, unless it is preformatted.
    pub(super) fn text(&mut self, text: &str) {
        let removed = &mut self.altered.control_chars;
        match &mut self.pre {
            Some(pre) => pre.text.push_str(&printable(text, removed)),
            None => self.line.text(text, &self.marks, removed),
        }
    }

    pub(super) fn line_break(&mut self) {
        match &mut self.pre {
            Some(pre) => pre.text.push('\n'),
            None => self.line.line_break(),
        }
    }

    pub(super) fn open_style(&mut self, style: Style) {
        self.set_style(style, self.open_styles[style as usize].saturating_add(1));
    }

    pub(super) fn close_style(&mut self, style: Style) {
        self.set_style(style, self.open_styles[style as usize].saturating_sub(1));
    }

    fn set_style(&mut self, style: Style, count: u32) {
        self.open_styles[style as usize] = count;
        self.marks.set(style, count > 0);
    }

    /// Opens a link; with an address that is not allowed its text is kept without one.
    pub(super) fn open_link(&mut self, href: &str, title: Option<&str>) {
        let address = address::link_address(href);
        self.altered.links += usize::from(address.is_none());
        let link = address.map(|href| Link {
            href,
            title: title
                .map(|title| self.attribute_text(title))
                .filter(|title| !title.is_empty()),
        });
        self.marks.set_link(link);
    }

    pub(super) fn close_link(&mut self) {
        self.marks.set_link(None);
    }

    /// Plain text of an attribute: one line, without control characters.
    pub(super) fn attribute_text(&mut self, raw: &str) -> String {
        let mut line = Line::new();
        line.text(raw, &Marks::default(), &mut self.altered.control_chars);
        line.take()
            .concat()
            .into_iter()
            .map(|run| run.text)
            .collect()
    }

    // Blocks without content of their own.

    /// An image. It is a block: inside text it follows the paragraph, at a line's start it goes before.
    pub(super) fn image(&mut self, src: &str, alt: &str, width: Option<u32>, height: Option<u32>) {
        let Some(src) = address::image_address(src) else {
            self.altered.images += 1;
            return;
        };
        let alt = self.attribute_text(alt);
        let caption = Vec::new();
        self.images.push(Block::Image {
            src,
            alt,
            width,
            height,
            caption,
        });
        if self.pre.is_none() && !self.in_single_line() && self.line.is_at_start() {
            self.flush();
        }
    }

    pub(super) fn rule(&mut self) {
        self.boundary();
        if self.pre.is_none() && self.enter_flow() {
            self.emit(Block::Rule {});
        }
    }

    // Text blocks.

    /// The edge of a paragraph or of an element that is unwrapped.
    pub(super) fn boundary(&mut self) {
        if let Some(pre) = &mut self.pre {
            if !pre.text.is_empty() && !pre.text.ends_with('\n') {
                pre.text.push('\n');
            }
        } else if self.in_single_line() {
            self.line.edge();
        } else {
            self.flush();
        }
    }

    pub(super) fn open_heading(&mut self, level: u8) {
        self.boundary();
        if self.pre.is_none() && !self.in_single_line() {
            self.heading = Some(level.clamp(2, 6));
            self.line.single = true;
        }
    }

    pub(super) fn close_heading(&mut self) {
        self.boundary();
        self.heading = None;
        self.line.single = self.in_single_line();
    }

    // Frames.

    fn top(&self) -> &Frame {
        self.frames.last().unwrap_or(&Frame::Caption)
    }

    fn top_mut(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// Whether the open frame holds one line of text and no blocks.
    fn in_single_line(&self) -> bool {
        matches!(self.top(), Frame::Cell { .. } | Frame::Caption)
    }

    /// The innermost frame of a kind, not looking out of a table.
    fn find(&self, is: fn(&Frame) -> bool) -> Option<usize> {
        let floor = self
            .frames
            .iter()
            .rposition(|frame| matches!(frame, Frame::Table(_)));
        let at = self.frames.iter().rposition(is)?;
        (floor.is_none_or(|floor| at >= floor) && self.pre.is_none()).then_some(at)
    }

    fn close(&mut self, is: fn(&Frame) -> bool) {
        self.boundary();
        if let Some(at) = self.find(is) {
            self.close_to(at);
        }
    }

    fn close_to(&mut self, len: usize) {
        self.boundary();
        while self.frames.len() > len.max(1) {
            self.pop();
        }
    }

    fn push(&mut self, frame: Frame) -> bool {
        if self.frames.len() >= MAX_FRAMES {
            self.fail(BodyError::TooDeep);
            return false;
        }
        self.frames.push(frame);
        true
    }

    /// Ends the open text: its paragraphs or heading, then the images that stood in it.
    fn flush(&mut self) {
        if !self.line.is_empty() {
            let heading = self.heading.take();
            for content in self.line.take() {
                self.emit(match heading {
                    Some(level) => Block::Heading { level, content },
                    None => Block::Paragraph { content },
                });
            }
        }
        self.line.single = self.heading.is_some();
        for image in std::mem::take(&mut self.images) {
            self.emit(image);
        }
    }

    /// Puts a finished block where it belongs; one that stands in a table but in no cell goes before the table.
    fn emit(&mut self, block: Block) {
        let table = self
            .frames
            .iter()
            .rposition(|frame| matches!(frame, Frame::Table(_)));
        match self.top_mut() {
            Frame::List { items, .. } => items.push(vec![block]),
            frame => match (frame.blocks(), table) {
                (Some(blocks), _) => blocks.push(block),
                (None, Some(at)) => {
                    if let Frame::Table(table) = &mut self.frames[at] {
                        table.before.push(block);
                    }
                }
                (None, None) => {}
            },
        }
    }

    fn pop(&mut self) {
        match self.frames.pop() {
            Some(Frame::Quote(blocks)) => {
                self.depth -= 1;
                if !blocks.is_empty() {
                    self.emit(Block::Quote { blocks });
                }
            }
            Some(Frame::List {
                ordered,
                start,
                items,
            }) => {
                self.depth -= 1;
                if !items.is_empty() {
                    self.emit(Block::List {
                        ordered,
                        start,
                        items,
                    });
                }
            }
            Some(Frame::Item(blocks)) if !blocks.is_empty() => {
                if let Frame::List { items, .. } = self.top_mut() {
                    items.push(blocks);
                }
            }
            Some(Frame::Figure { blocks, caption }) => {
                captioned(blocks, caption)
                    .into_iter()
                    .for_each(|block| self.emit(block));
            }
            Some(Frame::Table(table)) => self.pop_table(table),
            Some(Frame::Row(cells)) if !cells.is_empty() => {
                if let Frame::Table(table) = self.top_mut() {
                    table.add_row(cells);
                }
            }
            Some(Frame::Cell { header, saved, .. }) => self.pop_cell(header, saved),
            Some(Frame::Caption) => self.pop_caption(),
            _ => {}
        }
    }
}
