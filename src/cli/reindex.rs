//! `masthead reindex`: makes derived data anew, also while the service runs.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;

use super::database::open_existing;
use super::failure::Failure;
use crate::config::Config;
use crate::search::folders::taken_folders;
use crate::worker::search::{ASKED_ANEW, Indexer};

/// How long a serving process is waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Flags of `masthead reindex`.
#[derive(Debug, Args)]
pub(super) struct ReindexArgs {
    /// Make the search index of this machine anew; a process that serves makes its own, and answers from the old one meanwhile
    #[arg(long, required = true)]
    search: bool,
}

pub(super) fn run(args: &ReindexArgs, config: &Config) -> Result<ExitCode, Failure> {
    let store = open_existing(config)?;
    if !args.search {
        return Ok(ExitCode::SUCCESS);
    }
    let place = config.search_place();
    let serving = taken_folders(&place);
    if serving.is_empty() {
        let made = Indexer::open(&place).make_anew(&store);
        let articles = made.map_err(|error| Failure::new(error.to_string()))?;
        eprintln!("the search index was made anew: {articles} articles");
        return Ok(ExitCode::SUCCESS);
    }
    for folder in &serving {
        std::fs::write(folder.join(ASKED_ANEW), "")?;
    }
    wait_for(&serving)?;
    let count = serving.len();
    let processes = if count == 1 {
        "process has"
    } else {
        "processes have"
    };
    eprintln!("{count} serving {processes} made the search index anew");
    Ok(ExitCode::SUCCESS)
}

/// Waits until each process has taken away what it was asked by.
fn wait_for(serving: &[PathBuf]) -> Result<(), Failure> {
    let began = Instant::now();
    while serving
        .iter()
        .any(|folder| folder.join(ASKED_ANEW).exists())
    {
        if began.elapsed() > LONGEST_WAIT {
            let detail =
                "a serving process has not made its search index anew within an hour: see its log";
            return Err(Failure::new(detail));
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}
