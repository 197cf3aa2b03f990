//! Hostile strings in every text field that clients write: what the contract takes comes back as it was, what it does not
//! take is refused at its place, and nothing else happens.

use masthead::domain::access::Role;
use masthead::domain::text::{
    NAME_MAX, NOTE_MAX, SUBTITLE_MAX, SUMMARY_MAX, TITLE_MAX, fold_name, is_ignorable,
};
use serde_json::{Value, json};

use super::builders::Article;
use super::harness::TestServer;
use super::hostile_writes::{naughty_strings, payloads};
use super::media::{Form, photo, uploaded};

/// The outcome of a field of which nothing is left.
#[derive(Clone, Copy, PartialEq)]
enum Empty {
    /// It is taken away.
    Gone,
    /// It must not be.
    Refused,
    /// The edition's own word comes back.
    Own,
}

/// A text field of something: where it stands, and how much it holds.
struct Field {
    pointer: &'static str,
    max: usize,
    empty: Empty,
    /// True if it names what there is only one of.
    is_name: bool,
}

const fn optional(pointer: &'static str, max: usize) -> Field {
    let (empty, is_name) = (Empty::Gone, false);
    Field {
        pointer,
        max,
        empty,
        is_name,
    }
}

const fn required(pointer: &'static str, max: usize) -> Field {
    let (empty, is_name) = (Empty::Refused, false);
    Field {
        pointer,
        max,
        empty,
        is_name,
    }
}

const fn name(pointer: &'static str) -> Field {
    let (max, empty, is_name) = (NAME_MAX, Empty::Refused, true);
    Field {
        pointer,
        max,
        empty,
        is_name,
    }
}

const fn own(pointer: &'static str) -> Field {
    let (max, empty, is_name) = (NAME_MAX, Empty::Own, false);
    Field {
        pointer,
        max,
        empty,
        is_name,
    }
}

const AUTHOR: &[Field] = &[
    name("/name"),
    optional("/names/fr", NAME_MAX),
    optional("/names/zh-Hans", NAME_MAX),
    optional("/bio", NOTE_MAX),
    optional("/affiliation", NAME_MAX),
];

const SOURCE: &[Field] = &[
    name("/name"),
    optional("/names/fr", NAME_MAX),
    optional("/kind", NAME_MAX),
    optional("/rights/copyright", NOTE_MAX),
    optional("/rights/licence", NOTE_MAX),
    optional("/rights/attribution", NOTE_MAX),
];

const TAG: &[Field] = &[
    required("/name", NAME_MAX),
    optional("/names/fr", NAME_MAX),
    optional("/names/ar", NAME_MAX),
];

const SECTION: &[Field] = &[
    required("/name", NAME_MAX),
    optional("/description", NOTE_MAX),
];

const EDITION: &[Field] = &[
    own("/name"),
    own("/site_name"),
    own("/home_label"),
    optional("/copyright", NOTE_MAX),
    optional("/contact/email", NAME_MAX),
    optional("/contact/address", NOTE_MAX),
    optional("/contact/phones/0/label", NAME_MAX),
    required("/contact/phones/0/number", NAME_MAX),
    required("/navigation/0/label", NAME_MAX),
];

const MEDIUM: &[Field] = &[
    optional("/alt/en", NOTE_MAX),
    optional("/alt/zh", NOTE_MAX),
    optional("/caption/en", NOTE_MAX),
    optional("/caption/pt-BR", NOTE_MAX),
    optional("/credit/en", NOTE_MAX),
    optional("/credit/fr", NOTE_MAX),
];

const ARTICLE: &[Field] = &[
    required("/title", TITLE_MAX),
    optional("/subtitle", SUBTITLE_MAX),
    optional("/summary", SUMMARY_MAX),
    optional("/dateline", NOTE_MAX),
    optional("/byline_raw", NOTE_MAX),
    optional("/rights/copyright", NOTE_MAX),
    optional("/rights/licence", NOTE_MAX),
    optional("/rights/attribution", NOTE_MAX),
    optional("/original/title", TITLE_MAX),
    required("/credits/0/role", NAME_MAX),
    required("/credits/0/name", NAME_MAX),
    required("/notices/0/text", NOTE_MAX),
    required("/notices/1/text", NOTE_MAX),
    optional("/media/0/alt", NOTE_MAX),
    optional("/media/0/caption", NOTE_MAX),
    optional("/media/0/credit", NOTE_MAX),
];

const KEY: &[Field] = &[
    required("/name", NAME_MAX),
    optional("/contract/rights", NOTE_MAX),
    optional("/contract/attribution", NOTE_MAX),
];

const WEBHOOK: &[Field] = &[required("/name", NAME_MAX)];

/// The contract's rule for a text in a field: the value that comes back, or the code of the refusal; nothing where the
/// service's own word is to come back.
fn verdict(field: &Field, text: &str) -> Result<Option<Value>, &'static str> {
    let kept = text.trim();
    let is_bare = |c: char| !c.is_control() || c == '\t' || c == '\n';
    if !kept.chars().all(is_bare) {
        return Err("control_character");
    }
    let folded = fold_name(kept).chars().count();
    if kept.chars().count() > field.max || field.is_name && folded > field.max {
        return Err("too_long");
    }
    let shows = |c: char| !c.is_whitespace() && !is_ignorable(c) && c != '\u{2800}';
    match (if kept.contains(shows) { kept } else { "" }, field.empty) {
        ("", Empty::Refused) => Err("required"),
        ("", Empty::Gone) => Ok(Some(Value::Null)),
        ("", Empty::Own) => Ok(None),
        _ => Ok(Some(json!(kept))),
    }
}

/// Puts a value at a pointer, and objects where there are none.
fn put(content: &mut Value, pointer: &str, value: Value) {
    let mut place = content;
    for step in pointer[1..].split('/') {
        place = match place {
            Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
            other => &mut other[step],
        };
    }
    *place = value;
}

/// A request that is sent again and again, with other texts in it.
struct Door<'a> {
    target: String,
    key: String,
    fields: &'a [Field],
    /// Fields that have to stand around the texts.
    frame: Value,
}

impl Door<'_> {
    /// Sends a text in these fields.
    fn send(&self, server: &TestServer, fields: &[&Field], text: &str) -> (u16, Value) {
        let mut content = self.frame.clone();
        for field in fields {
            put(&mut content, field.pointer, json!(text));
        }
        let request = server.request("PATCH", &self.target).key(&self.key);
        let response = request.if_match("*").json(&content).send();
        (response.status, response.json())
    }

    /// All fields at once; where some refuse the text, those that take it once more by themselves.
    fn meets(&self, server: &TestServer, text: &str) {
        let all: Vec<&Field> = self.fields.iter().collect();
        let refusing = |field: &Field| verdict(field, text).is_err();
        let taking: Vec<&Field> = all.iter().copied().filter(|f| !refusing(f)).collect();
        let (status, answer) = self.send(server, &all, text);
        if taking.len() == all.len() {
            return self.assert_kept(status, &answer, &taking, text);
        }
        assert_eq!(status, 422, "{} {text:?}: {answer}", self.target);
        self.assert_refused(&answer, text);
        if !taking.is_empty() {
            let (status, answer) = self.send(server, &taking, text);
            self.assert_kept(status, &answer, &taking, text);
        }
    }

    fn assert_refused(&self, answer: &Value, text: &str) {
        let told = |error: &Value| {
            let part = |name: &str| error[name].as_str().unwrap().to_owned();
            (part("pointer"), part("code"))
        };
        let mut found: Vec<_> = answer["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(told)
            .collect();
        let mut expected: Vec<(String, String)> = self
            .fields
            .iter()
            .filter_map(|field| Some((field.pointer.to_owned(), verdict(field, text).err()?)))
            .map(|(pointer, code)| (pointer, code.to_owned()))
            .collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{} {text:?}", self.target);
    }

    fn assert_kept(&self, status: u16, answer: &Value, fields: &[&Field], text: &str) {
        assert_eq!(status, 200, "{} {text:?}: {answer}", self.target);
        for field in fields {
            if let Ok(Some(expected)) = verdict(field, text) {
                let found = answer["data"].pointer(field.pointer);
                let found = found.unwrap_or(&Value::Null);
                assert_eq!(found, &expected, "{} {}", self.target, field.pointer);
            }
        }
    }
}

/// Every naughty string, and some of the payloads: all of them go through the fields of articles.
fn texts() -> Vec<String> {
    let some = payloads().into_iter().step_by(40);
    let long = [299, 300, 301, 500, 501, 5_000, 5_001].map(|length| "é".repeat(length));
    naughty_strings()
        .into_iter()
        .chain(some)
        .chain(long)
        .collect()
}

fn made(server: &TestServer, key: &str, path: &str, content: &Value) -> String {
    let response = server.request("POST", path).key(key).json(content).send();
    assert_eq!(response.status, 201, "{}", response.text());
    response.header("location").to_owned()
}

fn through(server: &TestServer, fields: &[Field], frame: Value, make: (&str, Value)) {
    let key = server.key(Role::Admin);
    let target = made(server, &key, make.0, &make.1);
    let door = Door {
        target,
        key,
        fields,
        frame,
    };
    for text in texts() {
        door.meets(server, &text);
    }
}

api_test! {
fn authors_sources_and_tags_keep_hostile_texts_or_refuse_them(server) {
    server.article(Article::new("First"));
    through(server, AUTHOR, json!({}), ("/api/authors", json!({"name": "Ann Lee"})));
    through(server, SOURCE, json!({}), ("/api/sources", json!({"name": "The Courier"})));
    through(server, TAG, json!({}), ("/api/tags", json!({"name": "Rivers"})));
}

fn sections_and_editions_keep_hostile_texts_or_refuse_them(server) {
    server.article(Article::new("First"));
    through(server, SECTION, json!({}), ("/api/sections", json!({"lang": "en", "name": "World"})));
    let frame = json!({"contact": {"phones": [{"number": "1"}]}, "navigation": [{"label": "x", "url": "/en"}]});
    let door = Door { target: "/api/editions/en".to_owned(), key: server.key(Role::Admin), fields: EDITION, frame };
    for text in texts() {
        door.meets(server, &text);
    }
}

fn media_keys_and_webhooks_keep_hostile_texts_or_refuse_them(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Admin);
    let medium = uploaded(server, &key, Form::default().file(&photo(20, 20, 1)));
    let target = format!("/api/media/{}", medium["id"].as_str().unwrap());
    let door = Door { target, key, fields: MEDIUM, frame: json!({}) };
    for text in texts() {
        door.meets(server, &text);
    }
    through(server, KEY, json!({}), ("/api/keys", json!({"name": "Courier", "role": "partner"})));
    let webhook = json!({"name": "Courier", "url": "http://127.0.0.1:9/", "enabled": false});
    through(server, WEBHOOK, json!({}), ("/api/webhooks", webhook));
}

fn every_text_field_of_an_article_keeps_hostile_texts_or_refuses_them(server) {
    server.article(Article::new("First"));
    let frame = json!({"credits": [{"role": "x", "name": "x"}], "original": {"lang": "fr"}, "media": [{"url": "https://example.org/a.jpg"}],
        "notices": [{"kind": "correction", "text": "x"}, {"kind": "retraction", "text": "x"}]});
    through(server, ARTICLE, frame, ("/api/articles", json!({"lang": "en", "title": "One"})));
}

fn the_note_of_a_withdrawal_keeps_hostile_texts_or_refuses_them(server) {
    let id = server.article(Article::new("First"));
    let key = server.key(Role::Editor);
    let field = optional("/note", NOTE_MAX);
    let target = format!("/api/articles/{id}");
    for text in texts() {
        let content = json!({"reason": "legal", "note": text});
        let response = server.request("POST", &format!("{target}/withdraw")).key(&key).json(&content).send();
        match verdict(&field, &text) {
            Err(code) => {
                assert_eq!(response.status, 422, "{text:?}");
                let told = response.json()["errors"][0].clone();
                assert_eq!((told["pointer"].as_str(), told["code"].as_str()), (Some("/note"), Some(code)));
                continue;
            }
            // A note that is not given leaves the one that is there.
            Ok(expected) if expected != Some(Value::Null) => {
                assert_eq!(response.status, 200, "{text:?}: {}", response.text());
                assert_eq!(Some(&response.json()["data"]["withdrawal"]["note"]), expected.as_ref(), "{text:?}");
            }
            Ok(_) => assert_eq!(response.status, 200, "{text:?}"),
        }
        let public = server.get(&target);
        assert_eq!(public.status, 410);
        assert!(public.json().get("note").is_none() && public.json().get("withdrawal").is_none());
    }
}

fn things_named_with_hostile_texts_are_there_under_an_address_of_their_own(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Admin);
    for text in texts() {
        for path in ["/api/authors", "/api/sources", "/api/tags", "/api/sections"] {
            let mut content = json!({"name": text});
            if path.ends_with("sections") {
                content["lang"] = json!("en");
            }
            let response = server.request("POST", path).key(&key).json(&content).send();
            match response.status {
                201 => {
                    let found = server.request("GET", response.header("location")).key(&key).send();
                    assert_eq!(found.status, 200, "{path} {text:?}: {}", response.header("location"));
                    assert_eq!(found.json()["data"]["name"], json!(text.trim()));
                }
                // Another text has made it already.
                409 => assert_ne!(path, "/api/sections", "{}", response.text()),
                422 => assert!(verdict(&name("/name"), &text).is_err(), "{path} {text:?}: {}", response.text()),
                other => panic!("{other} for {path} {text:?}: {}", response.text()),
            }
        }
    }
}

fn bylines_and_tags_of_articles_are_the_hostile_names_themselves(server) {
    server.article(Article::new("First"));
    let key = server.key(Role::Admin);
    let fitting = |text: &String| verdict(&name("/name"), text).is_ok();
    for text in texts().into_iter().filter(fitting).step_by(3) {
        let author = server.request("POST", "/api/authors").key(&key).json(&json!({"name": text})).send();
        let author = match author.status {
            201 => author.json()["data"]["id"].clone(),
            _ => continue,
        };
        let content = json!({"lang": "en", "title": "x", "authors": [author], "tags": [text], "status": "published"});
        let target = made(server, &key, "/api/articles", &content);
        let article = server.ok(&target).json()["data"].clone();
        assert_eq!(article["authors"][0]["name"], json!(text.trim()));
        // The first name of a tag stays: another text may have the same slug.
        assert_eq!(article["tags"].as_array().unwrap().len(), 1, "{text:?}");
    }
}
}
