//! The histories of the database. A number of the change log is no identity by itself: after an older backup is put back,
//! or a standby that was behind takes over, the same numbers are given again to other entries. So each stretch of the log
//! has a random mark, and a place in the log names the mark of the entry that it stands behind.
//!
//! A stretch begins with the first write over a new connection of a writer: nobody can exchange the database under a
//! connection that is open.

use diesel::prelude::*;

use super::changes::latest_seq;
use super::conn::{Conn, with};
use super::error::StoreError;
use super::schema::histories;

/// Names one stretch of the change log.
pub type Mark = i64;

/// Begins a new stretch behind the last entry. Only for whoever is in the write lane. A stretch without entries is replaced,
/// since no place names it.
pub(super) fn begin(conn: &mut Conn) -> Result<(), StoreError> {
    let mark = random_mark()?;
    let row = (
        histories::after_seq.eq(latest_seq(conn)?),
        histories::mark.eq(mark),
    );
    with!(conn, c => diesel::insert_into(histories::table)
        .values(row)
        .on_conflict(histories::after_seq)
        .do_update()
        .set(histories::mark.eq(mark))
        .execute(c))?;
    Ok(())
}

/// The most milliseconds by which a new stretch is stamped apart.
const APART: i64 = 60_000;

/// By how many milliseconds the next entry is to be stamped behind the last one, where the clock stands before that: a new
/// stretch by its mark, so that a lost version and a new one of the same number have other times, and so other entity tags.
pub fn apart(conn: &mut Conn) -> Result<i64, StoreError> {
    let end = latest_seq(conn)?;
    let begun: Option<Mark> = histories::table
        .find(end)
        .select(histories::mark)
        .get_result(conn)
        .optional()?;
    Ok(begun.map_or(0, |mark| 1 + mark.rem_euclid(APART)))
}

fn random_mark() -> Result<Mark, StoreError> {
    let bytes = getrandom::u64().map_err(|e| StoreError::Other(e.to_string()))?;
    // JSON's readers count exactly up to 2^53.
    Ok((bytes >> 11).cast_signed())
}

/// The marks of a part of the log.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// The last entry of the log when this was read.
    end: i64,
    /// The first number behind which a stretch begins, and its mark; in order.
    stretches: Vec<(i64, Mark)>,
}

impl Marks {
    /// The mark of an entry; `None` for the place before every entry, and for entries of a time without marks.
    #[must_use]
    pub fn of(&self, seq: i64) -> Option<Mark> {
        let before = self.stretches.partition_point(|(after, _)| *after < seq);
        let (_, mark) = self.stretches.get(before.checked_sub(1)?)?;
        Some(*mark)
    }

    /// True if the place behind entry `seq`, which carries `mark`, is a place of this database's history.
    #[must_use]
    pub fn hold(&self, seq: i64, mark: Option<Mark>) -> bool {
        seq <= self.end && self.of(seq) == mark
    }

    /// The last entry of the log.
    #[must_use]
    pub const fn end(&self) -> i64 {
        self.end
    }

    /// The last entry up to which this log and another one are one history; `None` where they have no stretch in common.
    /// Both must be the marks of whole logs.
    #[must_use]
    pub fn shared_with(&self, other: &Self) -> Option<i64> {
        let pairs = self.stretches.iter().zip(&other.stretches);
        let shared = pairs.take_while(|(own, others)| own == others).count();
        if shared == 0 {
            return None;
        }
        let next = |marks: &Self| marks.stretches.get(shared).map(|(after, _)| *after);
        let ends = [Some(self.end), Some(other.end), next(self), next(other)];
        ends.into_iter().flatten().min()
    }
}

/// All marks of the log.
pub fn all_marks(conn: &mut Conn) -> Result<Marks, StoreError> {
    let end = latest_seq(conn)?;
    marks_between(conn, 0, end + 1)
}

/// The marks of the entries from `low` to `high`, and the log's end.
pub fn marks_between(conn: &mut Conn, low: i64, high: i64) -> Result<Marks, StoreError> {
    let first: Option<i64> = histories::table
        .filter(histories::after_seq.lt(low))
        .select(diesel::dsl::max(histories::after_seq))
        .get_result(conn)?;
    let stretches = histories::table
        .filter(histories::after_seq.ge(first.unwrap_or(0)))
        .filter(histories::after_seq.lt(high))
        .order(histories::after_seq)
        .select((histories::after_seq, histories::mark))
        .load(conn)?;
    Ok(Marks {
        end: latest_seq(conn)?,
        stretches,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_the_mark_of_the_stretch_that_it_was_written_in() {
        let marks = Marks {
            end: 12,
            stretches: vec![(0, 70), (5, 71), (9, 72)],
        };
        let found: Vec<Option<Mark>> = [0, 1, 5, 6, 9, 10].map(|seq| marks.of(seq)).to_vec();
        assert_eq!(
            found,
            [None, Some(70), Some(70), Some(71), Some(71), Some(72)]
        );
        assert!(marks.hold(12, Some(72)) && marks.hold(0, None));
        assert!(!marks.hold(13, Some(72)), "the log ends before");
        assert!(!marks.hold(10, Some(71)) && !marks.hold(10, None));
    }

    #[test]
    fn two_logs_are_one_history_up_to_the_first_entry_that_only_one_of_them_has() {
        let log = |end, stretches: &[(i64, Mark)]| Marks {
            end,
            stretches: stretches.to_vec(),
        };
        let whole = log(12, &[(0, 70), (5, 71), (9, 72)]);
        assert_eq!(whole.shared_with(&log(7, &[(0, 70), (5, 71)])), Some(7));
        let restored = log(9, &[(0, 70), (5, 71), (7, 80)]);
        assert_eq!(whole.shared_with(&restored), Some(7));
        assert_eq!(restored.shared_with(&whole), Some(7));
        assert_eq!(whole.shared_with(&whole), Some(12));
        assert_eq!(whole.shared_with(&log(12, &[(0, 90)])), None);
    }
}
