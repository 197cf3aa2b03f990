//! Values of lines, good and bad.

use serde_json::json;

use super::*;
use crate::import::record::Finding;

fn with<T>(value: Value, read: impl FnOnce(&mut Fields<'_>) -> T) -> (T, Vec<Finding>) {
    let Value::Object(map) = value else {
        panic!("an object")
    };
    let mut notes = Vec::new();
    let result = read(&mut Fields::new(map, String::new(), &mut notes));
    (result, notes)
}

#[test]
fn null_and_empty_fields_are_absent() {
    for value in [json!(null), json!(""), json!(" \n"), json!([]), json!({})] {
        let (text, notes) = with(json!({ "a": value }), |fields| fields.text("a", 9));
        assert_eq!((text, notes.len()), (None, 0), "{value}");
    }
}

#[test]
fn a_value_of_another_type_is_left_out_at_its_place() {
    let (texts, notes) = with(json!({"tags": ["a", 5, {"b": 1}]}), |fields| {
        fields.names("tags")
    });
    assert_eq!(texts, ["a", "5"]);
    let found: Vec<_> = notes.iter().map(|n| (n.code, n.field.as_deref())).collect();
    let expected = [
        ("number_as_text", Some("/tags/1")),
        ("no_name", Some("/tags/2")),
    ];
    assert_eq!(found, expected);
    let (text, notes) = with(json!({"a": {"b": 1}}), |fields| fields.text("a", 9));
    assert_eq!((text, notes[0].code), (None, "wrong_type"));
    assert!(notes[0].detail.contains("a string, not an object"));
    for value in [json!(["x"]), json!(true)] {
        let (text, notes) = with(json!({ "a": value }), |fields| fields.text("a", 9));
        assert_eq!((text, notes[0].code), (None, "wrong_type"));
    }
    let (text, notes) = with(json!({"a": 2024}), |fields| fields.text("a", 9));
    assert_eq!(
        (text.as_deref(), notes[0].code),
        (Some("2024"), "number_as_text")
    );
}

#[test]
fn control_characters_become_blanks_and_are_noted_but_tabs_and_line_ends_are_text() {
    let (text, notes) = with(json!({"a": "x\u{7}y\u{0}"}), |fields| fields.text("a", 9));
    assert_eq!(text.as_deref(), Some("x y"));
    assert_eq!(notes[0].code, "control_character");
    let (text, notes) = with(json!({"a": "x\r\ny\tz"}), |fields| fields.text("a", 9));
    assert_eq!((text.as_deref(), notes.len()), (Some("x\ny\tz"), 0));
    let (text, _) = with(json!({"a": "\u{0}"}), |fields| fields.text("a", 9));
    assert_eq!(text, None);
}

#[test]
fn too_much_text_is_cut_between_characters_and_text_that_shows_nothing_is_none() {
    let (text, notes) = with(json!({"a": "ab e\u{301}"}), |fields| fields.text("a", 4));
    assert_eq!((text.as_deref(), notes[0].code), (Some("ab"), "too_long"));
    let (text, notes) = with(json!({"a": "\u{200b}"}), |fields| fields.text("a", 4));
    assert_eq!((text, notes[0].code), (None, "blank"));
}

#[test]
fn a_date_coarser_than_a_day_is_noted_and_its_written_form_kept() {
    let (kept, notes) = with(json!({"at": "2013-09"}), |fields| {
        fields.date("at").unwrap();
        fields.take_kept()
    });
    assert_eq!(Value::Object(kept), json!({"at": "2013-09"}));
    assert_eq!(notes[0].code, "date_precision");
}

#[test]
fn an_address_that_runs_a_script_is_kept_apart_and_one_encoded_whole_is_decoded() {
    let (url, notes) = with(json!({"url": "javascript:alert(1)"}), |fields| {
        fields.address("url")
    });
    assert_eq!((url, notes[0].code), (None, "invalid_url"));
    let (url, notes) = with(json!({"url": "https%3A%2F%2Fexample.org%2Fa"}), |fields| {
        fields.address("url")
    });
    assert_eq!(url.as_deref(), Some("https://example.org/a"));
    assert_eq!(notes[0].code, "percent_decoded");
}
