//! Resolving an address of the site, or of the place that content was imported from, to what it shows.

use std::sync::LazyLock;

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::Problem;
use super::extract::{Access, Answer, Call};
use super::openapi::ResolvedEnvelope;
use super::page::Single;
use super::parameters::ResolveParams;
use super::query::names_of;
use super::reply::{Policy, Reply};
use super::surrogate::Keys;
use crate::domain::error::Invalid;
use crate::domain::view::Links;
use crate::store::{self, changes};

/// What an address shows.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resolution {
    /// What kind of resource it is.
    #[serde(rename = "type")]
    #[schema(example = "article")]
    pub kind: String,
    /// Its identity.
    pub id: String,
    /// Its edition; null for what belongs to none.
    #[schema(example = "en")]
    pub lang: Option<String>,
    /// Its slug; an edition has none.
    pub slug: Option<String>,
    /// Where it is found.
    pub links: Links,
}

static NAMES: LazyLock<Vec<String>> = LazyLock::new(names_of::<ResolveParams>);
const LONGEST: usize = 2_000;

/// Resolve an address
///
/// Finds the article, section or edition that an address leads to: an address of this service, of the site, or one that an import brought along.
#[utoipa::path(tag = "resolve", params(ResolveParams),
    responses((status = 200, description = "What is there.", body = ResolvedEnvelope)))]
#[get("/api/resolve")]
pub(crate) async fn resolve_url(call: Call, access: Access) -> Answer {
    let mut query = call.query(&NAMES);
    let url = query.parsed("url", check).unwrap_or_default();
    if !query.has("url") {
        query.refuse("url", Invalid::new("required", "url is required"));
    }
    query.finish()?;
    let public_base = call.app.public_url.clone();
    let prefix = call.context.prefix.clone();
    let default_lang = call.app.config.default_lang.clone();
    call.answer(
        access,
        move |c, scope| {
            let modified = changes::last_change_of_lists(c, scope, &[])?;
            Ok((
                store::resolve::resolve_url(c, scope, &url, &public_base, &default_lang)?,
                modified,
            ))
        },
        move |(found, modified)| {
            let found = found.ok_or_else(|| Problem::not_found("address"))?;
            let mut reply = represent(Resolution::from(found), &prefix)?;
            reply.modified = modified;
            Ok(reply)
        },
    )
    .await
}

fn check(text: &str) -> Result<String, Invalid> {
    if (1..=LONGEST).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(Invalid::new(
        "out_of_range",
        format!("an address has 1 to {LONGEST} characters"),
    ))
}

fn represent(mut data: Resolution, prefix: &str) -> Result<Reply, Problem> {
    data.links.own.insert_str(0, prefix);
    let keys = Keys::of_one(&data.kind, &data.id);
    let body = serde_json::to_vec(&Single { data }).map_err(Problem::internal)?;
    let mut reply = Reply::new("application/json", body, Policy::Taxonomy);
    reply.keys = keys;
    Ok(reply)
}

impl From<store::resolve::Resolved> for Resolution {
    fn from(found: store::resolve::Resolved) -> Self {
        let own = format!("/api/{}s/{}", found.kind, found.id);
        Self {
            kind: found.kind.to_owned(),
            id: found.id,
            lang: Some(found.lang.to_string()),
            slug: found.slug,
            links: Links { own },
        }
    }
}
