//! Versions of an article beside each other: which fields differ, and how.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::article::{ArticleContent, Status};
use super::audit::ActorView;
use super::diff::{DiffLine, Piece};
use super::time::Timestamp;

/// Declares the fields that versions are compared by: the name that readers know, and where it is.
macro_rules! fields {
    ($($name:literal: $($path:ident).+,)*) => {
        /// The names of all fields, the body's the last.
        pub const FIELDS: &[&str] = &[$($name,)* "body"];

        /// The names of the fields that differ, the body's the last.
        #[must_use]
        pub fn changed(from: &ArticleContent, to: &ArticleContent) -> Vec<&'static str> {
            let mut names = Vec::new();
            $(if from.$($path).+ != to.$($path).+ {
                names.push($name);
            })*
            if from.body != to.body {
                names.push("body");
            }
            names
        }

        /// Every field but the body, as JSON.
        #[must_use]
        pub fn values(content: &ArticleContent) -> Map<String, Value> {
            let mut values = Map::new();
            $(values.insert($name.to_owned(), json!(content.$($path).+));)*
            values
        }
    };
}

fields! {
    "lang": lang,
    "slug": slug,
    "title": title,
    "subtitle": subtitle,
    "summary": summary,
    "status": status,
    "published_at": published_at,
    "publish_at": publish_at,
    "embargo_until": embargo_until,
    "authors": authors,
    "editors": editors,
    "translators": translators,
    "credits": details.credits,
    "byline_raw": details.byline_raw,
    "dateline": details.dateline,
    "source": source,
    "section": section,
    "tags": tags,
    "work": work,
    "original": details.original,
    "media": details.media,
    "canonical_url": details.canonical_url,
    "url": details.url,
    "rights": details.rights,
    "notices": details.notices,
    "withdrawal": withdrawn,
    "external_id": external_id,
    "extra": extra,
}

/// A version in the list of an article's versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Revision)]
pub struct RevisionView {
    /// Its number.
    pub version: i64,
    /// Time at which it was made.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Name of the maker.
    pub actor: ActorView,
    /// The state that the article was in.
    pub status: Status,
    /// The title that it had.
    pub title: String,
    /// The top-level fields that differ from the version before; none in the first.
    pub changed: Vec<String>,
}

/// The difference of a field.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldChange {
    /// A value that is another one now.
    Value {
        /// The field.
        field: String,
        /// Old value; null for none.
        from: Value,
        /// New value; null for none.
        to: Value,
    },
    /// A text.
    Text {
        /// The field.
        field: String,
        /// Old text.
        from: String,
        /// New text.
        to: String,
        /// The same in words.
        words: Vec<Piece>,
    },
    /// A list.
    List {
        /// The field.
        field: String,
        /// Values that are only in the earlier version.
        removed: Vec<Value>,
        /// Values that are only in the later version.
        added: Vec<Value>,
        /// True if the common values are in another order.
        reordered: bool,
    },
    /// The body.
    Body {
        /// The field.
        field: String,
        /// The form that was compared.
        #[schema(example = "markdown")]
        format: String,
        /// Its lines.
        lines: Vec<DiffLine>,
        /// True where further lines are left out, because they would make the answer too long.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        #[schema(required = false)]
        truncated: bool,
    },
}

/// Compares two lists: an element that comes twice counts twice.
#[must_use]
pub fn compare_lists(field: &str, from: &[Value], to: &[Value]) -> FieldChange {
    let (removed, kept_from) = parted(from, to);
    let (added, kept_to) = parted(to, from);
    FieldChange::List {
        field: field.to_owned(),
        reordered: kept_from != kept_to,
        removed,
        added,
    }
}

/// The values of `these` that are not among `others`, and those that are.
fn parted(these: &[Value], others: &[Value]) -> (Vec<Value>, Vec<Value>) {
    let mut others: Vec<&Value> = others.iter().collect();
    let (mut alone, mut shared) = (Vec::new(), Vec::new());
    for value in these {
        match others.iter().position(|other| *other == value) {
            Some(at) => {
                others.swap_remove(at);
                shared.push(value.clone());
            }
            None => alone.push(value.clone()),
        }
    }
    (alone, shared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_tells_what_came_what_went_and_whether_the_rest_moved() {
        let list = |values: &[&str]| values.iter().map(|v| json!(v)).collect::<Vec<_>>();
        let compare = |from: &[&str], to: &[&str]| {
            let change = compare_lists("tags", &list(from), &list(to));
            let json = serde_json::to_value(change).unwrap();
            (
                json["removed"].clone(),
                json["added"].clone(),
                json["reordered"] == true,
            )
        };
        assert_eq!(
            compare(&["a", "b"], &["b", "c"]),
            (json!(["a"]), json!(["c"]), false)
        );
        assert_eq!(
            compare(&["a", "b"], &["b", "a"]),
            (json!([]), json!([]), true)
        );
        assert_eq!(
            compare(&["a", "a"], &["a"]),
            (json!(["a"]), json!([]), false)
        );
    }
}
