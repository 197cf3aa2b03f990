//! Links within a body: an id is kept where a link of the same body leads to it, on the block that holds it.
//!
//! Scripts of a page that shows the body find its elements as variables of their ids' names (HTML, section 7.2.2.3). No
//! variable has a hyphen in its name, so an id without one is led by `user-content-`, as GitHub's and rehype's sanitisers
//! lead every id.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;

use super::blocks::{Block, Inline};
use super::warnings::{Change, Warnings};

/// What leads an id that a script could take for its own.
const PREFIX: &str = "user-content-";

/// Chooses the id of each block among those that links lead to, and leads the links of the others there too. Gives whether
/// links have changed.
pub(super) fn settle(blocks: &mut [Block], warnings: &mut Warnings) -> bool {
    let mut wanted = HashSet::new();
    links_mut(blocks, &mut |link| wanted.extend(fragment(link)));
    let mut chosen = Chosen {
        wanted: wanted.iter().map(|id| safe(id).into_owned()).collect(),
        seen: HashSet::new(),
        moved: HashMap::new(),
    };
    chosen.choose(blocks);
    let mut changed = false;
    links_mut(blocks, &mut |link| {
        let Some(id) = fragment(link) else {
            return;
        };
        let safe = safe(&id);
        let moved = chosen.moved.get(&*safe).map(String::as_str);
        let target = moved.unwrap_or(&safe);
        if target == id || !chosen.seen.contains(&*safe) {
            return;
        }
        let (what, into) = match moved {
            Some(_) => ("the target of a link", "the block that it is in"),
            None => ("an id", "one that begins with user-content-"),
        };
        *link = format!("#{target}");
        warnings.add(Change::ElementConverted, what, into);
        changed = true;
    });
    changed
}

/// The id that a link within the body leads to.
fn fragment(link: &str) -> Option<String> {
    let id = link.strip_prefix('#').filter(|id| !id.is_empty())?;
    Some(percent_decode_str(id).decode_utf8_lossy().into_owned())
}

/// An id that is the name of no variable.
fn safe(id: &str) -> Cow<'_, str> {
    if id.contains('-') {
        Cow::Borrowed(id)
    } else {
        Cow::Owned(format!("{PREFIX}{id}"))
    }
}

/// The ids of the blocks, in their safe form.
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

    /// The first id that is wanted and is nowhere before.
    fn first_of(&mut self, ids: &str) -> Option<String> {
        let mut first: Option<String> = None;
        for id in ids.split(' ') {
            let id = safe(id).into_owned();
            if !self.wanted.contains(&id) || !self.seen.insert(id.clone()) {
                continue;
            }
            match &first {
                None => first = Some(id),
                Some(first) => {
                    self.moved.insert(id, first.clone());
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
