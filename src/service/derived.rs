//! Data that follow from other data. Writes make them, `check` compares them and `reindex` makes them anew, all by the
//! functions named here.

use std::collections::HashMap;

use crate::domain::article::ArticleContent;
use crate::domain::body::Body;
use crate::domain::id::Id;
use crate::domain::section::{Section, TrailStep};
use crate::store::articles::{Derived, StoredArticle, derive, derived_of};
use crate::store::facets::{FacetKey, FacetKind};
use crate::store::{Conn, StoreError, fanouts, sections};

/// A part of the derived data of articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The facets that an article is in, with its order in each.
    Facets,
    /// The length of its body.
    Words,
    /// The keys of its imported address.
    Addresses,
    /// The media that it shows.
    Media,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::Facets, Self::Words, Self::Addresses, Self::Media];

    /// True if what is stored is other than what follows from the article.
    #[must_use]
    pub fn differs(self, right: &Derived, stored: &Derived) -> bool {
        match self {
            Self::Facets => right.places != stored.places || stored.strays > 0,
            Self::Words => right.length != stored.length,
            Self::Addresses => right.addresses != stored.addresses,
            Self::Media => right.media != stored.media,
        }
    }
}

/// The facets that lists find an article by, each once.
#[must_use]
pub fn facet_keys(content: &ArticleContent, trail: &[TrailStep], public: bool) -> Vec<FacetKey> {
    let ids = |ids: &[Id]| ids.iter().map(ToString::to_string).collect();
    let values = |kind| -> Vec<String> {
        match kind {
            FacetKind::All => vec![String::new()],
            FacetKind::Lang => vec![content.lang.to_string()],
            FacetKind::Section => trail.iter().map(|step| step.id.to_string()).collect(),
            FacetKind::Author => ids(&content.authors),
            FacetKind::Editor => ids(&content.editors),
            FacetKind::Translator => ids(&content.translators),
            FacetKind::Source => ids(content.source.as_slice()),
            FacetKind::Tag => ids(&content.tags),
        }
    };
    let of_kind = |kind: &FacetKind| {
        let kind = *kind;
        let key = move |value| FacetKey {
            kind,
            value,
            public,
        };
        values(kind).into_iter().map(key)
    };
    let mut keys: Vec<FacetKey> = FacetKind::ALL.iter().flat_map(of_kind).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// The derived data of an article: right, and as they are stored.
pub struct Compared<'a> {
    /// The article.
    pub article: &'a StoredArticle,
    /// The facets that it belongs in.
    pub facets: Vec<FacetKey>,
    /// The data that follow from it.
    pub right: Derived,
    /// The data that are stored.
    pub stored: Derived,
}

impl Compared<'_> {
    /// True if a part is stored otherwise than it follows from the article.
    #[must_use]
    pub fn differs(&self, part: Part) -> bool {
        part.differs(&self.right, &self.stored)
    }
}

/// Compares the derived data of some articles with what follows from them. While articles wait to follow a section that
/// moved, their facets of sections are taken as they are.
pub fn compare<'a>(
    conn: &mut Conn,
    articles: &'a [StoredArticle],
) -> Result<Vec<Compared<'a>>, StoreError> {
    let ids: Vec<Id> = articles.iter().map(|one| one.id).collect();
    let mut stored = derived_of(conn, &ids)?;
    let trails = trails_of(conn, articles)?;
    let sections_wait = fanouts::any_moves(conn)?;
    let mut compared = Vec::with_capacity(articles.len());
    for article in articles {
        let content = &article.content;
        let trail = content.section.and_then(|id| trails.get(&id));
        let facets = facet_keys(
            content,
            trail.map_or(&[], |section| &section.trail),
            article.public,
        );
        let length = Body::from_stored(content.body.clone()).length();
        let mut one = Compared {
            article,
            right: derive(conn, article, length, facets.clone())?,
            facets,
            stored: stored.remove(&article.id).unwrap_or_default(),
        };
        if sections_wait {
            let is_kept = |key: &FacetKey| key.kind != FacetKind::Section;
            one.right.places.retain(|key, _| is_kept(key));
            one.stored.places.retain(|key, _| is_kept(key));
        }
        compared.push(one);
    }
    Ok(compared)
}

fn trails_of(
    conn: &mut Conn,
    articles: &[StoredArticle],
) -> Result<HashMap<Id, Section>, StoreError> {
    let mut ids: Vec<Id> = articles
        .iter()
        .filter_map(|article| article.content.section)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let found = sections::sections_by_ids(conn, &ids)?;
    Ok(found
        .into_iter()
        .map(|section| (section.id, section))
        .collect())
}

/// The trail of each section, worked out from its parents. Sections that lie below themselves have none.
#[must_use]
pub fn right_trails(all: &[Section]) -> HashMap<Id, Vec<TrailStep>> {
    let by_id: HashMap<Id, &Section> = all.iter().map(|section| (section.id, section)).collect();
    let mut trails = HashMap::new();
    for section in all {
        if let Some(trail) = trail_of(section, &by_id) {
            trails.insert(section.id, trail);
        }
    }
    trails
}

fn trail_of(section: &Section, by_id: &HashMap<Id, &Section>) -> Option<Vec<TrailStep>> {
    let mut upwards = vec![section];
    while let Some(parent) = upwards.last()?.content.parent {
        let parent = by_id.get(&parent)?;
        if upwards.iter().any(|known| known.id == parent.id) {
            return None;
        }
        upwards.push(parent);
    }
    let mut path = String::new();
    let downwards = upwards.into_iter().rev().map(|section| {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(section.content.slug.as_str());
        TrailStep {
            id: section.id,
            name: section.content.name.clone(),
            path: path.clone(),
        }
    });
    Some(downwards.collect())
}
