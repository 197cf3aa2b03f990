//! The lines of everything but articles.

use chrono_tz::Tz;
use serde_json::{Map, Value};

use crate::domain::article::{ArticleContent, Details};
use crate::domain::body::Body;
use crate::domain::edition::{Contact, NavigationLink, Phone, home_path};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::medium::{FocalPoint, MediaFile, MediumContent};
use crate::domain::slug::Slug;
use crate::domain::text;
use crate::domain::url_template::{PageKind, UrlTemplate, UrlTemplates};
use crate::import::record::{
    ArticleKey, AuthorRecord, EditionRecord, Finding, MediumRecord, RedirectRecord, RedirectTarget,
    RevisionRecord, SectionRecord, SourceRecord, TagRecord,
};

use super::article::{self, KEY_MAX};
use super::fields::Fields;
use super::parts;

pub(super) fn edition(fields: &mut Fields<'_>) -> Result<EditionRecord, Finding> {
    let lang = fields.language("lang");
    Ok(EditionRecord {
        lang: lang.ok_or_else(|| fields.missing("lang"))?,
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
        history: parts::history(fields),
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
    let written = fields.required("path", 20 * Slug::MAX)?;
    let step = |step| {
        let decoded = text::percent_decoded(step);
        Slug::from_text(decoded.as_deref().unwrap_or(step))
    };
    let steps = written.split('/').filter(|step| !step.trim().is_empty());
    let path: Vec<Slug> = steps.map(step).collect();
    let last = path.last().ok_or_else(|| fields.missing("path"))?;
    let name = fields.text("name", text::NAME_MAX);
    let position = fields.number("position", 0, i64::from(i32::MAX));
    Ok(SectionRecord {
        id: fields.id("id"),
        lang: article::language(fields, lang)?,
        name: name.unwrap_or_else(|| last.to_string()),
        path,
        description: fields.text("description", text::NOTE_MAX),
        position: position.and_then(|position| i32::try_from(position).ok()),
        translation_key: fields.text("translation_key", KEY_MAX),
        group: fields.id("group"),
        history: parts::history(fields),
    })
}

pub(super) fn author(fields: &mut Fields<'_>) -> Result<AuthorRecord, Finding> {
    Ok(AuthorRecord {
        id: fields.id("id"),
        name: fields.required("name", text::NAME_MAX)?,
        slug: slug(fields),
        names: parts::names(fields),
        bio: fields.text("bio", text::NOTE_MAX),
        affiliation: fields.text("affiliation", text::NAME_MAX),
        url: fields.address("url"),
        history: parts::history(fields),
    })
}

pub(super) fn source(fields: &mut Fields<'_>) -> Result<SourceRecord, Finding> {
    Ok(SourceRecord {
        id: fields.id("id"),
        name: fields.required("name", text::NAME_MAX)?,
        slug: slug(fields),
        names: parts::names(fields),
        kind: fields.text("kind", text::NAME_MAX),
        url: fields.address("url"),
        rights: parts::rights(fields),
        history: parts::history(fields),
    })
}

pub(super) fn tag(fields: &mut Fields<'_>) -> Result<TagRecord, Finding> {
    let slug = slug(fields);
    let name = match (fields.text("name", text::NAME_MAX), &slug) {
        (Some(name), _) => name,
        (None, Some(slug)) => slug.to_string(),
        (None, None) => return Err(fields.missing("name")),
    };
    Ok(TagRecord {
        id: fields.id("id"),
        slug,
        name,
        names: parts::names(fields),
        history: parts::history(fields),
    })
}

/// An uploaded picture as an export writes it. Its bytes are not in the line: they are in the storage, under its file's id.
pub(super) fn medium(fields: &mut Fields<'_>) -> Result<MediumRecord, Finding> {
    let file = fields.object("file").map(Value::Object);
    let file: MediaFile = file
        .map(serde_json::from_value)
        .transpose()
        .map_err(|problem| Finding::at("/file", "invalid_file", problem.to_string()))?
        .ok_or_else(|| fields.missing("file"))?;
    if !file.is_sound() {
        let detail = "the file is not as an export writes it";
        return Err(Finding::at("/file", "invalid_file", detail));
    }
    let id = fields.id("id").ok_or_else(|| fields.missing("id"))?;
    Ok(MediumRecord {
        id,
        name: fields.text("name", text::NAME_MAX),
        content: MediumContent {
            alt: parts::by_language(fields, "alt", text::NOTE_MAX),
            caption: parts::by_language(fields, "caption", text::NOTE_MAX),
            credit: parts::by_language(fields, "credit", text::NOTE_MAX),
            focal_point: focal_point(fields),
        },
        file,
        history: parts::history(fields),
        created_by: fields.id("created_by"),
    })
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
    let decoded = text::percent_decoded(&written);
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
    if kind.is_none() && fields.is_unread("kind") {
        return Err(fields.missing("kind"));
    }
    let slug = article::key(fields, "slug").ok_or_else(|| fields.missing("slug"))?;
    let public = fields.boolean("public").unwrap_or(true);
    let Some(kind) = kind.flatten() else {
        let lang = article::language(fields, lang)?;
        return Ok(RedirectRecord {
            lang: lang.to_string(),
            slug,
            target: RedirectTarget::Article(lang, article_key(fields)?),
            public,
        });
    };
    let lang = match kind {
        "section" => article::language(fields, lang)?.to_string(),
        _ => String::new(),
    };
    let target = fields
        .id("target")
        .ok_or_else(|| fields.missing("target"))?;
    Ok(RedirectRecord {
        lang,
        slug,
        target: RedirectTarget::Other(kind, target),
        public,
    })
}

fn article_key(fields: &mut Fields<'_>) -> Result<ArticleKey, Finding> {
    let key = article::key(fields, "article").ok_or_else(|| fields.missing("article"))?;
    Ok(Id::parse(&key).map_or(ArticleKey::External(key), ArticleKey::Own))
}

/// A version: its `snapshot` is what it consisted of, and is absent for the version that the article is at.
pub(super) fn revision(fields: &mut Fields<'_>) -> Result<RevisionRecord, Finding> {
    let article = article_key(fields)?;
    let version = parts::version(fields).ok_or_else(|| fields.missing("version"))?;
    let at = fields.instant("at");
    if at.is_none() {
        fields.note(
            "at",
            "no_date",
            "no time is given: it is that of the article's last change",
        );
    }
    let actor = fields.text("actor", text::NAME_MAX);
    let content = match fields.value("snapshot") {
        None => None,
        Some(Value::Object(map)) => Some(content(fields, map)?),
        Some(other) => {
            fields.wrong_type("snapshot", "an object", other);
            return Err(fields.missing("snapshot"));
        }
    };
    Ok(RevisionRecord {
        article,
        version,
        at,
        actor: actor.unwrap_or_default(),
        content,
    })
}

/// The fields of a snapshot without which there is no version.
const SNAPSHOT_NEEDS: [&str; 7] = ["work", "lang", "slug", "title", "status", "details", "body"];

/// The file may have been edited since it was exported, so the body is sanitised as any other.
fn content(
    fields: &mut Fields<'_>,
    snapshot: Map<String, Value>,
) -> Result<ArticleContent, Finding> {
    let parsed: Result<ArticleContent, _> = serde_json::from_value(Value::Object(snapshot.clone()));
    let mut content = match parsed {
        Ok(content) => content,
        Err(_) => readable_content(fields, snapshot)?,
    };
    let body = Body::from_html(&content.body)
        .map_err(|refused| Finding::at("/snapshot/body", "invalid_body", refused.to_string()))?;
    content.body = body.into_html();
    Ok(content)
}

/// The most fields of a snapshot that are read one by one.
const SNAPSHOT_FIELDS: usize = 100;

/// What can be read of a snapshot: each field that cannot is left out.
fn readable_content(
    fields: &mut Fields<'_>,
    mut snapshot: Map<String, Value>,
) -> Result<ArticleContent, Finding> {
    if snapshot.len() > SNAPSHOT_FIELDS {
        let detail = format!("a snapshot has at most {SNAPSHOT_FIELDS} fields");
        return Err(Finding::at("/snapshot", "invalid_snapshot", detail));
    }
    let details = snapshot
        .entry("details")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(map) = details {
        let parts = std::mem::take(map)
            .into_iter()
            .take(SNAPSHOT_FIELDS)
            .collect();
        *map = readable(fields, "snapshot/details", &Map::new(), parts, |details| {
            serde_json::from_value::<Details>(details).err()
        });
    }
    let needed = snapshot
        .iter()
        .filter(|(name, _)| SNAPSHOT_NEEDS.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let invalid = |problem: serde_json::Error| {
        Finding::at("/snapshot", "invalid_snapshot", problem.to_string())
    };
    let check = |content| serde_json::from_value::<ArticleContent>(content).err();
    if let Some(problem) = check(Value::Object(Map::clone(&needed))) {
        return Err(invalid(problem));
    }
    let whole = readable(fields, "snapshot", &needed, snapshot, check);
    serde_json::from_value(Value::Object(whole)).map_err(invalid)
}

/// The fields of an object that can be read, each together with those that it needs.
fn readable(
    fields: &mut Fields<'_>,
    place: &str,
    needed: &Map<String, Value>,
    object: Map<String, Value>,
    check: impl Fn(Value) -> Option<serde_json::Error>,
) -> Map<String, Value> {
    let mut found = needed.clone();
    for (name, value) in object {
        if found.contains_key(&name) {
            continue;
        }
        let mut with = needed.clone();
        with.insert(name.clone(), value.clone());
        match check(Value::Object(with)) {
            None => {
                found.insert(name, value);
            }
            Some(problem) => {
                fields.note(
                    &format!("{place}/{name}"),
                    "invalid_value",
                    problem.to_string(),
                );
            }
        }
    }
    found
}
