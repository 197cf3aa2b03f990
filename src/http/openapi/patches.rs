//! Merge patches (RFC 7396), made of what they change: every property may be left out, and `null` takes away what may be
//! absent. Objects within are patches too, lists are replaced whole.

use serde_json::{Map, Value, json};

use super::directions::is_nullable;
use super::unions::SCHEMAS;

/// Fills each `…Patch` that declares no properties of its own from its `…Write`, and makes all of them patches throughout.
pub(super) fn fill(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
        return;
    };
    let names: Vec<String> = schemas
        .keys()
        .filter(|name| name.ends_with("Patch"))
        .cloned()
        .collect();
    for name in names {
        let written = schemas.get(&name.replace("Patch", "Write"));
        let declares = schemas[&name].get("properties").is_some();
        let of = written
            .filter(|_| !declares)
            .unwrap_or(&schemas[&name])
            .clone();
        let properties = patched(&of, schemas);
        let patch = &mut schemas[&name];
        patch["type"] = json!("object");
        patch["properties"] = Value::Object(properties);
        if let Some(patch) = patch.as_object_mut() {
            patch.remove("required");
        }
    }
    schemas.sort_keys();
}

fn patched(schema: &Value, schemas: &mut Map<String, Value>) -> Map<String, Value> {
    let required = schema["required"].clone();
    let must_stay = |name: &str, property: &Value| {
        let required = required.as_array();
        property.get("default").is_none() && required.is_some_and(|all| all.contains(&json!(name)))
    };
    let properties = schema["properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let patched = properties.into_iter().map(|(name, mut property)| {
        follow(&mut property, schemas);
        let property = if must_stay(&name, &property) {
            property
        } else {
            nullable(property)
        };
        (name, property)
    });
    patched.collect()
}

/// Makes references to objects ones to their patches, which are added where they are not there yet.
fn follow(property: &mut Value, schemas: &mut Map<String, Value>) {
    if let Some(choices) = property.get_mut("oneOf").and_then(Value::as_array_mut) {
        choices
            .iter_mut()
            .for_each(|choice| follow(choice, schemas));
    }
    let values = property.get_mut("additionalProperties");
    if let Some(values) = values.filter(|values| values.is_object()) {
        *values = nullable(values.take());
    }
    let name = property["$ref"]
        .as_str()
        .and_then(|path| path.strip_prefix(SCHEMAS));
    let Some(name) = name.map(str::to_owned) else {
        return;
    };
    let patch = format!("{}Patch", name.strip_suffix("Write").unwrap_or(&name));
    if !schemas.contains_key(&patch) {
        let schema = schemas[&name].clone();
        let Some(made) = patch_of(schema, schemas) else {
            return;
        };
        schemas.insert(patch.clone(), made);
    }
    property["$ref"] = json!(format!("{SCHEMAS}{patch}"));
}

/// The patch of an object or a map; `None` for what is replaced whole.
fn patch_of(mut schema: Value, schemas: &mut Map<String, Value>) -> Option<Value> {
    if schema["properties"].is_object() {
        schema["properties"] = Value::Object(patched(&schema, schemas));
        schema.as_object_mut()?.remove("required");
        return Some(schema);
    }
    let values = schema
        .get("additionalProperties")
        .filter(|values| values.is_object())?
        .clone();
    schema["additionalProperties"] = nullable(values);
    Some(schema)
}

/// The schema with `null` beside what it takes.
fn nullable(mut schema: Value) -> Value {
    if is_nullable(&schema) {
        return schema;
    }
    if let Some(kind) = schema["type"].as_str().map(str::to_owned) {
        if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
            words.push(Value::Null);
        }
        schema["type"] = json!([kind, "null"]);
        return schema;
    }
    if let Some(choices) = schema.get_mut("oneOf").and_then(Value::as_array_mut) {
        choices.push(json!({"type": "null"}));
        return schema;
    }
    let mut description = Map::new();
    if let Some(words) = schema
        .as_object_mut()
        .and_then(|schema| schema.remove("description"))
    {
        description.insert("description".to_owned(), words);
    }
    let mut choice = json!({"oneOf": [schema, {"type": "null"}]});
    if let Some(choice) = choice.as_object_mut() {
        choice.extend(description);
    }
    choice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_has_every_property_of_what_it_changes() {
        let reference = |name: &str| json!({"$ref": format!("{SCHEMAS}{name}")});
        let mut document = json!({"components": {"schemas": {
            "NotePatch": {"description": "A patch.", "examples": [{}]},
            "NoteWrite": {"properties": {"name": {"type": "string"}, "body": reference("BodyWrite"), "names": reference("Names"),
                "list": {"type": "array", "default": []}, "kind": reference("Kind")}, "required": ["name", "list"]},
            "BodyWrite": {"properties": {"format": {"type": "string"}, "content": {"type": "string"}}, "required": ["format", "content"]},
            "Names": {"type": "object", "additionalProperties": {"type": "string"}},
            "Kind": {"type": "string", "enum": ["a"]}
        }}});
        fill(&mut document);
        let schemas = &document["components"]["schemas"];
        let nothing = json!({"type": "null"});
        assert_eq!(
            schemas["NotePatch"],
            json!({"type": "object", "description": "A patch.", "examples": [{}], "properties": {
            "name": {"type": "string"}, "body": {"oneOf": [reference("BodyPatch"), nothing]}, "names": {"oneOf": [reference("NamesPatch"), nothing]},
            "list": {"type": ["array", "null"], "default": []}, "kind": {"oneOf": [reference("Kind"), nothing]}}})
        );
        assert_eq!(schemas["BodyPatch"].get("required"), None);
        assert_eq!(
            schemas["NamesPatch"]["additionalProperties"]["type"],
            json!(["string", "null"])
        );
    }
}
