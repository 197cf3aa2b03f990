//! The built program, run as an operator runs it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program in a folder of its own, with a database and no other settings.
pub(crate) fn masthead(database: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_masthead"));
    for (name, _) in std::env::vars() {
        if name.starts_with("MASTHEAD_") {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .env("DATABASE_URL", database)
        .env("RUST_LOG", "error");
    command
}

/// The end of a command.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs a command to its end.
pub(crate) fn run(database: &str, folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = masthead(database, folder);
    command.args(arguments).stdin(Stdio::null());
    command.output().unwrap().into()
}

/// Runs a command to its end with something to read on its standard input.
pub(crate) fn run_with_input(
    database: &str,
    folder: &Path,
    arguments: &[&str],
    input: &[u8],
) -> Ended {
    let mut command = masthead(database, folder);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that does not read to the end closes the pipe, which is its right.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}
