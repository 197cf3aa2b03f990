//! The steps of every write: the right to it, the version that it starts from, the transaction, and the answer.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, web};
use serde_json::Value;

use crate::domain::access::{Grant, Scope};
use crate::domain::id::Id;
use crate::domain::time::Timestamp;
use crate::http::call::answer::CHANGE_SEQ;
use crate::http::call::authorized::Writer;
use crate::http::call::extract::{Answer, Call};
use crate::http::call::idempotency::{Once, given_before, keep};
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::protocol::conditional::{self, VersionTag};
use crate::http::response::reply::{Policy, Reply};
use crate::http::state::app::App;
use crate::service::{self, Actor, Commit};
use crate::store::audit::Deed;
use crate::store::changes;
use crate::store::keys;

/// The version that a change starts from: the entity tags of If-Match.
#[derive(Debug, Clone)]
pub(crate) struct StartsFrom(Option<Vec<String>>);

impl StartsFrom {
    /// The version that a value like that of If-Match names, where there is one. In JSON a tag may stand without the quotes
    /// that it has in a header.
    pub(crate) fn named(text: Option<&str>) -> Self {
        let quoted = |text: &str| match text.contains('"') || text == "*" {
            true => conditional::strong_tags_in(text),
            false => vec![text.to_owned()],
        };
        Self(text.map(quoted))
    }

    /// The same, where it names any.
    pub(crate) fn required(self) -> Result<Self, Problem> {
        if self.0.is_some() {
            return Ok(self);
        }
        let detail = "a change must name the version that it starts from: read the resource, and send its ETag in If-Match (if_match in a bulk), or its version in quotes, such as \"v3\"";
        Err(Problem::new(Code::PreconditionRequired, detail))
    }

    /// Checks that the version of a resource which is there was named, and is the present one.
    pub(crate) fn check_named(&self, number: i64, at: Timestamp) -> Result<(), Problem> {
        if self.is_named() {
            return self.check(number, at);
        }
        let detail = format!(
            "the resource is there, at version {number}: a change must name the version that it starts from; send If-Match (if_match in a bulk) with the ETag, or \"v{number}\""
        );
        Err(at_version(
            Problem::new(Code::PreconditionRequired, detail),
            number,
        ))
    }

    /// True if it names any.
    pub(crate) const fn is_named(&self) -> bool {
        self.0.is_some()
    }

    /// Checks that a resource which is there is at the version that was named.
    pub(crate) fn check(&self, number: i64, at: Timestamp) -> Result<(), Problem> {
        let Some(tags) = &self.0 else { return Ok(()) };
        let version = VersionTag { number, at };
        if tags
            .iter()
            .any(|tag| tag == "*" || version.is_named_by(tag))
        {
            return Ok(());
        }
        let detail = format!(
            "the resource is at version {number}, but If-Match names another; send the ETag in its quotes, or \"v{number}\""
        );
        Err(at_version(
            Problem::new(Code::PreconditionFailed, detail),
            number,
        ))
    }
}

/// The problem with the entity tag that a version has.
fn at_version(problem: Problem, number: i64) -> Problem {
    match HeaderValue::from_str(&format!("\"v{number}\"")) {
        Ok(tag) => problem.with_header(header::ETAG, tag),
        Err(_) => problem,
    }
}

impl Call {
    /// The version that If-Match names, which must be there.
    pub(crate) fn must_start_from(&self) -> Result<StartsFrom, Problem> {
        self.may_start_from().required()
    }

    /// The version that If-Match names, where it is there.
    pub(crate) fn may_start_from(&self) -> StartsFrom {
        StartsFrom(conditional::strong_tags(self.request.headers()))
    }

    /// True if the request is to be done only where nothing exists: `If-None-Match: *`.
    pub(crate) fn demands_absence(&self) -> bool {
        let mut fields = self.request.headers().get_all(header::IF_NONE_MATCH);
        fields.any(|field| field.as_bytes().trim_ascii() == b"*")
    }

    /// Refuses every parameter, for operations that have none.
    pub(crate) fn require_no_query(&self) -> Result<(), Problem> {
        self.query(&[]).finish()
    }

    /// Runs a write in one transaction, once for each Idempotency-Key, and answers with what it made. `content_digest`
    /// names the content. A repetition is answered as the first request was.
    pub(crate) async fn write(
        &self,
        writer: Writer,
        content_digest: &str,
        work: impl FnOnce(&mut Commit<'_>, &Writer) -> Result<Reply, Problem> + Send + 'static,
    ) -> Answer {
        self.require_json()?;
        let once = self.once(&writer, content_digest)?;
        let (app, request_id) = (Arc::clone(&self.app), self.context.id.clone());
        let reply = web::block(move || write_once(&app, &request_id, &writer, once, work));
        let reply = reply.await.map_err(Problem::internal)??;
        self.respond_to_write(reply)
    }

    /// The same for work on so much that other writes would wait for it: `part` does some of it in a transaction of its own,
    /// again and again until it says that no more is left, and `work` the rest.
    pub(crate) async fn write_in_parts(
        &self,
        writer: Writer,
        content_digest: &str,
        part: impl Fn(&mut Commit<'_>, &Writer) -> Result<bool, Problem> + Send + 'static,
        work: impl FnOnce(&mut Commit<'_>, &Writer) -> Result<Reply, Problem> + Send + 'static,
    ) -> Answer {
        self.require_json()?;
        let once = self.once(&writer, content_digest)?;
        let (app, request_id) = (Arc::clone(&self.app), self.context.id.clone());
        let reply = web::block(move || {
            while part_once(&app, &request_id, &writer, once.as_ref(), &part)? {}
            write_once(&app, &request_id, &writer, once, work)
        });
        let reply = reply.await.map_err(Problem::internal)??;
        self.respond_to_write(reply)
    }

    /// An answer to a write: never kept by anyone, and under no condition of the request, which the write has judged.
    pub(crate) fn respond_to_write(&self, mut reply: Reply) -> Answer {
        reply.policy = Policy::Private;
        if reply.status == StatusCode::NO_CONTENT {
            let mut response = HttpResponse::new(StatusCode::NO_CONTENT);
            let no_store = HeaderValue::from_static("no-store");
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, no_store);
            for (name, value) in reply.headers {
                response.headers_mut().insert(name, value);
            }
            return Ok(response);
        }
        let representation = reply.finish(&self.app.config);
        representation.respond_in_any_case(self.request.headers())
    }
}

fn write_once(
    app: &App,
    request_id: &str,
    writer: &Writer,
    once: Option<Once>,
    work: impl FnOnce(&mut Commit<'_>, &Writer) -> Result<Reply, Problem>,
) -> Result<Reply, Problem> {
    let reply = commit(app, writer.grant.key, request_id, |tx, grant| {
        let writer = &Writer::of(grant?, writer.operation)?;
        if let Some(reply) = given_before(tx, once.as_ref())? {
            return Ok(reply);
        }
        let reply = work(tx, writer)?;
        keep(tx, once.as_ref(), &reply)?;
        Ok(reply)
    })?;
    Ok(match changes::written() {
        Some(seq) => reply.with_header(HeaderName::from_static(CHANGE_SEQ), &seq.to_string()),
        None => reply,
    })
}

/// Does a part of a write and answers whether more is left; none is where the write was done before.
fn part_once(
    app: &App,
    request_id: &str,
    writer: &Writer,
    once: Option<&Once>,
    part: impl Fn(&mut Commit<'_>, &Writer) -> Result<bool, Problem>,
) -> Result<bool, Problem> {
    commit(app, writer.grant.key, request_id, |tx, grant| {
        let writer = &Writer::of(grant?, writer.operation)?;
        if given_before(tx, once)?.is_some() {
            return Ok(false);
        }
        part(tx, writer)
    })
}

/// Runs what a key's request writes in one transaction, with the rights that the key has then: its content may have come
/// slowly. From then on nobody is answered from what was true before.
pub(crate) fn commit<T>(
    app: &App,
    key: Id,
    request_id: &str,
    write: impl FnOnce(&mut Commit<'_>, Result<Grant, Problem>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let actor = Actor::Key(key);
    let (outcome, ends) = service::commit_and_place(&app.store, &app.clock, actor, |tx| {
        tx.asked_by(request_id);
        let now = tx.now();
        let grant = keys::live_grant(tx.conn(), key, now)?;
        let own = grant.clone().and_then(|grant| Scope::Key(grant).only_own());
        if let Some(key) = own {
            tx.knows_only_drafts_of(key);
        }
        write(
            tx,
            grant.ok_or_else(|| Problem::invalid_key("the key has expired or was revoked")),
        )
    })?;
    app.saw(ends);
    app.tail.nudge();
    Ok(outcome)
}

/// An answer without content.
pub(crate) fn no_content() -> Reply {
    let mut reply = Reply::new("application/json", Vec::new(), Policy::Private);
    reply.status = StatusCode::NO_CONTENT;
    reply
}

/// Writes into the audit what a key did to a thing.
pub(crate) fn record(
    tx: &mut Commit<'_>,
    writer: &Writer,
    kind: &'static str,
    resource: impl ToString,
    version: Option<i64>,
) {
    record_with(tx, writer, kind, resource, version, None);
}

/// The same with more that is worth knowing.
pub(crate) fn record_with(
    tx: &mut Commit<'_>,
    writer: &Writer,
    kind: &'static str,
    resource: impl ToString,
    version: Option<i64>,
    detail: Option<Value>,
) {
    tx.audit(Deed {
        operation: writer.operation.row().id,
        kind,
        resource: resource.to_string(),
        version,
        detail: detail.map(|detail| detail.to_string()),
    });
}
