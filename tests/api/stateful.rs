//! Random sequences of operations against a small model of what should be there.

use masthead::domain::access::Role;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::builders::Article;
use super::client::Response;
use super::consistency::assert_consistent;
use super::harness::TestServer;

/// A client's deed to one of the articles that it has made.
#[derive(Debug, Clone)]
enum Deed {
    Create { published: bool },
    Patch { title: u8, stale: bool },
    Replace { title: u8 },
    Publish { later: bool },
    Unpublish,
    Withdraw,
    Delete,
    Embargo { lifted: bool },
    Pass,
}

fn deed() -> impl Strategy<Value = (usize, Deed)> {
    let deed = prop_oneof![
        2 => any::<bool>().prop_map(|published| Deed::Create { published }),
        3 => (0..4_u8, proptest::bool::weighted(0.2)).prop_map(|(title, stale)| Deed::Patch { title, stale }),
        1 => (0..4_u8).prop_map(|title| Deed::Replace { title }),
        3 => proptest::bool::weighted(0.3).prop_map(|later| Deed::Publish { later }),
        2 => Just(Deed::Unpublish),
        2 => Just(Deed::Withdraw),
        1 => Just(Deed::Delete),
        1 => any::<bool>().prop_map(|lifted| Deed::Embargo { lifted }),
        1 => Just(Deed::Pass),
    ];
    (0..6_usize, deed)
}

/// The state that one article should have.
#[derive(Debug, Clone)]
struct Expected {
    id: String,
    version: i64,
    title: String,
    status: &'static str,
    embargoed: bool,
    ever_public: bool,
    publish_at: Option<i64>,
}

impl Expected {
    fn is_public(&self) -> bool {
        self.status == "published" && !self.embargoed
    }

    fn changed(&mut self) {
        self.version += 1;
        self.ever_public |= self.is_public();
    }

    fn public_status(&self) -> u16 {
        match (self.is_public(), self.status) {
            (true, _) => 200,
            (false, "withdrawn") if self.ever_public => 410,
            _ => 404,
        }
    }
}

struct Run<'s> {
    server: &'s TestServer,
    key: String,
    articles: Vec<Expected>,
}

/// Seconds that pass at once; what is scheduled goes live within them.
const STEP: i64 = 100;

impl Run<'_> {
    fn send(&self, method: &str, target: &str, tag: &str, content: Option<&Value>) -> Response {
        let request = self.server.request(method, target).key(&self.key);
        let request = if tag.is_empty() {
            request
        } else {
            request.if_match(tag)
        };
        match content {
            Some(content) => request.json(content).send(),
            None => request.send(),
        }
    }

    fn take(&mut self, at: usize, deed: &Deed) {
        if let Deed::Create { published } = deed {
            return self.create(*published);
        }
        if let Deed::Pass = deed {
            return self.pass();
        }
        let Some(at) = at.checked_rem(self.articles.len()) else {
            return;
        };
        let mut expected = self.articles[at].clone();
        self.take_on(&mut expected, deed);
        self.articles[at] = expected;
    }

    fn create(&mut self, published: bool) {
        let status = if published { "published" } else { "draft" };
        let content = json!({"lang": "en", "title": "New", "status": status});
        let response = self.send("POST", "/api/articles", "", Some(&content));
        assert_eq!(response.status, 201, "{}", response.text());
        self.articles.push(Expected {
            id: response.json()["data"]["id"].as_str().unwrap().to_owned(),
            version: 1,
            title: "New".to_owned(),
            status,
            embargoed: false,
            ever_public: published,
            publish_at: None,
        });
    }

    fn pass(&mut self) {
        self.server.pass(STEP);
        masthead::service::schedule::release_due(
            &self.server.app.store,
            &self.server.app.clock,
            &self.server.app.put_off,
        )
        .unwrap();
        self.server.refresh();
        let now = self.server.now().millis();
        for article in &mut self.articles {
            if article.publish_at.is_some_and(|at| at <= now) {
                article.publish_at = None;
                article.status = "published";
                article.changed();
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table, one deed after the other")]
    fn take_on(&self, expected: &mut Expected, deed: &Deed) {
        let target = format!("/api/articles/{}", expected.id);
        let tag = format!("\"v{}\"", expected.version);
        let now = self.server.now().millis();
        let (response, allowed) = match deed {
            Deed::Patch { title, stale } => {
                let title = format!("Title {title}");
                let tag = if *stale { "\"v999\"".to_owned() } else { tag };
                let response = self.send("PATCH", &target, &tag, Some(&json!({"title": title})));
                if *stale {
                    assert_eq!(response.status, 412);
                    return;
                }
                if expected.title != title {
                    expected.title = title;
                    expected.changed();
                }
                (response, true)
            }
            Deed::Replace { title } => {
                let title = format!("Whole {title}");
                let content = json!({"lang": "en", "title": title});
                let response = self.send("PUT", &target, &tag, Some(&content));
                if expected.title != title {
                    expected.title = title;
                    expected.changed();
                }
                (response, true)
            }
            Deed::Publish { later } => {
                let at = masthead::domain::time::Timestamp::from_millis(now + STEP * 500);
                let content = if *later {
                    json!({"publish_at": at})
                } else {
                    json!({})
                };
                let response = self.send("POST", &format!("{target}/publish"), "", Some(&content));
                let allowed = !(*later && expected.status == "published");
                let status = if *later { "scheduled" } else { "published" };
                let publish_at = later.then_some(now + STEP * 500);
                if allowed && (expected.status != status || expected.publish_at != publish_at) {
                    expected.status = status;
                    expected.publish_at = publish_at;
                    expected.changed();
                }
                (response, allowed)
            }
            Deed::Unpublish => {
                let response = self.send(
                    "POST",
                    &format!("{target}/unpublish"),
                    &tag,
                    Some(&json!({})),
                );
                self.becomes(expected, "draft");
                (response, true)
            }
            Deed::Withdraw => {
                let content = json!({"reason": "other"});
                let response = self.send("POST", &format!("{target}/withdraw"), "", Some(&content));
                self.becomes(expected, "withdrawn");
                (response, true)
            }
            Deed::Delete => {
                let response = self.send("DELETE", &target, &tag, None);
                self.becomes(expected, "withdrawn");
                (response, true)
            }
            Deed::Embargo { lifted } => {
                let until = masthead::domain::time::Timestamp::from_millis(now + 1_000_000_000_000);
                let until = if *lifted { Value::Null } else { json!(until) };
                let response = self.send(
                    "PATCH",
                    &target,
                    &tag,
                    Some(&json!({"embargo_until": until})),
                );
                // A new embargo is a new time, unless the clock stood still since the last one.
                let version = response.json()["data"]["version"].as_i64().unwrap();
                assert!(version == expected.version || version == expected.version + 1);
                if version > expected.version || expected.embargoed == *lifted {
                    expected.embargoed = !lifted;
                    expected.changed();
                }
                (response, true)
            }
            Deed::Create { .. } | Deed::Pass => return,
        };
        match (response.status, allowed) {
            (200 | 204, true) => {}
            (409, false) => {}
            (other, _) => panic!(
                "{other} after {deed:?} on {expected:?}: {}",
                response.text()
            ),
        }
    }

    fn becomes(&self, expected: &mut Expected, status: &'static str) {
        if expected.status != status {
            expected.status = status;
            expected.publish_at = None;
            expected.changed();
        }
    }

    fn check(&self) {
        for expected in &self.articles {
            let target = format!("/api/articles/{}", expected.id);
            let read = self.send("GET", &target, "", None).json();
            let data = &read["data"];
            assert_eq!(data["version"], expected.version, "{expected:?}");
            assert_eq!(data["title"], expected.title);
            assert_eq!(data["status"], expected.status);
            let public = self.server.get(&target);
            assert_eq!(public.status, expected.public_status(), "{expected:?}");
        }
        let ids: Vec<&str> = self.articles.iter().map(|a| a.id.as_str()).collect();
        if ids.is_empty() {
            return;
        }
        let list = self.server.ok(&format!(
            "/api/articles?count=exact&limit=100&id={}",
            ids.join(",")
        ));
        let public = self.articles.iter().filter(|a| a.is_public()).count();
        assert_eq!(list.json()["meta"]["total"], public);
    }
}

api_test! {
fn whatever_is_done_in_whatever_order_what_is_there_is_what_should_be(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let mut runner = TestRunner::new(Config { cases: 16, failure_persistence: None, ..Config::default() });
    let deeds = proptest::collection::vec(deed(), 1..25);
    let outcome = runner.run(&deeds, |deeds| {
        let mut run = Run { server, key: key.clone(), articles: Vec::new() };
        for (at, deed) in &deeds {
            run.take(*at, deed);
            run.check();
        }
        Ok(())
    });
    outcome.unwrap();
    assert_consistent(&server.database);
}
}
