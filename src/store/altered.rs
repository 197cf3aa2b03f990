//! The feeds that changed with articles: for subscribers that tell others.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use crate::domain::author::Author;
use crate::domain::feed::FeedOf;
use crate::domain::language::LanguageTag;
use crate::domain::source::Source;
use crate::domain::tag::Tag;

use super::batch::IN_LIST;
use super::changes::{ChangeKind, langs_changed};
use super::conn::Conn;
use super::error::StoreError;
use super::facets::FacetKind;
use super::schema::{article_facets, articles, changes, facets, past_facets};
use super::sections;
use super::shared_rows::SharedRows;
use super::types::stored_id;

/// Changed articles that are looked at one by one. Of more, as an import changes them, only the feeds of editions are told.
const MOST_ARTICLES: usize = 500;
/// Most feeds besides those of editions; where more have changed, only the editions' feeds are told.
const MOST_FEEDS: usize = 200;

/// The kinds of facets that have feeds.
const KINDS: [FacetKind; 4] = [
    FacetKind::Section,
    FacetKind::Author,
    FacetKind::Source,
    FacetKind::Tag,
];

/// A feed: its edition, and what it is of.
pub type Topic = (LanguageTag, FeedOf);

/// The public feeds of the articles that changed for the public behind one place of the log, up to another: those that the
/// articles are in, and those that they were ever in, since they may just have left them.
pub fn altered_feeds(conn: &mut Conn, after: i64, to: i64) -> Result<Vec<Topic>, StoreError> {
    let langs = langs_changed(conn, after, to)?;
    let editions = langs.into_iter().map(|lang| (lang, FeedOf::Edition));
    let mut feeds: BTreeSet<Topic> = editions.collect();
    let ids = changed_articles(conn, after, to)?;
    if ids.len() <= MOST_ARTICLES {
        let found = members(conn, &ids)?;
        if found.len() <= MOST_FEEDS {
            feeds.extend(named(conn, &found)?);
        }
    }
    Ok(feeds.into_iter().collect())
}

/// The articles that changed for the public behind one place of the log, up to another: one more than are looked at, at most.
pub(super) fn changed_articles(
    conn: &mut Conn,
    after: i64,
    to: i64,
) -> Result<Vec<String>, StoreError> {
    let most = i64::try_from(MOST_ARTICLES).unwrap_or(i64::MAX);
    Ok(changes::table
        .filter(changes::seq.gt(after).and(changes::seq.le(to)))
        .filter(changes::public.eq(true))
        .filter(changes::kind.eq(ChangeKind::Article.as_str()))
        .select(changes::id)
        .distinct()
        .limit(most + 1)
        .load(conn)?)
}

/// An edition, a kind of facet and its value.
type Member = (LanguageTag, String, String);

fn members(conn: &mut Conn, ids: &[String]) -> Result<BTreeSet<Member>, StoreError> {
    let kinds = KINDS.map(FacetKind::as_str);
    let mut found = BTreeSet::new();
    for chunk in ids.chunks(IN_LIST) {
        let now: Vec<Member> = article_facets::table
            .inner_join(facets::table.on(facets::id.eq(article_facets::facet_id)))
            .inner_join(articles::table.on(articles::id.eq(article_facets::article_id)))
            .filter(article_facets::article_id.eq_any(chunk))
            .filter(facets::public.eq(true))
            .filter(facets::kind.eq_any(kinds))
            .select((articles::lang, facets::kind, facets::value))
            .distinct()
            .load(conn)?;
        let past: Vec<Member> = past_facets::table
            .inner_join(facets::table.on(facets::id.eq(past_facets::facet_id)))
            .inner_join(articles::table.on(articles::id.eq(past_facets::article_id)))
            .filter(past_facets::article_id.eq_any(chunk))
            .filter(facets::kind.eq_any(kinds))
            .select((articles::lang, facets::kind, facets::value))
            .distinct()
            .load(conn)?;
        found.extend(now);
        found.extend(past);
    }
    Ok(found)
}

/// The feeds of what is still there, by the names that it has now.
fn named(conn: &mut Conn, found: &BTreeSet<Member>) -> Result<Vec<Topic>, StoreError> {
    let of = |kind: FacetKind| {
        let own = found.iter().filter(|(_, k, _)| k == kind.as_str());
        own.map(|(_, _, id)| stored_id(id))
            .collect::<Result<Vec<_>, _>>()
    };
    let mut feeds = HashMap::new();
    for section in sections::sections_by_ids(conn, &of(FacetKind::Section)?)? {
        let feed = FeedOf::Section(section.path);
        feeds.insert(section.id.to_string(), (Some(section.content.lang), feed));
    }
    for author in Author::with_ids(conn, &of(FacetKind::Author)?)? {
        let feed = FeedOf::Author(author.content.slug.to_string());
        feeds.insert(author.id.to_string(), (None, feed));
    }
    for source in Source::with_ids(conn, &of(FacetKind::Source)?)? {
        let feed = FeedOf::Source(source.content.slug.to_string());
        feeds.insert(source.id.to_string(), (None, feed));
    }
    for tag in Tag::with_ids(conn, &of(FacetKind::Tag)?)? {
        let feed = FeedOf::Tag(tag.content.slug.to_string());
        feeds.insert(tag.id.to_string(), (None, feed));
    }
    let topic = |(lang, _, id): &Member| {
        let (own, feed) = feeds.get(id)?.clone();
        // A section stays in its edition, whichever the article is in now.
        Some((own.unwrap_or_else(|| lang.clone()), feed))
    };
    Ok(found.iter().filter_map(topic).collect())
}
