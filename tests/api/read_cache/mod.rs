//! The cache of finished answers: after a write of any kind each answer is the one that the database gives, and what the write
//! did not touch is still answered from memory.

mod answers;

use masthead::domain::access::Role;
use masthead::domain::article::Status;
use masthead::domain::id::Id;
use serde_json::{Value, json};

use super::builders::Article;
use super::bulk::bulk;
use super::client::Response;
use super::harness::TestServer;
use super::media::{self, Form, photo, uploaded};

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

struct Desk<'s> {
    server: &'s TestServer,
    other: TestServer,
    /// A node that keeps documents, and no answers.
    documents: TestServer,
    key: String,
    /// A partner's key.
    partner: String,
    articles: Vec<Id>,
    medium: String,
    culture: String,
    count: usize,
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
            partner: server.key(Role::Partner),
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
}
