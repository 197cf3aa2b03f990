//! The arguments of handlers: the call itself, and the visibility of its key.

use std::fmt::Display;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, HttpResponse, web};

use crate::config::Exposure;
use crate::domain::access::{Grant, Role, Scope};
use crate::domain::text;
use crate::http::call::blocking::{self, Lane};
use crate::http::call::rate_limit;
use crate::http::codes::Code;
use crate::http::error::Problem;
use crate::http::protocol::accept;
use crate::http::protocol::seal::Seal;
use crate::http::request::context::{Caller, Context};
use crate::http::request::paging::Target;
use crate::http::request::query::Query;
use crate::http::response::problem;
use crate::http::state::app::App;
use crate::http::state::door::Door;
use crate::http::state::shares::Owner;
use crate::http::state::turns::Turn;
use crate::store::{self, StoreError};

/// The answer of a handler.
pub(crate) type Answer = Result<HttpResponse, Problem>;

/// The visibility of the caller: that of the public, or of a valid key.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) scope: Scope,
}

impl Access {
    /// Of what is the same for everybody: no key is looked at.
    pub(crate) const fn of_everybody() -> Self {
        Self {
            scope: Scope::Public,
        }
    }

    /// Checks that unpublished articles may be asked for.
    pub(crate) fn require_unpublished(&self) -> Result<(), Problem> {
        match &self.scope {
            Scope::Public => Err(Problem::key_required(
                "only published articles are public; others need a key",
            )),
            scope if scope.sees_unpublished() => Ok(()),
            Scope::Key(_) => Err(Problem::new(
                Code::Forbidden,
                "this key reads published articles only",
            )),
        }
    }
}

impl FromRequest for Access {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = bearer_token(request.headers());
        let app = app(request);
        let request = request.clone();
        Box::pin(async move {
            let app = app?;
            let token = token.map_err(|problem| charge_refused(&app, &request, problem))?;
            let Some(token) = token else {
                return Ok(Self {
                    scope: Scope::Public,
                });
            };
            let prefix = store::keys::readable_start(&token).unwrap_or_default();
            let grant = authenticate(Arc::clone(&app), token.clone()).await;
            let grant = grant.map_err(|problem| charge_refused(&app, &request, problem))?;
            Ok(admit(&app, &request, (&token, prefix), grant).await?)
        })
    }
}

/// Lets in whoever came with a secret that is valid: notes the use of its key, tells the log and the account of usage, and
/// charges the contract. The secret comes with its readable start.
pub(crate) async fn admit(
    app: &Arc<App>,
    request: &HttpRequest,
    (token, prefix): (&str, String),
    grant: Grant,
) -> Result<Access, Problem> {
    app.key_notes.used(grant.key, app.clock.now());
    // Set once: a request has one key.
    let _ = Context::kept_in(request).caller.set(Caller {
        key: grant.key,
        prefix,
        seal: Seal::of(token),
    });
    if grant.contract.is_metered() {
        let (standing, charged) = rate_limit::charge(app, &grant).await?;
        request.extensions_mut().insert(standing);
        charged?;
    }
    Ok(Access {
        scope: Scope::Key(grant),
    })
}

/// Takes a request whose key opens nothing off what its address may ask for without one; a key that is made up is no way
/// around the rate.
pub(crate) fn charge_refused(app: &App, request: &HttpRequest, problem: Problem) -> Problem {
    if problem.code != Code::InvalidKey {
        return problem;
    }
    let owner = Owner::of(&Context::kept_in(request));
    let Some((standing, charged)) = app.strangers.charge(owner) else {
        return problem;
    };
    request.extensions_mut().insert(standing);
    charged.err().unwrap_or(problem)
}

async fn authenticate(app: Arc<App>, token: String) -> Result<Grant, Problem> {
    let now = app.clock.now();
    let asked = Arc::clone(&app);
    let find = move || {
        let (grant, end) = asked.store.read(|c| {
            let grant = store::keys::authenticate(c, &token, now)?;
            let is_partner = grant.as_ref().is_some_and(|own| own.role == Role::Partner);
            let end = is_partner.then(|| store::changes::latest_seq(c));
            Ok((grant, end.transpose()?))
        })?;
        // No kept answer is older than what the partner may have been told elsewhere before.
        if let Some(end) = end {
            asked.forgetting.follow_to(&asked.store, end);
        }
        Ok::<_, StoreError>(grant)
    };
    let grant = blocking::read(&app, Lane::Usual, find).await??;
    grant.ok_or_else(|| Problem::invalid_key("the key is unknown, expired or revoked"))
}

/// The token of `Authorization: Bearer …` (RFC 6750, section 2.1).
fn bearer_token(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    const LONGEST: usize = 512;
    let mut fields = headers.get_all(AUTHORIZATION);
    let Some(field) = fields.next() else {
        return Ok(None);
    };
    let malformed = || Problem::invalid_key("Authorization is \"Bearer\", a space and one key");
    let text = field.to_str().map_err(|_| malformed())?;
    let (scheme, token) = text.trim().split_once(' ').ok_or_else(malformed)?;
    let token = token.trim();
    let plain = |c: char| c.is_ascii_graphic();
    let well_formed = scheme.eq_ignore_ascii_case("bearer")
        && (1..=LONGEST).contains(&token.len())
        && token.chars().all(plain)
        && fields.next().is_none();
    if well_formed {
        Ok(Some(token.to_owned()))
    } else {
        Err(malformed())
    }
}

/// The application around a request.
pub(crate) fn app(request: &HttpRequest) -> Result<Arc<App>, Problem> {
    let app = request.app_data::<web::Data<App>>();
    app.map(|app| Arc::clone(app))
        .ok_or_else(|| Problem::internal("the application is not set up"))
}

/// A request on its way to an answer.
pub(crate) struct Call {
    pub(crate) app: Arc<App>,
    pub(crate) request: HttpRequest,
    pub(crate) context: Context,
    /// The place of its reads.
    pub(super) lane: Lane,
    /// True if only the primary may answer.
    pub(super) by_primary: bool,
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(app(request).map(|app| Self {
            app,
            request: request.clone(),
            context: Context::kept_in(request),
            lane: Lane::Usual,
            by_primary: false,
        }))
    }
}

impl Call {
    /// The query string, to be read with the names that the operation takes.
    pub(crate) fn query(&self, known: &[String]) -> Query {
        Query::parse(self.request.query_string(), known)
    }

    /// A segment of the path, decoded and in NFC, as slugs are. The pipeline has made sure that it decodes.
    pub(crate) fn segment(&self, name: &str) -> String {
        let raw = self.request.match_info().get(name).unwrap_or_default();
        let decoded = percent_encoding::percent_decode_str(raw).decode_utf8_lossy();
        text::nfc(decoded.into_owned())
    }

    /// A segment of the path that is a number, written the one way in which it has an address.
    pub(crate) fn number<N: FromStr + Display>(&self, name: &str) -> Option<N> {
        let written = self.segment(name);
        let number: N = written.parse().ok()?;
        (number.to_string() == written).then_some(number)
    }

    /// The address that was asked for, as the client knows it.
    pub(crate) fn target(&self) -> Target {
        Target {
            prefix: self.context.prefix.clone(),
            bases: Arc::clone(&self.app.bases),
            path: self.request.uri().path().to_owned(),
            query: self.request.query_string().to_owned(),
        }
    }

    /// Refuses a client that takes no JSON.
    pub(crate) fn require_json(&self) -> Result<(), Problem> {
        self.require("application/json")
    }

    /// Refuses a client that does not take a media type.
    pub(crate) fn require(&self, media_type: &str) -> Result<(), Problem> {
        if accept::weight(self.request.headers(), media_type) > 0 {
            return Ok(());
        }
        Err(Problem::new(
            Code::NotAcceptable,
            format!("this address answers {media_type}"),
        ))
    }

    /// True if an address is there for whoever comes by the same listener.
    pub(crate) fn shows(&self, path: &str) -> bool {
        let door = Door::of(self.request.app_data::<web::Data<Door>>());
        door.shows(path, &self.app.config)
    }

    /// Checks the key that came, where the settings want one for the documentation.
    ///
    /// # Errors
    /// Those of a key that is not valid.
    pub(crate) async fn require_reader_of_docs(&self) -> Result<(), Problem> {
        if self.app.config.operators.docs == Exposure::Key {
            let access = Access::extract(&self.request).await;
            access.map_err(|error| problem::of_error(&error))?;
        }
        Ok(())
    }

    /// Lets the primary alone answer: for reads that go on from a place in the change log, or from the search index, which a
    /// replica may not have come to.
    pub(crate) fn read_primary(&mut self) {
        self.by_primary = true;
    }

    /// Waits for a turn, where the request costs more than a few look-ups; its reads then run behind all others.
    ///
    /// # Errors
    /// Those of [`Turns::wait`](crate::http::state::turns::Turns::wait).
    pub(crate) async fn turn(&mut self, is_costly: bool) -> Result<Option<Turn>, Problem> {
        if !is_costly {
            return Ok(None);
        }
        self.lane = Lane::Costly;
        let owner = Owner::of(&self.context);
        Ok(Some(self.app.costly_turns.wait(owner).await?))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn token(fields: &[&'static str]) -> Result<Option<String>, Code> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(AUTHORIZATION, HeaderValue::from_static(field));
        }
        bearer_token(&headers).map_err(|problem| problem.code)
    }

    #[test]
    fn one_bearer_token_is_taken_and_anything_else_is_refused() {
        assert_eq!(token(&[]), Ok(None));
        assert_eq!(token(&["bearer  mh_abc"]), Ok(Some("mh_abc".to_owned())));
        for fields in [
            &["mh_abc"][..],
            &["Basic YTpi"],
            &["Bearer"],
            &["Bearer "],
            &["Bearer a b"],
            &["Bearer a", "Bearer a"],
        ] {
            assert_eq!(token(fields), Err(Code::InvalidKey), "{fields:?}");
        }
    }
}
