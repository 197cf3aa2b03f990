//! The words and the examples of the document: every parameter is described, and the demo takes and answers the examples.

use std::collections::BTreeSet;

use masthead::demo;
use masthead::domain::access::Role;
use masthead::domain::permission::Operation;
use masthead::http::openapi;
use serde_json::{Value, json};

use super::client::Request;
use super::document::misfits;
use super::harness::TestServer;
use super::permission_requests::{Asking, Documented, documented};

/// An article of the demo that anybody may read.
const ARTICLE: &str = "/api/articles/silence-is-also-a-record";
/// Writes whose example the demo cannot take as it is, and why.
const ELSEWHERE: [(&str, &str); 1] = [("acknowledge_changes", "a cursor belongs to its key")];

fn with_demo(server: &TestServer) {
    // Past the dates of the demo, so that all of it is as it is meant to be.
    server.pass(550 * 86_400);
    demo::fill(&server.app.store, &server.app.clock).unwrap();
    server.refresh();
}

/// Every `description` and `summary` below a value, with its place.
fn descriptions(value: &Value, place: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let is_name_of_property = place.ends_with("/properties");
                if let (false, "description" | "summary", Some(words)) =
                    (is_name_of_property, name.as_str(), value.as_str())
                {
                    found.push((place.to_owned(), words.to_owned()));
                } else if name != "example" {
                    descriptions(value, &format!("{place}/{name}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                descriptions(item, &format!("{place}/{number}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_parameter_is_described_and_no_description_is_a_riddle() {
    let document = openapi::document();
    for Documented { id, value, .. } in documented(&document) {
        let lists = [&value["parameters"], &value["x-parameters"]];
        for parameter in lists.into_iter().filter_map(Value::as_array).flatten() {
            let words = parameter["description"].as_str().unwrap_or_default();
            assert!(
                !words.is_empty(),
                "{id}: {} has no description",
                parameter["name"]
            );
        }
    }
    let mut found = Vec::new();
    descriptions(&document, "", &mut found);
    assert!(found.len() > 1_000);
    let riddles = found.iter().filter(|(_, words)| {
        let first = words.split([' ', ',']).next().unwrap_or_default();
        ["What", "How", "Whether"].contains(&first)
    });
    assert_eq!(riddles.collect::<Vec<_>>(), [] as [&(String, String); 0]);
}

/// The places of properties without a description, below a value.
fn undescribed(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            let properties = object.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flatten() {
                if property["description"]
                    .as_str()
                    .unwrap_or_default()
                    .is_empty()
                {
                    found.push(format!("{place}.{name}"));
                }
            }
            let parts = object
                .iter()
                .filter(|(name, _)| !["example", "examples"].contains(&name.as_str()));
            parts.for_each(|(name, part)| undescribed(part, &format!("{place}/{name}"), found));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| undescribed(item, place, found)),
        _ => {}
    }
}

#[test]
fn every_property_of_every_schema_has_a_description() {
    let document = openapi::document();
    let mut found = Vec::new();
    undescribed(&document["components"]["schemas"], "", &mut found);
    undescribed(&document["paths"], "", &mut found);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// Parameters with a rule of their own say it with an example.
#[test]
fn parameters_with_a_rule_show_an_example_of_it() {
    let document = openapi::document();
    let ruled = [
        "lang", "status", "section", "author", "source", "tag", "fields", "include", "body",
    ];
    let listing = documented(&document)
        .into_iter()
        .find(|d| d.id == "list_articles")
        .unwrap();
    let lists = [&listing.value["parameters"], &listing.value["x-parameters"]];
    let parameters: Vec<_> = lists
        .into_iter()
        .filter_map(Value::as_array)
        .flatten()
        .collect();
    for name in ruled {
        let parameter = parameters.iter().find(|one| one["name"] == name).unwrap();
        let words = parameter["description"].as_str().unwrap();
        assert!(words.contains(&format!("`{name}=")), "{name}: {words}");
    }
}

#[test]
fn every_example_fits_its_schema() {
    let document = openapi::document();
    let mut faults = Vec::new();
    let mut check = |name: &str, schema: &Value, example: &Value| {
        if !example.is_null() {
            let found = misfits(&document, schema, example);
            faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
        }
    };
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        check(name, schema, &schema["example"]);
        check(name, schema, &schema["examples"][0]);
    }
    for (name, answer) in document["components"]["responses"].as_object().unwrap() {
        let media = &answer["content"]["application/problem+json"];
        assert_eq!(
            media.is_null(),
            ["Moved", "NotModified"].contains(&name.as_str()),
            "{name}"
        );
        check(name, &media["schema"], &media["example"]);
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// A problem without what is another one each time.
fn lasting(mut problem: Value) -> Value {
    problem["request_id"] = json!("");
    problem
}

/// A request for each problem that the demo can be brought to answer: its name in the document, and the request.
fn failing(server: &TestServer) -> Vec<(&'static str, Request)> {
    let (admin, author) = (server.key(Role::Admin), server.key(Role::Author));
    let change = json!({"subtitle": "Lamps on loan"});
    let patch = || server.request("PATCH", ARTICLE).key(&admin);
    let post = || server.request("POST", "/api/articles").key(&admin);
    let get = |target: &str| server.request("GET", target);
    vec![
        (
            "BadRequest",
            get("/api/articles?sectoin=research&limit=500"),
        ),
        ("Unauthorized", get("/api/articles").key("unknown")),
        (
            "Forbidden",
            server
                .request("POST", &format!("{ARTICLE}/publish"))
                .key(&author),
        ),
        ("NotFound", get("/api/articles/no-such-article")),
        (
            "NotAcceptable",
            get("/api/articles").header("accept", "image/png"),
        ),
        (
            "Conflict",
            post().json(
                &json!({"lang": "en", "title": "Again", "translation_of": id_of(server, ARTICLE)}),
            ),
        ),
        ("Gone", get("/api/articles/the-letters-in-the-biscuit-tin")),
        (
            "PreconditionFailed",
            patch().if_match("\"v9\"").json(&change),
        ),
        ("UnsupportedMediaType", post().content("text/plain", "x")),
        (
            "InvalidContent",
            post().json(&json!({"lang": "en", "titel": "Ferry sold", "authors": ["mina"]})),
        ),
        ("PreconditionRequired", patch().json(&change)),
    ]
}

fn id_of(server: &TestServer, path: &str) -> Value {
    server.ok(path).json()["data"]["id"].clone()
}

/// The same for the kinds of resources whose problems have examples of their own.
fn failing_by_kind(server: &TestServer) -> Vec<(String, Request)> {
    let (admin, partner) = (server.key(Role::Admin), server.key(Role::Partner));
    let mut all = Vec::new();
    for (kind, path, one, missing) in [
        ("Author", "/api/authors", "nadia-benkirat", "no-such-author"),
        (
            "Source",
            "/api/sources",
            "the-watermark-review",
            "no-such-source",
        ),
        ("Tag", "/api/tags", "archives", "no-such-tag"),
        ("Section", "/api/sections", "research", "no-such-section"),
        ("Edition", "/api/editions", "en", "sv"),
    ] {
        let one = format!("{path}/{one}");
        let at = |method: &str, target: &str| server.request(method, target).key(&admin);
        let refused = server.request(
            if kind == "Edition" { "PUT" } else { "POST" },
            if kind == "Edition" { &one } else { path },
        );
        let slip = json!({"nmae": "x"});
        all.extend(
            [
                ("BadRequest", at("GET", &format!("{path}?limt=5"))),
                ("NotFound", at("GET", &format!("{path}/{missing}"))),
                (
                    "NotAcceptable",
                    at("GET", path).header("accept", "image/png"),
                ),
                ("Forbidden", refused.key(&partner).json(&slip)),
                (
                    "InvalidContent",
                    at("PATCH", &one).if_match("*").json(&slip),
                ),
                (
                    "PreconditionFailed",
                    at("PATCH", &one).if_match("\"v9\"").json(&json!({})),
                ),
                ("PreconditionRequired", at("PATCH", &one).json(&json!({}))),
            ]
            .map(|(name, request)| (format!("{kind}{name}"), request)),
        );
    }
    let target = "/api/sections/research?lang=en";
    let needed = server.request("DELETE", target).key(&admin).if_match("*");
    all.push(("SectionConflict".to_owned(), needed));
    all
}

/// Sends the example of every write with the key of an administrator, after a first look at the write; answers what is wrong.
fn wrong_writes(
    server: &TestServer,
    document: &Value,
    look: impl Fn(&Asking<'_>, Request) -> Option<String>,
) -> Vec<String> {
    let admin = server.key(Role::Admin);
    let mut webhook = None;
    let mut wrong = Vec::new();
    for operation in &documented(document) {
        let row = Operation::ALL
            .iter()
            .map(|o| o.row())
            .find(|row| row.id == operation.id);
        let body = &operation.value["requestBody"];
        let content = &body["content"]["application/json"];
        let (Some(row), false) = (row, content.is_null() || is_elsewhere(&operation.id)) else {
            continue;
        };
        let asking = Asking {
            server,
            document,
            operation,
            row,
        };
        let thing = if operation.path.contains("/webhooks/{id}") {
            webhook.clone()
        } else {
            let is_step = operation.id == "publish_article";
            asking.thing(&admin, if is_step { "draft" } else { "published" })
        };
        let example = asking.content_example(content);
        let example = example.unwrap_or_else(|| panic!("{} has no example", operation.id));
        let asked = || asking.request(thing.as_deref()).unwrap().key(&admin);
        wrong.extend(look(&asking, asked()));
        let mut request = asked();
        // Required content is in it already.
        if body["required"] != true {
            request = request.json(&example);
        }
        let response = request.send();
        if !matches!(response.status, 200..=204) {
            wrong.push(format!("{}: {}", operation.id, response.text()));
        } else if operation.id == "create_webhook" {
            webhook = response.json()["data"]["id"].as_str().map(str::to_owned);
        } else if ["create_author", "create_source", "create_tag"].contains(&&*operation.id) {
            make_room(server, &admin, &response.json());
        }
    }
    wrong
}

/// The fields that a write takes and its schema does not name, or the other way round.
fn other_fields(asking: &Asking<'_>, request: Request) -> Option<String> {
    let content = &asking.operation.value["requestBody"]["content"]["application/json"];
    let name = content["schema"]["$ref"].as_str()?.rsplit('/').next()?;
    let schema = &asking.document["components"]["schemas"][name]["properties"];
    let schema: BTreeSet<&str> = schema.as_object()?.keys().map(String::as_str).collect();
    let id = &asking.operation.id;
    // Like no name of a field, so that all are told.
    let answer = request.json(&json!({"qqqqqqqqqqqqqqqq": 1})).send().json();
    let errors = answer["errors"].as_array();
    let unknown = errors
        .into_iter()
        .flatten()
        .find(|e| e["code"] == "unknown_field");
    let Some(told) = unknown.and_then(|error| error["detail"].as_str()) else {
        return Some(format!("{id}: {answer}"));
    };
    let told = told.split_once("there are ").map_or("", |(_, names)| names);
    let told: BTreeSet<&str> = told.split(", ").collect();
    let others: Vec<_> = told.symmetric_difference(&schema).collect();
    (!others.is_empty()).then(|| format!("{id}: {others:?}"))
}

/// Deletes what was made of an example whose name must be free for the next one.
fn make_room(server: &TestServer, admin: &str, made: &Value) {
    let target = made["data"]["links"]["self"].as_str().unwrap();
    let deleted = server.request("DELETE", target).key(admin).if_match("*");
    assert_eq!(deleted.send().status, 204);
}

fn is_elsewhere(id: &str) -> bool {
    ELSEWHERE.iter().any(|(known, _)| *known == id)
}

api_test! {
    fn the_demo_takes_the_example_of_every_write(server) {
        with_demo(server);
        let wrong = wrong_writes(server, &openapi::document(), |_, _| None);
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    fn every_write_takes_just_the_fields_that_its_schema_names(server) {
        with_demo(server);
        let wrong = wrong_writes(server, &openapi::document(), other_fields);
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    fn the_demo_answers_the_examples_of_errors(server) {
        with_demo(server);
        let document = openapi::document();
        let own = failing(server).into_iter().map(|(name, request)| (name.to_owned(), request));
        for (name, request) in own.chain(failing_by_kind(server)) {
            let answer = &document["components"]["responses"][&name]["content"]["application/problem+json"];
            assert_eq!(lasting(request.send().json()), lasting(answer["example"].clone()), "{name}");
        }
    }

    fn the_demo_answers_the_example_of_a_new_article_with_that_of_its_answer(server) {
        with_demo(server);
        let document = openapi::document();
        let admin = server.key(Role::Admin);
        let content = &document["components"]["schemas"]["ArticleWrite"]["example"];
        let mut made = server.request("POST", "/api/articles").key(&admin).json(content).send().json();
        let example = &document["paths"]["/api/articles"]["post"]["responses"]["201"]["content"]["application/json"]["example"];
        for place in ["/data/id", "/data/updated_at", "/data/url", "/data/links"] {
            *made.pointer_mut(place).unwrap() = example.pointer(place).unwrap().clone();
        }
        assert_eq!(made, *example);
    }

    fn the_demo_answers_the_examples_of_resources(server) {
        with_demo(server);
        let examples: Value = serde_json::from_str(include_str!("../../src/http/openapi/examples.json")).unwrap();
        for (path, resource) in examples["resources"].as_object().unwrap() {
            let mut answer = server.ok(path).json()["data"].clone();
            // The demo is filled at another time.
            if answer["updated_at"].is_string() {
                answer["updated_at"] = resource["example"]["updated_at"].clone();
            }
            assert_eq!(answer, resource["example"], "{path}");
        }
    }
}
