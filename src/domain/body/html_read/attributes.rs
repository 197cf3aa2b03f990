//! The attributes that mean something.

/// Every attribute that is read; all others are left out.
const NAMES: [&str; 39] = [
    "class",
    "id",
    "name",
    "href",
    "src",
    "srcset",
    "alt",
    "title",
    "width",
    "height",
    "start",
    "reversed",
    "type",
    "value",
    "checked",
    "colspan",
    "rowspan",
    "cite",
    "data",
    "url",
    "style",
    "alttext",
    "videoid",
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-lazy",
    "data-srcset",
    "data-lazy-srcset",
    "data-id",
    "data-href",
    "data-videoid",
    "data-embed-url",
    "data-instgrm-permalink",
    "data-text-post-permalink",
    "data-telegram-post",
    "data-litespeed-src",
    "data-cmp-src",
    "data-cookieblock-src",
];

/// The attributes of the tag that is being read.
#[derive(Default)]
pub(super) struct Attributes {
    values: Vec<(&'static str, String)>,
    /// Whether the name that was read last takes a value.
    is_open: bool,
}

impl Attributes {
    /// Attributes of an element that is not read from HTML.
    pub(super) fn of(values: &[(&'static str, &str)]) -> Self {
        let values = values
            .iter()
            .map(|(name, value)| (*name, String::from(*value)));
        Self {
            values: values.collect(),
            is_open: false,
        }
    }

    /// An attribute's name. Of attributes with the same name the first counts (HTML, section 13.2.5.33).
    pub(super) fn name(&mut self, name: &[u8]) {
        let known = NAMES.iter().find(|known| known.as_bytes() == name);
        let new = known.filter(|known| self.get(known).is_none());
        self.is_open = new.is_some();
        self.values.extend(new.map(|name| (*name, String::new())));
    }

    /// The value of the name that was read last.
    pub(super) fn value(&mut self, value: &[u8]) {
        if let (true, Some((_, last))) = (self.is_open, self.values.last_mut()) {
            *last = String::from_utf8_lossy(value).into_owned();
        }
    }

    /// The value of an attribute; empty where it has none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of an attribute that says something.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        let value = self.get(name).map(str::trim_ascii);
        value.filter(|value| !value.is_empty())
    }

    /// A number in an attribute.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.trim().parse().ok()
    }

    /// Whether the class is one of `names`.
    pub(super) fn has_class(&self, names: &[&str]) -> bool {
        let class = self.get("class").unwrap_or("");
        class
            .split_ascii_whitespace()
            .any(|name| names.contains(&name))
    }

    /// The address of a frame or a film, which a page may load late or after consent.
    pub(super) fn source(&self) -> Option<&str> {
        const LATE: [&str; 6] = [
            "data-src",
            "data-lazy-src",
            "data-lazy",
            "data-litespeed-src",
            "data-cmp-src",
            "data-cookieblock-src",
        ];
        let src = self.filled("src").filter(|src| !src.starts_with("about:"));
        let src = src.filter(|src| !src.starts_with("data:"));
        src.or_else(|| LATE.iter().find_map(|name| self.filled(name)))
    }
}
