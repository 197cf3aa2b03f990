//! Closed lists of words that the code keeps as text: a schema names them, so that clients can tell them apart.

use serde_json::{Value, json};

use crate::domain::article::WithdrawalReason;
use crate::domain::audit::KINDS;
use crate::domain::medium::Format;
use crate::domain::permission::Operation;
use crate::domain::revision::FIELDS;
use crate::domain::sync::reason;
use crate::http::handlers::articles::diff::{LISTS, TEXTS};
use crate::http::request::params::AUDIT_ACTORS;
use crate::service::webhook_deliveries::DISABLE_WEBHOOK;

/// Gives each property its words.
pub(super) fn close(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    for (schema, property, words) in lists() {
        let place = &mut schemas[schema]["properties"][property];
        let place = match place.get_mut("items") {
            Some(items) => items,
            None => place,
        };
        let is_nullable = super::directions::is_nullable(place);
        let mut words: Vec<Value> = words.into_iter().map(Value::from).collect();
        words.extend(is_nullable.then_some(Value::Null));
        place["enum"] = json!(words);
    }
}

type List = (&'static str, &'static str, Vec<&'static str>);

fn lists() -> Vec<List> {
    let kept = Operation::ALL.iter().map(|operation| operation.row());
    let kept = kept.filter(|row| !row.public).map(|row| row.id);
    let withdrawals = WithdrawalReason::ALL.map(WithdrawalReason::as_str);
    let reasons: Vec<_> = withdrawals.into_iter().chain(reason::ALL).collect();
    let mimes = Format::ALL.map(Format::mime).to_vec();
    vec![
        ("Actor", "kind", AUDIT_ACTORS.to_vec()),
        ("ArticleMedium", "kind", vec!["image"]),
        ("AuditEntry", "kind", KINDS.to_vec()),
        (
            "AuditEntry",
            "operation",
            kept.chain([DISABLE_WEBHOOK]).collect(),
        ),
        ("BodyFieldChange", "field", vec!["body"]),
        ("BodyFieldChange", "format", vec!["markdown"]),
        ("ChangeEvent", "reason", reasons.clone()),
        ("Health", "status", vec!["ok"]),
        ("LastTold", "reason", reasons),
        ("ListFieldChange", "field", LISTS.to_vec()),
        ("Medium", "mime", mimes.clone()),
        ("MediumWrite", "kind", vec!["image"]),
        ("Rendition", "mime", mimes),
        ("Revision", "changed", FIELDS.to_vec()),
        ("TextFieldChange", "field", TEXTS.to_vec()),
        ("ValueFieldChange", "field", FIELDS.to_vec()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_of_a_property_that_the_document_has() {
        let document = super::super::document();
        for (schema, property, words) in lists() {
            let place = &document["components"]["schemas"][schema]["properties"][property];
            let kinds = [&place["type"], &place["items"]["type"], &place["type"][0]];
            assert!(
                kinds.iter().any(|kind| *kind == "string"),
                "{schema}.{property}: {place}"
            );
            assert!(!words.is_empty(), "{schema}.{property}");
        }
    }
}
