//! The fields of a JSON object that a client sent, taken one by one: each is checked as it is taken, every mistake is told
//! at once by its JSON pointer, and what nobody took is unknown.

use serde_json::{Map, Value};

use crate::domain::address;
use crate::domain::error::{Fault, Invalid};
use crate::domain::input::{Given, Moment};
use crate::domain::nearest::{hint, nearest};
use crate::domain::text;
use crate::domain::time::Timestamp;

/// Most mistakes that are reported at once.
const MOST_FAULTS: usize = 100;
/// The most characters of a name that a pointer repeats.
const LONGEST_SHOWN: usize = 200;

/// An object under way of being read. `null` and empty text count as absent, but where [`Given`] tells them apart.
#[derive(Debug)]
pub(crate) struct Fields {
    map: Map<String, Value>,
    at: String,
    known: Vec<&'static str>,
    faults: Vec<Fault>,
}

impl Fields {
    /// The fields of the content's outermost object.
    pub(crate) fn new(map: Map<String, Value>) -> Self {
        Self::at(map, String::new())
    }

    /// The fields of an object at a JSON pointer.
    pub(crate) fn at(map: Map<String, Value>, at: String) -> Self {
        Self {
            map,
            at,
            known: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// The JSON pointer of a field.
    pub(crate) fn pointer(&self, name: &str) -> String {
        let shown: String = name.chars().take(LONGEST_SHOWN).collect();
        format!("{}/{}", self.at, escape(&shown))
    }

    /// Tells what is wrong with a field.
    pub(crate) fn refuse(&mut self, name: &str, invalid: Invalid) {
        self.refuse_at(self.pointer(name), invalid);
    }

    /// Tells what is wrong at a place.
    pub(super) fn refuse_at(&mut self, pointer: String, invalid: Invalid) {
        self.faults.push(Fault::new(pointer, invalid));
    }

    /// Tells what is wrong with an item of an array.
    pub(crate) fn refuse_item(&mut self, name: &str, at: usize, invalid: Invalid) {
        self.refuse_at(format!("{}/{at}", self.pointer(name)), invalid);
    }

    /// True if the field is there, also as `null`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// True if the field is there and `null`.
    pub(crate) fn is_null(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(Value::is_null)
    }

    /// True if a field has an error.
    pub(crate) fn is_refused(&self, name: &str) -> bool {
        let pointer = self.pointer(name);
        self.faults.iter().any(|fault| fault.pointer == pointer)
    }

    /// Takes over what another part of the content has wrong.
    pub(crate) fn add(&mut self, faults: Vec<Fault>) {
        let room = MOST_FAULTS.saturating_sub(self.faults.len());
        self.faults.extend(faults.into_iter().take(room));
    }

    /// Ends the reading: the mistakes, what nobody took among them.
    pub(crate) fn finish(mut self) -> Result<(), Vec<Fault>> {
        let room = MOST_FAULTS.saturating_sub(self.faults.len());
        let unknown: Vec<String> = self.map.keys().take(room).cloned().collect();
        for name in unknown {
            let invalid = self.unknown(&name);
            self.refuse(&name, invalid);
        }
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(self.faults)
        }
    }

    fn unknown(&self, name: &str) -> Invalid {
        let hint = hint("field", name, &self.known);
        Invalid::new("unknown_field", format!("there is no such field; {hint}"))
    }

    /// The value of a field as it came; `None` where it is absent.
    pub(crate) fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.map.shift_remove(name)
    }

    /// The value of a field that is neither absent nor null.
    pub(crate) fn value(&mut self, name: &'static str) -> Option<Value> {
        self.take(name).filter(|value| !value.is_null())
    }

    pub(super) fn wrong_type(&mut self, name: &str, wanted: &str) {
        self.refuse(
            name,
            Invalid::new("wrong_type", format!("this must be {wanted}")),
        );
    }

    fn accept<T>(&mut self, name: &str, result: Result<T, Invalid>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.refuse(name, invalid);
                None
            }
        }
    }

    /// A string as it came.
    pub(crate) fn string(&mut self, name: &'static str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => Some(text),
            _ => {
                self.wrong_type(name, "a string");
                None
            }
        }
    }

    /// Plain text of at most `max` characters.
    pub(crate) fn text(&mut self, name: &'static str, max: usize) -> Option<String> {
        let raw = self.string(name)?;
        let text = self.accept(name, text::clean(&raw, max))?;
        (!text.is_empty()).then_some(text)
    }

    /// Plain text that must be there.
    pub(crate) fn required(&mut self, name: &'static str, max: usize) -> Option<String> {
        let found = self.text(name, max);
        if found.is_none() && !self.is_refused(name) {
            self.refuse(
                name,
                Invalid::new("required", format!("{name} is required")),
            );
        }
        found
    }

    /// A name that must be there, as it is written. The form by which two names are one may be longer, and is bounded too.
    pub(crate) fn name(&mut self, name: &'static str) -> Option<String> {
        let written = self.required(name, text::NAME_MAX)?;
        let folded = text::clean(&text::fold_name(&written), text::NAME_MAX);
        self.accept(name, folded.map(|_| written))
    }

    /// A string read by `parse`.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let text = self.string(name)?;
        self.accept(name, parse(&text))
    }

    /// An address of the web.
    pub(crate) fn address(&mut self, name: &'static str) -> Option<String> {
        self.parsed(name, address::parse)
            .filter(|address| !address.is_empty())
    }

    /// The address of a page.
    pub(crate) fn page_address(&mut self, name: &'static str) -> Option<String> {
        self.parsed(name, address::parse_page)
            .filter(|address| !address.is_empty())
    }

    /// One of a few words.
    pub(crate) fn word<T>(
        &mut self,
        name: &'static str,
        words: &str,
        find: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.parsed(name, |text| {
            find(text).ok_or_else(|| unknown_word(name, text, words))
        })
    }

    /// A whole number within a range.
    pub(crate) fn number(&mut self, name: &'static str, least: i64, most: i64) -> Option<i64> {
        let value = self.value(name)?;
        let number = value.as_i64().filter(|n| (least..=most).contains(n));
        if number.is_none() {
            let detail = format!("{name} is a whole number from {least} to {most}");
            self.refuse(name, Invalid::new("out_of_range", detail));
        }
        number
    }

    /// True or false.
    pub(crate) fn boolean(&mut self, name: &'static str) -> Option<bool> {
        let value = self.value(name)?;
        if !value.is_boolean() {
            self.wrong_type(name, "true or false");
        }
        value.as_bool()
    }

    /// An instant.
    pub(crate) fn instant(&mut self, name: &'static str) -> Option<Timestamp> {
        self.parsed(name, Timestamp::parse)
    }

    /// A field whose `null` means something else than its absence.
    pub(crate) fn given<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Given<T> {
        match self.map.get(name) {
            None => {
                self.known.push(name);
                Given::Absent
            }
            Some(Value::Null) => {
                self.take(name);
                Given::Null
            }
            Some(_) => self.parsed(name, parse).map_or(Given::Null, Given::Value),
        }
    }
}

/// A member's name as a part of a JSON pointer (RFC 6901, section 3).
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// An instant, or a day of the edition.
pub(crate) fn moment(text: &str) -> Result<Moment, Invalid> {
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d");
    match day {
        Ok(day) if text.len() == 10 => Ok(Moment::Day(day)),
        _ => Timestamp::parse(text).map(Moment::At),
    }
}

/// A word that is none of `words`, which have commas between.
pub(crate) fn unknown_word(name: &str, given: &str, words: &str) -> Invalid {
    let near = nearest(given, words.split(", "));
    let near = near.map(|near| format!("; {near} is the nearest"));
    let detail = format!("{name} is one of {words}{}", near.unwrap_or_default());
    Invalid::new("unknown_word", detail)
}
