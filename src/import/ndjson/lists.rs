//! The lists of an article line: people, sections and tags.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::domain::article::Credit;
use crate::domain::id::Id;
use crate::domain::slug::Slug;
use crate::domain::tag::spelling_key;
use crate::domain::text;
use crate::import::record::{ArticleRecord, Named};

use super::fields::Fields;

/// Role of somebody who did something that the record does not say.
const UNSTATED_ROLE: &str = "contributor";

pub(super) fn read(article: &mut ArticleRecord, fields: &mut Fields<'_>) {
    article.authors = fields.names("authors");
    article.editors = fields.names("editors");
    article.translators = fields.names("translators");
    for name in ["contributors", "credits"] {
        read_contributors(article, fields, name);
    }
    article.editors = fields.limited("editors", once(std::mem::take(&mut article.editors)));
    article.translators = fields.limited(
        "translators",
        once(std::mem::take(&mut article.translators)),
    );
    article.credits = fields.limited("credits", std::mem::take(&mut article.credits));
    read_section(article, fields);
    article.tags = tags(fields);
}

/// `contributors` names people in any role; `credits`, as the API has them, those in other roles.
fn read_contributors(article: &mut ArticleRecord, fields: &mut Fields<'_>, name: &'static str) {
    for (place, map) in fields.objects(name) {
        let written = map.clone();
        match contributor(fields, map, name, &place) {
            (Some(credit), complete) => {
                if name == "credits" {
                    article.credits.push(credit);
                } else {
                    add_contributor(article, credit);
                }
                if !complete {
                    fields.keep_item(name, Value::Object(written));
                }
            }
            (None, _) => {
                fields.note(&place, "no_name", "names nobody; it is kept in extra");
                fields.keep_item(name, Value::Object(written));
            }
        }
    }
}

/// A contributor, and whether role and name are all that the record says of them.
fn contributor(
    fields: &mut Fields<'_>,
    map: Map<String, Value>,
    list: &str,
    place: &str,
) -> (Option<Credit>, bool) {
    let mut child = fields.child(map, place);
    let role = child.text("role", text::NAME_MAX);
    let name = child.text("name", text::NAME_MAX);
    let rest = child.rest();
    let complete = rest.unknown.is_empty() && rest.extra.is_empty();
    fields.unknown(list, &rest);
    if role.is_none() && name.is_some() {
        let detail = format!("no role is given: {UNSTATED_ROLE}");
        fields.note(place, "no_role", detail);
    }
    let credit = name.map(|name| Credit {
        role: role.unwrap_or_else(|| UNSTATED_ROLE.to_owned()),
        name,
    });
    (credit, complete)
}

fn add_contributor(article: &mut ArticleRecord, credit: Credit) {
    let people = match credit.role.to_ascii_lowercase().as_str() {
        "editor" => &mut article.editors,
        "translator" => &mut article.translators,
        _ => return article.credits.push(credit),
    };
    people.push(Named::from(text::fold_name(&credit.name)));
}

fn once(named: Vec<Named>) -> Vec<Named> {
    let mut seen = HashSet::new();
    let is_new = |one: &Named| seen.insert(one.clone());
    named.into_iter().filter(is_new).collect()
}

/// `section_path` names the steps; `section`, as the API has it, is a path or an id, or both in an object. A path in one
/// string is taken apart at its slashes.
fn read_section(article: &mut ArticleRecord, fields: &mut Fields<'_>) {
    match fields.value("section") {
        None => {}
        Some(Value::Object(map)) => {
            let mut child = fields.child(map, "section");
            article.section = child.id("id");
            let path = child.text("path", 2_000);
            let name = child.text("name", text::NAME_MAX);
            let rest = child.rest();
            fields.keep_rest("section", rest);
            article.section_path = steps(fields, "section", &path.or(name).unwrap_or_default());
        }
        Some(Value::String(path)) => match Id::parse(path.trim()) {
            Ok(id) => article.section = Some(id),
            Err(_) => article.section_path = steps(fields, "section", &path),
        },
        Some(other) => fields.wrong_type("section", "a path or an id", other),
    }
    let path = match fields.value("section_path") {
        None => return,
        Some(Value::String(path)) => steps(fields, "section_path", &path),
        Some(other) => {
            fields.put_back("section_path", other);
            let names = fields.names("section_path");
            names.into_iter().map(|named| named.name).collect()
        }
    };
    article.section_path = path;
}

fn steps(fields: &mut Fields<'_>, name: &str, path: &str) -> Vec<String> {
    let mut steps = Vec::new();
    for step in path.split('/').filter(|step| !step.trim().is_empty()) {
        let named = fields.named(name, Value::from(step));
        steps.extend(named.map(|named| named.name));
    }
    fields.limited(name, steps)
}

/// Each once; another spelling of a tag that was named is noted.
fn tags(fields: &mut Fields<'_>) -> Vec<Named> {
    let mut tags: Vec<Named> = Vec::new();
    let mut seen = HashMap::new();
    for (place, item) in fields.items("tags") {
        // A tag is kept as it is written; only to be compared are names folded.
        let written = item.as_str().map(str::trim).map(str::to_owned);
        let Some(mut tag) = fields.named(&place, item) else {
            continue;
        };
        if let Some(written) = written.filter(|written| text::fold_name(written) == tag.name) {
            tag.name = written;
        }
        let spelling = match (&tag.name, &tag.slug, &tag.id) {
            (name, Some(slug), _) if name.is_empty() => slug.clone(),
            (name, None, Some(id)) if name.is_empty() => id.to_string(),
            (name, ..) => spelling_key(name),
        };
        match seen.get(&spelling) {
            None => {
                seen.insert(spelling, tags.len());
                tags.push(tag);
            }
            Some(first) if tags[*first] != tag => {
                let detail = format!("{} is one tag with {}", tag.name, tags[*first].name);
                fields.note(&place, "tag_merged", detail);
            }
            Some(_) => {}
        }
    }
    fields.limited("tags", tags)
}

/// Takes tags that have the form of a slug for slugs: lines of an export and answers of the API name tags by these.
pub(super) fn take_for_slugs(tags: &mut [Named]) {
    for tag in tags.iter_mut().filter(|tag| tag.slug.is_none()) {
        if Slug::parse(&tag.name).is_ok_and(|slug| slug.as_str() == tag.name) {
            tag.slug = Some(tag.name.clone());
        }
    }
}
