//! What every write goes through: the right to it, the version that it starts from, its repetition, the transaction, and the
//! answer.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, web};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::conditional;
use super::content::digest;
use super::error::{Code, Problem};
use super::extract::{Access, Answer, Call};
use super::reply::{Policy, Reply};
use super::seal::Seal;
use crate::app::App;
use crate::domain::access::{Grant, Scope};
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::permission::{Cell, Operation};
use crate::domain::time::Timestamp;
use crate::service::{self, Actor, Commit};
use crate::store::audit::Deed;
use crate::store::idempotency::{self, Given};
use crate::store::{StoreError, changes};

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
static IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest Idempotency-Key, in bytes.
pub(crate) const LONGEST_TOKEN: usize = 255;

/// A key that may call an operation.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub(crate) grant: Grant,
    pub(crate) operation: Operation,
    pub(crate) cell: Cell,
}

impl Writer {
    /// What the key may see.
    pub(crate) fn scope(&self) -> Scope {
        Scope::Key(self.grant.clone())
    }

    /// The key's access, for operations that only read.
    pub(crate) fn into_access(self) -> Access {
        Access {
            scope: Scope::Key(self.grant),
        }
    }

    /// What the key may see, for reads.
    pub(crate) fn access(&self) -> Access {
        Access {
            scope: self.scope(),
        }
    }

    /// A key that calls an operation, where its role may.
    pub(crate) fn of(grant: Grant, operation: Operation) -> Result<Self, Problem> {
        let row = operation.row();
        if row.unlimited && row.cell(grant.role) != Cell::No && !grant.limits.are_none() {
            let detail = format!("{} needs a key without limits", row.id);
            return Err(Problem::new(Code::Forbidden, detail));
        }
        match row.cell(grant.role) {
            Cell::No => {
                let role = grant.role.as_str();
                let detail = format!("a key of role {role} may not call {}", row.id);
                Err(Problem::new(Code::Forbidden, detail))
            }
            cell => Ok(Self {
                grant,
                operation,
                cell,
            }),
        }
    }
}

impl Access {
    /// Checks that the caller's key may call an operation at all.
    pub(crate) fn may(self, operation: Operation) -> Result<Writer, Problem> {
        let Scope::Key(grant) = self.scope else {
            return Err(super::extract::key_required("this operation needs a key"));
        };
        Writer::of(grant, operation)
    }
}

/// The version that a change starts from: the entity tags of If-Match.
#[derive(Debug, Clone)]
pub(crate) struct StartsFrom(Option<Vec<String>>);

impl StartsFrom {
    /// The version that a value like that of If-Match names, where there is one.
    pub(crate) fn named(text: Option<&str>) -> Self {
        Self(text.map(conditional::strong_tags_in))
    }

    /// The same, where it names any.
    pub(crate) fn required(self) -> Result<Self, Problem> {
        if self.0.is_some() {
            return Ok(self);
        }
        let detail =
            "a change names the version that it starts from: If-Match with the ETag, or \"v3\"";
        Err(Problem::new(Code::PreconditionRequired, detail))
    }

    /// Checks that a resource which is there is at the version that was named.
    pub(crate) fn check(&self, version: i64) -> Result<(), Problem> {
        let Some(tags) = &self.0 else { return Ok(()) };
        let own = format!("v{version}");
        let holds = tags.iter().any(|tag| {
            tag == "*" || *tag == own || tag.strip_prefix(&own).is_some_and(|r| r.starts_with('-'))
        });
        if holds {
            return Ok(());
        }
        let detail =
            format!("the resource is at version {version}, not at the one that If-Match names");
        let problem = Problem::new(Code::PreconditionFailed, detail);
        Err(match HeaderValue::from_str(&format!("\"{own}\"")) {
            Ok(tag) => problem.with_header(header::ETAG, tag),
            Err(_) => problem,
        })
    }
}

/// Requests with an Idempotency-Key that are being worked on.
#[derive(Debug, Default)]
pub struct Running(Mutex<HashSet<(Id, String)>>);

impl Running {
    fn enter(&self, entry: &(Id, String)) -> bool {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(entry.clone())
    }

    fn leave(&self, entry: &(Id, String)) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(entry);
    }
}

/// A request that may be sent again: the key that sends it, the name that it gave it, and what it asks for.
#[derive(Debug, Clone)]
pub(crate) struct Repeatable {
    pub(crate) entry: (Id, String),
    pub(crate) digest: String,
}

/// A request that may be sent again and is worked on once.
struct Once {
    app: Arc<App>,
    request: Repeatable,
    /// The caller's, for answers that show a secret.
    seal: Option<Seal>,
}

impl Drop for Once {
    fn drop(&mut self) {
        self.app.running.leave(&self.request.entry);
    }
}

/// An answer in the form that it is kept in.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    body: String,
    /// Whether the body shows a secret and is sealed.
    #[serde(default)]
    sealed: bool,
    langs: Vec<LanguageTag>,
    modified: Option<Timestamp>,
    version: Option<i64>,
    location: Option<String>,
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

    /// Whether the request is to be carried out only where nothing is there: `If-None-Match: *`.
    pub(crate) fn demands_absence(&self) -> bool {
        let mut fields = self.request.headers().get_all(header::IF_NONE_MATCH);
        fields.any(|field| field.as_bytes().trim_ascii() == b"*")
    }

    /// Refuses every parameter, for operations that have none.
    pub(crate) fn require_no_query(&self) -> Result<(), Problem> {
        self.query(&[]).finish()
    }

    /// Runs a write in one transaction, once for each Idempotency-Key, and answers with what it made. `digest` names the
    /// content. A repetition is answered as the first request was.
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

    /// An answer to a write: never kept by anyone, and under no condition of the request, which the write has judged.
    pub(crate) fn respond_to_write(&self, mut reply: Reply) -> Answer {
        reply.policy = Policy::Private;
        if reply.status == StatusCode::NO_CONTENT {
            let mut response = HttpResponse::new(StatusCode::NO_CONTENT);
            let no_store = HeaderValue::from_static("no-store");
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, no_store);
            return Ok(response);
        }
        let representation = reply.finish(&self.app.config);
        representation.respond_in_any_case(self.request.headers())
    }

    fn once(&self, writer: &Writer, content_digest: &str) -> Result<Option<Once>, Problem> {
        let Some(token) = self.idempotency_key()? else {
            return Ok(None);
        };
        let entry = (writer.grant.key, token);
        if !self.app.running.enter(&entry) {
            let detail = "a request with this Idempotency-Key is being worked on";
            let again = HeaderValue::from_static("1");
            return Err(
                Problem::new(Code::StillRunning, detail).with_header(header::RETRY_AFTER, again)
            );
        }
        let what = format!(
            "{} {} {content_digest}",
            writer.operation.row().id,
            self.request.uri()
        );
        let digest = digest(what.as_bytes());
        Ok(Some(Once {
            app: Arc::clone(&self.app),
            request: Repeatable { entry, digest },
            seal: self.context.caller.get().map(|caller| caller.seal.clone()),
        }))
    }

    /// The name that a POST was given, to be known by when it is sent again.
    pub(crate) fn idempotency_key(&self) -> Result<Option<String>, Problem> {
        let mut fields = self.request.headers().get_all(&IDEMPOTENCY_KEY);
        let Some(field) = fields
            .next()
            .filter(|_| self.request.method() == Method::POST)
        else {
            return Ok(None);
        };
        let token = field.to_str().unwrap_or_default().to_owned();
        let plain = token.chars().all(|c| c.is_ascii_graphic());
        if fields.next().is_some() || !plain || !(1..=LONGEST_TOKEN).contains(&token.len()) {
            let detail = "Idempotency-Key is one value of 1 to 255 printable ASCII characters";
            return Err(Problem::new(Code::MalformedRequest, detail));
        }
        Ok(Some(token))
    }
}

fn write_once(
    app: &App,
    request_id: &str,
    writer: &Writer,
    once: Option<Once>,
    work: impl FnOnce(&mut Commit<'_>, &Writer) -> Result<Reply, Problem>,
) -> Result<Reply, Problem> {
    let actor = Actor::Key(writer.grant.key);
    let reply = service::commit(&app.store, &app.clock, actor, |tx| {
        tx.asked_by(request_id);
        if let Some(reply) = given_before(tx, once.as_ref())? {
            return Ok(reply);
        }
        let reply = work(tx, writer)?;
        keep(tx, once.as_ref(), &reply)?;
        Ok::<_, Problem>(reply)
    })?;
    // From here on nobody is answered from what was true before.
    app.cache.advance(app.store.read(changes::latest_seq)?);
    Ok(reply)
}

fn given_before(tx: &mut Commit<'_>, once: Option<&Once>) -> Result<Option<Reply>, Problem> {
    let Some(once) = once else { return Ok(None) };
    let kept: Option<Kept> = once.request.answer_given(tx)?;
    let reply = |kept: Kept| kept.unsealed(once)?.into_reply();
    kept.map(reply).transpose()
}

/// The longest answer that is kept, in bytes: 1 MB.
const LONGEST_KEPT: usize = 1_000_000;

fn keep(tx: &mut Commit<'_>, once: Option<&Once>, reply: &Reply) -> Result<(), Problem> {
    let Some(once) = once else { return Ok(()) };
    if reply.body.len() > LONGEST_KEPT {
        return Ok(());
    }
    let mut kept = Kept::of(reply);
    if reply.shows_secret {
        kept = kept.sealed(once)?;
    }
    Ok(once.request.keep_answer(tx, &kept)?)
}

impl Repeatable {
    /// The answer that was given to this request before.
    pub(crate) fn answer_given<T: DeserializeOwned>(
        &self,
        tx: &mut Commit<'_>,
    ) -> Result<Option<T>, Problem> {
        let (key, token) = &self.entry;
        let now = tx.now();
        let Some(given) = idempotency::find_answer(tx.conn(), *key, token, now)? else {
            return Ok(None);
        };
        if given.digest != self.digest {
            let detail = "this Idempotency-Key came with another request before";
            return Err(Problem::new(Code::IdempotencyKeyReused, detail));
        }
        let answer = serde_json::from_str(&given.answer).map_err(Problem::internal)?;
        Ok(Some(answer))
    }

    /// Keeps the answer to this request, in the transaction of what it answers.
    pub(crate) fn keep_answer<T: Serialize>(
        &self,
        tx: &mut Commit<'_>,
        answer: &T,
    ) -> Result<(), StoreError> {
        let (key, token) = &self.entry;
        let given = Given {
            digest: self.digest.clone(),
            answer: serde_json::to_string(answer).unwrap_or_default(),
        };
        let now = tx.now();
        idempotency::save_answer(tx.conn(), *key, token, &given, now)
    }
}

impl Kept {
    fn of(reply: &Reply) -> Self {
        let location = reply.headers.iter().find(|(n, _)| n == header::LOCATION);
        Self {
            status: reply.status.as_u16(),
            body: String::from_utf8_lossy(&reply.body).into_owned(),
            sealed: false,
            langs: reply.langs.clone(),
            modified: reply.modified,
            version: reply.version,
            location: location.and_then(|(_, value)| value.to_str().ok().map(str::to_owned)),
        }
    }

    /// The same, readable only for the token that the request came with.
    fn sealed(mut self, once: &Once) -> Result<Self, Problem> {
        let body = once.seal.as_ref().and_then(|seal| seal.close(&self.body));
        self.body = body.ok_or_else(|| Problem::internal("an answer cannot be sealed"))?;
        self.sealed = true;
        Ok(self)
    }

    fn unsealed(mut self, once: &Once) -> Result<Self, Problem> {
        if !self.sealed {
            return Ok(self);
        }
        let body = once.seal.as_ref().and_then(|seal| seal.open(&self.body));
        self.body = body.ok_or_else(|| {
            let detail = "the answer showed a secret, and only the token that asked for it is shown it again";
            Problem::new(Code::Conflict, detail)
        })?;
        self.sealed = false;
        Ok(self)
    }

    fn into_reply(self) -> Result<Reply, Problem> {
        let mut reply = Reply::new("application/json", self.body, Policy::Private);
        reply.status = StatusCode::from_u16(self.status).map_err(Problem::internal)?;
        reply.langs = self.langs;
        reply.modified = self.modified;
        reply.version = self.version;
        if let Some(location) = self.location {
            reply = reply.with_header(header::LOCATION, &location);
        }
        Ok(reply.with_header(IDEMPOTENCY_REPLAYED.clone(), "true"))
    }
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
    tx.audit(Deed {
        operation: writer.operation.row().id,
        kind,
        resource: resource.to_string(),
        version,
        detail: None,
    });
}
