//! The digest of a record: equal for JSON values that are equal, in whatever order their fields stand.

use serde_json::Value;
use xxhash_rust::xxh3::Xxh3;

/// Changes with the rules of reading, so that records are read anew when those have changed.
const READING: u64 = 2;

/// The digest of a line's value; `context` is what else its reading depends on.
pub(super) fn digest(value: &Value, context: &str) -> i64 {
    let mut hash = Xxh3::with_seed(READING);
    text(&mut hash, context);
    add(&mut hash, value);
    hash.digest().cast_signed()
}

fn add(hash: &mut Xxh3, value: &Value) {
    match value {
        Value::Null => hash.update(b"n"),
        Value::Bool(value) => hash.update(if *value { b"t" } else { b"f" }),
        Value::Number(number) => {
            hash.update(b"#");
            text(hash, &number.to_string());
        }
        Value::String(value) => {
            hash.update(b"s");
            text(hash, value);
        }
        Value::Array(items) => {
            hash.update(b"[");
            hash.update(&items.len().to_le_bytes());
            items.iter().for_each(|item| add(hash, item));
        }
        Value::Object(fields) => {
            hash.update(b"{");
            hash.update(&fields.len().to_le_bytes());
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            for (name, value) in fields {
                text(hash, name);
                add(hash, value);
            }
        }
    }
}

/// The length goes first, so that no two sequences of texts run into the same bytes.
fn text(hash: &mut Xxh3, text: &str) {
    hash.update(&text.len().to_le_bytes());
    hash.update(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_of_fields_does_not_count_but_that_of_items_does() {
        let of = |value| digest(&value, "");
        assert_eq!(
            of(json!({"a": 1, "b": {"c": 2, "d": 3}})),
            of(json!({"b": {"d": 3, "c": 2}, "a": 1}))
        );
        assert_ne!(of(json!(["a", "b"])), of(json!(["b", "a"])));
    }

    #[test]
    fn what_differs_differs() {
        let values = [
            json!(null),
            json!(false),
            json!(0),
            json!("0"),
            json!([]),
            json!({}),
            json!(["ab", "c"]),
            json!(["a", "bc"]),
            json!({"a": "b"}),
            json!({"b": "a"}),
        ];
        let digests: std::collections::BTreeSet<_> =
            values.iter().map(|value| digest(value, "")).collect();
        assert_eq!(digests.len(), values.len());
        assert_ne!(digest(&values[0], "en"), digest(&values[0], "fr"));
    }
}
