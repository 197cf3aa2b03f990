//! Two versions of an article beside each other, field by field.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::article::{ArticleContent, Status};
use crate::domain::audit::ActorView;
use crate::domain::body::Body;
use crate::domain::diff;
use crate::domain::revision::{FieldChange, changed, compare_lists, values};
use crate::domain::time::Timestamp;
use crate::domain::view::Article;
use crate::http::error::Problem;
use crate::http::request::paging::Target;
use crate::http::response::links::Linked;

/// Time to look for the shortest difference.
const PATIENCE: Duration = Duration::from_millis(200);

/// Fields that are prose, compared word by word.
pub(crate) const TEXTS: [&str; 5] = ["title", "subtitle", "summary", "byline_raw", "dateline"];
/// Fields that are lists.
pub(crate) const LISTS: [&str; 7] = [
    "authors",
    "editors",
    "translators",
    "credits",
    "tags",
    "media",
    "notices",
];
/// Fields that name other resources, shown as the article shows them.
const NAMED: [&str; 7] = [
    "authors",
    "editors",
    "translators",
    "source",
    "section",
    "tags",
    "withdrawal",
];

/// A version that is compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RevisionRef {
    /// Its number.
    pub version: i64,
    /// Time at which it was made.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The actor that made it.
    pub actor: ActorView,
    /// The state that the article was in.
    pub status: Status,
    /// The title that it had.
    pub title: String,
}

/// The differences between two versions of an article.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RevisionDiff {
    /// The version that was compared.
    pub from: RevisionRef,
    /// The version that it was compared with.
    pub to: RevisionRef,
    /// Each field that differs.
    pub changes: Vec<FieldChange>,
}

/// One side of the comparison: what the version says, and how it is shown without its body.
pub(crate) struct Side {
    pub(crate) head: RevisionRef,
    pub(crate) content: ArticleContent,
    pub(crate) shown: Article,
}

/// Compares two versions.
pub(crate) fn compare(from: Side, to: Side) -> Result<RevisionDiff, Problem> {
    let deadline = Instant::now() + PATIENCE;
    let (old, new) = (fields(&from)?, fields(&to)?);
    let mut changes = Vec::new();
    for field in changed(&from.content, &to.content) {
        if field == "body" {
            changes.push(body(&from.content.body, &to.content.body, deadline));
        } else {
            let value = |side: &Map<String, Value>| side.get(field).cloned().unwrap_or_default();
            changes.push(field_change(field, value(&old), value(&new), deadline));
        }
    }
    Ok(RevisionDiff {
        from: from.head,
        to: to.head,
        changes,
    })
}

fn fields(side: &Side) -> Result<Map<String, Value>, Problem> {
    let mut fields = values(&side.content);
    let shown = serde_json::to_value(&side.shown).map_err(Problem::internal)?;
    for name in NAMED {
        fields.insert(name.to_owned(), shown[name].clone());
    }
    Ok(fields)
}

fn field_change(field: &str, from: Value, to: Value, deadline: Instant) -> FieldChange {
    let name = field.to_owned();
    if let (Value::Array(from), Value::Array(to)) = (&from, &to)
        && LISTS.contains(&field)
    {
        return compare_lists(field, from, to);
    }
    match (from, to) {
        (Value::String(from), Value::String(to)) if TEXTS.contains(&field) => FieldChange::Text {
            field: name,
            words: diff::words(&from, &to, deadline),
            from,
            to,
        },
        (from, to) => FieldChange::Value {
            field: name,
            from,
            to,
        },
    }
}

/// Markdown is what people read best side by side; the two are one text in it only where nothing but an attribute differs
/// that it cannot say, and then the HTML is compared.
fn body(from: &str, to: &str, deadline: Instant) -> FieldChange {
    let markdown = |html: &str| Body::from_stored(html.to_owned()).markdown();
    let (old, new) = (markdown(from), markdown(to));
    let (format, compared) = if old == new {
        ("html", diff::lines(from, to, deadline))
    } else {
        ("markdown", diff::lines(&old, &new, deadline))
    };
    FieldChange::Body {
        field: "body".to_owned(),
        format: format.to_owned(),
        lines: compared.lines,
        truncated: compared.truncated,
    }
}
/// The differences between two versions.
#[derive(Debug, ToSchema)]
pub struct RevisionDiffEnvelope {
    /// The difference.
    pub data: RevisionDiff,
}

impl Linked for RevisionDiff {
    fn complete(&mut self, _: &Target) {}
}
