//! Captions of a figure: each goes to the image, gallery or embed that it stands beside.

use super::super::blocks::{Block, Inline, Picture};
use super::super::warnings::Change;
use super::Builder;
use super::code;
use super::frames::{Apart, Caption, FigureKind, Frame, add_ids};

/// Blocks of a figure that have one caption, or none.
type Part = (Vec<Block>, Option<Caption>);

impl Builder {
    pub(super) fn pop_caption(&mut self) {
        let mut content = self.line.take().concat();
        code::hold(&mut content);
        let apart: Vec<Block> = std::mem::take(&mut self.apart)
            .into_iter()
            .map(|apart: Apart| apart.block)
            .collect();
        for block in apart.iter().filter(|_| !content.is_empty()) {
            let what = ["an image in a caption", "an embed in a caption"];
            self.tell_moved(block, what, "one beside the caption");
        }
        if let Frame::Figure {
            blocks, captions, ..
        } = self.top_mut()
        {
            blocks.extend(apart);
            if !content.is_empty() {
                let at = blocks.len();
                captions.push(Caption { at, content });
            }
        }
    }

    pub(super) fn pop_figure(
        &mut self,
        kind: FigureKind,
        blocks: Vec<Block>,
        captions: Vec<Caption>,
    ) {
        if kind == FigureKind::Gallery && blocks.is_empty() {
            let what = "a gallery without pictures";
            self.warnings.add(Change::ElementRemoved, what, "");
        }
        let blocks = match kind {
            FigureKind::Embed => self.with_embed(blocks, !captions.is_empty()),
            FigureKind::Plain | FigureKind::Gallery => blocks,
        };
        let mut settled = Vec::new();
        for part in parted(blocks, captions) {
            settled.extend(self.settled(kind, part));
        }
        let blocks = with_gallery(kind, settled);
        blocks.into_iter().for_each(|block| self.emit(block));
    }

    /// The blocks of a part, of which one has its caption; else the caption is a paragraph.
    fn settled(&mut self, kind: FigureKind, (blocks, caption): Part) -> Vec<Block> {
        let Some(Caption { at, content }) = caption else {
            return blocks;
        };
        let mut blocks = with_gallery(kind, blocks);
        let at = at.min(blocks.len());
        match free_caption(&mut blocks, at) {
            Some(free) => *free = content,
            None => {
                let what = "<figcaption> of something other than one picture";
                self.warnings
                    .add(Change::ElementConverted, what, "a paragraph");
                blocks.insert(at, Block::paragraph(content));
            }
        }
        blocks
    }
}

/// The parts of a figure. Each of several captions belongs to what stands between it and the one before; where the first
/// has nothing before it and the last something behind it, to what stands between it and the next.
fn parted(mut blocks: Vec<Block>, mut captions: Vec<Caption>) -> Vec<Part> {
    if captions.len() < 2 {
        return vec![(blocks, captions.pop())];
    }
    let has_picture =
        |blocks: &mut [Block]| blocks.iter_mut().any(|block| block.caption_mut().is_some());
    let [first, last] = [0, captions.len() - 1].map(|at| captions[at].at);
    let come_first = !has_picture(&mut blocks[..first]) && has_picture(&mut blocks[last..]);
    let mut parts = Vec::with_capacity(captions.len() + 1);
    // From the end, so that each block is moved once.
    if !come_first {
        parts.push((blocks.split_off(last), None));
    }
    while let Some(Caption { at, content }) = captions.pop() {
        let start = match captions.last() {
            _ if come_first => at,
            Some(before) => before.at,
            None => 0,
        };
        let part = blocks.split_off(start);
        let at = at - start;
        parts.push((part, Some(Caption { at, content })));
    }
    parts.push((blocks, None));
    parts.reverse();
    parts
}

/// The empty caption of the last block before a place that can have one, else of the first behind it.
fn free_caption(blocks: &mut [Block], at: usize) -> Option<&mut Vec<Inline>> {
    let (before, behind) = blocks.split_at_mut(at);
    let mut nearest = before.iter_mut().rev().chain(behind);
    nearest.find_map(|block| block.caption_mut().filter(|caption| caption.is_empty()))
}

/// The blocks with their images made one gallery, where there are several and no gallery among them has a caption.
fn with_gallery(kind: FigureKind, blocks: Vec<Block>) -> Vec<Block> {
    let count = |block: &Block| match block {
        Block::Image { .. } => 1,
        Block::Gallery { images, .. } => images.len(),
        _ => 0,
    };
    let is_told =
        |block: &Block| matches!(block, Block::Gallery { caption, .. } if !caption.is_empty());
    let may_gather = match kind {
        FigureKind::Embed => false,
        FigureKind::Plain => blocks.iter().all(|block| count(block) > 0),
        FigureKind::Gallery => true,
    };
    if !may_gather || blocks.iter().map(count).sum::<usize>() < 2 || blocks.iter().any(is_told) {
        return blocks;
    }
    let (mut gathered, mut rest, mut ids) = (Vec::new(), Vec::new(), None);
    for block in blocks {
        let (id, pictures) = match block {
            Block::Image {
                id,
                src,
                alt,
                width,
                height,
                link,
                caption,
            } => {
                let picture = Picture {
                    src,
                    alt,
                    width,
                    height,
                    link,
                    caption,
                };
                (id, vec![picture])
            }
            Block::Gallery { id, images, .. } => (id, images),
            other => {
                rest.push(other);
                continue;
            }
        };
        add_ids(&mut ids, id.as_slice());
        gathered.extend(pictures);
    }
    let gallery = Block::Gallery {
        id: ids,
        images: gathered,
        caption: Vec::new(),
    };
    std::iter::once(gallery).chain(rest).collect()
}
