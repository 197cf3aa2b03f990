//! The elements that are open while HTML is read, beside those that the builder keeps.

use super::super::blocks::Style;
use super::hidden::{End, Hidden};
use super::math::Math;

/// The longest sample of dropped words, in bytes.
const SAMPLE: usize = 200;

/// An open element, and the styles that it has by its attribute.
pub(super) struct Styled {
    pub(super) name: &'static str,
    pub(super) is_block: bool,
    pub(super) styles: Vec<Style>,
    /// True if it is a heading by its role.
    pub(super) is_heading: bool,
    /// The meaning of line ends in its text; `None` for that of the element around it.
    pub(super) keeps_lines: Option<bool>,
}

/// A list of paragraphs while it is read.
#[derive(Default)]
pub(super) struct Outline {
    /// True for each open list that is ordered, the outermost first.
    pub(super) levels: Vec<bool>,
    /// The level of the open paragraph, until its text begins.
    pub(super) waiting: Option<usize>,
    /// The marker of the open paragraph.
    pub(super) marker: String,
    /// Open `span` elements of the marker, itself included.
    pub(super) spans: usize,
}

/// An element whose content is being dropped.
pub(super) struct Dropped {
    pub(super) name: &'static str,
    /// Number of open elements of its name.
    pub(super) open: usize,
    /// True if it has become an embed.
    pub(super) is_embed: bool,
    pub(super) math: Option<Math>,
    pub(super) hidden: Option<Hidden>,
    /// The address of what it shows.
    pub(super) source: String,
    /// The beginning of its words, or all that stands in a `noscript`.
    pub(super) words: String,
}

impl Dropped {
    pub(super) fn text(&mut self, text: &str) {
        if let Some(math) = &mut self.math {
            return math.text(text);
        }
        let is_read = !matches!(self.name, "script" | "style" | "template");
        if self.name == "noscript" {
            self.words.push_str(text);
        } else if is_read && self.words.len() < SAMPLE {
            self.words.push(' ');
            self.words.push_str(text);
        }
    }

    /// True if everything in it is text, up to its own end tag.
    pub(super) fn is_raw(&self) -> bool {
        const RAW: [&str; 6] = ["script", "style", "iframe", "noembed", "noscript", "title"];
        RAW.contains(&self.name)
    }

    /// The place of its end tag in a piece of HTML; the end of the piece where it has none.
    pub(super) fn end_in(&self, html: &str) -> usize {
        let end = format!("</{}", self.name);
        let found = html.to_ascii_lowercase().find(&end);
        found.unwrap_or(html.len())
    }

    /// An end tag; whether the element ends with it.
    pub(super) fn end(&mut self, tag: &[u8]) -> End {
        if let Some(hidden) = &mut self.hidden {
            return hidden.end(tag);
        }
        if self.name.as_bytes() == tag {
            self.open -= 1;
        } else if let Some(math) = &mut self.math {
            math.end(tag);
        }
        if self.open == 0 {
            End::Here
        } else {
            End::Later
        }
    }
}

/// A `noscript` while it is read.
#[derive(Default)]
pub(super) struct Noscript {
    /// True if some of it was kept.
    pub(super) is_kept: bool,
    /// The beginning of its words.
    pub(super) words: String,
}

impl Noscript {
    pub(super) fn text(&mut self, text: &str) {
        if self.words.len() < SAMPLE {
            self.words.push(' ');
            self.words.push_str(text);
        }
    }
}

/// An element other than `figure` that is one, and how many of its name are open.
pub(super) struct Region {
    pub(super) name: &'static str,
    pub(super) open: usize,
}

impl Region {
    pub(super) fn is_terms(&self) -> bool {
        self.name == "dl" && self.open == 1
    }
}

/// Images whose address stands beside them.
#[derive(Default)]
pub(super) struct Images {
    /// True if nothing but tags has come since an image.
    pub(super) just_placed: bool,
    /// The alternative text of an image that had no address, until it is clear that nothing beside it has one.
    pub(super) missing: Option<String>,
    /// The widest source of the `picture` that is open, and whether there is one.
    pub(super) source: Option<Option<(String, f64)>>,
}
