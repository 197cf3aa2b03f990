//! Answers to reads: from the database or from memory, in the form that the caller has chosen.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::Method;
use actix_web::web;

use crate::domain::access::Scope;
use crate::domain::time::Timestamp;
use crate::http::call::blocking;
use crate::http::call::extract::{Access, Answer, Call};
use crate::http::error::Problem;
use crate::http::request::tally::Tally;
use crate::http::response::reply::{Policy, Reply, mark_unchecked};
use crate::http::response::representation::Representation;
use crate::http::state::cache::{Entry, cache_target, key};
use crate::http::state::flights::{Lead, Part};
use crate::store::forgetting::{Moment, Subjects};
use crate::store::subjects::noting;
use crate::store::{self, Conn, StoreError};

/// Header field of the change log: in the answer to a write its last entry, in a request one that the answer must have.
pub(super) const CHANGE_SEQ: &str = "change-seq";

/// Times that a request waits for the computations of others before it makes its own beside them.
const WAITS: usize = 2;

/// A finished answer, and what it depends on.
struct Made {
    representation: Arc<Representation>,
    /// True if it may be kept for the public, or for the same key while it has the same rights.
    may_be_kept: bool,
    subjects: Subjects,
    moment: Moment,
    made_at: Timestamp,
    /// Time that its reads of the database took.
    read_for: Duration,
}

/// The way to an answer that others may ask for too.
enum Way {
    /// It is there; true where another request's computation was waited for.
    Kept(Arc<Entry>, bool),
    /// It is to be computed; others wait for it where a lead is held.
    Compute(Option<Lead>),
}

impl Call {
    /// Answers JSON from the database.
    pub(crate) async fn answer<T: 'static>(
        &self,
        access: Access,
        load: impl FnOnce(&mut Conn, &Scope) -> Result<T, StoreError> + Send + 'static,
        represent: impl FnOnce(T) -> Result<Reply, Problem> + Send + 'static,
    ) -> Answer {
        self.require_json()?;
        self.answer_in_form(access, load, represent).await
    }

    /// Answers from the database: loads on one snapshot, represents what was loaded in the form that the caller has chosen,
    /// and keeps the finished answer for the public or for the same key. Many who ask for it at once wait for one computation.
    pub(crate) async fn answer_in_form<T: 'static>(
        &self,
        access: Access,
        load: impl FnOnce(&mut Conn, &Scope) -> Result<T, StoreError> + Send + 'static,
        represent: impl FnOnce(T) -> Result<Reply, Problem> + Send + 'static,
    ) -> Answer {
        let tally = Tally::of(&self.request);
        let Some(target) = self.shared_target(&access.scope) else {
            let made = self.make(access.scope, load, represent).await?;
            tally.holds(made.representation.articles);
            return made.representation.respond(self.request.headers());
        };
        let is_public = access.scope == Scope::Public;
        let lead = match self.way(&target, is_public).await {
            Way::Kept(entry, waited) => {
                if waited || is_public {
                    self.app.metrics.missed(true);
                }
                tally.holds(entry.representation.articles);
                return self.respond_with(&entry).await;
            }
            Way::Compute(lead) => lead,
        };
        self.app.metrics.missed(false);
        let made = self.make(access.scope, load, represent).await;
        let may_be_kept = made.as_ref().is_ok_and(|made| made.may_be_kept);
        if let Some(lead) = lead.as_ref().filter(|_| !may_be_kept) {
            lead.keeps_its_own();
        }
        let made = made?;
        let representation = Arc::clone(&made.representation);
        tally.holds(representation.articles);
        if may_be_kept {
            self.keep(&target, made);
        }
        drop(lead);
        representation.respond(self.request.headers())
    }

    /// The name under which the answer is shared: the public's, or one key's with the rights that it has, since the time of
    /// its last change depends on the key too. `None` for an answer that depends on more: of keys that see drafts, of a partner
    /// whose embargo moves with the time, and of whoever names an entry of the log.
    fn shared_target(&self, scope: &Scope) -> Option<Cow<'_, str>> {
        if !self.app.cache.is_on() || self.request.method() != Method::GET {
            return None;
        }
        let target = self.cache_target();
        if *scope == Scope::Public {
            return Some(target);
        }
        let partner = scope.partner()?;
        let names_entry = self.request.headers().contains_key(CHANGE_SEQ);
        if partner.contract.embargo_offset > 0 || names_entry {
            return None;
        }
        let rights = serde_json::to_string(&(&partner.limits, &partner.contract)).ok()?;
        Some(Cow::Owned(format!("{target} {} {rights}", partner.key)))
    }

    /// The way to an answer that is shared: one that is kept by now, or is when another's computation has ended. That one is
    /// taken only where it is right at that moment, so a request that came after a write is not answered from before it.
    async fn way(&self, target: &str, is_public: bool) -> Way {
        let name = key(&self.context.prefix, target);
        for looks in 0..=WAITS {
            let now = self.app.clock.now();
            let kept = self.app.cache.get(&self.context.prefix, target, now);
            let headers = self.request.headers();
            let kept = kept.filter(|entry| entry.representation.suits(headers));
            // The public's first look came before the handler.
            if looks == 0 && !is_public {
                self.app.metrics.looked_up(kept.is_some());
            }
            if let Some(entry) = kept {
                return Way::Kept(entry, looks > 0);
            }
            match self.app.flights.join(&name) {
                Part::Lead(lead) => return Way::Compute(Some(lead)),
                Part::Follow(landing) => {
                    if landing.wait().await {
                        break;
                    }
                }
            }
        }
        Way::Compute(None)
    }

    async fn respond_with(&self, entry: &Entry) -> Answer {
        let headers = self.request.headers();
        if entry.representation.needs_work(headers) {
            self.prepare(&entry.representation).await?;
        }
        let mut response = entry.representation.respond(headers)?;
        if let Some(away) = self.app.cache.away() {
            mark_unchecked(response.headers_mut(), away);
        }
        Ok(response)
    }

    fn keep(&self, target: &str, made: Made) {
        let route = self.request.match_pattern();
        let entry = Entry::new(
            made.representation,
            route,
            made.subjects,
            made.moment,
            made.made_at,
        );
        self.app.cache.insert(&self.context.prefix, target, entry);
    }

    /// Makes the coding that this client will get, off the thread that serves connections.
    async fn prepare(&self, representation: &Arc<Representation>) -> Result<(), Problem> {
        let (shared, request) = (Arc::clone(representation), self.request.headers().clone());
        web::block(move || shared.prepare(&request))
            .await
            .map_err(Problem::internal)
    }

    /// Answers from the database with what must not be kept, although no key asks for it.
    pub(crate) async fn answer_unkept<T: 'static>(
        &self,
        scope: Scope,
        load: impl FnOnce(&mut Conn, &Scope) -> Result<T, StoreError> + Send + 'static,
        represent: impl FnOnce(T) -> Result<Reply, Problem> + Send + 'static,
    ) -> Answer {
        let made = self.make(scope, load, represent).await?;
        made.representation.respond(self.request.headers())
    }

    /// The entry of the change log that the answer must have, for it to come from a replica; `None` where the primary must
    /// answer. Keys that may write see what they wrote, on whichever node, unless they name the entry.
    fn at_least(&self, scope: &Scope) -> Option<i64> {
        let named = self.request.headers().get(CHANGE_SEQ);
        let named = named.and_then(|value| value.to_str().ok()?.parse::<i64>().ok());
        let only_reads = *scope == Scope::Public || scope.partner().is_some();
        named
            .or(only_reads.then_some(0))
            .filter(|_| !self.by_primary)
    }

    async fn make<T: 'static>(
        &self,
        scope: Scope,
        load: impl FnOnce(&mut Conn, &Scope) -> Result<T, StoreError> + Send + 'static,
        represent: impl FnOnce(T) -> Result<Reply, Problem> + Send + 'static,
    ) -> Result<Made, Problem> {
        let app = Arc::clone(&self.app);
        let request = self.request.headers().clone();
        let at_least = self.at_least(&scope);
        let made = blocking::read(&self.app, self.lane, move || {
            let (made_at, generation) = (app.clock.now(), app.forgetting.generation());
            let read = |c: &mut Conn| {
                let seq = store::changes::latest_seq(c)?;
                let moment = Moment { seq, generation };
                let loaded = app.documents.serve(moment, || load(c, &scope))?;
                Ok((moment, loaded))
            };
            let asked = Instant::now();
            let (read, noted) = noting(|| app.store.read_fresh(at_least, read));
            let (moment, loaded) = read?;
            let read_for = asked.elapsed();
            let mut reply = represent(loaded)?;
            let slots = noted.all();
            if app.purges.is_on() {
                reply.keys.depend_on(slots.as_deref());
            }
            let is_public = scope == Scope::Public;
            let is_of_content = is_public || reply.policy.is_of_content();
            if !is_public {
                reply.policy = Policy::Private;
            }
            let representation = reply.dated(app.began, app.clock.now()).finish(&app.config);
            representation.prepare(&request);
            Ok::<_, Problem>(Made {
                may_be_kept: is_of_content && representation.may_be_kept(),
                representation: Arc::new(representation),
                subjects: match slots {
                    // A partner's rights to an article are no subject of the public's.
                    _ if !is_public => Subjects::Everything,
                    Some(slots) => Subjects::Slots(slots),
                    None => Subjects::Public,
                },
                moment,
                made_at,
                read_for,
            })
        });
        let made = made.await??;
        Tally::of(&self.request).read_for(made.read_for);
        Ok(made)
    }

    /// Answers with what is the same for everybody until the process ends, and keeps it.
    pub(crate) async fn answer_fixed(&self, reply: Reply) -> Answer {
        let now = self.app.clock.now();
        let reply = reply.dated(self.app.began, now);
        let representation = Arc::new(reply.finish(&self.app.config));
        self.prepare(&representation).await?;
        let target = self.cache_target();
        self.keep(
            &target,
            Made {
                may_be_kept: true,
                representation: Arc::clone(&representation),
                subjects: Subjects::None,
                moment: Moment {
                    seq: i64::MAX,
                    generation: self.app.forgetting.generation(),
                },
                made_at: now,
                read_for: Duration::ZERO,
            },
        );
        representation.respond(self.request.headers())
    }

    /// Answers with what needs no database.
    pub(crate) fn answer_with(&self, reply: Reply) -> Answer {
        reply
            .dated(self.app.began, self.app.clock.now())
            .finish(&self.app.config)
            .respond(self.request.headers())
    }

    fn cache_target(&self) -> Cow<'_, str> {
        cache_target(self.request.uri(), self.request.headers())
    }
}
