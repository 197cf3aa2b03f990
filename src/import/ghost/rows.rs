//! The rows of an export, one held at a time, in whatever form its tables lie.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, ErrorKind, Read};
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// The most bytes of one row.
const ROW_MAX: u64 = 64 * 1024 * 1024;
/// Tables within objects: `db`, an export in it, `data`.
const DEPTH_MAX: usize = 4;

/// Takes a row of a table; `false` ends the reading.
pub(super) type Take<'t> = dyn FnMut(&str, Value) -> bool + 't;

/// Reads the rows of the tables that `wants` names. An error ends the reading behind the rows that stand before it.
pub(super) fn read(
    input: impl BufRead,
    wants: fn(&str) -> bool,
    take: &mut Take<'_>,
) -> serde_json::Result<()> {
    let left = Rc::new(Cell::new(ROW_MAX));
    let input = Budgeted {
        inner: input,
        left: Rc::clone(&left),
    };
    let mut reading = Reading {
        wants,
        take,
        left,
        is_over: false,
    };
    let mut deserializer = serde_json::Deserializer::from_reader(input);
    let result = Tables {
        reading: &mut reading,
        depth: 0,
    }
    .deserialize(&mut deserializer);
    if reading.is_over { Ok(()) } else { result }
}

struct Reading<'r, 't> {
    wants: fn(&str) -> bool,
    take: &'r mut Take<'t>,
    /// Bytes that the row may still have.
    left: Rc<Cell<u64>>,
    is_over: bool,
}

impl Reading<'_, '_> {
    fn row<E: serde::de::Error>(&mut self, table: &str, row: Value) -> Result<(), E> {
        self.left.set(ROW_MAX);
        if (self.take)(table, row) {
            return Ok(());
        }
        self.is_over = true;
        Err(E::custom("nobody takes the rows any more"))
    }
}

/// An object whose members are tables, or hold such an object: `{"db": [{"data": {…}}]}`, `{"data": {…}}` or the tables alone.
struct Tables<'x, 'r, 't> {
    reading: &'x mut Reading<'r, 't>,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Tables<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tables<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of tables")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            self.reading.left.set(ROW_MAX);
            let reading = &mut *self.reading;
            if matches!(name.as_str(), "db" | "data") && self.depth < DEPTH_MAX {
                map.next_value_seed(Tables {
                    reading,
                    depth: self.depth + 1,
                })?;
            } else if (reading.wants)(&name) {
                map.next_value_seed(Rows {
                    reading,
                    table: &name,
                })?;
            } else {
                map.next_value_seed(Unread { reading })?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list
            .next_element_seed(Tables {
                reading: &mut *self.reading,
                depth: self.depth + 1,
            })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

/// A table.
struct Rows<'x, 'r, 't, 'n> {
    reading: &'x mut Reading<'r, 't>,
    table: &'n str,
}

impl<'de> DeserializeSeed<'de> for Rows<'_, '_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a table, which is an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(row) = rows.next_element()? {
            self.reading.row(self.table, row)?;
        }
        Ok(())
    }
}

/// A value that is passed over, each of its items within the limit of a row.
struct Unread<'x, 'r, 't> {
    reading: &'x mut Reading<'r, 't>,
}

impl<'de> DeserializeSeed<'de> for Unread<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // Nothing of it is kept, so it may be as long as it likes.
        self.reading.left.set(u64::MAX);
        let result = serde::Deserialize::deserialize(deserializer).map(|IgnoredAny| ());
        self.reading.left.set(ROW_MAX);
        result
    }
}

/// A reader of no more bytes than are left.
struct Budgeted<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: BufRead> Read for Budgeted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.get().checked_sub(read as u64) {
            Some(left) => self.left.set(left),
            None => return Err(ErrorKind::FileTooLarge.into()),
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> (Vec<String>, bool) {
        let mut rows = Vec::new();
        let read = read(
            text.as_bytes(),
            |name| name == "posts",
            &mut |table, row| {
                rows.push(format!("{table} {row}"));
                rows.len() < 5
            },
        );
        (rows, read.is_ok())
    }

    #[test]
    fn tables_are_found_in_every_form_of_an_export() {
        for text in [
            r#"{"db":[{"meta":{"a":[1]},"data":{"users":[{}],"posts":[1,2]}}]}"#,
            r#"{"meta":{},"data":{"posts":[1,2]}}"#,
            r#"{"posts":[1,2],"x":{"posts":[3]}}"#,
        ] {
            assert_eq!(
                rows(text),
                (vec!["posts 1".to_owned(), "posts 2".to_owned()], true),
                "{text}"
            );
        }
        assert_eq!(rows(r#"{"data":{"posts":[1,2,"#).0.len(), 2);
        assert!(!rows(r#"{"data":{"posts":[1,2,"#).1);
        assert_eq!(rows(r#"{"posts":[1,2,3,4,5,6,7]}"#).0.len(), 5);
    }
}
