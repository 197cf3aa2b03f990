//! Columns of an index, opened once for each segment: opening one reads all of it. Those of an article take some forty bytes,
//! as long as its segment is read.

use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::columnar::Column;
use tantivy::index::SegmentId;
use tantivy::{Searcher, SegmentReader};

type Opened<T> = Mutex<FxHashMap<(SegmentId, &'static str), Column<T>>>;

/// The columns of numbers that were asked for, by segment and name.
#[derive(Default)]
pub(super) struct Columns {
    unsigned: Opened<u64>,
    signed: Opened<i64>,
}

impl Columns {
    pub(super) fn u64(
        &self,
        segment: &SegmentReader,
        name: &'static str,
    ) -> tantivy::Result<Column<u64>> {
        let key = (segment.segment_id(), name);
        kept(&self.unsigned, key, || segment.fast_fields().u64(name))
    }

    pub(super) fn i64(
        &self,
        segment: &SegmentReader,
        name: &'static str,
    ) -> tantivy::Result<Column<i64>> {
        let key = (segment.segment_id(), name);
        kept(&self.signed, key, || segment.fast_fields().i64(name))
    }

    /// Drops the columns of segments that are no longer read.
    pub(super) fn keep_those_of(&self, searcher: &Searcher) {
        let ids = searcher.segment_readers().iter();
        let ids: Vec<SegmentId> = ids.map(SegmentReader::segment_id).collect();
        locked(&self.unsigned).retain(|(segment, _), _| ids.contains(segment));
        locked(&self.signed).retain(|(segment, _), _| ids.contains(segment));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn kept<K: Hash + Eq, V: Clone>(
    opened: &Mutex<FxHashMap<K, V>>,
    key: K,
    open: impl FnOnce() -> tantivy::Result<V>,
) -> tantivy::Result<V> {
    if let Some(column) = locked(opened).get(&key) {
        return Ok(column.clone());
    }
    let column = open()?;
    locked(opened).insert(key, column.clone());
    Ok(column)
}

#[cfg(test)]
mod tests {
    use super::super::document::{PUBLISHED, WORK};
    use super::super::tests::{document, library};
    use super::*;

    #[test]
    fn columns_are_opened_once_and_dropped_with_their_segments() {
        let [first, second] = [1, 2].map(|number| {
            let library = library(&[document(number, "en", "A title", "", "")]);
            library.reading().unwrap()
        });
        let columns = Columns::default();
        for reading in [&first, &first, &second] {
            for segment in reading.searcher.segment_readers() {
                columns.u64(segment, WORK).unwrap();
                let times = columns.i64(segment, PUBLISHED).unwrap();
                assert!([Some(1), Some(2)].contains(&times.first(0)));
            }
        }
        let sizes = || {
            (
                locked(&columns.unsigned).len(),
                locked(&columns.signed).len(),
            )
        };
        assert_eq!(sizes(), (2, 2));
        columns.keep_those_of(&second.searcher);
        assert_eq!(sizes(), (1, 1));
        let mut opens = 0;
        let opened = Mutex::default();
        for _ in 0..2 {
            let column = kept(&opened, "name", || {
                opens += 1;
                Ok(7)
            });
            assert_eq!(column.unwrap(), 7);
        }
        assert_eq!(opens, 1);
    }
}
