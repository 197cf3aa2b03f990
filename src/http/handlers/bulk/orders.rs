//! A line of a bulk: what it asks for.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::domain::access::Grant;
use crate::domain::bases::Bases;
use crate::domain::error::Invalid;
use crate::domain::language::LanguageTag;
use crate::domain::permission::Operation;
use crate::http::call::authorized::Writer;
use crate::http::call::body::json;
use crate::http::call::idempotency::LONGEST_TOKEN;
use crate::http::call::write::StartsFrom;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::handlers::bulk::work::{Outcome, Place, Work};
use crate::http::request::json_fields::Fields;
use crate::http::schemas::bulk_operations::{KINDS, Kind, OPS, Op};
use crate::service::Commit;

/// A line that was understood.
#[derive(Debug)]
pub(crate) struct Order {
    operation: Operation,
    id: String,
    /// The edition that a section's path is of.
    lang: Option<LanguageTag>,
    /// True if an existing resource changes, with the articles that show it or are in it.
    is_wide: bool,
    if_match: Option<String>,
    /// True if an existing resource changes, so that the line names the version that it starts from.
    needs_version: bool,
    /// The name that the line itself has, to be known by when it is sent again.
    pub(crate) idempotency_key: Option<String>,
    work: Work,
}

impl Order {
    /// Reads a line.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Problem> {
        let Value::Object(object) = json(text)? else {
            let detail = "a line is a JSON object";
            return Err(Problem::new(Code::MalformedRequest, detail));
        };
        let mut fields = Fields::new(object);
        let order = read(&mut fields);
        let faults = fields.finish().err().unwrap_or_default();
        let order = order.filter(|_| faults.is_empty());
        order.ok_or_else(|| Problem::invalid_content(faults))
    }

    /// True if many articles may change with the line.
    pub(crate) const fn is_wide(&self) -> bool {
        self.is_wide
    }

    /// True if the line is done in parts.
    pub(crate) const fn has_parts(&self) -> bool {
        matches!(self.work, Work::MergeAuthor(_))
    }

    fn starts(&self) -> Result<StartsFrom, Problem> {
        let starts = StartsFrom::named(self.if_match.as_deref());
        if self.needs_version {
            return starts.required();
        }
        Ok(starts)
    }

    /// Does a part of what the line asks for, and answers whether more is to be done before the line is run.
    pub(crate) fn run_part(
        &self,
        tx: &mut Commit<'_>,
        grant: &Grant,
        default_lang: &LanguageTag,
        bases: &Arc<Bases>,
    ) -> Result<bool, Problem> {
        let writer = Writer::of(grant.clone(), self.operation)?;
        let starts = self.starts()?;
        let place = Place {
            writer: &writer,
            id: &self.id,
            starts: &starts,
            lang: self.lang.as_ref(),
            default_lang,
            bases,
        };
        place.run_part(tx, &self.work)
    }

    /// Does what the line asks for, with the rights of a key.
    pub(crate) fn run(
        self,
        tx: &mut Commit<'_>,
        grant: &Grant,
        default_lang: &LanguageTag,
        bases: &Arc<Bases>,
    ) -> Result<Outcome, Problem> {
        let writer = Writer::of(grant.clone(), self.operation)?;
        let starts = self.starts()?;
        let place = Place {
            writer: &writer,
            id: &self.id,
            starts: &starts,
            lang: self.lang.as_ref(),
            default_lang,
            bases,
        };
        let done = place.run(tx, self.work);
        done.map_err(|problem| problem.within("/data"))
    }
}

/// Takes the parts of a line; `None` where one of them is refused.
fn read(fields: &mut Fields) -> Option<Order> {
    let op = fields.word("op", &words(&OPS), |word| find(&OPS, word));
    if op.is_none() && !fields.is_refused("op") {
        fields.refuse("op", Invalid::new("required", "op is required"));
    }
    let kind = fields.word("type", &words(&KINDS), |word| find(&KINDS, word));
    let kind = kind.or_else(|| (!fields.is_refused("type")).then_some(Kind::Article));
    let id = fields.text("id", 2_000);
    let lang = fields.parsed("lang", LanguageTag::parse);
    if lang.is_some() && kind != Some(Kind::Section) {
        let detail = "only the path of a section is looked up in an edition";
        fields.refuse("lang", Invalid::new("not_taken", detail));
    }
    let if_match = fields.string("if_match");
    let idempotency_key = fields.parsed("idempotency_key", token);
    let data = match fields.value("data") {
        Some(Value::Object(data)) => Some(data),
        Some(_) => {
            fields.refuse("data", Invalid::new("wrong_type", "this is an object"));
            None
        }
        None => None,
    };
    let has_data = data.is_some() || fields.is_refused("data");
    let operation = operation_of(fields, kind, op);
    if kind.is_none() || op.is_none() || operation.is_some() {
        check_parts(fields, op, id.is_some(), has_data);
    }
    let (kind, op, operation, id) = (kind?, op?, operation?, id.unwrap_or_default());
    Some(Order {
        operation,
        work: work_of(fields, operation, &id, data)?,
        id,
        lang,
        is_wide: kind != Kind::Article && op != Op::Create,
        if_match,
        // An edition that is not there yet has no version.
        needs_version: matches!(op, Op::Replace | Op::Update | Op::Delete | Op::DeleteNotice)
            && (kind, op) != (Kind::Edition, Op::Replace),
        idempotency_key,
    })
}

/// The operation of the API that a line is.
fn operation_of(fields: &mut Fields, kind: Option<Kind>, op: Option<Op>) -> Option<Operation> {
    let (kind, op) = (kind?, op?);
    let found = kind.operation(op);
    if found.is_none() {
        let own = OPS.iter().filter(|(_, op)| kind.operation(*op).is_some());
        let own: Vec<&str> = own.map(|(word, _)| *word).collect();
        let kind = KINDS.iter().find(|(_, known)| *known == kind);
        let detail = format!(
            "what can be done to one of type {} is {}",
            kind.map_or("", |(word, _)| *word),
            own.join(", ")
        );
        fields.refuse("op", Invalid::new("unknown_operation", detail));
    }
    found
}

/// The work of a line that has no errors so far: content that will not be written is not read.
fn work_of(
    fields: &mut Fields,
    operation: Operation,
    id: &str,
    data: Option<Map<String, Value>>,
) -> Option<Work> {
    if fields.is_refused("id") {
        return None;
    }
    match Work::of(operation, id, data.unwrap_or_default()) {
        Ok(work) => work,
        Err(invalid) => {
            fields.refuse("id", invalid);
            None
        }
    }
}

/// Checks that what the operation needs is there: an id of what is there already, data of what is written.
fn check_parts(fields: &mut Fields, op: Option<Op>, has_id: bool, has_data: bool) {
    let Some(op) = op else { return };
    match (op == Op::Create, has_id) {
        (true, true) => {
            let detail = "what is new is given its id";
            fields.refuse("id", Invalid::new("not_taken", detail));
        }
        (false, false) if !fields.is_refused("id") => {
            fields.refuse("id", Invalid::new("required", "id is required"));
        }
        _ => {}
    }
    let writes = matches!(
        op,
        Op::Create | Op::Replace | Op::Update | Op::Merge | Op::AddNotice | Op::DeleteNotice
    );
    if writes && !has_data {
        fields.refuse("data", Invalid::new("required", "data is required"));
    }
    if op == Op::Delete && has_data && !fields.is_refused("data") {
        fields.refuse("data", Invalid::new("not_taken", "delete takes no data"));
    }
}

fn words<T>(table: &[(&str, T)]) -> String {
    let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
    words.join(", ")
}

fn find<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    let found = table.iter().find(|(known, _)| *known == word);
    found.map(|(_, value)| *value)
}

fn token(text: &str) -> Result<String, Invalid> {
    let printable = text.bytes().all(|b| b.is_ascii_graphic());
    if printable && (1..=LONGEST_TOKEN).contains(&text.len()) {
        return Ok(text.to_owned());
    }
    let detail = "an idempotency key has 1 to 255 printable ASCII characters";
    Err(Invalid::new("invalid_key", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<String> {
        let problem = Order::parse(text.as_bytes()).unwrap_err();
        problem
            .errors
            .iter()
            .filter_map(|e| e.pointer.clone())
            .collect()
    }

    #[test]
    fn a_line_tells_all_that_it_lacks() {
        assert_eq!(places("{}"), ["/op"]);
        assert_eq!(places(r#"{"op":"create","id":"x"}"#), ["/id", "/data"]);
        assert_eq!(places(r#"{"op":"update","data":5}"#), ["/data", "/id"]);
        assert_eq!(
            places(r#"{"op":"erase","type":"shop","x":1}"#),
            ["/op", "/type", "/x"]
        );
        assert_eq!(places(r#"{"op":"delete","id":"x","data":{}}"#), ["/data"]);
        let publish = r#"{"op":"publish","type":"tag","id":"x"}"#;
        assert_eq!(places(publish), ["/op"], "tags are not published");
        let made = r#"{"op":"create","type":"edition","data":{}}"#;
        assert_eq!(places(made), ["/op"], "editions are made by replace");
        let lang = r#"{"op":"replace","type":"edition","id":"no language","data":{}}"#;
        assert_eq!(places(lang), ["/id"]);
        for text in ["", "[]", "{", "{\"op\":\"create\"} x", "\u{feff}{}"] {
            let problem = Order::parse(text.as_bytes()).unwrap_err();
            assert_eq!(problem.code, Code::MalformedRequest, "{text}");
        }
    }
}
