//! The pages that the service itself makes for people, asked for with hostile strings: judged by parsing them.

use html5ever::tendril::TendrilSink;
use html5ever::{local_name, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::client::Response;
use super::harness::TestServer;
use super::hostile_writes::{naughty_strings, payloads};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// Every element of a page with its attributes' names, in order: what a string that is only text cannot alter.
fn skeleton(html: &str) -> Vec<String> {
    let dom = parse_document(RcDom::default(), Default::default()).one(html);
    let mut found = Vec::new();
    collect(&dom.document, &mut found);
    found
}

fn collect(node: &Handle, found: &mut Vec<String>) {
    if let NodeData::Element { name, attrs, .. } = &node.data {
        let mut words = name.local.to_string();
        for attribute in attrs.borrow().iter() {
            let (name, value) = (&attribute.name.local, &attribute.value);
            words += &format!(" {name}");
            if matches!(*name, local_name!("href") | local_name!("src")) {
                let scheme = value.split(['/', '?', '#']).next().unwrap_or_default();
                assert!(!scheme.contains(':'), "{value}");
            }
        }
        found.push(words);
    }
    for child in node.children.borrow().iter() {
        collect(child, found);
    }
}

fn texts() -> impl Iterator<Item = String> {
    payloads().into_iter().step_by(30).chain(naughty_strings())
}

fn browse(server: &TestServer, target: &str, prefix: &str) -> Response {
    let request = server.request("GET", target).header("accept", BROWSER);
    request.header("x-forwarded-prefix", prefix).send()
}

/// A page stays the page that it is; anything else is no page.
fn assert_inert(response: &Response, page: &[String], text: &str) {
    assert!(response.status < 500, "{text:?}: {}", response.status);
    if response.header("content-type").starts_with("text/html") {
        assert_eq!(skeleton(response.text()), page, "{text:?}");
        assert!(!response.header("content-security-policy").is_empty());
    } else {
        assert_eq!(
            response.header("x-content-type-options"),
            "nosniff",
            "{text:?}"
        );
    }
}

#[test]
fn pages_stay_what_they_are_whatever_prefix_a_proxy_names() {
    let server = TestServer::on_sqlite_with(|config| {
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    });
    for target in ["/", "/problems", "/problems/not_found", "/docs"] {
        let plain = browse(&server, target, "/news");
        assert_eq!(plain.status, 200, "{target}");
        assert!(plain.header("content-type").starts_with("text/html"));
        let page = skeleton(plain.text());
        assert!(page.len() > 5, "{page:?}");
        let sendable = |text: &String| !text.contains(|c: char| c.is_control());
        for text in texts().filter(sendable).step_by(2) {
            for prefix in [text.clone(), format!("/{}", text.trim_start_matches('/'))] {
                assert_inert(&browse(&server, target, &prefix), &page, &prefix);
            }
        }
    }
}

#[test]
fn pages_stay_what_they_are_whatever_their_address_holds() {
    let server = TestServer::on_sqlite();
    for target in ["/", "/problems", "/problems/not_found", "/docs"] {
        let page = skeleton(browse(&server, target, "").text());
        for text in texts().step_by(3) {
            let text = utf8_percent_encode(&text, NON_ALPHANUMERIC).to_string();
            let base = target.trim_end_matches('/');
            for hostile in [
                format!("{base}/{text}"),
                format!("{target}?{text}"),
                format!("{target}?q={text}"),
            ] {
                let response = browse(&server, &hostile, "");
                // No message of an error is a page.
                if response.status >= 400 {
                    assert_eq!(
                        response.header("content-type"),
                        "application/problem+json",
                        "{hostile}"
                    );
                }
                assert_inert(&response, &page, &hostile);
            }
        }
    }
}
