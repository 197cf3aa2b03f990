//! Parts that the benches share: the machine, medians, tables, and where the real articles are.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Prints the title of a bench with the machine and the date, which its numbers mean nothing without.
pub(crate) fn begin(title: &str) {
    println!("\n## {title}\n\n{}\n", machine());
}

fn machine() -> String {
    let today = chrono::Utc::now().format("%Y-%m-%d");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    format!(
        "{today}, {cores} cores of {}, load average {load} at the start",
        processor()
    )
}

fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(
        || std::env::consts::ARCH.to_owned(),
        |(_, name)| name.to_owned(),
    )
}

/// Prints the head of a table.
pub(crate) fn head(columns: &[&str]) {
    row(columns.iter().map(ToString::to_string));
    row(columns.iter().map(|_| "---".to_owned()));
}

/// Prints a row of a table.
pub(crate) fn row(cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> = cells.into_iter().collect();
    println!("| {} |", cells.join(" | "));
}

/// The middle one of the values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The value that a quarter of the values lie below.
pub(crate) fn lower_quartile(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 4).copied().unwrap_or(f64::NAN)
}

/// The answer of `work`, and the time that it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let outcome = work();
    (outcome, began.elapsed())
}

/// A whole number with its thousands apart.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The folder of real articles, beside the checkout or where `MASTHEAD_SHARED` says; without it there is nothing to measure,
/// and that is said.
pub(crate) fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("MASTHEAD_SHARED").map_or(beside, PathBuf::from);
    let corpus = folder.join("corpus");
    if corpus.is_dir() {
        return Some(corpus);
    }
    println!(
        "**** NOT MEASURED: {} is not there; set MASTHEAD_SHARED ****",
        corpus.display()
    );
    None
}
