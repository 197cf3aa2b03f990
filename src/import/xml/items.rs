//! The items of a document, read one at a time.

use std::io::BufRead;

use super::pieces::{Piece, Pieces};
use crate::import::found::{At, Found, Sink, Stopped, guarded, refuse};
use crate::import::record::Finding;

/// Reads each item with `read`, which gets its text, its place and the fault by which it ended. Returns the number of items,
/// broken ones included.
pub(in crate::import) fn read_items<R: BufRead>(
    mut pieces: Pieces<R>,
    sink: &mut Sink<'_>,
    read: impl Fn(&str, At, Option<Finding>) -> Found,
) -> Result<u64, Stopped> {
    let mut items = 0;
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Item { text, line, fault } => {
                items += 1;
                let at = At::line(line);
                match guarded(|| read(&text, at, fault)) {
                    Ok(found) => sink(found, text.len())?,
                    Err(finding) => refuse(sink, at, finding)?,
                }
            }
            Piece::Broken { line, finding } => {
                items += 1;
                refuse(sink, At::line(line), finding)?;
            }
            Piece::Around(_) => {}
        }
    }
    Ok(items)
}
