//! The operations on sections within a transaction: the one way that single requests and the lines of a bulk share.

use serde_json::{Map, Value, json};

use crate::domain::error::Fault;
use crate::domain::id::Id;
use crate::domain::input::SectionInput;
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::domain::section::Section;
use crate::domain::slug::Slug;
use crate::domain::text;
use crate::http::call::authorized::Writer;
use crate::http::call::write::{StartsFrom, record};
use crate::http::error::Problem;
use crate::http::request::json_fields::Fields;
use crate::http::request::merge_patch::Edit;
use crate::service::{Commit, branches};
use crate::store::{Conn, sections};

/// The section that a write means: by its id, or by a path in one edition, or in any.
#[derive(Debug, Clone)]
pub(crate) struct MeantSection {
    pub(crate) reference: Reference,
    pub(crate) lang: Option<LanguageTag>,
    pub(crate) default_lang: LanguageTag,
}

impl MeantSection {
    /// The section; a path that it had leads to it too.
    fn find(&self, conn: &mut Conn) -> Result<Section, Problem> {
        let lang = self.lang.as_ref();
        let found = sections::find_section(conn, &self.reference, lang, &self.default_lang)?;
        found.ok_or_else(|| Problem::not_found("section"))
    }
}

/// Makes a section.
pub(crate) fn create(
    tx: &mut Commit<'_>,
    writer: &Writer,
    object: Map<String, Value>,
) -> Result<Section, Problem> {
    let input = read(object).map_err(Problem::invalid_content)?;
    let section = branches::create_section(tx, &writer.grant.limits, input)?;
    written_now(tx, writer, section.id)
}

/// Changes the section that is meant, where it is at the version that the change starts from.
pub(crate) fn rewrite(
    tx: &mut Commit<'_>,
    writer: &Writer,
    meant: &MeantSection,
    starts: &StartsFrom,
    edit: Edit,
) -> Result<Section, Problem> {
    let before = meant.find(tx.conn())?;
    starts.check(before.version, before.updated_at)?;
    let object = edit.apply(|| written(&before));
    let input = read(object).map_err(Problem::invalid_content)?;
    branches::replace_section(tx, &writer.grant.limits, &before, input)?;
    written_now(tx, writer, before.id)
}

/// Takes the section away that is meant, and answers what it was.
pub(crate) fn delete(
    tx: &mut Commit<'_>,
    writer: &Writer,
    meant: &MeantSection,
    starts: &StartsFrom,
) -> Result<Section, Problem> {
    let before = meant.find(tx.conn())?;
    starts.check(before.version, before.updated_at)?;
    branches::delete_section(tx, &writer.grant.limits, &before)?;
    record(tx, writer, "section", before.id, None);
    Ok(before)
}

/// A section as it is after a write, which goes into the audit.
fn written_now(tx: &mut Commit<'_>, writer: &Writer, id: Id) -> Result<Section, Problem> {
    let section = sections::sections_by_ids(tx.conn(), &[id])?.pop();
    let section = section.ok_or_else(|| Problem::not_found("section"))?;
    record(tx, writer, "section", id, Some(section.version));
    Ok(section)
}

/// Reads a section.
///
/// # Errors
/// Every field that is missing, unknown or not what it should be.
fn read(map: Map<String, Value>) -> Result<SectionInput, Vec<Fault>> {
    let mut fields = Fields::new(map);
    let name = fields.required("name", text::NAME_MAX);
    let position = fields.number("position", 0, i32::MAX.into());
    let input = SectionInput {
        lang: fields.parsed("lang", LanguageTag::parse),
        name: name.unwrap_or_default(),
        slug: fields.parsed("slug", Slug::parse),
        parent: fields.reference("parent"),
        position: position.and_then(|position| i32::try_from(position).ok()),
        description: fields.text("description", text::NOTE_MAX),
        translation_of: fields.given("translation_of", Id::parse),
    };
    fields.finish().map(|()| input)
}

/// A section in the form that it is written in. Without `translation_of`: that stays unless it is named.
fn written(section: &Section) -> Map<String, Value> {
    let content = &section.content;
    let form = json!({
        "lang": content.lang,
        "name": content.name,
        "slug": content.slug,
        "parent": content.parent,
        "position": content.position,
        "description": content.description,
    });
    match form {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
