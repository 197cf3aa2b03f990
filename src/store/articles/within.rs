//! The bound of an answer: articles are loaded a few at a time, until they would make it too long.

use std::io::{self, Write};

use crate::domain::access::Scope;
use crate::domain::view::Article;

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::load::{Parts, load_articles};

/// Most bytes of JSON in the articles of one answer, except for the first one, which always comes.
const MOST_BYTES: usize = 8_000_000;
/// Number of articles that are loaded at once where each may be long.
const AT_ONCE: usize = 10;

/// The first of some articles, as many as one answer takes. Whoever calls has made sure that the scope may see them.
pub(in crate::store) fn load_within(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[String],
    parts: Parts,
) -> Result<Vec<Article>, StoreError> {
    let at_once = if parts == Parts::default() {
        ids.len().max(1)
    } else {
        AT_ONCE
    };
    let (mut found, mut bytes) = (Vec::with_capacity(ids.len()), 0);
    for chunk in ids.chunks(at_once) {
        for article in load_articles(conn, scope, chunk, parts)? {
            bytes += length(&article);
            if bytes > MOST_BYTES && !found.is_empty() {
                return Ok(found);
            }
            found.push(article);
        }
    }
    Ok(found)
}

/// The bytes of an article as JSON.
fn length(article: &Article) -> usize {
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
