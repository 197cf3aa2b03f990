//! From an address on the web to the resource that it means.

mod asked;
mod own;
mod shared;
mod templates;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::edition::{Edition, EditionContent};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::{PageUrl, Place};
use crate::domain::query::Reference;
use crate::domain::section::Section;
use crate::domain::site::Site;
use crate::domain::url_template::PageKind;
use crate::domain::view::{ResolvedKind, Tombstone};

use super::articles::{Found, find_article, place_of};
use super::conn::Conn;
use super::editions::editions_by_preference;
use super::error::StoreError;
use super::moved::Known;
use super::redirects::left_edition;
use super::schema::{article_addresses, articles};
use super::sections::find_section;
use super::url_keys::{path_key, url_key};
use asked::Asked;

/// Number of articles, imported from one address, that are looked at.
const MOST_IMPORTED: i64 = 100;

/// The resource that an address means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Its kind.
    pub kind: ResolvedKind,
    /// Its identity: an edition's is its language, a tag's its slug.
    pub id: String,
    /// Its edition, where it belongs to one; else the edition whose page the address is.
    pub lang: Option<LanguageTag>,
    /// Its slug; an edition has none.
    pub slug: Option<String>,
    /// Its public address.
    pub url: PageUrl,
    /// True if the address that was asked for is a present one.
    pub current: bool,
}

/// The meaning of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// A resource that the scope may see.
    Found(Resolved),
    /// An article that was public and was taken down.
    Withdrawn(Tombstone),
    /// Nothing that the scope may know of.
    Missing,
}

/// Finds the resource that an address means for a scope: an article by the address that it was imported from, a page by the
/// templates of the editions, an address of this service, or a page by its path below an edition's home. An address without a
/// host may be of any site; one with a host that is neither this service's nor of a template is only an imported one.
///
/// `base` is the service's own address. An address that a resource has today wins over one that another resource had.
pub fn resolve_url(
    conn: &mut Conn,
    scope: &Scope,
    url: &str,
    base: &str,
    default_lang: &LanguageTag,
) -> Result<Resolution, StoreError> {
    let Some(asked) = Asked::parse(url, base) else {
        return Ok(Resolution::Missing);
    };
    let editions = editions_by_preference(conn, default_lang)?;
    let mut search = Search {
        conn,
        scope,
        asked: &asked,
        site: Site::new(base.to_owned(), editions.clone()),
        default_lang,
        of_the_past: false,
        best: Resolution::Missing,
        best_rank: (false, 0),
    };
    let of_site = asked.is_of(&search.site, base);
    search.imported(of_site)?;
    if of_site {
        for edition in &editions {
            search.by_templates(edition)?;
        }
        search.own()?;
        for edition in &editions {
            search.by_path_of_site(edition, &edition.content.home_path)?;
        }
        search.of_the_past = true;
        for edition in &editions {
            search.by_former_addresses(edition)?;
        }
    }
    Ok(search.best)
}

/// A look-up under way: the best meaning that was found yet.
struct Search<'a> {
    conn: &'a mut Conn,
    scope: &'a Scope,
    asked: &'a Asked,
    site: Site,
    default_lang: &'a LanguageTag,
    /// True while templates and home paths of the past are tried: they make no present address.
    of_the_past: bool,
    best: Resolution,
    best_rank: (bool, u8),
}

impl Search<'_> {
    fn is_over(&self) -> bool {
        matches!(&self.best, Resolution::Found(found) if found.current)
    }

    /// Takes a meaning that is better than the best yet. One `on_host`, whose site has the host that was asked for, is better
    /// than one whose path alone is that of the address.
    fn consider(&mut self, mut found: Resolution, on_host: bool) {
        if let Resolution::Found(found) = &mut found
            && self.of_the_past
        {
            found.current &= self.asked.is(found.url.as_str());
        }
        let rank = match &found {
            Resolution::Found(found) if found.current => (true, 3),
            Resolution::Found(_) => (on_host, 2),
            Resolution::Withdrawn(_) => (on_host, 1),
            Resolution::Missing => (false, 0),
        };
        if rank > self.best_rank {
            (self.best, self.best_rank) = (found, rank);
        }
    }

    /// The articles that were imported from the address, with its query or without it; one of this site also by its path.
    fn imported(&mut self, of_site: bool) -> Result<(), StoreError> {
        let exact = &self.asked.url;
        let bare = exact.query().map(|_| exact.without_query());
        for url in std::iter::once(exact.clone()).chain(bare) {
            let query = articles::table
                .order(articles::id)
                .limit(MOST_IMPORTED)
                .select(articles::id)
                .into_boxed();
            let others = article_addresses::table
                .order(article_addresses::article_id)
                .limit(MOST_IMPORTED)
                .select(article_addresses::article_id)
                .into_boxed();
            let (query, others) = match self.asked.whole {
                true => {
                    let mut keys = vec![url_key(&url)];
                    keys.extend(of_site.then(|| url_key(&url.without_host())));
                    let others = others.filter(article_addresses::url_key.eq_any(keys.clone()));
                    (query.filter(articles::url_key.eq_any(keys)), others)
                }
                false => {
                    let path = path_key(&url);
                    let others = others.filter(article_addresses::url_path.eq(path.clone()));
                    (query.filter(articles::url_path.eq(path)), others)
                }
            };
            let ids: Vec<Id> = query.load(self.conn)?;
            let others: Vec<Id> = others.load(self.conn)?;
            for id in ids.into_iter().chain(others) {
                let found = self.article(&Reference::Id(id), None)?;
                self.consider(found, true);
            }
            if self.best != Resolution::Missing {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The edition, section or article at a path below a home of the edition.
    fn by_path_of_site(&mut self, edition: &Edition, home: &str) -> Result<(), StoreError> {
        let content = &edition.content;
        let Some(path) = self.asked.path() else {
            return Ok(());
        };
        let below = path.strip_prefix(home.trim_end_matches('/'));
        match below.filter(|_| !self.is_over()) {
            Some("") => {
                let found = self.edition_found(edition);
                self.consider_at_home(found, content);
                Ok(())
            }
            Some(below) => match below.strip_prefix('/') {
                Some(below) => self.by_path_below_home(below, content),
                None => Ok(()),
            },
            None => Ok(()),
        }
    }

    fn by_path_below_home(
        &mut self,
        below: &str,
        content: &EditionContent,
    ) -> Result<(), StoreError> {
        let lang = &content.lang;
        let section = Reference::Slug(below.to_owned());
        if let Some(section) = find_section(self.conn, &section, Some(lang), lang)? {
            let current = section.path == below;
            let found = self.section_found(&section);
            self.consider_at_home(with_current(found, current), content);
        }
        let (section, slug) = below.rsplit_once('/').unwrap_or(("", below));
        let reference = Reference::Slug(slug.to_owned());
        let langs = std::slice::from_ref(lang);
        let found = find_article(self.conn, self.scope, &reference, langs, lang)?;
        let place = match &found {
            Found::Article(id) => place_of(self.conn, *id)?,
            _ => None,
        };
        // A template says where articles are: no other path is a present address.
        let has_page = content.url_templates.get(PageKind::Article).is_some();
        let is_at = |place: Place| place.section_path.unwrap_or_default() == section;
        let current = !has_page && place.is_some_and(is_at);
        let found = self.article_found(found)?;
        self.consider_at_home(with_current(found, current), content);
        Ok(())
    }

    /// Considers the meaning of a path, which is current on the host of its own edition only.
    fn consider_at_home(&mut self, mut found: Resolution, content: &EditionContent) {
        let on_host = self.asked.is_on_site_of(content);
        if let Resolution::Found(found) = &mut found {
            found.current &= on_host;
        }
        self.consider(found, on_host);
    }

    /// An article; only one that is or was in an edition, where that is named.
    fn article(
        &mut self,
        reference: &Reference,
        lang: Option<&LanguageTag>,
    ) -> Result<Resolution, StoreError> {
        let langs = match reference {
            Reference::Slug(_) => lang.map(std::slice::from_ref).unwrap_or_default(),
            // Languages would lead from one edition of the work to another.
            Reference::Id(_) => &[],
        };
        let found = find_article(self.conn, self.scope, reference, langs, self.default_lang)?;
        let found = self.article_found(found)?;
        let (Reference::Id(id), Some(lang)) = (reference, lang) else {
            return Ok(found);
        };
        let of_edition = match &found {
            Resolution::Found(found) => found.lang.as_ref() == Some(lang),
            Resolution::Withdrawn(tombstone) => tombstone.lang == *lang,
            Resolution::Missing => true,
        };
        let known = Known::to(self.scope);
        Ok(
            if of_edition || left_edition(self.conn, *id, lang, known)? {
                found
            } else {
                Resolution::Missing
            },
        )
    }

    fn article_found(&mut self, found: Found) -> Result<Resolution, StoreError> {
        let id = match found {
            Found::Article(id) | Found::Moved { id, .. } => id,
            Found::Withdrawn(tombstone) => return Ok(Resolution::Withdrawn(tombstone)),
            Found::Missing => return Ok(Resolution::Missing),
        };
        let Some(place) = place_of(self.conn, id)? else {
            return Ok(Resolution::Missing);
        };
        let page = self.site.article_url(&place);
        Ok(Resolution::Found(Resolved {
            kind: ResolvedKind::Article,
            id: id.to_string(),
            current: self.asked.is(&page),
            url: PageUrl::Absolute(page),
            lang: Some(place.lang),
            slug: Some(place.slug),
        }))
    }

    fn section(
        &mut self,
        reference: &Reference,
        lang: &LanguageTag,
    ) -> Result<Resolution, StoreError> {
        let found = find_section(self.conn, reference, Some(lang), lang)?;
        Ok(found.map_or(Resolution::Missing, |section| self.section_found(&section)))
    }

    fn section_found(&self, section: &Section) -> Resolution {
        let lang = &section.content.lang;
        let url = PageUrl::of_section(self.site.edition(lang), section.id, &section.path);
        Resolution::Found(Resolved {
            kind: ResolvedKind::Section,
            id: section.id.to_string(),
            lang: Some(lang.clone()),
            slug: Some(section.content.slug.to_string()),
            current: self.asked.is(url.as_str()),
            url,
        })
    }

    fn edition_found(&self, edition: &Edition) -> Resolution {
        let lang = &edition.content.lang;
        Resolution::Found(Resolved {
            kind: ResolvedKind::Edition,
            id: lang.to_string(),
            lang: Some(lang.clone()),
            slug: None,
            url: PageUrl::Absolute(self.site.home_url(lang)),
            current: true,
        })
    }
}

fn with_current(found: Resolution, current: bool) -> Resolution {
    match found {
        Resolution::Found(found) => Resolution::Found(Resolved {
            current: found.current || current,
            ..found
        }),
        other => other,
    }
}
