//! Places of a query's words in some articles: read for the best hits only, since it costs a look-up each.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

/// The places of words in some articles.
pub(super) struct Places {
    articles: usize,
    /// The places of the first word in each article, then those of the next.
    all: Vec<u32>,
    /// The end of each part of these.
    ends: Vec<usize>,
}

impl Places {
    /// The places, rising, of the words, each in any of its forms, in some articles of a segment, whose numbers rise.
    pub(super) fn read<'w>(
        segment: &SegmentReader,
        field: Field,
        words: impl Iterator<Item = &'w [String]>,
        docs: &[DocId],
    ) -> tantivy::Result<Self> {
        let inverted = segment.inverted_index(field)?;
        let (mut all, mut ends) = (Vec::with_capacity(4 * docs.len()), Vec::new());
        for forms in words {
            let option = IndexRecordOption::WithFreqsAndPositions;
            let forms = forms.iter().map(|form| Term::from_field_text(field, form));
            let opened = forms.map(|form| inverted.read_postings(&form, option));
            let opened: Vec<Option<SegmentPostings>> = opened.collect::<Result<_, _>>()?;
            let mut opened: Vec<SegmentPostings> = opened.into_iter().flatten().collect();
            ends.reserve(docs.len());
            for doc in docs {
                let first = all.len();
                for postings in &mut opened {
                    if move_to(postings, *doc) {
                        postings.append_positions_with_offset(0, &mut all);
                    }
                }
                if opened.len() > 1 {
                    all[first..].sort_unstable();
                }
                ends.push(all.len());
            }
        }
        Ok(Self {
            articles: docs.len(),
            all,
            ends,
        })
    }

    /// The places of a word in an article, both by their numbers.
    pub(super) fn of(&self, word: usize, article: usize) -> &[u32] {
        let part = word * self.articles + article;
        let begin = part.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[begin..self.ends[part]]
    }
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
