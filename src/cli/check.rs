//! `masthead check`: asks the questions of consistency and prints the answers.

use std::process::ExitCode;

use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;

use crate::config::Config;
use crate::media;
use crate::media::storage::Storage;
use crate::service::check::{self, Answer, Answers, NAMED, Progress};

use super::bar::bar;
use super::database::open_existing;
use super::failure::Failure;
use super::output::print_line;

/// Ask the database the questions of consistency
///
/// They ask whether articles, revisions, the change log, lists and counts agree, whether every reference leads somewhere, and
/// whether the files of media are there in their sizes. Their bytes are not read: a file that was damaged and kept its size comes
/// back when the same picture is uploaded again.
///
/// The questions are asked in short reads: a service may go on, and no write waits. Each wrong answer is printed with the
/// first rows that are wrong. What can be derived anew, `masthead reindex` mends.
///
/// Exit codes: 0 where all answers are right, 1 where one is wrong, 2 where the check could not be made.
#[derive(Debug, Clone, Args)]
pub(super) struct CheckArgs {
    /// Print all answers as one JSON document
    #[arg(long)]
    json: bool,
    /// Leave the files of media alone: for a machine that does not see the place where they are kept
    #[arg(long)]
    without_files: bool,
}

/// The answers as JSON.
#[derive(Serialize)]
struct Printed<'a> {
    consistent: bool,
    questions: &'a [Answer],
}

/// Asks everything and prints the answers.
///
/// # Errors
/// The error that ended the check early.
pub(super) fn run(args: &CheckArgs, config: &Config) -> Result<ExitCode, Failure> {
    let store = open_existing(config)?;
    let mut shown = Shown(bar(0));
    let mut answers = check::run(&store, &mut shown)?;
    if !args.without_files {
        let storage = Storage::open(config.media_place()).map_err(Failure::new)?;
        let mut progress = |files| shown.advance("media files", files);
        media::check::run(&storage, &store, &mut answers, &mut progress)?;
    }
    shown.0.finish_and_clear();
    let consistent = answers.faults().next().is_none();
    if args.json {
        let printed = Printed {
            consistent,
            questions: answers.all(),
        };
        let json = serde_json::to_string_pretty(&printed);
        let json = json.map_err(|error| Failure::new(error.to_string()))?;
        print_line!("{json}")?;
    } else {
        print(&answers)?;
    }
    Ok(ExitCode::from(u8::from(!consistent)))
}

/// Prints the wrong answers, each with the first rows that are wrong.
pub(super) fn print(answers: &Answers) -> Result<(), Failure> {
    for answer in answers.faults() {
        let rows = if answer.wrong == 1 { "row" } else { "rows" };
        print_line!("{}: {}: {} {rows}", answer.name, answer.fault, answer.wrong)?;
        for row in &answer.rows {
            print_line!("  {row}")?;
        }
        if answer.wrong > NAMED as u64 {
            print_line!("  and {} more", answer.wrong - NAMED as u64)?;
        }
    }
    let asked = answers.all().len();
    match answers.faults().count() {
        0 => print_line!("{asked} questions, and every answer is right"),
        1 => print_line!("{asked} questions, and 1 answer is wrong"),
        wrong => print_line!("{asked} questions, and {wrong} answers are wrong"),
    }
}

/// A check's progress, on a terminal.
pub(super) struct Shown(pub(super) ProgressBar);

impl Progress for Shown {
    fn begin(&mut self, rows: u64) {
        self.0.set_length(rows);
    }

    fn advance(&mut self, table: &str, rows: u64) {
        self.0.set_message(table.to_owned());
        self.0.inc(rows);
    }
}
