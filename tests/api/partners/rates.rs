//! Rates, quotas and the end of a contract.

use masthead::domain::access::Limits;
use masthead::domain::partner::Contract;
use masthead::domain::time::Timestamp;
use masthead::service::keys;

use super::read;
use crate::client::Response;
use crate::command::run;
use crate::process::Process;

api_test! {
    fn a_rate_is_told_and_held(server) {
        let (key, _) = server.partner(Limits::default(), Contract { rate_per_second: Some(2), ..Contract::default() });
        let first = read(server, &key, "/api/articles");
        assert_eq!(first.header("ratelimit-policy"), "\"second\";q=2;w=1");
        assert_eq!(first.header("ratelimit"), "\"second\";r=1;t=1");
        assert_eq!(read(server, &key, "/api/tags").header("ratelimit"), "\"second\";r=0;t=1");
        let refused = read(server, &key, "/api/articles");
        assert_eq!((refused.status, refused.problem().as_str()), (429, "too_many_requests"));
        assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("1", "\"second\";r=0;t=1"));
        server.pass(1);
        assert_eq!(read(server, &key, "/api/articles").status, 200);
        assert_eq!(server.ok("/api/articles").header("ratelimit"), "", "nobody else is counted");
        assert_eq!(server.ok("/problems/too_many_requests").status, 200);
    }

    fn a_quota_is_counted_from_midnight_to_midnight(server) {
        let (key, _) = server.partner(Limits::default(), Contract { quota_per_day: Some(3), ..Contract::default() });
        let left = |answer: &Response| answer.header("ratelimit").to_owned();
        assert_eq!(left(&read(server, &key, "/api/articles")), "\"day\";r=2;t=43200");
        assert_eq!(left(&read(server, &key, "/api/articles/no-such")), "\"day\";r=1;t=43200");
        server.pass(60);
        assert_eq!(left(&read(server, &key, "/api/articles")), "\"day\";r=0;t=43140");
        let refused = read(server, &key, "/api/articles");
        assert_eq!((refused.status, refused.header("retry-after")), (429, "43140"));
        assert_eq!(refused.header("ratelimit-policy"), "\"day\";q=3;w=86400");
        server.pass(43_140);
        assert_eq!(left(&read(server, &key, "/api/articles")), "\"day\";r=2;t=86400");
    }

    fn a_contract_ends_when_it_says(server) {
        let end = Timestamp::from_millis(server.now().millis() + 60_000);
        let (store, clock) = (&server.app.store, &server.app.clock);
        let key = keys::create_partner(store, clock, "P", Limits::default(), Contract::default(), Some(end)).unwrap();
        assert_eq!(read(server, &key, "/api/articles").status, 200);
        server.pass(60);
        assert_eq!(read(server, &key, "/api/articles").problem(), "invalid_key");
    }
}

#[test]
fn a_quota_holds_over_nodes_and_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/quota.db", folder.path().display());
    let given = [
        "key",
        "create",
        "--name",
        "P",
        "--role",
        "partner",
        "--quota-per-day",
        "3",
    ];
    let key = run(&database, folder.path(), &given).out.trim().to_owned();
    let ask = |node: &Process| node.request("GET", "/api/editions").key(&key).send().status;
    let (first, second) = (
        Process::start(&database, folder.path()),
        Process::start(&database, folder.path()),
    );
    assert_eq!((ask(&first), ask(&second)), (200, 200));
    first.kill();
    let third = Process::start(&database, folder.path());
    assert_eq!((ask(&third), ask(&second), ask(&third)), (200, 429, 429));
}
