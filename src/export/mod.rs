//! Export: everything but keys as NDJSON, the mirror of the import. One snapshot of the database, in an order of its own
//! (editions, sections, authors, sources, tags, media, articles, revisions, redirects), so that the same content gives the same bytes.

mod articles;
mod line;
mod publication;

use std::collections::HashMap;
use std::io::{self, Write};

use crate::domain::author::Author;
use crate::domain::id::Id;
use crate::domain::medium::{Medium, MediumSource};
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::store::articles::stored_after;
use crate::store::moved::{Moved, moved_after};
use crate::store::revisions::Revision;
use crate::store::shared_rows::SharedRows;
use crate::store::{Conn, Store, StoreError, editions, media, redirects, revisions, sections};
use articles::{article_line, revision_line, words};
use line::Line;
use publication::{
    author_line, edition_line, medium_line, moved_line, redirect_line, section_line, source_line,
    tag_line,
};

/// Number of rows in memory at once.
const CHUNK: i64 = 200;

/// The reason for which an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The output cannot be written.
    #[error("the export cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Writes everything to `out` and answers how many lines that were.
pub fn export(store: &Store, out: &mut impl Write) -> Result<u64, ExportError> {
    let mut failed = None;
    let lines = store.read(|conn| {
        let mut lines = Lines { out, count: 0 };
        match write_all(conn, &mut lines) {
            Ok(()) => Ok(lines.count),
            Err(ExportError::Store(error)) => Err(error),
            Err(ExportError::Write(error)) => {
                failed = Some(error);
                Ok(0)
            }
        }
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(lines),
    }
}

struct Lines<'o, W> {
    out: &'o mut W,
    count: u64,
}

impl<W: Write> Lines<'_, W> {
    fn put(&mut self, line: Line) -> Result<(), ExportError> {
        serde_json::to_writer(&mut *self.out, &line.0).map_err(io::Error::from)?;
        self.out.write_all(b"\n")?;
        self.count += 1;
        Ok(())
    }
}

fn write_all<W: Write>(conn: &mut Conn, lines: &mut Lines<'_, W>) -> Result<(), ExportError> {
    for edition in editions::all_editions(conn)? {
        lines.put(edition_line(&edition))?;
    }
    let all_sections = sections::all_sections(conn, &[])?;
    for section in &all_sections {
        lines.put(section_line(section))?;
    }
    in_chunks(lines, author_line, |last: Option<&Author>| {
        Author::after_slug(
            conn,
            last.map_or("", |last| last.content.slug.as_str()),
            CHUNK,
        )
    })?;
    in_chunks(lines, source_line, |last: Option<&Source>| {
        Source::after_slug(
            conn,
            last.map_or("", |last| last.content.slug.as_str()),
            CHUNK,
        )
    })?;
    in_chunks(lines, tag_line, |last: Option<&Tag>| {
        Tag::after_slug(
            conn,
            last.map_or("", |last| last.content.slug.as_str()),
            CHUNK,
        )
    })?;
    in_chunks(lines, medium_line, |last: Option<&Fetched>| {
        let last = last.map(|(medium, _)| medium.id.to_string());
        let media = media::media_after(conn, last.as_deref().unwrap_or(""), CHUNK)?;
        with_sources(conn, media)
    })?;
    let paths = all_sections
        .into_iter()
        .map(|section| (section.id.to_string(), section.path))
        .collect();
    write_articles(conn, lines, &paths)?;
    in_chunks(lines, revision_line, |last: Option<&(Revision, i64)>| {
        let behind = last.map(|(last, _)| (last.article_id, last.version));
        revisions::revisions_after(conn, behind, CHUNK)
    })?;
    in_chunks(
        lines,
        redirect_line,
        |last: Option<&redirects::Redirect>| {
            let (lang, slug) =
                last.map_or(("", ""), |(lang, slug, ..)| (lang.as_str(), slug.as_str()));
            redirects::redirects_after(conn, slug, lang, CHUNK)
        },
    )?;
    in_chunks(lines, moved_line, |last: Option<&Moved>| {
        moved_after(conn, last, CHUNK)
    })
}

/// A medium and the addresses that it was fetched from.
type Fetched = (Medium, Vec<MediumSource>);

fn with_sources(conn: &mut Conn, media: Vec<Medium>) -> Result<Vec<Fetched>, StoreError> {
    let ids: Vec<Id> = media.iter().map(|medium| medium.id).collect();
    let sources = media::sources_of_media(conn, &ids)?;
    let with_own = media.into_iter().map(|medium| {
        let own = sources.iter().filter(|source| source.medium == medium.id);
        let own = own.cloned().collect();
        (medium, own)
    });
    Ok(with_own.collect())
}

fn in_chunks<T, W: Write>(
    lines: &mut Lines<'_, W>,
    line: impl Fn(&T) -> Line,
    mut next: impl FnMut(Option<&T>) -> Result<Vec<T>, StoreError>,
) -> Result<(), ExportError> {
    let mut last = None;
    loop {
        let rows = next(last.as_ref())?;
        for row in &rows {
            lines.put(line(row))?;
        }
        match rows.into_iter().last() {
            Some(row) => last = Some(row),
            None => return Ok(()),
        }
    }
}

fn write_articles<W: Write>(
    conn: &mut Conn,
    lines: &mut Lines<'_, W>,
    sections: &HashMap<String, String>,
) -> Result<(), ExportError> {
    let mut last = String::new();
    loop {
        let articles = stored_after(conn, &last, CHUNK)?;
        let Some(end) = articles.last() else {
            return Ok(());
        };
        last = end.id.to_string();
        let words = words(conn, &articles, sections)?;
        for article in &articles {
            lines.put(article_line(article, &words))?;
        }
    }
}
