//! Rows that come as one text. On PostgreSQL, a short row costs more to send and to take than to read.
//!
//! Columns are numbers, ids, language tags, or these between blanks: none holds the signs that end a column or a row.

const COLUMN_END: char = '|';
const ROW_END: char = ';';

/// The aggregate that joins columns of all rows into one text.
pub(super) fn joined(columns: &[&str]) -> String {
    let row = columns.join(&format!(" || '{COLUMN_END}' || "));
    format!("COALESCE(string_agg({row}, '{ROW_END}'), '')")
}

/// The columns of each row of such a text.
pub(super) fn rows(text: &str) -> impl Iterator<Item = std::str::Split<'_, char>> {
    let rows = text.split(ROW_END).filter(|row| !row.is_empty());
    rows.map(|row| row.split(COLUMN_END))
}
