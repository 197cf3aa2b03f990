//! Resolving an address of the site, or of the place that content was imported from, to what it shows.

use std::sync::LazyLock;

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::address::PAGE_MAX;
use crate::domain::error::Invalid;
use crate::domain::language::LanguageTag;
use crate::domain::page_url::PageUrl;
use crate::domain::view::{Links, ResolvedKind};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::error::Problem;
use crate::http::request::paging::{Single, Target};
use crate::http::request::params::ResolveParams;
use crate::http::request::query::names_of;
use crate::http::response::links::Linked;
use crate::http::response::reply::{Policy, Reply};
use crate::http::response::surrogate_keys::Keys;
use crate::store::resolve::{Resolution as Meaning, Resolved};
use crate::store::{self, changes};

/// The resource that an address means.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resolution {
    /// Its kind.
    #[serde(rename = "type")]
    #[schema(example = "article")]
    pub kind: ResolvedKind,
    /// Its identity: an edition's is its language, a tag's its slug.
    pub id: String,
    /// Its edition. Of an author, a source or a tag the one whose page the whole address is, or whose `lang` it asks for; else null.
    #[schema(value_type = Option<String>, example = "en")]
    pub lang: Option<LanguageTag>,
    /// Its slug; an edition has none.
    pub slug: Option<String>,
    /// Present public address, absolute.
    #[schema(value_type = String, format = "uri")]
    pub url: PageUrl,
    /// True if the address is the present one. False for an old slug, the path of a section before it moved, and a place of
    /// import.
    pub current: bool,
    /// Links to the resource.
    pub links: Links,
}

static NAMES: LazyLock<Vec<String>> = LazyLock::new(names_of::<ResolveParams>);

/// The resource that an address shows.
#[derive(Debug, ToSchema)]
pub struct ResolvedEnvelope {
    /// The resource that it means.
    pub data: Resolution,
}

/// Resolve an address
///
/// Finds the article, section, edition, author, source or tag that an address shows. `url` is a whole address or a
/// path: of the site, of this service, or of a site that articles were imported from. Addresses are compared in their
/// normal form (RFC 3986, section 6.2.2), first with their query, then without it; fragment and last slash do not
/// count. A withdrawn article is a 410, an unknown host a 404.
#[utoipa::path(tag = "resolve", params(ResolveParams),
    responses((status = 200, description = "The resource at the address.", body = ResolvedEnvelope)))]
#[get("/api/resolve")]
pub(crate) async fn resolve_url(call: Call, access: Access) -> Answer {
    let mut query = call.query(&NAMES);
    let url = query.parsed("url", check).unwrap_or_default();
    if !query.has("url") {
        query.refuse("url", Invalid::new("required", "url is required"));
    }
    query.finish()?;
    let (base, target) = (call.app.base_url(), call.target());
    let default_lang = call.app.config.default_lang.clone();
    call.answer(
        access,
        move |c, scope| {
            let modified = changes::last_change_of_lists(c, scope, &[])?;
            Ok((
                store::resolve::resolve_url(c, scope, &url, &base, &default_lang)?,
                modified,
            ))
        },
        move |(meaning, modified)| match meaning {
            Meaning::Found(found) => {
                let mut reply = represent(found, &target)?;
                reply.modified = modified;
                Ok(reply)
            }
            Meaning::Withdrawn(tombstone) => Err(Problem::withdrawn(tombstone)),
            Meaning::Missing => Err(Problem::not_found("address")),
        },
    )
    .await
}

fn check(text: &str) -> Result<String, Invalid> {
    if (1..=PAGE_MAX).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    Err(Invalid::new(
        "out_of_range",
        format!("an address has 1 to {PAGE_MAX} bytes"),
    ))
}

fn represent(found: Resolved, target: &Target) -> Result<Reply, Problem> {
    let kind = found.kind.as_str();
    let keys = Keys::of_one(kind, &found.id);
    let mut data = Resolution {
        links: Links {
            own: format!("/api/{kind}s/{}", found.id),
        },
        kind: found.kind,
        id: found.id,
        lang: found.lang,
        slug: found.slug,
        url: found.url,
        current: found.current,
    };
    data.links.complete(target);
    data.url.complete(&target.bases.own);
    let body = serde_json::to_vec(&Single { data }).map_err(Problem::internal)?;
    let mut reply = Reply::new("application/json", body, Policy::Taxonomy);
    reply.keys = keys;
    Ok(reply)
}
