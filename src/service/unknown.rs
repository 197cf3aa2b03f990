//! Mistakes of naming something that is not there: each names the value, and says how to make it.

use crate::domain::author::Author;
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::near_slug::{beginnings, nearest_slug};
use crate::domain::query::Reference;
use crate::domain::source::Source;
use crate::store::shared_rows::SharedKind;
use crate::store::{Conn, StoreError, slugs};

/// The most characters of a name that a mistake repeats.
const LONGEST: usize = 200;

/// An edition that is not there; one of no one language cannot be made.
#[must_use]
pub fn edition(lang: &LanguageTag) -> Invalid {
    lang.of_texts().err().unwrap_or_else(|| {
        let detail = format!("there is no edition {lang}; PUT /api/editions/{lang} makes it");
        Invalid::new("unknown_edition", detail)
    })
}

/// An author that is not there. A key that may name one in a write may see every author, and so for sources and sections.
///
/// # Errors
/// Those of the database.
pub fn author(conn: &mut Conn, named: &Reference) -> Result<Invalid, StoreError> {
    shared::<Author>(conn, named, "unknown_author")
}

/// A source that is not there.
///
/// # Errors
/// Those of the database.
pub fn source(conn: &mut Conn, named: &Reference) -> Result<Invalid, StoreError> {
    shared::<Source>(conn, named, "unknown_source")
}

fn shared<K: SharedKind>(
    conn: &mut Conn,
    named: &Reference,
    code: &'static str,
) -> Result<Invalid, StoreError> {
    let near = nearest(named, |prefix| K::slugs_beginning(conn, prefix))?;
    let word = K::MOVED.as_str();
    let detail = missing(word, named);
    let detail = format!("{detail}{near}; POST /api/{word}s makes one");
    Ok(Invalid::new(code, detail))
}

/// A section that is not there, or not in this edition.
///
/// # Errors
/// Those of the database.
pub fn section(
    conn: &mut Conn,
    named: &Reference,
    lang: Option<&LanguageTag>,
) -> Result<Invalid, StoreError> {
    let near = nearest(named, |prefix| slugs::section_paths(conn, prefix, lang))?;
    let edition = lang.map(|lang| format!(" in the edition {lang}"));
    let edition = edition.unwrap_or_default();
    let detail = missing("section", named);
    Ok(Invalid::new(
        "unknown_section",
        format!("{detail}{edition}{near}; POST /api/sections makes one"),
    ))
}

/// The words for the nearest slug, where there is one. `slugs` answers some that begin alike.
pub(super) fn nearest(
    named: &Reference,
    mut slugs: impl FnMut(&str) -> Result<Vec<String>, StoreError>,
) -> Result<String, StoreError> {
    let Reference::Slug(given) = named else {
        return Ok(String::new());
    };
    for beginning in beginnings(given) {
        let found = slugs(&beginning)?;
        if let Some(near) = nearest_slug(given, &found) {
            return Ok(format!("; {near} is the nearest"));
        }
    }
    Ok(String::new())
}

/// An article that is not there, or that the writer may not know of.
#[must_use]
pub fn article(id: Id) -> Invalid {
    let detail = missing("article", &Reference::Id(id));
    Invalid::new(
        "unknown_article",
        format!("{detail}; POST /api/articles makes one"),
    )
}

/// A picture that is not there.
#[must_use]
pub fn medium(id: Id) -> Invalid {
    let detail = missing("medium", &Reference::Id(id));
    Invalid::new("unknown", format!("{detail}; POST /api/media makes one"))
}

fn missing(what: &str, named: &Reference) -> String {
    match named {
        Reference::Id(id) => format!("there is no {what} {id}"),
        Reference::Slug(slug) => {
            let shown: String = slug.chars().take(LONGEST).collect();
            format!("there is no {what} {shown}")
        }
    }
}
