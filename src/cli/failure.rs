//! The error that ends a command.

use std::path::Path;
use std::process::ExitCode;
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

/// The exit code of a failure.
const FAILED: u8 = 2;
/// The exit code that a shell gives to a program which SIGPIPE ended.
const CLOSED: u8 = 141;

/// The error that ends a command: one sentence for the operator.
#[derive(Debug)]
pub(super) struct Failure {
    sentence: String,
    is_closed_output: bool,
}

impl Failure {
    /// A failure with its sentence.
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            is_closed_output: false,
        }
    }

    /// An error of writing to standard output.
    pub(super) fn of_output(error: io::Error) -> Self {
        Self {
            is_closed_output: error.kind() == io::ErrorKind::BrokenPipe,
            ..Self::new(format!("standard output cannot be written: {error}"))
        }
    }

    /// The same, with the file that it is about.
    pub(super) fn about(self, path: &Path) -> Self {
        Self::new(format!("{}: {}", path.display(), self.sentence))
    }

    /// True if whoever reads standard output has read enough.
    pub(super) fn is_closed_output(&self) -> bool {
        self.is_closed_output
    }

    /// The exit code of the command.
    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(if self.is_closed_output {
            CLOSED
        } else {
            FAILED
        })
    }
}

/// Prints the sentence on one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.sentence.split_whitespace().collect();
        f.write_str(&words.join(" "))
    }
}

/// Every error that ends a command says in its own words what is wrong.
macro_rules! failures {
    ($($error:ty),+ $(,)?) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(error.to_string())
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
