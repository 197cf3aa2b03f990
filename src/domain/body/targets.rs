//! Links within a body: an id is kept where a link of the same body leads to it, on the block that holds it. The link may be a
//! whole address, as one of the article itself is. Anchors that only links from elsewhere lead to are told.
//!
//! Ids stand on paragraphs, headings, items, figures and tables only. `document` has no properties of such elements' names
//! (HTML, section 3.1.6), so an id hides nothing from the scripts of a page that shows the body.

use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;

use super::blocks::{Block, Inline};
use super::warnings::{Change, Warnings};

/// The longest id, in bytes.
const MAX_ID: usize = 100;

/// The id that stands for a written one: letters, digits and `-_.:`, which are signs of an id in every form of a body. Runs of
/// other characters become one `-`.
pub(super) fn fitting(written: &str) -> Option<String> {
    let mut id = String::new();
    for c in written.trim().chars() {
        let is_sign = c.is_alphanumeric() || "-_.:".contains(c);
        let c = if is_sign { c } else { '-' };
        if id.len() + c.len_utf8() > MAX_ID {
            break;
        }
        if is_sign || !id.ends_with('-') {
            id.push(c);
        }
    }
    (!id.is_empty()).then_some(id)
}

/// Chooses the id of each block among those that links lead to, and leads the links of the others there too. Gives whether
/// links have changed.
pub(super) fn settle(blocks: &mut [Block], warnings: &mut Warnings) -> bool {
    let mut wanted = HashSet::new();
    links_mut(blocks, &mut |link| {
        wanted.extend(fragment(whole_fragment(link)).and_then(|id| fitting(&id)));
    });
    let mut chosen = Chosen {
        wanted,
        seen: HashSet::new(),
        moved: HashMap::new(),
    };
    chosen.choose(blocks);
    let mut has_changed = false;
    links_mut(blocks, &mut |link| {
        if let Some((id, what, into)) = fragment(link).and_then(|id| chosen.instead_of(&id)) {
            *link = format!("#{id}");
            warnings.add(Change::ElementConverted, what, into);
            has_changed = true;
        }
    });
    has_changed
}

/// The id that a link within the body leads to.
fn fragment(link: &str) -> Option<String> {
    let id = link.strip_prefix('#').filter(|id| !id.is_empty())?;
    Some(percent_decode_str(id).decode_utf8_lossy().into_owned())
}

/// The fragment of an address, with its sign.
fn whole_fragment(link: &str) -> &str {
    link.find('#').map_or("", |at| &link[at..])
}

/// Tells of the anchors that no block has as its id, and of the `lost` ones that links of the body lead to.
pub(super) fn tell_lost(
    blocks: &mut [Block],
    anchors: &[String],
    lost: &[String],
    warnings: &mut Warnings,
) {
    let mut there = HashSet::new();
    ids(blocks, &mut there);
    for anchor in anchors {
        let is_kept = fitting(anchor).is_some_and(|id| there.contains(&id));
        if !is_kept && there.insert(anchor.clone()) {
            let what = "an anchor for links from elsewhere";
            warnings.add_sampled(Change::AttributeRemoved, what, "", anchor);
        }
    }
    let mut lost: HashSet<&String> = lost.iter().filter(|id| !there.contains(*id)).collect();
    links_mut(blocks, &mut |link| {
        let id = fragment(link).and_then(|id| fitting(&id));
        if let Some(id) = id.filter(|id| lost.remove(id)) {
            let what = "the target of a link";
            warnings.add_sampled(Change::ElementRemoved, what, "", &id);
        }
    });
}

fn ids(blocks: &mut [Block], there: &mut HashSet<String>) {
    for block in blocks {
        there.extend(block.id_mut().and_then(|id| id.clone()));
        match block {
            Block::Quote { blocks } => ids(blocks, there),
            Block::List { items, .. } => items.iter_mut().for_each(|item| ids(item, there)),
            _ => {}
        }
    }
}

struct Chosen {
    wanted: HashSet<String>,
    seen: HashSet<String>,
    /// Ids that lead to a block of another id.
    moved: HashMap<String, String>,
}

impl Chosen {
    fn choose(&mut self, blocks: &mut [Block]) {
        for block in blocks {
            if let Some(slot) = block.id_mut()
                && let Some(ids) = slot.take()
            {
                *slot = self.first_of(&ids);
            }
            match block {
                Block::Quote { blocks } => self.choose(blocks),
                Block::List { items, .. } => items.iter_mut().for_each(|item| self.choose(item)),
                _ => {}
            }
        }
    }

    /// The id that stands for a written one in its place, and the change that this is.
    fn instead_of(&self, written: &str) -> Option<(&str, &'static str, &'static str)> {
        let fitting = fitting(written)?;
        if let Some(id) = self.moved.get(&fitting) {
            return Some((id, "the target of a link", "the block that it is in"));
        }
        let id = self.seen.get(&fitting).filter(|id| *id != written)?;
        let into = "one of letters, digits and hyphens";
        Some((id, "an id with other signs", into))
    }

    /// The first id that is wanted and is nowhere before.
    fn first_of(&mut self, ids: &str) -> Option<String> {
        let mut first: Option<String> = None;
        for id in ids.split(' ') {
            if !self.wanted.contains(id) || !self.seen.insert(id.to_owned()) {
                continue;
            }
            match &first {
                None => first = Some(id.to_owned()),
                Some(first) => {
                    self.moved.insert(id.to_owned(), first.clone());
                }
            }
        }
        first
    }
}

/// Calls `each` for the address of every link, in the order of the text.
pub(super) fn links_mut(blocks: &mut [Block], each: &mut dyn FnMut(&mut String)) {
    for block in blocks {
        match block {
            Block::Paragraph { content, .. }
            | Block::Heading { content, .. }
            | Block::Embed {
                caption: content, ..
            } => inline(content, each),
            Block::List { items, .. } => items.iter_mut().for_each(|item| links_mut(item, each)),
            Block::Quote { blocks } => links_mut(blocks, each),
            Block::Image { link, caption, .. } => {
                link.iter_mut().for_each(&mut *each);
                inline(caption, each);
            }
            Block::Gallery {
                images, caption, ..
            } => {
                for image in images {
                    image.link.iter_mut().for_each(&mut *each);
                    inline(&mut image.caption, each);
                }
                inline(caption, each);
            }
            Block::Table { head, body, .. } => {
                let cells = head.iter_mut().chain(body).flatten();
                cells.for_each(|cell| inline(&mut cell.content, each));
            }
            Block::Code { .. } | Block::Rule {} => {}
        }
    }
}

fn inline(content: &mut [Inline], each: &mut dyn FnMut(&mut String)) {
    let links = content.iter_mut().filter_map(|run| run.marks.link_mut());
    links.for_each(|link| each(&mut link.href));
}
