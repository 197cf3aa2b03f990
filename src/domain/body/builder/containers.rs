//! Lists and quotes: they hold blocks, and so may be nested.

use super::super::blocks::Block;
use super::super::error::{BodyError, MAX_DEPTH};
use super::super::warnings::Change;
use super::Builder;
use super::frames::{Frame, Item, List, Post};

/// The highest number of an item: one of ten digits would be no list in Markdown.
const MAX_NUMBER: i64 = 999_999_999;

impl Builder {
    /// A quote; with `post`, one that stands for a post of another site.
    pub fn open_quote(&mut self, post: Option<Post>) {
        self.boundary();
        self.tell_flattened("<blockquote> in a cell or caption", "lines");
        self.tell_in_preformatted("<blockquote> in preformatted text");
        if self.pre.is_none() && self.enter_flow() {
            let blocks = Vec::new();
            self.descend(Frame::Quote { post, blocks });
        }
    }

    pub fn close_quote(&mut self) {
        self.close(|frame| matches!(frame, Frame::Quote { .. }));
    }

    pub fn open_list(&mut self, ordered: bool, start: Option<i64>, reversed: bool) {
        self.boundary();
        if self.is_in_gallery() {
            return;
        }
        self.tell_flattened("a list in a cell or caption", "lines");
        if self.pre.is_none() && self.enter_flow() {
            self.descend(Frame::List(List {
                ordered,
                start,
                reversed,
                items: Vec::new(),
            }));
        }
    }

    /// Tells of a block where there is room for a line only.
    pub(super) fn tell_flattened(&mut self, what: &'static str, into: &'static str) {
        if self.pre.is_none() && self.in_single_line() {
            self.warnings.add(Change::ElementConverted, what, into);
        }
    }

    pub fn close_list(&mut self) {
        self.close(|frame| matches!(frame, Frame::List(_)));
    }

    /// Makes the open list one of a kind: behind items of the other, a new list begins.
    pub fn turn_list(&mut self, ordered: bool) {
        let list = self.find(|frame| matches!(frame, Frame::List(_)));
        let Some(at) = list.filter(|_| !self.in_single_line()) else {
            return;
        };
        self.close_to(at + 1);
        if let Frame::List(list) = self.top_mut()
            && (list.ordered == ordered || list.items.is_empty())
        {
            list.ordered = ordered;
            return;
        }
        self.close_list();
        self.open_list(ordered, None, false);
    }

    /// An item, with its number where it has one of its own.
    pub fn open_item(&mut self, number: Option<i64>) {
        self.boundary();
        if self.pre.is_some() || self.in_single_line() || self.is_in_gallery() {
            return;
        }
        match self.find(|frame| matches!(frame, Frame::List(_))) {
            Some(list) => self.close_to(list + 1),
            None => self.open_list(false, None, false),
        }
        if matches!(self.top(), Frame::List(_)) {
            self.push(Frame::Item(Item {
                number,
                blocks: Vec::new(),
            }));
        }
    }

    pub fn close_item(&mut self) {
        let list = self.find(|frame| matches!(frame, Frame::List(_)));
        let item = self.find(|frame| matches!(frame, Frame::Item(_)));
        match (list, item) {
            (Some(list), Some(item)) if item > list => self.close_to(item),
            _ => self.boundary(),
        }
    }

    /// Makes the open frame one that holds blocks, where it can be: in a list that is its last item.
    pub(super) fn enter_flow(&mut self) -> bool {
        if let Frame::List(list) = self.top_mut() {
            let item = list.items.pop().unwrap_or_default();
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

    pub(super) fn pop_list(&mut self, list: List) {
        let is_plain = list.start.is_none()
            && !list.reversed
            && !list.items.iter().any(|item| item.number.is_some());
        let numbers = numbers(&list).filter(|_| list.ordered);
        let mut lists: Vec<(i64, Vec<Vec<Block>>)> = Vec::new();
        let mut expected = None;
        for (at, item) in list.items.into_iter().enumerate() {
            let number = numbers.as_ref().map_or(0, |numbers| numbers[at]);
            if item.blocks.is_empty() {
                continue;
            }
            match lists.last_mut() {
                Some((_, items)) if numbers.is_none() || expected == Some(number) => {
                    items.push(item.blocks)
                }
                _ => lists.push((number, vec![item.blocks])),
            }
            expected = Some(number + 1);
        }
        if list.ordered && !is_plain && numbers.is_none() {
            self.warnings
                .add(Change::ListConverted, "the numbers of <ol>", "1, 2, 3 …");
        } else if lists.len() > 1 {
            self.warnings.add(
                Change::ListConverted,
                "<ol> with numbers out of order",
                "several that keep the numbers",
            );
        }
        for (number, items) in lists {
            let start = u32::try_from(number)
                .ok()
                .filter(|start| numbers.is_some() && *start != 1);
            self.emit(Block::List {
                ordered: list.ordered,
                start,
                items,
            });
        }
    }
}

/// The number that each item shows; `None` where a body has no place for one of them.
fn numbers(list: &List) -> Option<Vec<i64>> {
    let step = if list.reversed { -1 } else { 1 };
    let count = i64::try_from(list.items.len()).ok()?;
    let mut next = list.start.unwrap_or(if list.reversed { count } else { 1 });
    let number = |item: &Item| {
        let number = item.number.unwrap_or(next);
        next = number.saturating_add(step);
        (0..=MAX_NUMBER).contains(&number).then_some(number)
    };
    list.items.iter().map(number).collect()
}
