//! Reasons for which a body is refused.

use std::fmt;

/// The most that a body may be, as it comes in and as canonical HTML: 2 MB, in bytes.
pub const MAX_BYTES: usize = 2_000_000;

/// Deepest nesting of lists and quotes.
///
/// Kept low enough that the `blocks` form stays within the 128 levels that JSON readers commonly accept.
pub const MAX_DEPTH: usize = 32;

/// The reason for which a body is refused; its words say what would be right.
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
