//! Webhooks: what arrives, in which order, signed how; what happens when the receiver fails.

use std::time::Duration;

use masthead::domain::article::{Notice, NoticeKind};
use masthead::domain::id::Id;
use masthead::domain::query::PageRequest;
use masthead::domain::time::Timestamp;
use masthead::domain::webhook::{DisabledReason, EventKind, Filter, Webhook, WebhookContent};
use masthead::domain::webhook_delivery::{Delivery, DeliveryStatus, GIVE_UP_AFTER};
use masthead::service::ServiceError;
use masthead::service::webhooks::{self, Replay};
use masthead::store;

use super::builders::{Article, lang};
use super::harness::TestServer;
use super::receiver::{Behaviour, Message, Receiver, eventually};

/// A subscription to a receiver, unless a test says otherwise.
pub(crate) fn content(receiver: &Receiver) -> WebhookContent {
    WebhookContent {
        name: "Partner".to_owned(),
        url: receiver.url(),
        filter: Filter::default(),
        include_article: false,
        partner: None,
        enabled: true,
    }
}

impl TestServer {
    pub(crate) fn webhook(&self, content: WebhookContent) -> Webhook {
        let now = self.now();
        let store = &self.app.store;
        store
            .write(|c| webhooks::create_webhook(c, now, content))
            .unwrap()
    }

    fn stored(&self, id: Id) -> Webhook {
        let found = self.app.store.read(|c| store::webhooks::get_webhook(c, id));
        found.unwrap().unwrap().0
    }

    fn deliveries(&self, id: Id) -> Vec<Delivery> {
        let page = PageRequest::default();
        let store = &self.app.store;
        let found = store.read(|c| store::webhook_deliveries::list_deliveries(c, id, None, &page));
        found.unwrap().rows.into_iter().map(|(d, _)| d).collect()
    }

    /// Waits until so many tries were made for the newest message of a subscription.
    fn wait_for_tries(&self, id: Id, tries: i32) {
        eventually(&format!("{tries} tries"), || {
            let deliveries = self.deliveries(id);
            deliveries.iter().any(|d| d.attempts >= tries)
        });
    }

    fn rewrite(&self, id: Id, change: impl FnOnce(&mut WebhookContent)) {
        let (before, now) = (self.stored(id), self.now());
        let mut content = before.content.clone();
        change(&mut content);
        let store = &self.app.store;
        store
            .write(|c| webhooks::update_webhook(c, now, before, content))
            .unwrap();
    }

    fn replay(&self, id: Id, which: Replay) -> usize {
        let (webhook, now) = (self.stored(id), self.now());
        let store = &self.app.store;
        let again = store.write(|c| webhooks::replay_deliveries(c, now, &webhook, which));
        Result::<_, ServiceError>::unwrap(again).unwrap().len()
    }
}

fn kinds(messages: &[Message]) -> Vec<String> {
    messages.iter().map(Message::kind).collect()
}

fn seqs(messages: &[Message]) -> Vec<i64> {
    let seq = |message: &Message| message.json()["data"]["seq"].as_i64().unwrap();
    messages.iter().map(seq).collect()
}

/// Checks the signature of a message as a receiver does.
pub(crate) fn is_signed(message: &Message, webhook: &Webhook) -> bool {
    let seconds = message.header("webhook-timestamp").parse().unwrap();
    let own = webhook
        .secret
        .sign(message.header("webhook-id"), seconds, &message.body);
    message
        .header("webhook-signature")
        .split(' ')
        .any(|signature| signature == own)
}

api_test! {
    fn every_change_arrives_signed_and_in_order(server) {
        let receiver = Receiver::start();
        server.article(Article::new("Before anybody listened"));
        let webhook = server.webhook(content(&receiver));
        let id = server.article(Article::new("News").section(&["World"]));
        receiver.wait_for(1);
        server.change(id, |article| article.title = "Better news".to_owned());
        receiver.wait_for(2);
        let at = server.now();
        server.change(id, |article| article.details.notices.push(Notice {
            id: Id::new(at), kind: NoticeKind::Correction, text: "It was wrong.".to_owned(), at,
        }));
        receiver.wait_for(3);
        server.unpublish(id);
        receiver.wait_for(4);
        let other = server.article(Article::new("Gone soon"));
        receiver.wait_for(5);
        server.withdraw(other);
        let messages = receiver.wait_for(6);
        assert_eq!(kinds(&messages), [
            "article.published", "article.updated", "article.corrected", "article.unpublished", "article.published", "article.withdrawn",
        ]);
        assert!(seqs(&messages).is_sorted());
        let mut ids: Vec<&str> = messages.iter().map(|m| m.header("webhook-id")).collect();
        ids.dedup();
        assert_eq!(ids.len(), 6);
        for message in &messages {
            assert!(is_signed(message, &webhook));
            assert_eq!(message.header("content-type"), "application/json");
            assert_eq!(message.json()["data"].get("article"), None);
        }
        let last = messages[5].json();
        assert_eq!((&last["data"]["op"], &last["data"]["reason"]), (&"delete".into(), &"legal".into()));
        assert_eq!((&last["data"]["id"], &last["data"]["lang"]), (&other.to_string().into(), &"en".into()));
        assert_eq!(last["data"]["version"], 2);
        assert_eq!(receiver.settle().len(), 6);
    }

    fn drafts_are_not_told_of(server) {
        let receiver = Receiver::start();
        server.webhook(content(&receiver));
        let id = server.article(Article::new("Draft").status(masthead::domain::article::Status::Draft));
        server.change(id, |article| article.title = "Still a draft".to_owned());
        server.article(Article::new("Public"));
        let messages = receiver.settle();
        assert_eq!(kinds(&messages), ["article.published"]);
        assert!(!messages[0].body.contains(&id.to_string()));
    }

    fn a_receiver_that_fails_is_tried_again_and_nothing_overtakes(server) {
        let receiver = Receiver::start();
        receiver.first(&[Behaviour::Answer(500), Behaviour::Close, Behaviour::Later("600".to_owned()), Behaviour::Answer(404)]);
        let webhook = server.webhook(content(&receiver));
        let first = server.article(Article::new("First"));
        server.wait_for_tries(webhook.id, 1);
        server.article(Article::new("Second"));
        assert_eq!(receiver.settle().len(), 1, "not before its time");
        server.pass(6);
        server.wait_for_tries(webhook.id, 2);
        server.pass(25);
        server.wait_for_tries(webhook.id, 3);
        server.pass(500);
        assert_eq!(receiver.settle().len(), 3, "the receiver asked for ten minutes");
        server.pass(101);
        server.wait_for_tries(webhook.id, 4);
        server.pass(400);
        let messages = receiver.wait_for(6);
        let of_first = |m: &Message| m.json()["data"]["id"] == first.to_string();
        assert!(messages[..5].iter().all(of_first) && !of_first(&messages[5]));
        let ids: Vec<&str> = messages[..5].iter().map(|m| m.header("webhook-id")).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert!(messages.iter().all(|m| is_signed(m, &webhook)));
        let times: Vec<&str> = messages.iter().map(|m| m.header("webhook-timestamp")).collect();
        assert_ne!(times[0], times[1]);
        eventually("both are done", || server.deliveries(webhook.id).iter().all(|d| d.status == DeliveryStatus::Delivered));
    }

    fn a_receiver_that_names_a_date_is_left_alone_until_then_but_for_six_hours_at_most(server) {
        let receiver = Receiver::start();
        let at = |seconds: i64| Timestamp::from_millis(server.now().millis() + seconds * 1_000).to_http_date();
        receiver.first(&[at(600), at(-600), at(366 * 86_400)].map(Behaviour::Later));
        let webhook = server.webhook(content(&receiver));
        server.article(Article::new("First"));
        for (tries, early, late) in [(1, 500, 101), (2, 0, 30), (3, 6 * 3_600 - 800, 801)] {
            server.wait_for_tries(webhook.id, tries);
            server.pass(early);
            assert_eq!(receiver.settle().len(), tries as usize, "try {tries} is repeated in its time");
            server.pass(late);
        }
        receiver.wait_for(4);
    }

    fn a_dead_or_slow_receiver_delays_no_other(server) {
        let (hanging, slow, well) = (Receiver::start(), Receiver::start(), Receiver::start());
        hanging.always(Behaviour::Hang);
        slow.always(Behaviour::Slow(Duration::from_millis(700)));
        let dead = server.webhook(content(&hanging));
        server.webhook(content(&slow));
        server.webhook(content(&well));
        for n in 0..5 {
            server.article(Article::new(&format!("Article {n}")));
        }
        let began = std::time::Instant::now();
        well.wait_for(5);
        assert!(began.elapsed() < Duration::from_secs(2));
        assert!(hanging.messages().len() <= 1);
        slow.wait_for(5);
        assert!(seqs(&slow.messages()).is_sorted());
        server.wait_for_tries(dead.id, 1);
        hanging.always(Behaviour::Answer(200));
        server.pass(6);
        let messages = hanging.wait_for(6);
        assert!(seqs(&messages[1..]).is_sorted());
        assert_eq!(seqs(&messages)[0], seqs(&messages)[1]);
    }

    fn a_receiver_that_dies_and_comes_back_misses_nothing(server) {
        let receiver = Receiver::start();
        let address = receiver.address;
        let webhook = server.webhook(content(&receiver));
        server.article(Article::new("Before"));
        receiver.wait_for(1);
        drop(receiver);
        let gone = server.article(Article::new("Withdrawn meanwhile"));
        eventually("a try in vain", || {
            let deliveries = server.deliveries(webhook.id);
            deliveries.len() == 2 && deliveries[0].attempts == 1
        });
        server.withdraw(gone);
        server.article(Article::new("After"));
        std::thread::sleep(Duration::from_millis(500));
        let again = Receiver::on(address);
        server.pass(6);
        let messages = again.wait_for(2);
        assert_eq!(kinds(&messages), ["article.withdrawn", "article.published"]);
        assert_eq!(again.settle().len(), 2, "what was taken down is not told of as published");
        let skipped = server.deliveries(webhook.id);
        assert!(skipped.iter().any(|d| d.status == DeliveryStatus::Skipped));
    }

    fn a_redirect_is_a_failure_and_leads_nowhere(server) {
        let (receiver, inside) = (Receiver::start(), Receiver::on("127.0.0.2:0".parse().unwrap()));
        receiver.always(Behaviour::Redirect(inside.url()));
        let webhook = server.webhook(content(&receiver));
        let direct = server.webhook(WebhookContent { url: inside.url(), ..content(&receiver) });
        let mapped = inside.url().replace("127.0.0.2", "[::ffff:127.0.0.2]");
        let mapped = server.webhook(WebhookContent { url: mapped, ..content(&receiver) });
        server.article(Article::new("News"));
        for id in [webhook.id, direct.id, mapped.id] {
            server.wait_for_tries(id, 1);
        }
        server.pass(6);
        for id in [webhook.id, direct.id, mapped.id] {
            server.wait_for_tries(id, 2);
        }
        assert!(inside.messages().is_empty());
        assert_eq!(receiver.messages().len(), 2);
    }

    fn a_receiver_that_is_gone_is_left_alone_until_it_is_switched_on_again(server) {
        let receiver = Receiver::start();
        receiver.always(Behaviour::Answer(410));
        let webhook = server.webhook(content(&receiver));
        server.article(Article::new("First"));
        eventually("it is switched off", || !server.stored(webhook.id).content.enabled);
        let stored = server.stored(webhook.id);
        assert_eq!(stored.disabled.map(|(reason, _)| reason), Some(DisabledReason::Gone));
        assert_eq!(stored.version, 2);
        server.article(Article::new("Second"));
        server.pass(86_400);
        assert_eq!(receiver.settle().len(), 1);
        receiver.always(Behaviour::Answer(200));
        server.rewrite(webhook.id, |content| content.enabled = true);
        let messages = receiver.wait_for(3);
        assert_eq!(seqs(&messages)[0], seqs(&messages)[1]);
        assert!(seqs(&messages).is_sorted());
        assert_eq!(server.stored(webhook.id).disabled, None);
    }

    fn a_message_is_given_up_after_three_days_and_the_subscription_with_it(server) {
        let receiver = Receiver::start();
        receiver.always(Behaviour::Answer(503));
        let webhook = server.webhook(content(&receiver));
        server.article(Article::new("News"));
        let began = server.now().millis();
        let mut tries = 0;
        while server.stored(webhook.id).content.enabled {
            tries += 1;
            server.wait_for_tries(webhook.id, tries);
            let next = server.deliveries(webhook.id)[0].next_at.millis();
            let wait = next - server.now().millis();
            assert!(wait <= 6 * 3_600_000 * 6 / 5, "{wait}");
            server.pass((wait + 999) / 1_000);
            if server.now().millis() - began >= GIVE_UP_AFTER {
                eventually("the end", || !server.stored(webhook.id).content.enabled);
            }
        }
        let stored = server.stored(webhook.id);
        assert_eq!(stored.disabled.map(|(reason, _)| reason), Some(DisabledReason::Undeliverable));
        let [delivery] = &server.deliveries(webhook.id)[..] else { panic!("one message") };
        assert_eq!(delivery.status, DeliveryStatus::Failed);
        assert!((15..30).contains(&delivery.attempts), "{}", delivery.attempts);
        assert_eq!(receiver.messages().len(), usize::try_from(delivery.attempts).unwrap());
        receiver.always(Behaviour::Answer(200));
        server.rewrite(webhook.id, |content| content.enabled = true);
        receiver.wait_for(usize::try_from(delivery.attempts).unwrap() + 1);
    }

    fn a_new_secret_signs_beside_the_old_one_for_a_day(server) {
        let receiver = Receiver::start();
        let old = server.webhook(content(&receiver));
        let now = server.now();
        let new = server.app.store.write(|c| webhooks::rotate_secret(c, now, old.clone())).unwrap();
        assert_ne!(new.secret.expose(), old.secret.expose());
        server.article(Article::new("First"));
        let first = &receiver.wait_for(1)[0];
        assert_eq!(first.header("webhook-signature").split(' ').count(), 2);
        assert!(is_signed(first, &old) && is_signed(first, &new));
        server.pass(86_401);
        server.article(Article::new("Second"));
        let second = &receiver.wait_for(2)[1];
        assert!(!is_signed(second, &old) && is_signed(second, &new));
        assert_eq!(second.header("webhook-signature").split(' ').count(), 1);
    }

    fn messages_are_sent_again_on_demand_under_the_ids_that_they_had(server) {
        let receiver = Receiver::start();
        let webhook = server.webhook(content(&receiver));
        for n in 0..4 {
            server.article(Article::new(&format!("Article {n}")));
        }
        let sent = receiver.wait_for(4);
        eventually("all is done", || server.deliveries(webhook.id).iter().all(|d| d.done_at.is_some()));
        let one = server.deliveries(webhook.id)[3].id;
        assert_eq!(server.replay(webhook.id, Replay::One(one)), 1);
        let again = &receiver.wait_for(5)[4];
        assert_eq!(again.header("webhook-id"), sent[0].header("webhook-id"));
        let (from, to) = (seqs(&sent)[1], seqs(&sent)[2]);
        assert_eq!(server.replay(webhook.id, Replay::Range(from, to)), 2);
        assert_eq!(seqs(&receiver.wait_for(7)[5..]), [from, to]);
        assert_eq!(receiver.settle().len(), 7);
    }

    fn a_subscription_gets_what_it_asks_for_and_the_article_on_request(server) {
        let receiver = Receiver::start();
        let mut asked = content(&receiver);
        asked.include_article = true;
        asked.filter.langs = vec![lang("fr")];
        asked.filter.events = vec![EventKind::Published, EventKind::Withdrawn];
        server.webhook(asked);
        server.article(Article::new("English"));
        let id = server.article(Article::new("Français").lang("fr").body("<p>Le texte.</p>"));
        receiver.wait_for(1);
        server.change(id, |article| article.title = "Autre titre".to_owned());
        std::thread::sleep(Duration::from_millis(600));
        server.withdraw(id);
        let messages = receiver.wait_for(2);
        assert_eq!(kinds(&messages), ["article.published", "article.withdrawn"]);
        let article = &messages[0].json()["data"]["article"];
        assert_eq!((&article["id"], &article["title"]), (&id.to_string().into(), &"Français".into()));
        assert_eq!(article["body"]["content"], "<p>Le texte.</p>");
        assert_eq!(messages[1].json()["data"].get("article"), None);
    }

    fn two_nodes_on_one_database_send_each_message_once(server) {
        let receiver = Receiver::start();
        let other = server.beside();
        server.webhook(content(&receiver));
        for n in 0..30 {
            let writer = if n % 2 == 0 { server } else { &other };
            writer.article(Article::new(&format!("Article {n}")));
        }
        receiver.wait_for(30);
        let messages = receiver.settle();
        assert_eq!(messages.len(), 30);
        assert!(seqs(&messages).is_sorted());
    }

    fn no_answer_from_before_a_change_is_given_once_it_is_told_of(server) {
        let receiver = Receiver::start();
        server.webhook(content(&receiver));
        let id = server.article(Article::new("News"));
        receiver.wait_for(1);
        let other = server.beside();
        for n in 2..8 {
            assert_eq!(server.ok(&format!("/api/articles/{id}")).status, 200);
            other.change(id, |article| article.title = format!("Version {n}"));
            receiver.wait_for(n);
            let told = receiver.messages()[n - 1].json()["data"]["version"].clone();
            if server.app.forgetting.seen() >= seqs(&receiver.messages())[n - 1] {
                assert_eq!(server.ok(&format!("/api/articles/{id}")).json()["data"]["version"], told);
            }
        }
    }
}
