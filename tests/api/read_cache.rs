//! The cache of finished answers: after a write of any kind each answer is the one that the database gives, and what the write
//! did not touch is still answered from memory.

use masthead::app::work_a_round;
use masthead::domain::access::Role;
use masthead::domain::article::Status;
use masthead::domain::id::Id;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::builders::Article;
use super::bulk::bulk;
use super::client::{Request, Response};
use super::harness::TestServer;
use super::media::{self, Form, photo, uploaded};
use super::receiver::eventually;

/// A kind of write, or what time brings.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Publish,
    Draft,
    Retitle,
    Reslug,
    MoveToOtherLists,
    PublishDraft,
    Unpublish,
    Withdraw,
    Delete,
    Schedule,
    EmbargoEnds,
    Translate,
    LeaveWork,
    TwinSlug,
    Notice,
    RenameAuthor,
    ReslugAuthor,
    NewAuthor,
    Merge,
    RenameTag,
    ReslugTag,
    RenameSource,
    RenameSection,
    MoveSection,
    Edition,
    Caption,
    Bulk,
    ByAnother,
    Contract,
    UnknownNamesAppear,
    Redirect,
}

const DEEDS: [Deed; 31] = [
    Deed::Publish,
    Deed::Draft,
    Deed::Retitle,
    Deed::Reslug,
    Deed::MoveToOtherLists,
    Deed::PublishDraft,
    Deed::Unpublish,
    Deed::Withdraw,
    Deed::Delete,
    Deed::Schedule,
    Deed::EmbargoEnds,
    Deed::Translate,
    Deed::LeaveWork,
    Deed::TwinSlug,
    Deed::Notice,
    Deed::RenameAuthor,
    Deed::ReslugAuthor,
    Deed::NewAuthor,
    Deed::Merge,
    Deed::RenameTag,
    Deed::ReslugTag,
    Deed::RenameSource,
    Deed::RenameSection,
    Deed::MoveSection,
    Deed::Edition,
    Deed::Caption,
    Deed::Bulk,
    Deed::ByAnother,
    Deed::Contract,
    Deed::UnknownNamesAppear,
    Deed::Redirect,
];

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

struct Desk<'s> {
    server: &'s TestServer,
    other: TestServer,
    /// A node that keeps documents, and no answers.
    documents: TestServer,
    key: String,
    articles: Vec<Id>,
    medium: String,
    culture: String,
    count: usize,
}

/// An answer to a search but for its scores, which weigh words that the index has deleted and not yet merged away.
fn without_scores(text: &str) -> String {
    let mut answer: Value = serde_json::from_str(text).unwrap();
    for hit in answer["data"].as_array_mut().into_iter().flatten() {
        hit.as_object_mut().unwrap().remove("score");
    }
    answer.to_string()
}

impl<'s> Desk<'s> {
    fn on(server: &'s TestServer) -> Self {
        let en = |title: &str| {
            Article::new(title)
                .section(&["World", "Asia"])
                .author("Anna")
                .source("Daily")
                .tag("Peace")
        };
        let first = server.article(en("Alpha").tag("Trade").editor("Bela"));
        let work = server.work_of(first);
        let articles = vec![
            first,
            server.article(en("Beta").author("Bela").tag("Trade")),
            server.article(
                Article::new("Gamma alpha")
                    .section(&["Culture"])
                    .author("Chen")
                    .tag("Maps"),
            ),
            server.article(en("Delta").status(Status::Draft)),
            server.article(
                Article::new("Alphabet")
                    .lang("fr")
                    .section(&["Monde"])
                    .author("Anna")
                    .of_work(work),
            ),
        ];
        let key = server.key(Role::Admin);
        let medium = uploaded(server, &key, Form::default().file(&photo(40, 30, 3)))["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let culture = server.section_at("culture").id.to_string();
        let desk = Self {
            other: server.beside(),
            documents: server.beside_with(|config| config.cache_megabytes = 0),
            server,
            key,
            articles,
            medium,
            culture,
            count: 0,
        };
        desk.patch_article(0, &json!({"media": [{"id": desk.medium}]}));
        media::work(server);
        server.refresh();
        desk
    }

    fn send(&self, method: &str, target: &str, content: &Value) -> Response {
        let request = self.server.request(method, target).key(&self.key);
        let request = if ["PUT", "PATCH", "DELETE"].contains(&method) {
            request.if_match("*")
        } else {
            request
        };
        let response = request.json(content).send();
        assert!(
            response.status < 300,
            "{method} {target}: {}",
            response.text()
        );
        response
    }

    fn patch_article(&self, at: usize, content: &Value) {
        self.send(
            "PATCH",
            &format!("/api/articles/{}", self.articles[at]),
            content,
        );
    }

    fn step(&self, at: usize, step: &str) {
        let content = match step {
            "withdraw" => json!({"reason": "legal"}),
            _ => json!({}),
        };
        let target = format!("/api/articles/{}/{step}", self.articles[at]);
        self.send("POST", &target, &content);
    }

    fn create(&self, mut content: Value) -> String {
        let defaults = json!({"lang": "en", "title": "Alpha news", "status": "published", "section": "world/asia"});
        for (name, value) in defaults.as_object().unwrap() {
            content
                .as_object_mut()
                .unwrap()
                .entry(name.clone())
                .or_insert(value.clone());
        }
        self.send("POST", "/api/articles", &content).json()["data"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn patch(&self, target: &str, content: &Value) {
        self.send("PATCH", target, content);
    }

    /// Does a deed. What it needs and an earlier one took away is there again first.
    #[expect(clippy::too_many_lines, reason = "one arm for each deed")]
    fn take(&mut self, deed: Deed) {
        self.count += 1;
        let name = format!("Name {}", self.count);
        let id = |at: usize| self.articles[at].to_string();
        match deed {
            Deed::Publish => drop(self.create(json!({"tags": ["Peace"], "authors": ["anna"]}))),
            Deed::Draft => {
                drop(self.create(json!({"status": "draft", "tags": ["Hush"], "authors": ["anna"]})))
            }
            Deed::Retitle => self.patch_article(0, &json!({"title": format!("Alpha {name}")})),
            Deed::Reslug => self.patch_article(1, &json!({"slug": format!("beta-{}", self.count)})),
            Deed::MoveToOtherLists => self.patch_article(
                1,
                &json!({"section": self.culture, "tags": ["Maps"], "authors": ["chen"]}),
            ),
            Deed::PublishDraft => self.step(3, "publish"),
            Deed::Unpublish => self.step(2, "unpublish"),
            Deed::Withdraw => self.step(1, "withdraw"),
            Deed::Delete => {
                drop(self.send("DELETE", &format!("/api/articles/{}", id(2)), &json!({})))
            }
            Deed::Schedule => {
                let at = masthead::domain::time::Timestamp::from_millis(
                    self.server.now().millis() + 10_000,
                );
                self.create(
                    json!({"status": "scheduled", "publish_at": at.to_string(), "tags": ["Peace"]}),
                );
                self.pass();
            }
            Deed::EmbargoEnds => {
                let until = masthead::domain::time::Timestamp::from_millis(
                    self.server.now().millis() + 10_000,
                );
                self.create(json!({"embargo_until": until.to_string(), "authors": ["bela"], "source": "daily"}));
                self.pass();
            }
            Deed::Translate => drop(self.create(
                json!({"lang": "fr", "title": "Bêta", "section": null, "translation_of": id(1)}),
            )),
            Deed::LeaveWork => {
                self.patch_article(4, &json!({"translation_of": null, "title": name}))
            }
            Deed::TwinSlug => {
                drop(self.create(
                    json!({"lang": "fr", "title": "Gamma", "slug": "beta", "section": null}),
                ))
            }
            Deed::Notice => drop(self.send(
                "POST",
                &format!("/api/articles/{}/notices", id(0)),
                &json!({"kind": "correction", "text": name}),
            )),
            Deed::RenameAuthor => self.patch("/api/authors/anna", &json!({"name": name})),
            Deed::ReslugAuthor => self.patch("/api/authors/bela", &json!({"slug": "ann-b"})),
            Deed::NewAuthor => drop(self.send("POST", "/api/authors", &json!({"name": "Emil"}))),
            Deed::Merge => {
                drop(self.send("POST", "/api/authors/chen/merge", &json!({"into": "anna"})))
            }
            Deed::RenameTag => self.patch("/api/tags/trade", &json!({"name": name})),
            Deed::ReslugTag => self.patch("/api/tags/maps", &json!({"slug": "treaty"})),
            Deed::RenameSource => self.patch("/api/sources/daily", &json!({"name": name})),
            Deed::RenameSection => {
                self.patch("/api/sections/world?lang=en", &json!({"name": name}))
            }
            Deed::MoveSection => {
                self.patch("/api/sections/culture?lang=en", &json!({"parent": "world"}))
            }
            Deed::Edition => self.patch("/api/editions/en", &json!({"site_name": name})),
            Deed::Caption => self.patch(
                &format!("/api/media/{}", self.medium),
                &json!({"alt": {"en": name}}),
            ),
            Deed::Bulk => self.bulk(),
            Deed::ByAnother => {
                self.other.article(
                    Article::new("Alpha from elsewhere")
                        .author("Anna")
                        .tag("Peace"),
                );
                self.server.refresh();
            }
            Deed::Contract => drop(self.send(
                "POST",
                "/api/keys",
                &json!({"name": name, "role": "partner"}),
            )),
            Deed::UnknownNamesAppear => {
                drop(self.create(json!({"tags": ["Unheard"], "title": "Zeta"})))
            }
            Deed::Redirect => self.server.write(|tx| {
                let article = self.articles[0];
                let lang = masthead::domain::language::LanguageTag::parse("en").unwrap();
                masthead::service::redirects::save_redirect(tx, &lang, "older-alpha", article, true)
                    .map(|_| ())
            }),
        }
    }

    fn pass(&self) {
        self.server.pass(20);
        let app = &self.server.app;
        masthead::service::schedule::release_due(&app.store, &app.clock, &app.put_off).unwrap();
        self.server.refresh();
    }

    fn bulk(&self) {
        let line = |content: Value| json!({"op": "create", "data": content});
        let lines = [
            line(
                json!({"lang": "en", "title": "Alpha in bulk", "status": "published", "tags": ["Trade"]}),
            ),
            line(
                json!({"lang": "fr", "title": "Alpha en gros", "status": "published", "authors": ["anna"]}),
            ),
        ];
        let results = bulk(self.server, &self.key, None, &lines);
        assert!(
            results.iter().all(|one| one["status"] == 201),
            "{results:?}"
        );
    }

    /// Compares each answer with the one that is computed when everything is forgotten.
    fn compare(&self, node: &TestServer, done: &[Deed], paths: &[String]) {
        // Searches are of the state that the index has come to.
        let end = node.app.store.read(masthead::store::changes::latest_seq);
        let end = end.unwrap();
        eventually("the index is at the end of the log", || {
            node.app.search.lag(end).0.is_zero()
        });
        let said: Vec<Response> = paths.iter().map(|path| node.get(path)).collect();
        node.app.forgetting.forget();
        for (path, said) in paths.iter().zip(said) {
            let right = node.get(path);
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
    let numbers = |request: super::client::Request| request.send().text().to_owned();
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

fn many_who_ask_at_once_get_one_answer(server) {
    let desk = Desk::on(server);
    let reads = || {
        let numbers = server.ok("/metrics");
        number(numbers.text(), "masthead_cache_misses_total{result=\"computed\"}")
    };
    let before = reads();
    let texts: Vec<String> = std::thread::scope(|scope| {
        let address = server.address;
        let ask = move || Request::to(address, "GET", "/api/articles?limit=50&include=body,related").send().text().to_owned();
        let askers: Vec<_> = (0..12).map(|_| scope.spawn(ask)).collect();
        askers.into_iter().map(|asker| asker.join().unwrap()).collect()
    });
    assert!(texts.iter().all(|text| *text == texts[0]));
    assert_eq!(reads() - before, 1, "twelve readers, one computation");
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

/// A number of the metrics; 0 where it has not been counted yet.
fn number(metrics: &str, name: &str) -> u64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.map_or(0, |line| line.trim().parse().unwrap())
}
