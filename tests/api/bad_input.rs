//! Every parameter of every read operation that the API documents, with values that nobody should send: an answer, or a
//! problem that the client is told is its own; never one of the service's.

use serde_json::Value;

use super::builders::Article;
use super::harness::TestServer;

/// An operation: its path with names in braces, and the names and places of its parameters.
struct Operation {
    path: String,
    parameters: Vec<(String, String)>,
}

fn operations(server: &TestServer) -> Vec<Operation> {
    let document = server.ok("/openapi.json").json();
    let reads = document["paths"].as_object().unwrap().iter();
    reads
        .filter_map(|(path, item)| {
            let operation = item.get("get")?;
            // What is asked for rightly there never ends.
            if operation["responses"]["200"]["content"]
                .get("text/event-stream")
                .is_some()
            {
                return None;
            }
            let listed = ["parameters", "x-parameters"].map(|name| operation[name].as_array());
            let parameters = listed.into_iter().flatten().flatten().map(|parameter| {
                let parameter = resolved(&document, parameter);
                let word = |name: &str| parameter[name].as_str().unwrap().to_owned();
                (word("name"), word("in"))
            });
            Some(Operation {
                path: path.clone(),
                parameters: parameters.collect(),
            })
        })
        .collect()
}

fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    match value["$ref"].as_str() {
        Some(pointer) => document.pointer(pointer.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// Values already encoded for an address.
#[expect(clippy::too_many_lines, reason = "a table, one entry a value")]
fn bad_values() -> Vec<String> {
    let mut values: Vec<String> = [
        "",
        "%20",
        "0",
        "-1",
        "1.5",
        "1e9",
        "%2B5",
        "99999999999999999999999999",
        "NaN",
        "true",
        "null",
        "undefined",
        "[]",
        "%7B%7D",
        "%5B%22a%22%5D",
        "%00",
        "a%00b",
        "%01",
        "%7F",
        "%C2%85",
        "%0D%0AX-Injected:%201",
        "%ff",
        "%c3%28",
        "%ed%a0%80",
        "%f4%90%80%80",
        "%zz",
        "%",
        "%1",
        "%E4%B8%AD%E5%9B%BD",
        "%F0%9F%98%80",
        "%E2%80%AE",
        "%EF%BF%BF",
        "e%CC%81",
        "%CC%81",
        "%C4%B0",
        "%EF%BB%BF",
        "%27",
        "%22",
        "%60",
        "%27%20OR%20%271%27=%271",
        "1;DROP%20TABLE%20articles;--",
        "%27)%20UNION%20SELECT%20*%20FROM%20api_keys--",
        "$1",
        "?",
        "%25",
        "_",
        "%5C",
        "%5C%27",
        "..",
        "../../etc/passwd",
        "..%2F..%2Fetc%2Fpasswd",
        "%2e%2e%2f",
        "....//",
        "/etc/passwd",
        "C:%5Cwindows",
        "file:///etc/passwd",
        "http://127.0.0.1:1/",
        "//evil.example",
        "javascript:alert(1)",
        "data:,x",
        "%2F",
        "a%2Fb%2Fc",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "%24%7Bjndi:ldap://x%7D",
        "%7B%7B7*7%7D%7D",
        ",",
        ",,",
        "a,,b",
        "a%2Cb",
        "*",
        "-title",
        "published_at,title",
        "title",
        "en",
        "e_n",
        "x-private",
        "zh-Hans-CN",
        "2022-02-30",
        "0000-01-01",
        "9999-12-31",
        "10000-01-01",
        "-0001-01-01",
        "2022-11-24T25:00:00Z",
        "2022-11-24T16:00:00%2B99:99",
        "0001-01-01T00:00:00%2B23:59",
        "9999-12-31T23:59:59-23:59",
        "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b",
        "018a0b1c-2d3e-4f40-8a1b-2c3d4e5f6a7b",
        "00000000-0000-0000-0000-000000000000",
        "018A0B1C2D3E7F408A1B2C3D4E5F6A7B",
        "eyJhIjoxfQ",
        "AAAA",
        "exact",
        "none",
        "body,related",
        "withdrawn",
    ]
    .map(str::to_owned)
    .to_vec();
    values.push("a".repeat(201));
    values.push("%E4%B8%AD".repeat(250));
    values.push("a".repeat(4_097));
    values.push(vec!["a"; 150].join(","));
    values.push("a/".repeat(100));
    values.push("9".repeat(400));
    values
}

/// Something of every kind, so that well-formed values find rows.
fn fill(server: &TestServer) {
    for n in 0..3 {
        let article = Article::new(&format!("Title {n}"))
            .author("Anna")
            .section(&["World", "Asia"])
            .source("Daily");
        server.article(article.tag("Trade").tag("中国"));
    }
}

/// The path with its names replaced by something that is there, but for one that is replaced by `value`.
fn target(operation: &Operation, name: &str, value: &str) -> String {
    let mut path = operation.path.clone();
    for (other, place) in &operation.parameters {
        if place == "path" {
            let known = match (path.as_str(), other.as_str()) {
                (_, "lang") => "en",
                (path, _) if path.starts_with("/api/articles") => "title-1",
                (path, _) if path.starts_with("/api/authors") => "anna",
                (path, _) if path.starts_with("/api/sections") => "world/asia",
                (path, _) if path.starts_with("/api/sources") => "daily",
                _ => "trade",
            };
            let word = if other == name { value } else { known };
            path = path.replace(&format!("{{{other}}}"), word);
        }
    }
    path
}

/// The fault of an answer, where it has one.
fn fault(server: &TestServer, target: &str) -> Option<String> {
    let answer = server.get(target);
    let told = || {
        format!(
            "{target:.300}: {} {:.300}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        )
    };
    let lowered = String::from_utf8_lossy(&answer.body).to_lowercase();
    let leaks = [
        "syntax error",
        "sqlite",
        "postgres",
        "diesel",
        "panicked",
        "src/",
        "no such table",
    ];
    let is_problem = answer.header("content-type") == "application/problem+json";
    match answer.status {
        200 | 308 if answer.header("x-injected").is_empty() => None,
        400..=499 if is_problem && !leaks.iter().any(|word| lowered.contains(word)) => {
            answer.problem();
            None
        }
        _ => Some(told()),
    }
}

fn assert_no_faults(faults: &[String]) {
    let shown = faults[..faults.len().min(20)].join("\n");
    assert!(
        faults.is_empty(),
        "{} answers are wrong:\n{shown}",
        faults.len()
    );
}

api_test! {
    fn no_value_of_any_documented_parameter_brings_the_service_down(server) {
        fill(server);
        let operations = operations(server);
        assert!(operations.iter().map(|operation| operation.parameters.len()).sum::<usize>() > 60);
        let mut faults = Vec::new();
        for operation in &operations {
            for (name, place) in &operation.parameters {
                for value in bad_values() {
                    let target = match place.as_str() {
                        "path" if value.is_empty() => continue,
                        "path" => target(operation, name, &value),
                        _ => format!("{}?{name}={value}", target(operation, "", "")),
                    };
                    faults.extend(fault(server, &target));
                }
            }
        }
        assert_no_faults(&faults);
        assert_eq!(server.ok("/api/articles?sort=title").column("title"), ["Title 0", "Title 1", "Title 2"]);
    }

    fn names_of_parameters_are_taken_as_carefully_as_their_values(server) {
        fill(server);
        let mut faults = Vec::new();
        for operation in operations(server).iter().filter(|operation| operation.path.starts_with("/api/")) {
            let path = target(operation, "", "");
            for value in bad_values() {
                faults.extend(fault(server, &format!("{path}?{value}=1")));
            }
            for query in ["?", "&", "?&&&", "=", "?=", "?a=b=c", "?[]=1", "?limit[]=1", "?limit=1&limit=1", "?%6cimit=1", "?LIMIT=1", "#fragment"] {
                faults.extend(fault(server, &format!("{path}{query}")));
            }
        }
        assert_no_faults(&faults);
    }

    fn every_filter_takes_bad_values_beside_good_ones(server) {
        fill(server);
        let mut faults = Vec::new();
        for name in ["section", "author", "editor", "translator", "source", "tag", "id", "lang", "status", "fields", "include"] {
            for value in bad_values() {
                for good in ["trade", "en", "title", "018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b"] {
                    faults.extend(fault(server, &format!("/api/articles?{name}={good},{value}&sort=title&count=exact")));
                }
            }
        }
        assert_no_faults(&faults);
    }

    fn bad_header_fields_are_answered_too(server) {
        fill(server);
        let long = "x".repeat(5_000);
        let mut faults = Vec::new();
        for name in ["accept", "accept-encoding", "authorization", "if-none-match", "if-modified-since", "if-match", "range", "origin", "x-request-id", "x-forwarded-for", "x-forwarded-prefix", "access-control-request-method", "content-type", "accept-language", "cookie"] {
            for value in ["", " ", ",", ";", "*", "*/*;q=2", "\"", "W/", "W/\"", "\"a\", b", "Bearer", "Bearer  ", "Bearer mh_", "Basic Og==", "%00", "Thu, 99 Foo 2025 00:00:00 GMT", "-1", "bytes=0-", "gzip;q=nan", "中国", "' OR 1=1 --", "../..", &long] {
                let answer = server.request("GET", "/api/articles").header(name, value).send();
                if answer.status >= 500 {
                    faults.push(format!("{name}: {value:.100}: {}", answer.status));
                }
            }
        }
        assert_no_faults(&faults);
    }
}
