//! Requests of every operation of the document, built from its own examples.

use masthead::domain::access::{Limits, Role};
use masthead::domain::id::Id;
use masthead::domain::permission::Row;
use masthead::store::articles::load_stored;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::client::Request;
use super::harness::TestServer;
use super::media::{Form, photo, uploaded};

/// An operation as the document has it.
pub(crate) struct Documented {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) value: Value,
}

pub(crate) fn documented(document: &Value) -> Vec<Documented> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, value) in item.as_object().unwrap() {
            let id = value["operationId"].as_str().unwrap_or_default().to_owned();
            let (method, path) = (method.to_ascii_uppercase(), path.clone());
            found.push(Documented {
                id,
                method,
                path,
                value: value.clone(),
            });
        }
    }
    // What takes away comes last, so that the examples are there for the others.
    found.sort_by_key(|one| match one.method.as_str() {
        "GET" => 0,
        "DELETE" => 3,
        _ if one.id.contains("merge") => 2,
        _ => 1,
    });
    found
}

/// The document's example of a parameter; the default where there is one.
fn example(parameter: &Value) -> Option<String> {
    let places = [
        &parameter["example"],
        &parameter["schema"]["example"],
        &parameter["schema"]["default"],
    ];
    let found = places.into_iter().find(|value| !value.is_null())?;
    Some(
        found
            .as_str()
            .map_or_else(|| found.to_string(), str::to_owned),
    )
}

/// Builds requests of one operation.
pub(crate) struct Asking<'s> {
    pub(crate) server: &'s TestServer,
    pub(crate) document: &'s Value,
    pub(crate) operation: &'s Documented,
    pub(crate) row: Row,
}

impl Asking<'_> {
    fn names(&self, place: &str) -> Vec<(String, bool, Option<String>)> {
        let parameters = self.operation.value["parameters"].as_array();
        let there = parameters
            .into_iter()
            .flatten()
            .filter(|p| p["in"] == place);
        let read = |p: &Value| {
            let name = p["name"].as_str().unwrap().to_owned();
            (name, p["required"] == true, example(p))
        };
        there.map(read).collect()
    }

    /// True if the path names one article, or one key.
    pub(crate) fn is_of(&self, kind: &str) -> bool {
        self.operation
            .path
            .starts_with(&format!("/api/{kind}/{{id}}"))
    }

    pub(crate) fn target(&self, id: Option<&str>) -> Result<String, String> {
        let mut path = self.operation.path.clone();
        for (name, _, example) in self.names("path") {
            let own = match name.as_str() {
                "id" => id.map(str::to_owned),
                "notice_id" => id.and_then(|id| notice_of(self.server, id)),
                _ => None,
            };
            let value = own.or(example);
            let value = value.ok_or_else(|| format!("the path parameter {name} has no example"))?;
            let value = utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string();
            path = path.replace(&format!("{{{name}}}"), &value);
        }
        let mut mark = '?';
        for (name, required, example) in self.names("query") {
            if required {
                let value =
                    example.ok_or_else(|| format!("the parameter {name} has no example"))?;
                let value = utf8_percent_encode(&value, NON_ALPHANUMERIC);
                path += &format!("{mark}{name}={value}");
                mark = '&';
            }
        }
        Ok(path)
    }

    pub(crate) fn request(&self, id: Option<&str>) -> Result<Request, String> {
        let target = self.target(id)?;
        let mut request = self.server.request(&self.operation.method, &target);
        for (name, required, example) in self.names("header") {
            // What a new edition may leave out, one that is there needs.
            if required || (name == "If-Match" && example.is_some()) {
                let value = example.ok_or_else(|| format!("the header {name} has no example"))?;
                request = request.header(&name.to_ascii_lowercase(), &value);
            }
        }
        self.with_content(request)
    }

    fn with_content(&self, request: Request) -> Result<Request, String> {
        let body = &self.operation.value["requestBody"];
        if body["required"] != true {
            return Ok(request);
        }
        let (kind, media) = body["content"].as_object().unwrap().iter().next().unwrap();
        if kind.starts_with("multipart/") {
            return Ok(request.content(&format!("{kind}; boundary=x"), "--x--\r\n"));
        }
        let found = self.content_example(media);
        let found = found.ok_or_else(|| format!("the content {kind} has no example"))?;
        let text = found
            .as_str()
            .map_or_else(|| found.to_string(), str::to_owned);
        Ok(request.content(kind, text))
    }

    /// The example of a content: its own, or that of its schema.
    pub(crate) fn content_example(&self, media: &Value) -> Option<Value> {
        let schema = &media["schema"];
        let name = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next());
        let component = name.map_or(&Value::Null, |n| &self.document["components"]["schemas"][n]);
        let places = [
            &media["example"],
            &schema["example"],
            &component["example"],
            &component["examples"][0],
        ];
        let found = places.into_iter().find(|value| !value.is_null());
        found.cloned()
    }

    /// The status, and the code where it is a problem.
    pub(crate) fn ask(
        &self,
        authorization: Option<&str>,
        id: Option<&str>,
    ) -> Result<(u16, String), String> {
        let mut request = self.request(id)?;
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let answers = &self.operation.value["responses"]["200"]["content"];
        if answers["text/event-stream"].is_object() {
            return Ok((request.status(), String::new()));
        }
        let response = request.send();
        if response.header("content-type") == "application/problem+json" {
            return Ok((response.status, response.problem()));
        }
        Ok((response.status, String::new()))
    }

    /// A thing for the path to name that nobody else uses: an article with two versions, by this key, a picture, or a key.
    pub(crate) fn thing(&self, token: &str, status: &str) -> Option<String> {
        if self.is_of("keys") {
            return Some(
                self.server
                    .key_within(Role::Partner, Limits::default())
                    .1
                    .to_string(),
            );
        }
        if self.is_of("media") {
            let form = Form::default().file(&photo(20, 20, 1));
            let medium = uploaded(self.server, token, form);
            let id = medium["id"].as_str().unwrap().to_owned();
            if self.operation.method == "GET" {
                show_medium(self.server, token, &id);
            }
            return Some(id);
        }
        (self.is_of("articles") && !self.row.public).then(|| article(self.server, token, status))
    }
}

/// The notice of an article.
fn notice_of(server: &TestServer, article: &str) -> Option<String> {
    let stored = server
        .app
        .store
        .read(|c| load_stored(c, &[Id::parse(article).unwrap()]));
    let article = stored.unwrap().pop()?;
    let notice = article.content.details.notices.first()?;
    Some(notice.id.to_string())
}

/// Shows a medium in a public article, so that every key of the desk may read of it.
fn show_medium(server: &TestServer, token: &str, medium: &str) {
    let content =
        json!({"lang": "en", "title": "Shown", "status": "published", "media": [{"id": medium}]});
    let request = server.request("POST", "/api/articles").key(token);
    assert_eq!(request.json(&content).send().status, 201);
}

/// An article of two versions, with a notice, in a section of the English edition.
pub(crate) fn article(server: &TestServer, token: &str, status: &str) -> String {
    let content = json!({"lang": "en", "title": "One", "section": "international", "status": status,
        "source": "the-watermark-review", "notices": [{"kind": "correction", "text": "It was two."}]});
    let made = server
        .request("POST", "/api/articles")
        .key(token)
        .json(&content)
        .send();
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let target = format!("/api/articles/{id}");
    let change = server.request("PATCH", &target).key(token).if_match("*");
    let changed = change.json(&json!({"title": "Two"})).send();
    assert_eq!(changed.status, 200, "{}", changed.text());
    id
}
