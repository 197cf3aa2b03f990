//! Orders to caches in front, in the form of each: Varnish with xkey, Fastly's and Cloudflare's API, `PURGE` of addresses, and
//! JSON for an endpoint of one's own.

use serde_json::{Value, json};

use super::{Exchange, Outbound};
use crate::domain::purge::{Kind, Order, Target};
use crate::domain::retry_after::RetryAfter;

/// Most keys of one request to Varnish: a head of it may have 8 kB.
const VARNISH_KEYS: usize = 200;
/// Most keys of one request to Fastly.
const FASTLY_KEYS: usize = 256;
/// Most tags of one request to Cloudflare, on every plan.
const CLOUDFLARE_TAGS: usize = 30;

type Headers = Vec<(&'static str, String)>;

/// A request to a cache.
#[derive(Debug, PartialEq, Eq)]
struct Message {
    method: &'static str,
    url: String,
    headers: Headers,
    body: String,
}

/// A cache that did not take an order.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// The cause, in words.
    pub cause: String,
    /// The earliest time for another attempt, where the cache says one.
    pub retry_after: Option<RetryAfter>,
}

/// Sends an order to a cache, in as many requests as it takes; ends at the first that fails.
///
/// # Errors
/// The failure of that request.
pub fn send(
    outbound: &Outbound,
    target: &Target,
    token: Option<&str>,
    order: &Order,
) -> Result<(), Failure> {
    for message in messages(target, token, order) {
        let headers: Vec<(&str, &str)> = message
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let body = message.body.as_bytes();
        let exchange = outbound.send(message.method, &message.url, &headers, body);
        if !is_taken(target.kind, &exchange) {
            return Err(failure(exchange));
        }
    }
    Ok(())
}

fn messages(target: &Target, token: Option<&str>, order: &Order) -> Vec<Message> {
    let url = || target.url.clone();
    let bearer = token.map(|token| ("authorization", format!("Bearer {token}")));
    let headers = || Vec::from_iter(bearer.clone());
    let post = |headers: Headers, value: Value| Message {
        method: "POST",
        url: url(),
        headers: [("content-type", "application/json".to_owned())]
            .into_iter()
            .chain(headers)
            .collect(),
        body: value.to_string(),
    };
    let purge = |url, headers| Message {
        method: "PURGE",
        url,
        headers,
        body: String::new(),
    };
    match target.kind {
        Kind::Varnish => of_keys(order, VARNISH_KEYS, |keys| {
            let keys = ("surrogate-key", keys.join(" "));
            purge(url(), [keys].into_iter().chain(headers()).collect())
        }),
        Kind::Fastly => of_keys(order, FASTLY_KEYS, |keys| {
            let key = token.map(|token| ("fastly-key", token.to_owned()));
            let accept = ("accept", "application/json".to_owned());
            let headers = [accept].into_iter().chain(key).collect();
            post(headers, json!({ "surrogate_keys": keys }))
        }),
        Kind::Cloudflare => of_keys(order, CLOUDFLARE_TAGS, |keys| {
            post(headers(), json!({ "tags": keys }))
        }),
        Kind::Urls => {
            let urls = order
                .paths
                .iter()
                .map(|path| format!("{}{path}", target.url));
            urls.map(|url| purge(url, headers())).collect()
        }
        Kind::Post => {
            let Order {
                everything,
                keys,
                paths,
            } = order;
            let order = json!({ "everything": everything, "keys": keys, "paths": paths });
            vec![post(headers(), order)]
        }
    }
}

fn of_keys(order: &Order, most: usize, message: impl Fn(&[String]) -> Message) -> Vec<Message> {
    order.keys.chunks(most).map(message).collect()
}

/// True if the cache has done it. Cloudflare says so in its answer; an address that a cache does not have is forgotten.
fn is_taken(kind: Kind, exchange: &Exchange) -> bool {
    let is_success = matches!(exchange.status, Some(200..300));
    match kind {
        Kind::Urls => is_success || exchange.status == Some(404),
        Kind::Cloudflare => {
            let text = exchange.response.as_deref().unwrap_or_default();
            let said: Result<Value, _> = serde_json::from_str(text);
            // A long answer is read in part, and its status then counts alone.
            is_success && said.map_or(true, |said| said["success"] != false)
        }
        Kind::Varnish | Kind::Fastly | Kind::Post => is_success,
    }
}

fn failure(exchange: Exchange) -> Failure {
    let retry_after = exchange.retry_after;
    let cause = match exchange.status {
        Some(status) => {
            let said: String = exchange
                .response
                .unwrap_or_default()
                .chars()
                .take(200)
                .collect();
            format!("{status} {}", said.replace(char::is_control, " "))
        }
        None => exchange.error.unwrap_or_default(),
    };
    Failure { cause, retry_after }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(keys: usize) -> Order {
        Order {
            keys: (0..keys).map(|n| format!("s:{n:04x}")).collect(),
            paths: vec!["/api/articles".to_owned(), "/sitemap.xml".to_owned()],
            everything: false,
        }
    }

    fn sent(target: &str, keys: usize) -> Vec<Message> {
        messages(&Target::parse(target).unwrap(), Some("t0ken"), &order(keys))
    }

    #[test]
    fn each_cache_is_told_in_its_own_form_and_bounds() {
        let varnish = sent("varnish+http://127.0.0.1:6081/", 201);
        assert_eq!((varnish.len(), varnish[0].method), (2, "PURGE"));
        assert_eq!(
            varnish[1].headers[0],
            ("surrogate-key", "s:00c8".to_owned())
        );
        let fastly = sent("fastly:abc", 257);
        assert_eq!(
            (fastly.len(), fastly[1].body.as_str()),
            (2, r#"{"surrogate_keys":["s:0100"]}"#)
        );
        assert!(
            fastly[0]
                .headers
                .contains(&("fastly-key", "t0ken".to_owned()))
        );
        let cloudflare = sent("cloudflare:abc", 31);
        assert_eq!(
            (cloudflare.len(), cloudflare[1].body.as_str()),
            (2, r#"{"tags":["s:001e"]}"#)
        );
        assert!(
            cloudflare[0]
                .headers
                .contains(&("authorization", "Bearer t0ken".to_owned()))
        );
        let urls: Vec<String> = sent("urls+http://cache.example", 1)
            .into_iter()
            .map(|m| m.url)
            .collect();
        assert_eq!(
            urls,
            [
                "http://cache.example/api/articles",
                "http://cache.example/sitemap.xml"
            ]
        );
        let post = sent("post+http://own.example/purge", 1);
        assert_eq!(
            post[0].body,
            r#"{"everything":false,"keys":["s:0000"],"paths":["/api/articles","/sitemap.xml"]}"#
        );
    }

    #[test]
    fn an_answer_counts_as_its_cache_means_it() {
        let exchange = |status, response: &str| Exchange {
            status: Some(status),
            error: None,
            response: Some(response.to_owned()),
            retry_after: None,
            duration: std::time::Duration::ZERO,
        };
        assert!(
            is_taken(Kind::Urls, &exchange(404, ""))
                && !is_taken(Kind::Varnish, &exchange(404, ""))
        );
        assert!(is_taken(
            Kind::Cloudflare,
            &exchange(200, r#"{"success":true}"#)
        ));
        assert!(!is_taken(
            Kind::Cloudflare,
            &exchange(200, r#"{"success":false}"#)
        ));
        assert!(!is_taken(Kind::Fastly, &exchange(429, "")));
    }
}
