//! Answers of every operation on a rich publication.

use std::collections::{BTreeMap, BTreeSet};

use masthead::demo;
use masthead::domain::access::Role;
use masthead::http::openapi;
use serde_json::{Value, json};

use super::Checker;
use crate::bulk::unchunked;
use crate::harness::TestServer;
use crate::media::{Form, photo, uploaded};

/// Reads every documented address, its path filled from the lists above it, else from its own examples.
struct Walk<'s> {
    server: &'s TestServer,
    document: &'s Value,
    key: String,
}

impl Walk<'_> {
    fn read(&self, target: &str) -> (u16, String, Value) {
        let response = self.server.request("GET", target).key(&self.key).send();
        let kind = response
            .header("content-type")
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        let value = if kind.ends_with("json") {
            response.json()
        } else {
            Value::Null
        };
        (response.status, kind, value)
    }

    fn targets(&self, path: &str, operation: &Value) -> Vec<String> {
        let Some(start) = path.find('{') else {
            return vec![path.to_owned()];
        };
        let end = start + path[start..].find('}').unwrap();
        let (before, name, after) = (&path[..start], &path[start + 1..end], &path[end + 1..]);
        let mut values = self.listed(before.trim_end_matches('/'), name);
        if values.is_empty() {
            let parameters = operation["parameters"].as_array().unwrap();
            let own = parameters
                .iter()
                .find(|parameter| parameter["name"] == name)
                .unwrap();
            let example = [&own["example"], &own["schema"]["example"]];
            let example = example.into_iter().find(|example| !example.is_null());
            values.push(example.map_or("1".to_owned(), |value| {
                value.to_string().trim_matches('"').to_owned()
            }));
        }
        let filled = values.iter().map(|value| format!("{before}{value}{after}"));
        filled
            .flat_map(|path| self.targets(&path, operation))
            .collect()
    }

    /// The field by which the list at an address names its rows.
    fn listed(&self, list: &str, name: &str) -> Vec<String> {
        if list == "/media" {
            return self.renditions();
        }
        if !list.starts_with("/api/") {
            return Vec::new();
        }
        let (_, _, answer) = self.read(&format!("{list}?limit=12"));
        let rows = answer["data"].as_array().cloned().unwrap_or_default();
        let identity = |row: &Value| {
            let found = [name, "id", "version", "slug", "lang"]
                .iter()
                .find_map(|name| row.get(*name).cloned())?;
            Some(found.to_string().trim_matches('"').to_owned())
        };
        rows.iter().filter_map(identity).collect()
    }

    /// The names of the files of pictures.
    fn renditions(&self) -> Vec<String> {
        let (_, _, answer) = self.read("/api/media");
        let media = answer["data"].as_array().unwrap().iter();
        let renditions = media.flat_map(|medium| medium["renditions"].as_array().unwrap());
        let name =
            |rendition: &Value| Some(rendition["url"].as_str()?.rsplit('/').next()?.to_owned());
        renditions.filter_map(name).collect()
    }
}

/// Resources that the demo has none of: a withdrawal, a schedule, a correction, a picture, a webhook, a partner with a contract …
#[expect(clippy::too_many_lines, reason = "one table of cases, or one story")]
fn enrich(server: &TestServer, key: &str, checker: &mut Checker<'_>) {
    let mut write = |method: &str, path: &str, operation: &str, content: Value| {
        let request = server
            .request(method, path)
            .key(key)
            .if_match("*")
            .json(&content);
        let response = request.send();
        assert!(
            (200..300).contains(&response.status),
            "{method} {path}: {}",
            response.text()
        );
        let answer = &checker.document["paths"][operation][method.to_lowercase()]["responses"]
            [response.status.to_string()];
        let schema = answer["content"]["application/json"]["schema"].clone();
        let value = match response.header("transfer-encoding") {
            "chunked" => serde_json::from_str(&unchunked(&response)).unwrap(),
            _ => response.json(),
        };
        checker.check(&schema, &value, operation);
        value
    };
    let picture = uploaded(server, key, Form::default().file(&photo(400, 300, 1)));
    let article = |more: Value| {
        let mut content = json!({"lang": "en", "title": "Of the document", "section": "society", "tags": ["Paper"],
            "media": [{"id": picture["id"]}, {"url": "https://example.org/a.jpg"}]});
        content
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        content
    };
    let blocks = json!({"format": "blocks", "content": [
        {"type": "list", "ordered": true, "start": 3, "items": [[{"type": "paragraph", "content": [{"text": "a"}]}]]},
        {"type": "code", "language": "rust", "text": "x"}, {"type": "code", "text": "y"}, {"type": "rule"},
        {"type": "image", "src": "/a.jpg", "width": 3, "height": 2}, {"type": "image", "src": "/b.jpg", "caption": [{"text": "b"}]},
        {"type": "table", "head": [[{"content": []}]], "body": [[{"header": true, "content": [{"text": "c"}]}, {"content": []}]]},
        {"type": "paragraph", "content": [{"text": "d", "marks": ["em", {"link": "https://example.org/"}]}]},
        {"type": "paragraph", "content": [{"text": "e", "marks": [{"link": "/e", "title": "E"}]}]}]});
    let published = write(
        "POST",
        "/api/articles",
        "/api/articles",
        article(json!({"status": "published", "body": blocks})),
    );
    let path = format!(
        "/api/articles/{}",
        published["data"]["id"].as_str().unwrap()
    );
    write(
        "PATCH",
        &path,
        "/api/articles/{id}",
        json!({"title": "Of paper", "summary": "Short.", "tags": [], "body": {"content": "<p>x</p>"},
        "notices": [{"kind": "correction", "text": "A name."}]}),
    );
    let gone = write(
        "POST",
        "/api/articles",
        "/api/articles",
        article(json!({"status": "published", "summary": "Gone."})),
    );
    let path = format!(
        "/api/articles/{}/withdraw",
        gone["data"]["id"].as_str().unwrap()
    );
    write(
        "POST",
        &path,
        "/api/articles/{id}/withdraw",
        json!({"reason": "legal", "note": "By a court."}),
    );
    write(
        "POST",
        "/api/articles",
        "/api/articles",
        article(json!({"status": "scheduled", "publish_at": "2036-01-01T00:00:00Z"})),
    );
    let hook = json!({"name": "Hook", "url": "http://127.0.0.1:9/", "sections": ["society"]});
    let hook = write("POST", "/api/webhooks", "/api/webhooks", hook);
    let path = format!(
        "/api/webhooks/{}/test",
        hook["data"]["id"].as_str().unwrap()
    );
    write("POST", &path, "/api/webhooks/{id}/test", json!({}));
    for contract in [
        json!({"summary_only": true, "rights": "© P."}),
        json!({"embargo_offset": 60, "attribution": "P.",
        "quota_per_day": 100, "rate_per_second": 10}),
    ] {
        let content = json!({"name": "A partner", "role": "partner", "contract": contract});
        let partner = write("POST", "/api/keys", "/api/keys", content);
        let path = format!(
            "/api/keys/{}/feed-tokens",
            partner["data"]["id"].as_str().unwrap()
        );
        write(
            "POST",
            &path,
            "/api/keys/{id}/feed-tokens",
            json!({"name": "Reader"}),
        );
    }
    let operations = json!([{"op": "create", "data": {"lang": "en", "title": "By bulk"}}, {"op": "create", "data": {}},
        {"op": "delete", "type": "tag", "id": "none", "if_match": "*"}]);
    let told = write(
        "POST",
        "/api/bulk",
        "/api/bulk",
        json!({"operations": operations}),
    );
    assert_eq!(
        told["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["status"].clone())
            .collect::<Vec<_>>(),
        [201, 422, 404]
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases, or one story")]
fn answers_are_what_the_document_says() {
    let server = &TestServer::on_sqlite();
    server.pass(550 * 86_400);
    demo::fill(&server.app.store, &server.app.clock).unwrap();
    server.refresh();
    let document = &openapi::document();
    let key = server.key(Role::Admin);
    let mut checker = Checker {
        document,
        faults: BTreeSet::new(),
        seen: BTreeMap::new(),
    };
    enrich(server, &key, &mut checker);
    server.refresh();
    let walk = Walk {
        server,
        document,
        key,
    };
    let problem = json!({"$ref": "#/components/schemas/Problem"});
    for (path, item) in walk.document["paths"].as_object().unwrap() {
        let Some(operation) = item.get("get") else {
            continue;
        };
        let content = operation["responses"]["200"]["content"]
            .as_object()
            .unwrap();
        if content.contains_key("text/event-stream") {
            continue;
        }
        let mut answered = 0;
        for target in walk.targets(path, operation) {
            let wider = if target.starts_with("/api/articles/") {
                ""
            } else {
                "?limit=100"
            };
            let lists = ["/api/sections", "/api/authors", "/api/sources", "/api/tags"]
                .contains(&path.as_str());
            let wide = if lists {
                "?include=article_count"
            } else {
                wider
            };
            for target in [target.clone(), format!("{target}{wide}")] {
                let query = target
                    .replace("/api/resolve", "/api/resolve?url=/en")
                    .replace("/api/search?", "/api/search?q=archive&");
                let query = match query.as_str() {
                    "/api/search" => {
                        "/api/search?q=archive&facets=tag,year&highlight=true".to_owned()
                    }
                    "/api/search/suggest" => "/api/search/suggest?q=arch".to_owned(),
                    _ => query,
                };
                let (status, kind, value) = walk.read(&query);
                answered += usize::from(status == 200);
                match content.get(&kind) {
                    _ if status != 200 => checker.check(&problem, &value, &query),
                    Some(media) if kind.ends_with("json") => {
                        checker.check(&media["schema"], &value, path)
                    }
                    Some(_) => {}
                    None => assert!(
                        kind.starts_with("image/"),
                        "{query}: {kind} is not documented"
                    ),
                }
            }
        }
        assert!(
            answered > 0,
            "{path} was never answered: the document lacks an example of its parameters"
        );
    }
    let wide = [
        "/api/articles?include=body,related&status=draft,published,scheduled,withdrawn&count=exact&limit=100",
        "/api/articles?body=blocks&limit=100",
        "/api/sections?tree=true&lang=en",
        "/api/changes?limit=100",
    ];
    for target in wide {
        let path = target.split('?').next().unwrap();
        let schema = &document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
            ["schema"];
        checker.check(schema, &walk.read(target).2, path);
    }
    let faults: Vec<String> = checker
        .faults
        .iter()
        .cloned()
        .chain(checker.never_left_out())
        .collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
