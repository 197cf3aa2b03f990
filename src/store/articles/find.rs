//! Finding one article: by id, slug or old slug, for what a scope may see of it.

use diesel::prelude::*;

use crate::domain::access::{Limits, Scope};
use crate::domain::article::Withdrawal;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::domain::view::Tombstone;

use super::super::any_of::any_of;
use super::super::batch::IN_LIST;
use super::super::changes::ChangeKind;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facets::{FacetKind, facets_of_article, find_facets};
use super::super::facts::known;
use super::super::schema::{articles, past_facets, redirects};
use super::super::sight::{Sight, is_in_all, limit_filters, public_groups};
use super::super::subjects::{Subject, note};
use super::super::types::Json;
use super::documents;

/// The article at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// An article that the scope may see.
    Article(Id),
    /// An article that the scope may see, under another slug now.
    Moved {
        /// The article.
        id: Id,
        /// Its edition.
        lang: LanguageTag,
        /// Its slug now.
        slug: String,
    },
    /// An article that was public and was taken down.
    Withdrawn(Tombstone),
    /// Nothing that the scope may know of.
    Missing,
}

#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = articles)]
struct Candidate {
    id: Id,
    work_id: Id,
    lang: LanguageTag,
    slug: String,
    public: bool,
    created_by: Option<Id>,
    withdrawn: Option<Json<Withdrawal>>,
}

/// Finds an article. By id, `langs` is the ordered fallback over the editions of its work. By slug, `langs` names at most
/// one edition; without it the default edition's article wins, else the first language in order.
pub fn find_article(
    conn: &mut Conn,
    scope: &Scope,
    reference: &Reference,
    langs: &[LanguageTag],
    default_lang: &LanguageTag,
) -> Result<Found, StoreError> {
    match reference {
        Reference::Id(id) if langs.is_empty() && documents::knows(scope, *id) => {
            Ok(Found::Article(*id))
        }
        Reference::Id(id) => find_by_id(conn, scope, *id, langs),
        Reference::Slug(slug) => find_slug(conn, scope, slug, langs, default_lang),
    }
}

fn find_by_id(
    conn: &mut Conn,
    scope: &Scope,
    id: Id,
    langs: &[LanguageTag],
) -> Result<Found, StoreError> {
    let Some(asked) = candidate(conn, id)? else {
        return Ok(Found::Missing);
    };
    note(Subject::Work(asked.work_id));
    note(Subject::Resource(ChangeKind::Article, &id.to_string()));
    if langs.is_empty() {
        return seen_or_gone(conn, scope, &asked);
    }
    let own = seen_or_gone(conn, scope, &asked)?;
    // Whoever may not know of the article is not told of its work either.
    if own == Found::Missing {
        return Ok(Found::Missing);
    }
    let siblings: Vec<Candidate> = articles::table
        .filter(articles::work_id.eq(asked.work_id))
        .select(Candidate::as_select())
        .load(conn)?;
    for lang in langs {
        for candidate in siblings.iter().filter(|c| c.lang == *lang) {
            if may_see(conn, scope, candidate)? {
                return Ok(Found::Article(candidate.id));
            }
        }
    }
    let is_asked_for = langs.contains(&asked.lang);
    Ok(if is_asked_for { own } else { Found::Missing })
}

fn find_slug(
    conn: &mut Conn,
    scope: &Scope,
    slug: &str,
    langs: &[LanguageTag],
    default_lang: &LanguageTag,
) -> Result<Found, StoreError> {
    note(Subject::Slug(ChangeKind::Article, slug));
    let wanted = |lang: &LanguageTag| langs.is_empty() || langs.contains(lang);
    let mut current = candidates_of_slug(conn, slug)?;
    current.retain(|candidate| wanted(&candidate.lang));
    current.sort_by_key(|candidate| candidate.lang != *default_lang);
    for candidate in &current {
        if may_see(conn, scope, candidate)? {
            return Ok(Found::Article(candidate.id));
        }
    }
    let mut moved = moved_candidates(conn, scope, slug)?;
    moved.retain(|(lang, _)| wanted(lang));
    moved.sort_by_key(|(lang, _)| lang != default_lang);
    for (_, candidate) in &moved {
        if may_see(conn, scope, candidate)? {
            return Ok(Found::Moved {
                id: candidate.id,
                lang: candidate.lang.clone(),
                slug: candidate.slug.clone(),
            });
        }
    }
    let moved = moved.iter().map(|(_, candidate)| candidate);
    for candidate in current.iter().chain(moved) {
        if let Some(tombstone) = tombstone(conn, scope, candidate)? {
            return Ok(Found::Withdrawn(tombstone));
        }
    }
    Ok(Found::Missing)
}

/// The article with this id.
fn candidate(conn: &mut Conn, id: Id) -> Result<Option<Candidate>, StoreError> {
    let load = || {
        let query = articles::table.find(id).select(Candidate::as_select());
        Ok(query.get_result(conn).optional()?)
    };
    known("an article", || id.to_string(), load)
}

/// The articles that have this slug now: by language, those that were shown under it first.
fn candidates_of_slug(conn: &mut Conn, slug: &str) -> Result<Vec<Candidate>, StoreError> {
    let load = || {
        Ok(articles::table
            .filter(articles::slug.eq(slug))
            .order((articles::lang, articles::slug_shown.desc(), articles::id))
            .select(Candidate::as_select())
            .load(conn)?)
    };
    known("the articles of a slug", || slug.to_owned(), load)
}

/// The articles that an old slug leads to, each with the edition that it was in. A slug that only the desk knew leads nobody
/// else on.
fn moved_candidates(
    conn: &mut Conn,
    scope: &Scope,
    slug: &str,
) -> Result<Vec<(LanguageTag, Candidate)>, StoreError> {
    let mut query = redirects::table
        .inner_join(articles::table.on(articles::id.eq(redirects::article_id)))
        .filter(redirects::slug.eq(slug.to_owned()))
        .order(redirects::lang)
        .select((redirects::lang, Candidate::as_select()))
        .into_boxed();
    if !scope.sees_unpublished() {
        query = query.filter(redirects::public.eq(true));
    }
    Ok(query.load(conn)?)
}

fn seen_or_gone(
    conn: &mut Conn,
    scope: &Scope,
    candidate: &Candidate,
) -> Result<Found, StoreError> {
    if may_see(conn, scope, candidate)? {
        return Ok(Found::Article(candidate.id));
    }
    Ok(tombstone(conn, scope, candidate)?.map_or(Found::Missing, Found::Withdrawn))
}

/// The tombstone for a scope that could see the article once.
fn tombstone(
    conn: &mut Conn,
    scope: &Scope,
    candidate: &Candidate,
) -> Result<Option<Tombstone>, StoreError> {
    let Some(Json(withdrawal)) = &candidate.withdrawn else {
        return Ok(None);
    };
    if !withdrawal.was_public || !was_within(conn, scope, candidate)? {
        return Ok(None);
    }
    Ok(Some(Tombstone {
        id: candidate.id,
        lang: candidate.lang.clone(),
        withdrawn_at: withdrawal.at,
        reason: withdrawal.reason,
    }))
}

/// True if an article is, or was while it was public, within the limits of a partner.
fn was_within(conn: &mut Conn, scope: &Scope, candidate: &Candidate) -> Result<bool, StoreError> {
    let Some(partner) = scope.partner() else {
        return Ok(true);
    };
    if within(conn, &partner.limits, candidate)? {
        return Ok(true);
    }
    let groups = public_groups(conn, &limit_filters(&partner.limits))?;
    let past: Vec<i64> = past_facets::table
        .filter(past_facets::article_id.eq(candidate.id))
        .select(past_facets::facet_id)
        .load(conn)?;
    Ok(is_in_all(&groups, |facet| past.contains(&facet)))
}

/// True if a scope may see the article with this id.
pub fn is_visible(conn: &mut Conn, scope: &Scope, id: Id) -> Result<bool, StoreError> {
    match candidate(conn, id)? {
        Some(candidate) => may_see(conn, scope, &candidate),
        None => Ok(false),
    }
}

fn may_see(conn: &mut Conn, scope: &Scope, candidate: &Candidate) -> Result<bool, StoreError> {
    if candidate.public {
        let sight = Sight::of(conn, scope)?;
        let admitted = sight.admitted(conn, std::slice::from_ref(&candidate.id))?;
        return Ok(admitted.contains(&candidate.id));
    }
    let Some(limits) = scope.unpublished_within() else {
        return Ok(false);
    };
    let own = scope
        .only_own()
        .is_none_or(|key| candidate.created_by == Some(key));
    Ok(own && within(conn, limits, candidate)?)
}

fn within(conn: &mut Conn, limits: &Limits, candidate: &Candidate) -> Result<bool, StoreError> {
    if !limits.langs.is_empty() && !limits.langs.contains(&candidate.lang) {
        return Ok(false);
    }
    let texts = |ids: &[Id]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let groups = [
        (FacetKind::Section, texts(&limits.sections)),
        (FacetKind::Source, texts(&limits.sources)),
    ];
    for (kind, values) in groups.into_iter().filter(|(_, values)| !values.is_empty()) {
        let allowed = find_facets(conn, kind, false, &values)?;
        let facets = facets_of_article(conn, candidate.id)?;
        if !allowed.values().any(|facet| facets.contains(&facet.id)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The article that has this slug now, whatever its state.
pub fn find_by_slug(
    conn: &mut Conn,
    lang: &LanguageTag,
    slug: &str,
) -> Result<Option<Id>, StoreError> {
    Ok(articles::table
        .filter(articles::slug.eq(slug))
        .filter(articles::lang.eq(lang))
        .order((articles::slug_shown.desc(), articles::id))
        .select(articles::id)
        .first(conn)
        .optional()?)
}

/// Those whose drafts hold a name, or a place among the translations of a work. What was public holds it against everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holders {
    /// Everybody's.
    All,
    /// Those of one key: it must not learn of others.
    Own(Id),
    /// Nobody's.
    Public,
}

impl Holders {
    /// True if an article counts: the public has seen the name, or its maker asks.
    #[must_use]
    pub fn count(self, shown: bool, created_by: Option<Id>) -> bool {
        shown
            || match self {
                Self::All => true,
                Self::Own(key) => created_by == Some(key),
                Self::Public => false,
            }
    }
}

/// An article that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its identity here.
    pub id: Id,
    /// Its identity in the system that it came from.
    pub external_id: Option<String>,
    /// The source that it was imported from.
    pub source: Option<Id>,
    /// The digest of the record.
    pub import_digest: Option<i64>,
}

/// The articles that were imported under one identity, one per source.
pub fn find_by_external_id(
    conn: &mut Conn,
    external_id: &str,
) -> Result<Vec<Imported>, StoreError> {
    imported_articles(conn, &[], &[external_id.to_owned()])
}

/// The articles with these ids, and those that were imported under these identities, in the order of their ids.
pub fn imported_articles(
    conn: &mut Conn,
    ids: &[Id],
    external_ids: &[String],
) -> Result<Vec<Imported>, StoreError> {
    let columns = (
        articles::id,
        articles::external_id,
        articles::source_id,
        articles::import_digest,
    );
    type Row = (Id, Option<String>, Option<Id>, Option<i64>);
    let mut rows: Vec<Row> = Vec::new();
    for chunk in ids.chunks(IN_LIST) {
        let query = articles::table.filter(any_of(articles::id, chunk));
        rows.extend(query.select(columns).load(conn)?);
    }
    for chunk in external_ids.chunks(IN_LIST) {
        let query = articles::table.filter(any_of(articles::external_id.assume_not_null(), chunk));
        rows.extend(query.select(columns).load(conn)?);
    }
    rows.sort_by_key(|(id, ..)| *id);
    rows.dedup_by_key(|(id, ..)| *id);
    let imported = rows
        .into_iter()
        .map(|(id, external_id, source, import_digest)| Imported {
            id,
            external_id,
            source,
            import_digest,
        });
    Ok(imported.collect())
}

/// True if the public has ever seen an article.
pub fn was_shown(conn: &mut Conn, id: Id) -> Result<bool, StoreError> {
    let since: Option<Option<i64>> = articles::table
        .find(id)
        .select(articles::public_since)
        .get_result(conn)
        .optional()?;
    Ok(since.flatten().is_some())
}

/// True if there is an article with this id, in any state.
pub fn article_exists(conn: &mut Conn, id: Id) -> Result<bool, StoreError> {
    let found = articles::table.find(id).select(articles::id);
    Ok(found.get_result::<Id>(conn).optional()?.is_some())
}
