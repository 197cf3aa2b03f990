//! Finished blocks and frames go where they belong.

use super::super::blocks::{Block, Inline};
use super::super::embed;
use super::super::error::BodyError;
use super::Builder;
use super::frames::{Apart, Frame, Item, add_ids, push};

impl Builder {
    /// Ends the open text: its paragraphs or heading, then the images that stood in it.
    pub(super) fn flush(&mut self) {
        let words = self.line.words();
        if !self.line.is_empty() {
            let heading = self.heading.take();
            for content in self.line.take() {
                self.emit(match heading {
                    Some(level) => Block::Heading {
                        id: None,
                        level,
                        content,
                    },
                    None => Block::paragraph(content),
                });
            }
        }
        self.line.single = self.heading.is_some();
        for Apart {
            block,
            words: before,
        } in std::mem::take(&mut self.apart)
        {
            if before < words {
                let what = ["an image within a sentence", "an embed within a sentence"];
                self.tell_moved(&block, what, "one behind the text");
            }
            self.emit(block);
        }
    }

    /// Puts a finished block where it belongs. A line of a paragraph that is the address of something on a known site is an
    /// embed, but in a list, which may be one of addresses.
    pub(super) fn emit(&mut self, block: Block) {
        match block {
            Block::Paragraph { id, content } if self.may_embed() && has_address(&content) => {
                self.ids.splice(0..0, id);
                for block in embed::lines_apart(content) {
                    self.place(block);
                }
            }
            block => self.place(block),
        }
    }

    fn may_embed(&self) -> bool {
        matches!(
            self.top(),
            Frame::Root(_) | Frame::Quote { .. } | Frame::Figure { .. }
        )
    }

    /// Puts a block where it belongs; one that stands in a table but in no cell goes before the table.
    fn place(&mut self, mut block: Block) {
        if let (Some(id), false) = (block.id_mut(), self.ids.is_empty()) {
            add_ids(id, &std::mem::take(&mut self.ids));
        }
        let table = self
            .frames
            .iter()
            .rposition(|frame| matches!(frame, Frame::Table(_)));
        match self.top_mut() {
            Frame::List(list) => list.items.push(Item::of(block)),
            frame => match (frame.blocks(), table) {
                (Some(blocks), _) => push(blocks, block),
                (None, Some(at)) => {
                    if let Frame::Table(table) = &mut self.frames[at] {
                        table.before.push(block);
                    }
                }
                (None, None) => {}
            },
        }
    }

    pub(super) fn pop(&mut self) {
        match self.frames.pop() {
            Some(Frame::Quote { post, blocks }) => {
                self.depth -= 1;
                self.pop_quote(post, blocks);
            }
            Some(Frame::List(list)) => {
                self.depth -= 1;
                self.pop_list(list);
            }
            Some(Frame::Item(item)) => {
                if let Frame::List(list) = self.top_mut() {
                    list.items.push(item);
                }
            }
            Some(Frame::Figure {
                kind,
                blocks,
                captions,
            }) => self.pop_figure(kind, blocks, captions),
            Some(Frame::Table(table)) => self.pop_table(table),
            Some(Frame::Row(cells)) => {
                if let Frame::Table(table) = self.top_mut()
                    && !table.add_row(cells)
                {
                    self.fail(BodyError::TooLarge);
                }
            }
            Some(Frame::Cell(cell)) => self.pop_cell(*cell),
            Some(Frame::Caption) => self.pop_caption(),
            _ => {}
        }
    }
}

fn has_address(content: &[Inline]) -> bool {
    let begins = |run: &Inline| run.marks.is_empty() && run.text.contains("://");
    content.iter().any(begins)
}
