//! Partners read by their contracts: what they see, what they do not, and how often they may ask.

mod hidden;
mod rates;

use masthead::domain::access::Limits;
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use masthead::domain::time::Timestamp;
use masthead::service::{keys, schedule};
use serde_json::Value;

use super::builders::{Article, lang};
use super::client::Response;
use super::command::run;
use super::harness::TestServer;

fn read(server: &TestServer, key: &str, target: &str) -> Response {
    server.request("GET", target).key(key).send()
}

fn titles(server: &TestServer, key: &str, target: &str) -> Vec<String> {
    read(server, key, target).column("title")
}

fn id_at(server: &TestServer, target: &str) -> Id {
    let id = server.ok(target).json()["data"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    Id::parse(&id).unwrap()
}

/// Asks until it is so: what follows the clock does so within a second.
fn pass_offsets(server: &TestServer) {
    schedule::pass_offsets(&server.app.store, &server.app.clock).unwrap();
}

api_test! {
    fn everything_that_a_partner_reads_is_cut_to_its_limits(server) {
        let shown = server.article(Article::new("Shown").section(&["World", "Asia"]).source("Gazette").author("Ann Lee").tag("bridges"));
        let other = server.article(Article::new("Other").section(&["Sport"]).source("Gazette").author("Bo Chu").tag("bridges").tag("games"));
        let french = server.article(Article::new("Montré").lang("fr").section(&["Monde"]).of_work(server.work_of(shown)).author("Ann Lee"));
        let gone = server.article(Article::new("Gone").section(&["World"]));
        let gone_elsewhere = server.article(Article::new("Gone elsewhere").section(&["Sport"]));
        server.withdraw(gone);
        server.withdraw(gone_elsewhere);
        let world = id_at(server, "/api/sections/world");
        let (key, _) = server.partner(Limits { sections: vec![world], ..Limits::default() }, Contract::default());
        assert_eq!(titles(server, &key, "/api/articles"), ["Shown"]);
        assert_eq!(read(server, &key, "/api/articles?count=exact").json()["meta"]["total"], 1);
        assert_eq!(titles(server, &key, "/api/articles?lang=fr,en"), ["Shown"], "what it does not see is no first choice");
        assert_eq!(read(server, &key, "/api/articles?lang=fr,en&count=exact").json()["meta"]["total"], 1);
        assert_eq!(titles(server, &key, "/api/articles?tag=bridges&sort=title"), ["Shown"]);
        for (target, status) in [
            (format!("/api/articles/{shown}"), 200), (format!("/api/articles/{other}"), 404), ("/api/articles/other".to_owned(), 404),
            (format!("/api/articles/{french}"), 404), (format!("/api/articles/{shown}?lang=fr"), 404), (format!("/api/articles/{gone}"), 410),
            (format!("/api/articles/{gone_elsewhere}"), 404), (format!("/api/articles/{other}/related"), 404),
            (format!("/api/resolve?url=/api/articles/{other}"), 404), ("/api/authors/bo-chu".to_owned(), 404),
            ("/api/authors/ann-lee".to_owned(), 200), ("/api/tags/games".to_owned(), 404), ("/api/tags/bridges".to_owned(), 200),
        ] {
            assert_eq!(read(server, &key, &target).status, status, "{target}");
        }
        let one = read(server, &key, &format!("/api/articles/{shown}?include=related")).json();
        assert_eq!((&one["data"]["translations"], &one["data"]["related"]), (&Value::Array(vec![]), &Value::Array(vec![])));
        assert_eq!(read(server, &key, &format!("/api/articles/{shown}/related")).column("title"), Vec::<String>::new());
        assert_eq!(read(server, &key, "/api/authors").column("slug"), ["ann-lee"]);
        let tags = read(server, &key, "/api/tags?include=article_count&count=exact").json();
        assert_eq!((tags["data"][0]["article_count"].as_i64(), tags["meta"]["total"].as_i64()), (Some(1), Some(1)));
        let sections = read(server, &key, "/api/sections?include=article_count&lang=en").json();
        let counts: Vec<(&str, i64)> = sections["data"].as_array().unwrap().iter().map(|s| (s["path"].as_str().unwrap(), s["article_count"].as_i64().unwrap())).collect();
        assert_eq!(counts, [("world", 1), ("world/asia", 1), ("sport", 0)]);
        assert_eq!(read(server, &key, "/api/sources?include=article_count").json()["data"][0]["article_count"], 1);
        assert_eq!(server.ok("/api/articles").column("title").len(), 3, "the public sees all that is public");
    }

    fn what_a_partner_is_answered_is_kept_by_nobody_else(server) {
        server.article(Article::new("One").lang("en"));
        server.article(Article::new("Deux").lang("fr"));
        let (key, _) = server.partner(Limits { langs: vec![lang("fr")], ..Limits::default() }, Contract::default());
        for _ in 0..2 {
            let own = read(server, &key, "/api/articles?sort=title");
            assert_eq!(own.column("title"), ["Deux"]);
            assert_eq!(own.header("cache-control"), "private, no-store");
            assert!(own.header("vary").contains("Authorization"));
            assert_eq!(server.ok("/api/articles?sort=title").column("title"), ["Deux", "One"]);
        }
        assert_eq!(read(server, &key, "/api/articles?status=draft").problem(), "forbidden");
    }

    fn an_article_comes_when_the_embargo_offset_has_passed(server) {
        let contract = Contract { embargo_offset: 3_600, ..Contract::default() };
        let (key, _) = server.partner(Limits::default(), contract);
        let old = server.article(Article::new("Old").author("Ann Lee"));
        let now = server.now().to_string();
        let young = server.article(Article::new("Young").published_at(&now).author("Bo Chu"));
        let seen = || titles(server, &key, "/api/articles?sort=title");
        assert_eq!(seen(), ["Old"]);
        assert_eq!(read(server, &key, &format!("/api/articles/{young}")).status, 404);
        assert_eq!(read(server, &key, "/api/authors/bo-chu").status, 404);
        let first = read(server, &key, "/api/changes").json();
        assert_eq!(first["data"].as_array().unwrap().len(), 1);
        let cursor = first["meta"]["next_cursor"].as_str().unwrap().to_owned();
        server.pass(3_599);
        pass_offsets(server);
        assert_eq!(seen(), ["Old"]);
        server.pass(1);
        pass_offsets(server);
        assert_eq!(seen(), ["Old", "Young"]);
        assert_eq!(read(server, &key, "/api/articles?count=exact").json()["meta"]["total"], 2);
        let told = read(server, &key, &format!("/api/changes?since={cursor}")).json();
        assert_eq!((told["data"][0]["op"].as_str(), told["data"][0]["id"].as_str()), (Some("upsert"), Some(young.to_string().as_str())));
        let public = server.ok("/api/changes").json();
        assert_eq!(public["data"].as_array().unwrap().len(), 2, "nobody else is told of the offset: {public}");
        let later = Timestamp::from_millis(server.now().millis() + 60_000);
        server.change(old, |content| content.published_at = Some(later));
        let cursor = told["meta"]["next_cursor"].as_str().unwrap();
        let told = read(server, &key, &format!("/api/changes?since={cursor}")).json();
        assert_eq!((told["data"][0]["op"].as_str(), told["data"][0]["reason"].as_str()), (Some("delete"), Some("unpublished")), "a date to come schedules it");
    }

    fn a_takedown_is_not_held_back_by_the_offset_and_what_was_never_seen_is_not_mentioned(server) {
        let contract = Contract { embargo_offset: 3_600, ..Contract::default() };
        let (key, _) = server.partner(Limits::default(), contract);
        let old = server.article(Article::new("Old"));
        let first = read(server, &key, "/api/changes").json();
        let now = server.now().to_string();
        let young = server.article(Article::new("Young").published_at(&now));
        server.withdraw(young);
        server.withdraw(old);
        let cursor = first["meta"]["next_cursor"].as_str().unwrap();
        let told = read(server, &key, &format!("/api/changes?since={cursor}")).json();
        let rows = told["data"].as_array().unwrap();
        assert_eq!((rows.len(), rows[0]["id"].as_str()), (1, Some(old.to_string().as_str())), "{told}");
    }

    fn a_copy_shows_the_contract_s_rights_and_summaries_have_no_body(server) {
        let id = server.article(Article::new("One").source("Gazette"));
        let contract = Contract { summary_only: true, rights: Some("© Norhaven. Licensed.".to_owned()), attribution: Some("First in Norhaven".to_owned()), ..Contract::default() };
        let (key, _) = server.partner(Limits::default(), contract);
        let targets = [format!("/api/articles/{id}"), format!("/api/articles/{id}?body=text&include=body&fields=body,rights"), "/api/articles?body=html".to_owned(), "/api/changes?body=markdown".to_owned()];
        for target in targets {
            let answer = read(server, &key, &target);
            assert!(!answer.text().contains("The text of"), "{target}");
            assert!(answer.text().contains("\"copyright\":\"© Norhaven. Licensed.\"") && answer.text().contains("First in Norhaven"), "{target}: {}", answer.text());
        }
        assert!(!server.ok(&format!("/api/articles/{id}")).text().contains("Licensed"));
    }

    fn a_change_of_rights_is_followed_from_an_old_cursor(server) {
        let english = server.article(Article::new("One"));
        let french = server.article(Article::new("Un").lang("fr"));
        let limits = |tag| Limits { langs: vec![lang(tag)], ..Limits::default() };
        let (key, id) = server.partner(limits("en"), Contract::default());
        let first = read(server, &key, "/api/changes").json();
        assert_eq!(first["data"].as_array().unwrap().len(), 1);
        let (store, clock) = (&server.app.store, &server.app.clock);
        assert!(keys::change_rights(store, clock, id, &limits("fr"), Contract::default(), None).unwrap());
        assert!(!keys::change_rights(store, clock, Id::new(server.now()), &limits("fr"), Contract::default(), None).unwrap());
        let late = server.article(Article::new("Deux").lang("fr"));
        let mut cursor = first["meta"]["next_cursor"].as_str().unwrap().to_owned();
        let (mut rows, mut last) = (Vec::new(), first["data"][0]["seq"].as_i64());
        loop {
            let page = read(server, &key, &format!("/api/changes?limit=1&since={cursor}")).json();
            for row in page["data"].as_array().unwrap() {
                assert!(row["seq"].as_i64() > last, "{page}");
                last = row["seq"].as_i64();
                rows.push((row["id"].as_str().unwrap().to_owned(), row["op"].as_str().unwrap().to_owned(), row["reason"].as_str().unwrap_or_default().to_owned()));
            }
            cursor = page["meta"]["next_cursor"].as_str().unwrap().to_owned();
            if page["meta"]["has_more"] == false {
                break;
            }
        }
        let row = |id: Id, op: &str, reason: &str| (id.to_string(), op.to_owned(), reason.to_owned());
        assert_eq!(rows, [row(english, "delete", "out_of_scope"), row(french, "upsert", ""), row(late, "upsert", "")]);
        let (other, _) = server.partner(limits("en"), Contract::default());
        assert_eq!(read(server, &other, &format!("/api/changes?since={cursor}")).status, 400, "a cursor is its key's own");
    }
}

#[test]
fn a_contract_is_written_at_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/keys.db", folder.path().display());
    let make = |role: &str, flags: &[&str]| {
        let given = ["key", "create", "--name", "The Daily", "--role", role];
        run(&database, folder.path(), &[&given[..], flags].concat())
    };
    let all = [
        "--embargo-offset",
        "3600",
        "--summary-only",
        "--rights",
        "© Us",
        "--attribution",
        "By us",
        "--quota-per-day",
        "10000",
        "--rate-per-second",
        "5",
        "--expires",
        "2099-01-01T00:00:00Z",
        "--lang",
        "en",
    ];
    let made = make("partner", &all);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let listed = run(&database, folder.path(), &["key", "list"]).out;
    for word in [
        "until 2099-01-01T00:00:00Z",
        "lang=en",
        "embargo-offset=3600 summary-only rights attribution quota-per-day=10000 rate-per-second=5",
    ] {
        assert!(listed.contains(word), "{listed}");
    }
    let store = masthead::store::Store::open(&database).unwrap();
    let grant = store
        .read(|c| {
            masthead::store::keys::authenticate(c, made.out.trim(), Timestamp::from_millis(0))
        })
        .unwrap()
        .unwrap();
    assert_eq!(
        (
            grant.contract.rights.as_deref(),
            grant.contract.attribution.as_deref()
        ),
        (Some("© Us"), Some("By us"))
    );
    for (role, flags) in [
        ("editor", vec!["--summary-only"]),
        ("partner", vec!["--quota-per-day", "0"]),
        ("partner", vec!["--embargo-offset", "999999999"]),
        ("partner", vec!["--expires", "soon"]),
    ] {
        assert_ne!(make(role, &flags).code, Some(0), "{role} {flags:?}");
    }
}
