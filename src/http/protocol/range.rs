//! Range requests (RFC 9110, section 14): which bytes of a whole a client asks for.

use std::ops::Range;

/// The most ranges of one request: more than any reader needs, and few enough not to blow an answer up.
const MOST: usize = 16;

/// The result of a Range field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Everything: there is no field, or one that is to be passed over.
    Whole,
    /// These parts, in the order that they were asked for.
    Parts(Vec<Range<u64>>),
    /// Only parts that the whole does not have.
    Unsatisfiable,
}

/// Reads a Range field against a whole of `length` bytes. A field of another unit, one that is malformed, and one that asks
/// for more ranges or more bytes than a reader would are passed over, as section 14.2 allows.
pub(crate) fn read(field: &str, length: u64) -> Asked {
    let Some((unit, set)) = field.split_once('=') else {
        return Asked::Whole;
    };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return Asked::Whole;
    }
    let specs: Vec<&str> = set
        .split(',')
        .map(str::trim)
        .filter(|spec| !spec.is_empty())
        .collect();
    let Some(read) = specs
        .iter()
        .map(|spec| part(spec, length))
        .collect::<Option<Vec<_>>>()
    else {
        return Asked::Whole;
    };
    if read.is_empty() || read.len() > MOST {
        return Asked::Whole;
    }
    let parts: Vec<Range<u64>> = read.into_iter().flatten().collect();
    let bytes: u64 = parts.iter().map(|part| part.end - part.start).sum();
    if parts.is_empty() {
        Asked::Unsatisfiable
    } else if parts.len() > 1 && bytes > length {
        Asked::Whole
    } else {
        Asked::Parts(parts)
    }
}

/// One range: `None` where it is malformed, `Some(None)` where the whole has none of it.
#[expect(
    clippy::option_option,
    reason = "malformed and unsatisfiable are two things"
)]
fn part(spec: &str, length: u64) -> Option<Option<Range<u64>>> {
    let (first, last) = spec.split_once('-')?;
    let (first, last) = (first.trim(), last.trim());
    if first.is_empty() {
        let suffix = number(last)?.min(length);
        return Some((suffix > 0).then(|| length - suffix..length));
    }
    let first = number(first)?;
    let end = match last {
        "" => length,
        last => number(last)?
            .checked_add(1)
            .filter(|end| *end > first)?
            .min(length),
    };
    Some((first < length).then_some(first..end))
}

/// Digits alone; a number that is too great for any whole is as good as the greatest.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_first_to_last_from_first_or_a_suffix() {
        for (field, part) in [
            ("bytes=0-0", 0..1),
            ("bytes=2-5", 2..6),
            ("Bytes= 2-5 ", 2..6),
            ("bytes=2-", 2..10),
            ("bytes=2-99999999999999999999999", 2..10),
            ("bytes=-3", 7..10),
            ("bytes=-99", 0..10),
            ("bytes=20-30,1-1", 1..2),
        ] {
            assert_eq!(read(field, 10), Asked::Parts(vec![part]), "{field}");
        }
        assert_eq!(read("bytes=0-1, -1", 10), Asked::Parts(vec![0..2, 9..10]));
    }

    #[test]
    fn what_the_whole_does_not_have_is_unsatisfiable() {
        for field in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=50-60,-0"] {
            assert_eq!(read(field, 10), Asked::Unsatisfiable, "{field}");
        }
        assert_eq!(read("bytes=0-0", 0), Asked::Unsatisfiable);
    }

    #[test]
    fn what_is_malformed_of_another_unit_or_greedy_is_passed_over() {
        let many = format!("bytes={}", vec!["0-0"; 17].join(","));
        for field in [
            "",
            "bytes",
            "bytes=",
            "bytes=x-1",
            "bytes=5-2",
            "bytes=1",
            "bytes=+1-2",
            "bytes=--1",
            "items=0-1",
            "bytes=0-9,0-9",
            &many,
        ] {
            assert_eq!(read(field, 10), Asked::Whole, "{field}");
        }
    }
}
