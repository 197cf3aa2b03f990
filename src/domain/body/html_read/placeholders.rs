//! Elements in whose place a script shows something of another site: its address is in their attributes.

use super::attributes::{Attributes, is_address};
use super::classes::post;
use super::hidden::is_void;
use super::pictures;

/// Attributes that have the address of an embed, whatever the element.
pub(super) const ADDRESSES: [&str; 5] = [
    "data-oembed-url",
    "data-embed-url",
    "data-embed-src",
    "data-iframe-src",
    "data-pym-src",
];

/// Elements by their class (`.class`), by their name or by their attribute alone; the attribute, and the address around its value.
const SITES: [(&str, &str, &str, &str); 16] = [
    (
        ".flourish-embed",
        "data-src",
        "https://public.flourish.studio/",
        "/",
    ),
    (".infogram-embed", "data-id", "https://e.infogram.com/", ""),
    (".typeform-widget", "data-url", "", ""),
    (".fb-post", "data-href", "", ""),
    (".fb-video", "data-href", "", ""),
    ("", "data-tf-widget", "https://form.typeform.com/to/", ""),
    (
        "",
        "data-youtube-id",
        "https://www.youtube.com/watch?v=",
        "",
    ),
    ("", "data-vimeo-id", "https://vimeo.com/", ""),
    ("", "data-tweet-id", "https://twitter.com/i/status/", ""),
    (
        "amp-youtube",
        "data-videoid",
        "https://www.youtube.com/watch?v=",
        "",
    ),
    ("amp-vimeo", "data-videoid", "https://vimeo.com/", ""),
    (
        "amp-dailymotion",
        "data-videoid",
        "https://www.dailymotion.com/video/",
        "",
    ),
    (
        "amp-twitter",
        "data-tweetid",
        "https://twitter.com/i/status/",
        "",
    ),
    (
        "amp-instagram",
        "data-shortcode",
        "https://www.instagram.com/p/",
        "/",
    ),
    ("amp-facebook", "data-href", "", ""),
    (
        "lite-youtube",
        "videoid",
        "https://www.youtube.com/watch?v=",
        "",
    ),
];

/// The address of the embed that an element stands for.
pub(super) fn address(tag: &[u8], attributes: &Attributes) -> Option<String> {
    let named = || ADDRESSES.iter().find_map(|name| attributes.any(name));
    let named = named().filter(|_| tag != b"blockquote" || post(attributes).is_none());
    let of_site = || {
        SITES
            .iter()
            .find_map(|(element, attribute, before, after)| {
                let is_one = match element.strip_prefix('.') {
                    Some(class) => attributes.has_class(&[class]),
                    None => element.is_empty() || element.as_bytes() == tag,
                };
                let value = attributes.any(attribute).filter(|_| is_one)?;
                Some(format!("{before}{}{after}", value.trim_matches('/')))
            })
    };
    let of_class = || {
        let mut classes = attributes.classes();
        let id = classes.find_map(|class| class.strip_prefix("wistia_async_"))?;
        Some(format!("https://fast.wistia.net/embed/iframe/{id}"))
    };
    let of_pin = || {
        let is_pin = tag == b"a" && attributes.any("data-pin-do") == Some("embedPin");
        attributes
            .filled("href")
            .filter(|_| is_pin)
            .map(str::to_owned)
    };
    named
        .map(str::to_owned)
        .or_else(of_site)
        .or_else(of_class)
        .or_else(|| of_plyr(attributes))
        .or_else(of_pin)
}

fn of_plyr(attributes: &Attributes) -> Option<String> {
    let id = attributes.any("data-plyr-embed-id")?;
    let before = match attributes.any("data-plyr-provider")? {
        _ if is_address(id) => "",
        "youtube" => "https://www.youtube.com/watch?v=",
        "vimeo" => "https://vimeo.com/",
        _ => return None,
    };
    Some(format!("{before}{id}"))
}

/// An element that nothing has followed yet.
pub(super) struct Placeholder {
    pub(super) tag: Vec<u8>,
    /// An address that it has for a script.
    pub(super) address: Option<String>,
    /// Its name, or its class where that says more.
    pub(super) name: String,
}

impl Placeholder {
    /// The element that begins, if a script may show something in its place.
    pub(super) fn of(tag: &[u8], attributes: &Attributes) -> Option<Self> {
        let is_foreign = tag.contains(&b'-');
        if is_void(tag) || is_read(tag) || address(tag, attributes).is_some() {
            return None;
        }
        let own = ["src", "url", "href"].iter().filter(|_| is_foreign);
        let own = own.filter_map(|name| attributes.filled(name));
        let is_behind = pictures::background(attributes).is_some();
        let data = attributes.data().filter(|_| !is_behind);
        let mut addresses = own.chain(data.map(|(_, value)| value));
        let address = addresses.find(|value| is_whole(value)).map(str::to_owned);
        let is_by_class =
            attributes.classes().any(is_of_embed) && attributes.data().next().is_some();
        let is_named = is_by_class || attributes.notes().next().is_some();
        let name = match (is_foreign, is_named) {
            (false, true) if is_by_class => attributes.get("class").unwrap_or("").to_owned(),
            _ => String::from_utf8_lossy(tag).into_owned(),
        };
        (is_foreign || is_named || address.is_some()).then(|| Self {
            tag: tag.to_vec(),
            address,
            name,
        })
    }
}

/// True if an element of AMP is read by its name.
fn is_read(tag: &[u8]) -> bool {
    matches!(
        tag,
        b"amp-img" | b"amp-iframe" | b"amp-video" | b"amp-audio"
    )
}

fn is_whole(value: &str) -> bool {
    is_address(value) && (value.starts_with("http") || value.starts_with("//"))
}

fn is_of_embed(class: &str) -> bool {
    const ENDINGS: [&str; 4] = ["embed", "widget", "media", "player"];
    ENDINGS.iter().any(|ending| class.ends_with(ending))
}

/// True if an object is a graphic of Tableau, which is hidden until a script shows it.
pub(super) fn is_graphic(tag: &[u8], attributes: &Attributes) -> bool {
    tag == b"object" && attributes.has_class(&["tableauViz"])
}

/// The parameters of a graphic of Tableau.
#[derive(Default)]
pub(super) struct Graphic {
    pub(super) host: String,
    pub(super) site: String,
    pub(super) name: String,
    pub(super) path: String,
}

impl Graphic {
    pub(super) fn address(&self) -> Option<String> {
        let host = match self.host.trim_end_matches('/') {
            "" => "https://public.tableau.com",
            host => host,
        };
        let path = self.path.split('?').next().unwrap_or("").trim_matches('/');
        let name = self.name.trim_matches('/');
        let site = self.site.trim_matches('/');
        let above = if site.is_empty() { "" } else { "/" };
        match (path, name) {
            ("", "") => None,
            ("", name) => Some(format!("{host}{above}{site}/views/{name}")),
            (path, _) => Some(format!("{host}/{path}")),
        }
    }
}
