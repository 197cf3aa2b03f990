//! Players, frames and posts of other sites, and galleries, as the systems that publishers leave write them.

use super::super::builder::FigureKind;
use super::super::embed;
use super::super::warnings::Change;
use super::HtmlReader;
use super::attributes::{Attributes, is_picture};
use super::classes::figure_kind;
use super::open::Region;
use super::placeholders::{self, Graphic};

/// Elements other than `figure` that are one by their class.
const FIGURES: [&str; 2] = ["wp-caption", "gallery-item"];

const CAPTIONS: [&str; 2] = ["wp-caption-text", "gallery-caption"];

/// Regions open at once.
const MAX_REGIONS: usize = 16;

impl HtmlReader {
    /// Starts an element that is a figure, a caption or an embed by its class or attributes; `false` for any other.
    pub(super) fn start_region(&mut self, tag: &[u8], attributes: &Attributes) -> bool {
        if let Some(region) = self
            .regions
            .last_mut()
            .filter(|region| region.name.as_bytes() == tag)
        {
            region.open += 1;
        }
        if let Some(address) = placeholders::address(tag, attributes)
            && self.start_placeholder(tag, attributes, &address)
        {
            return true;
        }
        if attributes.has_class(&CAPTIONS) && self.builder.is_in_figure() {
            self.caption = element(tag);
            self.builder.open_caption();
            return self.caption.is_some();
        }
        if matches!(tag, b"dt" | b"dd") && self.regions.last().is_some_and(Region::is_terms) {
            return self.start_item_part(tag);
        }
        let kind = match figure_kind(attributes) {
            FigureKind::Gallery if !self.builder.is_in_gallery() => FigureKind::Gallery,
            _ if attributes.has_class(&FIGURES) => FigureKind::Plain,
            _ => return false,
        };
        let Some(name) = element(tag).filter(|_| self.regions.len() < MAX_REGIONS) else {
            return false;
        };
        self.regions.push(Region { name, open: 1 });
        self.builder.open_figure(kind);
        true
    }

    /// A picture of a gallery item that is a list of terms, or its caption. Several may follow each other.
    fn start_item_part(&mut self, tag: &[u8]) -> bool {
        if self.caption.take().is_some() {
            self.builder.close_caption();
        }
        self.builder.boundary();
        if tag == b"dd" && self.builder.is_in_figure() {
            self.caption = Some("dd");
            self.builder.open_caption();
        } else if self.builder.has_caption() {
            self.builder.close_figure();
            self.builder.open_figure(FigureKind::Plain);
        }
        true
    }

    /// Ends an element that may be a figure or a caption.
    pub(super) fn end_region(&mut self, tag: &[u8]) {
        if self.caption.is_some_and(|name| name.as_bytes() == tag) {
            self.caption = None;
            self.builder.close_caption();
        }
        if let Some(region) = self
            .regions
            .last_mut()
            .filter(|region| region.name.as_bytes() == tag)
        {
            region.open -= 1;
            if region.open == 0 {
                self.regions.pop();
                self.builder.close_figure();
            }
        }
    }

    /// Embeds without content, and those whose content is shown beside them.
    pub(super) fn start_embed(&mut self, tag: &[u8], attributes: &Attributes) -> bool {
        let (what, address) = match tag {
            _ if placeholders::is_graphic(tag, attributes) => {
                self.graphic = Some(Graphic::default());
                return true;
            }
            b"param" if self.graphic_parameter(attributes) => return true,
            b"embed" => ("<embed>", attributes.shown().map(str::to_owned)),
            b"object" => ("<object>", attributes.filled("data").map(str::to_owned)),
            b"param" => match attributes
                .get("name")
                .map(str::to_ascii_lowercase)
                .as_deref()
            {
                Some("movie" | "src" | "url") => {
                    ("<object>", attributes.filled("value").map(str::to_owned))
                }
                _ => return true,
            },
            b"oembed" => ("<oembed>", attributes.filled("url").map(str::to_owned)),
            b"amp-video" | b"amp-audio" if attributes.source().is_none() => {
                self.player = Some(amp_player(tag));
                return true;
            }
            b"amp-iframe" => ("<amp-iframe>", attributes.shown().map(str::to_owned)),
            b"amp-video" | b"amp-audio" => (amp_player(tag), attributes.shown().map(str::to_owned)),
            _ => return false,
        };
        if self.is_picture_object(tag, attributes, address.as_deref()) {
            return true;
        }
        if tag == b"object" {
            self.object = Some(String::new());
        }
        if let (Some(last), Some(address)) = (&mut self.object, &address) {
            if last == address {
                return true;
            }
            last.clone_from(address);
        }
        match address {
            Some(address) if self.embed(what, &address) => {}
            None if tag == b"object" && attributes.get("data").is_none() => {}
            address => {
                let warnings = &mut self.builder.warnings;
                warnings.add_sampled(
                    Change::ElementRemoved,
                    what,
                    "",
                    address.as_deref().unwrap_or(""),
                );
            }
        }
        true
    }

    /// The address of the open player of AMP.
    pub(super) fn source_of_player(&mut self, attributes: &Attributes) {
        if let (Some(what), Some(address)) = (self.player, attributes.source())
            && self.embed(what, address)
        {
            self.player = None;
        }
    }

    /// Ends a player of AMP. One that had no address is told.
    pub(super) fn end_player(&mut self) {
        if let Some(what) = self.player.take() {
            let warnings = &mut self.builder.warnings;
            warnings.add(Change::ElementRemoved, what, "");
        }
    }

    /// A part of a picture that is a link.
    pub(super) fn area(&mut self, attributes: &Attributes) {
        let words = attributes.filled("alt");
        let (change, what) = match attributes.filled("href") {
            Some(_) => (Change::LinkRemoved, "the link of an <area>"),
            None => (Change::ElementRemoved, "<area>"),
        };
        let told: Vec<&str> = words.into_iter().chain(attributes.filled("href")).collect();
        let warnings = &mut self.builder.warnings;
        warnings.add_sampled(change, what, "", &told.join(" "));
    }

    /// A picture that AMP shows until, or unless, it can show the element around it.
    pub(super) fn fallback(&mut self, attributes: &Attributes) {
        let what = "the placeholder or fallback of an element of AMP";
        let address = attributes.source().unwrap_or("");
        let warnings = &mut self.builder.warnings;
        warnings.add_sampled(Change::ImageRemoved, what, "", address);
    }

    /// An `object` or `embed` that is a picture by its type or its address.
    fn is_picture_object(
        &mut self,
        tag: &[u8],
        attributes: &Attributes,
        address: Option<&str>,
    ) -> bool {
        let kind = attributes.filled("type").map(str::to_ascii_lowercase);
        let is_one = kind.map_or_else(
            || address.is_some_and(is_picture),
            |kind| kind.starts_with("image/"),
        );
        let (true, true, Some(address)) = (matches!(tag, b"object" | b"embed"), is_one, address)
        else {
            return false;
        };
        let of = |name| attributes.get(name).unwrap_or("");
        let [title, width, height] = ["title", "width", "height"].map(of);
        self.picture(&Attributes::of(&[
            ("src", address),
            ("alt", title),
            ("width", width),
            ("height", height),
        ]));
        self.converted("<object> or <embed> of a picture", "an image");
        true
    }

    /// The embed that a script puts in its place.
    pub(super) fn script(&mut self, attributes: &Attributes) -> bool {
        if let Some(post) = attributes.filled("data-telegram-post") {
            return self.embed("<script> of a post", &format!("https://t.me/{post}"));
        }
        let src = attributes.filled("src");
        let src = src.map(|src| match src.strip_prefix("//") {
            Some(rest) => format!("https://{rest}"),
            None => src.to_owned(),
        });
        match (src.as_deref().and_then(embed::provider), &src) {
            (Some("gist"), Some(src)) => self.embed("<script> of a gist", src),
            (Some("datawrapper"), Some(src)) => src
                .strip_suffix("/embed.js")
                .is_some_and(|chart| self.embed("<script> of a chart", &format!("{chart}/"))),
            _ => false,
        }
    }

    /// An embed of an address; `false` where it is none that a body can have.
    pub(super) fn embed(&mut self, what: &'static str, address: &str) -> bool {
        let is_embed = self.builder.embed(address);
        if is_embed {
            self.converted(what, "an embed");
        }
        is_embed
    }
}

/// The name of a player of AMP.
fn amp_player(tag: &[u8]) -> &'static str {
    match tag {
        b"amp-audio" => "<amp-audio>",
        _ => "<amp-video>",
    }
}

/// The name of an element that may be a figure or a caption.
fn element(tag: &[u8]) -> Option<&'static str> {
    const NAMES: [&str; 8] = ["div", "ul", "ol", "dl", "p", "dd", "section", "span"];
    NAMES.into_iter().find(|name| name.as_bytes() == tag)
}
