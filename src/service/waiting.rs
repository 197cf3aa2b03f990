//! Rows of a write that wait to be written with others of their tables.

use crate::domain::id::Id;
use crate::store::articles::ArticleRecord;

/// New articles whose rows wait, and works that they are the first of.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) articles: Vec<ArticleRecord>,
    pub(super) works: Vec<Id>,
}
