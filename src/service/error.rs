//! Reasons for which a write was not made.

use crate::domain::error::{Fault, Invalid};
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
        /// The error.
        invalid: Invalid,
    },
    /// Several fields that are not what they should be, each at its place.
    #[error("{}", faults_in_words(.0))]
    Faults(Vec<Fault>),
    /// The present state does not allow the request.
    #[error("{0}")]
    Conflict(Invalid),
    /// The key has not the right, or not here.
    #[error("{0}")]
    Forbidden(String),
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

fn faults_in_words(faults: &[Fault]) -> String {
    let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
    words.join("; ")
}
