//! Answers are what the document says of them: every required property is there, none is there that it does not name, and
//! what it calls optional is sometimes left out.

use std::collections::{BTreeMap, BTreeSet};

use masthead::demo;
use masthead::domain::access::Role;
use masthead::http::openapi;
use serde_json::{Value, json};

use super::bulk::unchunked;
use super::harness::TestServer;
use super::media::{Form, photo, uploaded};

/// Optional properties that every article, picture or key of this test happens to have, with what would lack them.
const ALWAYS_HERE: [(&str, &str); 13] = [
    // A first copy has no delete.
    ("ChangeEvent", "article"),
    ("CodeBlock", "language"),
    ("GalleryBlock", "caption"),
    ("JsonFeed", "_alternates"),
    ("JsonFeedItem", "content_html"),
    ("JsonFeedItem", "date_published"),
    ("JsonFeedItem", "summary"),
    ("JsonFeedItem", "tags"),
    ("JsonFeedRights", "attribution"),
    ("JsonFeedRights", "copyright"),
    ("Picture", "caption"),
    ("Picture", "height"),
    ("Picture", "width"),
];
/// Number of times that an optional property is looked for before it counts as always there.
const ENOUGH: usize = 3;

/// Looks at values through the document.
struct Checker<'d> {
    document: &'d Value,
    faults: BTreeSet<String>,
    /// For each property of each schema, how often it was there, out of how often it could be.
    seen: BTreeMap<(String, String), (usize, usize)>,
}

/// The places where a value is not what a schema of the document says.
pub(crate) fn misfits(document: &Value, schema: &Value, value: &Value) -> BTreeSet<String> {
    let mut checker = Checker {
        document,
        faults: BTreeSet::new(),
        seen: BTreeMap::new(),
    };
    checker.check(schema, value, "example");
    checker.faults
}

impl Checker<'_> {
    fn schema(&self, name: &str) -> Value {
        self.document["components"]["schemas"][name].clone()
    }

    fn fault(&mut self, place: &str, words: &str) {
        self.faults.insert(format!("{place}: {words}"));
    }

    fn check(&mut self, schema: &Value, value: &Value, place: &str) {
        if let Some(path) = schema["$ref"].as_str() {
            let name = path.rsplit('/').next().unwrap();
            return self.check(&self.schema(name), value, name);
        }
        for union in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[union].as_array() {
                return self.check_one_of(schema, choices, value, place);
            }
        }
        self.check_type(schema, value, place);
        if let Some(words) = schema["enum"].as_array()
            && !words.contains(value)
        {
            self.fault(place, &format!("{value} is none of {words:?}"));
        }
        if let Some(items) = value.as_array() {
            items
                .iter()
                .for_each(|item| self.check(&schema["items"], item, &format!("{place}[]")));
        }
        if let Some(object) = value
            .as_object()
            .filter(|_| schema["type"].is_string() || schema["type"].is_array())
        {
            self.check_object(schema, object, place);
        }
    }

    fn check_one_of(&mut self, schema: &Value, choices: &[Value], value: &Value, place: &str) {
        if value.is_null() && choices.iter().any(|choice| choice["type"] == "null") {
            return;
        }
        if let Some(mapping) = schema["discriminator"]["mapping"].as_object() {
            let tag = schema["discriminator"]["propertyName"].as_str().unwrap();
            return match value[tag].as_str().and_then(|word| mapping.get(word)) {
                Some(path) => self.check(&json!({"$ref": path}), value, place),
                None => self.fault(place, &format!("{tag} of {value} is not known")),
            };
        }
        let mut fewest: Option<BTreeSet<String>> = None;
        for choice in choices.iter().filter(|choice| choice["type"] != "null") {
            let mut alone = Checker {
                document: self.document,
                faults: BTreeSet::new(),
                seen: BTreeMap::new(),
            };
            alone.check(choice, value, place);
            if alone.faults.is_empty() {
                return self.check(choice, value, place);
            }
            fewest = Some(alone.faults);
        }
        self.faults.extend(fewest.unwrap_or_default());
    }

    fn check_type(&mut self, schema: &Value, value: &Value, place: &str) {
        let kinds = match &schema["type"] {
            Value::String(kind) => vec![kind.as_str()],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        let fits = kinds.iter().any(|kind| match *kind {
            "null" => value.is_null(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "array" => value.is_array(),
            _ => value.is_object(),
        });
        if !fits {
            self.fault(place, &format!("{value} is no {}", kinds.join(" or ")));
        }
    }

    fn check_object(
        &mut self,
        schema: &Value,
        object: &serde_json::Map<String, Value>,
        place: &str,
    ) {
        let nothing = serde_json::Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&nothing);
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for name in required.iter().filter_map(Value::as_str) {
            if !object.contains_key(name) {
                self.fault(place, &format!("{name} is required and not there"));
            }
        }
        for (name, property) in properties {
            let (there, all) = self
                .seen
                .entry((place.to_owned(), name.clone()))
                .or_default();
            *there += usize::from(object.contains_key(name));
            *all += 1;
            if let Some(value) = object.get(name) {
                self.check(property, value, &format!("{place}.{name}"));
            }
        }
        for (name, value) in object
            .iter()
            .filter(|(name, _)| !properties.contains_key(*name))
        {
            match &schema["additionalProperties"] {
                Value::Bool(true) => {}
                more @ Value::Object(_) => self.check(more, value, &format!("{place}.*")),
                _ => self.fault(place, &format!("{name} is there and not documented")),
            }
        }
    }

    /// Properties that are called optional and were always there.
    fn never_left_out(&self) -> Vec<String> {
        let optional = self.seen.iter().filter(|((place, name), (there, all))| {
            let required = &self.document["components"]["schemas"][place]["required"];
            let is_required = required
                .as_array()
                .is_some_and(|all| all.contains(&json!(name)));
            let is_known = ALWAYS_HERE.contains(&(place.as_str(), name.as_str()));
            there == all
                && *all >= ENOUGH
                && !is_required
                && !is_known
                && !place.contains(['.', '['])
        });
        optional
            .map(|((place, name), _)| format!("{place}.{name} is optional and always there"))
            .collect()
    }
}

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

/// Every operation with its path and method.
fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (format!("{method} {path}"), operation.clone()))
    });
    all.collect()
}

#[test]
fn generators_find_one_type_for_each_content_and_lists_with_commas() {
    let document = openapi::document();
    for (name, operation) in operations(&document) {
        for content in [
            &operation["requestBody"]["content"],
            &operation["responses"]["200"]["content"],
        ] {
            let kinds: Vec<&String> = content
                .as_object()
                .into_iter()
                .flatten()
                .map(|(kind, _)| kind)
                .collect();
            let has_json = kinds.iter().any(|kind| kind.ends_with("json"));
            assert!(!has_json || kinds.len() == 1, "{name}: {kinds:?}");
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["in"] == "query" && parameter["schema"]["type"] == "array" {
                let sent = (&parameter["style"], &parameter["explode"]);
                assert_eq!(
                    sent,
                    (&json!("form"), &json!(false)),
                    "{name} {}",
                    parameter["name"]
                );
            }
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if schema["type"] == "object" {
            let properties = schema["properties"].as_object();
            let is_open = schema.get("additionalProperties").is_some();
            assert!(is_open || properties.is_some(), "{name} takes nothing");
            for (property, schema) in properties.into_iter().flatten() {
                assert!(
                    schema.get("default").is_none(),
                    "{name}.{property} has a default"
                );
            }
        }
    }
}

#[test]
fn what_joins_another_type_stands_beside_the_content() {
    let document = openapi::document();
    let article = &document["paths"]["/api/articles/{id}"];
    let kinds = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    let others = &article["get"]["responses"]["200"]["x-content"];
    assert_eq!(
        kinds(others),
        ["application/ld+json", "application/vnd.iptc.ninjs+json"]
    );
    assert_eq!(
        kinds(&article["patch"]["requestBody"]["x-content"]),
        ["application/merge-patch+json"]
    );
    let aside = article["get"]["x-parameters"].as_array().unwrap();
    assert_eq!(
        aside
            .iter()
            .map(|one| one["name"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["fields", "format"]
    );
    let bulk = &document["paths"]["/api/bulk"]["post"];
    assert_eq!(
        kinds(&bulk["requestBody"]["x-content"]),
        ["application/x-ndjson"]
    );
    assert_eq!(
        kinds(&bulk["responses"]["200"]["x-content"]),
        ["application/x-ndjson"]
    );
}

#[test]
fn a_tag_leads_to_one_of_the_variants_of_its_union() {
    fn walk(value: &Value, found: &mut usize) {
        if let Some(mapping) = value["discriminator"]["mapping"].as_object() {
            let variants = value["oneOf"].as_array().unwrap();
            for (tag, target) in mapping {
                let leads = variants.iter().any(|variant| variant["$ref"] == *target);
                assert!(
                    leads,
                    "{tag} leads to {target}, which is none of {variants:?}"
                );
                *found += 1;
            }
        }
        match value {
            Value::Object(object) => object.values().for_each(|value| walk(value, found)),
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut found = 0;
    walk(&openapi::document(), &mut found);
    assert!(found > 20, "{found} tags");
}
