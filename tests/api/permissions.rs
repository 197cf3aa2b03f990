//! The table of permissions, cell by cell: every operation of the document, with every kind of key, on the demo
//! publication. Requests are built from the document's own examples, so that a new operation is covered by being documented.

use masthead::demo;
use masthead::domain::access::{Limits, Role};
use masthead::domain::permission::{self, Cell, Operation, Row};
use masthead::http::openapi;
use masthead::service::keys;
use masthead::store::sections;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::builders::lang;
use super::client::Request;
use super::harness::TestServer;

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let document = openapi::document();
    let mut documented: Vec<String> = documented(&document).into_iter().map(|d| d.id).collect();
    let mut rows: Vec<String> = Operation::ALL
        .iter()
        .map(|o| o.row().id.to_owned())
        .collect();
    documented.sort();
    rows.sort();
    assert_eq!(documented, rows);
}

#[test]
fn the_document_shows_the_table() {
    let document = openapi::document();
    let words = document["info"]["description"].as_str().unwrap();
    assert!(words.contains(&permission::markdown()));
    assert!(words.contains("| `create_article` | – | – | own drafts | yes | yes |"));
    assert!(words.contains("| `create_key` | – | – | – | – | without limits |"));
}

/// An operation as the document has it.
struct Documented {
    id: String,
    method: String,
    path: String,
    value: Value,
}

fn documented(document: &Value) -> Vec<Documented> {
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

/// What stands in the document as an example of a parameter; the default where there is one.
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
struct Asking<'s> {
    server: &'s TestServer,
    document: &'s Value,
    operation: &'s Documented,
    row: Row,
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

    /// Whether the path names one article, or one key.
    fn is_of(&self, kind: &str) -> bool {
        self.operation
            .path
            .starts_with(&format!("/api/{kind}/{{id}}"))
    }

    fn target(&self, id: Option<&str>) -> Result<String, String> {
        let mut path = self.operation.path.clone();
        for (name, _, example) in self.names("path") {
            let own = id.filter(|_| name == "id").map(str::to_owned);
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

    fn request(&self, id: Option<&str>) -> Result<Request, String> {
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
        let found = found.ok_or_else(|| format!("the content {kind} has no example"))?;
        let text = found
            .as_str()
            .map_or_else(|| found.to_string(), str::to_owned);
        Ok(request.content(kind, text))
    }

    /// The status, and the code where it is a problem.
    fn ask(&self, authorization: Option<&str>, id: Option<&str>) -> Result<(u16, String), String> {
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

    /// A thing for the path to name that nobody else uses: an article with two versions, by this key, or a key.
    fn thing(&self, token: &str, status: &str) -> Option<String> {
        if self.is_of("keys") {
            return Some(
                self.server
                    .key_within(Role::Partner, Limits::default())
                    .1
                    .to_string(),
            );
        }
        (self.is_of("articles") && !self.row.public).then(|| article(self.server, token, status))
    }
}

/// An article of two versions in a section of the English edition.
fn article(server: &TestServer, token: &str, status: &str) -> String {
    let content = json!({"lang": "en", "title": "One", "section": "international", "status": status,
        "source": "the-watermark-review"});
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

/// Keys of every kind.
struct Keyring {
    admin: String,
    bad: Vec<(&'static str, String)>,
    roles: Vec<(Role, String)>,
    elsewhere: Vec<(&'static str, String)>,
    inside: String,
}

#[expect(clippy::too_many_lines, reason = "a list, one key after the other")]
fn keyring(server: &TestServer) -> Keyring {
    let (store, clock) = (&server.app.store, &server.app.clock);
    let bearer = |token: &str| format!("Bearer {token}");
    let real = server.key(Role::Admin);
    let wrong = format!(
        "{}{}",
        &real[..real.len() - 1],
        if real.ends_with('A') { 'B' } else { 'A' }
    );
    let (revoked, id) = server.key_within(Role::Admin, Limits::default());
    assert!(keys::revoke_key(store, clock, id).unwrap());
    let (old, id) = server.key_within(Role::Admin, Limits::default());
    keys::rotate_key(store, clock, id, 1).unwrap().unwrap();
    let end = masthead::domain::time::Timestamp::from_millis(server.now().millis() + 1_000);
    let expired = keys::create_key(
        store,
        clock,
        "ended",
        Role::Admin,
        Limits::default(),
        Some(end),
    )
    .unwrap();
    server.pass(2);
    let section = |path: &str| {
        let found = store
            .read(|c| sections::sections_by_path(c, path, None))
            .unwrap();
        found
            .iter()
            .find(|s| s.content.lang == lang("en"))
            .unwrap()
            .id
    };
    let within = |role, limits| server.key_within(role, limits).0;
    let of_lang = |tag: &str| Limits {
        langs: vec![lang(tag)],
        ..Limits::default()
    };
    let of_section = |path: &str| Limits {
        sections: vec![section(path)],
        ..Limits::default()
    };
    let nowhere = masthead::domain::id::Id::new(server.now());
    let of_source = Limits {
        sources: vec![nowhere],
        ..Limits::default()
    };
    Keyring {
        bad: vec![
            ("a malformed key", "Bearer nonsense".to_owned()),
            ("another scheme", "Basic YTpi".to_owned()),
            ("a wrong key", bearer(&wrong)),
            ("a revoked key", bearer(&revoked)),
            ("an expired key", bearer(&expired)),
            ("a rotated key", bearer(&old)),
        ],
        roles: Role::ALL
            .into_iter()
            .map(|role| (role, server.key(role)))
            .collect(),
        elsewhere: vec![
            (
                "a key of another edition",
                within(Role::Admin, of_lang("fr")),
            ),
            (
                "a key of another section",
                within(Role::Admin, of_section("research")),
            ),
            ("a key of another source", within(Role::Admin, of_source)),
        ],
        inside: within(
            Role::Admin,
            Limits {
                langs: vec![lang("en")],
                // The one that the articles are in, and the one that the example of a replacement moves them to.
                sections: vec![section("international"), section("society")],
                sources: Vec::new(),
            },
        ),
        admin: real,
    }
}

fn refused(status: u16) -> bool {
    matches!(status, 401 | 403)
}

/// Let through and understood: not refused, not misunderstood, not failed.
fn passed(status: u16) -> bool {
    !refused(status) && !matches!(status, 400 | 405 | 406 | 415 | 428) && status < 500
}

/// Every cell of one operation; answers what is not as the table says.
fn faults_of(asking: &Asking<'_>, keyring: &Keyring) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    let mut expect = |who: &str, holds: bool, answer: &(u16, String)| {
        if !holds {
            faults.push(format!("{} with {who}: {answer:?}", asking.operation.id));
        }
    };
    let (row, admin) = (asking.row, keyring.admin.as_str());
    let thing = || asking.thing(admin, "published");
    let answer = asking.ask(None, thing().as_deref())?;
    let open = passed(answer.0);
    let closed = answer == (401, "key_required".to_owned());
    expect("no key", if row.public { open } else { closed }, &answer);
    let takes_keys = asking.operation.value["security"] != json!([]);
    for (who, authorization) in &keyring.bad {
        let answer = asking.ask(Some(authorization), thing().as_deref())?;
        let invalid = answer.0 == 401;
        expect(
            who,
            if takes_keys {
                invalid
            } else {
                passed(answer.0)
            },
            &answer,
        );
    }
    for (role, token) in &keyring.roles {
        let bearer = format!("Bearer {token}");
        let thing = thing();
        let answer = asking.ask(Some(&bearer), thing.as_deref())?;
        // The key that was made for the path has no token yet.
        let names_more = asking.operation.path.contains("{token_id}");
        let found = thing.is_none() || names_more || answer.0 != 404;
        let holds = match row.cell(*role) {
            Cell::No => answer == (403, "forbidden".to_owned()),
            Cell::Own if asking.is_of("articles") => matches!(answer.0, 403 | 404),
            Cell::Own | Cell::Yes => passed(answer.0) && found,
        };
        expect(&format!("role {}", role.as_str()), holds, &answer);
        if row.cell(*role) == Cell::Own && asking.is_of("articles") {
            let own = asking.thing(token, "draft");
            let answer = asking.ask(Some(&bearer), own.as_deref())?;
            expect(
                "an author's own draft",
                passed(answer.0) && answer.0 != 404,
                &answer,
            );
        }
    }
    limits_of(asking, keyring, &mut expect)?;
    Ok(faults)
}

/// The limits of keys: outside of them nothing is written, and no service-wide operation is called.
fn limits_of(
    asking: &Asking<'_>,
    keyring: &Keyring,
    expect: &mut impl FnMut(&str, bool, &(u16, String)),
) -> Result<(), String> {
    let row = asking.row;
    let of_articles = asking.is_of("articles") || row.id == "create_article";
    let thing = || asking.thing(&keyring.admin, "published");
    for (who, token) in &keyring.elsewhere {
        let answer = asking.ask(Some(&format!("Bearer {token}")), thing().as_deref())?;
        let holds = match (row.public, row.unlimited) {
            (true, _) => passed(answer.0),
            (_, true) => answer.0 == 403,
            _ if of_articles => matches!(answer.0, 403 | 404),
            _ => answer.0 != 401 && answer.0 < 500,
        };
        expect(who, holds, &answer);
    }
    if asking.is_of("articles") {
        let answer = asking.ask(
            Some(&format!("Bearer {}", keyring.inside)),
            thing().as_deref(),
        )?;
        expect(
            "a key of this section",
            passed(answer.0) && answer.0 != 404,
            &answer,
        );
    }
    Ok(())
}

api_test! {
fn every_cell_of_the_table_is_what_the_service_does(server) {
    // Past the dates of the demo, so that all of it is as it is meant to be.
    server.pass(550 * 86_400);
    demo::fill(&server.app.store, &server.app.clock).unwrap();
    server.refresh();
    let document = openapi::document();
    let keyring = keyring(server);
    let mut faults = Vec::new();
    for operation in &documented(&document) {
        let row = Operation::ALL.iter().map(|o| o.row()).find(|row| row.id == operation.id);
        let Some(row) = row else { continue };
        let asking = Asking { server, document: &document, operation, row };
        match faults_of(&asking, &keyring) {
            Ok(found) => faults.extend(found),
            Err(missing) => faults.push(format!("{}: {missing}", operation.id)),
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
}
