//! Progress of an import: a bar on a terminal, nothing anywhere else.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::pictures::Counts;

/// A bar of bytes where the size of the input is known, else a count of records.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    records: u64,
}

impl Progress {
    /// A bar on standard error, where that is a terminal; `bytes` is the size of the whole input.
    #[must_use]
    pub fn new(bytes: Option<u64>) -> Self {
        let bar = if stderr().is_terminal() {
            drawn(bytes)
        } else {
            ProgressBar::hidden()
        };
        Self { bar, records: 0 }
    }

    /// No bar at all.
    #[must_use]
    pub fn hidden() -> Self {
        Self {
            bar: ProgressBar::hidden(),
            records: 0,
        }
    }

    /// So many more records are done, which were read up to `position` bytes of the input.
    pub fn advance(&mut self, records: usize, position: u64) {
        self.records += records as u64;
        self.bar.set_position(position);
        self.bar.set_message(format!("{} records", self.records));
    }

    /// The records are done; the pictures of so many articles follow.
    pub(super) fn begin_pictures(&self, articles: usize) {
        self.bar.reset();
        self.bar.set_length(articles as u64);
        self.bar.set_message("pictures");
    }

    /// The pictures of so many more articles are done; `counts` is of all so far.
    pub(super) fn pictures(&self, articles: usize, counts: &Counts) {
        self.bar.inc(articles as u64);
        let (here, missing) = (counts.fetched + counts.before, counts.missed());
        self.bar
            .set_message(format!("{here} pictures, {missing} missing"));
    }

    /// Removes the bar.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}

fn drawn(bytes: Option<u64>) -> ProgressBar {
    let (bar, template) = match bytes {
        Some(bytes) => (
            ProgressBar::new(bytes),
            "{bar:40} {percent:>3} %  {msg}  {elapsed} (another {eta})",
        ),
        None => (
            ProgressBar::new_spinner(),
            "{spinner} {msg}  {bytes}  {elapsed}",
        ),
    };
    let style = ProgressStyle::with_template(template);
    let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_bars_can_be_drawn_and_count_what_is_done() {
        for bytes in [Some(1_000), None] {
            let bar = drawn(bytes);
            bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
            let mut progress = Progress { bar, records: 0 };
            progress.advance(200, 400);
            progress.advance(100, 1_000);
            assert_eq!(progress.bar.position(), 1_000);
            assert_eq!(progress.bar.message(), "300 records");
            assert_eq!(progress.bar.length(), bytes);
            progress.finish();
        }
    }
}
