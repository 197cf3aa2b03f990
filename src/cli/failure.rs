//! The error that ends a command.

use std::path::Path;
use std::{fmt, io};

use crate::backup::postgres::ToolError;
use crate::demo::DemoError;
use crate::export::ExportError;
use crate::import::inputs::InputError;
use crate::import::pictures::PicturesError;
use crate::import::report::ReportError;
use crate::import::run::RunError;
use crate::media::check::CheckError;
use crate::media::storage::StorageError;
use crate::service::ServiceError;
use crate::store::StoreError;

/// The error that ends a command: one sentence for the operator. The exit code is 2.
#[derive(Debug)]
pub(super) struct Failure(String);

impl Failure {
    /// A failure with its sentence.
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// The same, with the file that it is about.
    pub(super) fn about(self, path: &Path) -> Self {
        Self(format!("{}: {}", path.display(), self.0))
    }
}

/// Prints the sentence on one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.split_whitespace().collect();
        f.write_str(&words.join(" "))
    }
}

/// Every error that ends a command says in its own words what is wrong.
macro_rules! failures {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        }
    )+};
}

failures!(
    DemoError,
    StoreError,
    ServiceError,
    InputError,
    ReportError,
    RunError,
    PicturesError,
    ExportError,
    CheckError,
    StorageError,
    ToolError,
    io::Error
);
