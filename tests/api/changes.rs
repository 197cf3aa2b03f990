//! Following what changes: `/api/changes`, its stream, and what a copy is told when.

use std::io::{BufRead, Read};

use masthead::domain::access::{Role, Scope};
use masthead::domain::article::Status;
use masthead::domain::author::Author;
use masthead::domain::id::Id;
use masthead::domain::query::Reference;
use masthead::domain::source::Source;
use masthead::domain::sync::{SyncEvent, SyncFilter, SyncPlace};
use masthead::domain::time::Timestamp;
use masthead::service::articles::update_article;
use masthead::service::editing::drafted;
use masthead::service::shared::{self, find};
use masthead::store::articles::load_stored;
use masthead::store::sync::{events_after, first_copy};

use super::builders::Article;
use super::database::Database;
use super::harness::TestServer;

/// All that follows a place, and the place at the log's end.
fn follow(server: &TestServer, place: SyncPlace) -> (Vec<SyncEvent>, SyncPlace) {
    let (mut place, mut events) = (place, Vec::new());
    loop {
        let filter = SyncFilter::default();
        let read = server
            .app
            .store
            .read(|c| events_after(c, &Scope::Public, &filter, place, 3));
        let batch = read.unwrap();
        events.extend(batch.events);
        place = batch.next;
        if !batch.has_more {
            return (events, place);
        }
    }
}

fn start(server: &TestServer) -> SyncPlace {
    server
        .app
        .store
        .read(|c| first_copy(c, &Scope::Public))
        .unwrap()
}

fn told(events: &[SyncEvent]) -> Vec<(String, &'static str, Option<&'static str>, i64)> {
    let seqs: Vec<i64> = events.iter().map(|event| event.seq).collect();
    assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
    let tell = |e: &SyncEvent| (e.id.to_string(), e.op.as_str(), e.reason, e.version);
    events.iter().map(tell).collect()
}

api_test! {
    fn a_first_copy_is_what_is_published_and_then_each_article_s_last_state_follows(server) {
        let one = server.article(Article::new("One"));
        let two = server.article(Article::new("Two"));
        server.article(Article::new("Draft").status(Status::Draft));
        server.withdraw(two);
        let three = server.article(Article::new("Three"));
        let (events, place) = follow(server, start(server));
        assert_eq!(told(&events), [(one.to_string(), "upsert", None, 1), (three.to_string(), "upsert", None, 1)]);
        server.change(one, |content| content.title = "One and a half".to_owned());
        server.change(one, |content| content.title = "One, corrected".to_owned());
        server.withdraw(three);
        server.unpublish(one);
        let (events, place) = follow(server, place);
        assert_eq!(told(&events), [(three.to_string(), "delete", Some("legal"), 2), (one.to_string(), "delete", Some("unpublished"), 4)]);
        server.change(one, |content| content.title = "Nobody knows".to_owned());
        assert_eq!(follow(server, place.clone()).0, []);
        server.change(one, |content| content.status = Status::Published);
        assert_eq!(told(&follow(server, place).0), [(one.to_string(), "upsert", None, 6)]);
    }
}

fn ask(server: &TestServer, target: &str) -> serde_json::Value {
    server.ok(target).json()
}

fn next_cursor(page: &serde_json::Value) -> String {
    page["meta"]["next_cursor"]
        .as_str()
        .expect("it is always set")
        .to_owned()
}

/// The events that a stream sends until `count` have come: id and data of each.
fn listen(
    server: &TestServer,
    request: super::client::Request,
    count: usize,
    meanwhile: impl FnOnce(&TestServer),
) -> (String, Vec<(String, serde_json::Value)>) {
    let mut lines = request.open();
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(lines.read_line(&mut head).unwrap() > 0, "{head}");
    }
    meanwhile(server);
    let (mut id, mut events) = (String::new(), Vec::new());
    while events.len() < count {
        let mut line = String::new();
        assert!(
            lines.read_line(&mut line).unwrap() > 0,
            "the stream ended: {head}"
        );
        if let Some(value) = line.strip_prefix("id: ") {
            id = value.trim().to_owned();
        } else if let Some(data) = line.strip_prefix("data: ") {
            events.push((id.clone(), serde_json::from_str(data).unwrap()));
        }
    }
    (head, events)
}

api_test! {
    fn a_part_of_the_changes_comes_in_the_envelope_of_every_list(server) {
        let one = server.article(Article::new("One").section(&["World"]).source("Gazette"));
        server.article(Article::new("Two"));
        let answer = server.ok("/api/changes?limit=1");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert!(!answer.header("etag").is_empty() && answer.header("link").contains("since="));
        let page = answer.json();
        let row = &page["data"][0];
        assert_eq!((row["op"].as_str(), row["id"].as_str()), (Some("upsert"), Some(one.to_string().as_str())));
        assert_eq!((&row["reason"], &row["version"], &row["lang"]), (&serde_json::Value::Null, &1.into(), &"en".into()));
        assert_eq!(row["at"], "2025-06-01T12:00:00Z");
        assert_eq!(row["article"]["body"]["format"], "html");
        assert_eq!(row["article"]["section"]["path"], "world");
        assert_eq!((page["meta"]["limit"].as_i64(), page["meta"]["has_more"].as_bool()), (Some(1), Some(true)));
        let next = page["links"]["next"].as_str().unwrap();
        assert_eq!(next, format!("/api/changes?limit=1&since={}", next_cursor(&page)));
        let page = ask(server, next);
        assert_eq!(page["data"][0]["article"]["title"], "Two");
        let end = ask(server, &format!("/api/changes?since={}&body=text", next_cursor(&page)));
        assert_eq!((end["data"].as_array().unwrap().len(), &end["links"]["next"]), (0, &serde_json::Value::Null));
        server.withdraw(one);
        let after = ask(server, &format!("/api/changes?since={}", next_cursor(&end)));
        let row = &after["data"][0];
        assert_eq!((row["op"].as_str(), row["reason"].as_str()), (Some("delete"), Some("legal")));
        assert!(row.get("article").is_none() && !after.to_string().contains("for the desk only"));
        assert_eq!(server.request("HEAD", "/api/changes").send().body, b"");
    }

    fn what_leaves_the_filters_is_a_delete_and_what_never_was_in_them_is_not_mentioned(server) {
        let moved = server.article(Article::new("Moved").section(&["World", "Asia"]).source("Gazette"));
        server.article(Article::new("Elsewhere").section(&["Sport"]));
        let world = ask(server, "/api/changes?section=world&lang=en,fr");
        assert_eq!(world["data"].as_array().unwrap().len(), 1);
        let gazette = ask(server, "/api/changes?source=gazette");
        let sport = server.ok("/api/sections/sport").json()["data"]["id"].as_str().unwrap().to_owned();
        server.change(moved, |content| content.section = Some(Id::parse(&sport).unwrap()));
        let told = ask(server, &format!("/api/changes?section=world&lang=fr,en&since={}", next_cursor(&world)));
        assert_eq!((told["data"][0]["op"].as_str(), told["data"][0]["reason"].as_str()), (Some("delete"), Some("moved")));
        let told = ask(server, &format!("/api/changes?source=gazette&since={}", next_cursor(&gazette)));
        assert_eq!((told["data"][0]["op"].as_str(), told["data"][0]["article"]["section"]["path"].as_str()), (Some("upsert"), Some("sport")));
        server.change(moved, |content| content.source = None);
        let told = ask(server, &format!("/api/changes?source=gazette&since={}", next_cursor(&told)));
        assert_eq!(told["data"][0]["reason"], "moved");
        let never = server.article(Article::new("Never").section(&["Sport"]));
        server.withdraw(never);
        let quiet = ask(server, &format!("/api/changes?section=world&lang=fr,en&since={}", next_cursor(&world)));
        assert_eq!(quiet["data"].as_array().unwrap().len(), 1, "{quiet}");
    }

    fn a_cursor_leads_on_only_whole_and_with_the_same_key(server) {
        server.article(Article::new("One"));
        let cursor = next_cursor(&ask(server, "/api/changes?lang=en"));
        for target in [format!("/api/changes?lang=en&since={cursor}A"), format!("/api/changes?lang=fr&since=A{cursor}"), "/api/changes?since=".to_owned(), "/api/changes?since=x".to_owned()] {
            let refused = server.get(&target);
            assert_eq!((refused.status, refused.wrong_parameters()), (400, vec!["since".to_owned()]), "{target}");
        }
        for target in ["/api/changes?limit=0", "/api/changes?limit=101", "/api/changes?cursor=x", "/api/changes?page=1", "/api/changes?body=pdf", "/api/changes?lang=e_n"] {
            assert_eq!(server.get(target).problem(), "invalid_parameter", "{target}");
        }
        let (token, _) = server.partner(masthead::domain::access::Limits::default(), masthead::domain::partner::Contract::default());
        let refused = server.request("GET", &format!("/api/changes?lang=en&since={cursor}")).key(&token).send();
        assert_eq!(refused.problem(), "invalid_parameter");
        let unknown = ask(server, "/api/changes?section=no/such&source=nobody");
        assert_eq!(unknown["data"].as_array().unwrap().len(), 0);
    }

    fn a_long_log_of_drafts_is_nothing_to_a_reader(server) {
        let drafts = (0..600).map(|n| Article::new(&format!("Draft {n}")).status(Status::Draft).tag(&format!("tag {n}")));
        server.articles(drafts.collect());
        let last = server.article(Article::new("Last"));
        let (events, place) = follow(server, start(server));
        assert_eq!(told(&events).len(), 1);
        assert_eq!(events[0].id, last);
        let filter = SyncFilter::default();
        let read = server.app.store.read(|c| events_after(c, &Scope::Public, &filter, SyncPlace::after(0), 3)).unwrap();
        assert_eq!((read.events.len(), read.has_more, read.next), (1, false, place));
    }

    fn the_log_is_compacted_and_no_old_place_goes_wrong(server) {
        let one = server.article(Article::new("One"));
        let gone = server.article(Article::new("Gone"));
        let (_, early) = follow(server, start(server));
        for n in 0..20 {
            server.change(one, |content| content.title = format!("One {n}"));
        }
        server.withdraw(gone);
        let (store, clock) = (&server.app.store, &server.app.clock);
        let count = || {
            let (entries, _) = store.read(|c| masthead::store::changes::superseded_entries(c, 0, Timestamp::from_millis(i64::MAX))).unwrap();
            entries.len()
        };
        let before = count();
        assert!(before >= 20, "{before}");
        assert_eq!(masthead::service::schedule::compact_log(store, clock, 0).unwrap(), None);
        assert_eq!(count(), before, "what is younger than a week stays");
        server.pass(8 * 86_400);
        masthead::service::schedule::compact_log(store, clock, 0).unwrap();
        assert_eq!(count(), 0);
        let expected = [(one.to_string(), "upsert", None, 21), (gone.to_string(), "delete", Some("legal"), 2)];
        assert_eq!(told(&follow(server, early).0), expected);
        assert_eq!(told(&follow(server, SyncPlace::after(0)).0), expected);
        assert_eq!(told(&follow(server, start(server)).0), expected[..1]);
    }

    fn the_stream_sends_the_same_events_as_they_happen_and_goes_on_from_the_last(server) {
        let one = server.article(Article::new("One"));
        let stream = || server.request("GET", "/api/changes/stream?body=text");
        let begun = std::time::Instant::now();
        let (head, events) = listen(server, stream(), 2, |server| {
            server.article(Article::new("Two"));
        });
        assert!(head.contains("text/event-stream") && head.contains("no-store") && !head.to_lowercase().contains("content-encoding"), "{head}");
        assert!(begun.elapsed().as_secs() < 10);
        assert_eq!(events[0].1["article"]["title"], "One");
        assert_eq!(events[1].1["article"]["body"]["format"], "text");
        let (_, again) = listen(server, stream().header("last-event-id", &events[0].0), 2, |server| server.withdraw(one));
        assert_eq!(again[0].1, events[1].1);
        assert_eq!((again[1].1["op"].as_str(), again[1].1["reason"].as_str()), (Some("delete"), Some("legal")));
        let same = ask(server, &format!("/api/changes?since={}", events[0].0));
        assert_eq!(same["data"].as_array().unwrap().len(), 2);
        assert_eq!(server.request("GET", "/api/changes/stream").header("last-event-id", "x").send().status, 400);
        assert_eq!(server.get("/api/changes/stream?limit=5").problem(), "invalid_parameter");
        assert_eq!(server.request("HEAD", "/api/changes/stream").send().status, 200);
    }
}

api_test! {
    fn an_article_comes_again_when_a_name_that_it_shows_changes(server) {
        let one = server.article(Article::new("One").section(&["World", "Asia"]).author("Ann Lee").source("Gazette").tag("bridges"));
        server.article(Article::new("Other").section(&["Sport"]));
        let mut cursor = next_cursor(&ask(server, "/api/changes"));
        let mut told = |server: &TestServer| {
            let page = ask(server, &format!("/api/changes?since={cursor}"));
            cursor = next_cursor(&page);
            let rows = page["data"].as_array().unwrap().clone();
            assert!(rows.len() <= 1, "{page}");
            rows.first().map(|row| (row["id"].as_str().unwrap().to_owned(), row["article"].clone()))
        };
        let world = server.section_at("world");
        server.write(|tx| {
            let mut content = world.content.clone();
            content.name = "The world".to_owned();
            masthead::service::sections::change_section(tx, &world, content)
        });
        let (id, article) = told(server).expect("its breadcrumbs have changed");
        assert_eq!((id, article["breadcrumbs"][1]["name"].as_str()), (one.to_string(), Some("The world")));
        server.write(|tx| masthead::service::authors::ensure_author(tx, "Nobody"));
        assert_eq!(told(server), None);
    }

    fn each_article_that_shows_names_which_change_at_once_is_told_of_once(server) {
        let by_ann = |title: &str, day: &str| Article::new(title).author("Ann Lee").editor("Ann Lee").source("Gazette").published_at(day);
        let young = server.article(by_ann("Young", "2024-02-01T00:00:00Z"));
        let old = server.article(by_ann("Old", "2024-01-01T00:00:00Z"));
        let own = server.article(by_ann("Own", "2024-03-01T00:00:00Z"));
        server.article(by_ann("Draft", "2024-01-01T00:00:00Z").status(Status::Draft));
        server.article(Article::new("Other").author("Bo Chu"));
        let mut database = Database::open(&server.database);
        let before = database.number("SELECT max(seq) AS n FROM changes");
        server.write(|tx| {
            let ann = find::<Author>(tx.conn(), &Reference::Slug("ann-lee".to_owned()))?.unwrap();
            let gazette = find::<Source>(tx.conn(), &Reference::Slug("gazette".to_owned()))?.unwrap();
            let (mut author, mut source) = (ann.content.clone(), gazette.content.clone());
            (author.name, source.name) = ("Ann Day".to_owned(), "The Gazette".to_owned());
            shared::replace(tx, ann, author)?;
            shared::replace(tx, gazette, source)?;
            let article = load_stored(tx.conn(), &[own])?.remove(0);
            let mut content = article.content.clone();
            content.title = "Own, anew".to_owned();
            update_article(tx, &article, drafted(content, &article)).map(|_| ())
        });
        let rows = format!("kind = 'article' AND op = 'upsert' AND public AND seq > {before}");
        let told = database.texts(&format!("SELECT id AS t FROM changes WHERE {rows} ORDER BY seq"));
        assert_eq!(told, [own, old, young].map(|id| id.to_string()));
        let last = database.number("SELECT max(seq) AS n FROM changes");
        assert_eq!(database.count(&format!("changes WHERE seq > {before}")), 5, "two names and three articles");
        assert_eq!(last, before + 5, "no number is left out");
    }
}

#[test]
fn a_stream_too_many_is_refused_until_another_ends() {
    let server = TestServer::on_sqlite_with(|config| config.max_streams = 2);
    let first = server.request("GET", "/api/changes/stream").open();
    let refused = server.get("/api/changes/stream");
    let key = server.key(Role::Partner);
    let keyed = server
        .request("GET", "/api/changes/stream")
        .key(&key)
        .open();
    drop(keyed);
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (503, "unavailable")
    );
    assert!(!refused.header("retry-after").is_empty());
    drop(first);
    server.app.stop();
}

#[test]
fn no_key_takes_every_stream_from_the_others() {
    let server = TestServer::on_sqlite_with(|config| config.max_streams = 40);
    let (greedy, other) = (server.key(Role::Partner), server.key(Role::Partner));
    let open = |key: &str| server.request("GET", "/api/changes/stream").key(key);
    let taken: Vec<_> = (0..4).map(|_| open(&greedy).open()).collect();
    assert_eq!(open(&greedy).status(), 429);
    assert_eq!(open(&other).status(), 200);
    drop(taken);
    server.app.stop();
}

#[test]
fn a_service_that_is_told_to_stop_ends_its_streams_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/stop.db", folder.path().display());
    let mut process = super::process::Process::start(&database, folder.path());
    let mut stream = process.request("GET", "/api/changes/stream").open();
    let begun = std::time::Instant::now();
    process.terminate();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("0\r\n\r\n"), "the last chunk: {rest}");
    assert_eq!(process.wait(), Some(0));
    assert!(begun.elapsed().as_secs() < 15, "it waited for the stream");
}
