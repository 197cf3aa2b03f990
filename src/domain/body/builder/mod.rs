//! The one way into a body: whatever the input's format, its reader tells the builder what it met, and the builder
//! keeps the tree well formed.
//!
//! Nothing else makes blocks, so what the tree cannot say (an event handler, a `<p>` in a `<p>`) cannot be in a body.
//! Every step costs bounded time, however hostile the input: marks are counters, and open frames are few.

mod captions;
mod code;
mod containers;
mod figures;
mod frames;
mod grid;
mod headings;
mod line;
mod links;
mod placing;
mod preformatted;
mod tables;

use url::Url;

use super::blocks::{Block, Inline, Marks, Style};
use super::error::{BodyError, MAX_DEPTH};
use super::heading_levels;
use super::targets::fitting;
use super::typography::Typography;
use super::warnings::Warnings;
use code::{Pre, printable};
use frames::{Apart, Frame, add_ids};
pub(super) use frames::{FigureKind, Post};
pub(super) use grid::TablePart;
use line::Line;

/// Frames open at once: a list with its item, a table and wrappers such as nested figures.
const MAX_FRAMES: usize = 4 * MAX_DEPTH;

/// Ids that wait for a block at once.
const MAX_IDS: usize = 2_000;

/// Builds a body's blocks from what a reader meets.
pub(super) struct Builder {
    pub(super) warnings: Warnings,
    pub(super) typography: Typography,
    /// The address that relative ones are relative to, where the text says it.
    pub(super) base: Option<Url>,
    frames: Vec<Frame>,
    depth: usize,
    line: Line,
    heading: Option<u8>,
    pre: Option<Pre>,
    /// Images and embeds that stood inside text and follow its block.
    apart: Vec<Apart>,
    /// Ids for the next block.
    ids: Vec<String>,
    /// Ids that links from elsewhere may lead to.
    pub(super) anchors: Vec<String>,
    /// Ids of what was left out.
    pub(super) lost: Vec<String>,
    /// The address of the open link, until it has content.
    empty_link: Option<String>,
    /// Cells of all tables so far.
    cells: usize,
    open_styles: [u32; Style::ALL.len()],
    marks: Marks,
    error: Option<BodyError>,
}

impl Builder {
    pub(super) fn new(typography: Typography) -> Self {
        Self {
            warnings: Warnings::default(),
            typography,
            base: None,
            frames: vec![Frame::Root(Vec::new())],
            depth: 0,
            line: Line::new(typography),
            heading: None,
            pre: None,
            apart: Vec::new(),
            ids: Vec::new(),
            anchors: Vec::new(),
            lost: Vec::new(),
            empty_link: None,
            cells: 0,
            open_styles: [0; Style::ALL.len()],
            marks: Marks::default(),
            error: None,
        }
    }

    /// Closes what is open and gives the blocks. The id of a block may be several, parted by spaces, until
    /// [`super::targets::settle`] has chosen.
    pub(super) fn finish(mut self) -> Result<(Vec<Block>, Warnings), BodyError> {
        self.close_link();
        self.end_pre();
        self.close_to(1);
        match (self.error, self.frames.pop()) {
            (None, Some(Frame::Root(mut blocks))) => {
                let last = blocks.iter_mut().rev().find_map(Block::id_mut);
                if let (Some(id), false) = (last, self.ids.is_empty()) {
                    add_ids(id, &self.ids);
                }
                heading_levels::settle(&mut blocks, &mut self.warnings);
                Ok((blocks, self.warnings))
            }
            (error, _) => Err(error.unwrap_or(BodyError::TooDeep)),
        }
    }

    /// True if the body is already refused, so that there is no use in reading on.
    pub(super) fn has_failed(&self) -> bool {
        self.error.is_some()
    }

    pub(super) fn fail(&mut self, error: BodyError) {
        self.error.get_or_insert(error);
    }

    // Inline content.

    /// Text in which white space is collapsed, unless it is preformatted.
    pub(super) fn text(&mut self, text: &str) {
        let mut removed = 0;
        match &mut self.pre {
            Some(pre) => pre.text.push_str(&printable(text, &mut removed)),
            None => {
                let words = self.line.words();
                self.line.text(text, &self.marks, &mut removed);
                if self.line.words() > words && self.is_in_link() {
                    self.fill_link();
                }
            }
        }
        self.warnings.add_control_characters(removed);
    }

    /// Text outside of all marks.
    pub(super) fn unmarked_text(&mut self, text: &str) {
        let marks = std::mem::take(&mut self.marks);
        self.text(text);
        self.marks = marks;
    }

    /// Runs of text with their marks; `\n` in them is a line break.
    pub(super) fn runs(&mut self, content: &[Inline]) {
        for run in content {
            let styles = || Style::ALL.into_iter().filter(|style| run.marks.has(*style));
            styles().for_each(|style| self.open_style(style));
            if let Some(link) = run.marks.link() {
                self.open_link(&link.href, link.title.as_deref());
            }
            for (at, line) in run.text.split('\n').enumerate() {
                if at > 0 {
                    self.line_break();
                }
                self.text(line);
            }
            self.close_link();
            styles().for_each(|style| self.close_style(style));
        }
    }

    /// The last character of the open line.
    pub(super) fn last_char(&self) -> Option<char> {
        self.line.last_char()
    }

    /// The place of the next text.
    pub(super) const fn position(&self) -> usize {
        self.line.position()
    }

    /// Brings the last pieces of the open line into the order of their keys; each is its key and its place.
    pub(super) fn arrange(&mut self, pieces: &[(usize, usize)]) {
        self.line.arrange(pieces);
    }

    /// Takes back the white space before the next text.
    pub(super) fn close_up(&mut self) {
        self.line.close_up();
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

    /// True if text of a style is open and has begun.
    pub(super) fn has_text_of(&self, style: Style) -> bool {
        let last = self.line.last_marks();
        self.marks.has(style) && last.is_some_and(|marks| marks.has(style))
    }

    fn set_style(&mut self, style: Style, count: u32) {
        self.open_styles[style as usize] = count;
        self.marks.set(style, count > 0);
    }

    /// True if preformatted text is open.
    pub(super) const fn is_preformatted(&self) -> bool {
        self.pre.is_some() || self.line.is_preformatted()
    }

    /// Plain text of an attribute: one line, without control characters.
    pub(super) fn attribute_text(&mut self, raw: &str) -> String {
        let mut line = Line::new(self.typography);
        let mut removed = 0;
        line.text(raw, &Marks::default(), &mut removed);
        self.warnings.add_control_characters(removed);
        line.take()
            .concat()
            .into_iter()
            .map(|run| run.text)
            .collect()
    }

    /// An id for the open block, or else for the next one.
    pub(super) fn target(&mut self, id: &str) {
        if let Some(id) = fitting(id).filter(|_| self.ids.len() < MAX_IDS) {
            self.ids.push(id);
        }
    }

    // Blocks without content of their own.

    pub(super) fn rule(&mut self) {
        self.boundary();
        self.tell_flattened("<hr> in a cell or caption", "a line break");
        self.tell_in_preformatted("<hr> in preformatted text");
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

    // Frames.

    fn top(&self) -> &Frame {
        self.frames.last().unwrap_or(&Frame::Caption)
    }

    fn top_mut(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// True if a list can stand here.
    pub(super) fn may_hold_lists(&self) -> bool {
        self.pre.is_none() && !self.in_single_line() && !self.is_in_gallery()
    }

    /// True if the open frame holds one line of text and no blocks.
    fn in_single_line(&self) -> bool {
        matches!(self.top(), Frame::Cell(_) | Frame::Caption)
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
}
