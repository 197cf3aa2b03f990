//! Numbers of what is owed to webhooks, partners and the schedule, for whoever is woken by them.

use masthead::domain::access::{Limits, Role};
use masthead::domain::partner::Contract;
use masthead::domain::time::Timestamp;
use masthead::store::owed::owed;

use super::builders::Article;
use super::harness::TestServer;
use super::receiver::{Behaviour, Receiver, eventually};
use super::webhooks::content;

/// The value of a gauge, as an administrator's monitor reads it.
fn gauge(server: &TestServer, key: &str, name: &str) -> i64 {
    let numbers = server.request("GET", "/metrics").key(key).send();
    let line = format!("{name} ");
    let mut lines = numbers.text().lines();
    let value = lines.find_map(|found| found.strip_prefix(&line));
    value
        .unwrap_or_else(|| panic!("no {name}"))
        .parse()
        .unwrap()
}

api_test! {
    fn a_withdrawal_is_owed_until_the_partner_fetches_it(server) {
        let admin = server.key(Role::Admin);
        let (key, _) = server.partner(Limits::default(), Contract::default());
        let told = server.article(Article::new("To be taken down"));
        let fetch = || server.request("GET", "/api/changes").key(&key).send().json();
        let cursor = fetch()["meta"]["next_cursor"].as_str().unwrap().to_owned();
        eventually("the delivery is recorded", || {
            masthead::app::work_a_round(&server.app);
            let reach = server.request("GET", &format!("/api/articles/{told}/reach")).key(&admin).send();
            !reach.json()["data"]["partners"].as_array().unwrap().is_empty()
        });
        assert_eq!(gauge(server, &admin, "masthead_takedowns_owed"), 0);
        server.withdraw(told);
        server.pass(7_200);
        assert_eq!(gauge(server, &admin, "masthead_takedowns_owed"), 1);
        assert_eq!(gauge(server, &admin, "masthead_takedown_oldest_seconds"), 7_200);
        let rest = server.request("GET", &format!("/api/changes?since={cursor}")).key(&key).send();
        assert_eq!(rest.json()["data"][0]["op"], "delete");
        eventually("the delivery is recorded", || {
            masthead::app::work_a_round(&server.app);
            gauge(server, &admin, "masthead_takedowns_owed") == 0
        });
        assert_eq!(gauge(server, &admin, "masthead_takedown_oldest_seconds"), 0);
    }

    fn a_webhook_that_fails_is_counted(server) {
        let admin = server.key(Role::Admin);
        let receiver = Receiver::start();
        receiver.always(Behaviour::Answer(500));
        server.webhook(content(&receiver));
        assert_eq!(gauge(server, &admin, "masthead_webhooks_failing"), 0);
        server.article(Article::new("One"));
        eventually("the failure is noted", || gauge(server, &admin, "masthead_webhooks_failing") == 1);
        assert_eq!(gauge(server, &admin, "masthead_webhooks_disabled"), 0);
        receiver.always(Behaviour::Answer(410));
        server.pass(60);
        eventually("the webhook is turned off", || gauge(server, &admin, "masthead_webhooks_disabled") == 1);
        assert_eq!(gauge(server, &admin, "masthead_webhooks_failing"), 0);
        assert_eq!(gauge(server, &admin, "masthead_webhook_oldest_seconds"), 0);
    }

    fn an_article_that_should_be_live_is_late_by_its_own_time(server) {
        let admin = server.key(Role::Admin);
        server.scheduled("Later", 60);
        let embargo = Timestamp::from_millis(server.now().millis() + 90_000);
        server.article(Article::new("Under embargo").embargo_until(embargo));
        assert_eq!(gauge(server, &admin, "masthead_schedule_late_seconds"), 0);
        let at = |seconds: i64| {
            let now = Timestamp::from_millis(server.now().millis() + seconds * 1_000);
            server.app.store.read(|conn| owed(conn, now)).unwrap().oldest_release
        };
        assert_eq!(at(59), None);
        assert_eq!(at(300), Some(Timestamp::from_millis(server.now().millis() + 60_000)));
    }
}
