//! A row of the table of posts as an article.

use serde_json::{Map, Value, json};

use crate::domain::body::Body;
use crate::domain::language::LanguageTag;
use crate::import::date::WrittenDate;
use crate::import::found::{At, Found, set};
use crate::import::markup;
use crate::import::record::Finding;
use crate::import::stated_language;

use super::gates::Gates;
use super::tables::{Tables, key};
use super::{lexical, mobiledoc};

/// Placeholder of the site's address in an export.
const SITE: &str = "__GHOST_URL__";

/// The outcome of a post.
pub(super) fn read(row: &Value, tables: &Tables, lang: Option<&LanguageTag>, at: At) -> Found {
    let post = Post { row, tables };
    let id = post.text("title").or_else(|| post.text("slug"));
    if post.text("type").is_some_and(|kind| kind != "post") || is_true(&row["page"]) {
        let kind = post.text("type").unwrap_or_else(|| "page".to_owned());
        return Found::LeftOut {
            at,
            id,
            kind,
            reason: "only posts become articles",
            each: true,
        };
    }
    let (fields, notes) = post.read(lang);
    Found::Article { at, fields, notes }
}

struct Post<'p> {
    row: &'p Value,
    tables: &'p Tables,
}

impl Post<'_> {
    /// A column, with addresses of the site as its paths.
    fn text(&self, name: &str) -> Option<String> {
        text(&self.row[name])
    }

    fn read(&self, lang: Option<&LanguageTag>) -> (Map<String, Value>, Vec<Finding>) {
        let (mut fields, mut notes) = (Map::new(), Vec::new());
        let id = key(&self.row["id"]);
        let written = [self.text("locale"), self.tables.locale.clone()];
        let lang = stated_language::nearest(written.into_iter().flatten(), lang, &mut notes);
        set(&mut fields, "lang", lang);
        set(&mut fields, "title", self.text("title"));
        set(&mut fields, "slug", self.text("slug"));
        set(&mut fields, "summary", self.text("custom_excerpt"));
        set(&mut fields, "canonical_url", self.text("canonical_url"));
        set(
            &mut fields,
            "url",
            self.text("slug").map(|slug| format!("/{slug}/")),
        );
        set(&mut fields, "external_id", self.identity(id.as_deref()));
        set(&mut fields, "updated", date(&self.row["updated_at"]));
        let mut gates = Gates::default();
        let body = self.body(&mut gates);
        notes.extend(gates.findings());
        self.read_status(&mut fields, &mut notes, (id.as_deref(), &gates));
        let names = self.tables.authors_of(id.as_deref().unwrap_or_default());
        let author = || key(&self.row["author_id"]).and_then(|id| self.tables.author(&id));
        set(
            &mut fields,
            "authors",
            if names.is_empty() {
                Vec::from_iter(author())
            } else {
                names
            },
        );
        set(
            &mut fields,
            "tags",
            self.tables.tags_of(id.as_deref().unwrap_or_default()),
        );
        set(&mut fields, "media", self.image(id.as_deref()));
        set(&mut fields, "body_html", body);
        (fields, notes)
    }

    /// Its number, which no other site gives where it is one of 24 digits, else its universal number.
    fn identity(&self, id: Option<&str>) -> Option<String> {
        let is_unique = id.is_some_and(|id| id.len() == 24);
        let uuid = self.text("uuid").filter(|_| !is_unique);
        uuid.or_else(|| id.map(str::to_owned))
            .map(|id| format!("ghost/{id}"))
    }

    /// A post that not everybody may read, or that was sent by mail alone, goes in as a draft. So does one in which its writer
    /// has put up a paywall: Ghost shows all of it once it is public, and nothing tells if that was meant.
    fn read_status(
        &self,
        fields: &mut Map<String, Value>,
        notes: &mut Vec<Finding>,
        (id, gates): (Option<&str>, &Gates),
    ) {
        let mut hidden = |code, detail: String| {
            notes.push(Finding::at("/status", code, detail));
            "draft"
        };
        let visibility = self
            .text("visibility")
            .unwrap_or_else(|| "public".to_owned());
        let published = date(&self.row["published_at"]);
        let is_mail = id.is_some_and(|id| is_true(&self.tables.meta(id)["email_only"]));
        let status = match self.text("status").as_deref() {
            Some("published" | "scheduled") if visibility != "public" => hidden(
                "not_for_everybody",
                format!("this post is for {visibility}: it goes in as a draft"),
            ),
            Some("sent") => hidden(
                "sent_by_mail",
                "this post was sent by mail only: it goes in as a draft".to_owned(),
            ),
            Some("published") if is_mail => hidden(
                "sent_by_mail",
                "this post is for mail only: it goes in as a draft".to_owned(),
            ),
            Some("published" | "scheduled") if gates.has_paywall => hidden(
                "not_for_everybody",
                "this post has a part for members: it goes in as a draft".to_owned(),
            ),
            Some("published") => "published",
            Some("scheduled") => "scheduled",
            Some("draft") | None => "draft",
            Some(other) => hidden(
                "unknown_status",
                format!("{other} is no status of Ghost: it goes in as a draft"),
            ),
        };
        set(fields, "status", status);
        if status == "scheduled" {
            set(fields, "publish_at", published.clone());
        }
        set(fields, "published_at", published);
    }

    fn image(&self, id: Option<&str>) -> Vec<Value> {
        let Some(url) = self.text("feature_image").or_else(|| self.text("image")) else {
            return Vec::new();
        };
        let meta = self.tables.meta(id.unwrap_or_default());
        let of = |name: &str| {
            text(&meta[name])
                .or_else(|| self.text(name))
                .map(|words| markup::line(&words))
        };
        let mut image = Map::new();
        set(&mut image, "kind", "image");
        set(&mut image, "url", url);
        set(&mut image, "alt", of("feature_image_alt"));
        set(&mut image, "caption", of("feature_image_caption"));
        vec![json!(image)]
    }

    /// The HTML, else one of the editors' documents, else Markdown, without what is not for everybody.
    fn body(&self, gates: &mut Gates) -> Option<String> {
        let written = match (
            self.text("html"),
            self.text("lexical"),
            self.text("mobiledoc"),
        ) {
            (Some(html), ..) => Some(html),
            (_, lexical, mobiledoc) => {
                let lexical = lexical.and_then(|document| lexical::html(&document, gates));
                lexical.or_else(|| mobiledoc::html(&mobiledoc?, gates))
            }
        };
        let markdown = || {
            let markdown = self.text("markdown")?;
            Some(Body::from_markdown(&markdown).map_or(markdown, Body::into_html))
        };
        let html = written.or_else(markdown)?;
        Some(gates.open(html))
    }
}

fn text(value: &Value) -> Option<String> {
    let text = value.as_str().filter(|text| !text.trim().is_empty())?;
    Some(if text.contains(SITE) {
        text.replace(SITE, "")
    } else {
        text.to_owned()
    })
}

/// Truth as databases write it.
fn is_true(value: &Value) -> bool {
    value.as_bool().unwrap_or(false) || value.as_u64() == Some(1)
}

/// A time in UTC: `2022-11-24 16:00:00`, `2022-11-24T16:00:00.000Z`, or in milliseconds.
fn date(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => {
            let at = chrono::DateTime::from_timestamp_millis(number.as_i64()?)?;
            Some(at.to_rfc3339())
        }
        Value::String(text) if matches!(WrittenDate::parse(text), Ok(WrittenDate::Local(_))) => {
            Some(format!("{}Z", text.trim()))
        }
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_in_utc_however_they_are_written() {
        assert_eq!(
            date(&json!("2022-11-24 16:00:00")).as_deref(),
            Some("2022-11-24 16:00:00Z")
        );
        assert_eq!(
            date(&json!("2022-11-24T16:00:00.000Z")).as_deref(),
            Some("2022-11-24T16:00:00.000Z")
        );
        assert_eq!(
            date(&json!(1_388_318_400_000_i64)).as_deref(),
            Some("2013-12-29T12:00:00+00:00")
        );
        assert_eq!(date(&json!(null)), None);
    }
}
