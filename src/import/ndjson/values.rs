//! The values of fields by kind: text, lists, numbers, dates, addresses.

use serde_json::{Map, Value};

use crate::domain::address;
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::text;
use crate::domain::time::Timestamp;
use crate::import::date::{Precision, WrittenDate};
use crate::import::stated_language;

use super::fields::Fields;
use super::named::EMPTY_ITEM;

/// The most characters of a value that a finding shows.
const SHOWN: usize = 100;

/// The most items of a list that are looked at.
const ITEMS_MAX: usize = 10_000;

impl Fields<'_> {
    /// A string as it is written.
    pub(super) fn raw(&mut self, name: &'static str) -> Option<String> {
        let value = self.value(name)?;
        self.as_text(name, value)
    }

    /// A string as it is written, or a number as text.
    pub(super) fn as_text(&mut self, name: &str, value: Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text),
            Value::Number(number) => {
                self.note(
                    name,
                    "number_as_text",
                    format!("the number {number} is taken as text"),
                );
                Some(number.to_string())
            }
            other => {
                self.wrong_type(name, "a string", other);
                None
            }
        }
    }

    /// Plain text of at most `max` characters, without white space at its edges and without control characters.
    pub(super) fn text(&mut self, name: &'static str, max: usize) -> Option<String> {
        let text = self.raw(name)?;
        self.cleaned(name, text, max)
    }

    /// Plain text without which there is no record.
    pub(super) fn required(&mut self, name: &'static str, max: usize) -> Option<String> {
        let found = self.text(name, max);
        self.needed(name, found)
    }

    /// Text as percent-encoding stands for it, where that is other than ASCII.
    pub(super) fn decoded(&mut self, place: &str, written: String) -> String {
        match text::percent_decoded(written.trim()) {
            Some(decoded) if !decoded.is_ascii() => {
                self.note(
                    place,
                    "percent_decoded",
                    format!("{written} became {decoded}"),
                );
                decoded
            }
            _ => written,
        }
    }

    /// The items of a list with their places; anything else than a list counts as a list of it alone.
    pub(super) fn items(&mut self, name: &'static str) -> Vec<(String, Value)> {
        let mut items = self.array(name);
        if items.len() > ITEMS_MAX {
            let detail = format!(
                "at most {ITEMS_MAX} items, not {}; the others are left out",
                items.len()
            );
            self.note(name, "too_many", detail);
            items.truncate(ITEMS_MAX);
        }
        let place = |(at, item)| (format!("{name}/{at}"), item);
        items.into_iter().enumerate().map(place).collect()
    }

    /// A list; anything else counts as a list of it alone.
    pub(super) fn array(&mut self, name: &'static str) -> Vec<Value> {
        match self.value(name) {
            None => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(Value::Bool(value)) => {
                self.wrong_type(name, "an array", Value::Bool(value));
                Vec::new()
            }
            Some(alone) => {
                self.note(
                    name,
                    "taken_as_list",
                    "this field takes an array; the value is taken as its only item",
                );
                vec![alone]
            }
        }
    }

    /// A list of objects with their places.
    pub(super) fn objects(&mut self, name: &'static str) -> Vec<(String, Map<String, Value>)> {
        let mut objects = Vec::new();
        for (place, item) in self.items(name) {
            match item {
                Value::Object(object) => objects.push((place, object)),
                Value::Null => self.note(&place, "no_name", EMPTY_ITEM),
                other => self.wrong_type(&place, "an object", other),
            }
        }
        objects
    }

    /// As much of a list as an article may have.
    pub(super) fn limited<T>(&mut self, name: &str, mut list: Vec<T>) -> Vec<T> {
        if list.len() > text::LIST_MAX {
            let detail = format!(
                "at most {} of them, not {}; the others are left out",
                text::LIST_MAX,
                list.len()
            );
            self.note(name, "too_many", detail);
            list.truncate(text::LIST_MAX);
        }
        list
    }

    /// An object.
    pub(super) fn object(&mut self, name: &'static str) -> Option<Map<String, Value>> {
        match self.value(name)? {
            Value::Object(map) => Some(map),
            other => {
                self.wrong_type(name, "an object", other);
                None
            }
        }
    }

    /// A truth value.
    pub(super) fn boolean(&mut self, name: &'static str) -> Option<bool> {
        match self.value(name)? {
            Value::Bool(value) => Some(value),
            other => {
                self.wrong_type(name, "true or false", other);
                None
            }
        }
    }

    /// A whole number from `least` to `most`.
    pub(super) fn number(&mut self, name: &'static str, least: i64, most: i64) -> Option<i64> {
        let value = self.value(name)?;
        let number = value.as_i64().filter(|n| (least..=most).contains(n));
        if number.is_none() {
            let detail = format!("this field takes a whole number from {least} to {most}");
            self.leave_out(name, "invalid_value", detail, value);
        }
        number
    }

    /// A string read by `parse`.
    pub(super) fn parsed<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let text = self.raw(name)?;
        match parse(text.trim()) {
            Ok(value) => Some(value),
            Err(invalid) => {
                self.leave_out_text(name, invalid, text);
                None
            }
        }
    }

    /// Leaves a text out that cannot be read, and says which.
    fn leave_out_text(&mut self, name: &str, invalid: Invalid, text: String) {
        let shown = text::cut(text.trim(), SHOWN);
        let detail = match invalid.detail.contains(shown) {
            true => invalid.detail,
            false => format!("{shown}: {}", invalid.detail),
        };
        self.leave_out(name, invalid.code, detail, Value::String(text));
    }

    /// A language, as a tag or as other systems write one. A tag that is made of other words is noted.
    pub(super) fn language(&mut self, name: &'static str) -> Option<LanguageTag> {
        let mut written = String::new();
        let tag = self.parsed(name, |text| {
            text.clone_into(&mut written);
            stated_language::read(text)
        })?;
        if LanguageTag::parse(&written.replace('_', "-")).as_ref() != Ok(&tag) {
            let detail = format!("{written} is taken as {tag}");
            self.note_shared(name, "language_read", detail);
        }
        Some(tag)
    }

    /// The tag of any language, also of one that texts here cannot be in.
    pub(super) fn any_language(&mut self, name: &'static str) -> Option<LanguageTag> {
        self.parsed(name, |text| LanguageTag::parse(&text.replace('_', "-")))
    }

    /// An id of ours.
    pub(super) fn id(&mut self, name: &'static str) -> Option<Id> {
        self.parsed(name, Id::parse)
    }

    /// An instant with its offset.
    pub(super) fn instant(&mut self, name: &'static str) -> Option<Timestamp> {
        self.parsed(name, Timestamp::parse)
    }

    /// A date as exact as it is written. One coarser than a day is noted, and its written form kept. A zero date is none.
    pub(super) fn date(&mut self, name: &'static str) -> Option<WrittenDate> {
        let text = self.raw(name)?;
        if WrittenDate::is_zero(&text) {
            self.note(name, "zero_date", format!("{} is no date", text.trim()));
            return None;
        }
        let date = match WrittenDate::parse(&text) {
            Ok(date) => date,
            Err(invalid) => {
                self.leave_out_text(name, invalid, text);
                return None;
            }
        };
        if date.precision() < Precision::Day {
            let detail = format!("{} is taken as its first day", text.trim());
            self.note(name, "date_precision", detail);
            self.keep(name, Value::String(text));
        }
        Some(date)
    }

    /// A web address; one that was percent-encoded as a whole is decoded. One that browsers must not follow is left out.
    pub(super) fn address(&mut self, name: &'static str) -> Option<String> {
        self.address_by(name, address::parse)
    }

    /// The address of a page, which may be longer than others.
    pub(super) fn long_address(&mut self, name: &'static str) -> Option<String> {
        self.address_by(name, address::parse_page)
    }

    fn address_by(
        &mut self,
        name: &'static str,
        parse: fn(&str) -> Result<String, Invalid>,
    ) -> Option<String> {
        let mut written = self.raw(name)?;
        let whole = text::percent_decoded(written.trim());
        let is_whole = |decoded: &String| !written.contains('/') && decoded.contains("://");
        if let Some(decoded) = whole.filter(is_whole) {
            self.note(
                name,
                "percent_decoded",
                format!("{written} became {decoded}"),
            );
            written = decoded;
        }
        match parse(&written) {
            Ok(address) => Some(address),
            Err(invalid) => {
                self.leave_out(name, invalid.code, invalid.detail, Value::String(written));
                None
            }
        }
    }

    /// An address that somebody can follow: absolute, or where `takes_path` a path of the site. One that begins with a host
    /// gets the scheme `https`, and is noted; what is neither is left out.
    pub(super) fn page_address(&mut self, name: &'static str, takes_path: bool) -> Option<String> {
        let written = self.long_address(name)?;
        match address::page(&written) {
            Some(address) if takes_path || !address.starts_with('/') => {
                if address != written {
                    let detail = format!("{written} has no scheme: it is taken as {address}");
                    self.note(name, "url_completed", detail);
                }
                Some(address)
            }
            _ => {
                let or_path = if takes_path {
                    " or a path that begins with /"
                } else {
                    ""
                };
                let detail =
                    format!("an absolute address such as https://example.org/page{or_path}");
                self.leave_out(name, "invalid_url", detail, Value::String(written));
                None
            }
        }
    }

    /// The word of a closed list that `parse` knows, in any case.
    pub(super) fn word<T>(
        &mut self,
        name: &'static str,
        words: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.raw(name)?;
        let found = parse(text.trim()).or_else(|| parse(&text.trim().to_lowercase()));
        if found.is_none() {
            let detail = format!("this field takes one of {words}");
            self.leave_out(name, "invalid_value", detail, Value::String(text));
        }
        found
    }

    /// Text of at most `max` characters without white space at its edges and without control characters; `None` where
    /// nothing is left that shows.
    pub(super) fn cleaned(&mut self, name: &str, text: String, max: usize) -> Option<String> {
        let text = self.without_control(name, text);
        let short = text::cut(text.trim(), max).trim_end();
        if short.len() < text.trim().len() {
            self.note(
                name,
                "too_long",
                format!("at most {max} characters; the rest is cut off"),
            );
        }
        let clean = text::clean(short, max).unwrap_or_default();
        if clean.is_empty() && !short.is_empty() {
            self.note(name, "blank", "this text shows nothing; it counts as empty");
        }
        Some(clean).filter(|text| !text.is_empty())
    }

    /// Text with its line ends as newlines, and with a blank for each other control character but tab.
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
            self.note(
                name,
                "control_character",
                "control characters became blanks",
            );
        }
        stripped
    }
}

#[cfg(test)]
mod tests;
