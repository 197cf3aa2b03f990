//! Elements in whose place a script shows something of another site: its address is in their attributes.

use percent_encoding::percent_decode_str;

use super::super::address::image_address;
use super::super::embed;
use super::super::warnings::Change;
use super::HtmlReader;
use super::attributes::{Attributes, is_address, is_picture};
use super::classes::{figure_kind, post};
use super::elements::is_block;
use super::hidden::is_void;
use super::pictures;

/// Attributes that have the address of an embed, whatever the element.
const ADDRESSES: [&str; 5] = [
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
    tag: Vec<u8>,
    /// An address that it has for a script.
    address: Option<String>,
    /// Its name, or its class where that says more.
    name: String,
}

impl Placeholder {
    /// The element that begins, if a script may show something in its place.
    pub(super) fn of(tag: &[u8], attributes: &Attributes) -> Option<Self> {
        let is_foreign = tag.contains(&b'-');
        if is_void(tag) || address(tag, attributes).is_some() {
            return None;
        }
        let own = ["src", "url", "href"].iter().filter(|_| is_foreign);
        let own = own.filter_map(|name| attributes.filled(name));
        let is_behind = pictures::background(attributes).is_some();
        let data = attributes.data().filter(|_| !is_behind);
        let mut addresses = own.chain(data.map(|(_, value)| value));
        let address = addresses.find(|value| is_whole(value)).map(str::to_owned);
        let is_named = attributes.classes().any(is_of_embed) && attributes.data().next().is_some();
        let name = match (is_foreign, is_named) {
            (false, true) => attributes.get("class").unwrap_or("").to_owned(),
            _ => String::from_utf8_lossy(tag).into_owned(),
        };
        (is_foreign || is_named || address.is_some()).then(|| Self {
            tag: tag.to_vec(),
            address,
            name,
        })
    }
}

fn is_whole(value: &str) -> bool {
    is_address(value) && (value.starts_with("http") || value.starts_with("//"))
}

fn is_of_embed(class: &str) -> bool {
    const ENDINGS: [&str; 4] = ["embed", "widget", "media", "player"];
    ENDINGS.iter().any(|ending| class.ends_with(ending))
}

impl HtmlReader {
    /// Starts an element that stands for an embed. `true` for a figure, which is then open; any other goes on by its name.
    pub(super) fn start_placeholder(
        &mut self,
        tag: &[u8],
        attributes: &Attributes,
        address: &str,
    ) -> bool {
        let is_figure = tag == b"figure";
        if is_figure {
            self.builder.open_figure(figure_kind(attributes));
        } else if is_block(tag) {
            self.builder.boundary();
        }
        let what = match attributes.filled(ADDRESSES[0]) {
            Some(_) => "an element with data-oembed-url",
            None => "an element with the address of an embed",
        };
        if !self.embed(what, address) {
            let warnings = &mut self.builder.warnings;
            warnings.add_sampled(Change::ElementRemoved, what, "", address);
        }
        is_figure
    }

    /// Ends an element. One without content becomes the embed or picture of its address, or is told.
    pub(super) fn end_placeholder(&mut self, tag: &[u8]) {
        let Some(Placeholder { address, name, .. }) =
            self.just_opened.take().filter(|opened| opened.tag == tag)
        else {
            return;
        };
        let what = "an empty element with an address";
        let sample = match address {
            Some(address) if is_picture(&address) && image_address(&address).is_some() => {
                self.builder.image(&address, "", [None, None]);
                return self.converted("a picture behind an element", "an image");
            }
            Some(address) if is_known(&address) && self.embed(what, &address) => return,
            Some(address) => (what, address),
            None => ("an empty element of another system", name),
        };
        let warnings = &mut self.builder.warnings;
        warnings.add_sampled(Change::ElementRemoved, sample.0, "", &sample.1);
    }

    /// Takes a parameter of the open graphic of Tableau; `false` where none is open.
    pub(super) fn graphic_parameter(&mut self, attributes: &Attributes) -> bool {
        let Some(graphic) = &mut self.graphic else {
            return false;
        };
        let value = attributes.filled("value").unwrap_or("");
        let place = match attributes.get("name") {
            Some("host_url") => &mut graphic.host,
            Some("site_root") => &mut graphic.site,
            Some("name") => &mut graphic.name,
            Some("path") => &mut graphic.path,
            _ => return true,
        };
        *place = percent_decode_str(value).decode_utf8_lossy().into_owned();
        true
    }

    pub(super) fn end_graphic(&mut self) {
        let Some(graphic) = self.graphic.take() else {
            return;
        };
        let what = "a graphic of Tableau";
        match graphic.address() {
            Some(address) if self.embed(what, &address) => {}
            address => {
                let address = address.unwrap_or_default();
                let warnings = &mut self.builder.warnings;
                warnings.add_sampled(Change::ElementRemoved, what, "", &address);
            }
        }
    }
}

fn is_known(address: &str) -> bool {
    let address = embed::embed_address(address);
    address.is_some_and(|address| embed::provider(&address).is_some())
}

/// True if an object is a graphic of Tableau, which is hidden until a script shows it.
pub(super) fn is_graphic(tag: &[u8], attributes: &Attributes) -> bool {
    tag == b"object" && attributes.has_class(&["tableauViz"])
}

/// The parameters of a graphic of Tableau.
#[derive(Default)]
pub(super) struct Graphic {
    host: String,
    site: String,
    name: String,
    path: String,
}

impl Graphic {
    fn address(&self) -> Option<String> {
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
