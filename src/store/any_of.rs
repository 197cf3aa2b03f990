//! `column IN (…)` over values stored as text, whose statement stays prepared. Diesel prepares its own form anew each time, since
//! each length of the list is another statement; here a list is filled up with its last value to one of ten lengths.

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, SqlType, Text};

/// True where a column has one of some values.
#[derive(Debug, Clone)]
pub(super) struct AnyOf<C, V> {
    column: C,
    values: Vec<V>,
}

/// `column IN (values)`; no row, where there is no value.
pub(super) fn any_of<C, V>(column: C, values: &[V]) -> AnyOf<C, V>
where
    C: Expression<SqlType = Text>,
    V: Clone,
{
    let mut values = values.to_vec();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    AnyOf { column, values }
}

impl<C, V> Expression for AnyOf<C, V>
where
    C: Expression,
    Bool: SqlType + TypedExpressionType,
{
    type SqlType = Bool;
}

impl<C, V, Table> AppearsOnTable<Table> for AnyOf<C, V> where C: AppearsOnTable<Table> {}

impl<C, V, Table> SelectableExpression<Table> for AnyOf<C, V> where C: SelectableExpression<Table> {}

impl<C, V, Group> ValidGrouping<Group> for AnyOf<C, V>
where
    C: ValidGrouping<Group>,
{
    type IsAggregate = C::IsAggregate;
}

/// Known by its words alone, which the length of the list is a part of.
impl<C, V> QueryId for AnyOf<C, V> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, V, DB> QueryFragment<DB> for AnyOf<C, V>
where
    DB: Backend + HasSqlType<Text>,
    C: QueryFragment<DB>,
    V: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if self.values.is_empty() {
            pass.push_sql("1 = 0");
            return Ok(());
        }
        self.column.walk_ast(pass.reborrow())?;
        for (n, value) in self.values.iter().enumerate() {
            pass.push_sql(if n == 0 { " IN (" } else { ", " });
            pass.push_bind_param::<Text, V>(value)?;
        }
        pass.push_sql(")");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use diesel::sqlite::Sqlite;

    use super::super::schema::articles;
    use super::any_of;

    #[test]
    fn lists_of_like_lengths_are_one_statement() {
        let words = |count: usize| {
            let ids: Vec<String> = (0..count).map(|n| n.to_string()).collect();
            let query = articles::table.filter(any_of(articles::id, &ids));
            let text = diesel::debug_query::<Sqlite, _>(&query.select(articles::id)).to_string();
            text.split(" -- ").next().unwrap().to_owned()
        };
        assert_eq!(words(5), words(8));
        assert_ne!(words(4), words(5));
        assert!(words(0).contains("1 = 0") && words(1).contains("IN (?)"));
    }
}
