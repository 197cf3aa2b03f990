//! `masthead manual`: writes the manual pages and the shell completions that a package has.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Command};
use clap_complete::Shell;

use super::failure::Failure;

/// The shells that packages have folders for.
const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

/// Writes manual pages and shell completions, for those who package the program.
#[derive(Debug, Clone, Args)]
pub(super) struct ManualArgs {
    /// The folder to write to, which is made where it is missing.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// Writes a page for the program `command`, one for each of its commands, and a file for each shell.
///
/// # Errors
/// A folder that cannot be written to.
pub(super) fn run(args: &ManualArgs, command: Command) -> Result<ExitCode, Failure> {
    write(&args.folder, command).map_err(|error| Failure::from(error).about(&args.folder))?;
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path, mut command: Command) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command.clone(), folder)?;
    for shell in SHELLS {
        clap_complete::generate_to(shell, &mut command, "masthead", folder)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_for_each_command_and_a_file_for_each_shell() {
        let folder = tempfile::tempdir().unwrap();
        let key = Command::new("key").subcommand(Command::new("create"));
        let command = Command::new("masthead").subcommands([Command::new("serve"), key]);
        write(&folder.path().join("new"), command).unwrap();
        for name in [
            "masthead.1",
            "masthead-serve.1",
            "masthead-key-create.1",
            "masthead.bash",
            "_masthead",
            "masthead.fish",
        ] {
            let text = fs::read_to_string(folder.path().join("new").join(name)).unwrap();
            assert!(text.contains("masthead"), "{name}");
        }
    }
}
