//! Why a body was refused, and what sanitising took out of one that was not.

use std::collections::BTreeSet;
use std::fmt;

/// The most that a body may be, as it comes in and as canonical HTML: 2 MB, in bytes.
pub const MAX_BYTES: usize = 2_000_000;

/// How many lists and quotes may stand inside each other.
///
/// Kept low enough that the `blocks` form stays within the 128 levels that JSON readers commonly accept.
pub const MAX_DEPTH: usize = 32;

/// Why a body was refused; its words say what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyError {
    /// The input, or the HTML made from it, is over [`MAX_BYTES`].
    TooLarge,
    /// Lists and quotes are nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// A heading block has a level outside 2 to 6.
    HeadingLevel(u8),
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(
                f,
                "a body is at most {MAX_BYTES} bytes, as written and as HTML"
            ),
            Self::TooDeep => write!(f, "lists and quotes may be nested at most {MAX_DEPTH} deep"),
            Self::HeadingLevel(level) => {
                write!(
                    f,
                    "a heading's level is 2 to 6, not {level}; level 1 is the article's title"
                )
            }
        }
    }
}

impl std::error::Error for BodyError {}

/// What sanitising took out of a body, for the report of an import.
///
/// Elements that are merely unwrapped, their text kept, are not counted: nothing that a reader sees is lost with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Altered {
    /// Names of elements that were dropped with their content, as `script` or `iframe`.
    pub removed_tags: BTreeSet<&'static str>,
    /// Links whose address is not allowed; their text was kept.
    pub links: usize,
    /// Images whose address is not allowed.
    pub images: usize,
    /// Control characters other than tab and newline.
    pub control_chars: usize,
}

impl Altered {
    /// Whether anything at all was taken out.
    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}

impl fmt::Display for Altered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self
            .removed_tags
            .iter()
            .map(|tag| format!("<{tag}>"))
            .collect();
        let parts = [
            (!names.is_empty(), format!("elements {}", names.join(", "))),
            (self.links > 0, format!("link addresses: {}", self.links)),
            (self.images > 0, format!("images: {}", self.images)),
            (
                self.control_chars > 0,
                format!("control characters: {}", self.control_chars),
            ),
        ];
        let said: Vec<_> = parts
            .into_iter()
            .filter(|part| part.0)
            .map(|part| part.1)
            .collect();
        write!(f, "removed from the body: {}", said.join("; "))
    }
}
