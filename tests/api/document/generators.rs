//! The document as generators of clients read it.

use masthead::http::openapi;
use serde_json::{Value, json};

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
