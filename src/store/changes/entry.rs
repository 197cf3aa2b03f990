//! An entry of the change log before it has its place.

use super::super::slots::Slot;
use super::super::worded::worded;

worded! {
    /// The kind of resource that changed.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum ChangeKind {
        /// An edition.
        Edition: "edition",
        /// A section.
        Section: "section",
        /// An author.
        Author: "author",
        /// A source.
        Source: "source",
        /// A tag.
        Tag: "tag",
        /// An article.
        Article: "article",
        /// An old slug of an article.
        Redirect: "redirect",
        /// An uploaded picture.
        Medium: "medium",
    }
}

/// The change, for those who follow the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOp {
    /// It is new, or reads otherwise now.
    Upsert,
    /// It is no longer public.
    Delete,
}

/// One entry before it has its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Kind of the resource.
    pub kind: ChangeKind,
    /// Id of the resource.
    pub id: String,
    /// The change.
    pub op: ChangeOp,
    /// Reason of a delete.
    pub reason: Option<&'static str>,
    /// Its edition; empty for what belongs to none.
    pub lang: String,
    /// Its version now.
    pub version: i64,
    /// True if the public's view can have changed.
    pub public: bool,
    /// True if the articles that name this resource read otherwise now, so that those who copy them are told.
    pub alters_articles: bool,
    /// The subjects that it touches beside this resource; `None` where they cannot be told.
    pub touched: Option<Vec<Slot>>,
}
