//! The command `masthead`: runs what it is told, and turns its end into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    masthead::cli::run()
}
