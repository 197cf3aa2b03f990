//! The forms that values have in columns, for either database: rows and conditions hold the values themselves.

use std::any::Any;
use std::fmt::Debug;
use std::io::Write;

use diesel::backend::Backend;
use diesel::deserialize::{FromSql, FromSqlRow, Result as Read};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::{Sqlite, SqliteValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;
use crate::domain::time::Timestamp;

use super::conn::{MultiBackend, MultiRawValue};
use super::error::StoreError;

/// Makes a type of another module a value of expressions and rows. Diesel derives that for the field of a proxy.
macro_rules! column_type {
    ($proxy:ident, $type:ty, $sql_type:ident) => {
        #[derive(AsExpression, FromSqlRow)]
        #[diesel(foreign_derive, sql_type = $sql_type)]
        #[expect(dead_code, reason = "only its field's type is used")]
        struct $proxy($type);
    };
}

column_type!(IdColumn, Id, Text);
column_type!(TimestampColumn, Timestamp, BigInt);
column_type!(LanguageTagColumn, LanguageTag, Text);
column_type!(SlugColumn, Slug, Text);

/// A value whose column holds it as JSON.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub(super) struct Json<T>(pub(super) T);

/// Writes a value over the joint connection as the database at hand has it.
macro_rules! to_either_database {
    ($type:ty, $sql_type:ident $(, $content:ident)?) => {
        impl$(<$content: Any + Debug + Send + Sync + Serialize>)? ToSql<$sql_type, MultiBackend> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($sql_type, self));
                Ok(IsNull::No)
            }
        }
    };
}

to_either_database!(Id, Text);
to_either_database!(Timestamp, BigInt);
to_either_database!(Json<T>, Text, T);

impl ToSql<Text, Pg> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        write!(out, "{self}")?;
        Ok(IsNull::No)
    }
}

impl ToSql<Text, Sqlite> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}

impl<DB> FromSql<Text, DB> for Id
where
    DB: Backend,
    for<'a> DB::RawValue<'a>: RawText,
{
    fn from_sql(value: DB::RawValue<'_>) -> Read<Self> {
        value.read(|text| Ok(stored_id(text)?))
    }
}

impl ToSql<BigInt, Pg> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<BigInt, Pg>::to_sql(&self.millis(), &mut out.reborrow())
    }
}

impl ToSql<BigInt, Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.millis());
        Ok(IsNull::No)
    }
}

impl<DB> FromSql<BigInt, DB> for Timestamp
where
    DB: Backend,
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> Read<Self> {
        i64::from_sql(value).map(Self::from_millis)
    }
}

/// Writes text as it is, and takes stored text for what was parsed before it was written.
macro_rules! text_column {
    ($type:ty) => {
        impl<DB> ToSql<Text, DB> for $type
        where
            DB: Backend,
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.as_str().to_sql(out)
            }
        }

        impl<DB> FromSql<Text, DB> for $type
        where
            DB: Backend,
            String: FromSql<Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> Read<Self> {
                String::from_sql(value).map(Self::from_stored)
            }
        }
    };
}

text_column!(LanguageTag);
text_column!(Slug);

impl<T: Debug + Serialize> ToSql<Text, Pg> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

impl<T: Debug + Serialize> ToSql<Text, Sqlite> for Json<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl<T, DB> FromSql<Text, DB> for Json<T>
where
    T: DeserializeOwned,
    DB: Backend,
    for<'a> DB::RawValue<'a>: RawText,
{
    fn from_sql(value: DB::RawValue<'_>) -> Read<Self> {
        value.read(|text| Ok(Self(from_json(text)?)))
    }
}

/// Text as a database hands it over, read where it lies.
trait RawText {
    fn read<T>(self, parse: impl FnOnce(&str) -> Read<T>) -> Read<T>;
}

impl RawText for PgValue<'_> {
    fn read<T>(self, parse: impl FnOnce(&str) -> Read<T>) -> Read<T> {
        parse(std::str::from_utf8(self.as_bytes())?)
    }
}

impl RawText for SqliteValue<'_, '_, '_> {
    fn read<T>(mut self, parse: impl FnOnce(&str) -> Read<T>) -> Read<T> {
        parse(self.read_text())
    }
}

impl RawText for MultiRawValue<'_> {
    fn read<T>(self, parse: impl FnOnce(&str) -> Read<T>) -> Read<T> {
        match self {
            Self::Pg(value) => value.read(parse),
            Self::Sqlite(value) => value.read(parse),
        }
    }
}

/// Reads ids that were kept as text.
///
/// # Errors
/// `Other` for one that is none.
pub fn stored_ids(texts: &[String]) -> Result<Vec<Id>, StoreError> {
    texts.iter().map(|text| stored_id(text)).collect()
}

/// Writes a JSON column.
pub(super) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Reads JSON from a column.
pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|e| StoreError::Other(format!("a stored JSON column does not read: {e}")))
}

/// Reads an id from a column that holds other names too.
pub(super) fn stored_id(text: &str) -> Result<Id, StoreError> {
    Id::parse(text).map_err(|_| StoreError::Other(format!("a stored id does not read: {text}")))
}
