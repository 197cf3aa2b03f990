//! Records that an import's readers hand to its writer: one resource each, cleaned and in the domain's words.
//!
//! Readers know no database. They say what a record *names* (an author, a section, a time on the edition's clocks);
//! the writer finds or makes what is named.

mod article;
mod finding;
mod publication;

pub use article::*;
pub use finding::Finding;
pub use publication::*;

use crate::domain::article::ArticleContent;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;

/// A record and what there is to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The resource.
    pub record: Record,
    /// Alterations that were needed to take it in.
    pub notes: Vec<Finding>,
    /// Names of fields that have no place of their own; those of nested objects as `original.selected_on`.
    pub unknown: Vec<String>,
    /// The same for records that say the same, whatever their white space and the order of their fields.
    pub digest: i64,
}

/// Declares the records and the words of their lines at once, so that neither is without the other.
macro_rules! records {
    ($($(#[doc = $doc:literal])* $name:ident($content:ty): $word:literal,)*) => {
        /// One resource.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Record {
            $($(#[doc = $doc])* $name($content),)*
        }

        impl Record {
            /// Every word that a line's `type` can be.
            pub const KINDS: &'static [&'static str] = &[$($word,)*];

            /// The word that a line's `type` names it by.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $word,)*
                }
            }
        }
    };
}

records! {
    /// An edition.
    Edition(Box<EditionRecord>): "edition",
    /// A section; its parents' records come before it.
    Section(Box<SectionRecord>): "section",
    /// An author.
    Author(Box<AuthorRecord>): "author",
    /// A source.
    Source(Box<SourceRecord>): "source",
    /// A tag.
    Tag(Box<TagRecord>): "tag",
    /// An uploaded picture; its bytes are in the storage of media.
    Medium(Box<MediumRecord>): "medium",
    /// An article.
    Article(Box<ArticleRecord>): "article",
    /// A past version of an article.
    Revision(Box<RevisionRecord>): "revision",
    /// A slug that an article had.
    Redirect(RedirectRecord): "redirect",
}

/// The counters and clocks of a stored row, as an export writes them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct History {
    /// The version that the row has reached.
    pub version: Option<i64>,
    /// Time at which it was made.
    pub created_at: Option<Timestamp>,
    /// Time of its last change.
    pub updated_at: Option<Timestamp>,
}

/// The ways in which a line names an article.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ArticleKey {
    /// By its own identity.
    Own(Id),
    /// By its identity in the system that it came from.
    External(String),
}

/// Somebody or something as a record names it: by its id where there is one of that, else by name, else by slug. Beside an id
/// the slug goes before the name, which may be that of one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Named {
    /// Its name, folded; empty where the record gives none.
    pub name: String,
    /// Its slug, in NFC.
    pub slug: Option<String>,
    /// Its identity.
    pub id: Option<Id>,
}

impl From<String> for Named {
    fn from(name: String) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }
}

impl PartialEq<&str> for Named {
    fn eq(&self, name: &&str) -> bool {
        *self == Self::from((*name).to_owned())
    }
}

/// A past version of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct RevisionRecord {
    /// The article.
    pub article: ArticleKey,
    /// The version that this was.
    pub version: i64,
    /// Time at which it was written.
    pub at: Option<Timestamp>,
    /// Its author.
    pub actor: String,
    /// Its content, the body sanitised again; `None` for the version that the article is at, which its own line says.
    pub content: Option<ArticleContent>,
}

/// A slug, as written, that an article had, or a slug, path or id that something else had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectRecord {
    /// The edition; empty for what belongs to none.
    pub lang: String,
    /// The slug; also one that was never well-formed.
    pub slug: String,
    /// Its target.
    pub target: RedirectTarget,
    /// True if the public has known it.
    pub public: bool,
}

/// The target of a redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedirectTarget {
    /// An article of an edition.
    Article(LanguageTag, ArticleKey),
    /// A section, author, source or tag; the word is its kind.
    Other(&'static str, Id),
}
