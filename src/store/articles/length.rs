//! The length of an article in an answer.

use std::io::{self, Write};

use crate::domain::view::Article;

/// The bytes of an article as JSON.
pub(super) fn length(article: &Article) -> usize {
    let mut counter = Counter(0);
    // A counter takes everything.
    let _ = serde_json::to_writer(&mut counter, article);
    counter.0
}

struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
