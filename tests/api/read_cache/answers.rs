//! Answers compared with those that are computed when everything is forgotten.

use masthead::app::work_a_round;
use masthead::domain::access::{Limits, Role};
use masthead::domain::language::LanguageTag;
use masthead::domain::partner::Contract;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::{DEEDS, Deed, Desk};
use crate::builders::Article;
use crate::client::{Request, Response};
use crate::harness::TestServer;
use crate::media::{Form, photo, uploaded};
use crate::receiver::eventually;

/// Addresses that are asked for after each write; `{n}` is the id of an article.
const PATHS: [&str; 42] = [
    "/api/articles",
    "/api/articles?lang=en&count=exact",
    "/api/articles?lang=fr,en&limit=3",
    "/api/articles?lang=fr,en&tag=peace",
    "/api/articles?section=world&sort=title",
    "/api/articles?section=world/asia&lang=en",
    "/api/articles?author=anna,bela&count=exact",
    "/api/articles?author=emil",
    "/api/articles?author=ann-b&tag=peace",
    "/api/articles?editor=bela",
    "/api/articles?source=daily",
    "/api/articles?source=unheard",
    "/api/articles?tag=peace&tag=trade",
    "/api/articles?tag=unheard",
    "/api/articles?tag=peace,unheard",
    "/api/articles?tag=treaty",
    "/api/articles?id={0},{1},{2}",
    "/api/articles?id={0},{4}&lang=fr,en",
    "/api/articles?page=2&limit=2&count=exact",
    "/api/articles?published_from=2020-01-01&limit=2&include=related,body",
    "/api/articles?q=alpha",
    "/api/articles?lang=en&format=ninjs",
    "/api/articles/{0}",
    "/api/articles/{0}?include=related&body=text",
    "/api/articles/{0}?lang=fr,en",
    "/api/articles/{0}?format=jsonld",
    "/api/articles/{1}",
    "/api/articles/{2}",
    "/api/articles/alpha",
    "/api/articles/beta?lang=en",
    "/api/articles/{0}/related",
    "/api/articles/{0}/related?lang=fr,en",
    "/api/authors?include=article_count",
    "/api/authors/anna",
    "/api/tags",
    "/api/sources/daily",
    "/api/sections?lang=en",
    "/api/editions",
    "/feeds/en/atom.xml",
    "/api/resolve?url=/api/articles/beta",
    "/api/search?q=alpha",
    "/api/search/suggest?q=al",
];

/// An answer to a search but for its scores, which weigh words that the index has deleted and not yet merged away.
fn without_scores(text: &str) -> String {
    let mut answer: Value = serde_json::from_str(text).unwrap();
    for hit in answer["data"].as_array_mut().into_iter().flatten() {
        hit.as_object_mut().unwrap().remove("score");
    }
    answer.to_string()
}

impl Desk<'_> {
    /// Compares each answer with the one that is computed when everything is forgotten.
    fn compare(&self, node: &TestServer, done: &[Deed], paths: &[String]) {
        // Searches are of the state that the index has come to.
        let end = node.app.store.read(masthead::store::changes::latest_seq);
        let end = end.unwrap();
        eventually("the index is at the end of the log", || {
            node.app.search.lag(end).0.is_zero()
        });
        let of_partner = |path: &String| self.by_partner(node, path);
        let said: Vec<Response> = paths.iter().map(|path| node.get(path)).collect();
        let said_to_partner: Vec<Response> = paths.iter().map(of_partner).collect();
        node.app.forgetting.forget();
        let publics = paths
            .iter()
            .zip(said)
            .map(|(path, said)| (path, said, node.get(path)));
        let partners = paths.iter().zip(said_to_partner);
        let partners = partners.map(|(path, said)| (path, said, of_partner(path)));
        for (path, said, right) in publics.chain(partners) {
            let shown = |one: &Response| {
                let text = one.text().replace(one.header("x-request-id"), "");
                match path.starts_with("/api/search?") {
                    true => (one.status, String::new(), without_scores(&text)),
                    false => (one.status, one.header("etag").to_owned(), text.clone()),
                }
            };
            assert_eq!(shown(&said), shown(&right), "{path} after {done:?}");
        }
    }

    fn by_partner(&self, node: &TestServer, path: &str) -> Response {
        node.request("GET", path).key(&self.partner).send()
    }

    fn paths(&self) -> Vec<String> {
        let named = |path: &&str| {
            let numbers = self.articles.iter().enumerate();
            numbers.fold((*path).to_owned(), |path, (n, id)| {
                path.replace(&format!("{{{n}}}"), &id.to_string())
            })
        };
        PATHS.iter().map(named).collect()
    }

    fn hits(&self) -> u64 {
        let numbers = self.server.ok("/metrics");
        let line = numbers
            .text()
            .lines()
            .find(|line| line.starts_with("masthead_cache_lookups_total{result=\"hit\"}"));
        line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
    }

    /// Number of these answers that come from the cache.
    fn kept(&self, paths: &[&str]) -> usize {
        let before = self.hits();
        paths.iter().for_each(|path| drop(self.server.ok(path)));
        usize::try_from(self.hits() - before).unwrap()
    }
}

api_test! {
fn after_any_write_every_answer_is_the_one_that_the_database_gives(server) {
    let mut runner = TestRunner::new(Config { cases: 1, max_shrink_iters: 0, failure_persistence: None, ..Config::default() });
    let orders = Just(DEEDS.to_vec()).prop_shuffle();
    let server = std::sync::Mutex::new(Some(Desk::on(server)));
    let outcome = runner.run(&orders, |deeds| {
        let mut desk = server.lock().unwrap().take().unwrap();
        let paths = desk.paths();
        let few: Vec<String> = paths.iter().step_by(6).cloned().collect();
        let others: Vec<String> = paths.iter().skip(1).step_by(4).cloned().collect();
        desk.compare(desk.server, &[], &paths);
        for (n, deed) in deeds.iter().enumerate() {
            let gone = matches!((deed, done(&deeds[..n])), (Deed::Unpublish | Deed::Delete, (true, _)) | (Deed::Withdraw | Deed::Translate, (_, true)));
            if gone {
                continue;
            }
            desk.take(*deed);
            let written = desk.server.get(&paths[0]);
            work_a_round(&desk.server.app);
            assert_eq!(written.text().len(), desk.server.get(&paths[0]).text().len(), "{deed:?} shows at once");
            desk.compare(desk.server, &deeds[..=n], &paths);
            desk.other.refresh();
            work_a_round(&desk.other.app);
            desk.compare(&desk.other, &deeds[..=n], &few);
            desk.documents.refresh();
            work_a_round(&desk.documents.app);
            desk.compare(&desk.documents, &deeds[..=n], &others);
            let (kept, _) = desk.documents.app.documents.size();
            assert!(kept > 0, "answers are made from documents");
        }
        Ok(())
    });
    outcome.unwrap();
}

fn a_write_leaves_alone_what_it_does_not_touch(server) {
    let desk = Desk::on(server);
    let touched = ["/api/articles?section=culture&lang=en", "/api/articles?tag=maps", "/api/articles", "/api/tags"];
    let others = ["/api/articles?tag=peace", "/api/articles?author=anna", "/api/articles?section=world/asia&lang=en", "/api/articles/alpha", "/api/articles/beta"];
    let all = [&touched[..], &others].concat();
    desk.kept(&all);
    assert_eq!(desk.kept(&all), all.len());

    desk.create(json!({"status": "draft", "tags": ["Peace", "New"], "authors": ["anna"]}));
    desk.patch_article(3, &json!({"title": "Another draft", "tags": ["Peace", "Trade", "Newer"]}));
    desk.send("POST", "/api/keys", &json!({"name": "Wire", "role": "partner"}));
    uploaded(server, &desk.key, Form::default().file(&photo(40, 30, 9)));
    work_a_round(&server.app);
    assert_eq!(desk.kept(&all), all.len(), "drafts, rights and uploads");

    desk.create(json!({"title": "Omega", "section": "culture", "tags": ["Maps"]}));
    assert_eq!(desk.kept(&others), others.len(), "an article of other lists");
    assert_eq!(desk.kept(&touched), 0);

    desk.patch("/api/authors/chen", &json!({"name": "Chen Wei"}));
    assert_eq!(desk.kept(&others), others.len(), "an author that these do not show");
    assert_eq!(desk.kept(&touched[..3]), 0);
}

fn an_operator_sees_the_node_s_inside_and_the_public_does_not(server) {
    server.article(Article::new("Alpha"));
    server.ok("/api/articles");
    server.ok("/api/articles");
    let key = server.key(Role::Admin);
    let numbers = |request: crate::client::Request| request.send().text().to_owned();
    let all = numbers(server.request("GET", "/metrics").key(&key));
    for (name, number) in [("masthead_cache_answers", 1), ("masthead_change_log_lag{follower=\"cache\"}", 0), ("masthead_log_lines_lost", 0)] {
        assert!(all.contains(&format!("\n{name} {number}\n")), "{name}: {all}");
    }
    for name in ["masthead_build_info{version=", "masthead_database_connections{pool=\"readers\",use=\"idle\"}", "masthead_cache_bytes"] {
        assert!(all.contains(name), "{name}: {all}");
    }
    let public = numbers(server.request("GET", "/metrics"));
    assert!(!public.contains("masthead_database") && !public.contains("masthead_change_log_lag"), "{public}");
    assert!(public.contains("masthead_cache_misses_total{result=\"computed\"} 1"), "{public}");
    let timed = "masthead_http_request_duration_seconds_count{caller=\"public\",route=\"/api/articles\",status=\"2xx\"} 2";
    assert!(public.contains(timed), "{public}");
}

fn one_partner_is_answered_from_memory_until_anything_changes_and_others_never_get_its_answers(server) {
    let desk = Desk::on(server);
    let path = "/api/articles?limit=10&include=body";
    let french = Limits { langs: vec![LanguageTag::parse("fr").unwrap()], ..Limits::default() };
    let late = Contract { embargo_offset: 1, ..Contract::default() };
    let (own, id) = server.partner(Limits::default(), Contract::default());
    let [(of_french, _), (of_late, _)] = [(french, Contract::default()), (Limits::default(), late)].map(|(limits, contract)| server.partner(limits, contract));
    let ask = |key: &str| {
        let before = computed(server);
        let answer = server.request("GET", path).key(key).send();
        assert_eq!((answer.status, answer.header("cache-control")), (200, "private, no-store"));
        (computed(server) - before, answer.json()["data"].clone())
    };
    let titles = |data: &Value| data.as_array().unwrap().len();
    let (first, all) = ask(&own);
    assert_eq!((first, titles(&all), all[0]["body"].is_null()), (1, 4, false));
    assert_eq!(ask(&own), (0, all.clone()));
    let (first, few) = ask(&of_french);
    assert_eq!((first, titles(&few)), (1, 1));
    assert_eq!((ask(&own), ask(&of_french)), ((0, all.clone()), (0, few)));
    // An embargo that moves with the time is computed for each.
    assert_eq!((ask(&of_late).0, ask(&of_late).0), (0, 0));

    desk.create(json!({"status": "draft"}));
    assert_eq!((ask(&own), ask(&own)), ((1, all.clone()), (0, all)));
    // A node that has not heard of a write yet gives the partner nothing older than what it may know from elsewhere.
    let elsewhere = || desk.other.request("GET", path).key(&own).send().text().to_owned();
    assert_eq!(elsewhere(), elsewhere());
    desk.create(json!({"title": "Omega", "section": "culture"}));
    assert!(elsewhere().contains("Omega"));
    desk.send("PATCH", &format!("/api/keys/{id}"), &json!({"contract": {"summary_only": true}}));
    let (again, cut) = ask(&own);
    assert_eq!((again, cut[0]["body"].is_null()), (1, true));
    desk.send("DELETE", &format!("/api/keys/{id}"), &json!({}));
    assert_eq!(server.request("GET", path).key(&own).send().status, 401);
}

fn many_who_ask_at_once_get_one_answer(server) {
    let desk = Desk::on(server);
    let before = computed(server);
    let texts: Vec<String> = std::thread::scope(|scope| {
        let address = server.address;
        let ask = move || Request::to(address, "GET", "/api/articles?limit=50&include=body,related").send().text().to_owned();
        let askers: Vec<_> = (0..12).map(|_| scope.spawn(ask)).collect();
        askers.into_iter().map(|asker| asker.join().unwrap()).collect()
    });
    assert!(texts.iter().all(|text| *text == texts[0]));
    assert_eq!(computed(server) - before, 1, "twelve readers, one computation");
    drop(desk);
}
}

/// True for each: the third article is gone; the second one is.
fn done(deeds: &[Deed]) -> (bool, bool) {
    let third = deeds
        .iter()
        .any(|deed| matches!(deed, Deed::Unpublish | Deed::Delete));
    (
        third,
        deeds.iter().any(|deed| matches!(deed, Deed::Withdraw)),
    )
}

/// Number of answers that were computed.
fn computed(server: &TestServer) -> u64 {
    let numbers = server.ok("/metrics");
    number(
        numbers.text(),
        "masthead_cache_misses_total{result=\"computed\"}",
    )
}

/// A number of the metrics; 0 where it has not been counted yet.
fn number(metrics: &str, name: &str) -> u64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.map_or(0, |line| line.trim().parse().unwrap())
}
