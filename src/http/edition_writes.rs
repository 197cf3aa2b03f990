//! Writing editions: made and replaced at the address that their language names.

use actix_web::http::{StatusCode, header};
use actix_web::web::Payload;
use actix_web::{delete, patch, put};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::article_input::merge;
use super::content::{JSON, PATCH};
use super::editions::SHAPE;
use super::error::{Code, Problem};
use super::extract::{Access, Answer, Call};
use super::fields::Fields;
use super::openapi::{EditionEnvelope, EditionPatch, EditionWrite};
use super::parameters::{IfMatchParams, PresenceParams};
use super::reply::Reply;
use super::represent::{View, represent_one};
use super::shape::Shape;
use super::write::{Writer, no_content, record};
use crate::domain::edition::{Contact, Edition, EditionContent, NavigationLink, Phone};
use crate::domain::error::{Fault, Invalid};
use crate::domain::language::LanguageTag;
use crate::domain::permission::Operation;
use crate::domain::text;
use crate::domain::url_template::UrlTemplate;
use crate::service::{Commit, editions};
use crate::store::Conn;
use crate::store::editions::{find_edition, get_edition};

/// Create or replace an edition
///
/// Fields that are not named get what an edition of the language has by itself. A new edition needs no `If-Match`; `If-None-Match: *` makes sure that it is one.
#[utoipa::path(tag = "editions", params(("lang" = String, Path, description = "Language tag (BCP 47).", example = "en"), PresenceParams),
    request_body = EditionWrite,
    responses((status = 200, description = "The edition as it is now.", body = EditionEnvelope),
        (status = 201, description = "The new edition.", body = EditionEnvelope)))]
#[put("/api/editions/{lang}")]
pub(crate) async fn replace_edition(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::ReplaceEdition)?;
    let (lang, view) = (lang_of(&call)?, view_of(&call));
    let content = call.content(payload, JSON).await?;
    let (starts, must_be_new) = (call.may_start_from(), call.demands_absence());
    let required = call.must_start_from().err();
    call.write(writer, "", move |tx, writer| {
        let before = find_edition(tx.conn(), &lang)?;
        match (&before, required) {
            (Some(_), _) if must_be_new => return Err(exists(&lang)),
            (Some(_), Some(required)) => return Err(required),
            (Some(before), None) => starts.check(before.version)?,
            (None, None) => return Err(missing(&lang)),
            (None, Some(_)) => {}
        }
        let mut reply = save(tx, writer, &view, &lang, content.object)?;
        if before.is_none() {
            reply.status = StatusCode::CREATED;
            let location = format!("{}/api/editions/{lang}", view.target.prefix);
            reply = reply.with_header(header::LOCATION, &location);
        }
        Ok(reply)
    })
    .await
}

/// Change an edition
///
/// A merge patch (RFC 7396): fields that are named change; `null` brings back what an edition of the language has by itself.
#[utoipa::path(tag = "editions", params(("lang" = String, Path, description = "Language tag (BCP 47).", example = "en"), IfMatchParams),
    request_body(content((EditionPatch = "application/merge-patch+json"), (EditionPatch = "application/json"))),
    responses((status = 200, description = "The edition as it is now.", body = EditionEnvelope)))]
#[patch("/api/editions/{lang}")]
pub(crate) async fn update_edition(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::UpdateEdition)?;
    let starts = call.must_start_from()?;
    let content = call.content(payload, PATCH).await?;
    let (lang, view) = (lang_of(&call)?, view_of(&call));
    call.write(writer, "", move |tx, writer| {
        let before = found(tx.conn(), &lang)?;
        starts.check(before.version)?;
        let mut whole = written(&before.content);
        merge(&mut whole, content.object);
        save(tx, writer, &view, &lang, whole)
    })
    .await
}

/// Delete an edition
///
/// Only one that holds nothing; else 409 tells which sections and articles are in it.
#[utoipa::path(tag = "editions", params(("lang" = String, Path, description = "Language tag (BCP 47).", example = "en"), IfMatchParams),
    responses((status = 204, description = "It is gone.")))]
#[delete("/api/editions/{lang}")]
pub(crate) async fn delete_edition(call: Call, access: Access) -> Answer {
    let writer = access.may(Operation::DeleteEdition)?;
    let starts = call.must_start_from()?;
    let lang = lang_of(&call)?;
    call.write(writer, "", move |tx, writer| {
        let before = found(tx.conn(), &lang)?;
        starts.check(before.version)?;
        check_limits(writer, &lang)?;
        editions::delete_edition(tx, &before)?;
        record(tx, writer, "edition", &lang, None);
        Ok(no_content())
    })
    .await
}

fn lang_of(call: &Call) -> Result<LanguageTag, Problem> {
    call.require_no_query()?;
    let lang = LanguageTag::parse(&call.segment("lang"));
    lang.map_err(|invalid| Problem::new(Code::MalformedUrl, invalid.detail))
}

fn view_of(call: &Call) -> View {
    View::of_taxonomy(call, Shape::read(&mut call.query(&[]), &SHAPE))
}

fn found(conn: &mut Conn, lang: &LanguageTag) -> Result<Edition, Problem> {
    find_edition(conn, lang)?.ok_or_else(|| Problem::not_found("edition"))
}

fn exists(lang: &LanguageTag) -> Problem {
    let detail = format!("the edition {lang} is there already");
    Problem::new(Code::PreconditionFailed, detail)
}

fn missing(lang: &LanguageTag) -> Problem {
    let detail = format!("there is no edition {lang} that If-Match could name");
    Problem::new(Code::PreconditionFailed, detail)
}

fn check_limits(writer: &Writer, lang: &LanguageTag) -> Result<(), Problem> {
    if writer.grant.limits.allow(lang, &[], None) {
        return Ok(());
    }
    let detail = "this key's limits do not include this edition";
    Err(Problem::new(Code::Forbidden, detail))
}

fn save(
    tx: &mut Commit<'_>,
    writer: &Writer,
    view: &View,
    lang: &LanguageTag,
    object: Map<String, Value>,
) -> Result<Reply, Problem> {
    check_limits(writer, lang)?;
    let content = read(object, lang).map_err(Problem::invalid_content)?;
    editions::save_edition(tx, content)?;
    let (found, now) = (get_edition(tx.conn(), lang)?, tx.now());
    let reply = represent_one(view, "edition", (found, Some(now)))?;
    record(tx, writer, "edition", lang, reply.version);
    Ok(reply)
}

/// Reads an edition; what is not named is as the language has it.
///
/// # Errors
/// Every field that is unknown or not what it should be.
fn read(map: Map<String, Value>, lang: &LanguageTag) -> Result<EditionContent, Vec<Fault>> {
    let mut fields = Fields::new(map);
    let own = EditionContent::of_language(lang.clone());
    if fields.is_null("lang") {
        fields.refuse("lang", Invalid::new("wrong_type", "this is a language tag"));
    }
    let named = fields.parsed("lang", LanguageTag::parse);
    if named.is_some_and(|named| named != *lang) {
        let detail = format!("the address names the edition {lang}");
        fields.refuse("lang", Invalid::new("fixed", detail));
    }
    let direction = fields.word("direction", "ltr, rtl", text::word);
    let home_path = fields.parsed("home_path", home_path);
    let mut text = |name, own| fields.text(name, text::NAME_MAX).unwrap_or(own);
    let content = EditionContent {
        name: text("name", own.name),
        site_name: text("site_name", own.site_name),
        home_label: text("home_label", own.home_label),
        home_path: home_path.unwrap_or(own.home_path),
        time_zone: fields.parsed("time_zone", zone).unwrap_or(own.time_zone),
        direction: direction.unwrap_or(own.direction),
        contact: contact(&mut fields),
        copyright: fields.text("copyright", text::NOTE_MAX),
        navigation: fields.objects("navigation", link),
        url_template: fields.parsed("url_template", UrlTemplate::parse),
        lang: own.lang,
    };
    fields.finish().map(|()| content)
}

fn zone(text: &str) -> Result<Tz, Invalid> {
    let detail = "a time zone is one of IANA's names, such as Europe/Paris";
    text.parse()
        .map_err(|_| Invalid::new("unknown_time_zone", detail))
}

fn contact(fields: &mut Fields) -> Contact {
    let Some(mut object) = fields.object("contact") else {
        return Contact::default();
    };
    if object.is_null("phones") {
        object.refuse("phones", Invalid::new("wrong_type", "this is an array"));
    }
    let contact = Contact {
        phones: object.objects("phones", phone),
        email: object.text("email", text::NAME_MAX),
        address: object.text("address", text::NOTE_MAX),
    };
    fields.close(object);
    contact
}

fn phone(fields: &mut Fields) -> Option<Phone> {
    let label = fields.text("label", text::NAME_MAX);
    let number = fields.required("number", text::NAME_MAX)?;
    Some(Phone { label, number })
}

fn link(fields: &mut Fields) -> Option<NavigationLink> {
    let label = fields.required("label", text::NAME_MAX);
    let url = fields.address("url");
    if url.is_none() && !fields.is_refused("url") {
        fields.refuse("url", Invalid::new("required", "url is required"));
    }
    Some(NavigationLink {
        label: label?,
        url: url?,
    })
}

/// An edition in the form that it is written in, every field named.
fn written(content: &EditionContent) -> Map<String, Value> {
    let form = json!({
        "lang": content.lang,
        "name": content.name,
        "site_name": content.site_name,
        "home_label": content.home_label,
        "home_path": content.home_path,
        "time_zone": content.time_zone.name(),
        "direction": content.direction,
        "contact": content.contact,
        "copyright": content.copyright,
        "navigation": content.navigation,
        "url_template": content.url_template.as_ref().map(UrlTemplate::as_str),
    });
    match form {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A path of the site: front ends make links of it.
fn home_path(text: &str) -> Result<String, Invalid> {
    let path = text::clean(text, text::NAME_MAX)?;
    let rooted = path.starts_with('/') && !path.starts_with("//");
    if rooted && !path.contains(['\\', '\t', '\n', ' ']) {
        return Ok(path);
    }
    let detail = "home_path is a path of the site, such as /en";
    Err(Invalid::new("invalid_path", detail))
}
