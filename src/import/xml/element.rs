//! One element of XML as a tree, read leniently.

use std::borrow::Cow;
use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::escape::{resolve_html5_entity, unescape_with};
use quick_xml::events::{BytesStart, Event};

use crate::domain::json::marks::CONTROL;

/// Elements that lie deeper are taken for their text.
const DEPTH_MAX: usize = 200;
/// The most children of all elements of a tree together.
const NODES_MAX: usize = 200_000;

/// The vocabularies that are known, each with the prefix that it usually has. An empty one is that of plain RSS and Atom.
const VOCABULARIES: [(&str, &str); 18] = [
    ("http://purl.org/rss/1.0/modules/content", "content"),
    ("http://purl.org/dc/elements/1.1", "dc"),
    ("http://purl.org/dc/elements/1.0", "dc"),
    ("http://purl.org/dc/terms", "dcterms"),
    ("http://search.yahoo.com/mrss", "media"),
    ("http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"),
    ("http://www.w3.org/2005/Atom", "atom"),
    ("http://purl.org/atom/ns#", "atom"),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"),
    ("http://purl.org/rss/1.0", ""),
    ("http://my.netscape.com/rdf/simple/0.9", ""),
    ("http://channel.netscape.com/rdf/simple/0.9", ""),
    ("http://backend.userland.com/rss2", ""),
    ("http://backend.userland.com/RSS2", ""),
    ("http://www.w3.org/1999/xhtml", "xhtml"),
    ("http://prismstandard.org/namespaces/basic/2.0", "prism"),
    ("http://schemas.google.com/blogger/2018", "blogger"),
    ("http://www.w3.org/XML/1998/namespace", "xml"),
];

/// The prefix that each vocabulary has in a document, and the one that it has here.
#[derive(Debug, Clone, Default)]
pub(in crate::import) struct Names {
    prefixes: HashMap<String, &'static str>,
    /// True if the document itself is Atom, so that its names have no prefix.
    is_atom: bool,
}

impl Names {
    /// The prefixes that the tags of a text declare.
    pub(in crate::import) fn declared(text: &str) -> Self {
        let mut names = Self::default();
        let root = Element::parse(text, &Self::default());
        for element in root.iter().flat_map(Element::all) {
            names.add(element);
        }
        names.is_atom = root.is_some_and(|root| {
            let (prefix, local) = root.name.rsplit_once(':').unwrap_or(("", &root.name));
            local == "feed" && matches!(prefix, "" | "atom")
        });
        names
    }

    fn add(&mut self, element: &Element) {
        for (name, value) in &element.attributes {
            let Some(prefix) = name.strip_prefix("xmlns:") else {
                continue;
            };
            let bare = value.trim().trim_end_matches('/');
            let known = VOCABULARIES.iter().find(|(uri, _)| *uri == bare);
            let wordpress = bare.strip_prefix("http://wordpress.org/export/");
            let wordpress = wordpress.map(|rest| {
                if rest.ends_with("/excerpt") {
                    "excerpt"
                } else {
                    "wp"
                }
            });
            if let Some(usual) = known.map(|(_, usual)| *usual).or(wordpress) {
                self.prefixes.entry(prefix.to_owned()).or_insert(usual);
            }
        }
    }

    fn usual<'n>(&self, name: &'n str) -> Cow<'n, str> {
        let Some((prefix, local)) = name.split_once(':') else {
            return Cow::Borrowed(name);
        };
        match self.prefixes.get(prefix) {
            Some(&"") => Cow::Borrowed(local),
            Some(&"atom") if self.is_atom => Cow::Borrowed(local),
            Some(usual) if *usual != prefix => Cow::Owned(format!("{usual}:{local}")),
            _ => Cow::Borrowed(name),
        }
    }
}

/// A child of an element.
#[derive(Debug, Clone)]
pub(in crate::import) enum Node {
    /// An element.
    Element(Element),
    /// Text, its references resolved.
    Text(String),
}

/// An element.
#[derive(Debug, Clone, Default)]
pub(in crate::import) struct Element {
    /// Its name, with the usual prefix of its vocabulary.
    pub(in crate::import) name: String,
    /// Its attributes.
    pub(in crate::import) attributes: Vec<(String, String)>,
    /// Its content.
    pub(in crate::import) children: Vec<Node>,
}

impl Element {
    /// Reads the first element of a text. Tags that do not match, and references that mean nothing, are text or passed over.
    pub(in crate::import) fn parse(text: &str, names: &Names) -> Option<Self> {
        let mut tree = Tree::new(names);
        let mut rest = text;
        loop {
            let mut reader = Reader::from_str(rest);
            let config = reader.config_mut();
            config.allow_dangling_amp = true;
            config.allow_unmatched_ends = true;
            config.check_end_names = false;
            let broken = loop {
                let before = reader.buffer_position();
                match reader.read_event() {
                    Ok(Event::Eof) => return tree.finish(),
                    // A sign that no name follows is text.
                    Ok(Event::Start(tag) | Event::Empty(tag)) if !is_name(tag.name().as_ref()) => {
                        break usize::try_from(before).unwrap_or(0);
                    }
                    Ok(event) => tree.event(&event),
                    Err(_) => break usize::try_from(reader.error_position()).unwrap_or(0),
                }
            };
            // The character that cannot be read as markup is text, and reading goes on behind it.
            let at = rest.floor_char_boundary(broken.min(rest.len()));
            let length = rest[at..].chars().next().map_or(0, char::len_utf8);
            if length == 0 {
                return tree.finish();
            }
            tree.text(&rest[at..at + length]);
            rest = &rest[at + length..];
        }
    }

    /// The value of an attribute.
    pub(in crate::import) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The children that are elements.
    pub(in crate::import) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The children of a name.
    pub(in crate::import) fn named<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.elements().filter(move |child| child.name == name)
    }

    /// The first child of a name.
    pub(in crate::import) fn first<'e>(&'e self, name: &'e str) -> Option<&'e Self> {
        self.named(name).next()
    }

    /// The text of the first child of a name that has any.
    pub(in crate::import) fn text_of(&self, name: &str) -> Option<String> {
        let mut texts = self.named(name).map(|child| child.text().trim().to_owned());
        texts.find(|text| !text.is_empty())
    }

    /// Its text; markup within it is kept as such.
    pub(in crate::import) fn text(&self) -> String {
        let mut text = String::new();
        self.write_content(&mut text, false);
        text
    }

    /// Its content as markup, for elements that hold XHTML.
    pub(in crate::import) fn markup(&self) -> String {
        let mut text = String::new();
        self.write_content(&mut text, true);
        text
    }

    fn write_content(&self, out: &mut String, escaped: bool) {
        for child in &self.children {
            match child {
                Node::Text(text) if escaped => {
                    out.push_str(&quick_xml::escape::partial_escape(text.as_str()))
                }
                Node::Text(text) => out.push_str(text),
                Node::Element(element) => element.write(out, escaped),
            }
        }
    }

    fn write(&self, out: &mut String, escaped: bool) {
        let name = self.name.strip_prefix("xhtml:").unwrap_or(&self.name);
        out.push('<');
        out.push_str(name);
        for (attribute, value) in &self.attributes {
            let value = quick_xml::escape::escape(value.as_str());
            out.extend([" ", attribute, "=\"", &value, "\""]);
        }
        out.push('>');
        const VOID: [&str; 6] = ["br", "img", "hr", "embed", "source", "wbr"];
        if self.children.is_empty() && VOID.contains(&name) {
            return;
        }
        self.write_content(out, escaped);
        out.extend(["</", name, ">"]);
    }

    /// The element and all in it, in the order of the document.
    pub(in crate::import) fn all(&self) -> impl Iterator<Item = &Self> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let element = open.pop()?;
            let children: Vec<_> = element.elements().collect();
            open.extend(children.into_iter().rev());
            Some(element)
        })
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// A tree while it is read.
struct Tree<'n> {
    names: Cow<'n, Names>,
    open: Vec<Element>,
    done: Option<Element>,
    nodes: usize,
    /// Elements that lie too deep to be kept.
    deep: usize,
}

impl<'n> Tree<'n> {
    fn new(names: &'n Names) -> Self {
        Self {
            names: Cow::Borrowed(names),
            open: Vec::new(),
            done: None,
            nodes: 0,
            deep: 0,
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::Empty(tag) => {
                self.start(tag);
                self.end(tag.name().as_ref());
            }
            Event::End(tag) => self.end(tag.name().as_ref()),
            Event::Text(text) => self.text(text),
            Event::CData(text) => self.text(text),
            Event::GeneralRef(reference) => self.reference(reference),
            _ => {}
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) {
        if self.done.is_some() {
            return;
        }
        if self.open.len() >= DEPTH_MAX || self.nodes >= NODES_MAX {
            self.deep += 1;
            return;
        }
        self.nodes += 1;
        let mut attributes = tag.attributes();
        let attributes = attributes.with_checks(false).flatten().map(|attribute| {
            let value = unescape_with(&attribute.value, resolve_html5_entity)
                .map_or_else(|_| attribute.value.to_string(), Cow::into_owned);
            (attribute.key.as_ref().to_owned(), value)
        });
        let mut element = Element {
            attributes: attributes.collect(),
            ..Element::default()
        };
        if element
            .attributes
            .iter()
            .any(|(name, _)| name.starts_with("xmlns:"))
        {
            self.names.to_mut().add(&element);
        }
        element.name = self.names.usual(tag.name().as_ref()).into_owned();
        self.open.push(element);
    }

    /// Ends the innermost element of the name, and with it those that were not closed in it.
    fn end(&mut self, name: &str) {
        if self.deep > 0 {
            self.deep -= 1;
            return;
        }
        let at = {
            let name = self.names.usual(name);
            self.open.iter().rposition(|open| open.name == name)
        };
        let Some(at) = at else {
            return;
        };
        while self.open.len() > at {
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(element) = self.open.pop() else {
            return;
        };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(Node::Element(element)),
            None => self.done = Some(element),
        }
    }

    fn text(&mut self, text: &str) {
        let Some(parent) = self.open.last_mut().filter(|_| self.done.is_none()) else {
            return;
        };
        match parent.children.last_mut() {
            Some(Node::Text(last)) => last.push_str(text),
            _ => parent.children.push(Node::Text(text.to_owned())),
        }
    }

    /// A reference to a character or an entity. One that means nothing is text as it is written.
    fn reference(&mut self, name: &str) {
        let character = name.strip_prefix('#').and_then(|number| {
            let hex = number.strip_prefix(['x', 'X']);
            let code = hex.map_or_else(|| number.parse(), |hex| u32::from_str_radix(hex, 16));
            code.ok()
        });
        match character {
            Some(code) => match char::from_u32(code)
                .filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r'))
            {
                Some(character) => self.text(character.encode_utf8(&mut [0; 4])),
                None => self.text(CONTROL),
            },
            None => match quick_xml::escape::resolve_xml_entity(name) {
                Some(text) => self.text(text),
                None => self.text(&format!("&{name};")),
            },
        }
    }

    fn finish(mut self) -> Option<Element> {
        while !self.open.is_empty() {
            self.close();
        }
        self.done
    }
}

#[cfg(test)]
mod tests;
