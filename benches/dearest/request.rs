//! Requests as the OpenAPI document allows them.

use serde_json::Value;

use super::publication::Dice;
use super::values::{Values, encode};

/// A documented GET that needs no key: its path, and what its parameters take.
pub(crate) struct Operation {
    pub(crate) path: String,
    parameters: Vec<Value>,
}

impl Operation {
    fn in_place<'o>(&'o self, place: &'static str) -> impl Iterator<Item = &'o Value> {
        let parameters = self.parameters.iter();
        parameters.filter(move |parameter| parameter["in"] == place)
    }
}

/// All of them, from the document that the service serves.
pub(crate) fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let reads = paths
        .into_iter()
        .filter(|(_, item)| is_public(&item["get"]));
    let operation = |(path, item): (String, Value)| Operation {
        parameters: item["get"]["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default(),
        path,
    };
    let operations: Vec<Operation> = reads.map(operation).collect();
    assert!(operations.len() > 20, "the document does not read");
    operations
}

fn is_public(get: &Value) -> bool {
    let ways = get["security"].as_array();
    !get.is_null() && ways.is_none_or(|ways| ways.iter().any(|way| way == &serde_json::json!({})))
}

/// One request.
#[derive(Clone, PartialEq)]
pub(crate) struct Request {
    pub(crate) operation: usize,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<String>,
}

/// The requests by which strangers once stopped the service: all editions, many sections and sources, deep pages.
pub(crate) fn told(operations: &[Operation], values: &Values) -> Vec<Request> {
    let list = operations
        .iter()
        .position(|one| one.path == "/api/articles")
        .unwrap();
    let first = |name: &str, count: usize| -> String {
        let some = values
            .all(name)
            .iter()
            .take(count)
            .map(|value| encode(value));
        some.collect::<Vec<_>>().join(",")
    };
    let (langs, sources, tags) = (first("lang", 12), first("source", 28), first("tag", 100));
    let mut requests = Vec::new();
    for sections in [5, 20, 100] {
        let sections = first("section", sections);
        for (limit, page) in [(1, 10_000), (1, 1_000), (100, 100), (100, 10), (100, 1)] {
            let place = format!("limit={limit}&page={page}");
            requests.push(format!("lang={langs}&section={sections}&{place}"));
            requests.push(format!("section={sections}&source={sources}&{place}"));
            requests.push(format!(
                "lang={langs}&section={sections}&source={sources}&{place}"
            ));
            requests.push(format!("lang={langs}&section={sections}&source={sources}&tag={tags}&sort=title&count=exact&{place}"));
        }
    }
    let request = |query: String| Request {
        operation: list,
        path: "/api/articles".to_owned(),
        query: pairs(&query),
        headers: Vec::new(),
    };
    requests.into_iter().map(request).collect()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

impl Request {
    pub(crate) fn random(dice: &mut Dice, operations: &[Operation], values: &Values) -> Self {
        // Lists of articles have the most parameters: every second request is one.
        let list = operations
            .iter()
            .position(|one| one.path == "/api/articles");
        let operation = match list {
            Some(list) if dice.below(2) == 0 => list,
            _ => dice.below(operations.len()),
        };
        let asked = &operations[operation];
        let mut path = asked.path.clone();
        for parameter in asked.in_place("path") {
            let name = parameter["name"].as_str().unwrap_or_default();
            let value = values.in_path(dice, &asked.path, name);
            let value = value.unwrap_or_else(|| value_of(dice, parameter));
            path = path.replace(&format!("{{{name}}}"), &value);
        }
        let mut request = Self {
            operation,
            path,
            query: Vec::new(),
            headers: Vec::new(),
        };
        let required = asked
            .in_place("query")
            .filter(|one| one["required"] == true);
        for parameter in required {
            request.set(dice, parameter, values);
        }
        for _ in 0..dice.below(9) {
            request.add(dice, operations, values);
        }
        request.choose_headers(dice, asked, values);
        request
    }

    /// The same request with a parameter more, fewer or other, or other header fields.
    pub(crate) fn changed(
        &self,
        dice: &mut Dice,
        operations: &[Operation],
        values: &Values,
    ) -> Self {
        let mut other = self.clone();
        if !other.query.is_empty() && dice.below(3) > 0 {
            let at = dice.below(other.query.len());
            other.query.remove(at);
        }
        for _ in 0..=dice.below(2) {
            other.add(dice, operations, values);
        }
        if dice.below(4) == 0 {
            other.choose_headers(dice, &operations[self.operation], values);
        }
        other
    }

    /// The page that the answer to this one leads on to.
    pub(crate) fn onward(&self, (name, value): (&str, String)) -> Self {
        let mut other = self.clone();
        let places = ["page", "cursor", "before", "since"];
        other
            .query
            .retain(|(name, _)| !places.contains(&name.as_str()));
        other.query.push((name.to_owned(), value));
        other
    }

    fn choose_headers(&mut self, dice: &mut Dice, operation: &Operation, values: &Values) {
        self.headers.clear();
        let codings = ["", "gzip", "br", "zstd"];
        let coding = codings[dice.below(codings.len())];
        if !coding.is_empty() {
            self.headers.push(format!("Accept-Encoding: {coding}"));
        }
        for parameter in operation.in_place("header") {
            let name = parameter["name"].as_str().unwrap_or_default();
            if dice.below(2) == 0
                && let Some(value) = values.some(dice, name, 1)
            {
                self.headers.push(format!("{name}: {value}"));
            }
        }
    }

    fn add(&mut self, dice: &mut Dice, operations: &[Operation], values: &Values) {
        let named: Vec<&Value> = operations[self.operation].in_place("query").collect();
        if !named.is_empty() {
            let parameter = named[dice.below(named.len())];
            self.set(dice, parameter, values);
        }
    }

    fn set(&mut self, dice: &mut Dice, parameter: &Value, values: &Values) {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let is_secret = matches!(name.as_str(), "token" | "preview");
        // Cursors come with the pages that answers lead on to; a secret that is made up ends a request early.
        if matches!(name.as_str(), "cursor" | "before") || is_secret && dice.below(8) > 0 {
            return;
        }
        let repeats = matches!(name.as_str(), "tag" | "author" | "editor" | "translator");
        if !(repeats && dice.below(3) == 0) {
            self.query.retain(|(other, _)| *other != name);
        }
        if name == "page" {
            self.query.retain(|(other, _)| other != "cursor");
        }
        let value = values.some(dice, &name, most_values(parameter));
        let value = value.unwrap_or_else(|| value_of(dice, parameter));
        self.query.push((name, value));
    }

    pub(crate) fn headers(&self) -> &[String] {
        &self.headers
    }

    pub(crate) fn target(&self) -> String {
        let pairs = self
            .query
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let pairs: Vec<String> = pairs.collect();
        match pairs.is_empty() {
            true => self.path.clone(),
            false => format!("{}?{}", self.path, pairs.join("&")),
        }
    }
}

/// Number of values that a parameter takes, separated by commas.
fn most_values(parameter: &Value) -> usize {
    let schema = &parameter["schema"];
    let listed = schema["pattern"]
        .as_str()
        .is_some_and(|pattern| pattern.contains("(,"));
    match (schema["maxItems"].as_u64(), listed) {
        (Some(most), _) => usize::try_from(most).unwrap_or(1),
        (None, true) => 20,
        (None, false) => 1,
    }
}

/// A value by the parameter's schema: of its enumeration, within its bounds, or its example.
fn value_of(dice: &mut Dice, parameter: &Value) -> String {
    let schema = &parameter["schema"];
    let listed = &schema["items"]["enum"];
    if let Some(words) = listed.as_array().or(schema["enum"].as_array()) {
        let several = if listed.is_array() { words.len() } else { 1 };
        let (count, from) = (1 + dice.below(several), dice.below(words.len()));
        let picked = (0..count).filter_map(|n| words[(from + n) % words.len()].as_str());
        return picked.collect::<Vec<_>>().join(",");
    }
    let name = parameter["name"].as_str().unwrap_or_default();
    if name.ends_with("_from") || name.ends_with("_to") {
        return format!("20{:02}-{:02}-01", 16 + dice.below(10), 1 + dice.below(12));
    }
    match schema["maximum"].as_u64() {
        Some(most) => {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            let some = [
                1,
                10,
                100,
                most,
                most,
                most / 2,
                most / 10,
                most / 100,
                1 + dice.below(most),
            ];
            some[dice.below(some.len())].clamp(1, most).to_string()
        }
        None => match &parameter["example"] {
            Value::String(text) => encode(text),
            Value::Null => "true".to_owned(),
            other => other.to_string(),
        },
    }
}
