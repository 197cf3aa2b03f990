//! The operations on editions within a transaction: the one way that single requests and the lines of a bulk share.

use chrono_tz::{TZ_VARIANTS, Tz};
use serde_json::{Map, Value, json};

use crate::domain::edition::{Contact, Edition, EditionContent, NavigationLink, Phone, home_path};
use crate::domain::error::{Fault, Invalid};
use crate::domain::language::LanguageTag;
use crate::domain::nearest::nearest;
use crate::domain::text;
use crate::domain::url_template::{PageKind, UrlTemplate, UrlTemplates};
use crate::http::call::authorized::Writer;
use crate::http::call::write::{StartsFrom, record};
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::request::json_fields::Fields;
use crate::http::request::merge_patch::Edit;
use crate::service::{Commit, editions};
use crate::store::Conn;
use crate::store::editions::find_edition;

/// Writes the edition of a language anew, or makes it where there is none; says whether it is new. A new one starts from
/// no version, one that is there from the version that is named.
pub(crate) fn replace(
    tx: &mut Commit<'_>,
    writer: &Writer,
    lang: &LanguageTag,
    starts: &StartsFrom,
    must_be_new: bool,
    object: Map<String, Value>,
) -> Result<(Edition, bool), Problem> {
    let before = find_edition(tx.conn(), lang)?;
    match &before {
        Some(_) if must_be_new => return Err(exists(lang)),
        Some(before) => starts.check_named(before.version, before.updated_at)?,
        None if starts.is_named() => return Err(missing(lang)),
        None => {}
    }
    Ok((save(tx, writer, lang, object)?, before.is_none()))
}

/// Changes some fields of an edition, where it is at the version that the change starts from.
pub(crate) fn update(
    tx: &mut Commit<'_>,
    writer: &Writer,
    lang: &LanguageTag,
    starts: &StartsFrom,
    patch: Map<String, Value>,
) -> Result<Edition, Problem> {
    let before = found(tx.conn(), lang)?;
    starts.check(before.version, before.updated_at)?;
    let whole = Edit::Update(patch).apply(|| written(&before.content));
    save(tx, writer, lang, whole)
}

/// Takes an edition away, and answers what it was.
pub(crate) fn delete(
    tx: &mut Commit<'_>,
    writer: &Writer,
    lang: &LanguageTag,
    starts: &StartsFrom,
) -> Result<Edition, Problem> {
    let before = found(tx.conn(), lang)?;
    starts.check(before.version, before.updated_at)?;
    check_limits(writer, lang)?;
    editions::delete_edition(tx, &before)?;
    record(tx, writer, "edition", lang, None);
    Ok(before)
}

fn save(
    tx: &mut Commit<'_>,
    writer: &Writer,
    lang: &LanguageTag,
    object: Map<String, Value>,
) -> Result<Edition, Problem> {
    check_limits(writer, lang)?;
    let content = read(object, lang).map_err(Problem::invalid_content)?;
    editions::save_edition(tx, content)?;
    let edition = found(tx.conn(), lang)?;
    record(tx, writer, "edition", lang, Some(edition.version));
    Ok(edition)
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

/// Reads an edition; what is not named is as the language has it.
///
/// # Errors
/// Every field that is unknown or not what it should be.
fn read(map: Map<String, Value>, lang: &LanguageTag) -> Result<EditionContent, Vec<Fault>> {
    let mut fields = Fields::new(map);
    let own = EditionContent::of_language(lang.clone());
    if fields.is_null("lang") {
        fields.refuse(
            "lang",
            Invalid::new("wrong_type", "this must be a language tag"),
        );
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
        url_templates: url_templates(&mut fields),
        lang: own.lang,
    };
    fields.finish().map(|()| content)
}

fn url_templates(fields: &mut Fields) -> UrlTemplates {
    let mut templates = UrlTemplates::default();
    for kind in PageKind::ALL {
        let parse = |text: &str| UrlTemplate::parse(kind, text);
        if let Some(template) = fields.parsed(kind.field(), parse) {
            templates.set(kind, template);
        }
    }
    templates
}

fn zone(text: &str) -> Result<Tz, Invalid> {
    text.parse().map_err(|_| {
        let near = nearest_zone(text);
        let hint = near.map_or("such as Europe/Paris".to_owned(), |zone| {
            format!("{} is the nearest", zone.name())
        });
        let detail = format!("a time zone is one of IANA's names; {hint}");
        Invalid::new("unknown_time_zone", detail)
    })
}

/// The zone of that name in other letters, of that place, or within two letters.
fn nearest_zone(text: &str) -> Option<Tz> {
    /// Nobody could have meant a longer one.
    const LONGEST: usize = 40;
    if text.len() > LONGEST {
        return None;
    }
    let plain = |name: &str| name.to_lowercase().replace([' ', '-'], "_");
    let asked = plain(text);
    let place = |zone: &&Tz| plain(zone.name()).rsplit('/').next() == Some(asked.as_str());
    let mut zones = TZ_VARIANTS.iter();
    let same = zones.find(|zone| plain(zone.name()) == asked);
    let same = same.or_else(|| TZ_VARIANTS.iter().find(place)).copied();
    same.or_else(|| {
        let near = nearest(text, TZ_VARIANTS.iter().map(|zone| zone.name()))?;
        near.parse().ok()
    })
}

fn contact(fields: &mut Fields) -> Contact {
    let Some(mut object) = fields.object("contact") else {
        return Contact::default();
    };
    if object.is_null("phones") {
        object.refuse(
            "phones",
            Invalid::new("wrong_type", "this must be an array"),
        );
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
    let mut form = json!({
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
    });
    for kind in PageKind::ALL {
        form[kind.field()] = json!(content.url_templates.text(kind));
    }
    match form {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
