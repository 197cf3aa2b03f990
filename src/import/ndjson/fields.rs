//! The fields of a JSON object, taken one by one: each is checked and cleaned as it is taken, and what is left is unknown.

use serde_json::{Map, Value};

use crate::domain::address;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::text;
use crate::domain::time::Timestamp;
use crate::import::date::{Precision, WrittenDate};
use crate::import::record::Finding;

/// An object of a record. `null` and what is empty count as absent in every field that is known.
pub(super) struct Fields<'n> {
    map: Map<String, Value>,
    kept: Map<String, Value>,
    unknown: Vec<String>,
    at: String,
    notes: &'n mut Vec<Finding>,
}

/// What no field took.
pub(super) struct Rest {
    /// Values by name.
    pub(super) extra: Map<String, Value>,
    /// Names; those in nested objects as `original.selected_on`.
    pub(super) unknown: Vec<String>,
}

impl<'n> Fields<'n> {
    /// The fields of the object at the JSON pointer `at`.
    pub(super) fn new(map: Map<String, Value>, at: String, notes: &'n mut Vec<Finding>) -> Self {
        Self {
            map,
            kept: Map::new(),
            unknown: Vec::new(),
            at,
            notes,
        }
    }

    /// The object nested at `name` in this one.
    pub(super) fn child(&mut self, map: Map<String, Value>, name: &str) -> Fields<'_> {
        let at = self.pointer(name);
        Fields::new(map, at, self.notes)
    }

    /// The JSON pointer (RFC 6901) of a field.
    pub(super) fn pointer(&self, name: &str) -> String {
        format!("{}/{name}", self.at)
    }

    /// Says what was changed in a field.
    pub(super) fn note(&mut self, name: &str, code: &'static str, detail: impl Into<String>) {
        let at = self.pointer(name);
        self.notes.push(Finding::at(at, code, detail));
    }

    /// Keeps a value among what has no field of its own.
    pub(super) fn keep(&mut self, name: &str, value: Value) {
        self.kept.insert(name.to_owned(), value);
    }

    /// Keeps what is left of an object that was read from field `name`.
    pub(super) fn keep_rest(&mut self, name: &str, rest: Rest) {
        self.unknown(name, &rest);
        if !rest.extra.is_empty() {
            self.keep(name, Value::Object(rest.extra));
        }
    }

    /// Keeps a value unless one of that name is kept already.
    pub(super) fn keep_if_new(&mut self, name: String, value: Value) {
        self.kept.entry(name).or_insert(value);
    }

    /// Counts what is left of an object of the list `name`.
    pub(super) fn unknown(&mut self, name: &str, rest: &Rest) {
        self.unknown
            .extend(rest.unknown.iter().map(|field| format!("{name}.{field}")));
    }

    /// What no field took.
    pub(super) fn rest(mut self) -> Rest {
        self.unknown.extend(self.map.keys().cloned());
        let mut extra = self.kept;
        extra.extend(self.map);
        Rest {
            extra,
            unknown: self.unknown,
        }
    }

    /// Says that what no field took is left out: only articles have a place for it.
    pub(super) fn drop_rest(self) -> Vec<String> {
        for name in self.map.keys() {
            let at = format!("{}/{}", self.at, escape(name));
            let detail = "this field has no place here and is left out";
            self.notes.push(Finding::at(at, "field_dropped", detail));
        }
        self.rest().unknown
    }

    /// The value of a field, `None` where it is absent, null or empty.
    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        self.map.shift_remove(name).filter(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
            _ => true,
        })
    }

    /// Puts back a value that the field does not take, so that it is kept as unknown.
    pub(super) fn put_back(&mut self, name: &str, value: Value) {
        self.map.insert(name.to_owned(), value);
    }

    /// A string as it is written.
    pub(super) fn raw(&mut self, name: &str) -> Result<Option<String>, Finding> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong_type(name, "a string", &other)),
        }
    }

    /// Plain text of at most `max` characters, without white space at its edges and without control characters.
    pub(super) fn text(&mut self, name: &str, max: usize) -> Result<Option<String>, Finding> {
        match self.raw(name)? {
            None => Ok(None),
            Some(text) => self.cleaned(name, text, max),
        }
    }

    /// Plain text that must be there.
    pub(super) fn required(&mut self, name: &str, max: usize) -> Result<String, Finding> {
        let found = self.text(name, max)?;
        found.ok_or_else(|| self.missing(name))
    }

    /// The names of a list in their folded form.
    pub(super) fn names(&mut self, name: &str) -> Result<Vec<String>, Finding> {
        let texts = self.texts(name, text::NAME_MAX)?;
        Ok(texts.iter().map(|name| text::fold_name(name)).collect())
    }

    /// A list of plain texts; empty ones are left out.
    pub(super) fn texts(&mut self, name: &str, max: usize) -> Result<Vec<String>, Finding> {
        let mut texts = Vec::new();
        for (index, item) in self.array(name)?.into_iter().enumerate() {
            let place = format!("{name}/{index}");
            match item {
                Value::String(text) => texts.extend(self.cleaned(&place, text, max)?),
                Value::Null => {}
                other => return Err(self.wrong_type(&place, "a string", &other)),
            }
        }
        Ok(texts)
    }

    /// A list.
    pub(super) fn array(&mut self, name: &str) -> Result<Vec<Value>, Finding> {
        match self.value(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => Ok(items),
            Some(other) => Err(self.wrong_type(name, "an array", &other)),
        }
    }

    /// A list of objects.
    pub(super) fn objects(&mut self, name: &str) -> Result<Vec<Map<String, Value>>, Finding> {
        let mut objects = Vec::new();
        for (index, item) in self.array(name)?.into_iter().enumerate() {
            match item {
                Value::Object(object) => objects.push(object),
                other => {
                    return Err(self.wrong_type(&format!("{name}/{index}"), "an object", &other));
                }
            }
        }
        Ok(objects)
    }

    /// An object.
    pub(super) fn object(&mut self, name: &str) -> Result<Option<Map<String, Value>>, Finding> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(other) => Err(self.wrong_type(name, "an object", &other)),
        }
    }

    /// A truth value.
    pub(super) fn boolean(&mut self, name: &str) -> Result<Option<bool>, Finding> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(other) => Err(self.wrong_type(name, "true or false", &other)),
        }
    }

    /// A whole number that is not negative.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<i64>, Finding> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        match value.as_i64().filter(|number| *number >= 0) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong_type(name, "a whole number from 0 on", &value)),
        }
    }

    /// A language tag.
    pub(super) fn language(&mut self, name: &str) -> Result<Option<LanguageTag>, Finding> {
        let text = self.raw(name)?;
        let tag = text.map(|text| LanguageTag::parse(text.trim()));
        tag.transpose()
            .map_err(|invalid| Finding::invalid(&self.pointer(name), invalid))
    }

    /// An id of ours.
    pub(super) fn id(&mut self, name: &str) -> Result<Option<Id>, Finding> {
        let id = self.raw(name)?.map(|text| Id::parse(text.trim()));
        id.transpose()
            .map_err(|invalid| Finding::invalid(&self.pointer(name), invalid))
    }

    /// An instant with its offset.
    pub(super) fn instant(&mut self, name: &str) -> Result<Option<Timestamp>, Finding> {
        let at = self.raw(name)?.map(|text| Timestamp::parse(text.trim()));
        at.transpose()
            .map_err(|invalid| Finding::invalid(&self.pointer(name), invalid))
    }

    /// A date as exact as it is written. One coarser than a day is noted, and its written form kept.
    pub(super) fn date(&mut self, name: &str) -> Result<Option<WrittenDate>, Finding> {
        let Some(text) = self.raw(name)? else {
            return Ok(None);
        };
        let date = WrittenDate::parse(&text)
            .map_err(|invalid| Finding::invalid(&self.pointer(name), invalid))?;
        if date.precision() < Precision::Day {
            let detail = format!("{} is taken as its first day", text.trim());
            self.note(name, "date_precision", detail);
            self.keep(name, Value::String(text));
        }
        Ok(Some(date))
    }

    /// A web address. One that browsers must not follow is noted, and kept among what has no field.
    pub(super) fn address(&mut self, name: &str) -> Result<Option<String>, Finding> {
        let Some(written) = self.raw(name)? else {
            return Ok(None);
        };
        match address::parse(&written) {
            Ok(address) => Ok(Some(address)),
            Err(invalid) => {
                self.note(name, invalid.code, invalid.detail);
                self.keep(name, Value::String(written));
                Ok(None)
            }
        }
    }

    /// The word of a closed list that `parse` knows.
    pub(super) fn word<T>(
        &mut self,
        name: &str,
        words: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Finding> {
        let Some(text) = self.raw(name)? else {
            return Ok(None);
        };
        let found = parse(text.trim());
        found.map(Some).ok_or_else(|| {
            Finding::at(
                self.pointer(name),
                "invalid_value",
                format!("one of {words}"),
            )
        })
    }

    /// Text without white space at its edges and without control characters; `None` where nothing is left.
    pub(super) fn cleaned(
        &mut self,
        name: &str,
        text: String,
        max: usize,
    ) -> Result<Option<String>, Finding> {
        let text = self.without_control(name, text);
        let clean = text::clean(&text, max)
            .map_err(|invalid| Finding::invalid(&self.pointer(name), invalid))?;
        Ok(Some(clean).filter(|text| !text.is_empty()))
    }

    /// Text with its line ends as newlines, and otherwise without control characters but tab.
    pub(super) fn without_control(&mut self, name: &str, text: String) -> String {
        if !text.contains(char::is_control) {
            return text;
        }
        let lines = if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            text
        };
        let (stripped, changed) = text::strip_control(&lines);
        if changed {
            self.note(name, "control_character", "control characters were removed");
        }
        stripped
    }

    /// Refuses the record for a field that it lacks.
    pub(super) fn missing(&self, name: &str) -> Finding {
        Finding::at(self.pointer(name), "required", "this field is required")
    }

    /// Refuses the record for a value of another type.
    pub(super) fn wrong_type(&self, name: &str, wanted: &str, found: &Value) -> Finding {
        let found = match found {
            Value::Null => "null",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        let detail = format!("this field takes {wanted}, not {found}");
        Finding::at(self.pointer(name), "wrong_type", detail)
    }
}

/// A name as a step of a JSON pointer (RFC 6901, section 3).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
            let (text, _) = with(json!({ "a": value }), |fields| fields.text("a", 9));
            assert_eq!(text, Ok(None), "{value}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_refused_at_its_place() {
        let (refused, _) = with(json!({"tags": ["a", 5]}), |fields| fields.texts("tags", 9));
        let refused = refused.unwrap_err();
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            ("wrong_type", Some("/tags/1"))
        );
        assert!(refused.detail.contains("a string, not a number"));
        for (field, value) in [("title", json!(["x"])), ("title", json!(true))] {
            let (refused, _) = with(json!({ field: value }), |fields| fields.text(field, 9));
            assert_eq!(refused.unwrap_err().code, "wrong_type");
        }
    }

    #[test]
    fn control_characters_go_and_are_noted_but_tabs_and_line_ends_are_text() {
        let (text, notes) = with(json!({"a": "x\u{7}y\u{0}"}), |fields| fields.text("a", 9));
        assert_eq!(text, Ok(Some("xy".to_owned())));
        assert_eq!(notes[0].code, "control_character");
        let (text, notes) = with(json!({"a": "x\r\ny\tz"}), |fields| fields.text("a", 9));
        assert_eq!((text, notes.len()), (Ok(Some("x\ny\tz".to_owned())), 0));
        let (text, _) = with(json!({"a": "\u{0}"}), |fields| fields.text("a", 9));
        assert_eq!(text, Ok(None));
    }

    #[test]
    fn too_much_text_is_refused_and_not_cut() {
        let (refused, _) = with(json!({"a": "éééé"}), |fields| fields.text("a", 3));
        assert_eq!(refused.unwrap_err().code, "too_long");
    }

    #[test]
    fn a_date_coarser_than_a_day_is_noted_and_its_written_form_kept() {
        let (kept, notes) = with(json!({"at": "2013-09"}), |fields| {
            fields.date("at").unwrap();
            std::mem::take(&mut fields.kept)
        });
        assert_eq!(Value::Object(kept), json!({"at": "2013-09"}));
        assert_eq!(notes[0].code, "date_precision");
    }

    #[test]
    fn an_address_that_runs_a_script_is_kept_apart_and_noted() {
        let (url, notes) = with(json!({"url": "javascript:alert(1)"}), |fields| {
            fields.address("url")
        });
        assert_eq!((url, notes[0].code), (Ok(None), "invalid_url"));
    }
}
