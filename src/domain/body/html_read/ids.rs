//! Ids that links may lead to.

use super::HtmlReader;
use super::attributes::Attributes;

impl HtmlReader {
    /// Takes the ids of an element. Those of headings, and those of an `a` that is no link or has a name, are made for links;
    /// of others most are there for scripts and styles.
    pub(super) fn take_ids(&mut self, tag: &[u8], attributes: &Attributes) {
        let name = attributes.get("name").filter(|_| tag == b"a");
        let is_anchor = match tag {
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => true,
            b"a" => name.is_some() || attributes.get("href").is_none(),
            _ => false,
        };
        for id in attributes.get("id").into_iter().chain(name) {
            self.builder.target(id);
            if is_anchor {
                self.builder.anchor(id);
            }
        }
    }
}
