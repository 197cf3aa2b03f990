//! Bodies from outside and the forms that they take, read from `tests/fixtures/bodies`: adding a case is adding an object.

use serde_json::{Value, json};

use super::Body;
use crate::domain::language::LanguageTag;

fn read(case: &Value) -> Value {
    let of = |name: &str| case[name].as_str().expect("a string");
    let lang = LanguageTag::parse(of("lang")).expect("a language");
    let (body, warnings) = match of("format") {
        "html" => Body::from_html_reporting(of("content"), Some(&lang)),
        "markdown" => Body::from_markdown_reporting(of("content"), Some(&lang)),
        _ => Body::from_text_reporting(of("content")),
    }
    .expect("a body");
    super::tests::assert_agrees(&body);
    let warnings = warnings
        .iter()
        .map(|(code, said)| format!("{code}: {said}"));
    json!({
        "html": body.html(),
        "text": body.text(),
        "markdown": body.markdown(),
        "blocks": body.blocks(),
        "warnings": warnings.collect::<Vec<_>>(),
    })
}

const FILES: [&str; 12] = [
    include_str!("../../../tests/fixtures/bodies/editors.json"),
    include_str!("../../../tests/fixtures/bodies/embeds.json"),
    include_str!("../../../tests/fixtures/bodies/galleries.json"),
    include_str!("../../../tests/fixtures/bodies/kept.json"),
    include_str!("../../../tests/fixtures/bodies/lines.json"),
    include_str!("../../../tests/fixtures/bodies/lists.json"),
    include_str!("../../../tests/fixtures/bodies/markdown.json"),
    include_str!("../../../tests/fixtures/bodies/meanings.json"),
    include_str!("../../../tests/fixtures/bodies/pictures.json"),
    include_str!("../../../tests/fixtures/bodies/signs.json"),
    include_str!("../../../tests/fixtures/bodies/tables.json"),
    include_str!("../../../tests/fixtures/bodies/targets.json"),
];

#[test]
fn every_case_has_its_forms_and_warnings() {
    for text in FILES {
        let cases: Vec<Value> = serde_json::from_str(text).expect("a list of cases");
        for case in &cases {
            let found = read(case);
            for (name, value) in found.as_object().expect("forms") {
                assert_eq!(&case[name], value, "{} of {}", name, case["case"]);
            }
        }
    }
}
