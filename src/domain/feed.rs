//! The subjects of feeds, and their addresses.

use percent_encoding::utf8_percent_encode;

use super::url_path::PATH;

/// The subject of a feed of one edition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeedOf {
    /// Everything in it.
    Edition,
    /// A section by its path, with those below it.
    Section(String),
    /// An author by slug.
    Author(String),
    /// A source by slug.
    Source(String),
    /// A tag by slug.
    Tag(String),
}

impl FeedOf {
    /// The part of the feed's address between the edition and the file.
    #[must_use]
    pub fn path(&self) -> String {
        let (kind, name) = match self {
            Self::Edition => return String::new(),
            Self::Section(path) => ("sections", path),
            Self::Author(slug) => ("authors", slug),
            Self::Source(slug) => ("sources", slug),
            Self::Tag(slug) => ("tags", slug),
        };
        format!("/{kind}/{}", utf8_percent_encode(name, PATH))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_and_paths_keep_their_steps() {
        let path = FeedOf::Section("monde/événements".to_owned()).path();
        assert_eq!(path, "/sections/monde/%C3%A9v%C3%A9nements");
        assert_eq!(FeedOf::Tag("a b".to_owned()).path(), "/tags/a%20b");
        assert_eq!(FeedOf::Edition.path(), "");
    }
}
