//! The article's nodes as the page has them.
//!
//! The extraction judges which nodes are the article, and on its way removes and rewrites what it does not need for that:
//! frames, boxes of forms, `noscript`, classes, empty anchors. So it works on a copy, in which stand-ins hold the place of those,
//! and its answer is taken as a choice of nodes. The nodes have the same ids in both trees.

use std::collections::HashSet;

use dom_query::{Document, NodeId, NodeRef};

use super::left_out::{self, Judgement, LeftOut};

/// The address of a stand-in; none is ever read.
const ADDRESS: &str = "/stand-in.jpg";

/// Elements that are shown in the place of text, but not by their words.
const SHOWN: [&str; 12] = [
    "iframe",
    "video",
    "audio",
    "object",
    "embed",
    "oembed",
    "amp-img",
    "amp-iframe",
    "amp-video",
    "amp-audio",
    "amp-youtube",
    "lite-youtube",
];

const TABLE_PARTS: [&str; 9] = [
    "table", "caption", "colgroup", "thead", "tbody", "tfoot", "tr", "td", "th",
];

/// Puts pictures and signs in the place of what the extraction would take out wherever it stands.
pub(super) fn put_stand_ins(copy: &Document) {
    for node in copy.select("body *").nodes() {
        let name = node.node_name().unwrap_or_default();
        match name.as_ref() {
            "img" if !node.has_attr("src") => node.set_attr("src", ADDRESS),
            "input" => put_box(node),
            name if SHOWN.contains(&name) || holds_picture(node, name) => put_picture(node),
            _ => {}
        }
    }
}

fn put_box(input: &NodeRef<'_>) {
    let kind = input.attr_or("type", "text").to_ascii_lowercase();
    match kind.as_str() {
        "checkbox" | "radio" => {
            input.retain_attrs(&["hidden", "style"]);
            input.rename("span");
            input.set_text("☐");
        }
        "image" => put_picture(input),
        _ => {}
    }
}

/// Its class and style stay, by which the extraction judges it.
fn put_picture(node: &NodeRef<'_>) {
    node.remove_children();
    node.retain_attrs(&["class", "id", "hidden", "style"]);
    node.rename("img");
    node.set_attr("src", ADDRESS);
}

/// True if the body of an article has something else in the place of an element without words.
fn holds_picture(node: &NodeRef<'_>, name: &str) -> bool {
    const ADDRESSES: [&str; 4] = [
        "data-oembed-url",
        "data-href",
        "data-bg",
        "data-background-image",
    ];
    match name {
        "noscript" => ["img", "iframe", "video", "audio"]
            .iter()
            .any(|name| !node.find_descendants(name).is_empty()),
        "script" => {
            node.has_attr("data-telegram-post")
                || node.attr_or("src", "").contains("//gist.github.com/")
        }
        "a" | "body" => false,
        _ => {
            let style = node.attr_or("style", "");
            let has_address = ADDRESSES.iter().any(|name| node.has_attr(name))
                || style.contains("background") && style.contains("url(");
            has_address && node.first_element_child().is_none() && node.text().trim().is_empty()
        }
    }
}

/// The HTML of the nodes that an extraction has chosen, and what stands between them and was not.
pub(super) fn restored(
    document: &Document,
    chosen: &NodeRef<'_>,
    title: &str,
) -> Option<(String, LeftOut)> {
    let original = document.clone();
    let choice = Choice::new(&original, chosen);
    let top = choice.top(&original)?;
    let mut left_out = LeftOut::default();
    let judge = left_out::Judge::new(title, choice.notes(&original));
    let mut waiting = vec![top];
    while let Some(node) = waiting.pop() {
        let is_chosen = choice.taken.contains(&node.id) || choice.frames.contains(&node.id);
        if is_chosen && !left_out::is_advertisement(&node) {
            if !is_stood_for(&node, chosen) {
                choice.untable(&node, chosen);
                waiting.extend(node.children_it(true));
            }
            continue;
        }
        match judge.of(&node) {
            Judgement::Stays => {}
            Judgement::Hidden => node.set_attr("hidden", ""),
            Judgement::Goes(words) => {
                left_out.add(&words);
                node.remove_from_parent();
            }
        }
    }
    Some((top.html().to_string(), left_out))
}

/// True if a stand-in has the place of a node in the choice: then all in it is taken.
fn is_stood_for(node: &NodeRef<'_>, chosen: &NodeRef<'_>) -> bool {
    let in_choice = chosen.tree.get_name(&node.id);
    in_choice.is_some_and(|name| {
        let name = name.local.as_ref();
        matches!(name, "img" | "span") && !node.has_name(name)
    })
}

/// The choice of an extraction.
struct Choice {
    taken: HashSet<NodeId>,
    /// Elements around those that are taken.
    frames: HashSet<NodeId>,
}

impl Choice {
    fn new(original: &Document, chosen: &NodeRef<'_>) -> Self {
        let nodes = std::iter::once(*chosen).chain(chosen.descendants_it());
        let ids = nodes.map(|node| node.id);
        let taken: HashSet<NodeId> = ids.filter(|id| original.tree.get(id).is_some()).collect();
        let mut frames = HashSet::new();
        for id in &taken {
            let mut around = original.tree.parent_of(id);
            while let Some(frame) = around.filter(|frame| frames.insert(frame.id)) {
                around = frame.parent();
            }
        }
        Self { taken, frames }
    }

    /// The innermost element that holds all that is taken.
    fn top<'d>(&self, original: &'d Document) -> Option<NodeRef<'d>> {
        let mut top = original.body()?;
        while !self.taken.contains(&top.id) {
            let mut inner = top
                .children_it(false)
                .filter(|node| self.taken.contains(&node.id) || self.frames.contains(&node.id));
            match (inner.next(), inner.next()) {
                (Some(only), None) if only.is_element() => top = only,
                _ => break,
            }
        }
        (!self.taken.is_empty()).then_some(top)
    }

    /// A table that only arranges the page, or a part of one, is none in the text.
    fn untable(&self, node: &NodeRef<'_>, chosen: &NodeRef<'_>) {
        let name = node.node_name().unwrap_or_default();
        if !TABLE_PARTS.contains(&name.as_ref()) {
            return;
        }
        let in_choice = chosen.tree.get_name(&node.id);
        let is_one = in_choice.is_some_and(|name| TABLE_PARTS.contains(&name.local.as_ref()));
        if !self.taken.contains(&node.id) || !is_one {
            node.rename("div");
        }
    }

    /// The ids of the notes that the text refers to.
    fn notes(&self, original: &Document) -> HashSet<String> {
        let links = original.select("a[href^='#']");
        let taken = links
            .nodes()
            .iter()
            .filter(|link| self.taken.contains(&link.id));
        taken.filter_map(left_out::note_of).collect()
    }
}
