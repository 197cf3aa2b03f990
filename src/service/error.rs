//! Why a write was not made.

use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::store::StoreError;

/// A write that was refused or failed; nothing of it stays behind.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// A field that is not what it should be: its name, and what is wrong.
    #[error("{field}: {invalid}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong.
        invalid: Invalid,
    },
    /// What was asked for does not go with the present state.
    #[error("{0}")]
    Conflict(Invalid),
    /// The work has an article in this language already.
    #[error("the work has an article in this language already: {other}")]
    TranslationTaken {
        /// That article.
        other: Id,
    },
    /// Everything went well, and all of it was taken back, as a dry run asks for.
    #[error("nothing was written, as was asked for")]
    TakenBack,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ServiceError {
    /// A field that is not what it should be.
    pub fn invalid(field: &'static str, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            invalid: Invalid::new(code, detail),
        }
    }
}
