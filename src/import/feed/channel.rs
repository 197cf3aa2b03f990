//! Fields of a feed that apply to all its entries.

use crate::import::xml::{Element, Names};

use super::people;

/// A feed without its entries.
#[derive(Debug, Default)]
pub(super) struct Channel {
    /// The prefixes of the document.
    pub(super) names: Names,
    /// True if the document is a feed.
    pub(super) is_feed: bool,
    /// The address of its site.
    pub(super) url: Option<String>,
    /// The address that relative ones are of.
    pub(super) base: Option<String>,
    /// The languages that it says it is in, the nearest first, as they are written.
    pub(super) langs: Vec<String>,
    /// Those who write entries that name nobody.
    pub(super) authors: Vec<String>,
}

impl Channel {
    /// Reads what stands around the entries.
    pub(super) fn read(around: &str, names: Names) -> Self {
        let Some(root) = Element::parse(around, &names) else {
            return Self {
                names,
                ..Self::default()
            };
        };
        let inner = root.first("channel").unwrap_or(&root);
        let is_feed = ["rss", "rdf:RDF", "RDF", "feed", "channel"].contains(&root.name.as_str());
        let mut langs = languages(inner);
        if root.first("channel").is_some() {
            langs.extend(languages(&root));
        }
        let base = root
            .attribute("xml:base")
            .or(inner.attribute("xml:base"))
            .map(str::to_owned);
        let url = alternate(inner);
        Self {
            is_feed,
            langs,
            base: base.or_else(|| url.clone()),
            url,
            authors: people::of_feed(inner),
            names,
        }
    }
}

/// The page that a feed or an entry is of: the text of RSS's link, or Atom's alternate.
pub(super) fn alternate(element: &Element) -> Option<String> {
    let links: Vec<&Element> = element
        .elements()
        .filter(|child| child.name == "link" || child.name == "atom:link")
        .collect();
    let mut plain = links
        .iter()
        .filter(|link| link.attribute("href").is_none())
        .map(|link| link.text().trim().to_owned());
    let plain = plain.find(|text| !text.is_empty());
    let is_page = |link: &&&Element| {
        let rel = link.attribute("rel").unwrap_or("alternate");
        let kind = link.attribute("type").unwrap_or("text/html");
        rel == "alternate" && kind.contains("html")
    };
    let is_alternate =
        |link: &&&Element| link.attribute("rel").unwrap_or("alternate") == "alternate";
    let href = links
        .iter()
        .find(is_page)
        .or_else(|| links.iter().find(is_alternate));
    plain.or_else(|| {
        href.and_then(|link| link.attribute("href"))
            .map(|href| href.trim().to_owned())
    })
}

/// The languages that an element says it is in, as they are written.
pub(super) fn languages(element: &Element) -> Vec<String> {
    let written = ["dc:language", "language"];
    let written = written.iter().filter_map(|name| element.text_of(name));
    let marked = element.attribute("xml:lang").map(str::to_owned);
    written.chain(marked).collect()
}
