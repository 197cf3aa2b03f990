//! The tables of an export that posts refer to: of users nothing but names, of settings nothing but the language.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

/// The most rows that are remembered of all tables together.
const ROWS_MAX: usize = 2_000_000;

/// The tables that are read before the posts.
pub(super) fn is_wanted(table: &str) -> bool {
    matches!(
        table,
        "users" | "authors" | "tags" | "posts_authors" | "posts_tags" | "posts_meta" | "settings"
    )
}

/// Things that posts refer to.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// The language of the site.
    pub(super) locale: Option<String>,
    users: HashMap<String, String>,
    /// Names of the tags that are shown.
    tags: HashMap<String, String>,
    /// By post: the place in the order, and the user.
    authors: HashMap<String, Vec<(i64, String)>>,
    post_tags: HashMap<String, Vec<(i64, String)>>,
    metas: HashMap<String, Value>,
    rows: usize,
}

impl Tables {
    /// Remembers a row of a table.
    pub(super) fn take(&mut self, table: &str, row: &Value) {
        self.rows += 1;
        if self.rows > ROWS_MAX {
            return;
        }
        let id = key(&row["id"]).unwrap_or_default();
        let text = |name: &str| {
            row[name]
                .as_str()
                .filter(|text| !text.trim().is_empty())
                .map(str::to_owned)
        };
        match table {
            "users" | "authors" => self.users.extend(text("name").map(|name| (id, name))),
            "tags" => {
                let is_shown = row["visibility"] != "internal" && row["hidden"] != true;
                let name = text("name").filter(|name| is_shown && !name.starts_with('#'));
                self.tags.extend(name.map(|name| (id, name)));
            }
            "posts_authors" => link(&mut self.authors, row, "author_id"),
            "posts_tags" => link(&mut self.post_tags, row, "tag_id"),
            "posts_meta" => {
                const NAMES: [&str; 3] =
                    ["feature_image_alt", "feature_image_caption", "email_only"];
                let meta = NAMES
                    .iter()
                    .map(|name| ((*name).to_owned(), row[*name].clone()))
                    .collect();
                self.metas
                    .extend(key(&row["post_id"]).map(|post| (post, Value::Object(meta))));
            }
            "settings" => {
                let is_language = matches!(
                    row["key"].as_str(),
                    Some("locale" | "lang" | "default_locale" | "defaultLang")
                );
                if let Some(locale) = text("value").filter(|_| is_language) {
                    self.locale = Some(locale.trim().replace('_', "-"));
                }
            }
            _ => {}
        }
    }

    /// The name of a user.
    pub(super) fn author(&self, id: &str) -> Option<String> {
        self.users.get(id).cloned()
    }

    /// The names of a post's authors in their order.
    pub(super) fn authors_of(&self, post: &str) -> Vec<String> {
        in_order(self.authors.get(post), &self.users)
    }

    /// The names of a post's tags in their order, without those that the site keeps to itself.
    pub(super) fn tags_of(&self, post: &str) -> Vec<String> {
        in_order(self.post_tags.get(post), &self.tags)
    }

    /// Further fields of a post.
    pub(super) fn meta(&self, post: &str) -> &Value {
        static NONE: Value = Value::Null;
        self.metas.get(post).unwrap_or(&NONE)
    }
}

fn link(links: &mut HashMap<String, Vec<(i64, String)>>, row: &Value, name: &str) {
    if let (Some(post), Some(other)) = (key(&row["post_id"]), key(&row[name])) {
        let order = row["sort_order"].as_i64().unwrap_or_default();
        links.entry(post).or_default().push((order, other));
    }
}

fn in_order(links: Option<&Vec<(i64, String)>>, names: &HashMap<String, String>) -> Vec<String> {
    let mut links: Vec<&(i64, String)> = links.into_iter().flatten().collect();
    links.sort_by_key(|(order, _)| *order);
    let mut seen = HashSet::new();
    let named = links.into_iter().filter_map(|(_, id)| names.get(id));
    named.filter(|name| seen.insert(*name)).cloned().collect()
}

/// An id, which old exports write as a number.
pub(super) fn key(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
