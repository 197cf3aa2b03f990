//! The versions of articles.

use serde_json::{Map, Value};

use crate::domain::article::{ArticleContent, Details};
use crate::domain::body::Body;
use crate::domain::id::Id;
use crate::domain::json::words::plain;
use crate::domain::text;
use crate::import::record::{ArticleKey, Finding, RevisionRecord};

use super::fields::Fields;
use super::{article, parts};

/// A version: its `snapshot` is what it consisted of, and is absent for the version that the article is at.
pub(super) fn read(fields: &mut Fields<'_>) -> Result<RevisionRecord, Finding> {
    let article = article_key(fields);
    let version = parts::version(fields);
    let version = fields.needed("version", version);
    let at = fields.instant("at");
    if at.is_none() {
        fields.note(
            "at",
            "no_date",
            "no time is given: it is that of the article's last change",
        );
    }
    let actor = fields.text("actor", text::NAME_MAX);
    let content = snapshot(fields);
    Ok(RevisionRecord {
        article: fields.given(article)?,
        version: fields.given(version)?,
        at,
        actor: actor.unwrap_or_default(),
        content: fields.given(content)?,
    })
}

/// The article that a record is about.
pub(super) fn article_key(fields: &mut Fields<'_>) -> Option<ArticleKey> {
    let key = article::key(fields, "article");
    let key = fields.needed("article", key)?;
    Some(Id::parse(&key).map_or(ArticleKey::External(key), ArticleKey::Own))
}

/// The content of a version, `Some(None)` where the record has none; `None` for one that cannot be read.
fn snapshot(fields: &mut Fields<'_>) -> Option<Option<ArticleContent>> {
    match fields.value("snapshot") {
        None => Some(None),
        Some(Value::Object(map)) => match content(fields, map) {
            Ok(content) => Some(Some(content)),
            Err(reason) => {
                fields.refuse(reason);
                None
            }
        },
        Some(other) => {
            fields.wrong_type("snapshot", "an object", other);
            fields.needed("snapshot", None)
        }
    }
}

/// The fields of a snapshot without which there is no version.
const SNAPSHOT_NEEDS: [&str; 7] = ["work", "lang", "slug", "title", "status", "details", "body"];

/// The file may have been edited since it was exported, so the body is sanitised as any other.
fn content(
    fields: &mut Fields<'_>,
    snapshot: Map<String, Value>,
) -> Result<ArticleContent, Finding> {
    let parsed: Result<ArticleContent, _> = serde_json::from_value(Value::Object(snapshot.clone()));
    let mut content = match parsed {
        Ok(content) => content,
        Err(_) => readable_content(fields, snapshot)?,
    };
    let body = Body::from_html(&content.body)
        .map_err(|refused| Finding::at("/snapshot/body", "invalid_body", refused.to_string()))?;
    content.body = body.into_html();
    Ok(content)
}

/// The most fields of a snapshot that are read one by one.
const SNAPSHOT_FIELDS: usize = 100;

/// Reads a snapshot field by field, and leaves out each field that cannot be read.
fn readable_content(
    fields: &mut Fields<'_>,
    mut snapshot: Map<String, Value>,
) -> Result<ArticleContent, Finding> {
    if snapshot.len() > SNAPSHOT_FIELDS {
        let detail = format!("a snapshot has at most {SNAPSHOT_FIELDS} fields");
        return Err(Finding::at("/snapshot", "invalid_snapshot", detail));
    }
    let details = snapshot
        .entry("details")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(map) = details {
        let parts = std::mem::take(map)
            .into_iter()
            .take(SNAPSHOT_FIELDS)
            .collect();
        *map = readable(fields, "snapshot/details", &Map::new(), parts, |details| {
            serde_json::from_value::<Details>(details).err()
        });
    }
    let needed = snapshot
        .iter()
        .filter(|(name, _)| SNAPSHOT_NEEDS.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let invalid =
        |problem: serde_json::Error| Finding::at("/snapshot", "invalid_snapshot", plain(&problem));
    let check = |content| serde_json::from_value::<ArticleContent>(content).err();
    if let Some(problem) = check(Value::Object(Map::clone(&needed))) {
        return Err(invalid(problem));
    }
    let whole = readable(fields, "snapshot", &needed, snapshot, check);
    serde_json::from_value(Value::Object(whole)).map_err(invalid)
}

/// The fields of an object that can be read, each together with those that it needs.
fn readable(
    fields: &mut Fields<'_>,
    place: &str,
    needed: &Map<String, Value>,
    object: Map<String, Value>,
    check: impl Fn(Value) -> Option<serde_json::Error>,
) -> Map<String, Value> {
    let mut found = needed.clone();
    for (name, value) in object {
        if found.contains_key(&name) {
            continue;
        }
        let mut with = needed.clone();
        with.insert(name.clone(), value.clone());
        match check(Value::Object(with)) {
            None => {
                found.insert(name, value);
            }
            Some(problem) => {
                fields.note(&format!("{place}/{name}"), "invalid_value", plain(&problem));
            }
        }
    }
    found
}
