//! The marks of an entry by which systems say that it is no article, or none that everybody may read.

use serde_json::{Map, Value};

use crate::import::found::set;
use crate::import::markup;
use crate::import::not_public;
use crate::import::record::Finding;
use crate::import::xml::Element;

/// Dates of publication, the surest first.
pub(super) const DATES: [&str; 8] = [
    "pubDate",
    "published",
    "issued",
    "dcterms:issued",
    "created",
    "dcterms:created",
    "dc:date",
    "prism:publicationDate",
];
/// The scheme by which Blogger and others of its house say what an entry is.
const KIND: &str = "http://schemas.google.com/g/2005#kind";

/// True for the category that says what an entry is.
pub(super) fn is_kind(category: &Element) -> bool {
    category.attribute("scheme") == Some(KIND)
}

/// The kind of an entry that is no article, the reason why it stays out, and if each of the kind is told.
pub(super) fn left_out(entry: &Element) -> Option<(String, &'static str, bool)> {
    if entry.elements().any(is_trashed) {
        return Some(("trash".to_owned(), "what is in the trash stays out", true));
    }
    let kind = kind_of(entry)?;
    let (reason, each) = match kind.as_str() {
        "post" | "blogpost" | "article" => return None,
        "comment" => ("comments stay out", false),
        "template" | "layout" => ("the site's design stays out", false),
        "settings" => ("settings stay out", false),
        _ => ("only posts become articles", true),
    };
    Some((kind, reason, each))
}

/// The words by which a report names an entry.
pub(super) fn name_of(entry: &Element) -> Option<String> {
    let title = entry.text_of("title").map(|title| markup::line(&title));
    let title = title.filter(|title| !title.is_empty());
    title.or_else(|| entry.text_of("id"))
}

fn kind_of(entry: &Element) -> Option<String> {
    let by_category = entry.named("category").find(|category| is_kind(category));
    let by_category = by_category.and_then(|category| category.attribute("term"));
    let by_category = by_category.and_then(|term| term.rsplit('#').next());
    let by_element = || {
        let mut elements = entry.elements();
        let found = elements
            .find(|child| matches!(child.name.as_str(), "blogger:type" | "wp:post_type"))?;
        Some(found.text())
    };
    let kind = by_category.map(str::to_owned).or_else(by_element)?;
    Some(kind.trim().to_lowercase()).filter(|kind| !kind.is_empty())
}

fn is_trashed(child: &Element) -> bool {
    local(child) == "status" && {
        let text = child.text().to_lowercase();
        text.contains("trash") || text.trim() == "deleted"
    }
}

/// The name of an element without its prefix.
fn local(element: &Element) -> &str {
    element
        .name
        .rsplit_once(':')
        .map_or(element.name.as_str(), |(_, local)| local)
}

/// Makes an entry a draft that its system does not show to everybody, whatever vocabulary says so.
pub(super) fn read(fields: &mut Map<String, Value>, notes: &mut Vec<Finding>, entry: &Element) {
    let is_scheduled = entry.elements().any(|child| {
        local(child) == "status"
            && ["scheduled", "future"].contains(&child.text().trim().to_lowercase().as_str())
    });
    let mut marks = entry.elements().filter_map(mark);
    let Some(name) = marks.find(|name| !is_scheduled || !name.ends_with("status")) else {
        if is_scheduled {
            set(fields, "status", "scheduled");
            set(
                fields,
                "publish_at",
                fields.get("published_at").cloned().unwrap_or_default(),
            );
        }
        return;
    };
    set(fields, "status", "draft");
    notes.push(Finding::at(
        "/status",
        "made_draft",
        not_public::told(&name),
    ));
}

/// The name of an element that hides its entry.
fn mark(child: &Element) -> Option<String> {
    let words = Value::String(child.text());
    let is_hidden = match (child.name.as_str(), local(child)) {
        // The drafts of the publishing protocol of Atom (RFC 5023, section 13.1.1).
        (_, "control") => {
            let mut drafts = child.elements().filter(|inner| local(inner) == "draft");
            return drafts
                .any(|draft| not_public::hides("draft", &Value::String(draft.text())) == Some(true))
                .then(|| format!("{}/draft", child.name));
        }
        // The podcast's own word for what directories must not show.
        ("itunes:block" | "googleplay:block", _) => not_public::hides("blocked", &words),
        ("media:status", _) => child
            .attribute("state")
            .map(|state| state.trim() != "active"),
        ("media:restriction", _) => None,
        // Dates are read where they stand.
        (name, _) if DATES.contains(&name) => None,
        (_, local) if child.elements().next().is_none() => not_public::hides(local, &words),
        _ => None,
    };
    (is_hidden == Some(true)).then(|| child.name.clone())
}
