//! Feeds: every reader gets the same articles, in each format, in pages, under identities that never change.

mod hidden;
mod hub;
mod languages;
mod places;
mod texts;

use roxmltree::{Document, Node};
use serde_json::Value;

use super::harness::TestServer;

const FILES: [&str; 3] = ["rss.xml", "atom.xml", "feed.json"];

/// An item as a reader sees it.
#[derive(Debug, PartialEq, Eq)]
struct Item {
    id: String,
    title: String,
    url: String,
}

/// A page of a feed as a reader sees it.
#[derive(Debug)]
struct Page {
    items: Vec<Item>,
    title: String,
    next: Option<String>,
    previous: Option<String>,
    text: String,
}

fn text_of(node: Node<'_, '_>, name: &str) -> String {
    let found = node
        .children()
        .find(|child| child.has_tag_name(name) || child.tag_name().name() == name);
    found
        .and_then(|child| child.text())
        .unwrap_or_default()
        .to_owned()
}

fn link(node: Node<'_, '_>, rel: &str) -> Option<String> {
    let links = node
        .children()
        .filter(|child| child.tag_name().name() == "link");
    links
        .filter(|link| link.attribute("rel") == Some(rel))
        .find_map(|link| Some(link.attribute("href")?.to_owned()))
}

fn read_rss(text: &str) -> Page {
    let document = Document::parse(text).unwrap();
    let channel = document.root_element().first_element_child().unwrap();
    let items = channel.children().filter(|node| node.has_tag_name("item"));
    Page {
        items: items
            .map(|item| Item {
                id: text_of(item, "guid"),
                title: text_of(item, "title"),
                url: text_of(item, "link"),
            })
            .collect(),
        title: text_of(channel, "title"),
        next: link(channel, "next"),
        previous: link(channel, "previous"),
        text: text.to_owned(),
    }
}

fn read_atom(text: &str) -> Page {
    let document = Document::parse(text).unwrap();
    let feed = document.root_element();
    let entries = feed
        .children()
        .filter(|node| node.tag_name().name() == "entry");
    Page {
        items: entries
            .map(|entry| Item {
                id: text_of(entry, "id"),
                title: text_of(entry, "title"),
                url: link(entry, "alternate").unwrap(),
            })
            .collect(),
        title: text_of(feed, "title"),
        next: link(feed, "next"),
        previous: link(feed, "previous"),
        text: text.to_owned(),
    }
}

fn read_json(text: &str) -> Page {
    let feed: Value = serde_json::from_str(text).unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let items = feed["items"].as_array().unwrap().iter();
    Page {
        items: items
            .map(|item| Item {
                id: word(&item["id"]),
                title: word(&item["title"]),
                url: word(&item["url"]),
            })
            .collect(),
        title: word(&feed["title"]),
        next: feed["next_url"].as_str().map(str::to_owned),
        previous: None,
        text: text.to_owned(),
    }
}

impl TestServer {
    fn feed(&self, target: &str) -> Page {
        let answer = self.ok(target);
        let text = answer.text();
        match target
            .split('?')
            .next()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
        {
            "rss.xml" => read_rss(text),
            "atom.xml" => read_atom(text),
            _ => read_json(text),
        }
    }

    /// The path of an absolute address of this service.
    fn path_of(&self, url: &str) -> String {
        let base = format!("http://{}", self.address);
        url.strip_prefix(&base)
            .unwrap_or_else(|| panic!("{url} is elsewhere"))
            .to_owned()
    }

    fn walk(&self, first: &str) -> Vec<Item> {
        let mut items = Vec::new();
        let mut target = Some(first.to_owned());
        while let Some(at) = target {
            let page = self.feed(&at);
            items.extend(page.items);
            target = page.next.map(|next| self.path_of(&next));
        }
        items
    }
}

fn titles(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.title.as_str()).collect()
}

/// Characters that XML 1.0 has a place for.
pub(crate) fn in_xml(text: &str) -> String {
    let may = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(may).collect()
}
