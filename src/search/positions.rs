//! Places of a query's words in some articles: read for the best hits only, since it costs a look-up each.

use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

/// The places of each term in each of some articles of a segment, whose numbers rise.
pub(super) fn places(
    segment: &SegmentReader,
    field: Field,
    terms: &[String],
    docs: &[DocId],
) -> tantivy::Result<Vec<Vec<Vec<u32>>>> {
    let mut found = vec![vec![Vec::new(); terms.len()]; docs.len()];
    let inverted = segment.inverted_index(field)?;
    for (n, text) in terms.iter().enumerate() {
        let term = Term::from_field_text(field, text);
        let option = IndexRecordOption::WithFreqsAndPositions;
        let Some(mut postings) = inverted.read_postings(&term, option)? else {
            continue;
        };
        for (at, doc) in docs.iter().enumerate() {
            if move_to(&mut postings, *doc) {
                postings.positions(&mut found[at][n]);
            }
        }
    }
    Ok(found)
}

/// Finds the articles of a segment that hold each term, without places.
pub(super) fn holds(
    segment: &SegmentReader,
    field: Field,
    terms: &[String],
    docs: &[DocId],
) -> tantivy::Result<Vec<bool>> {
    let mut found = vec![false; docs.len()];
    let inverted = segment.inverted_index(field)?;
    for text in terms {
        let term = Term::from_field_text(field, text);
        let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else {
            continue;
        };
        for (at, doc) in docs.iter().enumerate() {
            found[at] |= move_to(&mut postings, *doc);
        }
    }
    Ok(found)
}

/// Moves to an article, which is not before the one that was moved to last; false where it is not among them.
pub(super) fn move_to(postings: &mut impl DocSet, doc: DocId) -> bool {
    if postings.doc() == TERMINATED {
        return false;
    }
    if postings.doc() < doc {
        postings.seek(doc);
    }
    postings.doc() == doc
}
