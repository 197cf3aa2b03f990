//! Open elements: a list, a table, a figure … while their content is read.

use super::super::blocks::{Block, Inline, Marks, Style};
use super::super::embed;
use super::super::targets::links_mut;
use super::grid::{SpannedCell, Table};

/// An element that is open.
pub(super) enum Frame {
    Root(Vec<Block>),
    Quote {
        /// Set where the quote stands for a post of another site.
        post: Option<Post>,
        blocks: Vec<Block>,
    },
    Item(Item),
    List(List),
    Figure {
        kind: FigureKind,
        blocks: Vec<Block>,
        captions: Vec<Caption>,
    },
    /// Its content is the builder's line.
    Caption,
    Table(Table),
    Row(Vec<SpannedCell>),
    Cell(Box<OpenCell>),
}

/// A caption, and the number of blocks of its figure that stand before it.
pub(super) struct Caption {
    pub(super) at: usize,
    pub(super) content: Vec<Inline>,
}

/// A list while it is read.
#[derive(Default)]
pub(super) struct List {
    pub(super) ordered: bool,
    pub(super) start: Option<i64>,
    pub(super) reversed: bool,
    pub(super) items: Vec<Item>,
}

/// An item of a list; one without blocks counts, but is not shown.
#[derive(Default)]
pub(super) struct Item {
    pub(super) number: Option<i64>,
    pub(super) blocks: Vec<Block>,
}

impl Item {
    pub(super) fn of(block: Block) -> Self {
        Self {
            number: None,
            blocks: vec![block],
        }
    }
}

/// A cell while it is read. Marks opened in it end with it, so those from before are saved.
pub(super) struct OpenCell {
    pub(super) header: bool,
    /// Number of columns and rows that it spans.
    pub(super) spans: [u32; 2],
    pub(super) saved: ([u32; Style::ALL.len()], Marks),
    pub(super) nested_tables: u32,
    /// Number of preformatted texts in it.
    pub(super) preformatted: usize,
    /// The language of the last of them.
    pub(super) language: Option<String>,
}

/// An image or embed that stood inside text, and the words that were read before it.
pub(super) struct Apart {
    pub(super) block: Block,
    pub(super) words: usize,
}

impl Frame {
    /// The blocks of a frame that may hold any.
    pub(super) fn blocks(&mut self) -> Option<&mut Vec<Block>> {
        match self {
            Self::Root(blocks)
            | Self::Quote { blocks, .. }
            | Self::Item(Item { blocks, .. })
            | Self::Figure { blocks, .. } => Some(blocks),
            _ => None,
        }
    }
}

/// A kind of figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureKind {
    /// Anything with a caption; several images and nothing else are a gallery.
    Plain,
    /// Something of another site, by its address.
    Embed,
    /// Images that belong together.
    Gallery,
}

/// A post of another site that a quote stands for.
#[derive(Clone, Debug)]
pub struct Post {
    /// Its address, where an attribute of the quote has it; else one of the links in the quote is the post's.
    pub address: Option<String>,
    /// True where the first link is the post, false where the last link to one is.
    pub is_first_link: bool,
}

impl Post {
    /// The address of the post.
    pub(super) fn find(self, blocks: &mut [Block]) -> Option<String> {
        let mut links = Vec::new();
        links_mut(blocks, &mut |link| links.push(link.clone()));
        let is_post = |link: &&String| embed::provider(link).is_some() && embed::is_post(link);
        let is_known = |link: &&String| embed::provider(link).is_some();
        let linked = if self.is_first_link {
            links.first()
        } else {
            let post = links.iter().rev().find(is_post);
            post.or_else(|| links.iter().rev().find(is_known))
        };
        let address = self.address.or_else(|| linked.cloned())?;
        let address = embed::embed_address(&address)?;
        Some(if embed::is_post(&address) {
            embed::without_query(&address)
        } else {
            address
        })
    }
}

/// The ids of one embed that are kept, in bytes.
const MAX_IDS: usize = 10_000;

/// Puts a block behind others; an embed of the same address as the one before is that one.
pub(super) fn push(blocks: &mut Vec<Block>, block: Block) {
    if let (
        Some(Block::Embed {
            id: first,
            url,
            caption: said,
            ..
        }),
        Block::Embed {
            id: second,
            url: other,
            caption,
            ..
        },
    ) = (blocks.last_mut(), &block)
        && url == other
        && (said.is_empty() || caption.is_empty() || said == caption)
    {
        if let Some(id) = second
            .as_ref()
            .filter(|_| first.as_ref().is_none_or(|ids| ids.len() < MAX_IDS))
        {
            add_ids(first, std::slice::from_ref(id));
        }
        if said.is_empty() {
            said.clone_from(caption);
        }
        return;
    }
    blocks.push(block);
}

/// Adds to the ids of a block, which are parted by spaces.
pub(super) fn add_ids(to: &mut Option<String>, ids: &[String]) {
    if ids.is_empty() {
        return;
    }
    let all = to.iter().chain(ids).map(String::as_str);
    *to = Some(all.collect::<Vec<_>>().join(" "));
}
