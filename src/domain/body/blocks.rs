//! The body's tree: typed blocks whose inline text is flat runs with a set of marks.
//!
//! Because marks are a set on a run and not nested elements, mis-nested or doubled formatting cannot be expressed, and
//! the only depth is that of lists and quotes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One block of a body, tagged by `type`.
///
/// A reader needs no HTML parser: `[{"type":"paragraph","content":[{"text":"Hello","marks":["strong"]}]}]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// A paragraph of inline text.
    Paragraph {
        /// Anchor for links within the body: `{"link": "#note-1"}` leads to the block whose id is `note-1`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = String)]
        id: Option<String>,
        /// Its inline text.
        content: Vec<Inline>,
    },
    /// A heading; level 1 is the article's title and so never part of a body.
    Heading {
        /// Anchor for links within the body: `{"link": "#note-1"}` leads to the block whose id is `note-1`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = String)]
        id: Option<String>,
        /// 2 (a section of the article) to 6.
        #[schema(minimum = 2, maximum = 6)]
        level: u8,
        /// Its inline text.
        content: Vec<Inline>,
    },
    /// A list, bulleted or numbered.
    List {
        /// True numbers the items.
        ordered: bool,
        /// The first number of an ordered list, when it is not 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = u32, maximum = 999_999_999)]
        start: Option<u32>,
        /// The items, each a list of blocks.
        #[schema(no_recursion)]
        items: Vec<Vec<Block>>,
    },
    /// A block quotation.
    Quote {
        /// The quoted blocks.
        #[schema(no_recursion)]
        blocks: Vec<Block>,
    },
    /// An image, with a caption when it has one.
    Image {
        /// Anchor for links within the body: `{"link": "#note-1"}` leads to the block whose id is `note-1`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = String)]
        id: Option<String>,
        /// Its address: http, https or relative.
        src: String,
        /// Text for people who do not see the picture; empty for decoration.
        #[serde(default)]
        #[schema(required, default = "")]
        alt: String,
        /// Width in CSS pixels.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = u32)]
        width: Option<u32>,
        /// Height in CSS pixels.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = u32)]
        height: Option<u32>,
        /// Address that the image links to: http, https, mailto, tel or relative.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = String)]
        link: Option<String>,
        /// The caption's inline text.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        caption: Vec<Inline>,
    },
    /// Something that a page shows or plays in place: a video, a post of another site, a map.
    Embed {
        /// Anchor for links within the body: `{"link": "#note-1"}` leads to the block whose id is `note-1`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = String)]
        id: Option<String>,
        /// The address that a person opens: http, https or relative.
        url: String,
        /// The site that it is of, by the address: `youtube`, `vimeo` …; null where it is none of those known. Not read in writes.
        #[serde(default)]
        provider: Option<String>,
        /// The caption's inline text.
        #[serde(default)]
        #[schema(required, default = json!([]))]
        caption: Vec<Inline>,
    },
    /// Several images that belong together.
    Gallery {
        /// Anchor for links within the body: `{"link": "#note-1"}` leads to the block whose id is `note-1`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = String)]
        id: Option<String>,
        /// The images, two or more.
        images: Vec<Picture>,
        /// The caption's inline text, for all of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        caption: Vec<Inline>,
    },
    /// A table; every row has as many cells as the widest.
    Table {
        /// Anchor for links within the body: `{"link": "#note-1"}` leads to the block whose id is `note-1`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = String)]
        id: Option<String>,
        /// The header rows.
        #[serde(default)]
        #[schema(required, default = json!([]))]
        head: Vec<Vec<Cell>>,
        /// The rows below them.
        #[serde(default)]
        #[schema(required, default = json!([]))]
        body: Vec<Vec<Cell>>,
    },
    /// A block of code or other preformatted text.
    Code {
        /// The language's name, as in `rust`: letters, digits and `+ # . _ -`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = String)]
        language: Option<String>,
        /// The text, its white space as it stands.
        text: String,
    },
    /// A thematic break.
    Rule {},
}

/// An image of a gallery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Its address: http, https or relative.
    pub src: String,
    /// Text for people who do not see the picture; empty for decoration.
    #[serde(default)]
    #[schema(required, default = "")]
    pub alt: String,
    /// Width in CSS pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32)]
    pub width: Option<u32>,
    /// Height in CSS pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32)]
    pub height: Option<u32>,
    /// Address that the image links to: http, https, mailto, tel or relative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub link: Option<String>,
    /// The caption's inline text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caption: Vec<Inline>,
}

impl From<Picture> for Block {
    fn from(picture: Picture) -> Self {
        let Picture {
            src,
            alt,
            width,
            height,
            link,
            caption,
        } = picture;
        Self::Image {
            id: None,
            src,
            alt,
            width,
            height,
            link,
            caption,
        }
    }
}

impl Block {
    /// A paragraph that no link leads to.
    pub(super) const fn paragraph(content: Vec<Inline>) -> Self {
        Self::Paragraph { id: None, content }
    }

    /// The caption, of blocks that can have one.
    pub(super) const fn caption_mut(&mut self) -> Option<&mut Vec<Inline>> {
        match self {
            Self::Image { caption, .. }
            | Self::Embed { caption, .. }
            | Self::Gallery { caption, .. } => Some(caption),
            _ => None,
        }
    }

    /// The place of the id, in blocks that have one.
    pub(super) const fn id_mut(&mut self) -> Option<&mut Option<String>> {
        match self {
            Self::Paragraph { id, .. }
            | Self::Heading { id, .. }
            | Self::Image { id, .. }
            | Self::Embed { id, .. }
            | Self::Gallery { id, .. }
            | Self::Table { id, .. } => Some(id),
            Self::List { .. } | Self::Quote { .. } | Self::Code { .. } | Self::Rule {} => None,
        }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// True for the header of a row; all cells of header rows are headers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub header: bool,
    /// Its inline text.
    pub content: Vec<Inline>,
}

/// A run of text that carries the same marks throughout; `\n` in it is a line break.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Inline {
    /// The text itself, never markup.
    pub text: String,
    /// The marks, each at most once.
    #[serde(default)]
    #[schema(value_type = Vec<Mark>, required, default = json!([]))]
    pub marks: Marks,
}

/// One mark: a style by its name, or a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "a mark is one of \"strong\", \"em\", \"code\", \"sub\", \"sup\", \"del\" or {\"link\": \"https://…\", \"title\": \"…\"}"
)]
pub enum Mark {
    /// A style.
    Style(Style),
    /// A link.
    Link(Link),
}

/// A style of inline text, named as its HTML element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// Strong importance.
    Strong,
    /// Stress, titles of works, foreign words.
    Em,
    /// Struck out.
    Del,
    /// Subscript.
    Sub,
    /// Superscript.
    Sup,
    /// Code.
    Code,
}

impl Style {
    /// Every style, the outermost first where two span the same text.
    pub(super) const ALL: [Self; 6] = [
        Self::Strong,
        Self::Em,
        Self::Del,
        Self::Sub,
        Self::Sup,
        Self::Code,
    ];

    /// The name of its HTML element.
    pub(super) fn element(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Em => "em",
            Self::Del => "del",
            Self::Sub => "sub",
            Self::Sup => "sup",
            Self::Code => "code",
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The address of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The address: http, https, mailto, tel or relative.
    #[serde(rename = "link")]
    pub href: String,
    /// Advisory text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String)]
    pub title: Option<String>,
}

/// The set of marks on a run: written as an array, each mark once and in a fixed order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Mark>", into = "Vec<Mark>")]
pub struct Marks {
    styles: u8,
    link: Option<Link>,
}

impl Marks {
    /// True if the run carries `style`.
    pub fn has(&self, style: Style) -> bool {
        self.styles & style.bit() != 0
    }

    /// The run's link.
    pub fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    pub(super) const fn link_mut(&mut self) -> Option<&mut Link> {
        self.link.as_mut()
    }

    /// True if the run carries no mark.
    pub fn is_empty(&self) -> bool {
        self.styles == 0 && self.link.is_none()
    }

    pub(super) fn set(&mut self, style: Style, on: bool) {
        if on {
            self.styles |= style.bit();
        } else {
            self.styles &= !style.bit();
        }
    }

    pub(super) fn set_link(&mut self, link: Option<Link>) {
        self.link = link;
    }

    /// The marks that both carry.
    pub(super) fn shared(&self, other: &Self) -> Self {
        Self {
            styles: self.styles & other.styles,
            link: self.link.clone().filter(|_| self.link == other.link),
        }
    }

    /// The same marks without `style`.
    pub(super) fn without(mut self, style: Style) -> Self {
        self.set(style, false);
        self
    }
}

impl From<Vec<Mark>> for Marks {
    fn from(list: Vec<Mark>) -> Self {
        let mut marks = Self::default();
        for mark in list {
            match mark {
                Mark::Style(style) => marks.set(style, true),
                Mark::Link(link) => marks.link = Some(link),
            }
        }
        marks
    }
}

impl From<Marks> for Vec<Mark> {
    fn from(marks: Marks) -> Self {
        let styles = Style::ALL.into_iter().filter(|style| marks.has(*style));
        let link = marks.link.clone().map(Mark::Link);
        styles.map(Mark::Style).chain(link).collect()
    }
}
