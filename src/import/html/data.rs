//! Machine-readable fields of a page: meta elements and JSON-LD.

use std::collections::HashMap;

use dom_query::Document;
use serde_json::Value;

use crate::import::markup;

/// JSON-LD objects within one another.
const DEPTH_MAX: usize = 8;
/// The most objects of a page.
const OBJECTS_MAX: usize = 2_000;

/// The types of schema.org that are articles.
const ARTICLES: [&str; 14] = [
    "Article",
    "NewsArticle",
    "ReportageNewsArticle",
    "AnalysisNewsArticle",
    "OpinionNewsArticle",
    "BlogPosting",
    "LiveBlogPosting",
    "ReviewNewsArticle",
    "BackgroundNewsArticle",
    "TechArticle",
    "ScholarlyArticle",
    "Report",
    "SocialMediaPosting",
    "AdvertiserContentArticle",
];

/// The data of a page.
#[derive(Debug, Default)]
pub(super) struct Data {
    metas: HashMap<String, Vec<String>>,
    objects: Vec<Value>,
}

impl Data {
    pub(super) fn read(document: &Document) -> Self {
        let mut data = Self::default();
        for meta in document.select("meta[content]").iter() {
            let content = meta
                .attr("content")
                .map(|content| content.trim().to_owned())
                .unwrap_or_default();
            let names = ["property", "name", "itemprop", "http-equiv"];
            let name = names
                .iter()
                .find_map(|name| meta.attr(name))
                .map(|name| name.trim().to_lowercase());
            if let Some(name) = name.filter(|_| !content.is_empty()) {
                data.metas.entry(name).or_default().push(content);
            }
        }
        for script in document.select("script[type='application/ld+json']").iter() {
            let text = script.text();
            let text = text
                .trim()
                .trim_start_matches("<!--")
                .trim_end_matches("-->")
                .trim()
                .trim_end_matches(';');
            let text: String = text
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect();
            if let Ok(value) = serde_json::from_str(&text) {
                data.add(value, 0);
            }
        }
        data
    }

    /// Takes an object apart from those within it.
    fn add(&mut self, value: Value, depth: usize) {
        if depth > DEPTH_MAX || self.objects.len() >= OBJECTS_MAX {
            return;
        }
        match value {
            Value::Array(items) => items.into_iter().for_each(|item| self.add(item, depth + 1)),
            Value::Object(ref map) => {
                for name in [
                    "@graph",
                    "mainEntity",
                    "mainEntityOfPage",
                    "breadcrumb",
                    "hasPart",
                ] {
                    if let Some(inner) = map.get(name) {
                        self.add(inner.clone(), depth + 1);
                    }
                }
                self.objects.push(value);
            }
            _ => {}
        }
    }

    /// The first of some meta elements.
    pub(super) fn meta(&self, names: &[&str]) -> Option<&str> {
        names
            .iter()
            .find_map(|name| self.metas.get(*name)?.first())
            .map(String::as_str)
    }

    /// All of some meta elements.
    pub(super) fn metas<'d>(&'d self, names: &'d [&'d str]) -> impl Iterator<Item = &'d str> {
        names
            .iter()
            .filter_map(|name| self.metas.get(*name))
            .flatten()
            .map(String::as_str)
    }

    /// The article of the page.
    pub(super) fn article(&self) -> Option<&Value> {
        self.objects.iter().find(|object| is_a(object, &ARTICLES))
    }

    /// True if the page says that it is an article.
    pub(super) fn is_article(&self) -> bool {
        self.article().is_some() || self.meta(&["og:type"]) == Some("article")
    }

    /// The breadcrumbs of the page: the longest list.
    pub(super) fn trail(&self) -> Vec<String> {
        let lists = self
            .objects
            .iter()
            .filter(|object| is_a(object, &["BreadcrumbList"]));
        let trails = lists.map(|list| {
            let mut items: Vec<&Value> = list["itemListElement"]
                .as_array()
                .into_iter()
                .flatten()
                .collect();
            items.sort_by_key(|item| {
                item["position"]
                    .as_u64()
                    .or_else(|| item["position"].as_str()?.parse().ok())
                    .unwrap_or(0)
            });
            let named = items
                .into_iter()
                .filter_map(|item| name(item).or_else(|| name(&item["item"])));
            named.collect::<Vec<_>>()
        });
        trails.max_by_key(Vec::len).unwrap_or_default()
    }

    /// A text of the article.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let value = &self.article()?[name];
        let value = if value.is_array() { &value[0] } else { value };
        value
            .as_str()
            .map(markup::name)
            .filter(|text| !text.is_empty())
    }

    /// The people or houses that the article names.
    pub(super) fn names(&self, field: &str) -> Vec<String> {
        let Some(value) = self.article().map(|article| &article[field]) else {
            return Vec::new();
        };
        let items = if let Value::Array(items) = value {
            items.iter().collect()
        } else {
            vec![value]
        };
        let plain = |item: &&Value| item.as_str().map(markup::name);
        items
            .iter()
            .filter_map(|item| {
                name(item)
                    .or_else(|| plain(item))
                    .or_else(|| self.named_elsewhere(item))
            })
            .collect()
    }

    /// The name of an object that is only referred to.
    fn named_elsewhere(&self, item: &Value) -> Option<String> {
        let id = item["@id"].as_str()?;
        self.objects
            .iter()
            .find(|object| object["@id"] == *id && object["name"].is_string())
            .and_then(name)
    }
}

fn name(value: &Value) -> Option<String> {
    let name = &value["name"];
    let name = if name.is_array() { &name[0] } else { name };
    name.as_str()
        .map(markup::name)
        .filter(|name| !name.is_empty())
}

fn is_a(object: &Value, types: &[&str]) -> bool {
    let is_one = |kind: &Value| {
        kind.as_str()
            .is_some_and(|kind| types.contains(&kind.rsplit('/').next().unwrap_or(kind)))
    };
    match &object["@type"] {
        Value::Array(kinds) => kinds.iter().any(is_one),
        kind => is_one(kind),
    }
}
