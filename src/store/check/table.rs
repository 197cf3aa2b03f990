//! A table with the questions about its rows, and the walk through it in short reads.

use diesel::sql_types::{BigInt, Nullable, Text};

use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::statement::Statement;

/// The sort of a table's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyIs {
    Text,
    Number,
}

/// A table, in the order of a key that an index has, and the questions about its rows.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    pub(super) key: &'static str,
    pub(super) key_is: KeyIs,
    /// The questions about its rows.
    pub questions: &'static [Question],
    /// Its columns that name rows of other tables.
    pub references: &'static [Reference],
}

/// A question about each row of a table.
#[derive(Debug)]
pub struct Question {
    /// Its name.
    pub name: &'static str,
    /// The fault of a row that is wrong.
    pub fault: &'static str,
    /// The words that name a row, as an expression of SQL; empty for its key.
    pub(super) shown: &'static str,
    /// The condition of a row that is wrong. The row is `t`.
    pub(super) wrong: &'static str,
}

/// A column whose values name rows of another table. Null names none.
#[derive(Debug)]
pub struct Reference {
    /// The column.
    pub column: &'static str,
    /// The other table.
    pub table: &'static str,
    /// Its key.
    pub(super) key: &'static str,
}

/// A table with a key of text.
pub(super) const fn text(
    name: &'static str,
    key: &'static str,
    questions: &'static [Question],
    references: &'static [Reference],
) -> Table {
    let key_is = KeyIs::Text;
    Table {
        key_is,
        ..numbered(name, key, questions, references)
    }
}

/// A table with a key of numbers.
pub(super) const fn numbered(
    name: &'static str,
    key: &'static str,
    questions: &'static [Question],
    references: &'static [Reference],
) -> Table {
    Table {
        name,
        key,
        key_is: KeyIs::Number,
        questions,
        references,
    }
}

/// A question that names a row by its key.
pub(super) const fn question(
    name: &'static str,
    fault: &'static str,
    wrong: &'static str,
) -> Question {
    self::shown(name, fault, "", wrong)
}

/// A question that names a row by an expression of its own.
pub(super) const fn shown(
    name: &'static str,
    fault: &'static str,
    shown: &'static str,
    wrong: &'static str,
) -> Question {
    Question {
        name,
        fault,
        shown,
        wrong,
    }
}

/// A column that names rows of another table.
pub(super) const fn to(column: &'static str, table: &'static str, key: &'static str) -> Reference {
    Reference { column, table, key }
}

impl Reference {
    /// The question that it stands for, as it is named.
    #[must_use]
    pub fn name(&self, table: &Table) -> String {
        format!("{}.{}", table.name, self.column)
    }

    /// The fault of a row whose reference leads nowhere.
    #[must_use]
    pub fn fault(&self, table: &Table) -> String {
        let (own, column, other) = (table.name, self.column, self.table);
        format!("{column} of a row of {own} names no row of {other}")
    }
}

/// Some rows of a table that follow each other by its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    after: Option<String>,
    to: String,
    /// Number of rows.
    pub rows: i64,
}

#[derive(diesel::QueryableByName)]
struct Bounds {
    #[diesel(sql_type = Nullable<Text>)]
    high: Option<String>,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(diesel::QueryableByName)]
struct Shown {
    #[diesel(sql_type = Text)]
    shown: String,
}

impl Table {
    /// The next rows behind a chunk, about `limit` of them; `None` at the end.
    pub fn next_chunk(
        &self,
        conn: &mut Conn,
        behind: Option<&Chunk>,
        limit: i64,
    ) -> Result<Option<Chunk>, StoreError> {
        let after = behind.map(|chunk| chunk.to.clone());
        let mut query = Statement::default();
        query
            .push("SELECT CAST(max(k) AS TEXT) AS high, count(*) AS n FROM (SELECT t.")
            .push(self.key)
            .push(" AS k FROM ")
            .push(self.name)
            .push(" t");
        if let Some(after) = &after {
            query.push(" WHERE t.").push(self.key).push(" > ");
            self.push_key(&mut query, after)?;
        }
        query
            .push(" ORDER BY t.")
            .push(self.key)
            .push(" LIMIT ")
            .number(limit)
            .push(") some_rows");
        let bounds: Option<Bounds> = query.load(conn)?.pop();
        Ok(bounds.and_then(|Bounds { high, n }| high.map(|to| Chunk { after, to, rows: n })))
    }

    /// Number of its rows.
    pub fn count(&self, conn: &mut Conn) -> Result<i64, StoreError> {
        let mut query = Statement::default();
        query
            .push("SELECT NULL AS high, count(*) AS n FROM ")
            .push(self.name);
        let found: Option<Bounds> = query.load(conn)?.pop();
        Ok(found.map_or(0, |found| found.n))
    }

    /// The rows of a chunk that are wrong.
    pub fn ask(
        &self,
        conn: &mut Conn,
        question: &Question,
        chunk: &Chunk,
    ) -> Result<Vec<String>, StoreError> {
        self.rows_where(conn, question.shown, question.wrong, chunk)
    }

    /// The rows of a chunk whose reference leads nowhere.
    pub fn follow(
        &self,
        conn: &mut Conn,
        reference: &Reference,
        chunk: &Chunk,
    ) -> Result<Vec<String>, StoreError> {
        let Reference { column, table, key } = reference;
        let shown = format!(
            "CAST(t.{} AS TEXT) || ': ' || CAST(t.{column} AS TEXT)",
            self.key
        );
        let wrong = format!(
            "t.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {table} x WHERE x.{key} = t.{column})"
        );
        self.rows_where(conn, &shown, &wrong, chunk)
    }

    /// The keys of a chunk's rows.
    pub fn keys(&self, conn: &mut Conn, chunk: &Chunk) -> Result<Vec<String>, StoreError> {
        self.rows_where(conn, "", "1 = 1", chunk)
    }

    fn rows_where(
        &self,
        conn: &mut Conn,
        shown: &str,
        wrong: &str,
        chunk: &Chunk,
    ) -> Result<Vec<String>, StoreError> {
        let mut query = Statement::default();
        let key = format!("t.{}", self.key);
        let shown = if shown.is_empty() { &key } else { shown };
        query
            .push(&format!("SELECT CAST({shown} AS TEXT) AS shown FROM "))
            .push(self.name)
            .push(" t WHERE ");
        if let Some(after) = &chunk.after {
            query.push(&key).push(" > ");
            self.push_key(&mut query, after)?;
            query.push(" AND ");
        }
        query.push(&key).push(" <= ");
        self.push_key(&mut query, &chunk.to)?;
        query.push(&format!(" AND ({wrong}) ORDER BY {key}"));
        let rows: Vec<Shown> = query.load(conn)?;
        Ok(rows.into_iter().map(|row| row.shown).collect())
    }

    fn push_key(&self, query: &mut Statement, key: &str) -> Result<(), StoreError> {
        match self.key_is {
            KeyIs::Text => query.text(key),
            KeyIs::Number => query.number(key.parse().map_err(|_| {
                StoreError::Other(format!("a key of {} is no number: {key}", self.name))
            })?),
        };
        Ok(())
    }
}
