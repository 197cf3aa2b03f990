//! What needs a thing: the articles that name it, and the places in the index that follow from where it stands.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;

use super::batch::IN_LIST;
use super::changes::latest_seq;
use super::conn::{Conn, with};
use super::error::StoreError;
use super::facet_sets;
use super::facets::FacetKind;
use super::schema::{
    article_facets, article_people, article_tags, articles, facets as facet_table, sections,
};
use super::types::stored_id;

/// What articles can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// An author, as author, editor or translator.
    Author,
    /// A source.
    Source,
    /// A tag.
    Tag,
    /// A section.
    Section,
}

/// The articles that name a thing, whatever their state: how many, and the slugs of the first few.
pub fn articles_naming(
    conn: &mut Conn,
    what: Named,
    id: Id,
    limit: i64,
) -> Result<(i64, Vec<String>), StoreError> {
    let id = id.to_string();
    let naming = || {
        let query = articles::table.into_boxed();
        match what {
            Named::Author => {
                let people = article_people::table
                    .filter(article_people::author_id.eq(id.clone()))
                    .select(article_people::article_id);
                query.filter(articles::id.eq_any(people))
            }
            Named::Tag => {
                let tagged = article_tags::table
                    .filter(article_tags::tag_id.eq(id.clone()))
                    .select(article_tags::article_id);
                query.filter(articles::id.eq_any(tagged))
            }
            Named::Source => query.filter(articles::source_id.eq(id.clone())),
            Named::Section => query.filter(articles::section_id.eq(id.clone())),
        }
    };
    let count = naming().count().get_result(conn)?;
    let first = naming()
        .order(articles::id)
        .limit(limit)
        .select(articles::slug);
    Ok((count, first.load(conn)?))
}

/// The articles of an edition, whatever their state: how many, and the slugs of the first few.
pub fn articles_of_edition(
    conn: &mut Conn,
    lang: &LanguageTag,
    limit: i64,
) -> Result<(i64, Vec<String>), StoreError> {
    let facets = facets_with(conn, FacetKind::Lang, lang.as_str())?;
    let within = || article_facets::table.filter(article_facets::facet_id.eq_any(facets.clone()));
    let count = within().count().get_result(conn)?;
    let ids: Vec<String> = within()
        .limit(limit)
        .select(article_facets::article_id)
        .load(conn)?;
    let first = articles::table.filter(articles::id.eq_any(ids));
    let first = first.order(articles::id).select(articles::slug);
    Ok((count, first.load(conn)?))
}

/// The sections right below one, or of an edition: how many, and the paths of the first few.
pub fn sections_below(
    conn: &mut Conn,
    lang: &LanguageTag,
    parent: Option<Id>,
    limit: i64,
) -> Result<(i64, Vec<String>), StoreError> {
    let below = || {
        let query = sections::table
            .filter(sections::lang.eq(lang.as_str()))
            .into_boxed();
        match parent {
            Some(parent) => query.filter(sections::parent_id.eq(parent.to_string())),
            None => query,
        }
    };
    let count = below().count().get_result(conn)?;
    let first = below()
        .order(sections::path)
        .limit(limit)
        .select(sections::path);
    Ok((count, first.load(conn)?))
}

/// Some of the articles whose bylines name an author, in the order of their ids.
pub fn articles_by_author(
    conn: &mut Conn,
    author: Id,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    Ok(article_people::table
        .filter(article_people::author_id.eq(author.to_string()))
        .order(article_people::article_id)
        .limit(limit)
        .select(article_people::article_id)
        .distinct()
        .load(conn)?)
}

/// The numbers of the facets of one kind that hold articles with this value, on both sides of publication.
pub fn facets_with(conn: &mut Conn, kind: FacetKind, value: &str) -> Result<Vec<i64>, StoreError> {
    Ok(facet_table::table
        .filter(facet_table::value.eq(value))
        .filter(facet_table::kind.eq(kind.as_str()))
        .select(facet_table::id)
        .load(conn)?)
}

/// Writes into the change log that every article in these facets reads otherwise now, though it has no new version; but for
/// those that an entry behind `after` is of already. The oldest comes first. Only for whoever is in the write lane. One
/// statement, however many articles there are.
pub fn tell_articles(
    conn: &mut Conn,
    facets: &[i64],
    after: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    for chunk in facets.chunks(IN_LIST) {
        let last = latest_seq(conn)?;
        let list: Vec<String> = chunk.iter().map(ToString::to_string).collect();
        let statement = format!(
            "INSERT INTO changes (seq, kind, id, op, reason, lang, version, at, public) \
             SELECT {last} + row_number() OVER (ORDER BY f.published_at, a.id), \
             'article', a.id, 'upsert', NULL, a.lang, a.version, {}, a.public \
             FROM (SELECT article_id, min(published_at) AS published_at FROM article_facets \
             WHERE facet_id IN ({}) GROUP BY article_id) f JOIN articles a ON a.id = f.article_id \
             WHERE NOT EXISTS (SELECT 1 FROM changes c WHERE c.id = a.id AND c.seq > {after})",
            at.millis(),
            list.join(", ")
        );
        with!(conn, c => diesel::sql_query(statement).execute(c))?;
    }
    Ok(())
}

/// Writes into the change log that the public translations of the public articles in these facets read otherwise now: they
/// show those articles' addresses. Like [`tell_articles`] in all else.
pub fn tell_translations(
    conn: &mut Conn,
    facets: &[i64],
    after: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    for chunk in facets.chunks(IN_LIST) {
        let last = latest_seq(conn)?;
        let list: Vec<String> = chunk.iter().map(ToString::to_string).collect();
        let statement = format!(
            "INSERT INTO changes (seq, kind, id, op, reason, lang, version, at, public) \
             SELECT {last} + row_number() OVER (ORDER BY a.published_at, a.id), \
             'article', a.id, 'upsert', NULL, a.lang, a.version, {}, a.public \
             FROM (SELECT DISTINCT o.work_id FROM article_facets f JOIN articles o ON o.id = f.article_id \
             WHERE f.facet_id IN ({}) AND o.public) w JOIN articles a ON a.work_id = w.work_id AND a.public \
             WHERE NOT EXISTS (SELECT 1 FROM changes c WHERE c.id = a.id AND c.seq > {after})",
            at.millis(),
            list.join(", ")
        );
        with!(conn, c => diesel::sql_query(statement).execute(c))?;
    }
    Ok(())
}

/// Takes every article of one facet out of another, and answers how many those were. Where the other is a public one, it
/// is remembered that they were in it.
pub fn leave_facet(conn: &mut Conn, of: i64, left: i64) -> Result<i64, StoreError> {
    remember_leaving(conn, of, left)?;
    facet_sets::leave(conn, of, left)?;
    let statement = "DELETE FROM article_facets WHERE facet_id = $1 \
         AND article_id IN (SELECT m.article_id FROM article_facets m WHERE m.facet_id = $2)";
    let count = with!(conn, c => diesel::sql_query(statement)
        .bind::<BigInt, _>(left)
        .bind::<BigInt, _>(of)
        .execute(c))?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// What `facets::remember_left` does for one article, for all of a facet: the earliest date stays.
fn remember_leaving(conn: &mut Conn, of: i64, left: i64) -> Result<(), StoreError> {
    let statement = "INSERT INTO past_facets (article_id, facet_id, published_at) \
         SELECT m.article_id, m.facet_id, m.published_at FROM article_facets m WHERE m.facet_id = $1 \
         AND m.article_id IN (SELECT c.article_id FROM article_facets c WHERE c.facet_id = $2) \
         AND EXISTS (SELECT 1 FROM facets p WHERE p.id = $1 AND p.public) \
         ON CONFLICT (article_id, facet_id) DO UPDATE SET published_at = excluded.published_at \
         WHERE excluded.published_at < past_facets.published_at";
    with!(conn, c => diesel::sql_query(statement)
        .bind::<BigInt, _>(left)
        .bind::<BigInt, _>(of)
        .execute(c))?;
    Ok(())
}

/// Puts every article of one facet into another that holds none of them, and answers how many those were. In the order of
/// the table's own key, so that each of its pages changes once.
pub fn enter_facet(conn: &mut Conn, of: i64, entered: i64) -> Result<i64, StoreError> {
    facet_sets::enter(conn, of, entered)?;
    let statement = "INSERT INTO article_facets (article_id, facet_id, published_at, updated_at, title_key) \
         SELECT m.article_id, $1, m.published_at, m.updated_at, m.title_key FROM article_facets m WHERE m.facet_id = $2 \
         ORDER BY m.article_id";
    let count = with!(conn, c => diesel::sql_query(statement)
        .bind::<BigInt, _>(entered)
        .bind::<BigInt, _>(of)
        .execute(c))?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The section of a group in one edition.
pub fn section_of_group(
    conn: &mut Conn,
    group: Id,
    lang: &LanguageTag,
) -> Result<Option<Id>, StoreError> {
    let id: Option<String> = sections::table
        .filter(sections::group_id.eq(group.to_string()))
        .filter(sections::lang.eq(lang.as_str()))
        .select(sections::id)
        .first(conn)
        .optional()?;
    id.as_deref().map(stored_id).transpose()
}

/// Whether a section has no translation.
pub fn is_alone_in_group(conn: &mut Conn, group: Id) -> Result<bool, StoreError> {
    let found: i64 = sections::table
        .filter(sections::group_id.eq(group.to_string()))
        .count()
        .get_result(conn)?;
    Ok(found < 2)
}
