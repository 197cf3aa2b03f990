//! Requests and answers part here. An answer always has each property that its type does not skip, `null` or not; a request
//! may leave out what has a default. A schema that means both becomes two, and the one for requests ends in `Write`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::unions::{SCHEMAS, each_reference, rename_references};

/// Gives each schema the required properties of its direction.
pub(super) fn part(document: &mut Value) {
    let answered = names_below(document, "responses");
    let sent = names_below(document, "requestBody");
    let twins = twins(document, sent.intersection(&answered).cloned().collect());
    add_twins(document, &twins);
    for name in &sent {
        if !answered.contains(name) {
            turn_to_twins(&mut document["components"]["schemas"][name], &twins);
        }
    }
    for body in bodies(document) {
        turn_to_twins(body, &twins);
    }
    let schemas = document["components"]["schemas"].as_object_mut();
    for (name, schema) in schemas.into_iter().flatten() {
        let fit = if answered.contains(name) {
            require_present
        } else {
            loosen_defaults
        };
        each_object(schema, &mut |object| fit(object));
        each_object(schema, &mut drop_defaults);
    }
}

/// The schemas that lead to a part of operations, and all that these name in turn.
fn names_below(document: &Value, part: &str) -> BTreeSet<String> {
    let mut waiting = Vec::new();
    let operations = document["paths"].as_object().into_iter().flatten();
    let operations = operations.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    for (_, operation) in operations {
        each_reference(&operation[part], &mut |name| waiting.push(name.to_owned()));
    }
    if part == "responses" {
        let shared = &document["components"]["responses"];
        each_reference(shared, &mut |name| waiting.push(name.to_owned()));
    }
    closure(document, waiting)
}

fn closure(document: &Value, mut waiting: Vec<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        let schema = &document["components"]["schemas"][&name];
        if schema.is_object() && found.insert(name) {
            each_reference(schema, &mut |name| waiting.push(name.to_owned()));
        }
    }
    found
}

/// Those of `shared` that differ by direction, themselves or by what they name.
fn twins(document: &Value, shared: BTreeSet<String>) -> BTreeSet<String> {
    let differs = |name: &String| {
        let mut answer = document["components"]["schemas"][name].clone();
        let mut request = answer.clone();
        each_object(&mut answer, &mut require_present);
        each_object(&mut request, &mut loosen_defaults);
        answer != request
    };
    let different: BTreeSet<String> = shared
        .iter()
        .filter(|name| differs(name))
        .cloned()
        .collect();
    let leads = |name: &String| !closure(document, vec![name.clone()]).is_disjoint(&different);
    shared.into_iter().filter(leads).collect()
}

fn add_twins(document: &mut Value, twins: &BTreeSet<String>) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
        return;
    };
    for name in twins {
        let mut twin = schemas[name].clone();
        turn_to_twins(&mut twin, twins);
        schemas.insert(format!("{name}Write"), twin);
    }
    schemas.sort_keys();
}

fn turn_to_twins(value: &mut Value, twins: &BTreeSet<String>) {
    for name in twins {
        let path = format!("{SCHEMAS}{name}");
        rename_references(value, &path, &format!("{path}Write"));
    }
}

fn bodies(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operations = paths.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten());
    operations.filter_map(|(_, operation)| operation.get_mut("requestBody"))
}

/// Calls `change` with each object schema in a schema, without following references.
pub(super) fn each_object(schema: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match schema {
        Value::Object(object) => {
            object
                .values_mut()
                .for_each(|value| each_object(value, change));
            if object.get("properties").is_some_and(Value::is_object) {
                change(object);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_object(item, change)),
        _ => {}
    }
}

/// True if a schema takes `null`.
pub(super) fn is_nullable(schema: &Value) -> bool {
    let types = schema["type"].as_array().into_iter().flatten();
    let unions = ["oneOf", "anyOf"]
        .into_iter()
        .flat_map(|union| schema[union].as_array().into_iter().flatten());
    types
        .chain(unions.map(|one| &one["type"]))
        .any(|kind| kind == "null")
}

/// A nullable property is there whatever it holds; what serde skips is declared without `null`.
fn require_present(object: &mut Map<String, Value>) {
    retain_required(object, |required, property| {
        required || is_nullable(property)
    });
}

fn loosen_defaults(object: &mut Map<String, Value>) {
    retain_required(object, |required, property| {
        required && property.get("default").is_none()
    });
}

fn retain_required(object: &mut Map<String, Value>, keeps: impl Fn(bool, &Value) -> bool) {
    let required = object.get("required").cloned().unwrap_or_default();
    let is_required = |name: &str| {
        required
            .as_array()
            .is_some_and(|all| all.contains(&json!(name)))
    };
    let properties = object["properties"].as_object().into_iter().flatten();
    let kept = properties.filter(|(name, property)| keeps(is_required(name), property));
    let kept: Vec<String> = kept.map(|(name, _)| name.clone()).collect();
    if kept.is_empty() {
        object.remove("required");
    } else {
        object.insert("required".to_owned(), json!(kept));
    }
}

/// Generators take a property with a default for one that must be sent.
fn drop_defaults(object: &mut Map<String, Value>) {
    let properties = object.get_mut("properties").and_then(Value::as_object_mut);
    for (_, property) in properties.into_iter().flatten() {
        if let Some(property) = property.as_object_mut() {
            property.remove("default");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_both_sent_and_answered_is_required_in_answers_only() {
        let of = |name: &str| json!({"content": {"application/json": {"schema": {"$ref": format!("{SCHEMAS}{name}")}}}});
        let mut document = json!({
            "paths": {"/a": {"put": {"requestBody": of("AWrite"), "responses": {"200": of("A")}}}},
            "components": {"responses": {}, "schemas": {
                "A": {"properties": {"id": {"type": "string"}, "rights": {"$ref": format!("{SCHEMAS}Rights")}, "more": {"type": "string"}},
                    "required": ["id", "rights"]},
                "AWrite": {"properties": {"rights": {"$ref": format!("{SCHEMAS}Rights")}, "style": {"$ref": format!("{SCHEMAS}Style")}}},
                "Rights": {"properties": {"licence": {"type": ["string", "null"], "default": null}, "lines": {"type": "array", "default": []}},
                    "required": ["lines"]},
                "Style": {"type": "string"}
            }}
        });
        part(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["A"]["required"], json!(["id", "rights"]));
        assert_eq!(schemas["Rights"]["required"], json!(["licence", "lines"]));
        assert_eq!(schemas["RightsWrite"].get("required"), None);
        assert!(
            schemas["RightsWrite"]["properties"]["licence"]
                .get("default")
                .is_none()
        );
        assert_eq!(
            schemas["AWrite"]["properties"]["rights"]["$ref"],
            json!(format!("{SCHEMAS}RightsWrite"))
        );
        assert!(schemas.get("StyleWrite").is_none());
    }
}
