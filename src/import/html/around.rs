//! Pieces directly around a text, in the elements that hold its paragraphs: a table, a list, a quote, a heading with its line.

use std::collections::HashSet;

use dom_query::{NodeId, NodeRef};

use crate::import::page;

use super::left_out::{is_boilerplate, note_of};

/// A line of a page.
pub(super) struct Line<'d> {
    pub(super) block: NodeRef<'d>,
    pub(super) words: String,
    /// It is a sentence as long as those of paragraphs.
    pub(super) is_sentence: bool,
}

/// Elements that hold a part of a text each, and no menu or box where no word of theirs says so.
const PARTS: [&str; 7] = ["table", "ul", "ol", "dl", "blockquote", "pre", "details"];

/// Elements of which one alone in a box makes that box one of them.
const FRAMED: [&str; 3] = ["table", "blockquote", "pre"];

/// Finds the lines around a text, of all lines from a first to a last, that are parts of it; the answer has their places.
pub(super) fn parts(lines: &[Line<'_>], first: usize, last: usize) -> HashSet<usize> {
    let text = Text::new(lines, first, last);
    let mut kept = HashSet::new();
    let before = text.pieces(lines, 0..first);
    let mut behind = text.pieces(lines, last + 1..lines.len());
    let over = behind.iter().position(|piece| {
        let words = &lines[piece.places[0]].words;
        page::ends_article(words)
    });
    behind.truncate(over.unwrap_or(behind.len()));
    for (pieces, mut is_next_kept) in [(before, true), (behind, false)] {
        // A heading belongs to what stands below it.
        for piece in pieces.iter().rev() {
            is_next_kept = match is_heading(&piece.branch) {
                true => is_next_kept && !is_said_everywhere(lines, piece),
                false => text.is_part(lines, piece),
            };
            if is_next_kept {
                kept.extend(&piece.places);
            }
        }
    }
    kept
}

/// The content of one child of a frame.
struct Piece<'d> {
    branch: NodeRef<'d>,
    is_framed: bool,
    places: Vec<usize>,
}

struct Text {
    /// Elements that hold paragraphs of the text, and the one around all.
    frames: HashSet<NodeId>,
    classes: HashSet<String>,
    /// The ids of the notes that the text refers to.
    notes: HashSet<String>,
}

impl Text {
    fn new(lines: &[Line<'_>], first: usize, last: usize) -> Self {
        let own = &lines[first..=last];
        let paragraphs = own.iter().filter(|line| line.is_sentence);
        let parents = paragraphs.filter_map(|line| line.block.parent());
        let mut frames: Vec<NodeRef<'_>> = parents
            .filter(|parent| ["div", "article", "section", "main"].contains(&&*name(parent)))
            .collect();
        let around: HashSet<NodeId> = lines[first]
            .block
            .ancestors_it(None)
            .map(|n| n.id)
            .collect();
        let mut ends = lines[last].block.ancestors_it(None);
        frames.extend(ends.find(|node| around.contains(&node.id)));
        let links = own.iter().flat_map(|line| line.block.descendants_it());
        Self {
            classes: frames.iter().map(class).collect(),
            notes: links.filter_map(|link| note_of(&link)).collect(),
            frames: frames.iter().map(|frame| frame.id).collect(),
        }
    }

    fn pieces<'d>(&self, lines: &[Line<'d>], places: std::ops::Range<usize>) -> Vec<Piece<'d>> {
        let mut pieces: Vec<Piece<'d>> = Vec::new();
        for at in places {
            let block = lines[at].block;
            let own = || std::iter::once(block).chain(block.ancestors_it(None));
            let is_within = |node: &NodeRef<'_>| {
                let parent = node.parent();
                parent.is_some_and(|parent| self.frames.contains(&parent.id))
            };
            // A table is one wherever it stands.
            let table = || own().filter(|node| node.has_name("table")).last();
            let branch = own().find(is_within);
            let is_framed = branch.is_some();
            let branch = branch.or_else(table).unwrap_or(block);
            match pieces.last_mut().filter(|last| last.branch.id == branch.id) {
                Some(last) => last.places.push(at),
                None => pieces.push(Piece {
                    branch,
                    is_framed,
                    places: vec![at],
                }),
            }
        }
        pieces
    }

    fn is_part(&self, lines: &[Line<'_>], piece: &Piece<'_>) -> bool {
        let part = unboxed(piece.branch);
        let kind = name(&part);
        let is_table = kind == "table";
        if !piece.is_framed && !is_table {
            return false;
        }
        if self.has_note(&part) {
            return true;
        }
        let mut marked = std::iter::once(part).chain(part.ancestors_it(None));
        let is_marked = match is_table {
            true => marked.any(|node| !self.frames.contains(&node.id) && is_boilerplate(&node)),
            false => is_boilerplate(&part) || is_boilerplate(&piece.branch),
        };
        if is_marked || is_linked(&part) || is_said_everywhere(lines, piece) {
            return false;
        }
        let words = &lines[piece.places[0]].words;
        match kind.as_str() {
            kind if PARTS.contains(&kind) => true,
            "section" => class(&part).is_empty() || self.classes.contains(&class(&part)),
            "p" => is_ended(words) || is_strong(&part, words),
            "div" => part.attrs().is_empty() && piece.places.len() == 1 && is_ended(words),
            _ => false,
        }
    }

    fn has_note(&self, part: &NodeRef<'_>) -> bool {
        let mut nodes = std::iter::once(*part).chain(part.descendants_it());
        !self.notes.is_empty()
            && nodes.any(|node| {
                let names = ["id", "name"].map(|name| node.attr_or(name, ""));
                names.iter().any(|name| self.notes.contains(&**name))
            })
    }
}

fn name(node: &NodeRef<'_>) -> String {
    node.node_name().unwrap_or_default().to_string()
}

fn class(node: &NodeRef<'_>) -> String {
    node.attr_or("class", "").trim().to_owned()
}

fn is_heading(node: &NodeRef<'_>) -> bool {
    matches!(name(node).as_str(), "h2" | "h3" | "h4" | "h5" | "h6")
}

/// The table, quote or code that is all that a box holds, beside its caption.
fn unboxed(branch: NodeRef<'_>) -> NodeRef<'_> {
    let mut part = branch;
    while matches!(name(&part).as_str(), "div" | "figure") {
        let mut inner = part
            .children_it(false)
            .filter(|node| node.is_element() && !node.has_name("figcaption"));
        match (inner.next(), inner.next()) {
            (Some(only), None) => part = only,
            _ => break,
        }
    }
    match FRAMED.contains(&name(&part).as_str()) {
        true => part,
        false => branch,
    }
}

/// True if most lines of a piece are such as stand around the text of every page.
fn is_said_everywhere(lines: &[Line<'_>], piece: &Piece<'_>) -> bool {
    let words = piece.places.iter().map(|at| &lines[*at].words);
    let said = words.filter(|words| page::is_furniture(words)).count();
    said * 2 > piece.places.len()
}

/// True if more than half of the words lead elsewhere.
fn is_linked(part: &NodeRef<'_>) -> bool {
    let count = |node: &NodeRef<'_>| node.text().split_whitespace().collect::<String>().len();
    let links = part.find_descendants("a");
    let linked: usize = links.iter().map(count).sum();
    linked * 2 > count(part)
}

/// True if a text ends as sentences do.
pub(super) fn is_ended(text: &str) -> bool {
    text.trim()
        .trim_end_matches(['"', '”', '’', '»', ')', '）', '」'])
        .ends_with(['.', '!', '?', '…', '。', '！', '？', ':'])
}

fn is_strong(part: &NodeRef<'_>, words: &str) -> bool {
    let mut strong = part
        .descendants_it()
        .filter(|node| node.has_name("b") || node.has_name("strong"));
    strong.any(|node| node.text().trim() == words.trim())
}
