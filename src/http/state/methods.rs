//! The methods of each path: read from the OpenAPI document, so that `Allow` says the same.

use actix_web::dev::ResourceDef;
use serde_json::Value;

/// Paths for people, which the document leaves out.
const PAGES: [&str; 7] = [
    "/",
    "/docs",
    "/docs/",
    "/docs/roles",
    "/docs/{file}",
    "/problems",
    "/problems/{code}",
];

/// Every path of the service with the methods that it takes.
pub struct Methods {
    paths: Vec<(ResourceDef, String)>,
}

impl Methods {
    /// Reads the document's paths.
    #[must_use]
    pub fn of(document: &Value) -> Self {
        let documented = document["paths"].as_object().into_iter().flatten();
        let documented = documented.map(|(path, item)| {
            let methods = item
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str());
            (ResourceDef::new(pattern(path)), allow(methods))
        });
        let pages = PAGES.map(|path| (ResourceDef::new(path), allow(["get"])));
        Self {
            paths: documented.chain(pages).collect(),
        }
    }

    /// The value of `Allow` for a path; `None` where nothing is at it.
    pub(crate) fn allowed_at(&self, path: &str) -> Option<&str> {
        let found = self
            .paths
            .iter()
            .find(|(pattern, _)| pattern.is_match(path));
        found.map(|(_, allow)| allow.as_str())
    }
}

/// Patterns that OpenAPI cannot express: a section's path may hold slashes, sitemaps are numbered.
fn pattern(path: &str) -> String {
    let path = path.replace("/api/sections/{id}", "/api/sections/{id:.+}");
    let path = path.replace("/sections/{path}", "/sections/{path:.+}");
    path.replace("{number}.xml", "{number:[0-9]+}.xml")
}

fn allow<'a>(methods: impl IntoIterator<Item = &'a str>) -> String {
    let mut allowed: Vec<String> = methods.into_iter().map(str::to_ascii_uppercase).collect();
    if allowed.iter().any(|method| method == "GET") {
        allowed.push("HEAD".to_owned());
    }
    allowed.push("OPTIONS".to_owned());
    allowed.sort();
    allowed.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn allow_is_exact_for_each_path() {
        let methods = Methods::of(&json!({"paths": {
            "/api/articles": {"get": {}, "post": {}},
            "/api/articles/{id}": {"get": {}},
            "/api/sections/{id}": {"get": {}},
            "/feeds/{lang}/rss.xml": {"get": {}},
            "/feeds/{lang}/sections/{path}/feed.json": {"get": {}},
            "/sitemaps/{lang}-{number}.xml": {"get": {}},
        }}));
        for there in [
            "/feeds/en/rss.xml",
            "/feeds/en/sections/a/b/feed.json",
            "/sitemaps/zh-Hans-2.xml",
        ] {
            assert!(methods.allowed_at(there).is_some(), "{there}");
        }
        assert_eq!(
            methods.allowed_at("/api/articles"),
            Some("GET, HEAD, OPTIONS, POST")
        );
        assert_eq!(
            methods.allowed_at("/api/articles/x"),
            Some("GET, HEAD, OPTIONS")
        );
        assert_eq!(
            methods.allowed_at("/api/sections/a/b"),
            Some("GET, HEAD, OPTIONS")
        );
        assert_eq!(methods.allowed_at("/"), Some("GET, HEAD, OPTIONS"));
        for nowhere in [
            "/api",
            "/api/articles/",
            "/api/articles/x/y",
            "/docs/a/b",
            "/feeds/en/rss",
            "/feeds/en/sections/rss.xml",
            "/sitemaps/en-x.xml",
            "*",
            "",
        ] {
            assert_eq!(methods.allowed_at(nowhere), None, "{nowhere}");
        }
    }
}
