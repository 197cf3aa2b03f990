//! Limits for callers without a key, and addresses for operators that can be moved, closed or turned off.

use std::net::TcpListener;

use masthead::app;
use masthead::config::{Config, Exposure};
use masthead::domain::access::Role;

use super::builders::Article;
use super::client::{Request, Response};
use super::harness::TestServer;

/// A service behind a proxy on this machine, with one request a second and three at once for each address.
fn limited(more: impl FnOnce(&mut Config)) -> TestServer {
    TestServer::on_sqlite_with(|config| {
        config.limits.public_rate = 1;
        config.limits.public_burst = 3;
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        more(config);
    })
}

fn from(server: &TestServer, client: &str, target: &str) -> Response {
    let request = server.request("GET", target);
    request.header("x-forwarded-for", client).send()
}

fn statuses<const N: usize>(server: &TestServer, clients: [&str; N]) -> [u16; N] {
    clients.map(|client| from(server, client, "/api/articles").status)
}

#[test]
fn each_address_without_a_key_has_a_rate_that_its_answers_tell() {
    let server = limited(|_| {});
    server.article(Article::new("One"));
    let one = "192.0.2.1";
    let first = from(&server, one, "/api/articles");
    assert_eq!(first.header("ratelimit-policy"), "\"address\";q=3;w=3");
    assert_eq!(first.header("ratelimit"), "\"address\";r=2;t=1");
    // From the cache too, and whatever comes of it.
    assert_eq!(from(&server, one, "/api/articles").status, 200);
    assert_eq!(from(&server, one, "/nothing").status, 404);
    let refused = from(&server, one, "/api/articles");
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (429, "too_many_requests")
    );
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.header("ratelimit"), "\"address\";r=0;t=3");
    assert_eq!(statuses(&server, ["192.0.2.2", one]), [200, 429]);
    server.pass(1);
    assert_eq!(statuses(&server, [one, one]), [200, 429]);
}

#[test]
fn an_ipv6_network_is_one_address() {
    let server = limited(|_| {});
    let same = [
        "2001:db8::1",
        "2001:db8::2",
        "2001:db8::ffff:1",
        "2001:db8::4",
    ];
    assert_eq!(statuses(&server, same), [200, 200, 200, 429]);
    assert_eq!(statuses(&server, ["2001:db8:0:1::1"]), [200]);
}

#[test]
fn monitors_keys_and_unlimited_networks_have_no_rate() {
    let server = limited(|config| {
        config.limits.unlimited_networks = vec!["198.51.100.0/24".parse().unwrap()]
    });
    let key = server.key(Role::Editor);
    for _ in 0..6 {
        for free in ["/health/live", "/health/ready", "/metrics"] {
            assert_eq!(from(&server, "192.0.2.1", free).status, 200, "{free}");
        }
        let keyed = server.request("GET", "/api/articles").key(&key);
        assert_eq!(
            keyed.header("x-forwarded-for", "192.0.2.1").send().status,
            200
        );
        let trusted = from(&server, "198.51.100.7", "/api/articles");
        assert_eq!((trusted.status, trusted.header("ratelimit")), (200, ""));
    }
    assert_eq!(statuses(&server, ["192.0.2.1"]), [200]);
}

#[test]
fn a_key_that_is_made_up_is_no_way_around_the_rate() {
    let server = limited(|_| {});
    let ask = |key: &str| {
        let request = server.request("GET", "/api/articles").key(key);
        request.header("x-forwarded-for", "192.0.2.1").send().status
    };
    assert_eq!(["a", "mh_b", "mh_c", "mh_d"].map(ask), [401, 401, 401, 429]);
    // Where no key is looked at, one is no way around it either.
    let root = |key: &str| {
        let request = server.request("GET", "/").key(key);
        request.header("x-forwarded-for", "192.0.2.3").send().status
    };
    assert_eq!(["a", "b", "c", "d"].map(root), [200, 200, 200, 429]);
    let feed = |token: &str| {
        let target = format!("/feeds/en/rss.xml?token={token}");
        from(&server, "192.0.2.2", &target).status
    };
    assert_eq!(
        ["a", "mhf_b", "mhf_c", "mhf_d"].map(feed),
        [401, 401, 401, 429]
    );
}

#[test]
fn without_the_setting_nothing_is_limited() {
    let server = TestServer::on_sqlite();
    for _ in 0..50 {
        let answer = server.ok("/api/articles");
        assert_eq!(answer.header("ratelimit"), "");
    }
}

#[test]
fn metrics_and_documentation_can_be_closed_or_turned_off() {
    let server = TestServer::on_sqlite_with(|config| {
        config.operators.metrics = Exposure::Key;
        config.operators.docs = Exposure::Key;
    });
    let (admin, author) = (server.key(Role::Admin), server.key(Role::Author));
    let status = |target: &str, key: &str| server.request("GET", target).key(key).send().status;
    for docs in ["/docs", "/openapi.json", "/docs/roles", "/docs/start.js"] {
        let stranger = server.get(docs);
        assert_eq!(
            (stranger.status, stranger.problem().as_str()),
            (401, "key_required"),
            "{docs}"
        );
        assert_eq!(
            (status(docs, "mh_wrong"), status(docs, &author)),
            (401, 200),
            "{docs}"
        );
        // What a key was shown is in no cache for others.
        assert_eq!(server.get(docs).status, 401, "{docs}");
    }
    assert_eq!(server.get("/metrics").status, 401);
    assert_eq!(
        (status("/metrics", &author), status("/metrics", &admin)),
        (403, 200)
    );

    let off = TestServer::on_sqlite_with(|config| {
        config.operators.metrics = Exposure::Off;
        config.operators.docs = Exposure::Off;
    });
    let admin = off.key(Role::Admin);
    for target in [
        "/docs",
        "/docs/",
        "/docs/roles",
        "/openapi.json",
        "/metrics",
    ] {
        let answer = off.request("GET", target).key(&admin).send();
        assert_eq!(
            (answer.status, off.get(target).status),
            (404, 404),
            "{target}"
        );
    }
    let links = off.ok("/").json()["links"].clone();
    assert!(links["docs"].is_null() && links["openapi"].is_null() && links["metrics"].is_null());
    assert!(links["articles"].is_string());
}

#[test]
fn metrics_and_documentation_can_have_a_port_of_their_own() {
    let server = TestServer::on_sqlite_with(|config| {
        config.operators.admin_bind = Some("127.0.0.1:0".to_owned());
        config.limits.public_rate = 10;
        config.limits.public_burst = 9;
    });
    let [main, admin] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let addresses = [main.local_addr().unwrap(), admin.local_addr().unwrap()];
    let (send, receive) = std::sync::mpsc::channel();
    let shared = std::sync::Arc::clone(&server.app);
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let running = app::server(&shared, main, Some(admin), false).unwrap();
            send.send(running.handle()).unwrap();
            running.await.unwrap();
        });
    });
    let handle = receive.recv().unwrap();
    let status =
        |door: usize, target: &str| Request::to(addresses[door], "GET", target).send().status;
    for target in ["/metrics", "/docs", "/docs/start.js", "/openapi.json"] {
        assert_eq!(
            (status(0, target), status(1, target)),
            (404, 200),
            "{target}"
        );
    }
    for target in ["/api/articles", "/health/live"] {
        assert_eq!(
            (status(0, target), status(1, target)),
            (200, 200),
            "{target}"
        );
    }
    // Operators have no rate at theirs.
    for _ in 0..20 {
        assert_eq!(status(1, "/api/articles"), 200);
    }
    actix_web::rt::System::new().block_on(handle.stop(false));
    thread.join().unwrap();
}
