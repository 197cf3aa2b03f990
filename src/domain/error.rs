//! Errors of values, in the field's own words.

use std::fmt;

/// A value that is not what its field takes: a stable code and a sentence that says what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Stable, snake_case.
    pub code: &'static str,
    /// A sentence for a person; never echoes a secret.
    pub detail: String,
}

impl Invalid {
    /// An invalid value with its code and a sentence on what would be right.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Invalid {}

/// An invalid value and where it stands in what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A JSON pointer (RFC 6901); empty for the whole.
    pub pointer: String,
    /// The error.
    pub invalid: Invalid,
}

impl Fault {
    /// An error at a JSON pointer.
    pub fn new(pointer: impl Into<String>, invalid: Invalid) -> Self {
        Self {
            pointer: pointer.into(),
            invalid,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.invalid)
    }
}
