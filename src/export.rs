//! Export: everything but keys as NDJSON, the mirror of the import. One snapshot of the database, in an order of its own
//! (editions, sections, authors, sources, tags, media, articles, revisions, redirects), so that the same content gives the same bytes.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::domain::article::ArticleContent;
use crate::domain::author::Author;
use crate::domain::edition::Edition;
use crate::domain::id::Id;
use crate::domain::medium::Medium;
use crate::domain::section::Section;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::time::Timestamp;
use crate::domain::url_template::UrlTemplate;
use crate::store::articles::{StoredArticle, stored_after};
use crate::store::moved::{Moved, moved_after};
use crate::store::revisions::Revision;
use crate::store::{
    Conn, Store, StoreError, authors, editions, media, redirects, revisions, sections, sources,
    tags, works,
};

/// How many rows are in memory at once.
const CHUNK: i64 = 200;

/// Why an export ended early.
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

/// A line's fields; empty ones are left out.
struct Line(Map<String, Value>);

impl Line {
    fn of(kind: &str) -> Self {
        Self(Map::new()).with("type", kind)
    }

    fn with(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or_default();
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.values().all(Value::is_null),
            _ => false,
        };
        if !empty {
            self.0.insert(name.to_owned(), value);
        }
        self
    }

    fn stamped(self, version: i64, created_at: Timestamp, updated_at: Timestamp) -> Self {
        self.with("version", version)
            .with("created_at", created_at)
            .with("updated_at", updated_at)
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
        authors::authors_after(
            conn,
            last.map_or("", |author| author.content.slug.as_str()),
            CHUNK,
        )
    })?;
    in_chunks(lines, source_line, |last: Option<&Source>| {
        sources::sources_after(
            conn,
            last.map_or("", |source| source.content.slug.as_str()),
            CHUNK,
        )
    })?;
    in_chunks(lines, tag_line, |last: Option<&Tag>| {
        tags::tags_after(
            conn,
            last.map_or("", |tag| tag.content.slug.as_str()),
            CHUNK,
        )
    })?;
    in_chunks(lines, medium_line, |last: Option<&Medium>| {
        let last = last.map(|medium| medium.id.to_string());
        media::media_after(conn, last.as_deref().unwrap_or(""), CHUNK)
    })?;
    let paths = all_sections
        .into_iter()
        .map(|section| (section.id.to_string(), section.path))
        .collect();
    write_articles(conn, lines, &paths)?;
    in_chunks(lines, revision_line, |last: Option<&(Revision, i64)>| {
        let (article, version) = last.map_or(("", 0), |(last, _)| {
            (last.article_id.as_str(), last.version)
        });
        revisions::revisions_after(conn, article, version, CHUNK)
    })?;
    in_chunks(
        lines,
        redirect_line,
        |last: Option<&redirects::Redirect>| {
            let (lang, slug) =
                last.map_or(("", ""), |(lang, slug, _)| (lang.as_str(), slug.as_str()));
            redirects::redirects_after(conn, slug, lang, CHUNK)
        },
    )?;
    in_chunks(lines, moved_line, |last: Option<&Moved>| {
        moved_after(conn, last, CHUNK)
    })
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

fn edition_line(edition: &Edition) -> Line {
    let content = &edition.content;
    Line::of("edition")
        .with("lang", &content.lang)
        .with("name", &content.name)
        .with("site_name", &content.site_name)
        .with("home_label", &content.home_label)
        .with("home_path", &content.home_path)
        .with("time_zone", content.time_zone.name())
        .with("direction", content.direction)
        .with("contact", &content.contact)
        .with("copyright", &content.copyright)
        .with("navigation", &content.navigation)
        .with(
            "url_template",
            content.url_template.as_ref().map(UrlTemplate::as_str),
        )
        .stamped(edition.version, edition.created_at, edition.updated_at)
}

fn section_line(section: &Section) -> Line {
    let content = &section.content;
    let keyless = content.translation_key.is_none() && section.group != section.id;
    Line::of("section")
        .with("id", section.id)
        .with("lang", &content.lang)
        .with("path", &section.path)
        .with("name", &content.name)
        .with("description", &content.description)
        .with("position", content.position)
        .with("translation_key", &content.translation_key)
        .with("group", keyless.then_some(section.group))
        .stamped(section.version, section.created_at, section.updated_at)
}

fn author_line(author: &Author) -> Line {
    let content = &author.content;
    Line::of("author")
        .with("id", author.id)
        .with("slug", &content.slug)
        .with("name", &content.name)
        .with("names", &content.names)
        .with("bio", &content.bio)
        .with("affiliation", &content.affiliation)
        .with("url", &content.url)
        .stamped(author.version, author.created_at, author.updated_at)
}

fn source_line(source: &Source) -> Line {
    let content = &source.content;
    Line::of("source")
        .with("id", source.id)
        .with("slug", &content.slug)
        .with("name", &content.name)
        .with("names", &content.names)
        .with("kind", &content.kind)
        .with("url", &content.url)
        .with("rights", &content.rights)
        .stamped(source.version, source.created_at, source.updated_at)
}

fn tag_line(tag: &Tag) -> Line {
    let content = &tag.content;
    Line::of("tag")
        .with("id", tag.id)
        .with("slug", &content.slug)
        .with("name", &content.name)
        .with("names", &content.names)
        .stamped(tag.version, tag.created_at, tag.updated_at)
}

/// The bytes are not in the line: they are in the storage, in the folder that the file's id names.
fn medium_line(medium: &Medium) -> Line {
    let content = &medium.content;
    Line::of("medium")
        .with("id", medium.id)
        .with("name", &medium.name)
        .with("alt", &content.alt)
        .with("caption", &content.caption)
        .with("credit", &content.credit)
        .with("focal_point", content.focal_point)
        .with("file", &medium.file)
        .stamped(medium.version, medium.created_at, medium.updated_at)
        .with("created_by", medium.created_by)
}

fn redirect_line((lang, slug, article): &redirects::Redirect) -> Line {
    Line::of("redirect")
        .with("lang", lang)
        .with("slug", slug)
        .with("article", article)
}

fn moved_line(moved: &Moved) -> Line {
    Line::of("redirect")
        .with("kind", &moved.kind)
        .with("lang", &moved.lang)
        .with("slug", &moved.slug)
        .with("target", &moved.target_id)
}

/// What article lines name by words instead of ids.
struct Words<'w> {
    people: HashMap<String, String>,
    sources: HashMap<String, String>,
    tags: HashMap<String, String>,
    works: HashMap<String, Option<String>>,
    sections: &'w HashMap<String, String>,
}

impl Words<'_> {
    fn people(&self, ids: &[Id]) -> Vec<&String> {
        ids.iter()
            .filter_map(|id| self.people.get(&id.to_string()))
            .collect()
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

fn words<'w>(
    conn: &mut Conn,
    articles: &[StoredArticle],
    sections: &'w HashMap<String, String>,
) -> Result<Words<'w>, StoreError> {
    let contents = || articles.iter().map(|article| &article.content);
    let people = contents().flat_map(|c| c.authors.iter().chain(&c.editors).chain(&c.translators));
    let people = texts(people);
    let sources = texts(contents().filter_map(|c| c.source.as_ref()));
    let tags = texts(contents().flat_map(|c| &c.tags));
    let works = texts(contents().map(|c| &c.work));
    let people = authors::authors_by_ids(conn, &people)?;
    let sources = sources::sources_by_ids(conn, &sources)?;
    let tags = tags::tags_by_ids(conn, &tags)?;
    Ok(Words {
        people: people
            .into_iter()
            .map(|a| (a.id.to_string(), a.content.name))
            .collect(),
        sources: sources
            .into_iter()
            .map(|s| (s.id.to_string(), s.content.name))
            .collect(),
        tags: tags
            .into_iter()
            .map(|t| (t.id.to_string(), t.content.slug.to_string()))
            .collect(),
        works: works::keys_of_works(conn, &works)?.into_iter().collect(),
        sections,
    })
}

fn texts<'a>(ids: impl Iterator<Item = &'a Id>) -> Vec<String> {
    let mut texts: Vec<String> = ids.map(ToString::to_string).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

fn article_line(article: &StoredArticle, words: &Words<'_>) -> Line {
    let content = &article.content;
    let key = words.works.get(&content.work.to_string());
    let line = Line::of("article")
        .with("id", article.id)
        .with("external_id", &content.external_id)
        .with("work", content.work)
        .with("translation_key", key.and_then(Option::as_ref))
        .with("lang", &content.lang)
        .with("slug", &content.slug)
        .with("title", &content.title)
        .with("subtitle", &content.subtitle)
        .with("summary", &content.summary)
        .with("status", content.status)
        .with("published_at", content.published_at)
        .with("publish_at", content.publish_at)
        .with("embargo_until", content.embargo_until)
        .with("withdrawn", &content.withdrawn);
    with_details(with_references(line, content, words), content)
        .with("body_html", &content.body)
        .with("extra", &content.extra)
        .stamped(article.version, article.created_at, article.updated_at)
        .with("created_by", article.created_by)
}

fn with_references(line: Line, content: &ArticleContent, words: &Words<'_>) -> Line {
    let path = content
        .section
        .and_then(|id| words.sections.get(&id.to_string()));
    let tags = content
        .tags
        .iter()
        .filter_map(|id| words.tags.get(&id.to_string()));
    let roles = [
        ("editor", &content.editors),
        ("translator", &content.translators),
    ];
    let contributors: Vec<Value> = roles
        .into_iter()
        .flat_map(|(role, ids)| {
            words
                .people(ids)
                .into_iter()
                .map(move |name| json!({"role": role, "name": name}))
        })
        .chain(content.details.credits.iter().map(|credit| json!(credit)))
        .collect();
    line.with("authors", words.people(&content.authors))
        .with("contributors", contributors)
        .with(
            "source",
            content
                .source
                .and_then(|id| words.sources.get(&id.to_string())),
        )
        .with(
            "section_path",
            path.map(|path| path.split('/').collect::<Vec<_>>()),
        )
        .with("tags", tags.collect::<Vec<_>>())
}

fn with_details(line: Line, content: &ArticleContent) -> Line {
    let details = &content.details;
    line.with("byline_raw", &details.byline_raw)
        .with("dateline", &details.dateline)
        .with("original", &details.original)
        .with("url", &details.url)
        .with("canonical_url", &details.canonical_url)
        .with("media", &details.media)
        .with("rights", &details.rights)
        .with("notices", &details.notices)
}

/// A version with its time and maker; the one that an article is at says the rest on the article's own line.
fn revision_line((revision, current): &(Revision, i64)) -> Line {
    let past = revision.version != *current;
    let snapshot: Option<Value> =
        past.then(|| serde_json::from_str(&revision.snapshot).unwrap_or_default());
    Line::of("revision")
        .with("article", &revision.article_id)
        .with("version", revision.version)
        .with("at", Timestamp::from_millis(revision.at))
        .with("actor", &revision.actor)
        .with("snapshot", snapshot)
}
