//! Something to say of a record: why it was refused, or what was changed.

use crate::domain::error::Invalid;

/// Something about a record that is reported: why it was refused, or what was changed to take it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable, snake_case.
    pub code: &'static str,
    /// JSON pointer (RFC 6901) of the field, where it is about one.
    pub field: Option<String>,
    /// A sentence for a person.
    pub detail: String,
    /// The line of the input, from 1, where it is another than the record's own.
    pub line: Option<u64>,
    /// Many records may say the same: it is told once, with how many do.
    pub shared: bool,
}

impl Finding {
    /// A finding about the whole record.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            field: None,
            detail: detail.into(),
            line: None,
            shared: false,
        }
    }

    /// A finding about the field at a JSON pointer.
    pub fn at(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            field: Some(field.into()),
            ..Self::new(code, detail)
        }
    }

    /// A finding about a line of the input, from 1.
    #[must_use]
    pub fn on_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// A finding that many records may share.
    #[must_use]
    pub const fn shared(mut self) -> Self {
        self.shared = true;
        self
    }

    /// Fault that the domain finds in the value at a JSON pointer.
    #[must_use]
    pub fn invalid(field: &str, invalid: Invalid) -> Self {
        Self::at(field, invalid.code, invalid.detail)
    }
}
