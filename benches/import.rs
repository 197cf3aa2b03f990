//! Rate at which the real articles go in, and the memory that it takes: the program itself, on an empty database each time.
//!
//! Rounds of every kind alternate, so that whatever else the machine does falls on all of them. What a second of processor
//! time takes in says more on a machine that does much else: the program has two threads, and one of them writes.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[expect(dead_code, reason = "each bench uses a part of it")]
mod support;

#[path = "../tests/api/postgres.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod postgres;

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use support::{begin, corpus, head, median, row, thousands, timed};

const ROUNDS: usize = 3;

/// One run of the program.
struct Run {
    articles: f64,
    seconds: f64,
    processor_seconds: f64,
    peak_megabytes: f64,
}

fn main() {
    begin("Import of the corpus");
    let Some(corpus) = corpus() else { return };
    let mut dry = Vec::new();
    let mut sqlite = Vec::new();
    let mut again = Vec::new();
    let mut postgres = Vec::new();
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/bench.db", folder.path().display());
        dry.push(import(&url, &corpus, &["--dry-run"]));
        sqlite.push(import(&url, &corpus, &[]));
        again.push(import(&url, &corpus, &[]));
        if !postgres.is_empty() {
            continue;
        }
        if let Some(url) = postgres::new_database() {
            postgres.push(import(&url, &corpus, &[]));
        }
    }
    head(&[
        "what",
        "articles",
        "articles/s",
        "lowest and highest",
        "articles per processor second",
        "peak memory, MB",
    ]);
    tell("SQLite, into an empty database", &sqlite);
    tell("SQLite, the same again (nothing changes)", &again);
    tell("SQLite, dry run", &dry);
    tell(
        "PostgreSQL without fsync, into an empty database",
        &postgres,
    );
}

fn import(url: &str, corpus: &Path, flags: &[&str]) -> Run {
    let ((text, used), took) = timed(|| {
        let child = Command::new(env!("CARGO_BIN_EXE_masthead"))
            .args(["--database-url", url, "import"])
            .args(flags)
            .arg(corpus)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        watch(child)
    });
    Run {
        articles: taken(&text),
        seconds: took.as_secs_f64(),
        processor_seconds: used.processor_seconds,
        peak_megabytes: used.peak_megabytes,
    }
}

/// Resources that a process has used so far.
#[derive(Default)]
struct Used {
    processor_seconds: f64,
    peak_megabytes: f64,
}

/// Waits for the program to end; answers what it said, and what it had used when it was last looked at.
fn watch(mut child: Child) -> (String, Used) {
    let process = format!("/proc/{}", child.id());
    let mut used = Used::default();
    while child.try_wait().unwrap().is_none() {
        // A process that has just ended tells nothing any more.
        if let (Some(processor_seconds), Some(peak_megabytes)) =
            (processor_seconds(&process), high_water(&process))
        {
            used = Used {
                processor_seconds,
                peak_megabytes,
            };
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut text = String::new();
    child.stderr.unwrap().read_to_string(&mut text).unwrap();
    (text, used)
}

/// Time in the program and in the system for it: fields 14 and 15 of proc(5)'s stat, in hundredths of a second.
fn processor_seconds(process: &str) -> Option<f64> {
    let text = std::fs::read_to_string(format!("{process}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |n: usize| fields.get(n)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

fn high_water(process: &str) -> Option<f64> {
    let text = std::fs::read_to_string(format!("{process}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes / 1024.0)
}

/// Number of articles that were created or there already, by the summary.
fn taken(summary: &str) -> f64 {
    let line = summary
        .lines()
        .find(|line| line.trim_start().starts_with("article "));
    let counts = line.unwrap_or_else(|| panic!("no summary: {summary}"));
    let count = |word: &str| {
        let before = counts.split(word).next().unwrap().trim_end();
        before.rsplit(' ').next().unwrap().parse::<f64>().unwrap()
    };
    count("created") + count("updated") + count("unchanged")
}

fn tell(what: &str, runs: &[Run]) {
    if runs.is_empty() {
        println!("| {what} | **not measured: not installed** | | | | |");
        return;
    }
    let rates: Vec<f64> = runs.iter().map(|run| run.articles / run.seconds).collect();
    let lowest = rates.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = rates.iter().copied().fold(0.0, f64::max);
    let per_processor = runs.iter().map(|run| run.articles / run.processor_seconds);
    let peaks = runs.iter().map(|run| run.peak_megabytes).collect();
    row([
        what.to_owned(),
        thousands(runs[0].articles),
        thousands(median(rates)),
        format!("{}–{}", thousands(lowest), thousands(highest)),
        thousands(median(per_processor.collect())),
        thousands(median(peaks)),
    ]);
}
