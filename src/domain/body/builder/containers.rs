//! Lists, quotes and figures: what may hold blocks, and so may be nested.

use super::super::blocks::Block;
use super::super::error::{BodyError, MAX_DEPTH};
use super::Builder;
use super::frames::Frame;

impl Builder {
    pub fn open_quote(&mut self) {
        self.boundary();
        if self.pre.is_none() && self.enter_flow() {
            self.descend(Frame::Quote(Vec::new()));
        }
    }

    pub fn close_quote(&mut self) {
        self.close(|frame| matches!(frame, Frame::Quote(_)));
    }

    pub fn open_list(&mut self, ordered: bool, start: Option<u32>) {
        self.boundary();
        if self.pre.is_none() && self.enter_flow() {
            let start = start.filter(|start| ordered && *start != 1 && *start <= 999_999_999);
            let items = Vec::new();
            self.descend(Frame::List {
                ordered,
                start,
                items,
            });
        }
    }

    pub fn close_list(&mut self) {
        self.close(|frame| matches!(frame, Frame::List { .. }));
    }

    pub fn open_item(&mut self) {
        self.boundary();
        if self.pre.is_some() || self.in_single_line() {
            return;
        }
        match self.find(|frame| matches!(frame, Frame::List { .. })) {
            Some(list) => self.close_to(list + 1),
            None => self.open_list(false, None),
        }
        if matches!(self.top(), Frame::List { .. }) {
            self.push(Frame::Item(Vec::new()));
        }
    }

    pub fn close_item(&mut self) {
        let list = self.find(|frame| matches!(frame, Frame::List { .. }));
        let item = self.find(|frame| matches!(frame, Frame::Item(_)));
        match (list, item) {
            (Some(list), Some(item)) if item > list => self.close_to(item),
            _ => self.boundary(),
        }
    }

    pub fn open_figure(&mut self) {
        self.boundary();
        if self.pre.is_none() && self.enter_flow() {
            self.push(Frame::Figure {
                blocks: Vec::new(),
                caption: Vec::new(),
            });
        }
    }

    pub fn close_figure(&mut self) {
        self.close(|frame| matches!(frame, Frame::Figure { .. }));
    }

    pub fn open_caption(&mut self) {
        self.boundary();
        if self.pre.is_none() && matches!(self.top(), Frame::Figure { .. }) {
            self.push(Frame::Caption);
            self.line.single = true;
        }
    }

    pub fn close_caption(&mut self) {
        self.boundary();
        if matches!(self.top(), Frame::Caption) {
            self.pop();
        }
    }

    /// Makes the open frame one that holds blocks, where it can be: in a list that is its last item.
    pub(super) fn enter_flow(&mut self) -> bool {
        if let Frame::List { items, .. } = self.top_mut() {
            let item = items.pop().unwrap_or_default();
            self.push(Frame::Item(item));
        }
        self.top_mut().blocks().is_some()
    }

    fn descend(&mut self, frame: Frame) {
        if self.depth >= MAX_DEPTH {
            self.fail(BodyError::TooDeep);
        } else if self.push(frame) {
            self.depth += 1;
        }
    }

    pub(super) fn pop_caption(&mut self) {
        let content = self.line.take().concat();
        let images = std::mem::take(&mut self.images);
        if let Frame::Figure { blocks, caption } = self.top_mut() {
            if caption.is_empty() {
                *caption = content;
            } else if !content.is_empty() {
                blocks.push(Block::Paragraph { content });
            }
            blocks.extend(images);
        }
    }
}
