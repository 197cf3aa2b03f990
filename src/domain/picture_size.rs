//! Classes of pictures by what it takes to decode them: a small one never waits for a large one.

/// The most pixels of a small picture: what cameras of telephones take.
const SMALL: i64 = 13_000_000;

/// A class of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureSize {
    /// Decoded within a moment.
    Small,
    /// Decoded and scaled in seconds.
    Large,
}

impl PictureSize {
    /// All of them, in the order in which they are worked on.
    pub const ALL: [Self; 2] = [Self::Small, Self::Large];

    /// The class of a picture of so many pixels.
    #[must_use]
    pub fn of(width: u32, height: u32) -> Self {
        if i64::from(width) * i64::from(height) <= SMALL {
            Self::Small
        } else {
            Self::Large
        }
    }

    /// The numbers of pixels of the class, both inclusive.
    #[must_use]
    pub const fn pixels(self) -> (i64, i64) {
        match self {
            Self::Small => (0, SMALL),
            Self::Large => (SMALL + 1, i64::MAX),
        }
    }
}
