//! Parts that all operations share, added once: errors, header fields, the key, and the fields that `fields` may leave out.

use serde_json::{Map, Value, json};

use super::answers::{add_answers, headers, reference, responses, take_answers};

use super::forms;
use crate::domain::access::Role;
use crate::domain::permission::{Cell, Operation, Row};
use crate::http::codes::Code;

/// Adds what single operations have alone.
fn add_own(operation: &mut Value, id: &str) {
    if id == "get_metrics" {
        operation["security"] = json!([{}, {"bearer": []}]);
        add_answers(operation, &["Unauthorized", "Unavailable"]);
    }
    if id == "get_media_file" {
        operation["security"] = json!([{}, {"bearer": []}]);
        add_answers(operation, &["Unauthorized"]);
    }
    if matches!(id, "get_media_file" | "get_medium_original") {
        add_file_answers(operation);
    }
    if id == "get_readiness" {
        add_answers(operation, &["Unavailable"]);
    }
    if forms::ARTICLES.contains(&id) {
        forms::add_structured(operation);
    }
    if id == "stream_changes" {
        take_answers(operation, &["304", "412"]);
    }
}

/// Completes the document.
pub(super) fn decorate(document: &mut Value) {
    let fields = field_names(document);
    for (path, method, operation) in operations(document) {
        let id = operation["operationId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let row = Operation::ALL.iter().map(|one| one.row());
        let row = row.into_iter().find(|row| row.id == id);
        if let Some(row) = row.filter(|row| !row.public) {
            describe_fields(operation, &fields);
            operation["security"] = json!([{"bearer": []}]);
            tell_roles(operation, &row);
            add_keyed_answers(operation, path, method);
        } else if path.starts_with("/api/") {
            operation["security"] = json!([{}, {"bearer": []}]);
            add_api_answers(operation, &id);
            describe_fields(operation, &fields);
        } else if forms::is_document(&id) {
            let by_key = path.starts_with("/feeds/");
            operation["security"] = if by_key {
                json!([{}, {"bearer": []}])
            } else {
                json!([])
            };
            add_document_answers(operation, by_key);
            forms::set_sitemap(operation, &id);
        } else {
            operation["security"] = json!([]);
            add_answers(operation, &["BadRequest", "NotAcceptable", "InternalError"]);
        }
        add_own(operation, &id);
        let is_content = path.starts_with("/api/") || forms::is_document(&id);
        let is_read = method == "get" && is_content && id != "stream_changes";
        add_headers(operation, is_read, method != "get");
        send_commas(operation);
        forms::set_aside(operation);
    }
    forms::split_feeds(document);
    open_objects(document);
    let components = &mut document["components"];
    components["responses"] = responses();
    components["headers"] = headers();
    components["securitySchemes"] = json!({"bearer": {
        "type": "http", "scheme": "bearer",
        "description": "A key from `masthead key create`. What is published needs none."
    }});
    components["schemas"]["Problem"]["properties"]["code"]["enum"] =
        Code::ALL.iter().map(|code| code.entry().word).collect();
}

fn operations(document: &mut Value) -> impl Iterator<Item = (&String, &String, &mut Value)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object_mut().into_iter().flatten();
        methods.map(move |(method, operation)| (path, method, operation))
    })
}

/// Says whose keys may call an operation, from the one table of permissions.
fn tell_roles(operation: &mut Value, row: &Row) {
    let may = |role: &Role| match row.cell(*role) {
        Cell::No => None,
        Cell::Own => Some(format!("{} (drafts of its own)", role.as_str())),
        Cell::Yes => Some(role.as_str().to_owned()),
    };
    let roles: Vec<String> = Role::ALL.iter().filter_map(may).collect();
    let words = operation["description"].as_str().unwrap_or_default();
    operation["description"] = json!(format!("{words}\n\nRoles: {}.", roles.join(", ")));
}

/// Answers of operations for keys, by their method and their path.
fn add_keyed_answers(operation: &mut Value, path: &str, method: &str) {
    let mut names = vec![
        "BadRequest",
        "Unauthorized",
        "Forbidden",
        "NotAcceptable",
        "TooManyRequests",
        "InternalError",
        "Unavailable",
    ];
    if path.contains('{') {
        names.push("NotFound");
    }
    if path.starts_with("/api/articles/{") {
        names.push("Gone");
    }
    match method {
        "get" => names.extend(["NotModified", "PreconditionFailed"]),
        _ => names.extend(["Conflict", "PreconditionFailed", "StorageFull"]),
    }
    if matches!(method, "post" | "put" | "patch") {
        names.extend(["ContentTooLarge", "UnsupportedMediaType", "InvalidContent"]);
    }
    if needs_if_match(operation) || method == "put" {
        names.push("PreconditionRequired");
    }
    add_answers(operation, &names);
}

fn needs_if_match(operation: &Value) -> bool {
    let parameters = operation["parameters"].as_array();
    let mut parameters = parameters.into_iter().flatten();
    parameters.any(|one| one["name"] == "If-Match" && one["required"] == true)
}

/// Other answers of the files of media.
fn add_file_answers(operation: &mut Value) {
    let names = [
        "NotModified",
        "BadRequest",
        "NotFound",
        "PreconditionFailed",
        "RangeNotSatisfiable",
        "InternalError",
        "Unavailable",
    ];
    add_answers(operation, &names);
}

fn add_api_answers(operation: &mut Value, id: &str) {
    add_answers(
        operation,
        &[
            "NotModified",
            "BadRequest",
            "Unauthorized",
            "NotAcceptable",
            "PreconditionFailed",
            "TooManyRequests",
            "InternalError",
            "Unavailable",
        ],
    );
    match id {
        "list_articles" | "search_articles" => add_answers(operation, &["Forbidden"]),
        "get_article" => add_answers(operation, &["Moved", "NotFound", "Gone"]),
        "list_related_articles" => add_answers(operation, &["NotFound", "Gone"]),
        "get_author" | "get_source" | "get_tag" | "get_section" => {
            add_answers(operation, &["Moved", "NotFound"]);
        }
        "resolve_url" => add_answers(operation, &["NotFound", "Gone"]),
        _ if id.starts_with("get_") => {
            add_answers(operation, &["NotFound"]);
        }
        _ => {}
    }
}

/// Feeds and sitemaps: their addresses name their forms, and all of them may have nothing to show.
fn add_document_answers(operation: &mut Value, by_key: bool) {
    add_answers(
        operation,
        &[
            "NotModified",
            "BadRequest",
            "NotFound",
            "NotAcceptable",
            "PreconditionFailed",
            "TooManyRequests",
            "InternalError",
            "Unavailable",
        ],
    );
    if by_key {
        add_answers(operation, &["Unauthorized"]);
    }
}

fn add_headers(operation: &mut Value, is_read: bool, is_write: bool) {
    let id = operation["operationId"].as_str().unwrap_or_default();
    let mut names = vec!["X-Request-Id", "Cache-Control"];
    if is_read {
        names.extend([
            "ETag",
            "Last-Modified",
            "Vary",
            "Content-Language",
            "Surrogate-Key",
            "Cache-Tag",
        ]);
    }
    if id.starts_with("list_") || id.ends_with("_feed") || id == "search_articles" {
        names.push("Link");
    }
    if is_write {
        names.push("Change-Seq");
    }
    let headers = names
        .iter()
        .map(|name| ((*name).to_owned(), reference("headers", name)));
    let headers = Value::Object(headers.collect());
    for status in ["200", "201", "204"] {
        if operation["responses"][status].is_object() {
            let mut headers = headers.clone();
            if status != "204" && !is_read {
                headers["ETag"] = reference("headers", "ETag");
            }
            if status == "201" {
                headers["Location"] = reference("headers", "Location");
            }
            operation["responses"][status]["headers"] = headers;
        }
    }
}

/// The component that a `$ref` names.
fn component<'d>(document: &'d Value, reference: &Value) -> Option<(&'d str, &'d Value)> {
    let name = reference["$ref"].as_str()?.rsplit('/').next()?;
    let schemas = document["components"]["schemas"].as_object()?;
    schemas
        .get_key_value(name)
        .map(|(name, schema)| (name.as_str(), schema))
}

/// For each envelope that answers come in: the names of its resource's fields.
fn field_names(document: &Value) -> Map<String, Value> {
    let schemas = document["components"]["schemas"].as_object();
    let envelopes = schemas.into_iter().flatten().filter_map(|(name, schema)| {
        let data = &schema["properties"]["data"];
        let data = if data["items"].is_object() {
            &data["items"]
        } else {
            data
        };
        let (_, resource) = component(document, data)?;
        let names = resource["properties"].as_object()?.keys();
        Some((name.clone(), names.cloned().collect()))
    });
    envelopes.collect()
}

fn describe_fields(operation: &mut Value, names: &Map<String, Value>) {
    let schema =
        operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].clone();
    let envelope = schema
        .as_str()
        .and_then(|path| path.rsplit('/').next())
        .unwrap_or_default();
    let Some(names) = names.get(envelope) else {
        return;
    };
    let parameters = operation["parameters"].as_array_mut().into_iter().flatten();
    for parameter in parameters.filter(|parameter| parameter["name"] == "fields") {
        let item = json!({"type": "string", "enum": names});
        parameter["schema"] = json!({"type": "array", "items": item, "minItems": 1});
        let words = parameter["description"].as_str().unwrap_or_default();
        let words = words.replace("`fields=name`", &format!("`fields={}`", example_of(names)));
        parameter["description"] = json!(words);
    }
}

/// A field that clients may want alone: the name, else the first that does not always come.
fn example_of(names: &Value) -> &str {
    let names = names.as_array().into_iter().flatten();
    let names: Vec<&str> = names.filter_map(Value::as_str).collect();
    let name = names.iter().find(|name| **name == "name");
    let other = names
        .iter()
        .find(|name| !["id", "lang", "seq"].contains(name));
    name.or(other).copied().unwrap_or("id")
}

/// Lists in a query are sent with commas: a repeated parameter means all of its values.
fn send_commas(operation: &mut Value) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        if parameter["in"] == "query" && parameter["schema"]["type"] == "array" {
            parameter["style"] = json!("form");
            parameter["explode"] = json!(false);
        }
    }
}

/// An object that declares nothing may hold anything; some generators take it for an empty one.
fn open_objects(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(open_objects);
            let kinds = object.get("type");
            let is_object = kinds.is_some_and(|kind| {
                kind == "object"
                    || kind
                        .as_array()
                        .is_some_and(|all| all.contains(&json!("object")))
            });
            if is_object && !object.contains_key("properties") {
                object.entry("additionalProperties").or_insert(json!(true));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(open_objects),
        _ => {}
    }
}
