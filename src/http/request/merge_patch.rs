//! Changes of existing resources: as a whole, or by a merge patch of the form that is written.

use serde_json::{Map, Value};

/// The change of an existing resource.
#[derive(Debug)]
pub(crate) enum Edit {
    /// It is written anew.
    Replace(Map<String, Value>),
    /// Some fields change, by a merge patch (RFC 7396).
    Update(Map<String, Value>),
}

impl Edit {
    /// The form that it is to have, where `written` is the one that it has.
    pub(crate) fn apply(self, written: impl FnOnce() -> Map<String, Value>) -> Map<String, Value> {
        match self {
            Self::Replace(object) => object,
            Self::Update(patch) => {
                let mut whole = written();
                merge(&mut whole, patch);
                whole
            }
        }
    }
}

/// Applies a merge patch (RFC 7396). A `null` at the top stays there, so that a field which an article keeps when it is not
/// named can still be taken away.
pub(crate) fn merge(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match (value.is_null(), target.get_mut(&name)) {
            (false, Some(present)) => merge_value(present, value),
            (false, None) => {
                let mut fresh = Value::Null;
                merge_value(&mut fresh, value);
                target.insert(name, fresh);
            }
            (true, _) => {
                target.insert(name, value);
            }
        }
    }
}

/// Applies a merge patch to any value. A `null` for a member that is not there stays, so that its name is checked like any
/// other.
pub(crate) fn merge_value(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(map) = target {
        for (name, value) in patch {
            if value.is_null() && map.contains_key(&name) {
                map.shift_remove(&name);
            } else {
                merge_value(map.entry(name).or_insert(Value::Null), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn a_merge_patch_changes_what_it_names_and_takes_away_what_it_nulls() {
        let mut target = object(json!({"a": 1, "b": {"c": 1, "d": 2}, "e": [1], "f": "x"}));
        merge(
            &mut target,
            object(json!({"b": {"c": null, "x": {"y": null, "z": 1}}, "e": [2], "f": null})),
        );
        assert_eq!(
            Value::Object(target),
            json!({"a": 1, "b": {"d": 2, "x": {"y": null, "z": 1}}, "e": [2], "f": null})
        );
    }
}
