//! The lines of everything but articles.

use serde_json::{Map, Value};

use super::line::Line;
use crate::domain::author::Author;
use crate::domain::edition::Edition;
use crate::domain::medium::{Medium, MediumSource};
use crate::domain::section::Section;
use crate::domain::source::Source;
use crate::domain::tag::Tag;
use crate::domain::url_template::PageKind;
use crate::store::moved::Moved;
use crate::store::redirects;

pub(super) fn edition_line(edition: &Edition) -> Line {
    let content = &edition.content;
    let line = Line::of("edition")
        .with("lang", &content.lang)
        .with("name", &content.name)
        .with("site_name", &content.site_name)
        .with("home_label", &content.home_label)
        .with("home_path", &content.home_path)
        .with("time_zone", content.time_zone.name())
        .with("direction", content.direction)
        .with("contact", &content.contact)
        .with("copyright", &content.copyright)
        .with("navigation", &content.navigation)
        .with("former_addresses", edition.former.written());
    PageKind::ALL
        .into_iter()
        .fold(line, |line, kind| {
            line.with(kind.field(), content.url_templates.text(kind))
        })
        .stamped(edition.version, edition.created_at, edition.updated_at)
}

pub(super) fn section_line(section: &Section) -> Line {
    let content = &section.content;
    let keyless = content.translation_key.is_none() && section.group != section.id;
    Line::of("section")
        .with("id", section.id)
        .with("lang", &content.lang)
        .with("path", &section.path)
        .with("name", &content.name)
        .with("description", &content.description)
        .with("position", content.position)
        .with("translation_key", &content.translation_key)
        .with("group", keyless.then_some(section.group))
        .stamped(section.version, section.created_at, section.updated_at)
}

pub(super) fn author_line(author: &Author) -> Line {
    let content = &author.content;
    Line::of("author")
        .with("id", author.id)
        .with("slug", &content.slug)
        .with("name", &content.name)
        .with("names", &content.names)
        .with("bio", &content.bio)
        .with("affiliation", &content.affiliation)
        .with("url", &content.url)
        .stamped(author.version, author.created_at, author.updated_at)
}

pub(super) fn source_line(source: &Source) -> Line {
    let content = &source.content;
    Line::of("source")
        .with("id", source.id)
        .with("slug", &content.slug)
        .with("name", &content.name)
        .with("names", &content.names)
        .with("kind", &content.kind)
        .with("url", &content.url)
        .with("rights", &content.rights)
        .stamped(source.version, source.created_at, source.updated_at)
}

pub(super) fn tag_line(tag: &Tag) -> Line {
    let content = &tag.content;
    Line::of("tag")
        .with("id", tag.id)
        .with("slug", &content.slug)
        .with("name", &content.name)
        .with("names", &content.names)
        .stamped(tag.version, tag.created_at, tag.updated_at)
}

/// The bytes are not in the line: they are in the storage, in the folder that the file's id names.
pub(super) fn medium_line((medium, sources): &(Medium, Vec<MediumSource>)) -> Line {
    let content = &medium.content;
    let sources: Vec<_> = sources.iter().map(source_of_medium).collect();
    Line::of("medium")
        .with("id", medium.id)
        .with("name", &medium.name)
        .with("alt", &content.alt)
        .with("caption", &content.caption)
        .with("credit", &content.credit)
        .with("focal_point", content.focal_point)
        .with("file", &medium.file)
        .with("sources", sources)
        .stamped(medium.version, medium.created_at, medium.updated_at)
        .with("created_by", medium.created_by)
}

fn source_of_medium(source: &MediumSource) -> Map<String, Value> {
    let line = Line(Map::new());
    line.with("url", &source.url)
        .with("etag", &source.validators.etag)
        .with("last_modified", &source.validators.last_modified)
        .with("fetched_at", source.fetched_at)
        .0
}

pub(super) fn redirect_line((lang, slug, article, public): &redirects::Redirect) -> Line {
    Line::of("redirect")
        .with("lang", lang)
        .with("slug", slug)
        .with("article", article)
        .with("public", (!public).then_some(false))
}

pub(super) fn moved_line(moved: &Moved) -> Line {
    Line::of("redirect")
        .with("kind", &moved.kind)
        .with("lang", &moved.lang)
        .with("slug", &moved.slug)
        .with("target", moved.target_id)
        .with("public", (!moved.public).then_some(false))
}
