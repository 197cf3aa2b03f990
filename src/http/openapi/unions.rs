//! Names for what the code leaves nameless: each variant of a tagged union becomes a schema of its own, since generated
//! clients can follow a recursion through names only.

use serde_json::{Map, Value, json};

/// Schemas that are called otherwise in the document than in the code.
const RENAMED: [(&str, &str); 2] = [("BTreeMap", "Names"), ("BodyView", "Body")];

/// The place of schemas in the document.
pub(super) const SCHEMAS: &str = "#/components/schemas/";

/// Renames what is to be renamed, and names the variants of tagged unions.
pub(super) fn name(document: &mut Value) {
    for (old, new) in RENAMED {
        rename_references(
            document,
            &format!("{SCHEMAS}{old}"),
            &format!("{SCHEMAS}{new}"),
        );
        if let Some(schemas) = schemas(document)
            && let Some(schema) = schemas.remove(old)
        {
            schemas.insert(new.to_owned(), schema);
        }
    }
    let Some(schemas) = schemas(document) else {
        return;
    };
    let unions: Vec<String> = schemas.keys().cloned().collect();
    for union in unions {
        for (name, variant) in take_variants(&union, &mut schemas[&union]) {
            schemas.insert(name, variant);
        }
    }
    schemas.sort_keys();
}

fn schemas(document: &mut Value) -> Option<&mut Map<String, Value>> {
    document["components"]["schemas"].as_object_mut()
}

/// Makes every reference to `old` one to `new`.
pub(super) fn rename_references(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::Object(object) => {
            if object.get("$ref").is_some_and(|target| target == old) {
                object.insert("$ref".to_owned(), json!(new));
            }
            let mapping = object.get_mut("discriminator").map(|of| &mut of["mapping"]);
            let leads = mapping.and_then(Value::as_object_mut).into_iter().flatten();
            for (_, target) in leads.filter(|(_, target)| *target == old) {
                *target = json!(new);
            }
            object
                .values_mut()
                .for_each(|value| rename_references(value, old, new));
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|value| rename_references(value, old, new)),
        _ => {}
    }
}

/// Calls `told` with the name of each schema that a value refers to.
pub(super) fn each_reference(value: &Value, told: &mut impl FnMut(&str)) {
    match value {
        Value::Object(object) => {
            let target = object.get("$ref").and_then(Value::as_str);
            if let Some(name) = target.and_then(|path| path.strip_prefix(SCHEMAS)) {
                told(name);
            }
            object
                .values()
                .for_each(|value| each_reference(value, told));
        }
        Value::Array(items) => items.iter().for_each(|item| each_reference(item, told)),
        _ => {}
    }
}

/// Takes the variants out of a union whose variants all carry a tag, and leaves references and the discriminator.
fn take_variants(union: &str, schema: &mut Value) -> Vec<(String, Value)> {
    let Some(variants) = schema["oneOf"].as_array() else {
        return Vec::new();
    };
    let tagged: Option<Vec<_>> = variants.iter().map(tag_of).collect();
    let Some(tags) = tagged.filter(|tags| !tags.is_empty()) else {
        return Vec::new();
    };
    let property = tags[0].0.clone();
    let named = tags.iter().zip(variants).map(|((_, word), variant)| {
        (
            word.clone(),
            format!("{}{union}", capitalised(word)),
            variant.clone(),
        )
    });
    let named: Vec<_> = named.collect();
    let reference = |name: &str| format!("{SCHEMAS}{name}");
    let mapping = named
        .iter()
        .map(|(word, name, _)| (word.clone(), json!(reference(name))));
    schema["discriminator"] =
        json!({"propertyName": property, "mapping": mapping.collect::<Map<_, _>>()});
    schema["oneOf"] = named
        .iter()
        .map(|(_, name, _)| json!({"$ref": reference(name)}))
        .collect();
    named
        .into_iter()
        .map(|(_, name, variant)| (name, variant))
        .collect()
}

/// The property that tells a variant from the others, and its one word.
fn tag_of(variant: &Value) -> Option<(String, String)> {
    let properties = variant["properties"].as_object()?;
    properties.iter().find_map(
        |(name, schema)| match schema["enum"].as_array()?.as_slice() {
            [Value::String(word)] => Some((name.clone(), word.clone())),
            _ => None,
        },
    )
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
