//! Errors of the search index.

/// What keeps the index from being read or written.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index itself.
    #[error("the search index: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// Its folder.
    #[error("the folder of the search index: {0}")]
    Folder(#[from] std::io::Error),
}
