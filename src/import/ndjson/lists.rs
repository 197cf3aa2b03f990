//! The lists of an article line: people, sections and tags.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::domain::article::Credit;
use crate::domain::slug::Slug;
use crate::domain::text;
use crate::import::record::{ArticleRecord, Finding};

use super::fields::Fields;

/// What somebody is called who did something that the record does not say.
const UNSTATED_ROLE: &str = "contributor";

pub(super) fn read(article: &mut ArticleRecord, fields: &mut Fields<'_>) -> Result<(), Finding> {
    let authors = fields.names("authors")?;
    article.authors = once(authors);
    read_contributors(article, fields)?;
    article.section_path = limited(fields.names("section_path")?, "section_path")?;
    article.tags = tags(fields)?;
    for (names, field) in [
        (&article.authors, "authors"),
        (&article.editors, "contributors"),
        (&article.translators, "contributors"),
    ] {
        within_limit(names.len(), field)?;
    }
    within_limit(article.credits.len(), "contributors")
}

fn read_contributors(article: &mut ArticleRecord, fields: &mut Fields<'_>) -> Result<(), Finding> {
    let mut left = Vec::new();
    for (index, map) in fields.objects("contributors")?.into_iter().enumerate() {
        let place = format!("contributors/{index}");
        let written = map.clone();
        match contributor(fields, map, &place)? {
            (Some(credit), complete) => {
                add_contributor(article, credit);
                if !complete {
                    left.push(Value::Object(written));
                }
            }
            (None, _) => {
                fields.note(&place, "no_name", "names nobody; it is kept in extra");
                left.push(Value::Object(written));
            }
        }
    }
    if !left.is_empty() {
        fields.keep("contributors", Value::Array(left));
    }
    Ok(())
}

/// A contributor, and whether role and name are all that the record says of them.
fn contributor(
    fields: &mut Fields<'_>,
    map: Map<String, Value>,
    place: &str,
) -> Result<(Option<Credit>, bool), Finding> {
    let mut child = fields.child(map, place);
    let role = child.text("role", text::NAME_MAX)?;
    let name = child.text("name", text::NAME_MAX)?;
    let rest = child.rest();
    let complete = rest.unknown.is_empty();
    fields.unknown("contributors", &rest);
    if role.is_none() && name.is_some() {
        let detail = format!("no role is given: {UNSTATED_ROLE}");
        fields.note(place, "no_role", detail);
    }
    let credit = name.map(|name| Credit {
        role: role.unwrap_or_else(|| UNSTATED_ROLE.to_owned()),
        name,
    });
    Ok((credit, complete))
}

fn add_contributor(article: &mut ArticleRecord, credit: Credit) {
    let people = match credit.role.to_ascii_lowercase().as_str() {
        "editor" => &mut article.editors,
        "translator" => &mut article.translators,
        _ => return article.credits.push(credit),
    };
    let name = text::fold_name(&credit.name);
    if !people.contains(&name) {
        people.push(name);
    }
}

/// One by slug, as the publication has them; a second name of one slug is noted.
fn tags(fields: &mut Fields<'_>) -> Result<Vec<String>, Finding> {
    let written = fields.texts("tags", text::NAME_MAX)?;
    let mut tags: Vec<String> = Vec::with_capacity(written.len());
    let mut seen = HashMap::new();
    for tag in written {
        let slug = Slug::from_text(&tag);
        match seen.get(&slug) {
            None => {
                seen.insert(slug, tags.len());
                tags.push(tag);
            }
            Some(first) if tags[*first] != tag => {
                let detail = format!("{tag} is one tag with {}", tags[*first]);
                fields.note("tags", "tag_merged", detail);
            }
            Some(_) => {}
        }
    }
    limited(tags, "tags")
}

fn once(names: Vec<String>) -> Vec<String> {
    let mut once: Vec<String> = Vec::with_capacity(names.len());
    let mut seen = std::collections::HashSet::new();
    once.extend(names.into_iter().filter(|name| seen.insert(name.clone())));
    once
}

fn limited(names: Vec<String>, field: &str) -> Result<Vec<String>, Finding> {
    within_limit(names.len(), field).map(|()| names)
}

fn within_limit(count: usize, field: &str) -> Result<(), Finding> {
    if count <= text::LIST_MAX {
        return Ok(());
    }
    let detail = format!("at most {} of them, not {count}", text::LIST_MAX);
    Err(Finding::at(format!("/{field}"), "too_many", detail))
}
