//! Every list that the document has in a query: sent with commas, and repeated as many generated clients send it.

use masthead::domain::access::Role;
use serde_json::Value;

use super::builders::Article;
use super::client::Response;
use super::harness::TestServer;
use super::permission_requests::{Documented, documented};

/// The meaning of a list that is sent as a repeated parameter, as its description tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeated {
    /// All of the values must hold.
    All,
    /// Each adds to what is shown.
    Adds,
    /// It is refused, with what to send instead.
    Refused,
}

/// A list in the query of a read, and two values of it.
struct List {
    operation: String,
    target: String,
    name: String,
    values: [String; 2],
    repeated: Repeated,
}

fn meaning(words: &str) -> Option<Repeated> {
    let words = words
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    let told = [
        ("a repeated parameter means all", Repeated::All),
        ("a repeated parameter adds to them", Repeated::Adds),
        ("given once", Repeated::Refused),
    ];
    let mut found = told
        .into_iter()
        .filter(|(words_of, _)| words.contains(words_of));
    let (_, meaning) = found.next()?;
    found.next().is_none().then_some(meaning)
}

/// Two values that the schema takes; `None` for what is no list.
fn values(name: &str, schema: &Value) -> Option<[String; 2]> {
    let words = schema["items"]["enum"].as_array();
    let id = |n: u8| format!("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7{n}");
    match (name, words) {
        (_, Some(words)) => {
            Some([0, 1].map(|n: usize| words[n.min(words.len() - 1)].as_str().unwrap().to_owned()))
        }
        ("id", None) => Some([id(1), id(2)]),
        ("lang", None) if schema["pattern"].as_str()?.contains("(,") => {
            Some(["en", "fr"].map(str::to_owned))
        }
        // Names that an answer has are put in their place.
        ("fields", None) => Some([String::new(), String::new()]),
        _ => (schema["type"] == "array").then(|| ["world", "events"].map(str::to_owned)),
    }
}

/// The target of an operation with its required parameters, each of its path with a value that is there.
fn target(operation: &Documented, server: &TestServer) -> String {
    let article = server.ok("/api/articles?limit=1").column("id").remove(0);
    let value = |name: &str| match (operation.path.as_str(), name) {
        (path, "id") if path.starts_with("/api/articles") => article.clone(),
        (_, "id") => "nobody".to_owned(),
        (_, "version") => "1".to_owned(),
        (_, "lang") => "en".to_owned(),
        _ => "x".to_owned(),
    };
    let mut pieces = operation.path.split('{');
    let mut target = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').unwrap();
        target.push_str(&value(name));
        target.push_str(rest);
    }
    let required = operation.value["parameters"]
        .as_array()
        .into_iter()
        .flatten();
    let required = required.filter(|one| one["in"] == "query" && one["required"] == true);
    let pairs = required.map(|one| format!("{}=x&", one["name"].as_str().unwrap()));
    format!("{target}?{}", pairs.collect::<String>())
}

fn lists(server: &TestServer) -> Vec<List> {
    let document = server.ok("/openapi.json").json();
    let mut found = Vec::new();
    for operation in documented(&document) {
        let all = ["parameters", "x-parameters"].map(|name| operation.value[name].as_array());
        for parameter in all.into_iter().flatten().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let values = values(name, &parameter["schema"]);
            let Some(values) = values.filter(|_| parameter["in"] == "query") else {
                continue;
            };
            let words = parameter["description"].as_str().unwrap_or_default();
            let repeated = meaning(words);
            found.push(List {
                repeated: repeated.unwrap_or_else(|| {
                    panic!(
                        "{} does not say what {name} means repeated: {words}",
                        operation.id
                    )
                }),
                target: target(&operation, server),
                operation: operation.id.clone(),
                name: name.to_owned(),
                values,
            });
        }
    }
    found
}

impl List {
    fn ask(&self, server: &TestServer, key: &str, query: &str) -> Response {
        server
            .request("GET", &format!("{}{query}", self.target))
            .key(key)
            .send()
    }

    /// Two names of the first resource that the operation answers; `None` where it has nothing to show.
    fn names_shown(&self, server: &TestServer, key: &str) -> Option<[String; 2]> {
        let answer = self.ask(server, key, "");
        let data = (answer.status == 200).then(|| answer.json()["data"].clone())?;
        let row = data.as_array().map_or(Some(&data), |rows| rows.first())?;
        let mut names = row.as_object()?.keys().cloned();
        Some([names.next()?, names.next()?])
    }

    fn check(&self, server: &TestServer, key: &str) {
        let name = &self.name;
        let values = match name.as_str() {
            "fields" => self.names_shown(server, key),
            _ => Some(self.values.clone()),
        };
        let Some([one, other]) = values else {
            return;
        };
        let commas = self.ask(server, key, &format!("{name}={one},{other}"));
        // A search is of published articles only.
        assert!(
            matches!(commas.status, 200 | 404) || name == "status",
            "{} {name}: {}",
            self.operation,
            commas.text()
        );
        let repeated = self.ask(server, key, &format!("{name}={one}&{name}={other}"));
        let place = format!(
            "{} {name}: {} {}",
            self.operation,
            repeated.status,
            repeated.text()
        );
        match self.repeated {
            Repeated::All => assert_eq!(repeated.status, commas.status, "{place}"),
            Repeated::Adds => {
                assert_eq!(repeated.status, commas.status, "{place}");
                assert!(
                    commas.status == 404 || repeated.json()["data"] == commas.json()["data"],
                    "{place}"
                );
            }
            Repeated::Refused => {
                let error = repeated.json()["errors"][0].clone();
                assert_eq!(
                    (repeated.status, error["code"].as_str()),
                    (400, Some("repeated")),
                    "{place}"
                );
                let instead = format!(": {name}={one},{other}");
                assert!(
                    error["detail"].as_str().unwrap().ends_with(&instead),
                    "{place}"
                );
            }
        }
    }
}

api_test! {
    fn every_list_says_what_it_means_repeated_and_means_it(server) {
        server.article(Article::new("Forum").section(&["World"]).tag("world"));
        let key = server.key(Role::Admin);
        let lists = lists(server);
        // What is asked for rightly there never ends.
        let asked = lists.iter().filter(|list| list.operation != "stream_changes");
        asked.for_each(|list| list.check(server, &key));
        let meant = |name: &str, meaning: Repeated| {
            let all = lists.iter().filter(|list| list.name == name);
            assert!(all.clone().count() > 0 && all.clone().all(|list| list.repeated == meaning), "{name}");
        };
        ["author", "editor", "translator", "tag"].into_iter().for_each(|name| meant(name, Repeated::All));
        ["include", "fields", "facets"].into_iter().for_each(|name| meant(name, Repeated::Adds));
        ["id", "status", "section", "source", "lang"].into_iter().for_each(|name| meant(name, Repeated::Refused));
    }

    fn what_is_shown_may_be_chosen_one_by_one(server) {
        server.article(Article::new("Forum").tag("world"));
        let rows = |query: &str| server.ok(&format!("/api/articles?{query}")).json()["data"].clone();
        let row = rows("fields=title&fields=slug&include=body&include=related")[0].clone();
        let names: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names.len(), 6, "{names:?}");
        assert!(["id", "lang", "title", "slug", "body", "related"].iter().all(|name| names.contains(name)), "{names:?}");
        let counts = server.ok("/api/search?q=forum&facets=tag&facets=year,tag").json()["meta"]["facets"].clone();
        assert_eq!(counts.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>(), ["tag", "year"]);
        assert_eq!(server.get("/api/articles?include=body&include=nothing").wrong_parameters(), ["include"]);
    }
}
