//! Caches in front: what they are told to forget, in which form, before whom, and what happens while they do not answer.

use std::time::{Duration, Instant};

use masthead::config::SurrogateHeader;
use masthead::domain::purge::Target;
use masthead::domain::webhook::WebhookContent;
use serde_json::Value;

use super::builders::Article;
use super::harness::TestServer;
use super::receiver::{Behaviour, Message, Receiver, eventually};
use super::webhooks::content;

/// A service on a database of the same kind whose caches are these, told by a node that leads.
fn telling(other: &TestServer, targets: &[String]) -> TestServer {
    let server = other.elsewhere_with(|config| {
        config.surrogate_header = SurrogateHeader::Both;
        let targets = targets.iter().map(|text| Target::parse(text).unwrap());
        config.purging.targets = targets.collect();
    });
    server.app.leader.claim().unwrap();
    server
}

fn posting_to(cache: &Receiver) -> String {
    format!("post+http://{}/purge", cache.address)
}

/// The keys of an order to an endpoint.
fn keys(order: &Message) -> Vec<String> {
    let order: Value = order.json();
    let keys = order["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key.as_str().unwrap().to_owned())
        .collect()
}

fn shares(answer: &str, keys: &[String]) -> bool {
    answer
        .split(' ')
        .any(|key| keys.iter().any(|one| one == key))
}

api_test! {
fn a_correction_forgets_what_shows_the_article_and_nothing_else(server) {
    let cache = Receiver::start();
    let server = telling(server, &[posting_to(&cache)]);
    let first = cache.wait_for(1);
    assert_eq!(
        (first[0].json()["everything"].clone(), keys(&first[0])),
        (true.into(), vec!["all".to_owned()])
    );
    server.article(Article::new("Autre").lang("fr"));
    let one = server.article(Article::new("One").tag("one"));
    let other = server.article(Article::new("Other").tag("other"));
    let carried = |path: &str| server.ok(path).header("surrogate-key").to_owned();
    let shown = [
        format!("/api/articles/{one}"),
        "/api/articles/one".to_owned(),
        "/api/articles?tag=one".to_owned(),
        "/api/articles".to_owned(),
        "/api/articles?fields=title&lang=en".to_owned(),
        "/feeds/en/rss.xml".to_owned(),
    ];
    let left = [
        format!("/api/articles/{other}"),
        "/api/articles?tag=other".to_owned(),
        "/api/articles?lang=fr".to_owned(),
    ];
    eventually("both are told", || cache.messages().len() >= 2);
    std::thread::sleep(Duration::from_millis(400));
    let before = cache.messages().len();
    server.change(one, |content| content.title = "One again".to_owned());
    let told = keys(&cache.wait_for(before + 1)[before]);
    assert!(
        told.contains(&"any-change".to_owned()) && !told.contains(&"all".to_owned()),
        "{told:?}"
    );
    for path in &shown {
        assert!(
            shares(&carried(path), &told),
            "{path} is not forgotten: {}",
            carried(path)
        );
    }
    for path in &left {
        let carried = carried(path);
        assert!(
            carried.contains("s:") && !shares(&carried, &told),
            "{path} is forgotten: {carried}"
        );
    }
    assert!(
        server
            .ok(&shown[0])
            .header("cache-tag")
            .starts_with("all,s:")
    );
}

fn a_cache_that_fails_is_told_later_and_holds_webhooks_once(server) {
    let (cache, receiver) = (Receiver::start(), Receiver::start());
    let server = telling(server, &[posting_to(&cache)]);
    server.webhook(WebhookContent {
        ..content(&receiver)
    });
    cache.wait_for(1);
    cache.always(Behaviour::Answer(503));
    let began = Instant::now();
    server.article(Article::new("One"));
    receiver.wait_for(1);
    assert!(
        began.elapsed() >= Duration::from_secs(4),
        "the webhook did not wait: {:?}",
        began.elapsed()
    );
    let began = Instant::now();
    server.article(Article::new("Two"));
    receiver.wait_for(2);
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "the webhook waits for a cache that is down"
    );
    cache.always(Behaviour::Answer(204));
    let failed = cache.messages().len();
    let key = server.key(masthead::domain::access::Role::Admin);
    eventually("the cache is told of all", || {
        let metrics = server.request("GET", "/metrics").key(&key).send();
        cache.messages().len() > failed
            && metrics.text().contains("\nmasthead_purge_lag_seconds 0\n")
    });
    let began = Instant::now();
    server.article(Article::new("Three"));
    receiver.wait_for(3);
    let order = cache.messages().pop().unwrap();
    assert!(
        keys(&order).contains(&"any-change".to_owned()) && began.elapsed() < Duration::from_secs(4)
    );
}

fn fastly_and_cloudflare_are_asked_as_their_documentation_says(server) {
    let (fastly, cloudflare) = (Receiver::start(), Receiver::start());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "t0ken").unwrap();
    let server = server.elsewhere_with(|config| {
        config.surrogate_header = SurrogateHeader::Both;
        config.purging.targets = vec![
            Target::parse(&format!("fastly:SU1Z0@http://{}", fastly.address)).unwrap(),
            Target::parse(&format!("cloudflare:023e@http://{}", cloudflare.address)).unwrap(),
        ];
        config.purging.fastly_token_file = Some(file.clone());
        config.purging.cloudflare_token_file = Some(file.clone());
    });
    server.app.leader.claim().unwrap();
    fastly.wait_for(1);
    cloudflare.wait_for(1);
    server.article(Article::new("One"));
    // The first article makes its edition, which touches everything.
    eventually("both are told of the edition", || {
        fastly.messages().len() >= 2 && cloudflare.messages().len() >= 2
    });
    server.article(Article::new("Two"));
    let asked = told_of_any_change(&fastly);
    assert_eq!(asked.header("fastly-key"), "t0ken");
    assert_eq!(asked.header("content-type"), "application/json");
    let named = asked.json()["surrogate_keys"].as_array().unwrap().len();
    assert!((3..=256).contains(&named), "{named}");
    let asked = told_of_any_change(&cloudflare);
    assert_eq!(asked.header("authorization"), "Bearer t0ken");
    assert!(asked.json()["tags"].as_array().unwrap().len() <= 30);
}
}

#[test]
fn a_cache_without_its_token_or_without_keys_stops_the_start() {
    use masthead::config::Config;
    let mut config = Config::with_database("sqlite://x.db");
    config.purging.targets = vec![Target::parse("fastly:abc").unwrap()];
    let refused = config
        .purging
        .with_tokens(SurrogateHeader::SurrogateKey)
        .unwrap_err();
    assert!(refused.contains("MASTHEAD_FASTLY_TOKEN_FILE"), "{refused}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "s3cret\n").unwrap();
    config.purging.fastly_token_file = Some(file.clone());
    let tokens = config
        .purging
        .with_tokens(SurrogateHeader::SurrogateKey)
        .unwrap();
    assert_eq!(tokens[0].1.as_ref().unwrap().expose(), "s3cret");
    let refused = config
        .purging
        .with_tokens(SurrogateHeader::CacheTag)
        .unwrap_err();
    assert!(refused.contains("MASTHEAD_SURROGATE_HEADER"), "{refused}");
    std::fs::write(&file, "two words\n").unwrap();
    assert!(
        config
            .purging
            .with_tokens(SurrogateHeader::Both)
            .unwrap_err()
            .contains("holds no token")
    );
}

/// The order to a cache that names the key of any change, once it is there.
fn told_of_any_change(cache: &Receiver) -> Message {
    let found = || {
        cache
            .messages()
            .into_iter()
            .find(|order| order.body.contains("any-change"))
    };
    eventually("the cache is told", || found().is_some());
    found().unwrap()
}
