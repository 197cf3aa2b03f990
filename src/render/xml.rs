//! XML, written from beginning to end: well-formed by construction, whatever the texts hold.

/// Attributes: name and value.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

/// A document under way of being written.
pub(super) struct Xml {
    out: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// A document with its root element open.
    pub(super) fn new(root: &'static str, attributes: Attributes<'_>) -> Self {
        let mut xml = Self {
            out: String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"),
            open: Vec::new(),
        };
        xml.open(root, attributes);
        xml
    }

    /// Number of bytes that are written.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// Begins an element that holds others.
    pub(super) fn open(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.tag(name, attributes);
        self.out.push_str(">\n");
        self.open.push(name);
    }

    /// Ends the element that was begun last.
    pub(super) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.end(name);
        }
    }

    /// An element that holds text.
    pub(super) fn text(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.tag(name, attributes);
        self.out.push('>');
        escape(&mut self.out, text, false);
        self.end(name);
    }

    /// An element that holds text, where there is one.
    pub(super) fn optional(&mut self, name: &str, attributes: Attributes<'_>, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, attributes, text);
        }
    }

    /// An element that holds nothing.
    pub(super) fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.tag(name, attributes);
        self.out.push_str("/>\n");
    }

    /// The document, every element ended.
    pub(super) fn finish(mut self) -> Vec<u8> {
        while !self.open.is_empty() {
            self.close();
        }
        self.out.into_bytes()
    }

    fn tag(&mut self, name: &str, attributes: Attributes<'_>) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(&mut self.out, value, true);
            self.out.push('"');
        }
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }
}

/// Writes text so that a parser reads the very same; what XML 1.0 has no place for is left out. A parser would make a
/// newline of a carriage return, and a space of either and of a tab in an attribute.
fn escape(out: &mut String, text: &str, in_attribute: bool) {
    for c in text.chars().filter(|c| may_stand(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\n' if in_attribute => out.push_str("&#10;"),
            '\t' if in_attribute => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
}

/// Text as HTML source, for elements whose text readers take as HTML.
pub(super) fn as_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    escape(&mut html, text, true);
    html
}

/// The characters of XML 1.0 (section 2.2).
const fn may_stand(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_letters_and_nothing_forbidden_comes_through() {
        let mut xml = Xml::new("r", &[("a", "\"<\n\t&'\u{b}")]);
        xml.text(
            "t",
            &[],
            "<SRD> ]]> & \u{0}\u{1f}\u{fffe}\u{ffff}\u{fffd}\u{1f4a9}\r\n",
        );
        xml.empty("e", &[]);
        xml.open("o", &[]);
        let expected = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<r a=\"&quot;&lt;&#10;&#9;&amp;'\">\n\
            <t>&lt;SRD&gt; ]]&gt; &amp; \u{fffd}\u{1f4a9}&#13;\n</t>\n<e/>\n<o>\n</o>\n</r>\n";
        assert_eq!(String::from_utf8(xml.finish()).unwrap(), expected);
    }
}
