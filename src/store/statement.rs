//! Statements as text with bound values, for either database.

use diesel::backend::Backend;
use diesel::deserialize::QueryableByName;
use diesel::pg::Pg;
use diesel::query_builder::BoxedSqlQuery;
use diesel::query_builder::SqlQuery;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Text};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, RunQueryDsl, SqliteConnection, sql_query};

use crate::domain::query::Range;

use super::conn::Conn;
use super::error::StoreError;

/// A statement and the text values bound to its placeholders, in order. Numbers stand in the text: they cannot carry SQL,
/// and the planner sees them.
#[derive(Default)]
pub(super) struct Statement {
    words: String,
    binds: Vec<String>,
}

impl Statement {
    pub(super) fn push(&mut self, words: &str) -> &mut Self {
        self.words.push_str(words);
        self
    }

    pub(super) fn number(&mut self, n: i64) -> &mut Self {
        self.words.push_str(&n.to_string());
        self
    }

    /// Each placeholder stands once and in rising order: SQLite numbers `$n` by first appearance.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.binds.push(text.to_owned());
        self.words.push_str(&format!("${}", self.binds.len()));
        self
    }

    pub(super) fn texts(&mut self, texts: &[String]) -> &mut Self {
        self.listed(texts, |statement, text| {
            statement.text(text);
        })
    }

    pub(super) fn numbers(&mut self, numbers: &[i64]) -> &mut Self {
        self.listed(numbers, |statement, n| {
            statement.number(*n);
        })
    }

    fn listed<T>(&mut self, items: &[T], push: impl Fn(&mut Self, &T)) -> &mut Self {
        for (n, item) in items.iter().enumerate() {
            self.push(if n == 0 { "(" } else { ", " });
            push(self, item);
        }
        self.push(")")
    }

    pub(super) fn range(&mut self, column: &str, range: &Range) {
        if let Some(from) = range.from {
            self.push(&format!(" AND {column} >= "))
                .number(from.millis());
        }
        if let Some(to) = range.to {
            self.push(&format!(" AND {column} <= ")).number(to.millis());
        }
    }

    pub(super) fn words(&self) -> &str {
        &self.words
    }

    pub(super) fn load<T>(&self, conn: &mut Conn) -> Result<Vec<T>, StoreError>
    where
        T: QueryableByName<Pg> + QueryableByName<Sqlite> + 'static,
    {
        self.load_as(conn, "")
    }

    fn load_as<T>(&self, conn: &mut Conn, before: &str) -> Result<Vec<T>, StoreError>
    where
        T: QueryableByName<Pg> + QueryableByName<Sqlite> + 'static,
    {
        Ok(match conn {
            Conn::Pg(c) => self.bound::<Pg, _>(before, |q| q.load::<T>(c))?,
            Conn::Sqlite(c) => self.bound::<Sqlite, _>(before, |q| q.load::<T>(c))?,
        })
    }

    fn bound<DB, R>(
        &self,
        before: &str,
        run: impl FnOnce(BoxedSqlQuery<'_, DB, SqlQuery>) -> R,
    ) -> R
    where
        DB: Backend + HasSqlType<Text>,
        str: ToSql<Text, DB>,
    {
        let mut query = sql_query(format!("{before}{}", self.words)).into_boxed::<DB>();
        for text in &self.binds {
            query = query.bind::<Text, _>(text.as_str());
        }
        run(query)
    }

    /// The database's plan for this statement, a line a step.
    pub(super) fn explain(&self, conn: &mut Conn) -> Result<Vec<String>, StoreError> {
        Ok(match conn {
            Conn::Pg(c) => self.explain_postgres(c)?,
            Conn::Sqlite(c) => self.explain_sqlite(c)?,
        })
    }

    fn explain_postgres(
        &self,
        conn: &mut PgConnection,
    ) -> Result<Vec<String>, diesel::result::Error> {
        let rows: Vec<PostgresStep> = self.bound::<Pg, _>("EXPLAIN ", |q| q.load(conn))?;
        Ok(rows.into_iter().map(|row| row.step).collect())
    }

    fn explain_sqlite(
        &self,
        conn: &mut SqliteConnection,
    ) -> Result<Vec<String>, diesel::result::Error> {
        let rows: Vec<SqliteStep> =
            self.bound::<Sqlite, _>("EXPLAIN QUERY PLAN ", |q| q.load(conn))?;
        Ok(rows.into_iter().map(|row| row.detail).collect())
    }
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    step: String,
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}
