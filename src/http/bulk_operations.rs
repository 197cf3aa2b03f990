//! A line of a bulk: what it asks for, done within a transaction by the same functions as a request of its own.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::article_operations::{
    Change, Done, Meant, change, create, publication, read_step, withdrawal_of,
};
use super::error::{Code, Problem};
use super::fields::Fields;
use super::write::{LONGEST_TOKEN, StartsFrom, Writer};
use crate::domain::access::Grant;
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::lifecycle::Step;
use crate::domain::permission::Operation;
use crate::domain::query::Reference;
use crate::service::Commit;

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Create,
    Replace,
    Update,
    Delete,
    Publish,
    Unpublish,
    Withdraw,
}

/// What `op` takes.
pub(crate) const OPS: [(&str, Op); 7] = [
    ("create", Op::Create),
    ("replace", Op::Replace),
    ("update", Op::Update),
    ("delete", Op::Delete),
    ("publish", Op::Publish),
    ("unpublish", Op::Unpublish),
    ("withdraw", Op::Withdraw),
];

/// What a line is about. Each kind says which operations it has and runs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Article,
}

/// What `type` takes.
pub(crate) const KINDS: [(&str, Kind); 1] = [("article", Kind::Article)];

/// A line that was understood.
#[derive(Debug)]
pub(crate) struct Order {
    op: Op,
    kind: Kind,
    id: Option<String>,
    if_match: Option<String>,
    /// The name that the line itself has, to be known by when it is sent again.
    pub(crate) idempotency_key: Option<String>,
    data: Option<Map<String, Value>>,
}

/// What became of a line that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) status: u16,
    pub(crate) id: Id,
    pub(crate) version: i64,
}

impl Order {
    /// Reads a line.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Problem> {
        let value: Value = serde_json::from_slice(text).map_err(|error| {
            Problem::new(
                Code::MalformedRequest,
                format!("the line is no JSON: {error}"),
            )
        })?;
        let Value::Object(object) = value else {
            let detail = "a line is a JSON object";
            return Err(Problem::new(Code::MalformedRequest, detail));
        };
        let mut fields = Fields::new(object);
        let op = fields.word("op", &words(&OPS), |word| find(&OPS, word));
        if op.is_none() && !fields.is_refused("op") {
            fields.refuse("op", Invalid::new("required", "op is required"));
        }
        let kind = fields.word("type", &words(&KINDS), |word| find(&KINDS, word));
        let id = fields.text("id", 2_000);
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
        check_parts(&mut fields, op, id.is_some(), data.is_some());
        fields.finish().map_err(Problem::invalid_content)?;
        Ok(Self {
            op: op.unwrap_or(Op::Create),
            kind: kind.unwrap_or(Kind::Article),
            id,
            if_match,
            idempotency_key,
            data,
        })
    }

    /// Does what the line asks for, with the rights of a key.
    pub(crate) fn run(
        self,
        tx: &mut Commit<'_>,
        grant: &Grant,
        default_lang: &LanguageTag,
    ) -> Result<Outcome, Problem> {
        let op = self.op;
        let done = match self.kind {
            Kind::Article => self.run_on_article(tx, grant, default_lang)?,
        };
        Ok(Outcome {
            status: match op {
                Op::Create => 201,
                Op::Delete => 204,
                _ => 200,
            },
            id: done.id,
            version: done.version,
        })
    }

    fn run_on_article(
        self,
        tx: &mut Commit<'_>,
        grant: &Grant,
        default_lang: &LanguageTag,
    ) -> Result<Done, Problem> {
        let writer = Writer::of(grant.clone(), self.op.on_article())?;
        let meant = Meant {
            reference: Reference::parse(self.id.as_deref().unwrap_or_default()),
            default_lang: default_lang.clone(),
        };
        let starts = StartsFrom::named(self.if_match.as_deref());
        let starts = match self.op {
            Op::Replace | Op::Update | Op::Delete => starts.required()?,
            _ => starts,
        };
        let within = |problem: Problem| problem.within("/data");
        let data = self.data.unwrap_or_default();
        let step = |step: fn(&mut Fields) -> Option<Step>, data| {
            read_step(data, step).map(Change::Advance).map_err(within)
        };
        let how = match self.op {
            Op::Create => return create(tx, &writer, data).map_err(within),
            Op::Replace => Change::Replace(data),
            Op::Update => Change::Update(data),
            Op::Delete => Change::Delete,
            Op::Publish => step(publication, data)?,
            Op::Unpublish => step(|_| Some(Step::Draft), data)?,
            Op::Withdraw => step(withdrawal_of, data)?,
        };
        change(tx, &writer, &meant, &starts, how).map_err(within)
    }
}

impl Op {
    /// The operation on articles that it is, whose row of the table of permissions holds.
    const fn on_article(self) -> Operation {
        match self {
            Self::Create => Operation::CreateArticle,
            Self::Replace => Operation::ReplaceArticle,
            Self::Update => Operation::UpdateArticle,
            Self::Delete => Operation::DeleteArticle,
            Self::Publish => Operation::PublishArticle,
            Self::Unpublish => Operation::UnpublishArticle,
            Self::Withdraw => Operation::WithdrawArticle,
        }
    }
}

/// Checks that what the operation needs is there: an id of what is there already, data of what is written.
fn check_parts(fields: &mut Fields, op: Option<Op>, has_id: bool, has_data: bool) {
    let Some(op) = op else { return };
    match (op == Op::Create, has_id) {
        (true, true) => {
            let detail = "a new article is given its id";
            fields.refuse("id", Invalid::new("not_taken", detail));
        }
        (false, false) if !fields.is_refused("id") => {
            fields.refuse("id", Invalid::new("required", "id is required"));
        }
        _ => {}
    }
    let writes = matches!(op, Op::Create | Op::Replace | Op::Update);
    if writes && !has_data && !fields.is_refused("data") {
        fields.refuse("data", Invalid::new("required", "data is required"));
    }
    if op == Op::Delete && has_data {
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
        for text in ["", "[]", "{", "{\"op\":\"create\"} x", "\u{feff}{}"] {
            let problem = Order::parse(text.as_bytes()).unwrap_err();
            assert_eq!(problem.code, Code::MalformedRequest, "{text}");
        }
    }
}
