//! Examples of errors and resources: answers of the demo, which `examples.json` keeps. A test asks the demo again.

use std::sync::LazyLock;

use serde_json::Value;

static EXAMPLES: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

/// The example of the problem with this status.
pub(super) fn of_problem(status: u16) -> &'static Value {
    &EXAMPLES["problems"][status.to_string()]
}

/// Gives the answer to the example of a new article its own example: what the demo makes of it.
pub(super) fn add_to_writes(document: &mut Value) {
    let answer = &mut document["paths"]["/api/articles"]["post"]["responses"]["201"];
    answer["content"]["application/json"]["example"] = EXAMPLES["created"].clone();
}

/// Gives the schemas of resources their examples.
pub(super) fn add_to_resources(document: &mut Value) {
    let resources = EXAMPLES["resources"].as_object().into_iter().flatten();
    for (_, resource) in resources {
        let name = resource["schema"].as_str().unwrap_or_default();
        document["components"]["schemas"][name]["example"] = resource["example"].clone();
    }
}
