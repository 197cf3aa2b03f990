//! Examples of errors for each kind of resource: the shared answers tell of articles, those here of the others.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::answers::reference;

/// A kind of resource, and its words in errors.
struct Kind {
    /// The word before the names of its answers.
    word: &'static str,
    noun: &'static str,
    path: &'static str,
    /// A resource that the demo has.
    one: &'static str,
    /// An address at which nothing is.
    missing: &'static str,
    /// An operation that a partner may not call.
    refused: &'static str,
    /// A field with a slip, and the field.
    field: (&'static str, &'static str),
    /// The detail of a 409, about `one`.
    conflict: &'static str,
}

const KINDS: [Kind; 8] = [
    Kind {
        word: "Author",
        noun: "author",
        path: "/api/authors",
        one: "/api/authors/nadia-benkirat",
        missing: "/api/authors/no-such-author",
        refused: "create_author",
        field: ("nmae", "name"),
        conflict: "this author is needed by 2 articles: silence-is-also-a-record, one-footnote-at-a-time",
    },
    Kind {
        word: "Source",
        noun: "source",
        path: "/api/sources",
        one: "/api/sources/the-watermark-review",
        missing: "/api/sources/no-such-source",
        refused: "create_source",
        field: ("nmae", "name"),
        conflict: "this source is needed by 2 articles: silence-is-also-a-record, one-footnote-at-a-time",
    },
    Kind {
        word: "Tag",
        noun: "tag",
        path: "/api/tags",
        one: "/api/tags/archives",
        missing: "/api/tags/no-such-tag",
        refused: "create_tag",
        field: ("nmae", "name"),
        conflict: "there is tag archives already",
    },
    Kind {
        word: "Section",
        noun: "section",
        path: "/api/sections",
        one: "/api/sections/research",
        missing: "/api/sections/no-such-section",
        refused: "create_section",
        field: ("nmae", "name"),
        conflict: "this section is needed by 2 sections: research/humanities, research/sciences",
    },
    Kind {
        word: "Edition",
        noun: "edition",
        path: "/api/editions",
        one: "/api/editions/en",
        missing: "/api/editions/sv",
        refused: "replace_edition",
        field: ("nmae", "name"),
        conflict: "this edition is needed by 2 sections: research, society",
    },
    Kind {
        word: "Medium",
        noun: "medium",
        path: "/api/media",
        one: "/api/media/01a21471-bb0a-75e0-b287-363f192aff61",
        missing: "/api/media/01a21471-bb0a-75e0-b287-363f192aff61",
        refused: "create_medium",
        field: ("captoin", "caption"),
        conflict: "articles show this medium: silence-is-also-a-record; take it out of them first",
    },
    Kind {
        word: "Key",
        noun: "key",
        path: "/api/keys",
        one: "/api/keys/01a21471-bb0a-75e0-b287-363f192aff61",
        missing: "/api/keys/01a21471-bb0a-75e0-b287-363f192aff61",
        refused: "create_key",
        field: ("nmae", "name"),
        conflict: "the key's end has passed: set another with PATCH first",
    },
    Kind {
        word: "Webhook",
        noun: "webhook",
        path: "/api/webhooks",
        one: "/api/webhooks/01a21471-bb0a-75e0-b287-363f192aff61",
        missing: "/api/webhooks/01a21471-bb0a-75e0-b287-363f192aff61",
        refused: "create_webhook",
        field: ("nmae", "name"),
        conflict: "the first request with this Idempotency-Key is still running",
    },
];

/// Leads each operation to the answers of its own kind, and adds those to the shared ones.
pub(super) fn tell_kinds(document: &mut Value) {
    let mut wanted = BTreeSet::new();
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        let Some(at) = KINDS.iter().position(|kind| is_of(path, kind)) else {
            continue;
        };
        let operations = item.as_object_mut().into_iter().flatten();
        let answers =
            operations.filter_map(|(_, operation)| operation["responses"].as_object_mut());
        for (status, answer) in answers.flatten() {
            let name = answer["$ref"].as_str().and_then(|of| of.rsplit('/').next());
            let name = name.filter(|_| differing(&KINDS[at], status).is_some());
            if let Some(name) = name.map(str::to_owned) {
                *answer = reference("responses", &format!("{}{name}", KINDS[at].word));
                wanted.insert((at, status.clone(), name));
            }
        }
    }
    let Some(answers) = document["components"]["responses"].as_object_mut() else {
        return;
    };
    for (at, status, name) in wanted {
        let mut answer = answers.get(&name).cloned().unwrap_or_default();
        let example = &mut answer["content"]["application/problem+json"]["example"];
        let differing = differing(&KINDS[at], &status).unwrap_or_default();
        if let Some(example) = example.as_object_mut() {
            example.remove("errors");
            example.extend(differing);
        }
        answers.insert(format!("{}{name}", KINDS[at].word), answer);
    }
}

fn is_of(path: &str, kind: &Kind) -> bool {
    let rest = path.strip_prefix(kind.path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The fields of a kind's problem that are not those of an article's; `None` where only the address would be another.
fn differing(kind: &Kind, status: &str) -> Option<Map<String, Value>> {
    let single = |instance: &str, place: &str, at: &str, code: &str, detail: &str| {
        json!({"instance": instance, "detail": format!("{at}: {detail}"),
            "errors": [{place: at, "code": code, "detail": detail}]})
    };
    let (slip, field) = kind.field;
    let fields = match status {
        "400" => single(
            kind.path,
            "parameter",
            "limt",
            "unknown_parameter",
            "there is no parameter \"limt\" here; limit is the nearest",
        ),
        "403" => {
            json!({"instance": if kind.refused.starts_with("create") { kind.path } else { kind.one },
            "detail": format!("a key of role partner may not call {}", kind.refused)})
        }
        "404" => json!({"instance": kind.missing,
            "detail": format!("there is no such {}", kind.noun)}),
        "406" => json!({"instance": kind.path, "detail": "this address answers application/json"}),
        "409" => json!({"instance": kind.one, "detail": kind.conflict}),
        "412" | "428" => json!({"instance": kind.one}),
        "422" => single(
            kind.one,
            "pointer",
            &format!("/{slip}"),
            "unknown_field",
            &format!("there is no such field; {field} is the nearest"),
        ),
        _ => return None,
    };
    fields.as_object().cloned()
}
