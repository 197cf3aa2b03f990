//! Ordered language fallback under a contract: each work once, in the first language in which its partner sees it. For
//! everybody else the facet sets tell this.

use std::collections::HashSet;

use diesel::deserialize::QueryableByName;
use diesel::sql_types::Text;

use crate::domain::language::LanguageTag;

use super::super::batch::IN_LIST;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::sight::Sight;
use super::super::statement::Statement;
use super::plan::push_first_of;

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = Text)]
    id: String,
}

/// Those of some articles whose work is seen in no earlier language.
pub(super) fn firsts(
    conn: &mut Conn,
    ids: &[String],
    langs: &[LanguageTag],
    sight: &Sight,
) -> Result<HashSet<String>, StoreError> {
    let mut found = HashSet::new();
    for chunk in ids.chunks(IN_LIST) {
        let mut statement = Statement::default();
        statement
            .push("SELECT a.id FROM articles a WHERE a.id IN ")
            .texts(chunk)
            .push(" AND ");
        push_first_of(&mut statement, langs, sight);
        let rows: Vec<IdRow> = statement.load(conn)?;
        found.extend(rows.into_iter().map(|row| row.id));
    }
    Ok(found)
}
