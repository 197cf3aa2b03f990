//! Errors of the search index.

use tantivy::TantivyError;

/// Error of reading or writing the index.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The index itself.
    #[error("the search index: {0}")]
    Index(#[from] TantivyError),
    /// Its folder.
    #[error("the folder of the search index: {0}")]
    Folder(#[from] std::io::Error),
    /// Files that were written by somebody else while they were read.
    #[error("the files of the search index were changed by another program")]
    Overwritten,
}

impl SearchError {
    /// True if files of the index cannot be read, so that it must be made anew.
    #[must_use]
    pub const fn is_of_its_files(&self) -> bool {
        matches!(
            self,
            Self::Overwritten
                | Self::Index(
                    TantivyError::DataCorruption(_)
                        | TantivyError::IoError(_)
                        | TantivyError::OpenReadError(_)
                        | TantivyError::OpenDirectoryError(_)
                )
        )
    }
}
