//! `masthead reindex --search`: makes the search index anew.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::failure::Failure;
use super::output::tell_line;
use crate::config::Config;
use crate::search::folders::taken_folders;
use crate::store::Store;
use crate::worker::search::{ASKED_ANEW, Indexer};

/// The time to wait for a serving process.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Makes the search index anew: this machine's own, or those of the processes that serve.
pub(super) fn make_anew(store: &Store, config: &Config) -> Result<(), Failure> {
    let place = config.search_place();
    let serving = taken_folders(&place);
    if serving.is_empty() {
        let made = Indexer::open(&place).make_anew(store);
        let articles = made.map_err(|error| Failure::new(error.to_string()))?;
        tell_line!("the search index was made anew: {articles} articles");
        return Ok(());
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
    tell_line!("{count} serving {processes} made the search index anew");
    Ok(())
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
