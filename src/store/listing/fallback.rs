//! Ordered language fallback: each work once, in the first language that it is published in.
//!
//! Most of what a fallback rejects lies between rows that it takes: where every article is translated, a statement that
//! looked for the next second-choice article would read them all to find none. So the languages are walked together
//! without that question, and it is asked of a chunk of rows at a time until the page is full.

use std::collections::HashSet;

use diesel::deserialize::QueryableByName;
use diesel::sql_types::Text;

use crate::domain::language::LanguageTag;
use crate::domain::query::{ArticleQuery, PageRequest, Start};

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::paging;
use super::super::sight::Sight;
use super::Place;
use super::plan::{Plan, push_first_of};
use super::sql::Statement;

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = Text)]
    id: String,
}

/// How many rows a chunk has at the least.
const CHUNK: u32 = 100;

/// The rows of a page and one more where more follow.
pub(super) fn places(
    conn: &mut Conn,
    plan: &Plan,
    query: &ArticleQuery,
    page: &PageRequest,
) -> Result<Vec<Place>, StoreError> {
    let mut skip = paging::offset(page);
    let wanted = paging::fetch(page);
    let mut chunk = PageRequest {
        limit: CHUNK.max(page.limit * 2),
        start: match &page.start {
            Start::After(cursor) => Start::After(cursor.clone()),
            _ => Start::Head,
        },
        count: false,
    };
    let mut found = Vec::new();
    loop {
        let rows = super::places(conn, plan, query.sort, &chunk)?;
        let full = rows.len() > chunk.limit as usize;
        let Some(last) = rows.last().cloned() else {
            return Ok(found);
        };
        let first = firsts(conn, &rows, &query.langs, &plan.sight)?;
        for row in rows.into_iter().filter(|row| first.contains(&row.id)) {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            found.push(row);
            if i64::try_from(found.len()) == Ok(wanted) {
                return Ok(found);
            }
        }
        if !full {
            return Ok(found);
        }
        chunk.start = Start::After(last);
    }
}

/// Those of some rows whose work is published in no earlier language.
fn firsts(
    conn: &mut Conn,
    rows: &[Place],
    langs: &[LanguageTag],
    sight: &Sight,
) -> Result<HashSet<String>, StoreError> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut statement = Statement::default();
    statement
        .push("SELECT a.id FROM articles a WHERE a.id IN ")
        .texts(&ids)
        .push(" AND ");
    push_first_of(&mut statement, langs, sight);
    let rows: Vec<IdRow> = statement.load(conn)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
