//! Media as clients write them: what is said of a picture, and the same form of what is there, for a merge patch.

use serde_json::{Map, Value};

use crate::domain::error::{Fault, Invalid};
use crate::domain::json;
use crate::domain::language::LanguageTag;
use crate::domain::medium::{FocalPoint, LANGS_MAX, MediumContent, Texts, parse_text};
use crate::http::request::json_fields::Fields;

/// Reads what is said of a picture.
///
/// # Errors
/// Every field that is unknown or not what it should be.
pub(crate) fn read(map: Map<String, Value>) -> Result<MediumContent, Vec<Fault>> {
    let mut fields = Fields::new(map);
    let content = MediumContent {
        alt: texts(&mut fields, "alt"),
        caption: texts(&mut fields, "caption"),
        credit: texts(&mut fields, "credit"),
        focal_point: focal_point(&mut fields),
    };
    fields.finish()?;
    Ok(content)
}

fn texts(fields: &mut Fields, name: &'static str) -> Texts {
    let map = match fields.value(name) {
        None => return Texts::new(),
        Some(Value::Object(map)) if map.len() <= LANGS_MAX => map,
        Some(Value::Object(_)) => {
            let detail = format!("at most {LANGS_MAX} languages");
            fields.refuse(name, Invalid::new("too_many", detail));
            return Texts::new();
        }
        Some(_) => {
            let detail = format!("{name} is an object of texts by language");
            fields.refuse(name, Invalid::new("wrong_type", detail));
            return Texts::new();
        }
    };
    let mut found = Texts::new();
    let mut faults = Fields::at(Map::new(), fields.pointer(name));
    for (lang, words) in map {
        match one_text(&lang, &words) {
            Ok(Some((lang, words))) => {
                found.insert(lang, words);
            }
            Ok(None) => {}
            Err(invalid) => faults.refuse(&lang, invalid),
        }
    }
    fields.close(faults);
    found
}

fn one_text(lang: &str, words: &Value) -> Result<Option<(String, String)>, Invalid> {
    match words {
        Value::Null => Ok(None),
        Value::String(words) => {
            let (lang, words) = parse_text(lang, words)?;
            Ok(words.map(|words| (lang, words)))
        }
        _ => Err(Invalid::new("wrong_type", "a text is a string")),
    }
}

fn focal_point(fields: &mut Fields) -> Option<FocalPoint> {
    let value = fields.value("focal_point")?;
    let read = serde_json::from_value::<FocalPoint>(value)
        .map_err(|_| Invalid::new("wrong_type", "focal_point is {\"x\": 0.5, \"y\": 0.5}"))
        .and_then(|point| FocalPoint::new(point.x, point.y));
    match read {
        Ok(point) => Some(point),
        Err(invalid) => {
            fields.refuse("focal_point", invalid);
            None
        }
    }
}

/// The captions of a picture in the form of a request.
pub(crate) fn written(content: &MediumContent) -> Map<String, Value> {
    let form = serde_json::json!({
        "alt": content.alt,
        "caption": content.caption,
        "credit": content.credit,
        "focal_point": content.focal_point,
    });
    match form {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The fields of a form: each is JSON, or a plain text in the default edition's language.
pub(crate) fn of_form(
    parts: Vec<(String, String)>,
    lang: &LanguageTag,
) -> Result<MediumContent, Vec<Fault>> {
    let mut map = Map::new();
    let mut faults = Vec::new();
    for (name, text) in parts {
        let pointer = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        let is_object = text.trim_start().starts_with('{');
        let value = match json::read(text.as_bytes()) {
            Ok((value, repeated)) if is_object => {
                let at = |inner: String| format!("{pointer}{inner}");
                faults.extend(json::faults(repeated.into_iter().map(at).collect()));
                value
            }
            Err(_) if is_object => {
                let invalid = Invalid::new("invalid_json", "the part is no JSON");
                faults.push(Fault::new(pointer.clone(), invalid));
                Value::Null
            }
            _ => serde_json::json!({lang.as_str(): text}),
        };
        if map.insert(name, value).is_some() {
            let invalid = Invalid::new("repeated", "the part comes twice");
            faults.push(Fault::new(pointer, invalid));
        }
    }
    match (read(map), faults.is_empty()) {
        (Ok(content), true) => Ok(content),
        (Ok(_), false) => Err(faults),
        (Err(more), _) => {
            faults.extend(more);
            Err(faults)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(parts: &[(&str, &str)]) -> Result<MediumContent, Vec<(String, &'static str)>> {
        let owned = parts
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        let lang = LanguageTag::parse("en").unwrap();
        of_form(owned, &lang).map_err(|faults| {
            let told = faults.into_iter();
            told.map(|fault| (fault.pointer, fault.invalid.code))
                .collect()
        })
    }

    #[test]
    fn a_plain_part_is_a_text_in_the_default_language_and_an_object_texts_by_language() {
        let content = form(&[
            ("alt", "A boat"),
            (
                "caption",
                r#"{"FR": "Un bateau", "en": " A boat ", "de": ""}"#,
            ),
            ("focal_point", r#"{"x": 0.25, "y": 1}"#),
        ])
        .unwrap();
        assert_eq!(content.alt["en"], "A boat");
        assert_eq!(content.caption.len(), 2);
        assert_eq!(
            (&*content.caption["fr"], &*content.caption["en"]),
            ("Un bateau", "A boat")
        );
        assert_eq!(content.focal_point, FocalPoint::new(0.25, 1.0).ok());
    }

    #[test]
    fn every_mistake_is_told_at_its_place() {
        let told = form(&[
            ("alt", r#"{"no language": "x", "en": 5}"#),
            ("caption", "{"),
            ("focal_point", r#"{"x": 2, "y": 0}"#),
            ("credti", "x"),
            ("credit", "a"),
            ("credit", "b"),
        ])
        .unwrap_err();
        for expected in [
            ("/alt/no language", "invalid_language"),
            ("/alt/en", "wrong_type"),
            ("/caption", "invalid_json"),
            ("/focal_point", "out_of_range"),
            ("/credti", "unknown_field"),
            ("/credit", "repeated"),
        ] {
            assert!(
                told.iter()
                    .any(|(at, code)| (at.as_str(), *code) == expected),
                "{expected:?} in {told:?}"
            );
        }
    }
}
