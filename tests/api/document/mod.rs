//! Answers are what the document says of them: every required property is there, none is there that it does not name, and
//! what it calls optional is sometimes left out.

mod answers;
mod generators;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

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
