//! Many writes in one request: lines in, lines out, at the pace of whoever is slower.
//!
//! Lines that are there at once share a transaction, in which each is a part that can fail alone. A line is answered when
//! its transaction is on the disk, never before. The answer is pulled by the client: while nobody reads it, no more lines
//! are read either, so that neither side fills the memory.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::vec;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Bytes, Payload};
use actix_web::{HttpResponse, post};
use futures_util::stream;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::access::Grant;
use crate::domain::id::Id;
use crate::domain::permission::Operation;
use crate::http::call::body::{BROKEN_OFF, digest};
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::call::idempotency::Repeatable;
use crate::http::call::write::commit;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::handlers::bulk::forms::{Form, listed};
use crate::http::handlers::bulk::lines::{Broken, Line, Lines};
use crate::http::handlers::bulk::orders::Order;
use crate::http::handlers::bulk::work::Outcome;
use crate::http::request::context::Context;
use crate::http::request::paging::WriteMeta;
use crate::http::request::params::IdempotencyParams;
use crate::http::response::problem::{ProblemBody, body_of};
use crate::http::schemas::{BulkLine, BulkRequest};
use crate::http::state::app::App;
use crate::http::state::shares::{Owner, Place};
use crate::logging::one_line;
use crate::service::Commit;

const PATH: &str = "/api/bulk";
/// Longest time that lines keep other writes waiting, except for one line that takes longer.
const LONGEST_TURN: Duration = Duration::from_millis(100);
/// The result of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkResult<'a> {
    /// The line's number, counted from 1.
    #[schema(minimum = 1)]
    line: u64,
    /// The status that a request of its own would have had.
    #[schema(minimum = 200, maximum = 599, example = 201)]
    status: u16,
    /// The written resource: its id, the slug of a tag, the language of an edition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "01a2147a-d1e9-7117-9ffe-d84105b1691a")]
    id: Option<&'a str>,
    /// The version that it is at; none where it was deleted. An article that is deleted is withdrawn, in a version that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false)]
    version: Option<i64>,
    /// That version as `if_match` takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, example = "\"v1\"")]
    etag: Option<String>,
    /// True if it had been done before, with the same idempotency key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    replayed: Option<bool>,
    /// The error, where it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ProblemBody, required = false)]
    problem: Option<ProblemBody<'a>>,
    /// Facts about the write besides the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = WriteMeta, required = false)]
    meta: Option<WriteMeta>,
}

/// The results of the operations, in order.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkResults<'a> {
    /// The results.
    data: Vec<BulkResult<'a>>,
}

/// Run many operations
///
/// Operations on articles, authors, sources, tags, sections and editions. Each has the rights and the result of a
/// request of its own, and a refused one does not harm the others. With an `Idempotency-Key`, for the request or on the
/// line, nothing is done twice.
///
/// As `application/x-ndjson`, each line is one operation and is answered by one line, while lines still come. As
/// `application/json`, up to 10,000 operations in 10 MB are answered in one object.
#[utoipa::path(tag = "bulk", params(IdempotencyParams), request_body(content((BulkRequest = "application/json"), (BulkLine = "application/x-ndjson", examples(
        ("article" = (summary = "A new article", value = json!({"op": "create", "data": {"lang": "en", "title": "A line of many"}}))),
        ("author" = (summary = "A new author", value = json!({"op": "create", "type": "author", "data": {"name": "Ottilie Marchbank"}}))),
        ("tag" = (summary = "Another name for a tag", value = json!({"op": "update", "type": "tag", "id": "archives", "if_match": "v1", "data": {"name": "Archives and records"}}))),
        ("section" = (summary = "A branch that moves", value = json!({"op": "update", "type": "section", "id": "international/events", "if_match": "*", "data": {"parent": null}}))),
        ("edition" = (summary = "An edition, new or written anew", value = json!({"op": "replace", "type": "edition", "id": "de", "data": {"name": "Deutsch"}}))))))),
    responses((status = 200, description = "The results, in order.", content((BulkResults = "application/json"), (BulkResult = "application/x-ndjson")))))]
#[post("/api/bulk")]
pub(crate) async fn run_bulk(call: Call, access: Access, payload: Payload) -> Answer {
    let writer = access.may(Operation::RunBulk)?;
    call.require_no_query()?;
    let form = Form::of(&call)?;
    let place = call.app.bulks.take(Owner::of(&call.context), 1)?;
    let worker = Worker {
        _place: place,
        app: Arc::clone(&call.app),
        context: call.context.clone(),
        key: writer.grant.key,
        token: call.idempotency_key()?,
    };
    let state = Some((form.lines(&call, payload).await?, Arc::new(worker)));
    let results = stream::unfold(state, |state| async move {
        let (lines, worker) = state?;
        next_results(lines, worker).await
    });
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CONTENT_TYPE, form.media_type()));
    answer.insert_header((CACHE_CONTROL, "private, no-store"));
    Ok(match form {
        Form::Ndjson => answer.streaming(results),
        Form::Json => answer.streaming(listed(results)),
    })
}

type State = Option<(Lines, Arc<Worker>)>;

/// Works on the lines that are next, and answers with their results and what goes on from there.
async fn next_results(
    mut lines: Lines,
    worker: Arc<Worker>,
) -> Option<(Result<Bytes, Infallible>, State)> {
    let batch = match lines.batch().await {
        Ok(batch) if batch.is_empty() => return None,
        Ok(batch) => batch,
        Err(broken) => {
            let problem = match broken {
                Broken::Off => Problem::new(Code::MalformedRequest, BROKEN_OFF),
                Broken::Silent => Problem::new(Code::TimedOut, "no line came for too long"),
            };
            let last = worker.tell(&[(lines.next_number(), Err(problem))]);
            return Some((Ok(last), None));
        }
    };
    let numbers: Vec<u64> = batch.iter().map(|line| line.number).collect();
    let working = Arc::clone(&worker);
    let told = web::block(move || working.tell(&working.run(&batch))).await;
    let told = told.unwrap_or_else(|error| {
        let failed = |number: &u64| (*number, Err(Problem::internal(&error)));
        worker.tell(&numbers.iter().map(failed).collect::<Vec<_>>())
    });
    Some((Ok(told), Some((lines, worker))))
}

/// A line that was done, and whether it had been before.
type Told = (u64, Result<(Outcome, bool), Problem>);

/// A line that was read, before the transaction that others wait for.
struct Prepared {
    number: u64,
    order: Result<Order, Problem>,
    /// The name by which a repetition is recognised: its own, or the request's with its number; and the digest of the line.
    repeated: Option<(String, String)>,
}

/// Number of lines in each transaction: a wide one is alone.
fn parts_of(wide: impl Iterator<Item = bool>) -> Vec<usize> {
    let (mut parts, mut may_join) = (Vec::new(), false);
    for is_wide in wide {
        match parts.last_mut().filter(|_| may_join && !is_wide) {
            Some(length) => *length += 1,
            None => parts.push(1),
        }
        may_join = !is_wide;
    }
    parts
}

/// The worker of the lines, and its key.
struct Worker {
    _place: Place,
    app: Arc<App>,
    context: Context,
    key: Id,
    token: Option<String>,
}

impl Worker {
    /// Works on lines. What many articles may follow is a transaction of its own, so that nobody waits for many of these at
    /// once; other lines that stand together share one.
    fn run(&self, lines: &[Line]) -> Vec<Told> {
        let prepared: Vec<Prepared> = lines.iter().map(|line| self.prepare(line)).collect();
        let is_wide = |line: &Prepared| line.order.as_ref().is_ok_and(Order::is_wide);
        let parts = parts_of(prepared.iter().map(is_wide));
        let (mut told, mut rest, mut prepared) = (Vec::new(), lines, prepared.into_iter());
        for length in parts {
            let (part, after) = rest.split_at(length);
            let lines: Vec<Prepared> = prepared.by_ref().take(length).collect();
            if let [line] = lines.as_slice() {
                self.run_parts(line);
            }
            told.extend(self.run_together(part, lines));
            rest = after;
        }
        told
    }

    /// Works on lines in one transaction. Where that fails for a fault of the service, each gets one of its own, so that what
    /// one line brings about harms no other; while the database is away, that would only take longer.
    fn run_together(&self, lines: &[Line], prepared: Vec<Prepared>) -> Vec<Told> {
        let mut told = Vec::with_capacity(lines.len());
        let mut waiting = prepared.into_iter();
        while told.len() < lines.len() {
            match self.commit(&mut waiting) {
                Ok(done) => told.extend(done),
                Err(problem) => {
                    let rest = &lines[told.len()..];
                    if rest.len() > 1 && problem.code != Code::Unavailable {
                        let alone = rest.iter().map(std::slice::from_ref);
                        told.extend(alone.flat_map(|line| self.run(line)));
                    } else {
                        let failed = |line: &Line| (line.number, Err(problem.clone()));
                        told.extend(rest.iter().map(failed));
                    }
                }
            }
        }
        told
    }

    fn prepare(&self, line: &Line) -> Prepared {
        let too_long = || Problem::new(Code::ContentTooLarge, "a line has at most 10 MB");
        let order = line.text.as_deref().ok_or_else(too_long);
        let order = order.and_then(Order::parse);
        let of_request = || {
            let token = self.token.as_ref();
            token.map(|token| format!("{token}#{}", line.number))
        };
        let own = order.as_ref().ok();
        let token = own.and_then(|order| order.idempotency_key.clone());
        let token = token.or_else(of_request).filter(|_| own.is_some());
        let what = |text: &Bytes| digest(&[b"run_bulk ", text.trim_ascii()].concat());
        let repeated = token.and_then(|token| Some((token, what(line.text.as_ref()?))));
        Prepared {
            number: line.number,
            repeated,
            order,
        }
    }

    /// Does what a line asks for up to its last part, in transactions of its own. What goes wrong goes wrong again when the
    /// line is run, and is told then.
    fn run_parts(&self, line: &Prepared) {
        let Ok(order) = line.order.as_ref() else {
            return;
        };
        if !order.has_parts() {
            return;
        }
        let lang = &self.app.config.default_lang;
        let part = |tx: &mut Commit<'_>, grant: Result<Grant, Problem>| {
            let grant = grant?;
            if let Some((token, what)) = line.repeated.clone() {
                let given: Option<Outcome> =
                    Repeatable::of(&grant, token, what).answer_given(tx)?;
                if given.is_some() {
                    return Ok(false);
                }
            }
            order.run_part(tx, &grant, lang, &self.app.bases)
        };
        while let Ok(true) = commit(&self.app, self.key, &self.context.id, part) {}
    }

    /// Works on the lines that are next in one transaction, which ends when it has taken its time. A stream may outlive its
    /// key, whose rights are looked up each time.
    fn commit(&self, lines: &mut vec::IntoIter<Prepared>) -> Result<Vec<Told>, Problem> {
        commit(&self.app, self.key, &self.context.id, |tx, grant| {
            let (began, mut told) = (Instant::now(), Vec::new());
            while told.is_empty() || began.elapsed() < LONGEST_TURN {
                let Some(line) = lines.next() else { break };
                let number = line.number;
                let done = match &grant {
                    Ok(grant) => tx.attempt(|tx| self.run_line(tx, grant, line)),
                    Err(problem) => Err(problem.clone()),
                };
                match done {
                    // After a fault of the database, nothing is known of the transaction.
                    Err(problem) if problem.code.entry().status.is_server_error() => {
                        return Err(problem);
                    }
                    done => told.push((number, done)),
                }
            }
            Ok(told)
        })
    }

    fn run_line(
        &self,
        tx: &mut Commit<'_>,
        grant: &Grant,
        line: Prepared,
    ) -> Result<(Outcome, bool), Problem> {
        let order = line.order?;
        let repeatable = line.repeated;
        let repeatable = repeatable.map(|(token, what)| Repeatable::of(grant, token, what));
        if let Some(repeatable) = &repeatable
            && let Some(outcome) = repeatable.answer_given(tx)?
        {
            return Ok((outcome, true));
        }
        let outcome = order.run(tx, grant, &self.app.config.default_lang, &self.app.bases)?;
        if let Some(repeatable) = &repeatable {
            repeatable.keep_answer(tx, &outcome)?;
        }
        Ok((outcome, false))
    }

    /// The results as lines.
    fn tell(&self, told: &[Told]) -> Bytes {
        let mut bytes = Vec::new();
        for (number, done) in told {
            let result = match done {
                Ok((outcome, replayed)) => done_line(*number, outcome, *replayed),
                Err(problem) => self.refused_line(*number, problem),
            };
            bytes.extend(serde_json::to_vec(&result).unwrap_or_default());
            bytes.push(b'\n');
        }
        Bytes::from(bytes)
    }

    fn refused_line<'a>(&'a self, line: u64, problem: &'a Problem) -> BulkResult<'a> {
        if let Some(cause) = &problem.cause {
            log::log!(target: "masthead::http", problem.level(), request_id = self.context.id.as_str(); "line {line}: {}", one_line(cause));
        }
        BulkResult {
            line,
            status: problem.code.entry().status.as_u16(),
            id: None,
            version: None,
            etag: None,
            replayed: None,
            problem: Some(body_of(problem, &self.context, PATH)),
            meta: None,
        }
    }
}

fn done_line(line: u64, outcome: &Outcome, replayed: bool) -> BulkResult<'_> {
    BulkResult {
        line,
        status: outcome.status,
        id: Some(&outcome.id),
        version: outcome.version,
        etag: outcome.version.map(|version| format!("\"v{version}\"")),
        replayed: replayed.then_some(true),
        problem: None,
        meta: (!outcome.warnings.is_empty()).then(|| WriteMeta {
            warnings: outcome.warnings.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_articles_may_follow_is_a_transaction_of_its_own() {
        let parts = |line: &str| parts_of(line.bytes().map(|byte| byte == b'W'));
        assert_eq!(parts("nnn"), [3]);
        assert_eq!(parts("WW"), [1, 1]);
        assert_eq!(parts("nnWnWnn"), [2, 1, 1, 1, 2]);
        assert!(parts("").is_empty());
    }
}
