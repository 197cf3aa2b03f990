//! The query string, read strictly: every wrong parameter is told at once, an unknown one with the nearest that exists.

use std::collections::HashSet;
use std::str::FromStr;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use crate::domain::error::Invalid;
use crate::domain::language::LanguageTag;
use crate::domain::nearest::{elsewhere, hint, nearest};
use crate::domain::query::{LONGEST_PATH, LONGEST_VALUE, MOST_GROUPS, MOST_VALUES, Reference};
use crate::http::error::{FieldError, Problem};

/// The most languages of a fallback.
const MOST_LANGUAGES: usize = 20;

/// The names of an operation's parameters, as it documents them.
pub(crate) fn names_of<P: IntoParams>() -> Vec<String> {
    let parameters = P::into_params(|| Some(ParameterIn::Query)).into_iter();
    parameters.map(|parameter| parameter.name).collect()
}

/// A query string under way of being read. Reading goes on after a mistake; [`finish`](Self::finish) tells all of them.
#[derive(Debug)]
pub(crate) struct Query {
    pairs: Vec<Pair>,
    errors: Vec<FieldError>,
}

/// A parameter that was given.
#[derive(Debug)]
struct Pair {
    name: String,
    value: String,
    is_read: bool,
}

impl Query {
    /// Takes a raw query string apart; `known` are the names that the operation takes.
    pub(crate) fn parse(raw: &str, known: &[String]) -> Self {
        let mut query = Self {
            pairs: Vec::new(),
            errors: Vec::new(),
        };
        for piece in raw.split('&').filter(|piece| !piece.is_empty()) {
            query.take_piece(piece, known);
        }
        query
    }

    fn take_piece(&mut self, piece: &str, known: &[String]) {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        let Some(name) = decode(name) else {
            return self.refuse(
                "",
                Invalid::new("malformed", "a parameter's name is not well-formed"),
            );
        };
        if !known.contains(&name) {
            return self.refuse(&name, unknown_parameter(&name, known));
        }
        match decode(value) {
            Some(value) => self.pairs.push(Pair {
                name,
                value,
                is_read: false,
            }),
            None => self.refuse(
                &name,
                Invalid::new(
                    "malformed",
                    "the value is not percent-encoded UTF-8, or holds control characters",
                ),
            ),
        }
    }

    /// Records a mistake.
    pub(crate) fn refuse(&mut self, name: &str, invalid: Invalid) {
        let name: String = name.chars().take(LONGEST_VALUE).collect();
        self.errors.push(FieldError::new(&name, invalid));
    }

    /// True if the parameter is there at all, also with a value that was refused.
    pub(crate) fn has(&self, name: &str) -> bool {
        let refused = self.errors.iter().filter_map(|e| e.parameter.as_deref());
        let given = self.pairs.iter().map(|pair| pair.name.as_str());
        given.chain(refused).any(|n| n == name)
    }

    /// The values of a parameter as they were given, one for each time that it comes.
    fn given(&mut self, name: &str) -> Vec<String> {
        let given = self.pairs.iter_mut().filter(|pair| pair.name == name);
        given
            .map(|pair| {
                pair.is_read = true;
                pair.value.clone()
            })
            .collect()
    }

    /// The value of a parameter that comes once at most.
    pub(crate) fn one(&mut self, name: &str) -> Option<String> {
        let mut given = self.given(name);
        if given.len() > 1 {
            let detail = format!("{name} has one value: give it once");
            self.refuse(name, Invalid::new("repeated", detail));
            return None;
        }
        given.pop()
    }

    /// The value of a list that comes once at most; `reason` says why it cannot come again.
    fn one_list(&mut self, name: &str, reason: &str) -> Option<String> {
        let mut given = self.given(name);
        if given.len() > 1 {
            let instead = in_one(name, &given);
            let detail = format!("{reason}: give {name} once, with commas: {instead}");
            self.refuse(name, Invalid::new("repeated", detail));
            return None;
        }
        given.pop()
    }

    /// The value of a parameter that comes once at most, read by `parse`.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let value = self.one(name)?;
        self.accept(name, parse(&value))
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn number<N: Copy + FromStr + PartialOrd + std::fmt::Display>(
        &mut self,
        name: &str,
        least: N,
        most: N,
    ) -> Option<N> {
        self.parsed(name, |text| {
            let number = text
                .bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| text.parse::<N>().ok());
            number
                .flatten()
                .filter(|n| *n >= least && *n <= most)
                .ok_or_else(|| {
                    Invalid::new(
                        "out_of_range",
                        format!("{name} is a whole number from {least} to {most}"),
                    )
                })
        })
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        self.parsed(name, |text| find_word(name, text, words))
    }

    /// Parts to show, each one of a few words. Commas and repetitions alike add to them.
    pub(crate) fn choices<T: Copy + PartialEq>(
        &mut self,
        name: &str,
        words: &[(&str, T)],
    ) -> Vec<T> {
        let mut chosen = Vec::new();
        for text in self.given(name) {
            for value in self.split(name, &text) {
                let choice = self.accept(name, find_word(name, &value, words));
                chosen.extend(choice.filter(|choice| !chosen.contains(choice)));
            }
        }
        chosen
    }

    /// A filter that takes words of a few, any of them. Nothing has two, so that it comes once at most.
    pub(crate) fn any_word<T: Copy + Ord>(&mut self, name: &str, words: &[(&str, T)]) -> Vec<T> {
        self.group(name, |text| find_word(name, text, words))
            .concat()
    }

    /// The languages of `lang`, in order, each once.
    pub(crate) fn languages(&mut self) -> Vec<LanguageTag> {
        let Some(text) = self.one_list("lang", "languages are one order of preference") else {
            return Vec::new();
        };
        let mut langs: Vec<LanguageTag> = Vec::new();
        for value in self.split("lang", &text) {
            let parsed = self.accept("lang", LanguageTag::parse_filter(&value));
            langs.extend(parsed.filter(|lang| !langs.contains(lang)));
        }
        if langs.len() > MOST_LANGUAGES {
            let detail = format!("at most {MOST_LANGUAGES} languages");
            self.refuse("lang", Invalid::new("too_many", detail));
        }
        langs
    }

    /// A filter that nothing can meet twice: commas part what may be any of. Each value is read by `parse`.
    pub(crate) fn group<T: Ord>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Vec<Vec<T>> {
        if self.given(name).len() > 1 {
            let reason = format!(
                "a repeated parameter means all of its values, and nothing has two of {name}"
            );
            self.one_list(name, &reason);
            return Vec::new();
        }
        self.groups(name, parse)
    }

    /// A filter: commas part what may be any of, repetitions are all of. Each value is read by `parse`.
    pub(crate) fn groups<T: Ord>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Vec<Vec<T>> {
        let mut groups = Vec::new();
        let mut total = 0;
        for text in self.given(name) {
            let values = self.split(name, &text);
            total += values.len();
            let parsed = values.iter().map(|value| parse(value)).collect::<Vec<_>>();
            let group = parsed
                .into_iter()
                .filter_map(|result| self.accept(name, result));
            let mut group: Vec<T> = group.collect();
            group.sort();
            group.dedup();
            groups.push(group);
        }
        if groups.len() > MOST_GROUPS {
            let detail = format!("{name} is repeated at most {MOST_GROUPS} times");
            self.refuse(name, Invalid::new("too_many", detail));
        }
        if total > MOST_VALUES {
            let detail = format!("at most {MOST_VALUES} values in all");
            self.refuse(name, Invalid::new("too_many", detail));
        }
        groups.sort();
        groups
    }

    fn split(&mut self, name: &str, text: &str) -> Vec<String> {
        let mut values = Vec::new();
        for value in text.split(',').map(str::trim) {
            match check_value(name, value) {
                Ok(()) => values.push(value.to_owned()),
                Err(invalid) => {
                    self.refuse(name, invalid);
                    break;
                }
            }
        }
        values
    }

    fn accept<T>(&mut self, name: &str, result: Result<T, Invalid>) -> Option<T> {
        result.map_err(|invalid| self.refuse(name, invalid)).ok()
    }

    /// Fails with every mistake that was found. Every parameter has been read by then.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        let unread = self.pairs.iter().find(|pair| !pair.is_read);
        debug_assert!(unread.is_none(), "documented and not read: {unread:?}");
        if self.errors.is_empty() {
            return Ok(());
        }
        let mut told = HashSet::new();
        let errors = self.errors.into_iter();
        let errors = errors.filter(|e| told.insert((e.parameter.clone(), e.code)));
        Err(Problem::invalid_parameters(
            errors.take(MOST_VALUES).collect(),
        ))
    }
}

/// The longest parameter that a refusal writes out, in bytes.
const LONGEST_WRITTEN: usize = 1_000;

/// Characters that would end a value of a query, or be read as others.
const IN_QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'<')
    .add(b'>');

/// The values of a repeated parameter as one, ready to be sent; the first of them where that would be long.
fn in_one(name: &str, given: &[String]) -> String {
    let mut values: Vec<&str> = Vec::new();
    for value in given.iter().flat_map(|text| text.split(',')).map(str::trim) {
        if !value.is_empty() && !values.contains(&value) {
            values.push(value);
        }
    }
    let mut written = String::new();
    for value in values {
        let value = utf8_percent_encode(value, IN_QUERY).to_string();
        if written.len() + value.len() > LONGEST_WRITTEN {
            return format!("{name}={written},…");
        }
        if !written.is_empty() {
            written.push(',');
        }
        written.push_str(&value);
    }
    format!("{name}={written}")
}

fn check_value(name: &str, value: &str) -> Result<(), Invalid> {
    if value.is_empty() {
        return Err(Invalid::new(
            "empty",
            "an empty value means nothing here: leave the parameter out",
        ));
    }
    let is_path = name == "section";
    if !Reference::is_short(value, is_path) {
        let detail = match is_path {
            true => format!("a path has at most {LONGEST_PATH} bytes"),
            false => format!("a value has at most {LONGEST_VALUE} characters"),
        };
        return Err(Invalid::new("too_long", detail));
    }
    Ok(())
}

fn find_word<T: Copy>(name: &str, text: &str, words: &[(&str, T)]) -> Result<T, Invalid> {
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let shown: String = text.chars().take(LONGEST_VALUE).collect();
        let near = nearest(&shown, all.iter().copied());
        let near = near.map(|near| format!("; to {shown:?} the nearest is {near}"));
        let detail = format!(
            "{name} takes {}{}",
            all.join(", "),
            near.unwrap_or_default()
        );
        Invalid::new("unknown_value", detail)
    })
}

fn unknown_parameter(name: &str, known: &[String]) -> Invalid {
    let shown: String = name.chars().take(LONGEST_VALUE).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let mut hint = hint("parameter", &shown, &known);
    if let (None, Some(place)) = (nearest(&shown, known.iter().copied()), elsewhere(&shown)) {
        hint = format!("{hint}; {place}");
    }
    let detail = format!("there is no parameter {shown:?} here; {hint}");
    Invalid::new("unknown_parameter", detail)
}

/// Decodes as forms do (`+` is a space); `None` for broken percent-encoding, other than UTF-8, and control characters.
fn decode(raw: &str) -> Option<String> {
    if !is_well_encoded(raw) {
        return None;
    }
    let spaced = raw.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().ok()?;
    let clean = !text
        .chars()
        .any(|c| c.is_control() && c != '\t' && c != '\n');
    clean.then(|| text.into_owned())
}

/// True if every `%` begins two hexadecimal digits.
pub(crate) fn is_well_encoded(raw: &str) -> bool {
    let mut pieces = raw.split('%');
    pieces.next();
    pieces.all(|piece| {
        let digits = piece.as_bytes().get(..2);
        digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
mod tests;
