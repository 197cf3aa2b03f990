//! The words of a parser's errors, for people who know JSON and not the code.

/// An error of reading JSON, in the words of JSON.
#[must_use]
pub fn plain(problem: &serde_json::Error) -> String {
    let text = problem.to_string();
    let text = text
        .replace("expected ident", "expected true, false or null")
        .replace("EOF while parsing", "it ends within");
    if let Some((given, wanted)) = text
        .strip_prefix("invalid type: ")
        .or_else(|| text.strip_prefix("invalid value: "))
        .and_then(|rest| rest.split_once(", expected "))
    {
        return format!("this must be {}, not {}", expected(wanted), given_as(given));
    }
    if let Some(rest) = text.strip_prefix("unknown variant ") {
        return match rest.split_once(", expected ") {
            Some((word, words)) => {
                let words = words.strip_prefix("one of ").unwrap_or(words);
                format!(
                    "{} is none of {}",
                    word.replace('`', ""),
                    words.replace('`', "")
                )
            }
            None => "this is no word that is known here".to_owned(),
        };
    }
    if let Some(rest) = text.strip_prefix("missing field ") {
        return format!("{} is required", rest.replace('`', ""));
    }
    if text.contains(" enum ") || text.contains("invalid length") {
        return "this has none of the forms that are read here".to_owned();
    }
    text.replace('`', "")
}

/// A kind of JSON value that a parser wanted.
fn expected(wanted: &str) -> &str {
    const NUMBERS: [&str; 10] = [
        "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "usize", "isize",
    ];
    let has = |word: &str| wanted.contains(word);
    if wanted.split([' ', ',']).any(|word| NUMBERS.contains(&word)) {
        "a whole number"
    } else if has("f32") || has("f64") {
        "a number"
    } else if has("boolean") {
        "true or false"
    } else if wanted.starts_with("string") {
        "a string"
    } else if has("sequence") || has("tuple") || has("array") {
        "an array"
    } else if has("struct") || has("map") || has("internally") || has("adjacently") {
        "an object"
    } else if has("string") || has("variant") || has("enum") || has("identifier") {
        "a string"
    } else if has("unit") {
        "null"
    } else {
        "of another kind"
    }
}

/// A kind of JSON value that a parser was given.
fn given_as(given: &str) -> &str {
    let first = given.split(' ').next().unwrap_or_default();
    match first {
        "map" | "struct" => "an object",
        "sequence" | "tuple" => "an array",
        "unit" | "null" => "null",
        "boolean" => "true or false",
        "integer" | "floating" | "number" => "a number of this kind",
        "string" => "a string of this kind",
        _ => "this",
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::plain;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        One,
        Two,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its form is read")]
    struct Thing {
        count: i64,
        small: Option<u8>,
        share: Option<f64>,
        name: Option<String>,
        yes: Option<bool>,
        list: Option<Vec<i64>>,
        pair: Option<(u8, u8)>,
        word: Option<Word>,
        inner: Option<Box<Thing>>,
    }

    #[test]
    fn no_word_of_the_code_is_in_an_error() {
        for (value, words) in [
            (json!({}), "count is required"),
            (json!({"count": "1"}), "a whole number"),
            (json!({"count": 1.5}), "a whole number"),
            (json!({"count": 1, "small": 300}), "a whole number"),
            (json!({"count": 1, "share": "x"}), "a number"),
            (json!({"count": 1, "name": 1}), "a string"),
            (json!({"count": 1, "yes": "x"}), "true or false"),
            (json!({"count": 1, "list": {}}), "an array"),
            (json!({"count": 1, "pair": {}}), "an array"),
            (json!({"count": 1, "pair": [1]}), "none of the forms"),
            (
                json!({"count": 1, "word": "three"}),
                "three is none of one or two",
            ),
            (json!({"count": 1, "word": 1}), "a string"),
            (json!({"count": 1, "inner": [1]}), ""),
            (json!({"count": 1, "inner": "x"}), "an object"),
            (json!([]), ""),
        ] {
            let told = plain(&serde_json::from_value::<Thing>(value.clone()).unwrap_err());
            assert!(told.contains(words), "{value}: {told}");
            for word in [
                "i64", "u8", "f64", "struct", "enum", "variant", "tuple", "unit", "Thing", "Word",
                "`",
            ] {
                assert!(!told.contains(word), "{value}: {told}");
            }
        }
        let broken = serde_json::from_str::<Value>("{\"a\": nul}").unwrap_err();
        assert!(plain(&broken).starts_with("expected true, false or null at line 1"));
        let cut = serde_json::from_str::<Value>("{\"a\": [").unwrap_err();
        assert!(
            plain(&cut).starts_with("it ends within a"),
            "{}",
            plain(&cut)
        );
    }
}
