//! Elements that are left out with their content, but for the addresses and words in it that a body has a place for.

use super::super::blocks::Style;
use super::super::warnings::Change;
use super::HtmlReader;
use super::attributes::Attributes;
use super::elements::{self, is_block, pixels};
use super::hidden::{Hidden, is_gutter, is_hidden, is_void};
use super::math::Math;
use super::open::{Dropped, Noscript};
use super::pictures;
use super::placeholders::is_graphic;

impl HtmlReader {
    /// True if the tag, or the element around it, is dropped.
    pub(super) fn starts_dropped(
        &mut self,
        tag: &[u8],
        attributes: &Attributes,
        self_closing: bool,
    ) -> bool {
        if let Some(dropped) = self.dropped.take() {
            return self.within_dropped(dropped, tag, attributes, self_closing);
        }
        if self.noscript.is_some() {
            self.start_in_noscript(tag, attributes);
            return true;
        }
        let is_unseen = is_hidden(tag, attributes) && !is_graphic(tag, attributes);
        let is_gutter = is_gutter(tag, attributes, self.builder.is_preformatted());
        let is_doubled = tag == b"span" && attributes.has_class(&["katex-html"]);
        let found = if is_doubled {
            Some(("span", false))
        } else {
            elements::dropped(tag)
        };
        let Some((name, is_void)) = found else {
            let name = if is_gutter { "gutter" } else { "hidden" };
            let is_left_out = is_unseen || is_gutter;
            if is_left_out {
                self.lose_ids(attributes);
                self.hide(name, tag, self_closing);
            }
            return is_left_out;
        };
        if name != "noscript" {
            self.images.just_placed = false;
            self.tell_missing_image();
        }
        if matches!(name, "iframe" | "video" | "audio" | "math") && !is_unseen {
            self.take_ids(tag, attributes);
        } else {
            self.lose_ids(attributes);
        }
        let dropped = Dropped {
            name,
            open: 1,
            is_embed: !is_unseen && self.becomes_embed(name, attributes) || is_doubled,
            math: (name == "math").then(|| Math::new(attributes.get("alttext"))),
            hidden: None,
            source: attributes.shown().unwrap_or_default().to_owned(),
            words: attributes.filled("alt").unwrap_or("").to_owned(),
        };
        if is_void || self_closing && matches!(name, "svg" | "math") {
            self.end_dropped(dropped);
        } else {
            self.dropped = Some(dropped);
        }
        true
    }

    /// Leaves out an element that a page does not show.
    fn hide(&mut self, name: &'static str, tag: &[u8], self_closing: bool) {
        let dropped = Dropped {
            name,
            open: 1,
            is_embed: false,
            math: None,
            hidden: Some(Hidden::new(tag)),
            source: String::new(),
            words: String::new(),
        };
        if is_block(tag) {
            self.end_signs();
            self.builder.boundary();
        }
        if !is_void(tag) {
            self.dropped = Some(dropped);
        } else if !self_closing || matches!(tag, b"img" | b"embed") {
            self.end_dropped(dropped);
        }
    }

    fn becomes_embed(&mut self, name: &'static str, attributes: &Attributes) -> bool {
        let what = match name {
            "iframe" => "<iframe>",
            "video" => "<video>",
            "audio" => "<audio>",
            "script" => return self.script(attributes),
            _ => return false,
        };
        if let Some(poster) = attributes.filled("poster") {
            let warnings = &mut self.builder.warnings;
            let what = "the poster of <video>";
            warnings.add_sampled(Change::AttributeRemoved, what, "", poster);
        }
        self.tell_title("the title of an embed", attributes);
        attributes.source().is_some_and(|src| self.embed(what, src))
    }

    fn within_dropped(
        &mut self,
        mut dropped: Dropped,
        tag: &[u8],
        attributes: &Attributes,
        self_closing: bool,
    ) -> bool {
        if let Some(hidden) = &mut dropped.hidden {
            if hidden.start(tag) {
                self.end_dropped(dropped);
                return self.starts_dropped(tag, attributes, self_closing);
            }
            self.lose_ids(attributes);
            self.dropped = Some(dropped);
            return true;
        }
        // The content of `noscript` is text, and read at its end: an image between its tags is one of Markdown's.
        if dropped.name == "noscript" && tag == b"img" {
            dropped.words.push_str(&attributes.image_tag());
        }
        // HTML elements end foreign content (HTML, section 13.2.6.5), so an unclosed <svg> costs no text.
        if matches!(dropped.name, "svg" | "math") && (is_block(tag) || tag == b"img") {
            self.end_dropped(dropped);
            return false;
        }
        self.lose_ids(attributes);
        if tag == b"track" {
            let warnings = &mut self.builder.warnings;
            let source = attributes.filled("src").unwrap_or("");
            warnings.add_sampled(Change::ElementRemoved, "<track>", "", source);
        }
        let film = match dropped.name {
            "video" => Some("<video>"),
            "audio" => Some("<audio>"),
            _ => None,
        };
        if let (Some(what), b"source", false) = (film, tag, dropped.is_embed) {
            dropped.is_embed = attributes.source().is_some_and(|src| self.embed(what, src));
            attributes
                .shown()
                .unwrap_or_default()
                .clone_into(&mut dropped.source);
        }
        let link = attributes.filled("href").filter(|_| tag == b"a");
        if let (Some(link), Some(_)) = (link.filter(|link| *link != dropped.source), film) {
            let (what, warnings) = ("a link within a player", &mut self.builder.warnings);
            warnings.add_sampled(Change::LinkRemoved, what, "", link);
        }
        if let Some(math) = &mut dropped.math {
            math.start(tag, attributes, self_closing);
        }
        dropped.open += usize::from(dropped.name.as_bytes() == tag && !self_closing);
        self.dropped = Some(dropped);
        true
    }

    /// Tells of an element that was dropped, unless something in it was kept.
    pub(super) fn end_dropped(&mut self, dropped: Dropped) {
        if let Some(math) = dropped.math {
            return self.formula(math);
        }
        if dropped.name == "noscript" {
            return self.noscript(&dropped.words);
        }
        let mut words = dropped.words.split_whitespace().collect::<Vec<_>>();
        let is_film = matches!(dropped.name, "video" | "audio");
        let what = match dropped.is_embed {
            true if is_film && !words.is_empty() => "the text within a player",
            true => return,
            false => {
                if !dropped.source.is_empty() {
                    words.insert(0, &dropped.source);
                }
                let what = REMOVED.iter().find(|(name, _)| *name == dropped.name);
                what.map_or("an element", |(_, what)| what)
            }
        };
        let warnings = &mut self.builder.warnings;
        warnings.add_sampled(Change::ElementRemoved, what, "", &words.join(" "));
    }

    fn formula(&mut self, math: Math) {
        let (formula, is_tex) = math.finish();
        if is_tex {
            self.builder.open_style(Style::Code);
        }
        self.builder.text(&formula);
        if is_tex {
            self.builder.close_style(Style::Code);
        }
        self.converted("<math>", "one line");
    }

    /// Reads the images and frames that a page shows where scripts do not run: a script would have shown the same.
    fn noscript(&mut self, html: &str) {
        self.noscript = Some(Noscript::default());
        self.read(html);
        let Noscript { is_kept, words } = self.noscript.take().unwrap_or_default();
        let words: Vec<&str> = words.split_whitespace().collect();
        let what = if is_kept {
            "the text of <noscript>"
        } else {
            "<noscript>"
        };
        if !words.is_empty() || !is_kept && !html.trim().is_empty() {
            let warnings = &mut self.builder.warnings;
            warnings.add_sampled(Change::ElementRemoved, what, "", &words.join(" "));
        }
    }

    fn start_in_noscript(&mut self, tag: &[u8], attributes: &Attributes) {
        let is_kept = match tag {
            _ if is_hidden(tag, attributes) => false,
            b"img" if self.images.just_placed => true,
            b"img" => {
                !is_pixel(attributes) && {
                    self.picture(attributes);
                    true
                }
            }
            b"iframe" => self.becomes_embed("iframe", attributes),
            b"video" => self.becomes_embed("video", attributes),
            b"audio" => self.becomes_embed("audio", attributes),
            _ => return,
        };
        if let Some(noscript) = &mut self.noscript {
            noscript.is_kept |= is_kept;
        }
    }

    // Images.

    /// The picture behind an element, which a body has beside its text.
    pub(super) fn background(&mut self, tag: &[u8], attributes: &Attributes) {
        if matches!(tag, b"img" | b"body" | b"html") {
            return;
        }
        if let Some(address) = pictures::background(attributes) {
            self.builder.image(&address, "", [None, None]);
            self.converted("a picture behind an element", "an image");
        }
    }

    pub(super) fn picture(&mut self, attributes: &Attributes) {
        let missing = self.images.missing.take().unwrap_or_default();
        let alt = attributes
            .filled("alt")
            .or_else(|| attributes.filled("title"));
        let alt = alt.unwrap_or(&missing);
        if attributes.has_class(&["emoji", "wp-smiley", "twemoji"]) && !alt.is_empty() {
            return self.builder.text(alt);
        }
        if attributes.filled("title").is_some_and(|title| title != alt) {
            self.tell_title("the title of <img>", attributes);
        }
        if let Some(caption) = attributes.filled("data-caption") {
            let (what, warnings) = ("the data-caption of <img>", &mut self.builder.warnings);
            warnings.add_sampled(Change::AttributeRemoved, what, "", caption);
        }
        let sizes = ["width", "height"].map(|name| attributes.get(name).and_then(pixels));
        let source = self.images.source.take().flatten();
        match pictures::address(
            attributes,
            source.as_ref().map(|(address, _)| address.as_str()),
        ) {
            Some((address, is_other)) => {
                if is_other {
                    self.converted("the placeholder of an image", "its real address");
                }
                self.builder.image(&address, alt, sizes);
                self.images.just_placed = true;
            }
            None => self.images.missing = Some(alt.to_owned()),
        }
    }
    /// A source of the open `picture`.
    pub(super) fn source(&mut self, attributes: &Attributes) {
        let Some(best) = &mut self.images.source else {
            return;
        };
        if let Some(found) = pictures::widest_of(attributes)
            && best.as_ref().is_none_or(|(_, width)| found.1 > *width)
        {
            *best = Some(found);
        }
    }

    /// Ends a `picture`: one without an `img` is its widest source.
    pub(super) fn end_picture(&mut self) {
        if let Some((address, _)) = self.images.source.take().flatten() {
            self.builder.image(&address, "", [None, None]);
            self.images.just_placed = true;
        }
    }

    /// Tells of an image that had no address, nor anything beside it that had.
    pub(super) fn tell_missing_image(&mut self) {
        if let Some(alt) = self.images.missing.take() {
            let what = "an image without an address that can be kept";
            let warnings = &mut self.builder.warnings;
            warnings.add_sampled(Change::ImageRemoved, what, "", &alt);
        }
    }
}

/// True if an image is of one pixel, which counts readers.
fn is_pixel(attributes: &Attributes) -> bool {
    let is_one = |name| matches!(attributes.get(name).map(str::trim), Some("0" | "1" | "1px"));
    is_one("width") && is_one("height")
}

/// The reports of dropped elements.
const REMOVED: [(&str, &str); 18] = [
    ("gutter", "the numbers of lines of code"),
    ("hidden", "an element that is hidden"),
    ("script", "<script>"),
    ("style", "<style>"),
    ("applet", "<applet>"),
    ("svg", "<svg>"),
    ("canvas", "<canvas>"),
    ("template", "<template>"),
    ("select", "<select>"),
    ("datalist", "<datalist>"),
    ("title", "<title>"),
    ("noembed", "<noembed>"),
    ("noframes", "<noframes>"),
    ("frameset", "<frameset>"),
    ("iframe", "<iframe>"),
    ("audio", "<audio>"),
    ("video", "<video>"),
    ("frame", "<frame>"),
];
