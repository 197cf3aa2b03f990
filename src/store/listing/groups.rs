//! From the filters of a query to groups of facets, reduced to those that narrow the list.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::access::Scope;
use crate::domain::author::Author;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::{ArticleQuery, Reference};
use crate::domain::source::Source;
use crate::domain::tag::Tag;

use super::super::changes::ChangeKind;
use super::super::conn::Conn;
use super::super::error::StoreError;
use super::super::facets::{Facet, FacetKind, find_facets};
use super::super::section_places::{SectionPlace, section_places};
use super::super::shared_rows::SharedRows;
use super::super::sight::limit_filters;
use super::super::subjects::{Subject, note, note_unbounded};

/// The facets of one filter: an article must be in any of them.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Group {
    kind: FacetKind,
    /// In rising order of their numbers.
    facets: Vec<Facet>,
}

impl Group {
    /// The sum of the facets' counts: an upper bound of the articles in the group.
    pub(super) fn articles(&self) -> i64 {
        self.facets.iter().map(|facet| facet.articles).sum()
    }

    pub(super) fn ids(&self) -> Vec<i64> {
        self.facets.iter().map(|facet| facet.id).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.facets.len()
    }

    /// The group in parts of at most so many articles; a facet of more is a part of its own.
    pub(super) fn parts(&self, most: i64) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::new();
        for facet in &self.facets {
            match parts.last_mut() {
                Some(part) if part.articles() + facet.articles <= most => part.facets.push(*facet),
                _ => parts.push(Self {
                    kind: self.kind,
                    facets: vec![*facet],
                }),
            }
        }
        parts
    }

    /// True if no article is in two of the facets: it has one value of this kind, and sections are reduced to their
    /// topmost.
    pub(super) fn is_disjoint(&self) -> bool {
        match self.kind {
            FacetKind::All | FacetKind::Lang | FacetKind::Source | FacetKind::Section => true,
            FacetKind::Author | FacetKind::Editor | FacetKind::Translator | FacetKind::Tag => false,
        }
    }

    /// True if every article of this group is in the other.
    fn implies(&self, other: &Self) -> bool {
        let wider: HashSet<i64> = other.facets.iter().map(|facet| facet.id).collect();
        self.facets.iter().all(|facet| wider.contains(&facet.id))
    }
}

/// A filter: a kind, and the values of which an article must have any.
type Filter = (FacetKind, Vec<String>);

/// The filters of a query as values of facets, each reference resolved once.
pub(super) fn resolve_filters(
    conn: &mut Conn,
    query: &ArticleQuery,
) -> Result<Vec<Filter>, StoreError> {
    // Names every field, so that a new filter is either a facet here or, like dates, a condition of its own.
    let ArticleQuery {
        langs,
        statuses: _,
        sections,
        authors,
        editors,
        translators,
        sources,
        tags,
        ids: _,
        published: _,
        updated: _,
        sort: _,
    } = query;
    let mut filters = Vec::new();
    let mut within_langs = false;
    for group in sections {
        let found = topmost(sections_of(conn, group, langs)?);
        within_langs |= found.iter().all(|place| langs.contains(&place.lang));
        let ids = found.iter().map(|place| place.id.to_string()).collect();
        filters.push((FacetKind::Section, ids));
    }
    // Sections of these editions alone imply the editions.
    if !langs.is_empty() && !within_langs {
        let langs = langs.iter().map(ToString::to_string).collect();
        filters.push((FacetKind::Lang, langs));
    }
    let people = [
        (FacetKind::Author, authors),
        (FacetKind::Editor, editors),
        (FacetKind::Translator, translators),
    ];
    for (kind, groups) in people {
        filters.extend(values_of::<Author>(conn, kind, groups)?);
    }
    filters.extend(values_of::<Source>(conn, FacetKind::Source, sources)?);
    filters.extend(values_of::<Tag>(conn, FacetKind::Tag, tags)?);
    Ok(filters)
}

/// The filters of one parameter, with all its slugs looked up at once; unknown slugs are left out.
fn values_of<T: SharedRows>(
    conn: &mut Conn,
    kind: FacetKind,
    groups: &[Vec<Reference>],
) -> Result<Vec<Filter>, StoreError> {
    let mut slugs: Vec<String> = groups
        .iter()
        .flatten()
        .filter_map(|reference| match reference {
            Reference::Slug(slug) => Some(slug.clone()),
            Reference::Id(_) => None,
        })
        .collect();
    slugs.sort_unstable();
    slugs.dedup();
    let resource = resource_of(kind);
    slugs
        .iter()
        .for_each(|slug| note(Subject::Slug(resource, slug)));
    let known = if slugs.is_empty() {
        HashMap::new()
    } else {
        T::ids_by_slug(conn, &slugs)?
    };
    let known = known.into_iter().map(|(slug, id)| (slug, id.to_string()));
    let known: HashMap<String, String> = known.collect();
    known
        .values()
        .for_each(|id| note(Subject::Resource(resource, id)));
    let value = |reference: &Reference| match reference {
        Reference::Id(id) => Some(id.to_string()),
        Reference::Slug(slug) => known.get(slug).cloned(),
    };
    Ok(groups
        .iter()
        .map(|group| (kind, group.iter().filter_map(value).collect()))
        .collect())
}

/// The kind of resource that the values of a facet are.
const fn resource_of(kind: FacetKind) -> ChangeKind {
    match kind {
        FacetKind::Author | FacetKind::Editor | FacetKind::Translator => ChangeKind::Author,
        FacetKind::Source => ChangeKind::Source,
        FacetKind::Tag => ChangeKind::Tag,
        FacetKind::Section => ChangeKind::Section,
        FacetKind::All | FacetKind::Lang => ChangeKind::Edition,
    }
}

/// The sources that a group of references names.
pub(crate) fn source_ids(conn: &mut Conn, group: &[Reference]) -> Result<Vec<String>, StoreError> {
    let found = values_of::<Source>(conn, FacetKind::Source, &[group.to_vec()])?;
    Ok(found.into_iter().flat_map(|(_, values)| values).collect())
}

/// The topmost sections that a group of references names.
pub(crate) fn section_ids(
    conn: &mut Conn,
    group: &[Reference],
    langs: &[LanguageTag],
) -> Result<Vec<String>, StoreError> {
    let found = topmost(sections_of(conn, group, langs)?);
    Ok(found.iter().map(|place| place.id.to_string()).collect())
}

/// The sections that a group of references names: by path in these editions (all, where none is named), by id in any.
fn sections_of(
    conn: &mut Conn,
    group: &[Reference],
    langs: &[LanguageTag],
) -> Result<Vec<SectionPlace>, StoreError> {
    let (mut ids, mut paths) = (Vec::new(), Vec::new());
    for reference in group {
        match reference {
            Reference::Id(id) => ids.push(*id),
            Reference::Slug(path) => paths.push(path.clone()),
        }
    }
    section_places(conn, &ids, &paths, langs)
}

/// Leaves out what is below another one, which holds its articles already.
fn topmost(found: Vec<SectionPlace>) -> Vec<SectionPlace> {
    let all: HashSet<Id> = found.iter().map(|place| place.id).collect();
    let mut seen = HashSet::new();
    found
        .into_iter()
        .filter(|place| !place.above.iter().any(|above| all.contains(above)))
        .filter(|place| seen.insert(place.id))
        .collect()
}

/// The groups of one side of publication, the one with the fewest articles first, and the facet of all its articles;
/// `None` where nothing can match.
pub(super) fn groups_of_side(
    conn: &mut Conn,
    scope: &Scope,
    filters: &[Filter],
    public: bool,
) -> Result<Option<(Group, Vec<Group>)>, StoreError> {
    let limits = if public {
        scope.partner().map(|partner| &partner.limits)
    } else {
        scope.unpublished_within()
    };
    let mut wanted = filters.to_vec();
    wanted.extend(limits.into_iter().flat_map(limit_filters));
    wanted.push((FacetKind::All, vec![String::new()]));
    let known = find_all(conn, &wanted, public)?;
    note_entrants(&wanted, &known);
    let mut groups = Vec::with_capacity(wanted.len());
    for (kind, values) in &wanted {
        let of_kind = known.get(kind);
        let found = values.iter().filter_map(|value| of_kind?.get(value));
        let mut facets: Vec<Facet> = found.copied().filter(|facet| facet.articles > 0).collect();
        if facets.is_empty() {
            return Ok(None);
        }
        facets.sort_unstable_by_key(|facet| facet.id);
        facets.dedup_by_key(|facet| facet.id);
        groups.push(Group {
            kind: *kind,
            facets,
        });
    }
    let Some(all) = groups.pop() else {
        return Ok(None);
    };
    groups.sort_by_key(Group::articles);
    let groups = narrowing(groups, all.articles());
    Ok(Some((all, groups)))
}

/// Notes the group that an article must be in, before or after a change, to enter the list or to leave it: of the groups whose
/// facets all exist, the one with the fewest articles.
fn note_entrants(wanted: &[Filter], known: &BTreeMap<FacetKind, HashMap<String, Facet>>) {
    let facets_of = |(kind, values): &Filter| {
        let of_kind = known.get(kind)?;
        let facets = values.iter().map(|value| of_kind.get(value).copied());
        facets.collect::<Option<Vec<Facet>>>()
    };
    let articles = |facets: &Vec<Facet>| facets.iter().map(|facet| facet.articles).sum::<i64>();
    match wanted.iter().filter_map(facets_of).min_by_key(articles) {
        Some(facets) => facets
            .iter()
            .for_each(|facet| note(Subject::Facet(facet.id))),
        None => note_unbounded(),
    }
}

/// Every facet that the filters name, by kind and value: one look-up a kind.
fn find_all(
    conn: &mut Conn,
    wanted: &[Filter],
    public: bool,
) -> Result<BTreeMap<FacetKind, HashMap<String, Facet>>, StoreError> {
    let mut values: BTreeMap<FacetKind, Vec<String>> = BTreeMap::new();
    for (kind, some) in wanted {
        values
            .entry(*kind)
            .or_default()
            .extend(some.iter().cloned());
    }
    let mut found = BTreeMap::new();
    for (kind, mut values) in values {
        values.sort_unstable();
        values.dedup();
        found.insert(kind, find_facets(conn, kind, public, &values)?);
    }
    Ok(found)
}

/// Those groups that leave something out: neither all articles are in them, nor all of another group.
fn narrowing(groups: Vec<Group>, all: i64) -> Vec<Group> {
    let mut kept: Vec<Group> = Vec::with_capacity(groups.len());
    for group in groups {
        let holds_all = group.is_disjoint() && group.articles() >= all;
        if !holds_all && !kept.iter().any(|other| other.implies(&group)) {
            kept.push(group);
        }
    }
    kept
}
