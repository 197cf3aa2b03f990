//! The lines of articles and their versions.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::line::Line;
use crate::domain::article::ArticleContent;
use crate::domain::author::Author;
use crate::domain::id::Id;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::store::articles::StoredArticle;
use crate::store::revisions::Revision;
use crate::store::shared_rows::SharedRows;
use crate::store::{Conn, StoreError, works};

/// The names that article lines have instead of ids.
pub(super) struct Words<'w> {
    people: HashMap<Id, String>,
    sources: HashMap<Id, String>,
    tags: HashMap<Id, String>,
    works: HashMap<Id, Option<String>>,
    sections: &'w HashMap<String, String>,
}

impl Words<'_> {
    fn people(&self, ids: &[Id]) -> Vec<&String> {
        ids.iter().filter_map(|id| self.people.get(id)).collect()
    }
}

pub(super) fn words<'w>(
    conn: &mut Conn,
    articles: &[StoredArticle],
    sections: &'w HashMap<String, String>,
) -> Result<Words<'w>, StoreError> {
    let contents = || articles.iter().map(|article| &article.content);
    let people = contents().flat_map(|c| c.authors.iter().chain(&c.editors).chain(&c.translators));
    let people = distinct(people);
    let sources = distinct(contents().filter_map(|c| c.source.as_ref()));
    let tags = distinct(contents().flat_map(|c| &c.tags));
    let works = distinct(contents().map(|c| &c.work));
    let people = Author::with_ids(conn, &people)?;
    let sources = Source::with_ids(conn, &sources)?;
    let tags = Tag::with_ids(conn, &tags)?;
    Ok(Words {
        people: people.into_iter().map(|a| (a.id, a.content.name)).collect(),
        sources: sources
            .into_iter()
            .map(|s| (s.id, s.content.name))
            .collect(),
        tags: tags
            .into_iter()
            .map(|t| (t.id, t.content.slug.into_string()))
            .collect(),
        works: works::keys_of_works(conn, &works)?.into_iter().collect(),
        sections,
    })
}

fn distinct<'a>(ids: impl Iterator<Item = &'a Id>) -> Vec<Id> {
    let mut ids: Vec<Id> = ids.copied().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

pub(super) fn article_line(article: &StoredArticle, words: &Words<'_>) -> Line {
    let content = &article.content;
    let key = words.works.get(&content.work);
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
    let tags = content.tags.iter().filter_map(|id| words.tags.get(id));
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
            content.source.and_then(|id| words.sources.get(&id)),
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
        .with("old_urls", &details.old_urls)
        .with("canonical_url", &details.canonical_url)
        .with("media", &details.media)
        .with("rights", &details.rights)
        .with("notices", &details.notices)
        .with("seen_notices", &details.seen_notices)
}

/// A version with its time and maker; the one that an article is at says the rest on the article's own line.
pub(super) fn revision_line((revision, current): &(Revision, i64)) -> Line {
    let past = revision.version != *current;
    let snapshot: Option<Value> =
        past.then(|| serde_json::from_str(&revision.snapshot).unwrap_or_default());
    Line::of("revision")
        .with("article", revision.article_id)
        .with("version", revision.version)
        .with("at", revision.at)
        .with("actor", &revision.actor)
        .with("snapshot", snapshot)
}
