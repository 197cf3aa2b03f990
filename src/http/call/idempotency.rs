//! Requests that are sent again under the same Idempotency-Key (an IETF draft): worked on once, and answered as the first
//! time for as long as the answer is kept.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::access::Grant;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::partner::Contract;
use crate::domain::time::Timestamp;
use crate::http::call::authorized::Writer;
use crate::http::call::body::digest;
use crate::http::call::extract::Call;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::protocol::conditional::VersionTag;
use crate::http::protocol::seal::Seal;
use crate::http::response::reply::{Policy, Reply};
use crate::http::state::app::App;
use crate::service::Commit;
use crate::store::StoreError;
use crate::store::idempotency::{self, Given};

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
static IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest Idempotency-Key, in bytes.
pub(crate) const LONGEST_TOKEN: usize = 255;

/// A request that may be sent again: the key that sends it, the name that it gave it, what it asks for, and the rights that
/// the key has.
#[derive(Debug, Clone)]
pub(crate) struct Repeatable {
    entry: (Id, String),
    what: String,
    rights: String,
}

/// A request that may be sent again and is worked on once.
pub(crate) struct Once {
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
    /// True if the body shows a secret and is sealed.
    #[serde(default)]
    sealed: bool,
    langs: Vec<LanguageTag>,
    modified: Option<Timestamp>,
    version: Option<VersionTag>,
    #[serde(default)]
    digest: Option<u128>,
    location: Option<String>,
}

impl Call {
    /// Enters a request that may be sent again among those that are being worked on.
    pub(crate) fn once(
        &self,
        writer: &Writer,
        content_digest: &str,
    ) -> Result<Option<Once>, Problem> {
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
        Ok(Some(Once {
            app: Arc::clone(&self.app),
            request: Repeatable::of(&writer.grant, entry.1, digest(what.as_bytes())),
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

/// The answer that was given to a request before.
pub(crate) fn given_before(
    tx: &mut Commit<'_>,
    once: Option<&Once>,
) -> Result<Option<Reply>, Problem> {
    let Some(once) = once else { return Ok(None) };
    let kept: Option<Kept> = once.request.answer_given(tx)?;
    let reply = |kept: Kept| kept.unsealed(once)?.into_reply();
    kept.map(reply).transpose()
}

/// The longest answer that is kept, in bytes: 1 MB.
const LONGEST_KEPT: usize = 1_000_000;

/// Keeps the answer to a request, where it may be sent again.
pub(crate) fn keep(tx: &mut Commit<'_>, once: Option<&Once>, reply: &Reply) -> Result<(), Problem> {
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
    /// The idempotency record of a key's request: named by the request's digest, under the name that the key gave it.
    pub(crate) fn of(grant: &Grant, token: String, what: String) -> Self {
        // How often a key may ask is no right to what an answer shows.
        let contract = Contract {
            quota_per_day: None,
            rate_per_second: None,
            ..grant.contract.clone()
        };
        let rights = (grant.role, &grant.limits, contract);
        let rights = serde_json::to_vec(&rights).unwrap_or_default();
        Self {
            entry: (grant.key, token),
            what,
            rights: digest(&rights),
        }
    }

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
        let (what, rights) = given.digest.split_once('.').unwrap_or((&given.digest, ""));
        if what != self.what {
            let detail = "this Idempotency-Key came with another request before";
            return Err(Problem::new(Code::IdempotencyKeyReused, detail));
        }
        // The answer may show what the key has no right to any more, and no check of a right is made twice.
        if rights != self.rights {
            let detail = "this request was done before, when the key had other rights; its answer is not given again";
            return Err(Problem::new(Code::Conflict, detail));
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
            digest: format!("{}.{}", self.what, self.rights),
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
            digest: reply.digest,
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
        reply.digest = self.digest;
        if let Some(location) = self.location {
            reply = reply.with_header(header::LOCATION, &location);
        }
        Ok(reply.with_header(IDEMPOTENCY_REPLAYED.clone(), "true"))
    }
}
