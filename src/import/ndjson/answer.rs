//! Answers of the API as records. What follows from the article itself is worked out anew; what says where it stood, and with
//! what, is read.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::id::Id;
use crate::domain::slug::Slug;
use crate::import::record::{ArticleRecord, TranslationRecord};

use super::fields::Fields;

/// Fields of an answer that follow from the others.
const DERIVED: [&str; 5] = [
    "links",
    "published_on",
    "reading_minutes",
    "related",
    "word_count",
];

/// Parts of an answer that no other record has.
pub(super) struct Parts {
    translations: Vec<TranslationRecord>,
    /// The names of sections, by the path of each.
    crumbs: HashMap<String, String>,
}

/// Takes the parts of an answer of the API; `None` for any other record.
pub(super) fn take(fields: &mut Fields<'_>) -> Option<Parts> {
    let own = fields.peek("id").and_then(Value::as_str).map(str::to_owned);
    let link = fields
        .peek("links")
        .and_then(|links| links["self"].as_str());
    let is_answer = own.zip(link).is_some_and(|(id, link)| {
        Id::parse(&id).is_ok() && link.ends_with(&format!("/api/articles/{id}"))
    });
    if !is_answer {
        return None;
    }
    for name in DERIVED {
        fields.value(name);
    }
    if let Some(Value::Object(withdrawal)) = fields.value("withdrawal") {
        fields.put_back("withdrawn", Value::Object(withdrawal));
    }
    Some(Parts {
        translations: translations(fields),
        crumbs: crumbs(fields),
    })
}

impl Parts {
    /// Gives the article what the answer says of it.
    pub(super) fn put_into(self, article: &mut ArticleRecord) {
        article.is_answer = true;
        article.translations = self.translations;
        let path = &article.section_path;
        let names = (1..=path.len()).map(|depth| {
            let name = self.crumbs.get(&path[..depth].join("/"))?;
            let is_meant = Slug::from_text(name).as_str() == path[depth - 1];
            is_meant.then(|| name.clone())
        });
        article.section_names = names.collect();
    }
}

fn translations(fields: &mut Fields<'_>) -> Vec<TranslationRecord> {
    let mut found = Vec::new();
    for (place, map) in fields.objects("translations") {
        let text = |name: &str| map.get(name).and_then(Value::as_str);
        let id = text("id").and_then(|id| Id::parse(id).ok());
        let url = text("url").map(str::to_owned);
        if id.is_none() && url.is_none() {
            let detail = "names no article by id or url; it is left out";
            fields.note(&place, "no_translation", detail);
            continue;
        }
        let lang = text("lang").unwrap_or_default().to_owned();
        found.push(TranslationRecord { id, url, lang });
    }
    fields.limited("translations", found)
}

/// The names of sections in the breadcrumbs: the first is home, whose path begins those of all others.
fn crumbs(fields: &mut Fields<'_>) -> HashMap<String, String> {
    let crumbs = fields.value("breadcrumbs");
    let crumbs = crumbs.as_ref().and_then(Value::as_array);
    let text = |crumb: &Value, name: &str| crumb[name].as_str().map(str::to_owned);
    let mut paths = crumbs.into_iter().flatten().filter_map(|crumb| {
        let path = text(crumb, "path")?;
        Some((path, text(crumb, "name")?))
    });
    let Some((home, _)) = paths.next() else {
        return HashMap::new();
    };
    let below = |(path, name): (String, String)| {
        let rest = path.strip_prefix(home.trim_end_matches('/'))?;
        Some((rest.trim_matches('/').to_owned(), name))
    };
    paths.filter_map(below).collect()
}
