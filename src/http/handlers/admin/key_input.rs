//! Keys as clients send them, read field by field.

use serde_json::{Map, Value};

use crate::domain::access::Role;
use crate::domain::error::{Fault, Invalid};
use crate::domain::key::{KeyInput, KeyPatch, LimitsInput, OVERLAP_DEFAULT, OVERLAP_MAX};
use crate::domain::language::LanguageTag;
use crate::domain::partner::{Contract, OFFSET_MAX, QUOTA_MAX, RATE_MAX};
use crate::domain::text::{NAME_MAX, NOTE_MAX};
use crate::domain::time::Timestamp;
use crate::http::request::json_fields::Fields;

/// Reads a new key.
pub(crate) fn read(object: Map<String, Value>) -> Result<KeyInput, Vec<Fault>> {
    let mut fields = Fields::new(object);
    let name = fields.required("name", NAME_MAX);
    let role = fields.word("role", "partner, author, editor, admin", Role::parse);
    if role.is_none() && !fields.is_refused("role") {
        fields.refuse("role", Invalid::new("required", "role is required"));
    }
    let limits = limits(&mut fields);
    let contract = contract(&mut fields, &Contract::default());
    let expires_at = fields.instant("expires_at");
    fields.finish()?;
    match (name, role) {
        (Some(name), Some(role)) => Ok(KeyInput {
            name,
            role,
            limits,
            contract: contract.unwrap_or_default(),
            expires_at,
        }),
        _ => Err(Vec::new()),
    }
}

/// Reads what is to change of a key. Its role stays: what an author's key made is its own.
pub(crate) fn read_patch(
    object: Map<String, Value>,
    before: &Contract,
) -> Result<KeyPatch, Vec<Fault>> {
    let mut fields = Fields::new(object);
    let name = if fields.has("name") {
        fields.required("name", NAME_MAX)
    } else {
        fields.text("name", NAME_MAX)
    };
    if fields.has("role") {
        fields.take("role");
        let detail = "a key keeps its role; make another key";
        fields.refuse("role", Invalid::new("immutable", detail));
    }
    let limits = limits(&mut fields);
    let contract = contract(&mut fields, before);
    let expires_at = fields.given("expires_at", Timestamp::parse);
    fields.finish()?;
    Ok(KeyPatch {
        name,
        limits,
        contract,
        expires_at,
    })
}

/// Reads for how many seconds an old secret is to work on.
pub(crate) fn read_overlap(object: Map<String, Value>) -> Result<i64, Vec<Fault>> {
    let mut fields = Fields::new(object);
    let overlap = fields.number("overlap_seconds", 0, OVERLAP_MAX);
    fields.finish()?;
    Ok(overlap.unwrap_or(OVERLAP_DEFAULT))
}

fn limits(fields: &mut Fields) -> LimitsInput {
    LimitsInput {
        langs: named(fields, "langs", |fields, _| languages(fields)),
        sections: named(fields, "sections", Fields::references),
        sources: named(fields, "sources", Fields::references),
    }
}

/// The contract, where it is named: what it does not name stays as it was before, and `null` for the whole of it is none.
fn contract(fields: &mut Fields, before: &Contract) -> Option<Contract> {
    let given = named(fields, "contract", Fields::object)?;
    let Some(mut given) = given else {
        return Some(Contract::default());
    };
    let mut terms = before.clone();
    let offset = number(&mut given, "embargo_offset", 0, OFFSET_MAX);
    put(
        &mut terms.embargo_offset,
        offset.map(Option::unwrap_or_default),
    );
    let summary_only = named(&mut given, "summary_only", Fields::boolean);
    put(
        &mut terms.summary_only,
        summary_only.map(Option::unwrap_or_default),
    );
    let note = |fields: &mut Fields, name| fields.text(name, NOTE_MAX);
    put(&mut terms.rights, named(&mut given, "rights", note));
    put(
        &mut terms.attribution,
        named(&mut given, "attribution", note),
    );
    put(
        &mut terms.quota_per_day,
        number(&mut given, "quota_per_day", 1, QUOTA_MAX),
    );
    put(
        &mut terms.rate_per_second,
        number(&mut given, "rate_per_second", 1, RATE_MAX),
    );
    fields.close(given);
    Some(terms)
}

/// A field, read whether it is there or not so that it counts as known; `None` where it is absent.
fn named<T>(
    fields: &mut Fields,
    name: &'static str,
    read: impl FnOnce(&mut Fields, &'static str) -> T,
) -> Option<T> {
    let is_named = fields.has(name);
    let value = read(fields, name);
    is_named.then_some(value)
}

fn put<T>(term: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *term = given;
    }
}

fn number(fields: &mut Fields, name: &'static str, least: u32, most: u32) -> Option<Option<u32>> {
    named(fields, name, |fields, name| {
        let number = fields.number(name, i64::from(least), i64::from(most))?;
        u32::try_from(number).ok()
    })
}

fn languages(fields: &mut Fields) -> Vec<LanguageTag> {
    let texts = fields.texts("langs", LanguageTag::MAX);
    let mut langs: Vec<LanguageTag> = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        match LanguageTag::parse(text) {
            Ok(lang) if langs.contains(&lang) => {}
            Ok(lang) => langs.push(lang),
            Err(invalid) => fields.refuse_item("langs", at, invalid),
        }
    }
    langs
}
