//! Ghost's export: its database as JSON, in the forms that it has had since the first version.
//!
//! It is read twice: first the tables that posts refer to, wherever they stand, then the posts, one held at a time.

mod cards;
mod gates;
mod lexical;
mod mobiledoc;
mod post;
mod rows;
mod tables;

use std::io;

use serde_json::Value;
use serde_json::error::Category;

use crate::domain::language::LanguageTag;

use super::encoding;
use super::found::{At, Found, Open, Sink, Stopped, guarded, refuse};
use super::json_text::JsonText;
use super::lines::broken_off;
use super::record::Finding;
use tables::Tables;

/// Reads an export.
pub(super) fn read(
    open: &Open<'_>,
    lang: Option<&LanguageTag>,
    sink: &mut Sink<'_>,
) -> Result<(), Stopped> {
    let mut tables = Tables::default();
    let survey = text(open).map(|text| {
        // What is wrong with the file is told when its posts are read.
        let _ = rows::read(text, tables::is_wanted, &mut |table, row| {
            tables.take(table, &row);
            true
        });
    });
    let text = match survey.and_then(|()| text(open)) {
        Ok(text) => text,
        Err(problem) => return refuse(sink, At::default(), broken_off(&problem)),
    };
    let (mut posts, mut stopped) = (0_u64, false);
    let read = rows::read(text, |table| table == "posts", &mut |_, row| {
        posts += 1;
        let found = guarded(|| post::read(&row, &tables, lang, At::item(posts)));
        let found = found.unwrap_or_else(|finding| Found::Refused {
            at: At::item(posts),
            id: None,
            finding,
        });
        stopped = sink(found, weight(&row)).is_err();
        !stopped
    });
    match read {
        _ if stopped => Err(Stopped),
        Err(problem) => refuse(sink, At::item(posts + 1), broken(&problem)),
        Ok(()) if posts == 0 => {
            let finding = Finding::new(
                "no_items",
                "an export of Ghost has a table \"posts\" with rows, and here is none",
            );
            refuse(sink, At::default(), finding)
        }
        Ok(()) => Ok(()),
    }
}

fn text(open: &Open<'_>) -> io::Result<impl io::BufRead> {
    Ok(JsonText::new(encoding::utf8(open()?)?))
}

/// The words of an error about the file, all of whose posts before it are read.
fn broken(problem: &serde_json::Error) -> Finding {
    let place = format!("line {}, column {}", problem.line(), problem.column());
    match (problem.classify(), problem.io_error_kind()) {
        (Category::Io, Some(io::ErrorKind::FileTooLarge)) => Finding::new(
            "too_long",
            format!("a row is too long at {place}; what follows is not read"),
        ),
        (Category::Io, _) => broken_off(&io::Error::from(
            problem.io_error_kind().unwrap_or(io::ErrorKind::Other),
        )),
        (Category::Eof, _) => Finding::new(
            "truncated",
            format!("the file ends too early, at {place}; the posts before that were read"),
        ),
        _ => Finding::new(
            "invalid_json",
            format!("not JSON at {place}: {problem}; the posts before that were read"),
        ),
    }
}

/// The length of the texts of a row.
fn weight(row: &Value) -> usize {
    let fields = row.as_object().into_iter().flatten();
    fields
        .map(|(_, value)| value.as_str().map_or(8, str::len))
        .sum()
}
