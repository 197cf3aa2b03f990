//! Sections: the nodes of an edition's tree, and the breadcrumbs that follow from it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id::Id;
use super::language::LanguageTag;
use super::slug::Slug;
use super::time::Timestamp;

/// One step of a trail from the home page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Breadcrumb {
    /// The words of the step.
    #[schema(example = "INTERNATIONAL")]
    pub name: String,
    /// Its path on the site; `null` for the article itself.
    #[schema(example = "/en/international")]
    pub path: Option<String>,
}

/// One section on the way from the root of the tree to a section, itself included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailStep {
    /// The section.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its path in the edition: slugs joined with `/`.
    pub path: String,
}

/// The breadcrumbs of a trail: the edition's home, each section, and the title of a page below it, which links nowhere.
#[must_use]
pub fn breadcrumbs(
    home_label: &str,
    home_path: &str,
    trail: &[TrailStep],
    title: Option<&str>,
) -> Vec<Breadcrumb> {
    let base = home_path.trim_end_matches('/');
    let home = Breadcrumb {
        name: home_label.to_owned(),
        path: Some(home_path.to_owned()),
    };
    let steps = trail.iter().map(|step| Breadcrumb {
        name: step.name.clone(),
        path: Some(format!("{base}/{}", step.path)),
    });
    let page = title.map(|title| Breadcrumb {
        name: title.to_owned(),
        path: None,
    });
    std::iter::once(home).chain(steps).chain(page).collect()
}

/// The content of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionContent {
    /// The edition that it is in.
    pub lang: LanguageTag,
    /// The section above it.
    pub parent: Option<Id>,
    /// The last step of its path.
    pub slug: Slug,
    /// Its name, as a breadcrumb shows it.
    pub name: String,
    /// A sentence on what is in it.
    pub description: Option<String>,
    /// Its place among its siblings.
    pub position: i32,
    /// Names what is one section across editions.
    pub translation_key: Option<String>,
}

/// A section as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its identity.
    pub id: Id,
    /// The content.
    pub content: SectionContent,
    /// Shared by the sections that are translations of each other.
    pub group: Id,
    /// Slugs from the root, joined with `/`.
    pub path: String,
    /// The way from the root, itself included.
    pub trail: Vec<TrailStep>,
    /// Rises with every change.
    pub version: i64,
    /// Time at which it was made.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
}
