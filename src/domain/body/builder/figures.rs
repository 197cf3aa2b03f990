//! Figures: images, galleries of them, and embeds.

use super::super::address;
use super::super::blocks::{Block, Inline, Picture};
use super::super::embed;
use super::super::warnings::Change;
use super::Builder;
use super::frames::{Apart, FigureKind, Frame, Post};

impl Builder {
    pub fn open_figure(&mut self, kind: FigureKind) {
        self.boundary();
        if self.pre.is_none() && self.enter_flow() {
            self.push(Frame::Figure {
                kind,
                blocks: Vec::new(),
                captions: Vec::new(),
            });
        }
    }

    pub fn close_figure(&mut self) {
        self.close(|frame| matches!(frame, Frame::Figure { .. }));
    }

    /// True if a gallery is open, in which lists and paragraphs only arrange the images.
    pub fn is_in_gallery(&self) -> bool {
        let is_gallery = |frame: &Frame| matches!(frame, Frame::Figure { kind, .. } if *kind == FigureKind::Gallery);
        self.find(is_gallery).is_some()
    }

    pub fn open_caption(&mut self) {
        self.boundary();
        self.tell_flattened("<figcaption> in a cell or caption", "a line");
        if self.pre.is_none() && matches!(self.top(), Frame::Figure { .. }) {
            self.push(Frame::Caption);
            self.line.single = true;
        }
    }

    /// True while a figure with a caption is open.
    pub fn has_caption(&self) -> bool {
        matches!(self.top(), Frame::Figure { captions, .. } if !captions.is_empty())
    }

    /// True if a figure is open that can have a caption.
    pub fn is_in_figure(&self) -> bool {
        matches!(self.top(), Frame::Figure { .. })
    }

    pub fn close_caption(&mut self) {
        self.boundary();
        if matches!(self.top(), Frame::Caption) {
            self.pop();
        }
    }

    /// An image, a link around it included. It is a block: inside text it follows the paragraph, at a line's start it goes
    /// before. Gives whether its address is one of an image.
    pub fn image(&mut self, src: &str, alt: &str, sizes: [Option<u32>; 2]) -> bool {
        let Some(src) = address::image_address(src) else {
            let what = "an image without an address that can be kept";
            self.warnings
                .add_sampled(Change::ImageRemoved, what, "", alt);
            return false;
        };
        let [width, height] = sizes.map(|size| size.filter(|size| (1..=100_000).contains(size)));
        let alt = self.attribute_text(alt);
        let link = self.marks.link().map(|link| link.href.clone());
        let picture = Picture {
            src,
            alt,
            width,
            height,
            link,
            caption: Vec::new(),
        };
        self.set_apart(picture.into());
        true
    }

    /// Something that a page shows in place. Gives whether its address is one that can be opened.
    pub fn embed(&mut self, raw: &str) -> bool {
        let Some(url) = embed::embed_address(raw) else {
            return false;
        };
        self.tell_link_around("the link around an embed", &url);
        self.set_apart(embed::block(url, Vec::new()));
        true
    }

    fn set_apart(&mut self, block: Block) {
        self.fill_link();
        if self.pre.is_some() {
            let what = [
                "an image in preformatted text",
                "an embed in preformatted text",
            ];
            self.tell_moved(&block, what, "one behind the text");
        }
        let words = self.line.words();
        self.apart.push(Apart { block, words });
        if self.pre.is_none() && !self.in_single_line() && self.line.is_at_start() {
            self.flush();
        }
    }

    /// Tells of an image or embed that left the text in which it stood.
    pub(super) fn tell_moved(
        &mut self,
        block: &Block,
        [image, embed]: [&'static str; 2],
        into: &'static str,
    ) {
        let (what, address) = match block {
            Block::Image { src, .. } => (image, src),
            Block::Embed { url, .. } => (embed, url),
            _ => return,
        };
        self.warnings
            .add_sampled(Change::ElementMoved, what, into, address);
    }

    /// The blocks of a figure that is an embed. Words of its link that differ from its address are left out where it has a
    /// caption, else they are that.
    pub(super) fn with_embed(&mut self, blocks: Vec<Block>, has_caption: bool) -> Vec<Block> {
        let is_embed = |block: &Block| matches!(block, Block::Embed { .. });
        if blocks.iter().any(is_embed) {
            return blocks;
        }
        let mut blocks = with_embed(blocks);
        for block in &mut blocks {
            if let Block::Embed { caption, .. } = block
                && has_caption
                && !caption.is_empty()
            {
                let words: String = caption.drain(..).map(|run| run.text).collect();
                let what = "the words of the link of an embed";
                self.warnings
                    .add_sampled(Change::ElementRemoved, what, "", &words);
            }
        }
        blocks
    }

    /// A quote, or the embed that it stands for, with the words of the quote as its caption.
    pub(super) fn pop_quote(&mut self, post: Option<Post>, mut blocks: Vec<Block>) {
        let Some(url) = post.and_then(|post| post.find(&mut blocks)) else {
            if !blocks.is_empty() {
                self.emit(Block::Quote { blocks });
            }
            return;
        };
        let what = "<blockquote> of a post";
        self.warnings
            .add(Change::ElementConverted, what, "an embed");
        self.open_figure(FigureKind::Embed);
        self.embed(&url);
        let mut rest = Vec::new();
        self.open_caption();
        for block in blocks {
            match block {
                Block::Paragraph { id, content } | Block::Heading { id, content, .. } => {
                    self.ids.extend(id);
                    self.runs(&content);
                    self.line.edge();
                }
                Block::Embed { url: other, .. } if other == url => {}
                block => rest.push(block),
            }
        }
        self.close_caption();
        self.close_figure();
        rest.into_iter().for_each(|block| self.emit(block));
    }
}

/// The blocks of a figure that is an embed: a paragraph that is a link or an address is what it embeds.
fn with_embed(mut blocks: Vec<Block>) -> Vec<Block> {
    let found = blocks
        .iter()
        .enumerate()
        .find_map(|(at, block)| match block {
            Block::Paragraph { id, content } => Some((at, linked(content)?, id.clone())),
            _ => None,
        });
    if let Some((at, embed, id)) = found {
        blocks[at] = embed;
        if let (Some(slot), Some(id)) = (blocks[at].id_mut(), id) {
            *slot = Some(id);
        }
    }
    blocks
}

/// The embed of a text that is all one link or one address. Words that differ from the address are its caption.
fn linked(content: &[Inline]) -> Option<Block> {
    let (first, rest) = content.split_first()?;
    let text: String = content.iter().map(|run| run.text.as_str()).collect();
    let Some(link) = first.marks.link() else {
        // A word alone is not an address of the site itself.
        let is_address = rest.is_empty()
            && first.marks.is_empty()
            && !text.contains(char::is_whitespace)
            && text.contains("//");
        let url = is_address.then(|| embed::embed_address(&text))??;
        return Some(embed::block(url, Vec::new()));
    };
    if rest.iter().any(|run| run.marks.link() != Some(link)) {
        return None;
    }
    let url = embed::embed_address(&link.href)?;
    let is_address = text == url || text == link.href;
    let caption = if is_address {
        Vec::new()
    } else {
        unlinked(content)
    };
    Some(embed::block(url, caption))
}

fn unlinked(content: &[Inline]) -> Vec<Inline> {
    let mut runs: Vec<Inline> = Vec::with_capacity(content.len());
    for run in content {
        let mut marks = run.marks.clone();
        marks.set_link(None);
        match runs.last_mut() {
            Some(last) if last.marks == marks => last.text.push_str(&run.text),
            _ => runs.push(Inline {
                text: run.text.clone(),
                marks,
            }),
        }
    }
    runs
}
