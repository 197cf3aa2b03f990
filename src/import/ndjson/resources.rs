//! The lines of everything but articles.

use chrono_tz::Tz;
use serde_json::Value;

use crate::domain::edition::{Contact, NavigationLink, Phone, home_path};
use crate::domain::former_addresses::FormerAddresses;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::medium::{FocalPoint, MediaFile, MediumContent, MediumSource, Validators};
use crate::domain::slug::Slug;
use crate::domain::text;
use crate::domain::time::Timestamp;
use crate::domain::url_template::{PageKind, UrlTemplate, UrlTemplates};
use crate::import::record::{
    AuthorRecord, EditionRecord, Finding, MediumRecord, RedirectRecord, RedirectTarget,
    SectionRecord, SourceRecord, TagRecord,
};

use super::article::{self, KEY_MAX};
use super::fields::Fields;
use super::{parts, revision};

pub(super) fn edition(fields: &mut Fields<'_>) -> Result<EditionRecord, Finding> {
    let lang = fields.language("lang");
    let lang = fields.needed("lang", lang);
    Ok(EditionRecord {
        name: fields.text("name", text::NAME_MAX),
        site_name: fields.text("site_name", text::NAME_MAX),
        home_label: fields.text("home_label", text::NAME_MAX),
        home_path: fields.parsed("home_path", home_path),
        time_zone: fields.word("time_zone", "IANA's names, such as Europe/Paris", zone),
        direction: fields.word("direction", "ltr, rtl", text::word),
        contact: contact(fields),
        copyright: fields.text("copyright", text::NOTE_MAX),
        navigation: navigation(fields),
        url_templates: url_templates(fields),
        former: former_addresses(fields),
        history: parts::history(fields),
        lang: fields.given(lang)?,
    })
}

fn url_templates(fields: &mut Fields<'_>) -> UrlTemplates {
    let mut templates = UrlTemplates::default();
    for kind in PageKind::ALL {
        let template = fields.parsed(kind.field(), |text| UrlTemplate::parse(kind, text));
        if let Some(template) = template {
            templates.set(kind, template);
        }
    }
    templates
}

fn former_addresses(fields: &mut Fields<'_>) -> FormerAddresses {
    let Some(written) = fields.object("former_addresses") else {
        return FormerAddresses::default();
    };
    match serde_json::from_value(Value::Object(written)) {
        Ok(written) => FormerAddresses::read(&written),
        Err(problem) => {
            let detail = format!("lists of addresses by field: {problem}; it is left out");
            fields.note("former_addresses", "invalid_value", detail);
            FormerAddresses::default()
        }
    }
}

fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

fn contact(fields: &mut Fields<'_>) -> Option<Contact> {
    let map = fields.object("contact")?;
    let mut child = fields.child(map, "contact");
    let mut phones = Vec::new();
    for (place, map) in child.objects("phones") {
        let mut phone = child.child(map, &place);
        let label = phone.text("label", text::NAME_MAX);
        let number = phone.text("number", text::NAME_MAX);
        if number.is_none() {
            phone.note("number", "required", "a phone without a number is left out");
        }
        phones.extend(number.map(|number| Phone { label, number }));
        phone.drop_rest();
    }
    let contact = Contact {
        phones: child.limited("phones", phones),
        email: child.text("email", text::NAME_MAX),
        address: child.text("address", text::NOTE_MAX),
    };
    child.drop_rest();
    Some(contact)
}

fn navigation(fields: &mut Fields<'_>) -> Vec<NavigationLink> {
    let mut links = Vec::new();
    for (place, map) in fields.objects("navigation") {
        let mut link = fields.child(map, &place);
        let label = link.text("label", text::NAME_MAX);
        let url = link.address("url");
        if label.is_none() || url.is_none() {
            let detail = "a link without a label and an address is left out";
            link.note("label", "required", detail);
        }
        links.extend(
            label
                .zip(url)
                .map(|(label, url)| NavigationLink { label, url }),
        );
        link.drop_rest();
    }
    fields.limited("navigation", links)
}

pub(super) fn section(
    fields: &mut Fields<'_>,
    lang: Option<&LanguageTag>,
) -> Result<SectionRecord, Finding> {
    let named = fields.text("name", text::NAME_MAX);
    let path = path(fields, named.as_deref());
    let parent = parent(fields).filter(|_| !path.as_ref().is_some_and(|path| path.1));
    let path = path.map(|(path, _)| path);
    let name = named.or_else(|| Some(path.as_ref()?.last()?.to_string()));
    let position = fields.number("position", 0, i64::from(i32::MAX));
    let lang = article::language(fields, lang);
    Ok(SectionRecord {
        id: fields.id("id"),
        description: fields.text("description", text::NOTE_MAX),
        position: position.and_then(|position| i32::try_from(position).ok()),
        translation_key: fields.text("translation_key", KEY_MAX),
        group: fields.id("group"),
        history: parts::history(fields),
        lang: fields.given(lang)?,
        parent,
        path: fields.given(path)?,
        name: fields.given(name)?,
    })
}

/// The steps of a section's path, at least one, and whether they are all of it: a record without a path has the slug of its own
/// step, or a name to make one of.
fn path(fields: &mut Fields<'_>, name: Option<&str>) -> Option<(Vec<Slug>, bool)> {
    let step = |step| {
        let decoded = text::words_decoded(step);
        Slug::from_text(decoded.as_deref().unwrap_or(step))
    };
    let written = fields.text("path", 20 * Slug::MAX).unwrap_or_default();
    let steps = written.split('/').filter(|step| !step.trim().is_empty());
    let path: Vec<Slug> = steps.map(step).collect();
    let own = fields.text("slug", KEY_MAX);
    if !path.is_empty() {
        return Some((path, true));
    }
    let own = own
        .as_deref()
        .or(name)
        .filter(|_| !fields.is_unread("path"));
    fields.needed("path", own.map(|own| (vec![step(own)], false)))
}

/// The section that another lies in: an identity, a path or a slug, or an object with one of these.
fn parent(fields: &mut Fields<'_>) -> Option<String> {
    let id = fields.text("parent_id", KEY_MAX);
    if !matches!(fields.peek("parent"), Some(Value::Object(_))) {
        return id.or_else(|| fields.text("parent", 20 * Slug::MAX));
    }
    let map = fields.object("parent")?;
    let mut named = fields.child(map, "parent");
    let names = ["path", "id", "slug", "name"];
    let found = names.map(|name| named.text(name, 20 * Slug::MAX));
    id.or_else(|| found.into_iter().flatten().next())
}

pub(super) fn author(fields: &mut Fields<'_>) -> Result<AuthorRecord, Finding> {
    let name = fields.required("name", text::NAME_MAX);
    Ok(AuthorRecord {
        id: fields.id("id"),
        slug: slug(fields),
        names: parts::names(fields),
        bio: fields.text("bio", text::NOTE_MAX),
        affiliation: fields.text("affiliation", text::NAME_MAX),
        url: fields.address("url"),
        history: parts::history(fields),
        name: fields.given(name)?,
    })
}

pub(super) fn source(fields: &mut Fields<'_>) -> Result<SourceRecord, Finding> {
    let name = fields.required("name", text::NAME_MAX);
    Ok(SourceRecord {
        id: fields.id("id"),
        slug: slug(fields),
        names: parts::names(fields),
        kind: fields.text("kind", text::NAME_MAX),
        url: fields.address("url"),
        rights: parts::rights(fields),
        history: parts::history(fields),
        name: fields.given(name)?,
    })
}

pub(super) fn tag(fields: &mut Fields<'_>) -> Result<TagRecord, Finding> {
    let slug = slug(fields);
    let named = fields.text("name", text::NAME_MAX);
    let name = fields.needed("name", named.or_else(|| slug.as_ref().map(Slug::to_string)));
    Ok(TagRecord {
        id: fields.id("id"),
        slug,
        names: parts::names(fields),
        history: parts::history(fields),
        name: fields.given(name)?,
    })
}

/// An uploaded picture as an export writes it. Its bytes are not in the line: they are in the storage, under its file's id.
pub(super) fn medium(fields: &mut Fields<'_>) -> Result<MediumRecord, Finding> {
    let file = file(fields);
    let id = fields.id("id");
    let id = fields.needed("id", id);
    let sources = id.map(|id| sources(fields, id)).unwrap_or_default();
    Ok(MediumRecord {
        sources,
        name: fields.text("name", text::NAME_MAX),
        content: MediumContent {
            alt: parts::by_language(fields, "alt", text::NOTE_MAX),
            caption: parts::by_language(fields, "caption", text::NOTE_MAX),
            credit: parts::by_language(fields, "credit", text::NOTE_MAX),
            focal_point: focal_point(fields),
        },
        history: parts::history(fields),
        created_by: fields.id("created_by"),
        id: fields.given(id)?,
        file: fields.given(file)?,
    })
}

/// The addresses that a medium was fetched from.
fn sources(fields: &mut Fields<'_>, medium: Id) -> Vec<MediumSource> {
    let mut sources = Vec::new();
    for (place, map) in fields.objects("sources") {
        let mut child = fields.child(map, &place);
        let url = child.address("url");
        let validators = Validators {
            etag: child.text("etag", text::NOTE_MAX),
            last_modified: child.text("last_modified", text::NOTE_MAX),
        };
        let fetched_at = child.instant("fetched_at");
        child.drop_rest();
        sources.extend(url.map(|url| MediumSource {
            url,
            medium,
            validators,
            fetched_at: fetched_at.unwrap_or(Timestamp::from_millis(0)),
        }));
    }
    sources
}

fn file(fields: &mut Fields<'_>) -> Option<MediaFile> {
    let Some(written) = fields.object("file") else {
        return fields.needed("file", None);
    };
    let detail = match serde_json::from_value::<MediaFile>(Value::Object(written)) {
        Ok(file) if file.is_sound() => return Some(file),
        Ok(_) => "the file is not as an export writes it".to_owned(),
        Err(problem) => problem.to_string(),
    };
    fields.refuse(Finding::at("/file", "invalid_file", detail));
    None
}

fn focal_point(fields: &mut Fields<'_>) -> Option<FocalPoint> {
    let map = fields.object("focal_point")?;
    let part = |name: &str| map.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
    match FocalPoint::new(part("x"), part("y")) {
        Ok(point) => Some(point),
        Err(invalid) => {
            fields.note("focal_point", invalid.code, invalid.detail);
            None
        }
    }
}

/// A slug; text that is none becomes one, percent-encoded text is decoded first, and both are noted.
fn slug(fields: &mut Fields<'_>) -> Option<Slug> {
    let written = fields.text("slug", KEY_MAX)?;
    let decoded = text::words_decoded(&written);
    let slug = Slug::from_text(decoded.as_deref().unwrap_or(&written));
    if slug.as_str() != written {
        fields.note("slug", "slug_changed", format!("{written} became {slug}"));
    }
    Some(slug)
}

/// The kinds of redirect besides those of articles.
const REDIRECTED: [&str; 5] = ["section", "author", "author_name", "source", "tag"];

pub(super) fn redirect(
    fields: &mut Fields<'_>,
    lang: Option<&LanguageTag>,
) -> Result<RedirectRecord, Finding> {
    let words = "article, section, author, author_name, source, tag";
    let kind = fields.word("kind", words, |word| {
        let other = REDIRECTED.into_iter().find(|kind| *kind == word);
        other.map(Some).or((word == "article").then_some(None))
    });
    // A redirect of an unknown kind leads nowhere.
    let is_known = kind.is_some() || !fields.is_unread("kind");
    let kind = fields.needed("kind", is_known.then(|| kind.flatten()));
    let slug = article::key(fields, "slug");
    let slug = fields.needed("slug", slug);
    let public = fields.boolean("public").unwrap_or(true);
    let target = kind.and_then(|kind| target(fields, kind, lang));
    let (lang, target) = fields.given(target)?;
    Ok(RedirectRecord {
        lang,
        slug: fields.given(slug)?,
        target,
        public,
    })
}

/// The language that a redirect's slug is in, empty where slugs have none, and its target; a redirect without a `kind` leads
/// to an article.
fn target(
    fields: &mut Fields<'_>,
    kind: Option<&'static str>,
    lang: Option<&LanguageTag>,
) -> Option<(String, RedirectTarget)> {
    let Some(kind) = kind else {
        let (lang, key) = (
            article::language(fields, lang),
            revision::article_key(fields),
        );
        let to =
            |(lang, key): (LanguageTag, _)| (lang.to_string(), RedirectTarget::Article(lang, key));
        return lang.zip(key).map(to);
    };
    let lang = match kind {
        "section" => article::language(fields, lang).map(|lang| lang.to_string()),
        _ => Some(String::new()),
    };
    let target = fields.id("target");
    let target = fields.needed("target", target);
    lang.zip(target.map(|target| RedirectTarget::Other(kind, target)))
}
