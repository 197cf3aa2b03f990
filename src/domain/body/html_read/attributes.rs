//! The attributes that mean something.

use super::super::html_write::escape_attribute;

/// Every attribute whose name is known; of others, values that may be addresses count.
const NAMES: [&str; 66] = [
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
    "open",
    "close",
    "separators",
    "linethickness",
    "color",
    "size",
    "face",
    "fallback",
    "placeholder",
    "videoid",
    "max",
    "poster",
    "dir",
    "lang",
    "xml:lang",
    "align",
    "role",
    "aria-level",
    "aria-checked",
    "data-caption",
    "data-checked",
    "data-list",
    "hidden",
    "data-lang",
    "data-language",
    "data-bg",
    "data-background-image",
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-oembed-url",
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
    others: Vec<(String, String)>,
    /// The place for the next value.
    open: Open,
}

#[derive(Default)]
enum Open {
    #[default]
    None,
    Known,
    Other,
}

/// Attributes of other names that are kept, and the longest of their values in bytes.
const MAX_OTHERS: usize = 24;
const MAX_OTHER: usize = 4_000;

impl Attributes {
    /// Attributes of an element that is not read from HTML.
    pub(super) fn of(values: &[(&'static str, &str)]) -> Self {
        let values = values
            .iter()
            .map(|(name, value)| (*name, String::from(*value)));
        Self {
            values: values.collect(),
            ..Self::default()
        }
    }

    /// An attribute's name. Of attributes with the same name the first counts (HTML, section 13.2.5.33).
    pub(super) fn name(&mut self, name: &[u8]) {
        let known = NAMES.iter().find(|known| known.as_bytes() == name);
        self.open = match known {
            Some(known) if self.get(known).is_none() => {
                self.values.push((*known, String::new()));
                Open::Known
            }
            None if self.others.len() < MAX_OTHERS && name.contains(&b'-') => {
                let name = String::from_utf8_lossy(name).into_owned();
                self.others.push((name, String::new()));
                Open::Other
            }
            _ => Open::None,
        };
    }

    /// The value of the name that was read last.
    pub(super) fn value(&mut self, value: &[u8]) {
        let last = match self.open {
            Open::Known => self.values.last_mut().map(|(_, last)| last),
            Open::Other if value.len() <= MAX_OTHER => self.others.last_mut().map(|(_, last)| last),
            _ => None,
        };
        if let Some(last) = last {
            *last = String::from_utf8_lossy(value).into_owned();
        }
    }

    /// The value of an attribute; empty where it has none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of an attribute of any name that says something.
    pub(super) fn any(&self, name: &str) -> Option<&str> {
        let other = self.others.iter().find(|(known, _)| known == name);
        let other = other.map(|(_, value)| value.trim_ascii());
        self.filled(name)
            .or(other.filter(|value| !value.is_empty()))
    }

    /// The attributes for scripts, in their order: those with a known name first.
    pub(super) fn data(&self) -> impl Iterator<Item = (&str, &str)> {
        let known = self.values.iter().map(|(name, value)| (*name, value));
        let others = self.others.iter().map(|(name, value)| (&**name, value));
        let data = known
            .chain(others)
            .filter(|(name, value)| name.starts_with("data-") && !value.trim_ascii().is_empty());
        data.map(|(name, value)| (name, value.trim_ascii()))
    }

    /// The values of attributes for scripts that hold notes, or refer to some.
    pub(super) fn notes(&self) -> impl Iterator<Item = &str> {
        const WORDS: [&str; 5] = ["footnote", "endnote", "sidenote", "annotation", "tooltip"];
        let is_note = |name: &str| WORDS.iter().any(|word| name.contains(word));
        let notes = self.data().filter(move |(name, _)| is_note(name));
        notes.map(|(_, value)| value)
    }

    /// The value of an attribute that says something.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        let value = self.get(name).map(str::trim_ascii);
        value.filter(|value| !value.is_empty())
    }

    /// An `img` of HTML with its address and texts.
    pub(super) fn image_tag(&self) -> String {
        let mut tag = "<img".to_owned();
        for name in ["src", "title", "alt"] {
            tag.push_str(&format!(" {name}=\""));
            escape_attribute(&mut tag, self.get(name).unwrap_or(""));
            tag.push('"');
        }
        tag + ">"
    }

    /// A number in an attribute.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.trim().parse().ok()
    }

    /// True if the element says that it is one of a kind, whatever its name.
    pub(super) fn has_role(&self, role: &str) -> bool {
        let roles = self.get("role").unwrap_or("");
        let first = roles.split_ascii_whitespace().next();
        first.is_some_and(|first| first.eq_ignore_ascii_case(role))
    }

    /// The words of the class.
    pub(super) fn classes(&self) -> impl Iterator<Item = &str> {
        self.get("class").unwrap_or("").split_ascii_whitespace()
    }

    /// True if the class is one of `names`.
    pub(super) fn has_class(&self, names: &[&str]) -> bool {
        self.classes().any(|name| names.contains(&name))
    }

    /// The address of what an element shows, whatever its scheme.
    pub(super) fn shown(&self) -> Option<&str> {
        self.source().or_else(|| self.filled("src"))
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
        let late = || LATE.iter().find_map(|name| self.filled(name));
        let other = || {
            let mut others = self.others.iter();
            let found = others.find(|(name, value)| is_source(name) && is_address(value.trim()));
            found.map(|(_, value)| value.trim())
        };
        src.or_else(late).or_else(other)
    }

    /// Values of attributes without a known name that may be addresses of a picture: those of its best form first.
    pub(super) fn other_addresses(&self) -> impl Iterator<Item = (&str, &str)> {
        const LESSER: [&str; 7] = ["thumb", "low", "small", "tiny", "blur", "preview", "lqip"];
        const NEVER: [&str; 8] = [
            "placeholder",
            "error",
            "default",
            "fallback",
            "loading",
            "link",
            "href",
            "poster",
        ];
        let is_any = |name: &str, words: &[&str]| words.iter().any(|word| name.contains(word));
        let rank = move |lesser: bool| {
            let others = self.others.iter().filter(move |(name, value)| {
                is_any(name, &LESSER) == lesser
                    && !is_any(name, &NEVER)
                    && (name.ends_with("srcset")
                        || is_picture(value)
                        || is_source(name) && is_address(value.trim()))
            });
            others.map(|(name, value)| (name.as_str(), value.trim()))
        };
        rank(false).chain(rank(true))
    }
}

/// True if an attribute with this name holds the address that is loaded.
fn is_source(name: &str) -> bool {
    const WORDS: [&str; 5] = ["src", "lazy", "original", "image", "echo"];
    const OTHERS: [&str; 6] = ["title", "caption", "alt", "meta", "-id", "srcset"];
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    has(&WORDS) && !has(&OTHERS)
}

pub(super) fn is_address(value: &str) -> bool {
    let is_whole = value.starts_with("http://") || value.starts_with("https://");
    (is_whole || value.starts_with('/')) && !value.contains(char::is_whitespace)
}

/// True if a value is the address of a picture by its ending.
pub(super) fn is_picture(value: &str) -> bool {
    const ENDINGS: [&str; 9] = [
        "jpg", "jpeg", "png", "gif", "webp", "avif", "svg", "bmp", "jfif",
    ];
    let path = value.trim().split(['?', '#']).next().unwrap_or("");
    let ending = path
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let is_known = ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
    is_known && !path.contains(char::is_whitespace) && !path.starts_with("data:")
}
