//! The words of the document for each parameter, and for the problems of each resource.

use masthead::http::openapi;
use serde_json::Value;

use super::permission_requests::{Documented, documented};

/// Words of which a parameter takes any are explained where it is described.
#[test]
fn parameters_that_take_few_words_tell_of_each() {
    let document = openapi::document();
    for Documented { id, value, .. } in documented(&document) {
        let lists = [&value["parameters"], &value["x-parameters"]];
        for parameter in lists.into_iter().filter_map(Value::as_array).flatten() {
            let name = parameter["name"].as_str().unwrap();
            // Names of fields and facets are long lists that explain themselves, and a minus turns an order round.
            if ["fields", "facets", "sort"].contains(&name) {
                continue;
            }
            let told = parameter["description"].as_str().unwrap();
            let schema = &parameter["schema"];
            let words = [&schema["enum"], &schema["items"]["enum"]];
            for word in words.into_iter().filter_map(Value::as_array).flatten() {
                let word = word.as_str().unwrap();
                assert!(told.contains(word), "{id}: {name} does not tell of {word}");
            }
        }
    }
}

/// The shared answers tell of articles.
#[test]
fn every_kind_of_resource_has_problems_of_its_own() {
    let document = openapi::document();
    for Documented { path, value, .. } in documented(&document) {
        let mut steps = path.split('/').skip(1);
        let is_other = steps.next() == Some("api") && steps.next() != Some("articles");
        let is_named = steps.next().is_some_and(|step| step.starts_with('{'));
        let answer = &value["responses"]["404"]["$ref"];
        let is_shared = answer == "#/components/responses/NotFound";
        assert!(!(is_other && is_named && is_shared), "{path}");
    }
}
