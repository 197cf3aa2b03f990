//! Ids that links may lead to.

use super::HtmlReader;
use super::attributes::Attributes;
use super::elements::heading_level;

impl HtmlReader {
    /// Takes the ids of an element. Those of headings, and those of an `a` that is no link or has a name, are made for links;
    /// of others most are there for scripts and styles.
    pub(super) fn take_ids(&mut self, tag: &[u8], attributes: &Attributes) {
        let name = attributes.get("name").filter(|_| tag == b"a");
        let is_place = tag == b"a" && (name.is_some() || attributes.get("href").is_none());
        let is_anchor = is_place || heading_level(tag, attributes).is_some();
        for id in attributes.get("id").into_iter().chain(name) {
            self.builder.target(id);
            if is_anchor {
                self.builder.anchor(id);
            }
        }
    }

    /// Notes the id of an element that is left out.
    pub(super) fn lose_ids(&mut self, attributes: &Attributes) {
        if let Some(id) = attributes.get("id") {
            self.builder.lose(id);
        }
    }
}
