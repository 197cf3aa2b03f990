//! The rows of a statement as places in a list.

use diesel::deserialize::QueryableByName;
use diesel::sql_types::{BigInt, Text};

use super::order::Place;
use crate::domain::cursor::{Cursor, SortValue};
use crate::domain::query::SortKey;
use crate::store::conn::Conn;
use crate::store::error::StoreError;
use crate::store::statement::Statement;

#[derive(QueryableByName)]
struct NumberRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = BigInt)]
    k: i64,
}

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    k: String,
}

/// Loads the places that a statement finds, in its order.
pub(super) fn load(
    conn: &mut Conn,
    key: SortKey,
    statement: &Statement,
) -> Result<Vec<Place>, StoreError> {
    if key == SortKey::Title {
        let rows: Vec<TextRow> = statement.load(conn)?;
        return Ok(rows
            .into_iter()
            .map(|row| Cursor {
                value: SortValue::Text(row.k),
                id: row.id,
            })
            .collect());
    }
    let rows: Vec<NumberRow> = statement.load(conn)?;
    Ok(rows
        .into_iter()
        .map(|row| Cursor {
            value: SortValue::Number(row.k),
            id: row.id,
        })
        .collect())
}
