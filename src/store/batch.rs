//! Statements that carry many values or rows.

/// The most values of one `IN` list: well under what either database binds.
pub(super) const IN_LIST: usize = 500;
/// Rows of one `INSERT`.
pub(super) const INSERT_ROWS: usize = 100;

/// Inserts rows: many at a time on PostgreSQL, which spares round trips; one at a time on SQLite, by a statement that stays
/// prepared.
macro_rules! insert_rows {
    ($conn:expr, $table:expr, $rows:expr) => {{
        match $conn {
            $crate::store::conn::Conn::Pg(c) => {
                for rows in $rows.chunks($crate::store::batch::INSERT_ROWS) {
                    diesel::insert_into($table).values(rows).execute(c)?;
                }
            }
            $crate::store::conn::Conn::Sqlite(c) => {
                for row in &$rows[..] {
                    diesel::insert_into($table).values(row).execute(c)?;
                }
            }
        }
    }};
}
pub(super) use insert_rows;
