//! Output of commands. Standard output may be closed before the end, as by `masthead export - | head`: that ends the command
//! without a word. Standard error only tells of what was done: nothing depends on its being read.

use std::fmt;
use std::io::{self, BufWriter, StdoutLock, Write};

use super::failure::Failure;

/// Standard output, for text of any length; it must be flushed.
pub(super) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}

/// Prints a line on standard output.
///
/// # Errors
/// Output that is closed or cannot be written.
pub(super) fn print(line: fmt::Arguments<'_>) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(Failure::of_output)
}

/// Tells the operator a line on standard error.
pub(super) fn tell(line: fmt::Arguments<'_>) {
    // Nobody is left to be told of the error.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Prints a formatted line on standard output, or returns the failure.
macro_rules! print_line {
    ($($words:tt)*) => { $crate::cli::output::print(format_args!($($words)*)) };
}

/// Tells the operator a formatted line on standard error.
macro_rules! tell_line {
    ($($words:tt)*) => { $crate::cli::output::tell(format_args!($($words)*)) };
}

pub(super) use {print_line, tell_line};
