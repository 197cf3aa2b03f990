//! Limits of every request.

/// The longest content of a request, in bytes.
pub(crate) const LONGEST_CONTENT: usize = 10 * 1024 * 1024;
