//! The lines of everything but articles.

use chrono_tz::Tz;
use serde_json::Value;

use crate::domain::article::ArticleContent;
use crate::domain::body::Body;
use crate::domain::edition::{Contact, NavigationLink, Phone};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::medium::{FocalPoint, MediaFile, MediumContent, Texts, parse_text};
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
    let lang = fields.language("lang")?;
    Ok(EditionRecord {
        lang: lang.ok_or_else(|| fields.missing("lang"))?,
        name: fields.text("name", text::NAME_MAX)?,
        site_name: fields.text("site_name", text::NAME_MAX)?,
        home_label: fields.text("home_label", text::NAME_MAX)?,
        home_path: fields.text("home_path", text::NAME_MAX)?,
        time_zone: fields.word("time_zone", "IANA's names, such as Europe/Paris", zone)?,
        direction: fields.word("direction", "ltr, rtl", text::word)?,
        contact: contact(fields)?,
        copyright: fields.text("copyright", text::NOTE_MAX)?,
        navigation: navigation(fields)?,
        url_templates: url_templates(fields)?,
        history: parts::history(fields)?,
    })
}

fn url_templates(fields: &mut Fields<'_>) -> Result<UrlTemplates, Finding> {
    let mut templates = UrlTemplates::default();
    for kind in PageKind::ALL {
        let field = kind.field();
        let Some(text) = fields.raw(field)? else {
            continue;
        };
        let template = UrlTemplate::parse(kind, &text)
            .map_err(|invalid| Finding::at(fields.pointer(field), invalid.code, invalid.detail))?;
        templates.set(kind, template);
    }
    Ok(templates)
}

fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

fn contact(fields: &mut Fields<'_>) -> Result<Option<Contact>, Finding> {
    let Some(map) = fields.object("contact")? else {
        return Ok(None);
    };
    let mut child = fields.child(map, "contact");
    let mut phones = Vec::new();
    for (index, map) in child.objects("phones")?.into_iter().enumerate() {
        let mut phone = child.child(map, &format!("phones/{index}"));
        phones.push(Phone {
            label: phone.text("label", text::NAME_MAX)?,
            number: phone.required("number", text::NAME_MAX)?,
        });
        phone.drop_rest();
    }
    let contact = Contact {
        phones,
        email: child.text("email", text::NAME_MAX)?,
        address: child.text("address", text::NOTE_MAX)?,
    };
    child.drop_rest();
    Ok(Some(contact))
}

fn navigation(fields: &mut Fields<'_>) -> Result<Vec<NavigationLink>, Finding> {
    let mut links = Vec::new();
    for (index, map) in fields.objects("navigation")?.into_iter().enumerate() {
        let mut link = fields.child(map, &format!("navigation/{index}"));
        let label = link.required("label", text::NAME_MAX)?;
        let url = link.address("url")?;
        links.extend(url.map(|url| NavigationLink { label, url }));
        link.drop_rest();
    }
    Ok(links)
}

pub(super) fn section(
    fields: &mut Fields<'_>,
    lang: Option<&LanguageTag>,
) -> Result<SectionRecord, Finding> {
    let written = fields.required("path", 20 * Slug::MAX)?;
    let path: Vec<Slug> = written
        .split('/')
        .filter(|step| !step.trim().is_empty())
        .map(Slug::from_text)
        .collect();
    let last = path.last().ok_or_else(|| fields.missing("path"))?;
    let name = fields.text("name", text::NAME_MAX)?;
    let position = fields.number("position")?.map(i32::try_from).transpose();
    Ok(SectionRecord {
        id: fields.id("id")?,
        lang: article::language(fields, lang)?,
        name: name.unwrap_or_else(|| last.to_string()),
        path,
        description: fields.text("description", text::NOTE_MAX)?,
        position: position
            .map_err(|_| Finding::at("/position", "invalid_value", "at most 2147483647"))?,
        translation_key: fields.text("translation_key", KEY_MAX)?,
        group: fields.id("group")?,
        history: parts::history(fields)?,
    })
}

pub(super) fn author(fields: &mut Fields<'_>) -> Result<AuthorRecord, Finding> {
    Ok(AuthorRecord {
        id: fields.id("id")?,
        name: fields.required("name", text::NAME_MAX)?,
        slug: slug(fields)?,
        names: parts::names(fields)?,
        bio: fields.text("bio", text::NOTE_MAX)?,
        affiliation: fields.text("affiliation", text::NAME_MAX)?,
        url: fields.address("url")?,
        history: parts::history(fields)?,
    })
}

pub(super) fn source(fields: &mut Fields<'_>) -> Result<SourceRecord, Finding> {
    Ok(SourceRecord {
        id: fields.id("id")?,
        name: fields.required("name", text::NAME_MAX)?,
        slug: slug(fields)?,
        names: parts::names(fields)?,
        kind: fields.text("kind", text::NAME_MAX)?,
        url: fields.address("url")?,
        rights: parts::rights(fields)?,
        history: parts::history(fields)?,
    })
}

pub(super) fn tag(fields: &mut Fields<'_>) -> Result<TagRecord, Finding> {
    let slug = slug(fields)?;
    let name = match (fields.text("name", text::NAME_MAX)?, &slug) {
        (Some(name), _) => name,
        (None, Some(slug)) => slug.to_string(),
        (None, None) => return Err(fields.missing("name")),
    };
    Ok(TagRecord {
        id: fields.id("id")?,
        slug: slug.unwrap_or_else(|| Slug::from_text(&name)),
        name,
        names: parts::names(fields)?,
        history: parts::history(fields)?,
    })
}

/// An uploaded picture as an export writes it. Its bytes are not in the line: they are in the storage, under its file's id.
pub(super) fn medium(fields: &mut Fields<'_>) -> Result<MediumRecord, Finding> {
    let file = fields.object("file")?.map(Value::Object);
    let file: MediaFile = file
        .map(serde_json::from_value)
        .transpose()
        .map_err(|problem| Finding::at("/file", "invalid_file", problem.to_string()))?
        .ok_or_else(|| fields.missing("file"))?;
    if !file.is_sound() {
        let detail = "the file is not as an export writes it";
        return Err(Finding::at("/file", "invalid_file", detail));
    }
    let id = fields.id("id")?.ok_or_else(|| fields.missing("id"))?;
    Ok(MediumRecord {
        id,
        name: fields.text("name", text::NAME_MAX)?,
        content: MediumContent {
            alt: texts(fields, "alt")?,
            caption: texts(fields, "caption")?,
            credit: texts(fields, "credit")?,
            focal_point: focal_point(fields)?,
        },
        file,
        history: parts::history(fields)?,
        created_by: fields.id("created_by")?,
    })
}

fn texts(fields: &mut Fields<'_>, name: &str) -> Result<Texts, Finding> {
    let mut found = Texts::new();
    for (lang, value) in fields.object(name)?.unwrap_or_default() {
        let place = format!("{name}/{lang}");
        let Value::String(words) = value else {
            return Err(fields.wrong_type(&place, "a string", &value));
        };
        let (lang, words) = parse_text(&lang, &words)
            .map_err(|invalid| Finding::invalid(&fields.pointer(&place), invalid))?;
        found.extend(words.map(|words| (lang, words)));
    }
    Ok(found)
}

fn focal_point(fields: &mut Fields<'_>) -> Result<Option<FocalPoint>, Finding> {
    let Some(map) = fields.object("focal_point")? else {
        return Ok(None);
    };
    let part = |name: &str| map.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let point = FocalPoint::new(part("x"), part("y"));
    point
        .map(Some)
        .map_err(|invalid| Finding::invalid("/focal_point", invalid))
}

/// A slug; text that is none becomes one, and that is noted.
fn slug(fields: &mut Fields<'_>) -> Result<Option<Slug>, Finding> {
    let Some(written) = fields.text("slug", KEY_MAX)? else {
        return Ok(None);
    };
    let slug = Slug::from_text(&written);
    if slug.as_str() != written {
        fields.note("slug", "slug_changed", format!("{written} became {slug}"));
    }
    Ok(Some(slug))
}

/// The kinds of redirect besides those of articles.
const REDIRECTED: [&str; 5] = ["section", "author", "author_name", "source", "tag"];

pub(super) fn redirect(
    fields: &mut Fields<'_>,
    lang: Option<&LanguageTag>,
) -> Result<RedirectRecord, Finding> {
    let kind = fields.word(
        "kind",
        "article, section, author, author_name, source, tag",
        |word| {
            let other = REDIRECTED.into_iter().find(|kind| *kind == word);
            other.map(Some).or((word == "article").then_some(None))
        },
    )?;
    let slug = article::key(fields, "slug")?.ok_or_else(|| fields.missing("slug"))?;
    let Some(kind) = kind.flatten() else {
        let lang = article::language(fields, lang)?;
        return Ok(RedirectRecord {
            lang: lang.to_string(),
            slug,
            target: RedirectTarget::Article(lang, article_key(fields)?),
        });
    };
    let lang = match kind {
        "section" => article::language(fields, lang)?.to_string(),
        _ => String::new(),
    };
    let target = fields
        .id("target")?
        .ok_or_else(|| fields.missing("target"))?;
    Ok(RedirectRecord {
        lang,
        slug,
        target: RedirectTarget::Other(kind, target),
    })
}

fn article_key(fields: &mut Fields<'_>) -> Result<ArticleKey, Finding> {
    let key = article::key(fields, "article")?.ok_or_else(|| fields.missing("article"))?;
    Ok(Id::parse(&key).map_or(ArticleKey::External(key), ArticleKey::Own))
}

/// A version: its `snapshot` is what it consisted of, and is absent for the version that the article is at.
pub(super) fn revision(fields: &mut Fields<'_>) -> Result<RevisionRecord, Finding> {
    let article = article_key(fields)?;
    let version = parts::version(fields)?;
    let at = fields.instant("at")?;
    let actor = fields.text("actor", text::NAME_MAX)?;
    let snapshot = fields.object("snapshot")?.map(Value::Object);
    Ok(RevisionRecord {
        article,
        version: version.ok_or_else(|| fields.missing("version"))?,
        at: at.ok_or_else(|| fields.missing("at"))?,
        actor: actor.unwrap_or_default(),
        content: snapshot.map(content).transpose()?,
    })
}

/// The file may have been edited since it was exported, so the body is sanitised as any other.
fn content(snapshot: Value) -> Result<ArticleContent, Finding> {
    let mut content: ArticleContent = serde_json::from_value(snapshot)
        .map_err(|problem| Finding::at("/snapshot", "invalid_snapshot", problem.to_string()))?;
    let body = Body::from_html(&content.body)
        .map_err(|refused| Finding::at("/snapshot/body", "invalid_body", refused.to_string()))?;
    content.body = body.into_html();
    Ok(content)
}
