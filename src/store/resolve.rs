//! From an address on the web to the resource that it means.

use diesel::prelude::*;
use url::Url;
use xxhash_rust::xxh3::xxh3_128;

use crate::domain::access::Scope;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::domain::text;

use super::articles::{Found, find_article, is_visible};
use super::conn::Conn;
use super::editions::{all_editions, find_edition};
use super::error::StoreError;
use super::schema::{articles, editions};
use super::sections::{get_section, sections_by_path};
use super::stored_id;

/// What an address means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// `article`, `section` or `edition`.
    pub kind: &'static str,
    /// Its identity; an edition's is its language.
    pub id: String,
    /// Its edition.
    pub lang: LanguageTag,
    /// Its slug; an edition has none.
    pub slug: Option<String>,
}

/// Longer keys are kept as their digest: PostgreSQL's indexes hold a third of a page.
const KEY_MAX: usize = 1_000;

/// The form by which two addresses are the same: host in lower case, path and query, without scheme, default port,
/// fragment and final slash. `None` for what is no http address.
#[must_use]
pub fn url_key(url: &str) -> Option<String> {
    let url = Url::parse(url.trim()).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?;
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let query = url
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let key = format!("{host}{port}{}{query}", url.path().trim_end_matches('/'));
    Some(if key.len() > KEY_MAX {
        format!("{:032x}", xxh3_128(key.as_bytes()))
    } else {
        key
    })
}

/// Finds what an address means for a scope: where an article was first published, where an edition's template puts it, an
/// address of this service, or the page of a section or edition by its path on the site, whose host this service does not know.
pub fn resolve_url(
    conn: &mut Conn,
    scope: &Scope,
    url: &str,
    public_base: &str,
    default_lang: &LanguageTag,
) -> Result<Option<Resolved>, StoreError> {
    let base = Url::parse(public_base).ok();
    let Some(absolute) = Url::parse(url).ok().or_else(|| base?.join(url).ok()) else {
        return Ok(None);
    };
    if let Some(key) = url_key(absolute.as_str())
        && let Some(found) = by_url_key(conn, scope, &key)?
    {
        return Ok(Some(found));
    }
    if let Some(found) = by_template(conn, scope, &absolute)? {
        return Ok(Some(found));
    }
    let path = percent_encoding::percent_decode_str(absolute.path()).decode_utf8_lossy();
    let path = text::nfc(path.into_owned());
    let path = path.trim_end_matches('/');
    match path
        .split_once("/api/")
        .and_then(|(_, rest)| rest.split_once('/'))
    {
        Some((kind, reference)) => by_own_path(conn, scope, kind, reference, default_lang),
        None => by_site_path(conn, path),
    }
}

/// The article that stands, or stood under an old slug, at an address that an edition's template makes.
fn by_template(conn: &mut Conn, scope: &Scope, url: &Url) -> Result<Option<Resolved>, StoreError> {
    for edition in all_editions(conn)? {
        let lang = edition.content.lang;
        let template = edition.content.url_template;
        let Some(reference) = template.and_then(|template| template.read_back(url, &lang)) else {
            continue;
        };
        let langs = std::slice::from_ref(&lang);
        match find_article(conn, scope, &reference, langs, &lang)? {
            Found::Article(id) | Found::Moved { id, .. } => return by_id(conn, scope, id),
            Found::Withdrawn(_) | Found::Missing => {}
        }
    }
    Ok(None)
}

/// What this service shows at `/api/{kind}/{reference}`.
fn by_own_path(
    conn: &mut Conn,
    scope: &Scope,
    kind: &str,
    reference: &str,
    default_lang: &LanguageTag,
) -> Result<Option<Resolved>, StoreError> {
    match kind {
        "articles" => {
            match find_article(conn, scope, &Reference::parse(reference), &[], default_lang)? {
                Found::Article(id) | Found::Moved { id, .. } => by_id(conn, scope, id),
                Found::Withdrawn(_) | Found::Missing => Ok(None),
            }
        }
        "sections" => {
            let reference = Reference::parse(reference);
            let found = get_section(conn, scope, &reference, None, default_lang, false)?;
            Ok(found.map(|section| Resolved {
                kind: "section",
                id: section.id.to_string(),
                lang: section.lang,
                slug: Some(section.slug),
            }))
        }
        "editions" => {
            let lang = LanguageTag::parse(reference).ok();
            let found = lang
                .map(|lang| find_edition(conn, &lang))
                .transpose()?
                .flatten();
            Ok(found.map(|edition| Resolved {
                kind: "edition",
                id: edition.content.lang.to_string(),
                lang: edition.content.lang,
                slug: None,
            }))
        }
        _ => Ok(None),
    }
}

fn by_url_key(conn: &mut Conn, scope: &Scope, key: &str) -> Result<Option<Resolved>, StoreError> {
    let ids: Vec<String> = articles::table
        .filter(articles::url_key.eq(key))
        .order(articles::id)
        .limit(100)
        .select(articles::id)
        .load(conn)?;
    for id in ids {
        if let Some(found) = by_id(conn, scope, stored_id(&id)?)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn by_id(conn: &mut Conn, scope: &Scope, id: Id) -> Result<Option<Resolved>, StoreError> {
    if !is_visible(conn, scope, &id.to_string())? {
        return Ok(None);
    }
    let (lang, slug): (String, String) = articles::table
        .find(id.to_string())
        .select((articles::lang, articles::slug))
        .get_result(conn)?;
    Ok(Some(Resolved {
        kind: "article",
        id: id.to_string(),
        lang: LanguageTag::from_stored(lang),
        slug: Some(slug),
    }))
}

fn by_site_path(conn: &mut Conn, path: &str) -> Result<Option<Resolved>, StoreError> {
    let homes: Vec<(String, String)> = editions::table
        .order(editions::lang)
        .select((editions::lang, editions::home_path))
        .load(conn)?;
    for (lang, home) in homes {
        let Some(rest) = path.strip_prefix(home.trim_end_matches('/')) else {
            continue;
        };
        if rest.is_empty() {
            return Ok(Some(Resolved {
                kind: "edition",
                id: lang.clone(),
                lang: LanguageTag::from_stored(lang),
                slug: None,
            }));
        }
        let Some(section) = rest.strip_prefix('/') else {
            continue;
        };
        let lang = LanguageTag::from_stored(lang);
        if let Some(found) = sections_by_path(conn, section, Some(&lang))?.pop() {
            return Ok(Some(Resolved {
                kind: "section",
                id: found.id.to_string(),
                lang,
                slug: Some(found.content.slug.to_string()),
            }));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_page_has_one_key_however_it_is_written() {
        let key = url_key("https://Example.org/a/b/?x=1#top");
        assert_eq!(key, url_key("http://example.org:80/a/b/?x=1"));
        assert_eq!(
            url_key("https://example.org/a/"),
            url_key("https://example.org/a")
        );
        assert_ne!(key, url_key("https://example.org/a/b/?x=2"));
        assert_eq!(url_key("mailto:a@example.org"), None);
        assert_eq!(url_key("not an address"), None);
    }
}
