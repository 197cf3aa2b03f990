//! Enums whose variants are words of the database.

/// Declares an enum and its words at once, so that no kind is without its word, or left out of those that are gone through.
macro_rules! worded {
    ($(#[$attribute:meta])* pub enum $name:ident {
        $($(#[doc = $doc:literal])* $kind:ident: $word:literal,)*
    }) => {
        $(#[$attribute])*
        pub enum $name {
            $($(#[doc = $doc])* $kind,)*
        }

        impl $name {
            /// Every kind, each at its number.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// The word in the database.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)*
                }
            }
        }
    };
}

pub(super) use worded;
