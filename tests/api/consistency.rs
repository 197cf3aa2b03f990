//! Questions of consistency, which `masthead check` asks of any database.

use masthead::service::check::{self, Answers, Progress};
use masthead::store::Store;

/// Nobody is told.
struct Silent;

impl Progress for Silent {
    fn begin(&mut self, _: u64) {}
    fn advance(&mut self, _: &str, _: u64) {}
}

/// The answers to all questions about a database.
pub(crate) fn ask(url: &str) -> Answers {
    check::run(&Store::open(url).unwrap(), &mut Silent).unwrap()
}

/// Checks a database.
pub(crate) fn assert_consistent(url: &str) {
    let answers = ask(url);
    let faults: Vec<_> = answers.faults().collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
