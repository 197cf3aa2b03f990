//! Sends the messages of webhooks. Each subscription has its own place in the change log and is worked for by one node at
//! a time, one message after the other; those of different subscriptions are sent side by side, so that a receiver which
//! is slow or dead delays no other.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::domain::access::Scope;
use crate::domain::bases::{Bases, Links};
use crate::domain::id::Id;
use crate::domain::time::{Clock, Timestamp};
use crate::domain::webhook::{DisabledReason, Progress, Webhook};
use crate::domain::webhook_delivery::{Delivery, Lane};
use crate::outbound::{Outbound, webhook as outbound};
use crate::service::ServiceError;
use crate::service::webhook_deliveries::{self as deliveries, Held};
use crate::store::articles::{BodyForm, Parts, get_article};
use crate::store::{Conn, Store, StoreError, webhook_deliveries, webhook_events, webhooks};

/// Number of subscriptions that a node works for at once.
const AT_ONCE: usize = 64;
/// Number of messages that a subscription is sent before another one gets its turn.
const ROUND: usize = 100;
/// Number of events that are put in line at once.
const LINE: usize = 50;
/// Time for which the end of the process waits for messages under way.
const PATIENCE: Duration = Duration::from_secs(11);

/// Pause after a failure, of one subscription.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Tells that the change log has been read up to a place, so that no older answer is given any more.
pub type Purge = Box<dyn Fn(i64) + Send + Sync>;

/// Asks for another look, since work for a subscription has ended.
pub type Nudge = Box<dyn Fn() + Send + Sync>;

/// Sends what is due.
pub struct Dispatcher {
    store: Store,
    clock: Clock,
    outbound: Outbound,
    /// Beginning of this service's absolute addresses.
    bases: Arc<Bases>,
    /// This node, as leases name it.
    owner: String,
    purge: Purge,
    nudge: Nudge,
    running: Mutex<HashSet<Id>>,
    stopping: AtomicBool,
}

impl Dispatcher {
    /// One for this node.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Clock,
        outbound: Outbound,
        bases: Arc<Bases>,
        purge: Purge,
        nudge: Nudge,
    ) -> Arc<Self> {
        let owner = Id::new(clock.now()).to_string();
        Arc::new(Self {
            store,
            clock,
            outbound,
            bases,
            owner,
            purge,
            nudge,
            running: Mutex::new(HashSet::new()),
            stopping: AtomicBool::new(false),
        })
    }

    /// Starts work for every subscription that has some and that nobody works for; returns at once with the time at
    /// which the next message is due, and whether another node is to be waited for. `latest` is the end of the change log.
    pub fn look(self: &Arc<Self>, latest: i64) -> Result<(Option<Timestamp>, bool), ServiceError> {
        if self.stopping.load(Ordering::SeqCst) {
            return Ok((None, false));
        }
        let now = self.clock.now();
        let (due, next) = self.store.read(|conn| {
            let due = webhooks::due_webhooks(conn, now, latest, &self.owner)?;
            Ok::<_, StoreError>((due, webhooks::next_due(conn, now)?))
        })?;
        let mut elsewhere = due.elsewhere;
        for id in due.free {
            let Some(place) = self.begin(id) else {
                continue;
            };
            if deliveries::take_turn(&self.store, id, &self.owner)? {
                std::thread::spawn(move || place.work());
            } else {
                elsewhere = true;
            }
        }
        Ok((next, elsewhere))
    }

    /// Starts nothing more, and waits a little for what is under way.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        let began = Instant::now();
        while !self.running().is_empty() && began.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A seat among those that are worked for, unless it is taken or there is none.
    fn begin(self: &Arc<Self>, id: Id) -> Option<Seat> {
        let mut running = self.running();
        let free = running.len() < AT_ONCE && running.insert(id);
        free.then(|| Seat {
            dispatcher: Arc::clone(self),
            id,
        })
    }

    fn running(&self) -> MutexGuard<'_, HashSet<Id>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Work for one subscription; ends with the value, a panic included.
struct Seat {
    dispatcher: Arc<Dispatcher>,
    id: Id,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.dispatcher.running().remove(&self.id);
        (self.dispatcher.nudge)();
    }
}

/// The next step for a subscription.
enum Next {
    /// Nothing, now.
    Nothing,
    /// The log is to be read on.
    Read(Box<(Webhook, Scope, Progress)>),
    /// A message is to be sent, with its article where that is asked for.
    Send(Box<(Webhook, Delivery, Option<Value>)>),
    /// A message must not be sent any more.
    Skip(Delivery),
    /// The partner's key has ended.
    End,
}

impl Seat {
    fn work(&self) {
        if let Err(error) = self.round() {
            log::warn!("the webhook {} cannot be worked for: {error}", self.id);
            // Its seat is kept meanwhile, so that it is not tried again at once.
            std::thread::sleep(AFTER_FAILURE);
        }
    }

    fn round(&self) -> Result<(), ServiceError> {
        let of = &self.dispatcher;
        for _ in 0..ROUND {
            if of.stopping.load(Ordering::SeqCst) {
                break;
            }
            match self.step()? {
                Some(Held::Yes) => {}
                Some(Held::Lost) => return Ok(()),
                None => break,
            }
        }
        deliveries::end_turn(&of.store, self.id, &of.owner)
    }

    /// Does one thing; `None` where there was nothing to do.
    fn step(&self) -> Result<Option<Held>, ServiceError> {
        let of = &self.dispatcher;
        match of.store.read(|conn| self.next(conn))? {
            Next::Nothing => Ok(None),
            Next::Read(found) => {
                let (webhook, scope, progress) = *found;
                self.read_on(&webhook, &scope, progress)
            }
            Next::Send(found) => {
                let (webhook, delivery, article) = *found;
                self.send(&webhook, delivery, article).map(Some)
            }
            Next::Skip(delivery) => {
                deliveries::skip_delivery(&of.store, &of.clock, &of.owner, delivery).map(Some)
            }
            Next::End => {
                let reason = DisabledReason::PartnerEnded;
                deliveries::disable_webhook(&of.store, &of.clock, self.id, reason)?;
                Ok(None)
            }
        }
    }

    fn next(&self, conn: &mut Conn) -> Result<Next, StoreError> {
        let now = self.dispatcher.clock.now();
        let Some((webhook, progress)) = webhooks::get_webhook(conn, self.id)? else {
            return Ok(Next::Nothing);
        };
        if let Some(test) = webhook_deliveries::head_of_lane(conn, self.id, Lane::Test)? {
            return Ok(Next::Send(Box::new((webhook, test, None))));
        }
        if !webhook.content.enabled {
            return Ok(Next::Nothing);
        }
        let Some(scope) = webhook_events::scope_of(conn, &webhook, now)? else {
            return Ok(Next::End);
        };
        for lane in [Lane::Replay, Lane::Log] {
            match webhook_deliveries::head_of_lane(conn, self.id, lane)? {
                Some(head) if head.next_at <= now => {
                    return prepared(conn, webhook, &scope, head, &self.dispatcher.bases);
                }
                Some(_) if lane == Lane::Log => return Ok(Next::Nothing),
                _ => {}
            }
        }
        Ok(Next::Read(Box::new((webhook, scope, progress))))
    }

    fn read_on(
        &self,
        webhook: &Webhook,
        scope: &Scope,
        progress: Progress,
    ) -> Result<Option<Held>, ServiceError> {
        let of = &self.dispatcher;
        let from = progress.place.clone();
        let read = of
            .store
            .read(|conn| webhook_events::read_events(conn, scope, webhook, from, LINE))?;
        if read.next == progress.place && read.position <= progress.position {
            return Ok(None);
        }
        (of.purge)(read.next.seq);
        let (store, clock, owner) = (&of.store, &of.clock, &of.owner);
        deliveries::put_in_line(store, clock, owner, self.id, read).map(Some)
    }

    fn send(
        &self,
        webhook: &Webhook,
        delivery: Delivery,
        article: Option<Value>,
    ) -> Result<Held, ServiceError> {
        let of = &self.dispatcher;
        let now = of.clock.now();
        let sent = outbound::send(&of.outbound, webhook, &delivery.event, article, now);
        deliveries::record_attempt(&of.store, &of.owner, webhook, delivery, &sent)
    }
}

/// A message with its article as it stands now. An article that may no longer be shown is not told of: the log says next
/// that it must go.
fn prepared(
    conn: &mut Conn,
    webhook: Webhook,
    scope: &Scope,
    delivery: Delivery,
    bases: &Bases,
) -> Result<Next, StoreError> {
    let article = match &delivery.event.article {
        Some(of) if !delivery.event.kind.removes() => {
            let body = if webhook.content.include_article {
                BodyForm::Html
            } else {
                BodyForm::None
            };
            let parts = Parts {
                body,
                related: false,
            };
            match get_article(conn, scope, of.id, parts)? {
                Some(article) => {
                    let mut article = article.into_article();
                    bases.complete_article(&mut article, Links::All);
                    Some(article)
                }
                None => return Ok(Next::Skip(delivery)),
            }
        }
        _ => None,
    };
    let article = article
        .filter(|_| webhook.content.include_article)
        .and_then(|article| serde_json::to_value(article).ok());
    Ok(Next::Send(Box::new((webhook, delivery, article))))
}
