//! Pieces of a page between the nodes of its article that are no part of it.

use std::collections::HashSet;

use dom_query::NodeRef;

use crate::import::record::Finding;

use super::names::key;

/// Characters of the first words that are told.
const SHOWN: usize = 120;

/// Pieces of which each is named.
const NAMED: usize = 5;

/// In how many places words were left out, and the first of them.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    places: usize,
    named: Vec<String>,
}

impl LeftOut {
    pub(super) fn add(&mut self, words: &str) {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            return;
        }
        self.places += 1;
        if self.named.len() < NAMED {
            self.named.push(words.chars().take(SHOWN).collect());
        }
    }

    pub(super) fn finding(&self) -> Option<Finding> {
        let named = self.named.join(" | ");
        let detail = match self.places {
            0 => return None,
            1 => format!("a piece of the page is no part of the text: {named}"),
            count if count <= NAMED => {
                format!("{count} pieces of the page are no part of the text: {named}")
            }
            count => format!(
                "{count} pieces of the page are no part of the text: {named} | and {} more",
                count - NAMED
            ),
        };
        Some(Finding::new("left_out", detail))
    }
}

/// A judgement of a node that an extraction has not chosen.
pub(super) enum Judgement {
    /// It has no words of its own, and the reader of bodies knows what it is.
    Stays,
    /// As [`Judgement::Stays`], and the page does not show it.
    Hidden,
    /// It is no part of the text; its words are told, unless a field holds them or it is furniture of every page.
    Goes(String),
}

/// Judges nodes by what they hold.
pub(super) struct Judge {
    title: String,
    /// The ids of the notes that the text refers to.
    notes: HashSet<String>,
}

impl Judge {
    pub(super) fn new(title: &str, notes: HashSet<String>) -> Self {
        let title = key(title);
        Self { title, notes }
    }

    pub(super) fn of(&self, node: &NodeRef<'_>) -> Judgement {
        if !node.is_element() {
            let words = node.is_text().then(|| node.text().trim().to_owned());
            return match words {
                Some(words) if words.is_empty() => Judgement::Stays,
                words => Judgement::Goes(words.unwrap_or_default()),
            };
        }
        let name = node.node_name().unwrap_or_default();
        if MACHINERY.contains(&name.as_ref()) {
            return Judgement::Goes(String::new());
        }
        if is_hidden(node) {
            return Judgement::Hidden;
        }
        if KNOWN.contains(&name.as_ref()) || self.is_note(node) || is_within_quote(node, &name) {
            return Judgement::Stays;
        }
        let words = own_words(node);
        if words.is_empty() {
            return match holds_picture(node) && is_promotion(node) {
                true => Judgement::Goes(address(node)),
                false => Judgement::Stays,
            };
        }
        let is_title = key(&words) == self.title;
        match is_title || is_furniture(node, &name) {
            true => Judgement::Goes(String::new()),
            false => Judgement::Goes(words),
        }
    }

    fn is_note(&self, node: &NodeRef<'_>) -> bool {
        let is_one = |node: &NodeRef<'_>| {
            let names = ["id", "name"].map(|name| node.attr_or(name, ""));
            names.iter().any(|name| self.notes.contains(name.as_ref()))
        };
        !self.notes.is_empty()
            && (is_one(node) || node.descendants_it().any(|inner| is_one(&inner)))
    }
}

/// The id of the note that a link leads to.
pub(super) fn note_of(link: &NodeRef<'_>) -> Option<String> {
    let address = link.has_name("a").then(|| link.attr("href"))??;
    let id = address.strip_prefix('#').filter(|id| !id.is_empty())?;
    (is_note(id) || is_sign(&link.text())).then(|| id.to_owned())
}

/// True if an id is of a note, as the systems name them: `fn1`, `note-1`, `_ftn1`, `cite_note-1`.
fn is_note(id: &str) -> bool {
    const WORDS: [&str; 6] = ["fn", "ftn", "edn", "note", "ref", "cite"];
    let id = id.to_ascii_lowercase();
    let has_word = WORDS.iter().any(|word| id.contains(word));
    has_word && id.contains(|c: char| c.is_ascii_digit())
}

/// True if words are the number or sign of a note: `1`, `[12]`, `*`.
fn is_sign(words: &str) -> bool {
    let sign = words.trim().trim_matches(['[', ']', '(', ')']);
    let is_number = !sign.is_empty() && sign.len() <= 3 && sign.chars().all(|c| c.is_ascii_digit());
    is_number || matches!(sign, "*" | "**" | "†" | "‡")
}

/// Elements that are no content of a page.
const MACHINERY: [&str; 5] = ["script", "style", "link", "meta", "template"];

/// Elements that the reader of bodies keeps or tells of by itself.
const KNOWN: [&str; 15] = [
    "br", "hr", "wbr", "source", "track", "param", "col", "colgroup", "area", "input", "select",
    "datalist", "svg", "canvas", "math",
];

/// Words in the class of boxes whose text fields of the article hold, or that stand on every page of a site.
const FURNITURE: [&str; 11] = [
    "byline",
    "author",
    "authors",
    "dateline",
    "date",
    "time",
    "published",
    "breadcrumb",
    "breadcrumbs",
    "menu",
    "toolbar",
];

fn is_furniture(node: &NodeRef<'_>, name: &str) -> bool {
    let role = node.attr_or("role", "");
    matches!(name, "nav" | "time" | "button")
        || matches!(role.as_ref(), "navigation" | "menu" | "menubar")
        || has_mark(node, &FURNITURE)
}

/// Words in the class of advertisements.
const ADVERTISEMENT: [&str; 8] = [
    "ad",
    "ads",
    "advert",
    "advertisement",
    "adsbygoogle",
    "banner",
    "sponsor",
    "sponsored",
];

/// Words in the class of other boxes whose pictures are no part of an article.
const PROMOTION: [&str; 9] = [
    "promo",
    "share",
    "social",
    "avatar",
    "author",
    "logo",
    "icon",
    "related",
    "newsletter",
];

fn is_promotion(node: &NodeRef<'_>) -> bool {
    let mut nodes = std::iter::once(*node).chain(node.descendants_it());
    nodes.any(|node| has_mark(&node, &ADVERTISEMENT) || has_mark(&node, &PROMOTION))
}

/// Words in the class of other boxes beside the text.
const BESIDE: [&str; 9] = [
    "tag",
    "tags",
    "meta",
    "caption",
    "credit",
    "credits",
    "copyright",
    "editor",
    "sns",
];

/// True if its name or class says that an element is no part of a text.
pub(super) fn is_boilerplate(node: &NodeRef<'_>) -> bool {
    let is_furniture = is_furniture(node, &node.node_name().unwrap_or_default());
    let is_marked = [&ADVERTISEMENT[..], &PROMOTION, &BESIDE]
        .iter()
        .any(|words| has_mark(node, words));
    is_furniture || is_marked
}

/// True if an element is a box of pictures and frames that its class says are advertisements.
pub(super) fn is_advertisement(node: &NodeRef<'_>) -> bool {
    has_mark(node, &ADVERTISEMENT) && holds_picture(node) && own_words(node).is_empty()
}

/// True if the class of an element, or what else names it, has one of some words.
fn has_mark(node: &NodeRef<'_>, words: &[&str]) -> bool {
    ["class", "id", "rel", "itemprop"].iter().any(|name| {
        let marks = node.attr_or(name, "").to_ascii_lowercase();
        let mut parts = marks.split(|c: char| !c.is_ascii_alphanumeric());
        parts.any(|part| words.contains(&part))
    })
}

fn is_hidden(node: &NodeRef<'_>) -> bool {
    let style = node
        .attr_or("style", "")
        .to_ascii_lowercase()
        .replace(' ', "");
    node.has_attr("hidden") || style.contains("display:none") || style.contains("visibility:hidden")
}

/// True if an element tells whom a quote is by, or what a figure shows.
fn is_within_quote(node: &NodeRef<'_>, name: &str) -> bool {
    matches!(name, "footer" | "cite" | "figcaption")
        && node
            .ancestors_it(None)
            .any(|around| around.has_name("blockquote") || around.has_name("figure"))
}

fn holds_picture(node: &NodeRef<'_>) -> bool {
    const NAMES: [&str; 7] = [
        "img", "amp-img", "iframe", "video", "audio", "object", "embed",
    ];
    let is_one = |node: &NodeRef<'_>| NAMES.iter().any(|name| node.has_name(name));
    is_one(node) || node.descendants_it().any(|inner| is_one(&inner))
}

/// The address of the first picture or frame in an element.
fn address(node: &NodeRef<'_>) -> String {
    let mut nodes = std::iter::once(*node).chain(node.descendants_it());
    let found = nodes.find_map(|node| node.attr("src"));
    found.map(|address| address.to_string()).unwrap_or_default()
}

/// The words of an element but for those that belong to a picture, a frame or a post in it.
fn own_words(node: &NodeRef<'_>) -> String {
    const OTHERS: [&str; 12] = [
        "figcaption",
        "noscript",
        "script",
        "style",
        "template",
        "iframe",
        "video",
        "audio",
        "object",
        "svg",
        "amp-iframe",
        "amp-video",
    ];
    let is_other = |node: &NodeRef<'_>| {
        let class = || node.attr_or("class", "");
        let is_post = || POSTS.iter().any(|post| class().contains(post));
        OTHERS.iter().any(|name| node.has_name(name)) || node.has_name("blockquote") && is_post()
    };
    let mut words = String::new();
    let mut waiting = vec![*node];
    while let Some(node) = waiting.pop() {
        if node.is_text() {
            words.push(' ');
            words.push_str(node.text().trim());
        } else if !is_other(&node) {
            waiting.extend(node.children_it(true));
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Classes of quotes that are posts of other sites.
const POSTS: [&str; 6] = [
    "twitter-",
    "instagram-media",
    "tiktok-embed",
    "reddit-",
    "bluesky-embed",
    "mastodon-embed",
];
