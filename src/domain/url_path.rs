//! Text in the path of an address, percent-encoded.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters that stand unescaped in the path of an address: the unreserved ones of RFC 3986, section 2.3, and the slash.
pub(super) const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The same in one segment of a path.
pub(super) const SEGMENT: &AsciiSet = &PATH.add(b'/');

/// Text as one segment of a path.
pub(super) fn segment(text: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(text, SEGMENT)
}
