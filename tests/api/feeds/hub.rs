//! The hub of feeds: which feeds it is told of, and when.

use std::collections::{BTreeMap, BTreeSet};

use masthead::domain::article::Status;
use masthead::domain::id::Id;
use masthead::domain::time::Timestamp;

use super::FILES;
use crate::builders::Article;
use crate::harness::TestServer;
use crate::receiver::{Behaviour, Receiver, eventually};

#[test]
fn the_hub_is_told_of_every_edition_at_the_start_and_then_of_those_that_change() {
    let hub = Receiver::start();
    hub.first(&[Behaviour::Answer(500)]);
    let server = TestServer::on_sqlite_with(|config| config.websub_hub = Some(hub.url()));
    server.article(Article::new("One").lang("fr"));
    let topic = |file: &str| {
        let topic = format!("http://{}/feeds/fr/{file}", server.address);
        let topic = url::form_urlencoded::byte_serialize(topic.as_bytes()).collect::<String>();
        format!("hub.mode=publish&hub.url={topic}")
    };
    let told = |file: &str| {
        hub.messages()
            .iter()
            .filter(|m| m.body == topic(file))
            .count()
    };
    eventually("the first message fails", || !hub.messages().is_empty());
    assert_eq!(hub.settle().len(), 1, "a hub that fails is left alone");
    server.pass(3);
    eventually("a failure is made good", || {
        FILES.iter().all(|file| told(file) >= 1)
    });
    let before = hub.settle().len();
    server.article(Article::new("A draft").lang("fr").status(Status::Draft));
    assert_eq!(hub.settle().len(), before, "the public sees no change");
    server.article(Article::new("Two").lang("fr"));
    hub.wait_for(before + 3);
}

#[test]
fn a_hub_is_left_alone_for_as_long_as_it_asks() {
    let hub = Receiver::start();
    let server = TestServer::on_sqlite_with(|config| config.websub_hub = Some(hub.url()));
    server.article(Article::new("Before"));
    hub.wait_for(FILES.len());
    let at = Timestamp::from_millis(server.now().millis() + 600_000);
    let mut before = hub.settle().len();
    for asked in [at.to_http_date(), "600".to_owned()] {
        hub.first(&[Behaviour::Later(asked.clone())]);
        server.article(Article::new(&asked));
        hub.wait_for(before + 1);
        server.pass(590);
        assert_eq!(hub.settle().len(), before + 1, "ten minutes are not over");
        server.pass(11);
        hub.wait_for(before + 1 + FILES.len());
        before = hub.settle().len();
    }
}

/// The feeds that a hub is told of, each once, without the file and the part that all share.
fn feeds_told(server: &TestServer, messages: &[crate::receiver::Message]) -> BTreeSet<String> {
    let topics = messages.iter().map(|message| {
        let pairs: BTreeMap<String, String> = url::form_urlencoded::parse(message.body.as_bytes())
            .into_owned()
            .collect();
        assert_eq!(pairs["hub.mode"], "publish");
        let topic = server.path_of(&pairs["hub.url"]);
        let answer = server.get(&topic);
        let named = answer.header("link").contains("rel=\"hub\"");
        assert!(named || answer.status == 404, "{topic}");
        let (feed, file) = topic.rsplit_once('/').unwrap();
        assert!(FILES.contains(&file), "{topic}");
        feed.trim_start_matches("/feeds/").to_owned()
    });
    topics.collect()
}

#[test]
fn the_hub_is_told_of_every_feed_that_a_change_concerns_and_of_those_that_the_article_left() {
    let hub = Receiver::start();
    let server = TestServer::on_sqlite_with(|config| config.websub_hub = Some(hub.url()));
    let told = |count: usize, change: &dyn Fn(&TestServer)| {
        let before = hub.settle().len();
        change(&server);
        hub.wait_for(before + count * FILES.len());
        feeds_told(&server, &hub.settle()[before..])
    };
    let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    server.article(Article::new("Other").section(&["Sport"]));
    let article = Article::new("One")
        .section(&["World", "Été"])
        .author("Ann Lee")
        .source("Daily")
        .tag("Maps");
    let first: BTreeSet<String> = all(&[
        "en",
        "en/sections/world",
        "en/sections/world/%C3%A9t%C3%A9",
        "en/authors/ann-lee",
        "en/sources/daily",
        "en/tags/maps",
    ]);
    assert_eq!(
        told(6, &|server| {
            server.article(article.clone());
        }),
        first
    );
    let found = server.ok("/api/articles/one").json();
    let id = Id::parse(found["data"]["id"].as_str().unwrap()).unwrap();
    let mut moved = first.clone();
    moved.insert("en/sections/sport".to_owned());
    let sport = server.section_at("sport").id;
    assert_eq!(
        told(7, &|server| server
            .change(id, |content| content.section = Some(sport))),
        moved
    );
    assert_eq!(told(7, &|server| server.withdraw(id)), moved);
}

#[test]
fn a_mass_change_is_told_for_the_editions_alone() {
    let hub = Receiver::start();
    let server = TestServer::on_sqlite_with(|config| config.websub_hub = Some(hub.url()));
    let before = hub.settle().len();
    let many = (0..600).map(|n| Article::new(&format!("Mass {n}")).tag(&format!("tag {n}")));
    server.articles(many.collect());
    hub.wait_for(before + FILES.len());
    let told = feeds_told(&server, &hub.settle()[before..]);
    assert_eq!(told.into_iter().collect::<Vec<_>>(), ["en"]);
}
