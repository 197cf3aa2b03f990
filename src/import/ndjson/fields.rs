//! The fields of a JSON object, taken one by one. A value that cannot be taken as it is written is cut, mended or left out, and
//! each time that is a finding at its place: no field refuses its record, unless the record is nothing without it.

use serde_json::{Map, Value};

use crate::import::not_public;
use crate::import::record::Finding;

use super::names;

/// An object of a record. `null` and what is empty count as absent in every field that is known.
pub(super) struct Fields<'n> {
    map: Map<String, Value>,
    kept: Map<String, Value>,
    unknown: Vec<String>,
    known: Vec<&'static str>,
    unread: Vec<String>,
    refusals: Vec<Finding>,
    at: String,
    notes: &'n mut Vec<Finding>,
}

/// The most findings of one record that are told one by one.
const NOTES_MAX: usize = 200;
/// The most unknown names that a known one is sought for.
const GUESSES_MAX: usize = 100;

/// Adds a finding about a record, up to the most that are told.
pub(super) fn tell(notes: &mut Vec<Finding>, finding: Finding) {
    match notes.len() {
        NOTES_MAX => {
            let detail = "there are more findings about this record, which are not told";
            notes.push(Finding::new("more_findings", detail));
        }
        0..NOTES_MAX => notes.push(finding),
        _ => {}
    }
}

/// Values that no field took.
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
            known: Vec::new(),
            unread: Vec::new(),
            refusals: Vec::new(),
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
        tell(self.notes, Finding::at(at, code, detail));
    }

    /// Says what was changed in a field, where many records may have the same in it.
    pub(super) fn note_shared(&mut self, name: &str, code: &'static str, detail: String) {
        let at = self.pointer(name);
        tell(self.notes, Finding::at(at, code, detail).shared());
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

    /// The values that are kept so far.
    #[cfg(test)]
    pub(super) fn take_kept(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.kept)
    }

    /// Keeps a value unless one of that name is kept already.
    pub(super) fn keep_if_new(&mut self, name: String, value: Value) {
        self.kept.entry(name).or_insert(value);
    }

    /// Keeps an item of the list `name` that was not taken whole.
    pub(super) fn keep_item(&mut self, name: &str, item: Value) {
        let kept = self
            .kept
            .entry(name)
            .or_insert_with(|| Value::Array(Vec::new()));
        match kept {
            Value::Array(items) => items.push(item),
            other => *other = Value::Array(vec![other.take(), item]),
        }
    }

    /// Counts what is left of an object of the list `name`.
    pub(super) fn unknown(&mut self, name: &str, rest: &Rest) {
        self.unknown
            .extend(rest.unknown.iter().map(|field| format!("{name}.{field}")));
    }

    /// Values that no field took. A name that is close to a known one is noted with it.
    pub(super) fn rest(mut self) -> Rest {
        self.note_near();
        self.unknown.extend(self.map.keys().cloned());
        let mut extra = self.kept;
        extra.extend(self.map);
        Rest {
            extra,
            unknown: self.unknown,
        }
    }

    fn note_near(&mut self) {
        let near = |name: &String| Some((name.clone(), names::nearest(name, &self.known)?));
        let names = self.map.keys().take(GUESSES_MAX);
        let near: Vec<_> = names.filter_map(near).collect();
        for (name, known) in near {
            let detail = format!("{name} is not read; the nearest field is {known}");
            self.note(&escape(&name), "unknown_field", detail);
        }
    }

    /// The first name that is not known, is near to one of `names`, and has a value that asks for something.
    pub(super) fn near_to(&self, names: &[&'static str]) -> Option<String> {
        let asks = |value: &Value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => {
                !matches!(text.as_str(), "" | "published" | "public" | "publish")
            }
            _ => true,
        };
        let unknown = self.map.iter().filter(|(_, value)| asks(value));
        let is_near = |name: &&String| {
            names::nearest(name, &self.known).is_some_and(|near| names.contains(&near))
        };
        let found = unknown
            .filter(|(name, value)| not_public::hides(name, value).is_none())
            .map(|(name, _)| name)
            .take(GUESSES_MAX)
            .find(is_near);
        found.map(|name| escape(name))
    }

    /// The first field that nothing has read so far by which other systems say that an article is not for everybody.
    pub(super) fn mark(&self) -> Option<String> {
        not_public::mark(&self.map)
    }

    /// Says that what no field took is left out: only articles have a place for it.
    pub(super) fn drop_rest(mut self) -> Vec<String> {
        for (n, name) in self.map.keys().enumerate() {
            let at = format!("{}/{}", self.at, escape(name));
            let near = (n < GUESSES_MAX).then(|| names::nearest(name, &self.known));
            let near = near.flatten();
            let near =
                near.map_or_else(String::new, |near| format!("; the nearest field is {near}"));
            let detail = format!("this field has no place here and is left out{near}");
            tell(self.notes, Finding::at(at, "field_dropped", detail));
        }
        self.unknown.extend(self.map.keys().cloned());
        self.unknown
    }

    /// The value of a field, `None` where it is absent, null or empty.
    pub(super) fn value(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.map.shift_remove(name).filter(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
            _ => true,
        })
    }

    /// The value of a field as it stands, without taking it.
    pub(super) fn peek(&self, name: &str) -> Option<&Value> {
        self.map.get(name)
    }

    /// Puts back a value that the field does not take, so that it is kept as unknown.
    pub(super) fn put_back(&mut self, name: &str, value: Value) {
        self.map.insert(name.to_owned(), value);
    }

    /// Leaves a value out of its field: it is noted, and kept among what has no field.
    pub(super) fn leave_out(
        &mut self,
        name: &str,
        code: &'static str,
        detail: impl Into<String>,
        value: Value,
    ) {
        self.note(name, code, format!("{}; it is left out", detail.into()));
        match name.split_once('/') {
            Some((list, _)) => self.keep_item(list, value),
            None => {
                self.unread.push(name.to_owned());
                self.keep(name, value);
            }
        }
    }

    /// Leaves out a value of another type.
    pub(super) fn wrong_type(&mut self, name: &str, wanted: &str, found: Value) {
        let kind = match found {
            Value::Null => "null",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        let detail = format!("this field takes {wanted}, not {kind}");
        self.leave_out(name, "wrong_type", detail, found);
    }

    /// True if a value was given for the field that could not be read.
    pub(super) fn is_unread(&self, name: &str) -> bool {
        self.unread.iter().any(|unread| unread == name)
    }

    /// A field that the record is nothing without. Its lack is told by [`Self::given`], after all else was read.
    pub(super) fn needed<T>(&mut self, name: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            let reason = self.missing(name);
            self.refuse(reason);
        }
        value
    }

    /// Refuses the record, once all of it was read.
    pub(super) fn refuse(&mut self, reason: Finding) {
        self.refusals.push(reason);
    }

    /// The value of a field that the record is nothing without; all else of the record has been read, so that everything
    /// wrong with it is told at once.
    ///
    /// # Errors
    /// Returns the first reason to refuse the record; the others are noted.
    pub(super) fn given<T>(&mut self, needed: Option<T>) -> Result<T, Finding> {
        needed.ok_or_else(|| {
            let mut reasons = std::mem::take(&mut self.refusals).into_iter();
            let first = reasons.next();
            reasons.for_each(|other| tell(self.notes, other));
            first.unwrap_or_else(|| Finding::new("required", "a field is missing"))
        })
    }

    /// The reason to refuse the record for a field that is missing: what was wrong with it, where that was said.
    pub(super) fn missing(&mut self, name: &str) -> Finding {
        let at = self.pointer(name);
        let said = |note: &Finding| note.field.as_deref() == Some(&at);
        match self.notes.iter().rposition(said) {
            Some(said) => self.notes.remove(said),
            None => Finding::at(at, "required", "this field is required"),
        }
    }
}

/// A name as a step of a JSON pointer (RFC 6901, section 3).
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
