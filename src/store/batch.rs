//! The sizes of statements that carry many values or rows.

/// The most values of one `IN` list: well under what either database binds.
pub(super) const IN_LIST: usize = 500;
/// Rows of one `INSERT`.
pub(super) const INSERT_ROWS: usize = 100;
