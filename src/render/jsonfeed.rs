//! JSON Feed 1.1.

use serde_json::{Map, Value, json};

use super::feed::{Feed, categories_of, summary_of};
use super::{Attachment, absolute, attachments, translation_url, url_of, urn};
use crate::domain::language::LanguageTag;
use crate::domain::source::Rights;
use crate::domain::view::Article;

/// The media type.
pub const MEDIA_TYPE: &str = "application/feed+json";

/// One page of a feed as JSON Feed. Objects whose names begin with an underscore are extensions, as the format has it.
#[must_use]
pub fn render(feed: &Feed<'_>) -> Vec<u8> {
    let links = &feed.links;
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            document.insert(name.to_owned(), value);
        }
    };
    put("version", json!("https://jsonfeed.org/version/1.1"));
    put("title", json!(feed.title));
    put("home_page_url", json!(links.home));
    put("feed_url", json!(links.own));
    put("description", json!(feed.description));
    put("next_url", json!(links.next));
    put("language", json!(feed.lang));
    put("authors", json!([{"name": feed.publisher}]));
    let hub = links.hub.as_ref();
    put(
        "hubs",
        hub.map_or(Value::Null, |url| json!([{"type": "WebSub", "url": url}])),
    );
    put("_alternates", alternates(&links.alternates));
    let items = feed.articles.iter().map(|article| item(feed, article));
    put("items", items.collect());
    document_bytes(&Value::Object(document))
}

fn document_bytes(document: &Value) -> Vec<u8> {
    document.to_string().into_bytes()
}

fn item(feed: &Feed<'_>, article: &Article) -> Value {
    let url = url_of(feed.site, article);
    let mut item = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            item.insert(name.to_owned(), value);
        }
    };
    put("id", json!(urn(article.id)));
    put("url", json!(url));
    put("external_url", json!(article.canonical_url));
    put("title", json!(article.title));
    match feed.html_of(article) {
        Some(html) => put("content_html", json!(html)),
        None => put(
            "content_text",
            json!(summary_of(article).unwrap_or(&article.title)),
        ),
    }
    put("summary", json!(summary_of(article)));
    let image = article.media.iter().find(|medium| medium.kind == "image");
    put(
        "image",
        json!(image.and_then(|image| absolute(&url, &image.url))),
    );
    put("attachments", attached(&attachments(&url, article)));
    put("date_published", json!(article.published_at));
    put("date_modified", json!(article.updated_at));
    put("authors", authors(feed, article));
    let tags: Vec<&str> = categories_of(article)
        .into_iter()
        .map(|(_, label)| label)
        .collect();
    put(
        "tags",
        if tags.is_empty() {
            Value::Null
        } else {
            json!(tags)
        },
    );
    put("language", json!(article.lang));
    put("_rights", rights(&article.rights));
    let translations = article.translations.iter().map(|translation| {
        let href = translation_url(feed.site, feed.places, translation);
        (translation.lang.clone(), href)
    });
    put("_alternates", alternates(&translations.collect::<Vec<_>>()));
    Value::Object(item)
}

/// The attachments whose type is known, which the format wants.
fn attached(attachments: &[Attachment<'_>]) -> Value {
    let each = attachments.iter().filter_map(|one| {
        let mut attachment = json!({"url": one.url, "mime_type": one.mime?});
        if let Some(bytes) = one.bytes {
            attachment["size_in_bytes"] = json!(bytes);
        }
        if let Some(caption) = &one.medium.caption {
            attachment["title"] = json!(caption);
        }
        Some(attachment)
    });
    let each: Vec<Value> = each.collect();
    if each.is_empty() {
        return Value::Null;
    }
    json!(each)
}

/// The rights, without empty fields.
fn rights(rights: &Rights) -> Value {
    let mut value = json!(rights);
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, words| !words.is_null());
    }
    let empty = value.as_object().is_none_or(Map::is_empty);
    if empty { Value::Null } else { value }
}

fn authors(feed: &Feed<'_>, article: &Article) -> Value {
    if article.authors.is_empty() {
        return Value::Null;
    }
    let named = article.authors.iter().map(|author| {
        let url = feed.site.author_url(&article.lang, author.id, &author.slug);
        json!({"name": author.name, "url": url})
    });
    named.collect()
}

/// An address for each language.
fn alternates(alternates: &[(LanguageTag, String)]) -> Value {
    let each = alternates.iter();
    let each: Map<String, Value> = each
        .map(|(lang, url)| (lang.to_string(), json!(url)))
        .collect();
    if each.is_empty() {
        return Value::Null;
    }
    Value::Object(each)
}
