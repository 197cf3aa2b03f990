//! The subject of a feed: a whole edition, or a section, an author, a source or a tag in it.

use crate::domain::access::Scope;
use crate::domain::author::{Author, localised};
use crate::domain::feed::FeedOf;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::PageUrl;
use crate::domain::query::{ArticleQuery, Reference};
use crate::domain::site::Site;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::view::SectionView;
use crate::store::facets::FacetKind;
use crate::store::moved::{self, Known, MovedKind};
use crate::store::{Conn, StoreError, sections, shared_rows};

/// The subject of a feed, as it was found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// Its name; an edition's feed has the publication's.
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    /// The seed of the feed's own identity.
    pub(crate) identity: String,
    /// The page that it is about.
    pub(crate) home: String,
    /// The part of the feed's address between the edition and the file.
    pub(crate) path: String,
    /// The same in other editions, its own perhaps among them.
    pub(crate) alternates: Vec<(LanguageTag, String)>,
    /// The filter of its articles.
    pub(crate) query: ArticleQuery,
    /// The facet that its articles are in; a tag by its slug.
    pub(crate) facet: Option<(FacetKind, String)>,
    /// The surrogate key of what it is of.
    pub(crate) key: Option<(&'static str, String)>,
}

/// Looks up what a feed is of, for what a scope may see; `None` where it is not there.
pub(crate) fn find(
    of: &FeedOf,
    c: &mut Conn,
    scope: &Scope,
    site: &Site,
    lang: &LanguageTag,
) -> Result<Option<Found>, StoreError> {
    Ok(match of {
        FeedOf::Edition => Some(whole_edition(site, lang)),
        FeedOf::Section(path) => {
            let reference = Reference::Slug(path.clone());
            let section = sections::get_section(c, scope, &reference, Some(lang), lang, false)?;
            section.map(|section| in_section(site, section))
        }
        FeedOf::Author(slug) => {
            let reference = present(c, MovedKind::Author, slug)?;
            let author = shared_rows::get::<Author>(c, scope, &reference, lang, false)?;
            author.map(|author| {
                let name = localised(&author.name, &author.names, lang.as_str());
                Found {
                    description: author.bio.clone(),
                    home: site.author_url(lang, author.id, &author.slug),
                    ..everywhere(site, ("author", &author.slug), author.id, name)
                }
            })
        }
        FeedOf::Source(slug) => {
            let reference = present(c, MovedKind::Source, slug)?;
            let source = shared_rows::get::<Source>(c, scope, &reference, lang, false)?;
            source.map(|source| {
                let name = localised(&source.name, &source.names, lang.as_str());
                everywhere(site, ("source", &source.slug), source.id, name)
            })
        }
        FeedOf::Tag(slug) => {
            let reference = present(c, MovedKind::Tag, slug)?;
            let tag = shared_rows::get::<Tag>(c, scope, &reference, lang, false)?;
            tag.map(|tag| {
                let name = localised(&tag.name, &tag.names, lang.as_str());
                with_tag(site, lang, &tag.slug, name)
            })
        }
    })
}

/// The resource that a slug names now: subscribers stay with a feed whose slug has changed.
fn present(c: &mut Conn, kind: MovedKind, slug: &str) -> Result<Reference, StoreError> {
    let moved = moved::find_moved(c, kind, "", slug, Known::Publicly)?;
    Ok(moved.map_or_else(|| Reference::Slug(slug.to_owned()), Reference::Id))
}

fn whole_edition(site: &Site, lang: &LanguageTag) -> Found {
    Found {
        identity: "edition".to_owned(),
        home: site.home_url(lang),
        alternates: in_every_edition(site, ""),
        ..Found::default()
    }
}

fn in_section(site: &Site, section: SectionView) -> Found {
    let below = |path: &str| FeedOf::Section(path.to_owned()).path();
    let page = section
        .breadcrumbs
        .last()
        .and_then(|crumb| crumb.path.as_deref());
    let translations = section.translations.iter();
    Found {
        identity: format!("section {}", section.id),
        home: match &section.url {
            PageUrl::Absolute(url) => url.clone(),
            PageUrl::Own(own) => site.page_url(&section.lang, page.unwrap_or("/"), own),
        },
        path: below(&section.path),
        alternates: translations
            .map(|other| (other.lang.clone(), below(&other.path)))
            .collect(),
        query: ArticleQuery {
            sections: vec![vec![Reference::Id(section.id)]],
            ..ArticleQuery::default()
        },
        facet: Some((FacetKind::Section, section.id.to_string())),
        key: Some(("section", section.id.to_string())),
        name: Some(section.name),
        description: section.description,
    }
}

/// An author or a source, who are one in all editions.
fn everywhere(site: &Site, (kind, slug): (&'static str, &str), id: Id, name: &str) -> Found {
    let slug = slug.to_owned();
    let only = vec![vec![Reference::Id(id)]];
    let (facet, feed, query) = if kind == "author" {
        let query = ArticleQuery {
            authors: only,
            ..ArticleQuery::default()
        };
        (FacetKind::Author, FeedOf::Author(slug), query)
    } else {
        let query = ArticleQuery {
            sources: only,
            ..ArticleQuery::default()
        };
        (FacetKind::Source, FeedOf::Source(slug), query)
    };
    let below = feed.path();
    Found {
        name: Some(name.to_owned()),
        description: None,
        identity: format!("{kind} {id}"),
        home: site.own(&format!("/api/{kind}s/{id}")),
        alternates: in_every_edition(site, &below),
        path: below,
        query,
        facet: Some((facet, id.to_string())),
        key: Some((kind, id.to_string())),
    }
}

fn with_tag(site: &Site, lang: &LanguageTag, slug: &str, name: &str) -> Found {
    let below = FeedOf::Tag(slug.to_owned()).path();
    Found {
        name: Some(name.to_owned()),
        description: None,
        identity: format!("tag {slug}"),
        home: site.tag_url(lang, slug),
        alternates: in_every_edition(site, &below),
        path: below,
        query: ArticleQuery {
            tags: vec![vec![Reference::Slug(slug.to_owned())]],
            ..ArticleQuery::default()
        },
        facet: Some((FacetKind::Tag, slug.to_owned())),
        key: Some(("tag", slug.to_owned())),
    }
}

fn in_every_edition(site: &Site, below: &str) -> Vec<(LanguageTag, String)> {
    let editions = site.editions().iter();
    editions
        .map(|edition| (edition.content.lang.clone(), below.to_owned()))
        .collect()
}
