//! Mistakes of naming something that is not there: each names the value, and says how to make it.

use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;

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

/// An author that is not there.
#[must_use]
pub fn author(named: &Reference) -> Invalid {
    let detail = missing("author", named);
    Invalid::new(
        "unknown_author",
        format!("{detail}; POST /api/authors makes one"),
    )
}

/// A source that is not there.
#[must_use]
pub fn source(named: &Reference) -> Invalid {
    let detail = missing("source", named);
    Invalid::new(
        "unknown_source",
        format!("{detail}; POST /api/sources makes one"),
    )
}

/// A section that is not there, or not in this edition.
#[must_use]
pub fn section(named: &Reference, lang: Option<&LanguageTag>) -> Invalid {
    let edition = lang.map(|lang| format!(" in the edition {lang}"));
    let detail = format!(
        "{}{}",
        missing("section", named),
        edition.unwrap_or_default()
    );
    Invalid::new(
        "unknown_section",
        format!("{detail}; POST /api/sections makes one"),
    )
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
